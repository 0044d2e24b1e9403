"""A past day: as it was shown then, and as it is known now."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

from banso.core.definitions.model import Label
from banso.core.health import Assessment
from banso.desk.models import Run
from banso.desk.queries.account import ShownJourney, shown_journeys
from banso.desk.queries.as_shown import shown_on
from banso.desk.queries.definitions import applied_sets
from banso.pipeline.as_then import assessed_under
from banso.web.account360.labels import journey_label, stage_label
from banso.web.account360.visit import Visit
from banso.web.house import zone_of

SETS = 100


@dataclass(frozen=True)
class Side:
    """How a journey stood. colour: its word; empty off the journey."""

    stage: Label | None
    colour: str
    score: float | None


@dataclass(frozen=True)
class Difference:
    """then: as it was shown. now: as the same day is known now."""

    journey: Label
    then: Side
    now: Side

    @property
    def differs(self) -> bool:
        return self.then != self.now


@dataclass(frozen=True)
class Since:
    """Definitions with other numbers that came into force. day: in the organisation's zone."""

    day: date
    by: str


Cause = Literal["", "definitions", "facts", "both", "unknown"]


@dataclass(frozen=True)
class Travel:
    """shown: the day of the run that people looked at on the day asked for; None where there was
    none up to it. in_retrospect: that run was made only after one of a later day. cause: what made
    the difference; `unknown` where the definitions of then can't be read any more. definitions:
    the sets that came into force since then, oldest first; empty where they are the same.
    """

    newest: date
    shown: date | None
    in_retrospect: bool
    journeys: Sequence[Difference]
    cause: Cause
    definitions: Sequence[Since]

    @property
    def differs(self) -> bool:
        return any(x.differs for x in self.journeys)


def travel(visit: Visit, assessments: Sequence[Assessment]) -> Travel:
    """assessments: of the day asked for, as now known."""
    found = shown_on(visit.as_of)
    if found.run is None and found.before is not None:
        found = shown_on(found.before)
    run = found.run
    if run is None:
        return Travel(visit.newest, None, False, (), "", ())
    now = assessments if run.as_of == visit.as_of else visit.one.assessments(run.as_of)
    then = {x.journey: x for x in shown_journeys(visit.scope, visit.head.id, run)}
    journeys = list(_journeys(visit, then, now))
    differs = any(x.differs for x in journeys)
    return Travel(
        newest=visit.newest,
        shown=run.as_of,
        in_retrospect=found.in_retrospect,
        journeys=journeys,
        cause=_cause(visit, run, then, now) if differs else "",
        definitions=_since(visit, run) if differs else (),
    )


def _cause(
    visit: Visit, run: Run, then: Mapping[str, ShownJourney], now: Sequence[Assessment]
) -> Cause:
    """The definitions of then, with the facts of now, stand between the two."""
    if run.fingerprint == visit.definitions.fingerprint:
        return "facts"
    between = assessed_under(
        visit.look.session.store, run.fingerprint, account=visit.head.id, as_of=run.as_of
    )
    if between is None:
        return "unknown"
    states = _states(between)
    shown = {name: (x.stage, x.colour, x.score) for name, x in then.items()}
    facts, definitions = states != shown, states != _states(now)
    return "both" if facts and definitions else "facts" if facts else "definitions"


def _states(found: Sequence[Assessment]) -> dict[str, tuple[str, str, float | None]]:
    return {
        x.journey: (x.stage, x.colour.code if x.colour is not None else "", x.score)
        for x in found
        if x.stage is not None
    }


def _journeys(
    visit: Visit, shown: Mapping[str, ShownJourney], now: Sequence[Assessment]
) -> Iterator[Difference]:
    then = dict(shown)
    for known in now:
        old = then.pop(known.journey, None)
        if old is not None or known.stage is not None:
            yield _difference(visit, old, known)
    for name, old in then.items():  # a journey that the definitions no longer have
        label = Label(en=name, ja=name)
        stage = Label(en=old.stage, ja=old.stage)
        yield Difference(label, Side(stage, old.colour, old.score), Side(None, "", None))


def _difference(visit: Visit, old: ShownJourney | None, known: Assessment) -> Difference:
    journey = visit.definitions.journeys[known.journey]
    then = now = Side(None, "", None)
    if old is not None:
        then = Side(stage_label(journey, old.stage), old.colour, old.score)
    if known.stage is not None:
        colour = known.colour.code if known.colour is not None else ""
        now = Side(stage_label(journey, known.stage), colour, known.score)
    return Difference(journey_label(journey), then, now)


def _since(visit: Visit, run: Run) -> Sequence[Since]:
    """Sets with other numbers, oldest first."""
    if run.fingerprint == visit.definitions.fingerprint:
        return ()
    zone = zone_of(visit.definitions)
    found = [x for x in applied_sets(most=SETS) if x.applied_at > run.finished_at]
    others = [x for x in reversed(found) if not x.labels_only]
    return [Since(x.applied_at.astimezone(zone).date(), x.applied_by) for x in others]
