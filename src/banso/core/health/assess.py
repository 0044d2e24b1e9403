"""All journeys of the definitions over all accounts and days of a panel."""

from collections.abc import Mapping
from functools import partial
from typing import cast

import numpy as np

from banso.core.definitions import Definitions
from banso.core.definitions.model import Journey
from banso.core.health.history import (
    JourneyHistory,
    health,
    in_colour,
    overdue,
    time_in_colour,
)
from banso.core.health.memory import Memory, Truth
from banso.core.health.stages import Flags, follow, last_before, last_known, may_have_left
from banso.core.health.truths import Lookup, Truths
from banso.core.metrics.panel import Panel


def assess(
    definitions: Definitions, panel: Panel, *, before: Mapping[str, Memory] | None = None
) -> dict[str, JourneyHistory]:
    """Every journey's history, by name; also puts its `journey.NAME.*` columns into the panel,
    where rules find them. KeyError where the panel lacks a column that a condition names.

    before: what each journey remembers of the days before the panel's first; nothing where None.
    """
    known = before or {}
    histories = {}
    for name, journey in definitions.journeys.items():
        memory = known.get(name) or _nothing(journey, panel.shape[0])
        history = trace(
            definitions,
            journey=journey,
            lookup=panel.column,
            customer=panel.customer,
            before=memory,
        )
        panel.columns.update(history.columns())
        place = f"journey.{name}.days_in_colour"
        panel.columns.pop(place, None)
        panel.on_demand[place] = partial(time_in_colour, history.colour, history.late, memory)
        histories[name] = history
    return histories


def _nothing(journey: Journey, accounts: int) -> Memory:
    return Memory.none(accounts, enters=0 if journey.sticky else len(journey.stages) - 1)


def remember(
    definitions: Definitions, panel: Panel, history: JourneyHistory, *, upto: int
) -> Memory:
    """What the journey remembers at the end of the day before `upto` (an index of the panel's
    days). panel: from the calendar's first day on, as `assess` left it. history: what it told."""
    journey, rows = history.journey, np.arange(panel.shape[0])
    truths = Truths(definitions, lookup=panel.column, shape=panel.shape)
    nothing = _nothing(journey, len(rows))

    def truth(text: str) -> Truth:
        column = truths.of(text)
        at = last_before(upto, column.measured)
        return (at >= 0) & column.values[rows, at]

    on = last_before(upto, history.applies)
    seen = last_before(upto, ~(history.applies & history.late))
    lasted = in_colour(history.colour, history.late, nothing.colour, nothing.coloured)
    enters = [] if journey.sticky else [truth(cast("str", x.enter)) for x in journey.stages[1:]]
    return Memory(
        applies=truth(journey.applies) if journey.applies else nothing.applies,
        enters=np.array(enters, np.bool_).reshape(nothing.enters.shape),
        stage=np.where(on >= 0, history.stage[rows, on], nothing.stage),
        entered=np.where(on >= 0, history.entered[rows, on] - upto, nothing.entered),
        colour=np.where(seen >= 0, history.colour[rows, seen], nothing.colour),
        coloured=np.where(seen >= 0, seen - lasted[rows, seen] - upto, nothing.coloured),
    )


def trace(
    definitions: Definitions,
    *,
    journey: Journey,
    lookup: Lookup,
    customer: Flags,
    before: Memory | None = None,
) -> JourneyHistory:
    """customer: shape (accounts, as_of days). Where `applies` is
    unmeasured it counts as it was last known, before that as false."""
    memory = before or _nothing(journey, len(customer))
    truths = Truths(definitions, lookup=lookup, shape=customer.shape)
    applies = customer.copy()
    if journey.applies:
        applies &= last_known(truths.of(journey.applies), memory.applies)
    enters = [truths.of(cast("str", stage.enter)) for stage in journey.stages[1:]]
    stages = follow(applies=applies, enters=enters, sticky=journey.sticky, before=memory)
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
