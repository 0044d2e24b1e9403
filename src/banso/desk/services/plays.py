"""Runs of plays: asked for, entered or kept out, stepped, parked, ended. The one writer of
`play_run`.

A run and all that its steps bring about (tasks, messages, further runs) are written in one
transaction for each run, under its lock and unique keys: what is done twice, or cut off and begun
again, is done once.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from django.db import transaction
from pydantic import ValidationError

from banso.core.definitions.plays import Play, fingerprint_of
from banso.core.definitions.proof import is_reached
from banso.core.plays.entry import KeptOut, kept_out
from banso.core.plays.machine import (
    Ends,
    Facts,
    Go,
    State,
    UnknownConditionError,
    begin,
    move,
)
from banso.core.value.arms import play_version
from banso.desk.models import Account, Alert, DeliveryKind, PlayRun, RunState
from banso.desk.models.play_run import ACTIVE
from banso.desk.queries.plays import Stands, entered, lead_standing, led_to
from banso.desk.queries.scope import Scope, within
from banso.desk.services.alerts import MayNotActError
from banso.desk.services.arms import Holdout, draw_for_play
from banso.desk.services.mails import withdraw_mails
from banso.desk.services.outbox import owe
from banso.desk.services.play_news import news_of_run
from banso.desk.services.play_problem import ProblemError
from banso.desk.services.play_steps import carry_out, follow_by
from banso.desk.services.play_world import World
from banso.desk.services.tasks import withdraw

ORDER = ("high", "medium", "low")
BATCH = 2_000


class UnknownRunError(Exception):
    """There is no such run of a play, or it is over."""


def ask_plays(alerts: Iterable[Alert], plays: Mapping[str, Play]) -> int:
    """Ask for the plays of these alerts' rules, in the transaction that tells them. An alert asks
    once, ever. plays: by rule."""
    rows = [
        PlayRun(account=x.episode.account, alert=x, **_of(plays[x.episode.rule]))
        for x in alerts
        if x.episode.rule in plays
    ]
    PlayRun.objects.bulk_create(rows, batch_size=BATCH, ignore_conflicts=True)
    return len(rows)


@transaction.atomic
def start_by_hand(
    *,
    scope: Scope,
    play: Play,
    accounts: Sequence[int],
    alerts: Mapping[int, int] | None = None,
) -> Sequence[int]:
    """Ask for a play for accounts of this scope; the ids of the runs, which are still to be
    stepped. alerts: by account, for which it is asked. MayNotActError."""
    if not scope.acts:
        raise MayNotActError("this member may look, not act")
    mine = within(scope, Account.objects.filter(pk__in=accounts)).order_by("key")
    asked = alerts or {}
    taken = set(PlayRun.objects.filter(alert__in=asked.values()).values_list("alert", flat=True))
    free = {account: alert for account, alert in asked.items() if alert not in taken}
    rows = [
        PlayRun(account=x, member_id=scope.member, alert_id=free.get(x.pk), **_of(play))
        for x in mine
    ]
    return [x.pk for x in PlayRun.objects.bulk_create(rows, batch_size=BATCH)]


def _of(play: Play) -> dict[str, Any]:
    return {
        "play": play.name,
        "version": play.model_dump(mode="json", by_alias=True, exclude_none=True),
        "fingerprint": fingerprint_of(play),
    }


def going() -> list[int]:
    """Runs that are to be stepped: those that go on, then those that are asked for, by the
    priority of their alert and its age."""
    rows = PlayRun.objects.filter(state__in=(RunState.ASKED, RunState.OPEN)).order_by("id")
    found = rows.values_list("pk", "state", "alert__priority")
    return [number for number, _, _ in sorted(found, key=_urgency)]


def _urgency(row: tuple[int, str, str | None]) -> tuple[bool, int, int]:
    number, state, priority = row
    return state == RunState.ASKED, ORDER.index(priority) if priority else len(ORDER), number


@transaction.atomic
def step_run(number: int, world: World) -> Sequence[int]:
    """Let a run enter, and go as far as it can; the runs that it has asked for. Its problem, if it
    has one, is written down with it, and parks it alone."""
    run = _locked(PlayRun.objects.filter(pk=number, state__in=(RunState.ASKED, RunState.OPEN)))
    if run is None:
        return []
    facts = world.facts.get(run.account.key)
    asked: list[int] = []
    try:
        play = version_of(run)
        if run.state == RunState.ASKED and not _enters(run, play, facts, world):
            return []
        asked = _go_on(run, play, facts, world)
    except ProblemError as problem:
        _park(run, problem, world.day)
    except UnknownConditionError as error:
        _park(run, ProblemError("condition", str(error)), world.day)
    return asked


def _locked(rows: Any) -> PlayRun | None:
    """The run, and its account: of two runs of one account the second waits for the first."""
    found: PlayRun | None = rows.select_for_update(of=("self",)).first()
    if found is not None:
        found.account = Account.objects.select_for_update(of=("self",)).get(pk=found.account_id)
    return found


def version_of(run: PlayRun) -> Play:
    """The play that the run keeps. ProblemError where this release can't read it any more."""
    try:
        return Play.model_validate(run.version)
    except ValidationError as error:
        raise ProblemError("version", run.play) from error


def _enters(run: PlayRun, play: Play, facts: Facts | None, world: World) -> bool:
    """The one place where it is decided whether an account enters a play, whoever asked."""
    day = world.day
    out = kept_out(play, day=day, before=entered(run.account_id), facts=facts, led_here=led_to(run))
    out = out or _kept_from(run, play, world)
    if out is None:
        state = begin(day)
        run.state, run.entered_on = RunState.OPEN, day
        run.at, run.since, run.assignee = state.at, state.since, state.assignee
        run.save()
        owe(news_of_run(DeliveryKind.RUN_STARTED, run))
        return True
    run.state, run.because, run.about = RunState.KEPT_OUT, out.reason, _about(out)
    run.ended_on = day
    run.save()
    return False


def _kept_from(run: PlayRun, play: Play, world: World) -> KeptOut | None:
    """For comparison. Asked of those only that would enter: on both sides time begins alike."""
    if play.holdout is None and not play.rollout:
        return None
    stands = lead_standing(run.account_id)
    if not is_reached(play.rollout, stands.segments, on=world.day):
        return KeptOut("not_yet")
    return KeptOut("held_out") if play.holdout and _drawn(run, play, world, stands) else None


def _drawn(run: PlayRun, play: Play, world: World, stands: Stands) -> bool:
    holdout = Holdout(
        share=play.holdout or 0,
        stratum=stands.stratum,
        version=play_version(play, world.plays),
        figures=stands.figures,
    )
    return draw_for_play(play.name, run.account, holdout, on=world.day)


def _about(out: KeptOut) -> dict[str, str] | None:
    told = {"until": str(out.until) if out.until else "", "play": out.play}
    return {name: text for name, text in told.items() if text} or None


def _go_on(run: PlayRun, play: Play, facts: Facts | None, world: World) -> list[int]:
    asked: list[int] = []
    while True:
        state = State(run.at, run.since or world.day, run.assignee)
        found = move(play, state, facts, day=world.day)
        if isinstance(found, Ends):
            _end(run, found.because, world.day)
            return asked
        if not isinstance(found, Go):
            run.waits = found.because
            run.save(update_fields=("waits",))
            return asked
        if found.intent is not None:
            child = carry_out(run, found.intent, world)
            if child is not None:
                asked += _child(run, found.intent.key, child, world)
        elif found.state.assignee != state.assignee:
            follow_by(found.state.assignee, run.account)
        run.at, run.since, run.assignee = found.state.at, found.state.since, found.state.assignee
        run.waits = ""
        run.save(update_fields=("at", "since", "assignee", "waits"))


def _child(run: PlayRun, step: str, play: str, world: World) -> list[int]:
    if play not in world.plays:
        raise ProblemError("no_play", play)
    made, _ = PlayRun.objects.get_or_create(
        parent=run,
        parent_step=step,
        defaults={"account_id": run.account_id, **_of(world.plays[play])},
    )
    return [made.pk]


def _end(run: PlayRun, because: str, day: date, *, member: int | None = None) -> None:
    run.state, run.ended_on, run.because, run.waits, run.about = (
        *(RunState.ENDED, day, because, ""),
        None,
    )
    run.save()
    if because != "finished":
        withdraw(run, member=member)
        withdraw_mails(run)
    if run.entered_on is not None:
        owe(news_of_run(DeliveryKind.RUN_ENDED, run))


def _park(run: PlayRun, problem: ProblemError, day: date) -> None:
    if run.state == RunState.ASKED and problem.code == "version":
        # who may enter can't be asked of a play that can't be read
        run.state, run.because, run.ended_on = RunState.KEPT_OUT, problem.code, day
        run.save()
        return
    if run.entered_on is None:
        run.entered_on, run.at, run.since = day, begin(day).at, day
    run.state, run.waits = RunState.PARKED, ""
    run.about = {"code": problem.code, "name": problem.name}
    run.save()
    owe(news_of_run(DeliveryKind.RUN_PARKED, run))


@transaction.atomic
def stop(*, scope: Scope, run: int, day: date) -> PlayRun:
    """End a run by hand; its open tasks are withdrawn. UnknownRunError, MayNotActError."""
    found = _going_on(scope, run, (RunState.ASKED, *ACTIVE))
    _end(found, "stopped", day, member=scope.member)
    return found


@transaction.atomic
def resume(*, scope: Scope, run: int) -> PlayRun:
    """Let a parked run go on where it stood; it is still to be stepped."""
    found = _going_on(scope, run, (RunState.PARKED,))
    found.state, found.about = RunState.OPEN, None
    found.save(update_fields=("state", "about"))
    owe(news_of_run(DeliveryKind.RUN_RESUMED, found))
    return found


def _going_on(scope: Scope, run: int, states: Sequence[str]) -> PlayRun:
    if not scope.acts:
        raise MayNotActError("this member may look, not act")
    rows = PlayRun.objects.filter(pk=run, state__in=states)
    found = _locked(within(scope, rows, account="account"))
    if found is None:
        raise UnknownRunError(
            f"no run {run} here that could do that; `banso plays runs` lists them"
        )
    return found
