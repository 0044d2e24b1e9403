"""What has been recorded, as plain rows to export."""

from collections.abc import Iterator
from datetime import date

from banso.desk.models import Alert, Change
from banso.desk.queries.scope import Scope, within

Row = dict[str, object]

CHANGE_COLUMNS = (
    "journey",
    "as_of",
    "what",
    "before",
    "after",
    "score_before",
    "score_after",
    "cause",
    "fingerprint",
)


def changes(scope: Scope, *, since: date, until: date) -> Iterator[Row]:
    """Changes of stage and colour on the days since..until, both included, by day."""
    rows = within(scope, Change.objects.all(), account="account")
    rows = rows.filter(as_of__gte=since, as_of__lte=until).order_by(
        "as_of", "account__key", "journey", "what"
    )
    found = rows.values_list("account__key", *CHANGE_COLUMNS).iterator(chunk_size=10_000)
    return (dict(zip(("account", *CHANGE_COLUMNS), row, strict=True)) for row in found)


def alerts(scope: Scope, *, since: date, until: date) -> Iterator[Row]:
    """Alerts opened on the days since..until, both included, by day."""
    rows = (
        within(scope, Alert.objects.all(), account="episode__account")
        .filter(episode__opened_on__gte=since, episode__opened_on__lte=until)
        .select_related("episode__account", "owner")
        .order_by("episode__opened_on", "episode__account__key", "episode__rule")
    )
    return (_alert(scope, alert) for alert in rows.iterator(chunk_size=10_000))


def _alert(scope: Scope, alert: Alert) -> Row:
    episode = alert.episode
    return {
        "account": episode.account.key,
        "account_name": str(episode.account),
        "rule": episode.rule,
        "journey": episode.journey,
        "opened_on": episode.opened_on,
        "closed_on": episode.closed_on,
        "closed_because": episode.closed_because,
        "owner": alert.owner.handle if alert.owner else None,
        "priority": alert.priority,
        "arr": alert.arr if scope.revenue else None,
        "why": alert.why,
        "fingerprint": alert.fingerprint,
    }
