"""Plays: which there are, who would enter, where runs stand, and doing it by hand."""

from collections.abc import Sequence

from django.http import HttpRequest
from ninja import Query, Router
from ninja.errors import HttpError

from banso.api.rest.alerts import expected_item
from banso.api.rest.door import ACT, READ, Caller, caller
from banso.api.rest.play_shapes import (
    Candidates,
    EntryItem,
    PlayItem,
    PlayWhole,
    RunItem,
    RunsAsked,
    SaidItem,
    StepItem,
)
from banso.core.definitions import Definitions
from banso.core.definitions.plays import Play, fingerprint_of
from banso.core.definitions.rule_draft import text_of
from banso.core.plays.in_words import (
    StepWords,
    play_label,
    problem_words,
    reason_words,
    steps_in_words,
)
from banso.desk.models import RunState
from banso.desk.queries.account_ids import key_now
from banso.desk.queries.definitions import files_in_force
from banso.desk.queries.plays import (
    Candidate,
    PlayFigures,
    RunView,
    account_of_key,
    play_figures,
    play_runs,
)
from banso.desk.services.plays import stop
from banso.pipeline.mails import Preview, previews
from banso.pipeline.play_entries import Entry, candidates, entries, go_on, start

router = Router(tags=["plays"])


@router.get("plays", auth=READ, response=list[PlayItem], operation_id="list_plays")
def list_plays(request: HttpRequest) -> list[PlayItem]:
    """The plays in force."""
    seen = caller(request)
    figures = play_figures(seen.scope)
    return [
        _item(seen.definitions, play, figures.get(name, PlayFigures()))
        for name, play in (seen.definitions.plays if seen.definitions else {}).items()
        if seen.definitions
    ]


@router.get("plays/{play}", auth=READ, response=PlayWhole, operation_id="get_play")
def get_play(request: HttpRequest, play: str) -> PlayWhole:
    """A play in force: its steps in words, and its YAML."""
    seen = caller(request)
    definitions, found = _known(seen, play)
    figures = play_figures(seen.scope).get(play, PlayFigures())
    return PlayWhole(
        **_item(definitions, found, figures).model_dump(),
        yaml=text_of(files_in_force(), play, "play") or "",
        steps=[step_item(x) for x in steps_in_words(definitions, found)],
    )


@router.post(
    "plays/{play}/preview", auth=READ, response=list[EntryItem], operation_id="preview_play"
)
def preview_play(request: HttpRequest, play: str, said: Candidates) -> list[EntryItem]:
    """Who would enter now, and who is kept out and why. Changes nothing."""
    seen = caller(request)
    definitions, found = _known(seen, play)
    chosen = _chosen(seen, definitions, found, said)
    return [entry_item(x) for x in entries(seen.scope, found, chosen, day=seen.today)]


@router.get(
    "plays/{play}/texts", auth=READ, response=list[SaidItem], operation_id="preview_play_texts"
)
def preview_play_texts(request: HttpRequest, play: str, account: str) -> list[SaidItem]:
    """What it would say with the data of an account (key): tasks, messages, mails. Changes
    nothing."""
    seen = caller(request)
    definitions, found = _known(seen, play)
    chosen = account_of_key(seen.scope, account)
    if chosen is None:
        raise HttpError(404, f"no account '{account}'")
    return [_said(x) for x in previews(definitions, found, chosen, day=seen.today)]


@router.post("plays/{play}/start", auth=ACT, response=list[EntryItem], operation_id="start_play")
def start_play(request: HttpRequest, play: str, said: Candidates) -> list[EntryItem]:
    """Start it for all of them who may enter; the others are named with the reason."""
    seen = caller(request)
    definitions, found = _known(seen, play)
    chosen = _chosen(seen, definitions, found, said)
    return [entry_item(x) for x in start(seen.scope, definitions, found, chosen, day=seen.today)]


@router.get("runs", auth=READ, response=list[RunItem], operation_id="list_runs")
def list_runs(request: HttpRequest, asked: Query[RunsAsked]) -> list[RunItem]:
    """Runs of plays: parked ones first, with their problem, then the newest."""
    state = asked.state.value if asked.state else None
    found = play_runs(
        caller(request).scope,
        play=asked.play,
        account=key_now(asked.account) if asked.account else None,
        state=state,
        most=asked.limit,
    )
    return [_run(x) for x in found]


@router.post("runs/{run}/stop", auth=ACT, response=RunItem, operation_id="stop_run")
def stop_run(request: HttpRequest, run: int) -> RunItem:
    """End a run; its open tasks are withdrawn."""
    seen = caller(request)
    stop(scope=seen.scope, run=run, day=seen.today)
    return _one(seen, run)


@router.post("runs/{run}/resume", auth=ACT, response=RunItem, operation_id="resume_run")
def resume_run(request: HttpRequest, run: int) -> RunItem:
    """Let a parked run go on where it stood, after what stopped it was mended."""
    seen = caller(request)
    if seen.definitions is None:
        raise HttpError(404, "no definitions are in force")
    go_on(seen.scope, seen.definitions, [run], day=seen.today)
    return _one(seen, run)


def _known(seen: Caller, name: str) -> tuple[Definitions, Play]:
    if seen.definitions is None or name not in seen.definitions.plays:
        raise HttpError(404, f"no play '{name}'")
    return seen.definitions, seen.definitions.plays[name]


def _chosen(
    seen: Caller, definitions: Definitions, play: Play, said: Candidates
) -> Sequence[Candidate]:
    return candidates(seen.scope, definitions, play, accounts=said.accounts, segment=said.segment)


def _rules(definitions: Definitions, play: Play) -> list[str]:
    return [x.name for x in definitions.rules.values() if x.play == play.name]


def _item(definitions: Definitions, play: Play, figures: PlayFigures) -> PlayItem:
    return PlayItem(
        name=play.name,
        label=dict(play_label(play, play.name)),
        description=play.description.model_dump() if play.description else None,
        rules=_rules(definitions, play),
        fingerprint=fingerprint_of(play),
        **vars(figures),
    )


def _said(found: Preview) -> SaidItem:
    code, name = found.problem or ("", "")
    return SaidItem(
        step=found.step,
        kind=found.kind,
        part=found.part,
        to=found.to,
        texts=found.said.model_dump() if found.said else None,
        problem=problem_words({"code": code, "name": name}).model_dump() if code else None,
    )


def step_item(found: StepWords) -> StepItem:
    return StepItem(
        key=found.key,
        kind=found.kind,
        depth=found.depth,
        side=found.side.model_dump() if found.side else None,
        title=found.title.model_dump(),
        details=[x.model_dump() for x in found.details],
    )


def entry_item(found: Entry) -> EntryItem:
    kept = found.out
    about = {"until": str(kept.until or ""), "play": kept.play} if kept else None
    return EntryItem(
        account=found.candidate.key,
        account_name=found.candidate.name,
        enters=kept is None,
        reason=kept.reason if kept else None,
        words=reason_words(kept.reason, about).model_dump() if kept else None,
        until=kept.until if kept else None,
    )


def _one(seen: Caller, run: int) -> RunItem:
    return next(_run(x) for x in play_runs(seen.scope, number=run))


def _run(found: RunView) -> RunItem:
    parked = found.state == RunState.PARKED and found.about is not None
    return RunItem(
        id=found.number,
        play=found.play,
        fingerprint=found.fingerprint,
        account=found.account_key,
        account_name=found.account_name,
        started_by=found.started_by,
        rule=found.rule or None,
        state=found.state,
        at=found.at or None,
        tasks=found.tasks,
        waits=found.waits or None,
        entered_on=found.entered_on,
        ended_on=found.ended_on,
        because=found.because or None,
        problem=problem_words(found.about or {}).model_dump() if parked else None,
        expected=expected_item(found.expected),
    )
