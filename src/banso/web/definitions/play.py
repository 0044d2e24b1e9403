"""The page of one play: its steps in words, who starts it, and its runs."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.urls import reverse
from django.utils.translation import gettext, ngettext

from banso.core.definitions import Definitions
from banso.core.definitions.excerpt import Excerpt
from banso.core.definitions.model import Label
from banso.core.definitions.plays import Play, StartPlayStep, every, fingerprint_of
from banso.core.health.in_words import requirements
from banso.core.plays.in_words import (
    RESTS,
    StepWords,
    condition_words,
    problem_words,
    reason_words,
    steps_in_words,
)
from banso.desk.models import RunState
from banso.desk.queries.judged import expected_of_plays
from banso.desk.queries.plays import PlayFigures, RunView, play_figures, play_runs
from banso.desk.queries.proof import effects_of_plays, play_arm_sizes
from banso.desk.queries.scope import Scope
from banso.web.definitions.places import Place, defined, play_label, written
from banso.web.house import Look
from banso.web.tags import text
from banso.web.today.expected import expected_words
from banso.web.value.page import PlayRow, play_row

RUNS = 100


@dataclass(frozen=True)
class RunRow:
    """state: in words. at: the step that comes next. tasks: how many wait. told: for what
    it waits, why it ended, or its problem. expected: whether what was expected of it came true.
    older: it keeps another version than the one in force.
    stops: it can be stopped."""

    number: int
    account: str
    address: str
    owner: str
    parked: bool
    stops: bool
    state: str
    at: str
    tasks: int
    told: str
    expected: str
    entered_on: date | None
    ended_on: date | None
    older: bool


@dataclass(frozen=True)
class PlayPage:
    """entry: who enters and who does not, in words. started: rules and plays that start it. value:
    what it changes. arms: accounts drawn to enter and held out, None where the reader may not know.
    """

    name: str
    label: Label
    description: Label | None
    steps: Sequence[StepWords]
    entry: Sequence[str]
    exit: Label | None
    started: Sequence[Place]
    figures: PlayFigures
    runs: Sequence[RunRow]
    may_act: bool
    may_edit: bool
    value: PlayRow
    arms: tuple[int, int] | None
    expect: Sequence[Label]
    expect_days: int
    excerpt: Excerpt | None


def play_page(scope: Scope, _look: Look, definitions: Definitions, name: str) -> PlayPage:
    play = definitions.plays[name]
    version = fingerprint_of(play)
    return PlayPage(
        name=name,
        label=play_label(play),
        description=play.description,
        steps=steps_in_words(definitions, play),
        entry=_entry(play),
        exit=condition_words(definitions, play.exit) if play.exit else None,
        started=_started(definitions, name),
        figures=play_figures(scope).get(name, PlayFigures()),
        runs=[_row(x, version) for x in play_runs(scope, play=name, most=RUNS)],
        may_act=scope.acts,
        may_edit=scope.operates,
        value=play_row(
            definitions,
            play,
            expected_of_plays(scope).get(name, {}),
            effects_of_plays().get(name, ()),
        ),
        arms=play_arm_sizes(scope).get(name) if scope.operates else None,
        expect=requirements(definitions, play.expect.condition) if play.expect else (),
        expect_days=play.expect.within_days if play.expect else 0,
        excerpt=written("play", name),
    )


def _entry(play: Play) -> list[str]:
    told = []
    if play.once:
        told.append(gettext("An account enters only once"))
    if play.again_days:
        words = ngettext(
            "Again at the earliest %(n)s day after its last run",
            "Again at the earliest %(n)s days after its last run",
            play.again_days,
        )
        told.append(words % {"n": play.again_days})
    if play.conflict_days:
        words = ngettext(
            "Not within %(n)s day of another play",
            "Not within %(n)s days of another play",
            play.conflict_days,
        )
        told.append(words % {"n": play.conflict_days})
    return told


def _started(definitions: Definitions, name: str) -> list[Place]:
    rules = [x.name for x in definitions.rules.values() if x.play == name]
    found = [defined(definitions, "rule", x) for x in rules]
    for other in definitions.plays.values():
        steps = (x for _, x in every(other.steps) if isinstance(x, StartPlayStep))
        if any(x.play == name for x in steps):
            found.append(defined(definitions, "play", other.name))
    return found


def _row(run: RunView, version: str) -> RunRow:
    return RunRow(
        number=run.number,
        account=run.account_name,
        address=reverse("account", args=[run.account]),
        owner=run.owner or "",
        parked=run.state == RunState.PARKED,
        stops=run.state in (RunState.ASKED, RunState.OPEN, RunState.PARKED),
        state=state_words()[RunState(run.state)],
        at=run.at,
        tasks=run.tasks,
        told=_told(run),
        expected=expected_words(run.expected),
        entered_on=run.entered_on,
        ended_on=run.ended_on,
        older=run.fingerprint != version,
    )


def state_words() -> dict[RunState, str]:
    return {
        RunState.ASKED: gettext("Asked for"),
        RunState.OPEN: gettext("Goes on"),
        RunState.PARKED: gettext("Parked"),
        RunState.ENDED: gettext("Ended"),
        RunState.KEPT_OUT: gettext("Kept out"),
    }


def _told(run: RunView) -> str:
    if run.state == RunState.PARKED and run.about:
        return text(problem_words(run.about))
    if run.because:
        return text(reason_words(run.because, run.about))
    return text(RESTS[run.waits]) if run.waits else ""
