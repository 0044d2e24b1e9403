"""All journeys of the definitions over all accounts and days of a panel."""

from functools import partial
from typing import cast

from banso.core.definitions import Definitions
from banso.core.definitions.model import Journey
from banso.core.health.history import JourneyHistory, health, overdue, time_in_colour
from banso.core.health.stages import Flags, follow, last_known, may_have_left
from banso.core.health.truths import Lookup, Truths
from banso.core.metrics.panel import Panel


def assess(definitions: Definitions, panel: Panel) -> dict[str, JourneyHistory]:
    """Every journey's history, by name; also puts its `journey.NAME.*` columns into the panel,
    where rules find them. KeyError where the panel lacks a column that a condition names."""
    histories = {}
    for journey in definitions.journeys.values():
        history = trace(definitions, journey=journey, lookup=panel.column, customer=panel.customer)
        panel.columns.update(history.columns())
        place = f"journey.{journey.name}.days_in_colour"
        panel.columns.pop(place, None)
        panel.on_demand[place] = partial(time_in_colour, history.colour, history.late)
        histories[journey.name] = history
    return histories


def trace(
    definitions: Definitions, *, journey: Journey, lookup: Lookup, customer: Flags
) -> JourneyHistory:
    """customer: shape (accounts, as_of days). Where `applies` is
    unmeasured it counts as it was last known, before that as false."""
    truths = Truths(definitions, lookup=lookup, shape=customer.shape)
    applies = customer.copy()
    if journey.applies:
        applies &= last_known(truths.of(journey.applies))
    enters = [truths.of(cast("str", stage.enter)) for stage in journey.stages[1:]]
    stages = follow(applies=applies, enters=enters, sticky=journey.sticky)
    hidden = may_have_left(stages=stages, enters=enters, sticky=journey.sticky)
    found = health(journey=journey, stage=stages.stage, points=truths.points)
    return JourneyHistory(
        journey=journey,
        stage=stages.stage,
        entered=stages.entered,
        days_in_stage=stages.days_in_stage,
        overdue=overdue(journey=journey, stages=stages, hidden=hidden),
        hidden=hidden,
        score=found.score,
        confidence=found.confidence,
        colour=found.colour,
        late=found.late,
    )
