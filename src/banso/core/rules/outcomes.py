"""On which days an outcome came about, and on which it could have.

Shapes are (accounts, as_of days). True: it happened on that day. NOT_APPLICABLE: on that day it
could not happen (no contract, already gone, off the journey). Any other reason: not known.
"""

from dataclasses import dataclass
from functools import singledispatch

import numpy as np
from numpy.typing import NDArray

from banso.core.definitions import Definitions
from banso.core.definitions.outcomes import (
    BecameTrue,
    Churn,
    Downgrade,
    Outcome,
    Renewal,
    Silence,
    StageAdvance,
    StageRegress,
)
from banso.core.expressions import evaluate
from banso.core.metrics.compiled import compiled
from banso.core.metrics.facts import NEVER, Contracts
from banso.core.metrics.panel import Panel
from banso.core.metrics.standing import GRACE_DAYS, contract_column, matching
from banso.core.unmeasured import Column, Reason

Flags = NDArray[np.bool_]
Days = NDArray[np.int32]
Reasons = NDArray[np.uint8]
NOT_APPLICABLE, SOURCE_LATE = int(Reason.NOT_APPLICABLE), int(Reason.SOURCE_LATE)
LESS = 1e-9
"""Sums of amounts differ by less where nothing has changed."""


def happened(
    definitions: Definitions,
    outcome: Outcome,
    panel: Panel,
    contracts: Contracts,
    *,
    any_contract: bool,
) -> Column:
    """Where an outcome came about, on a panel that `assess` has completed.

    contracts: of the panel's accounts, as they are known now: those signed or entered later tell
    whether one that ended was renewed. any_contract: whether any account of the organisation has
    one; where none has, what contracts tell is NO_SOURCE.
    """
    return _happened(outcome, definitions, panel, _Ledger(definitions, contracts, any_contract))


def settling_days(outcome: Outcome) -> int:
    """How long after a day it is sure whether the outcome came about on it: a contract that has
    ended may still be renewed."""
    return GRACE_DAYS if isinstance(outcome, Churn | Downgrade | Renewal) else 0


@dataclass(frozen=True)
class _Ledger:
    """The contracts of a panel's accounts."""

    definitions: Definitions
    contracts: Contracts
    any_at_all: bool

    def of(self, outcome: Churn | Downgrade | Renewal) -> Contracts:
        """Those that count for an outcome, by row and start."""
        text = outcome.where
        where = None if text is None else self.definitions.contract_filter(text)
        at = np.flatnonzero(matching(self.contracts, where))
        at = at[np.lexsort((self.contracts.start[at], self.contracts.row[at]))]
        return Contracts(
            row=self.contracts.row[at],
            start=self.contracts.start[at],
            end=self.contracts.end[at],
            signed=self.contracts.signed[at],
            seats=self.contracts.seats[at],
            arr=self.contracts.arr[at],
            product=tuple(self.contracts.product[i] for i in at),
        )

    @property
    def without(self) -> int:
        """The reason where there is no contract."""
        return NOT_APPLICABLE if self.any_at_all else int(Reason.NO_SOURCE)


@singledispatch
def _happened(outcome: Outcome, definitions: Definitions, panel: Panel, ledger: _Ledger) -> Column:
    raise TypeError(f"not an outcome: {outcome!r}")


@_happened.register
def _(outcome: Churn, definitions: Definitions, panel: Panel, ledger: _Ledger) -> Column:
    kept = ledger.of(outcome)
    force = _in_force(kept, panel.shape)
    values, reasons = np.zeros(panel.shape, np.bool_), np.zeros(panel.shape, np.uint8)
    churned(force, GRACE_DAYS, ledger.without, values, reasons)
    return Column(values, reasons)


@_happened.register
def _(outcome: Downgrade, definitions: Definitions, panel: Panel, ledger: _Ledger) -> Column:
    kept = ledger.of(outcome)
    amount = contract_column(
        contracts=kept,
        of=outcome.of,
        where=None,
        any_at_all=ledger.any_at_all,
        shape=panel.shape,
    )
    values, reasons = np.zeros(panel.shape, np.bool_), np.zeros(panel.shape, np.uint8)
    force = _in_force(kept, panel.shape)
    lessened(force, amount.values, GRACE_DAYS, ledger.without, values, reasons)
    return Column(values, reasons)


@_happened.register
def _(outcome: Renewal, definitions: Definitions, panel: Panel, ledger: _Ledger) -> Column:
    kept = ledger.of(outcome)
    values, reasons = np.zeros(panel.shape, np.bool_), np.zeros(panel.shape, np.uint8)
    force = _in_force(kept, panel.shape)
    reasons[~force[:, : panel.shape[1]]] = ledger.without  # nothing that could end on that day
    of_row = np.searchsorted(kept.row, np.arange(panel.shape[0] + 1))
    renewed(of_row, kept.start, kept.end, GRACE_DAYS, values, reasons)
    return Column(values, reasons)


@_happened.register
def _(outcome: StageAdvance, definitions: Definitions, panel: Panel, ledger: _Ledger) -> Column:
    return _moved(panel, outcome.journey, outcome.to, up=True)


@_happened.register
def _(outcome: StageRegress, definitions: Definitions, panel: Panel, ledger: _Ledger) -> Column:
    return _moved(panel, outcome.journey, outcome.to, up=False)


@_happened.register
def _(outcome: Silence, definitions: Definitions, panel: Panel, ledger: _Ledger) -> Column:
    recency = panel.column(outcome.of)
    with np.errstate(invalid="ignore"):
        holds = recency.values >= outcome.days
    return _began(Column(holds & recency.measured, recency.reasons), panel.customer)


@_happened.register
def _(outcome: BecameTrue, definitions: Definitions, panel: Panel, ledger: _Ledger) -> Column:
    root = definitions.condition(outcome.when).root
    return _began(evaluate(root, panel.column, panel.shape), panel.customer)


def _in_force(contracts: Contracts, shape: tuple[int, int]) -> Flags:
    """Shape (accounts, 1 + days + GRACE_DAYS): column 0 is the day before the axis. Contracts that
    begin after the axis count there, as they are known."""
    rows, length = shape[0], shape[1] + 1 + GRACE_DAYS
    steps = np.zeros((rows, length + 1), np.int32)
    first = np.clip(contracts.start.astype(np.int64) + 1, 0, length)
    stop = np.clip(contracts.end.astype(np.int64) + 2, 0, length)
    np.add.at(steps, (contracts.row, np.minimum(first, stop)), 1)
    np.add.at(steps, (contracts.row, stop), -1)
    force: Flags = np.cumsum(steps, axis=1)[:, :length] > 0
    return force


def _churned(force: Flags, grace: int, without: int, values: Flags, reasons: Reasons) -> None:
    rows, days = values.shape
    for row in range(rows):
        for day in range(days):
            if not force[row, day]:  # already the day before
                reasons[row, day] = without
            elif not force[row, day + 1]:
                again = force[row, day + 1 : day + 1 + grace].any()
                values[row, day] = not again and day + grace <= days
                if not again and day + grace > days:
                    reasons[row, day] = SOURCE_LATE


churned = compiled(_churned)


def _lessened(  # noqa: PLR0917 (numba takes flat arrays)
    force: Flags,
    amount: NDArray[np.float64],
    grace: int,
    without: int,
    values: Flags,
    reasons: Reasons,
) -> None:
    """A gap of less than `grace` days between contracts is compared across."""
    rows, days = values.shape
    for row in range(rows):
        before, since = np.nan, -grace - 1  # the last amount, and its day
        for day in range(days):
            if not force[row, day + 1]:
                if day - since > grace:
                    reasons[row, day] = without
                continue
            if np.isnan(amount[row, day]) or np.isnan(before) or day - since > grace:
                reasons[row, day] = NOT_APPLICABLE
            else:
                values[row, day] = amount[row, day] < before - LESS * abs(before)
            before, since = amount[row, day], day


lessened = compiled(_lessened)


def _renewed(  # noqa: PLR0917 (numba takes flat arrays)
    of_row: NDArray[np.int64],
    start: Days,
    end: Days,
    grace: int,
    values: Flags,
    reasons: Reasons,
) -> None:
    """Contracts by row and start. reasons: `without` where nothing was in force the day before."""
    rows, days = values.shape
    for row in range(rows):
        for one in range(of_row[row], of_row[row + 1]):
            day = end[one] + 1
            if day < 0 or day >= days or end[one] >= NEVER:
                continue
            goes_on = False
            for other in range(of_row[row], of_row[row + 1]):
                later = start[other] > start[one] and start[other] < day + grace
                goes_on |= later and end[other] >= day
            if goes_on:
                values[row, day], reasons[row, day] = True, 0
            elif day + grace > days and not values[row, day]:
                reasons[row, day] = SOURCE_LATE


renewed = compiled(_renewed)


def _moved(panel: Panel, journey: str, to: str | None, *, up: bool) -> Column:
    """Of one step between two days on which the stage is known, or known again."""
    stage = panel.column(f"journey.{journey}.stage")
    stages = stage.categories or ()
    last = len(stages) - 1
    limit = (last if up else 0) if to is None else stages.index(to)
    values, reasons = np.zeros(panel.shape, np.bool_), stage.reasons.copy()
    moved(stage.values.astype(np.int32), limit, -1 if to is None else limit, up, values, reasons)
    return Column(values, reasons)


def _move(  # noqa: PLR0917 (numba takes flat arrays)
    stage: Days,
    limit: int,
    to: int,
    up: bool,
    values: Flags,
    reasons: Reasons,
) -> None:
    """limit: a stage from which there is no such step. to: the only one that counts, or -1."""
    sign = 1 if up else -1
    for row in range(stage.shape[0]):
        before = -1
        for day in range(stage.shape[1]):
            here = stage[row, day]
            if reasons[row, day] == 0:
                if before < 0 or sign * before >= sign * limit:
                    reasons[row, day] = NOT_APPLICABLE
                else:
                    counts = to == -1 or here == to  # noqa: PLR1714 (numba knows no `in` here)
                    values[row, day] = counts and sign * here > sign * before
                before = here
            elif reasons[row, day] == NOT_APPLICABLE:
                before = -1


moved = compiled(_move)


def _began(truth: Column, customer: Flags) -> Column:
    values, reasons = np.zeros(truth.values.shape, np.bool_), truth.reasons * customer
    reasons = (reasons + ~customer * np.uint8(NOT_APPLICABLE)).astype(np.uint8)
    began(truth.values & customer, values, reasons)
    return Column(values, reasons)


def _begin(truth: Flags, values: Flags, reasons: Reasons) -> None:
    """It begins on a day on which it holds, where it did not on the last day that is known. Where
    it holds already, it can't begin."""
    unknown, no, yes = -1, 0, 1
    for row in range(truth.shape[0]):
        before = unknown
        for day in range(truth.shape[1]):
            if reasons[row, day] != 0:
                continue
            holds = truth[row, day]
            values[row, day] = holds and before == no
            if holds and before != no:
                reasons[row, day] = NOT_APPLICABLE
            before = yes if holds else no


began = compiled(_begin)
