"""How the account stands on a journey: what numbers made there rest on."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from banso.core.definitions.model import Label
from banso.web.account360.labels import journey_label, stage_label
from banso.web.account360.visit import Visit
from banso.web.why.made_of import HealthPart, address, health_parts

MOST_CHANGES = 20


@dataclass(frozen=True)
class Journey:
    """How an account stands on a journey, for numbers that are made there."""

    label: Label
    stage: Label | None
    enter: str
    colour: str
    score: float | None
    confidence: float | None
    days: int | None
    expected: int | None
    conditions: Sequence[HealthPart]
    changes: Sequence["StageChange"]


@dataclass(frozen=True)
class StageChange:
    """what: `stage` or `colour`. address: of the same page as of that day."""

    day: date
    what: str
    before: str
    after: str
    before_label: Label
    after_label: Label
    address: str


def standing(visit: Visit, name: str) -> Journey:
    journey = visit.definitions.journeys[name.split(".")[1]]
    found = next(x for x in visit.one.assessments(visit.as_of) if x.journey == journey.name)
    stage = next((x for x in journey.stages if x.name == found.stage), None)
    return Journey(
        label=journey_label(journey),
        stage=stage_label(journey, stage.name) if stage else None,
        enter=(stage.enter or "") if stage else "",
        colour=found.colour.code if found.colour is not None else "",
        score=found.score,
        confidence=found.confidence,
        days=found.days_in_stage,
        expected=found.expected_days,
        conditions=tuple(health_parts(visit, found.conditions)),
        changes=tuple(_changes(visit, name, journey.name))[:MOST_CHANGES],
    )


def _changes(visit: Visit, name: str, journey: str) -> Iterator[StageChange]:
    """Of stage and colour up to the day, newest first, as now known."""
    last = visit.one.index(visit.as_of)
    for change in reversed(visit.one.changes()[journey]):
        if change.day > last:
            continue
        day = visit.one.calendar.as_of(change.day)
        words = visit.definitions.journeys[journey]
        yield StageChange(
            day=day,
            what=change.what,
            before=change.before,
            after=change.after,
            before_label=stage_label(words, change.before),
            after_label=stage_label(words, change.after),
            address=address(visit, name, day),
        )
