"""Runs of plays, and who would enter one."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from django.db.models import Count, Q, QuerySet

from banso.core.plays.entry import Entered
from banso.desk.models import (
    Account,
    Alert,
    PlayRun,
    Run,
    RunExpectation,
    RunState,
    Standing,
    Task,
)
from banso.desk.models.task import WAITING
from banso.desk.queries.briefs import NOBODY
from banso.desk.queries.scope import Scope, within

MOST = 200


@dataclass(frozen=True)
class RunView:
    """number: of the run. started_by: `alert`, `play` or `member`. rule: of the alert; member: who
    started it, None: from the command line, or nobody. at: key of the step it stands at. tasks:
    how many of its tasks wait. about: see models.PlayRun. expected: None: its play expects nothing,
    or nobody has looked yet."""

    number: int
    play: str
    account: int
    account_key: str
    account_name: str
    owner: str | None
    started_by: str
    rule: str
    member: str | None
    state: str
    version: Mapping[str, Any]
    fingerprint: str
    at: str
    tasks: int
    since: date | None
    waits: str
    entered_on: date | None
    ended_on: date | None
    because: str
    about: Mapping[str, str] | None
    expected: RunExpectation | None


def play_runs(
    scope: Scope,
    *,
    play: str | None = None,
    account: str | None = None,
    state: str | None = None,
    number: int | None = None,
    most: int = MOST,
) -> list[RunView]:
    """Newest first; those that are parked come before all others. Of accounts held out, see
    `_seen`."""
    rows = _seen(scope)
    rows = rows.filter(play=play) if play is not None else rows
    rows = rows.filter(account__key=account) if account is not None else rows
    rows = rows.filter(state=state) if state is not None else rows
    rows = rows.filter(pk=number) if number is not None else rows
    parked = rows.filter(state=RunState.PARKED)[:most]
    others = rows.exclude(state=RunState.PARKED)[:most]
    found = [x for part in (parked, others) for x in _joined(part)][:most]
    waiting = _waiting_tasks([x.pk for x in found])
    return [_view(x, waiting.get(x.pk, 0)) for x in found]


def _waiting_tasks(runs: Sequence[int]) -> Mapping[int, int]:
    rows = Task.objects.filter(run__in=runs, state__in=WAITING).order_by()
    return dict(rows.values_list("run").annotate(tasks=Count("pk")))


def _seen(scope: Scope) -> QuerySet[PlayRun]:
    """Who is held out only they may know who keep the plays: an owner who did would help the
    account all the same."""
    rows = within(scope, PlayRun.objects.all(), account="account")
    return rows if scope.operates else rows.exclude(because="held_out")


def _joined(rows: QuerySet[PlayRun]) -> QuerySet[PlayRun]:
    return rows.select_related("account__owner", "alert__episode", "member", "expectation")


def _view(run: PlayRun, tasks: int) -> RunView:
    account, owner = run.account, run.account.owner
    started_by = "play" if run.parent_id else "alert" if run.alert_id else "member"
    return RunView(
        number=run.pk,
        play=run.play,
        account=account.pk,
        account_key=account.key,
        account_name=str(account),
        owner=str(owner) if owner else None,
        started_by=started_by,
        rule=run.alert.episode.rule if run.alert else "",
        member=str(run.member) if run.member else None,
        state=run.state,
        version=run.version,
        fingerprint=run.fingerprint,
        at=run.at,
        tasks=tasks,
        since=run.since,
        waits=run.waits,
        entered_on=run.entered_on,
        ended_on=run.ended_on,
        because=run.because,
        about=run.about,
        expected=getattr(run, "expectation", None),
    )


@dataclass(frozen=True)
class PlayFigures:
    """How many runs: going on, parked, ended, kept out."""

    open: int = 0
    parked: int = 0
    ended: int = 0
    kept_out: int = 0


def play_figures(scope: Scope) -> Mapping[str, PlayFigures]:
    """By play; those without any run are left out. One query."""
    rows = _seen(scope).order_by().values_list("play")
    counts = [
        Count("pk", filter=Q(state__in=(RunState.OPEN, RunState.ASKED))),
        *(Count("pk", filter=Q(state=x)) for x in ("parked", "ended", "kept_out")),
    ]
    names = ("n_open", "n_parked", "n_ended", "n_kept_out")
    found = rows.annotate(**dict(zip(names, counts, strict=True)))
    return {play: PlayFigures(*numbers) for play, *numbers in found}


def entered(account: int) -> list[Entered]:
    """All runs of an account that entered their play."""
    rows = PlayRun.objects.filter(account=account, entered_on__isnull=False)
    return [_entered(x) for x in rows]


def _entered(run: PlayRun) -> Entered:
    assert run.entered_on is not None  # noqa: S101  asked for so
    days = int(run.version.get("conflict_days", 0))
    return Entered(run.pk, run.play, run.entered_on, run.ended_on, days)


def entered_by_account(scope: Scope, accounts: Sequence[int]) -> Mapping[int, list[Entered]]:
    """As `entered`, of many accounts. One query."""
    rows = PlayRun.objects.filter(account__in=accounts, entered_on__isnull=False)
    found: dict[int, list[Entered]] = {}
    for run in within(scope, rows, account="account"):
        found.setdefault(run.account_id, []).append(_entered(run))
    return found


def led_to(run: PlayRun) -> set[int]:
    """The runs that started this one, one another: up to the first."""
    found: set[int] = set()
    parent = run.parent_id
    while parent is not None:
        found.add(parent)
        parent = PlayRun.objects.values_list("parent", flat=True).get(pk=parent)
    return found


@dataclass(frozen=True)
class Stands:
    """Of an account as of the newest run; stratum, figures: see models.Arm."""

    stratum: str
    figures: Mapping[str, float | None]
    segments: frozenset[str]


def lead_standing(account: int) -> Stands:
    """All unmeasured where no run has looked."""
    row = Standing.objects.filter(account=account, lead=True).first()
    if row is None:
        return Stands("unmeasured", {"score": None, "arr": None}, frozenset())
    colour = row.colour or "unmeasured"
    stratum = f"{colour}: {', '.join(row.segments)}" if row.segments else colour
    figures = {"score": row.score, "arr": None if row.arr is None else float(row.arr)}
    return Stands(stratum, figures, frozenset(row.segments))


def versions_going() -> list[tuple[str, Mapping[str, Any]]]:
    """(account key, play as it was then) of all runs that a run of the day is to step."""
    rows = PlayRun.objects.filter(state__in=(RunState.ASKED, RunState.OPEN))
    return list(rows.values_list("account__key", "version"))


def waiting_alerts(rules: Sequence[str]) -> list[tuple[str, str]]:
    """(rule, account key) of alerts of these rules that are open and not told yet."""
    rows = Alert.objects.filter(
        told_on__isnull=True, episode__closed_on__isnull=True, episode__rule__in=rules
    )
    return list(rows.values_list("episode__rule", "episode__account__key"))


@dataclass(frozen=True)
class Candidate:
    """alert: the newest one for which the account is asked about; None: none is."""

    account: int
    key: str
    name: str
    alert: int | None = None


def of_open_alerts(scope: Scope, rules: Sequence[str]) -> list[Candidate]:
    """Accounts with an open alert of these rules that has been told, by key."""
    told = Alert.objects.filter(
        episode__rule__in=rules, episode__closed_on__isnull=True, told_on__isnull=False
    )
    newest = dict(told.order_by("pk").values_list("episode__account", "pk"))
    accounts = within(scope, Account.objects.filter(pk__in=newest))
    return [replace(x, alert=newest[x.account]) for x in _candidates(accounts)]


def of_segment(scope: Scope, segment: str) -> list[Candidate]:
    """Accounts that are in a segment as of the newest run, by key."""
    if not Run.objects.exists():
        return []
    rows = Standing.objects.filter(segments__contains=[segment], lead=True)
    accounts = rows.order_by().values("account")
    return _candidates(within(scope, Account.objects.filter(pk__in=accounts)))


def of_keys(scope: Scope, keys: Sequence[str]) -> list[Candidate]:
    return _candidates(within(scope, Account.objects.filter(key__in=keys)))


def account_of_key(scope: Scope, key: str) -> Account | None:
    return within(scope, Account.objects.filter(key=key)).select_related("owner").first()


def _candidates(rows: QuerySet[Account]) -> list[Candidate]:
    return [Candidate(x.pk, x.key, str(x)) for x in rows.order_by("key")]


def parked_count(scope: Scope, *, owner: int | None = None) -> int:
    """Runs that a problem has stopped. One query."""
    rows = within(scope, PlayRun.objects.filter(state=RunState.PARKED), account="account")
    if owner is not None:
        rows = rows.filter(account__owner=None if owner == NOBODY else owner)
    return rows.count()


def parked_runs(scope: Scope) -> list[int]:
    rows = within(scope, PlayRun.objects.filter(state=RunState.PARKED), account="account")
    return list(rows.order_by("id").values_list("pk", flat=True))
