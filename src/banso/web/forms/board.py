"""Which board people ask for, as the address says it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from banso.core.definitions import Definitions
from banso.core.health import COLOURS
from banso.desk.queries.board import Direction
from banso.desk.queries.briefs import NOBODY
from banso.web.forms.alerts import NO_OWNER
from banso.web.forms.reader import Reader

PERIODS = (7, 14, 28)


@dataclass(frozen=True)
class Asked:
    """journey: empty where there is none. days: how far back changes go. as_of: a day to travel
    to, None for the newest run. stage, colour: the cell of a past board that is opened. unknown:
    parameters whose value means nothing, with that value."""

    journey: str
    segment: str = ""
    owner: int | None = None
    days: int = PERIODS[0]
    direction: Direction | None = None
    all_changes: bool = False
    as_of: date | None = None
    stage: str = ""
    colour: str = ""
    unknown: Mapping[str, str] = field(default_factory=dict)


def asked_of(parameters: Mapping[str, str], *, definitions: Definitions) -> Asked:
    """parameters: journey, segment, owner, days, direction, all, as_of, stage, colour."""
    reader = Reader(parameters)
    journeys = tuple(definitions.journeys)
    journey = reader.one_of("journey", journeys) or next(iter(journeys), "")
    days = reader.one_of("days", [str(x) for x in PERIODS])
    direction = reader.one_of("direction", [str(x) for x in Direction])
    return Asked(
        journey=journey,
        segment=reader.one_of("segment", definitions.segments),
        owner=reader.owner(),
        days=int(days) if days else PERIODS[0],
        direction=Direction(direction) if direction else None,
        all_changes=bool(reader.one_of("all", ("1",))),
        as_of=reader.day("as_of"),
        stage=parameters.get("stage", ""),
        colour=reader.one_of("colour", COLOURS),
        unknown=reader.unknown,
    )


def parameters_of(asked: Asked, *, journeys: Mapping[str, object]) -> dict[str, str]:
    """The other way round, without what is usual."""
    said = {
        "journey": "" if asked.journey == next(iter(journeys), "") else asked.journey,
        "segment": asked.segment,
        "owner": NO_OWNER if asked.owner == NOBODY else str(asked.owner or ""),
        "days": "" if asked.days == PERIODS[0] else str(asked.days),
        "direction": asked.direction or "",
        "as_of": str(asked.as_of or ""),
    }
    return {name: str(value) for name, value in said.items() if value}
