"""The page of one journey: the maturity curve as a ladder, with who stands on which step."""

from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import ngettext

from banso.core.definitions import Definitions
from banso.core.definitions.excerpt import Excerpt
from banso.core.definitions.model import Condition, Journey, Label
from banso.core.definitions.uses import Uses
from banso.core.health.in_words import condition_in_words, requirements
from banso.desk.queries.definitions import StageStanding, journey_standing
from banso.desk.queries.scope import Scope
from banso.web.account360.labels import journey_label, stage_label
from banso.web.definitions.places import (
    Place,
    condition_label,
    defined,
    place,
    value_words,
    written,
)
from banso.web.house import Look
from banso.web.tags import number

URGENT_FIRST = ("at_risk", "watch", "unmeasured", "healthy")


@dataclass(frozen=True)
class ColourCount:
    colour: str
    accounts: int
    address: str


@dataclass(frozen=True)
class ConditionRow:
    """share: of the weight of its stage. of: the metric that gives the points between poor and
    good; without one the condition alone decides."""

    label: Label
    words: Label
    share: float
    of: Place | None
    poor: str
    good: str
    critical: bool


@dataclass(frozen=True)
class StageRow:
    """number: from 1. enter: what must all be true; empty of the first stage. share: of the
    accounts on the journey. median: how long the middle one of them has been there, in words;
    late: longer than expected."""

    number: int
    name: str
    label: Label
    enter: Sequence[Label]
    expected_days: int | None
    standing: StageStanding
    share: float
    median: str
    late: bool
    colours: Sequence[ColourCount]
    address: str
    overdue_address: str
    conditions: Sequence[ConditionRow]


@dataclass(frozen=True)
class JourneyPage:
    """counted: whether a run has told who stands where."""

    name: str
    label: Label
    applies: Label | None
    sticky: bool
    healthy: float
    watch: float
    confidence: float
    counted: bool
    accounts: int
    address: str
    stages: Sequence[StageRow]
    used: Sequence[Place]
    excerpt: Excerpt | None


def journey_page(scope: Scope, look: Look, definitions: Definitions, name: str) -> JourneyPage:
    journey = definitions.journeys[name]
    standing = journey_standing(scope, look.run, name) if look.run else {}
    mine = [standing.get(stage.name, StageStanding()) for stage in journey.stages]
    accounts = sum(x.accounts for x in mine)
    return JourneyPage(
        name=name,
        label=journey_label(journey),
        applies=condition_in_words(definitions, journey.applies) if journey.applies else None,
        sticky=journey.sticky,
        healthy=journey.healthy,
        watch=journey.watch,
        confidence=journey.minimum_confidence,
        counted=look.run is not None,
        accounts=accounts,
        address=_accounts(journey=name),
        stages=[
            _stage(definitions, journey, number, here=here, accounts=accounts)
            for number, here in enumerate(mine, 1)
        ],
        used=[place(definitions, use) for use in Uses(definitions).of(f"journey.{name}")],
        excerpt=written("journey", name),
    )


def _stage(
    definitions: Definitions,
    journey: Journey,
    number: int,
    *,
    here: StageStanding,
    accounts: int,
) -> StageRow:
    stage = journey.stages[number - 1]
    where = {"journey": journey.name, "stage": stage.name}
    weight = sum(condition.weight for condition in stage.health)
    return StageRow(
        number=number,
        name=stage.name,
        label=stage_label(journey, stage.name),
        enter=requirements(definitions, stage.enter) if stage.enter else (),
        expected_days=stage.expected_days,
        standing=here,
        share=here.accounts / accounts if accounts else 0.0,
        median=_days(here.median_days),
        late=bool(
            stage.expected_days
            and here.median_days is not None
            and here.median_days > stage.expected_days
        ),
        colours=[
            ColourCount(colour, here.colours[colour], _accounts(**where, colour=colour))
            for colour in URGENT_FIRST
            if here.colours.get(colour)
        ],
        address=_accounts(**where),
        overdue_address=_accounts(**where, overdue="1"),
        conditions=[_condition(definitions, x, weight) for x in stage.health],
    )


def _days(days: float | None) -> str:
    """1 day, 1.5 days; empty for None."""
    if days is None:
        return ""
    words = ngettext("%(n)s day", "%(n)s days", 1 if days == 1 else 2)
    return words % {"n": number(days, 1)}


def _condition(definitions: Definitions, condition: Condition, weight: float) -> ConditionRow:
    of, poor, good = condition.of, condition.poor, condition.good
    ends = of is not None and poor is not None and good is not None and poor != good
    return ConditionRow(
        label=condition_label(condition),
        words=condition_in_words(definitions, condition.condition),
        share=condition.weight / weight,
        of=defined(definitions, "metric", of) if of else None,
        poor=value_words(definitions, of, poor) if ends and of and poor is not None else "",
        good=value_words(definitions, of, good) if ends and of and good is not None else "",
        critical=condition.critical,
    )


def _accounts(**filters: str) -> str:
    return f"{reverse('accounts')}?{urlencode(filters)}"
