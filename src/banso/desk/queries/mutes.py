"""Which rules are muted."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Q

from banso.desk.models import Mute
from banso.desk.queries.scope import Scope, within


@dataclass(frozen=True)
class Muted:
    """account: key, None: all accounts. member: who muted it, None: from the command line."""

    number: int
    rule: str
    account: str | None
    until: date
    reason: str
    member: str | None
    at: datetime


def mutes(scope: Scope, *, today: date) -> Sequence[Muted]:
    """Those that hold today for accounts of this scope, or for all; newest first."""
    rows = Mute.objects.filter(until__gt=today, ended_at__isnull=True)
    mine = within(scope, rows.filter(account__isnull=False), account="account")
    seen = rows.filter(Q(account__isnull=True) | Q(pk__in=mine.order_by().values("pk")))
    found = seen.values_list(
        "pk", "rule", "account__key", "until", "reason", "member__handle", "at"
    )
    return [Muted(*row) for row in found]


def muted_rules(scope: Scope, *, today: date) -> Mapping[str, date]:
    """Rule -> the day until which it is muted for all accounts; others are missing."""
    quiet = [(x.rule, x.until) for x in mutes(scope, today=today) if x.account is None]
    return dict(sorted(quiet, key=lambda x: x[1]))
