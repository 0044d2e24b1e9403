"""Alerts by age, whatever has become of them: for programs that read all of them."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Q

from banso.desk.models import Alert, AlertState
from banso.desk.queries.scope import Scope, within


@dataclass(frozen=True)
class AlertFilters:
    """Empty or None: all. open: whether the episode is. account: key; owner: handle."""

    open: bool | None = None
    state: AlertState | None = None
    rule: str = ""
    account: str = ""
    owner: str = ""


def alerts_before(
    scope: Scope, filters: AlertFilters, *, before: int | None, limit: int
) -> Sequence[Alert]:
    """Newest first, older than the alert `before`; with episode, its expectation, account and
    owner. One query."""
    rows = within(scope, Alert.objects.all(), account="episode__account")
    if filters.open is not None:
        rows = rows.filter(episode__closed_on__isnull=filters.open)
    if filters.state is not None:
        rows = rows.filter(state=filters.state)
    wanted = {
        "episode__rule": filters.rule,
        "episode__account__key": filters.account,
    }
    rows = rows.filter(**{path: value for path, value in wanted.items() if value})
    if filters.owner:
        owned = Q(assignee__isnull=True, episode__account__owner__handle=filters.owner)
        rows = rows.filter(Q(assignee__handle=filters.owner) | owned)
    if before is not None:
        rows = rows.filter(pk__lt=before)
    beside = ("episode__account__owner", "episode__expectation", "assignee")
    return list(rows.select_related(*beside).order_by("-pk")[:limit])
