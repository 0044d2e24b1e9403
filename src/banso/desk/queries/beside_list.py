"""What stands beside the accounts of one page of the list, where its reader asks for it."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from django.db.models import Exists, OuterRef

from banso.core.unmeasured import Reason
from banso.desk.models import Account, Measured, Member, Run, Standing
from banso.desk.queries.scope import Scope, within


@dataclass(frozen=True)
class MetricValue:
    """value: a number or a text; None where unmeasured, and `reason` says why."""

    value: float | str | None
    reason: Reason


def metric_values(
    scope: Scope, run: Run, *, accounts: Collection[int], metrics: Sequence[str]
) -> Mapping[int, Mapping[str, MetricValue]]:
    """By account and metric, as of the newest run; a metric that this run did not know is in none.
    One query, none where no metric is asked for."""
    places = {name: run.metrics.index(name) for name in metrics if name in run.metrics}
    if not places or not accounts:
        return {}
    rows = within(scope, Measured.objects.filter(account__in=accounts), account="account")
    columns = [f"{what}__{place}" for place in places.values() for what in ("numbers", "reasons")]
    found: dict[int, Mapping[str, MetricValue]] = {}
    for account, texts, *values in rows.values_list("account_id", "texts", *columns):
        pairs = zip(places, values[::2], values[1::2], strict=True)
        found[account] = {
            name: MetricValue(number if number is not None else texts.get(name), Reason(reason))
            for name, number, reason in pairs
        }
    return found


def account_segments(scope: Scope, accounts: Collection[int]) -> Mapping[int, Sequence[str]]:
    """Names of the segments that each account is in. One query."""
    rows = within(scope, Standing.objects.filter(account__in=accounts), account="account")
    return dict(rows.filter(lead=True).values_list("account_id", "segments"))


def owners_in(scope: Scope) -> Mapping[int, str]:
    """Members who own accounts that the reader sees, by id, in order of name. One query."""
    owned = within(scope, Account.objects.filter(owner=OuterRef("pk")))
    rows = Member.objects.filter(Exists(owned)).only("name", "handle")
    return {member.pk: str(member) for member in sorted(rows, key=str)}
