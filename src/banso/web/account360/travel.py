"""A past day: as it was shown then, and as it is known now."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from banso.core.definitions.model import Label
from banso.core.health import Assessment
from banso.desk.models import Run
from banso.desk.queries.account import Applied, ShownJourney, definitions_applied, shown_journeys
from banso.desk.queries.as_shown import shown_on
from banso.web.account360.labels import journey_label, stage_label
from banso.web.account360.visit import Visit


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
class Travel:
    """shown: the day of the run that people looked at on the day asked for; None where there was
    none up to it. in_retrospect: that run was made only after one of a later day. definitions:
    the sets that came into force since; facts: whether facts or the book have changed since.
    """

    newest: date
    shown: date | None
    in_retrospect: bool
    journeys: Sequence[Difference]
    definitions: Sequence[Applied]

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
        return Travel(visit.newest, None, False, (), ())
    now = assessments
    if run.as_of != visit.as_of:
        now = visit.one.assessments(run.as_of)
    journeys = list(_journeys(visit, run, now))
    return Travel(
        newest=visit.newest,
        shown=run.as_of,
        in_retrospect=found.in_retrospect,
        journeys=journeys,
        definitions=_since(visit, run) if any(x.differs for x in journeys) else (),
    )


def _journeys(visit: Visit, run: Run, now: Sequence[Assessment]) -> Iterator[Difference]:
    then = {x.journey: x for x in shown_journeys(visit.scope, visit.head.id, run)}
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


def _since(visit: Visit, run: Run) -> Sequence[Applied]:
    """Sets with other numbers that came into force after the run's own."""
    if run.fingerprint == visit.definitions.fingerprint:
        return ()
    return [
        x for x in definitions_applied(since=run.finished_at) if x.fingerprint != run.fingerprint
    ]
