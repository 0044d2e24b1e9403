"""Why the scores of many accounts changed: the ledgers of many pairs of cells at once.

The numbers are those of `ledger(explain(...), explain(...))`; but each condition is evaluated once
for all cells, and the evidence behind it, which no ledger needs, is left out.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import cast

import numpy as np
from numpy.typing import NDArray

from banso.core.definitions import Definitions
from banso.core.definitions.model import Condition
from banso.core.health.assessment import Assessment, ConditionResult
from banso.core.health.history import JourneyHistory
from banso.core.health.ledger import Ledger, ledger
from banso.core.health.truths import Lookup, Truths
from banso.core.metrics.panel import Panel
from banso.core.unmeasured import Column, Reason

Places = NDArray[np.int64]


@dataclass(frozen=True)
class Move:
    """From one day of an account to a later one. row: position in the panel; days: as_of index."""

    row: int
    before: int
    after: int


def ledgers(
    definitions: Definitions, panel: Panel, history: JourneyHistory, moves: Sequence[Move]
) -> list[Ledger]:
    """One for each move. history: what `assess` gave for this panel. Raises IndexError for a day
    before the first: nothing is known of it."""
    if any(move.before < 0 for move in moves):
        raise IndexError("a move from before the first day")
    rows = np.array([move.row for move in moves] * 2, np.int64)
    days = np.array([x.before for x in moves] + [x.after for x in moves], np.int64)
    truths = Truths(definitions, lookup=_cells(panel, rows, days), shape=(len(rows), 1))
    results = _results(truths, history, history.stage[rows, days])
    told = [
        _assessment(panel, history, int(row), int(day), conditions)
        for row, day, conditions in zip(rows, days, results, strict=True)
    ]
    half = len(moves)
    return [ledger(before, after) for before, after in zip(told[:half], told[half:], strict=True)]


def _cells(panel: Panel, rows: Places, days: Places) -> Lookup:
    """A look-up of the panel's columns at some cells, one below the other."""

    def look_up(name: str) -> Column:
        whole = panel.column(name)
        return Column(
            values=whole.values[rows, days][:, None],
            reasons=whole.reasons[rows, days][:, None],
            categories=whole.categories,
        )

    return look_up


def _results(
    truths: Truths, history: JourneyHistory, stages: NDArray[np.int8]
) -> list[tuple[ConditionResult, ...]]:
    """The conditions of each cell's stage; none off the journey."""
    found: list[tuple[ConditionResult, ...]] = [()] * len(stages)
    for index, stage in enumerate(history.journey.stages):
        here = np.flatnonzero(stages == index)
        if len(here) and stage.health:
            columns = [_of_condition(truths, condition, here) for condition in stage.health]
            for cell, conditions in zip(here.tolist(), zip(*columns, strict=True), strict=True):
                found[cell] = conditions
    return found


def _of_condition(truths: Truths, condition: Condition, here: Places) -> list[ConditionResult]:
    given = truths.points(condition)
    holds = truths.of(condition.condition)
    value = None if condition.of is None else truths.number(condition.of)

    def result(cell: int) -> ConditionResult:
        reason = Reason(given.reasons[cell, 0])
        return ConditionResult(
            key=condition.key,
            label=condition.label,
            condition=condition.condition,
            holds=cast("bool | None", _value(holds, cell)),
            reason=None if reason is Reason.MEASURED else reason,
            weight=condition.weight,
            points=float(given.points[cell, 0]) if reason is Reason.MEASURED else None,
            critical=condition.critical,
            of=condition.of,
            value=None if value is None else cast("float | None", _value(value, cell)),
            good=condition.good,
            poor=condition.poor,
            evidence=(),
        )

    return [result(cell) for cell in here.tolist()]


def _value(column: Column, cell: int) -> object:
    return column.values[cell, 0].item() if column.reasons[cell, 0] == Reason.MEASURED else None


def _assessment(
    panel: Panel,
    history: JourneyHistory,
    row: int,
    day: int,
    conditions: tuple[ConditionResult, ...],
) -> Assessment:
    """As much of it as a ledger needs."""
    stage = int(history.stage[row, day])
    score = float(history.score[row, day])
    return Assessment(
        account=int(panel.accounts[row]),
        journey=history.journey.name,
        as_of=panel.calendar.as_of(day),
        stage=history.journey.stages[stage].name if stage >= 0 else None,
        days_in_stage=None,
        expected_days=None,
        overdue=None,
        score=None if np.isnan(score) else score,
        confidence=None,
        colour=None,
        late=False,
        conditions=conditions,
    )
