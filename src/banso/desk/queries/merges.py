"""Which accounts turned out to be another one."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from banso.desk.models import Account, Merge, PlayRun
from banso.desk.queries.scope import Scope, within


@dataclass(frozen=True)
class MergeView:
    """account, into: keys. member: None: from the command line. ended_plays: names of the plays
    whose run at the account the merge ended, which goes on by itself no more."""

    number: int
    account: str
    account_name: str
    into: str
    into_name: str
    at: datetime
    member: str | None
    undone_at: datetime | None
    undone_by: str | None
    ended_plays: Sequence[str]


def merges(scope: Scope, *, into: int | None = None) -> Sequence[MergeView]:
    """Newest first; into: of this account alone. Of accounts into which the reader may look."""
    rows = within(scope, Merge.objects.all(), account="into")
    rows = rows if into is None else rows.filter(into=into)
    found = list(rows.select_related("account", "into", "member", "undone_by"))
    plays = _plays([number for x in found for number in x.ended.get("play_run", ())])
    return [
        MergeView(
            number=x.pk,
            account=x.account.key,
            account_name=str(x.account),
            into=x.into.key,
            into_name=str(x.into),
            at=x.at,
            member=str(x.member) if x.member else None,
            undone_at=x.undone_at,
            undone_by=str(x.undone_by) if x.undone_by else None,
            ended_plays=sorted({plays[y] for y in x.ended.get("play_run", ()) if y in plays}),
        )
        for x in found
    ]


def ended_plays(made: Merge) -> Sequence[str]:
    """See MergeView."""
    return sorted(set(_plays(made.ended.get("play_run", ())).values()))


def _plays(runs: Sequence[int]) -> dict[int, str]:
    """Name of the play, by run."""
    return dict(PlayRun.objects.filter(pk__in=runs).values_list("pk", "play")) if runs else {}


def merged_here(scope: Scope, account: int) -> Sequence[str]:
    """Keys of the accounts that this one (by desk id) is by now."""
    rows = within(scope, Account.every.filter(merged_into=account), account="merged_into")
    return list(rows.order_by("key").values_list("key", flat=True))


def merged_now() -> dict[str, str]:
    """Key of the account -> key of the one that it is, of all."""
    rows = Account.every.filter(merged_into__isnull=False)
    return dict(rows.values_list("key", "merged_into__key"))


def now_at(account: int) -> int | None:
    """Desk id of the account that this one (by desk id) was merged into; None: into none."""
    return Account.every.filter(pk=account).values_list("merged_into", flat=True).first()
