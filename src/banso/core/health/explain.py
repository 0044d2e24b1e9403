"""One account's journey on one day, with all reasons: the same numbers as in the arrays."""

import numpy as np
from numpy.typing import NDArray

from banso.core.definitions import Definitions
from banso.core.definitions.model import Condition
from banso.core.health.assess import trace
from banso.core.health.assessment import Assessment, ConditionResult
from banso.core.health.colour import Colour
from banso.core.health.comparisons import comparisons, scalar
from banso.core.health.history import JourneyHistory
from banso.core.health.truths import Truths, window
from banso.core.metrics.panel import Panel
from banso.core.unmeasured import Column, Reason


def explain(
    definitions: Definitions,
    panel: Panel,
    *,
    journey: str,
    row: int,
    day: int,
    history: JourneyHistory | None = None,
) -> Assessment:
    """row: position in `panel.accounts`. day: as_of index.

    history: what `assess` gave for this journey and panel; without it the account's own history
    is traced again (the stage depends on the days before), which costs a few milliseconds.
    """
    if history is None:
        history = _own_history(definitions, panel, journey=journey, row=row)
        at = (0, day)
    else:
        at = (row, day)
    cell = window(panel, rows=slice(row, row + 1), days=slice(day, day + 1))
    truths = Truths(definitions, lookup=cell, shape=(1, 1))
    applies = bool(history.applies[at])
    stage = history.journey.stages[int(history.stage[at])] if applies else None
    return Assessment(
        account=int(panel.accounts[row]),
        journey=journey,
        as_of=panel.calendar.as_of(day),
        stage=stage.name if stage else None,
        days_in_stage=int(history.days_in_stage[at]) if applies else None,
        expected_days=stage.expected_days if stage else None,
        overdue=_measured(history.overdue, at),
        score=_number(history.score, at),
        confidence=_number(history.confidence, at),
        colour=Colour(int(history.colour[at])) if applies else None,
        late=bool(history.late[at]),
        conditions=tuple(_result(truths, condition) for condition in stage.health) if stage else (),
    )


def _own_history(
    definitions: Definitions, panel: Panel, *, journey: str, row: int
) -> JourneyHistory:
    one = slice(row, row + 1)
    return trace(
        definitions,
        journey=definitions.journeys[journey],
        lookup=window(panel, rows=one, days=slice(None)),
        customer=panel.customer[one],
    )


def _result(truths: Truths, condition: Condition) -> ConditionResult:
    points = truths.points(condition)
    reason = Reason(points.reasons.item())
    value = None if condition.of is None else scalar(truths.number(condition.of))
    holds = scalar(truths.of(condition.condition))
    return ConditionResult(
        key=condition.key,
        label=condition.label,
        condition=condition.condition,
        holds=None if holds is None else bool(holds),
        reason=None if reason is Reason.MEASURED else reason,
        weight=condition.weight,
        points=float(points.points.item()) if reason is Reason.MEASURED else None,
        critical=condition.critical,
        of=condition.of,
        value=float(value) if value is not None else None,
        good=condition.good,
        poor=condition.poor,
        evidence=comparisons(
            truths.definitions,
            root=truths.definitions.condition(condition.condition).root,
            cell=truths.lookup,
        ),
    )


def _measured(column: Column, at: tuple[int, int]) -> bool | None:
    return bool(column.values[at]) if column.reasons[at] == Reason.MEASURED else None


def _number(values: NDArray[np.float64], at: tuple[int, int]) -> float | None:
    value = float(values[at])
    return None if np.isnan(value) else value
