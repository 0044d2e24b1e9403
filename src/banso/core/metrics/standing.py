"""What stands at a date without any event: contracts in force and dated attributes."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from banso.core.expressions import Expression, Type, evaluate, number_of
from banso.core.metrics.compiled import compiled
from banso.core.metrics.facts import NEVER, Attributes, Contracts
from banso.core.unmeasured import Column, Reason

_NOT_APPLICABLE = int(Reason.NOT_APPLICABLE)


def matching(contracts: Contracts, where: Expression | None) -> NDArray[np.bool_]:
    """Which contracts a condition over `product` keeps."""
    count = len(contracts.row)
    if where is None:
        return np.ones(count, np.bool_)
    texts = tuple(sorted(set(contracts.product)))
    codes = {text: i for i, text in enumerate(texts)}
    values = np.array([codes[x] for x in contracts.product], np.int32)
    product = Column(values, np.zeros(count, np.uint8), texts)
    kept = evaluate(where.root, lambda _name: product, (count,))
    result: NDArray[np.bool_] = kept.values.astype(np.bool_)
    return result


GRACE_DAYS = 30
"""So long after its last contract has ended an account is still a customer: a renewal is often
entered late, and nothing about it should close meanwhile."""


def customer(
    *, since: NDArray[np.int32], contracts: Contracts, days: int, begin: int = 0
) -> NDArray[np.bool_]:
    """Shape (accounts, days - begin): the account has begun, and not all contracts that it had by
    then ended more than GRACE_DAYS before. An account that never had a contract stays a customer.
    begin: as_of index of column 0."""
    as_of = np.arange(begin, days, dtype=np.int64)
    last_end = np.full((len(since), len(as_of)), -NEVER, np.int64)
    inside = contracts.start < days
    first_day = np.maximum(contracts.start[inside] - begin, 0)
    np.maximum.at(last_end, (contracts.row[inside], first_day), contracts.end[inside])
    last_end = np.maximum.accumulate(last_end, axis=1)
    gone = (last_end > -NEVER) & (last_end + GRACE_DAYS < as_of)
    result: NDArray[np.bool_] = (as_of > since[:, None]) & ~gone
    return result


class Terms(NamedTuple):
    """Contracts by row and, within it, by start. of_row[row] .. of_row[row + 1] - 1: a row's."""

    of_row: NDArray[np.int64]
    start: NDArray[np.int32]
    end: NDArray[np.int32]
    signed: NDArray[np.int32]


@compiled
def add_in_force(
    terms: Terms,
    amount: NDArray[np.float64],
    begin: int,
    values: NDArray[np.float64],
    reasons: NDArray[np.uint8],
) -> None:
    """Sum the amounts of the contracts in force: start <= as_of <= end. One NaN makes the sum NaN:
    a part of the seats or of the revenue is not the whole.

    begin: as_of index of column 0. values: zeros. reasons: all not 0; set to 0 where any contract
    is in force.
    """
    for row in range(values.shape[0]):
        for c in range(terms.of_row[row], terms.of_row[row + 1]):
            stop = min(terms.end[c] + 1 - begin, values.shape[1])
            for i in range(max(terms.start[c] - begin, 0), stop):
                values[row, i] += amount[c]
                reasons[row, i] = 0


@compiled
def last_end(terms: Terms, row: int, as_of: int) -> int:
    """Last day of the chain of contracts seen from as_of; -1 where none is in force.

    A signed contract that starts by the day after the chain's end extends it.
    """
    until = -1
    for c in range(terms.of_row[row], terms.of_row[row + 1]):
        if terms.start[c] <= as_of <= terms.end[c]:
            until = max(until, terms.end[c])
    if until >= 0:
        for c in range(terms.of_row[row], terms.of_row[row + 1]):
            # they come by start, so one pass follows the whole chain
            if terms.signed[c] <= as_of and terms.start[c] <= until + 1:
                until = max(until, terms.end[c])
    return until


@compiled
def fill_days_to_end(
    terms: Terms, begin: int, values: NDArray[np.float64], reasons: NDArray[np.uint8]
) -> None:
    """begin: as_of index of column 0. values: NaN; reasons: not 0. An open end (NEVER) leaves both
    as they are."""
    days = begin + values.shape[1]
    for row in range(values.shape[0]):
        day = begin
        while day < days:
            until, stop = last_end(terms, row, day), min(next_change(terms, row, day), days)
            if 0 <= until < NEVER:
                for i in range(day, stop):
                    values[row, i - begin] = until - i
                    reasons[row, i - begin] = 0
            day = stop


@compiled
def next_change(terms: Terms, row: int, day: int) -> int:
    """The first day after this one on which `last_end` may be another: a contract starts, has ended
    or is signed."""
    found = NEVER
    for c in range(terms.of_row[row], terms.of_row[row + 1]):
        if day < terms.start[c] < found:
            found = terms.start[c]
        if day < terms.end[c] + 1 < found:
            found = terms.end[c] + 1
        if day < terms.signed[c] < found:
            found = terms.signed[c]
    return found


def contract_column(
    *,
    contracts: Contracts,
    of: str,
    where: Expression | None,
    any_at_all: bool,
    shape: tuple[int, int],
    begin: int = 0,
) -> Column:
    """`seats`, `arr` or `days_to_end` of the contracts in force. contracts: of these rows only.
    begin: as_of index of column 0."""
    reason = Reason.NOT_APPLICABLE if any_at_all else Reason.NO_SOURCE
    reasons = np.full(shape, reason, np.uint8)
    kept = np.flatnonzero(matching(contracts, where))
    kept = kept[np.lexsort((contracts.start[kept], contracts.row[kept]))]
    terms = Terms(
        of_row=np.searchsorted(contracts.row[kept], np.arange(shape[0] + 1)),
        start=contracts.start[kept],
        end=contracts.end[kept],
        signed=contracts.signed[kept],
    )
    if of == "days_to_end":
        values = np.full(shape, np.nan)
        fill_days_to_end(terms, begin, values, reasons)
    else:
        values = np.zeros(shape)
        amount = contracts.seats if of == "seats" else contracts.arr
        add_in_force(terms, amount[kept], begin, values, reasons)
        reasons[np.isnan(values)] = Reason.NOT_APPLICABLE
        values[reasons != 0] = np.nan
    return Column(values, reasons)


def attribute_column(
    *,
    attributes: Attributes,
    name: str,
    type_: Type | None,
    shape: tuple[int, int],
    begin: int = 0,
) -> Column:
    """The newest value with valid_from <= as_of. type_: of the attribute in the organisation,
    None where nobody has it (then NO_SOURCE). begin: as_of index of column 0."""
    if type_ is None:
        missing = np.full(shape, Reason.NO_SOURCE, np.uint8)
        return Column(np.full(shape, np.nan), missing)
    entries = [i for i, known in enumerate(attributes.name) if known == name]
    texts = tuple(sorted({attributes.value[i] for i in entries}))
    codes = {text: code for code, text in enumerate(texts)}
    values = np.full(shape, -1, np.int32)
    for i in sorted(entries, key=lambda i: int(attributes.valid_from[i])):  # stable: later wins
        since = max(int(attributes.valid_from[i]) - begin, 0)
        values[attributes.row[i], since:] = codes[attributes.value[i]]
    reasons = np.where(values < 0, np.uint8(_NOT_APPLICABLE), np.uint8(0))
    if type_ is not Type.NUMBER:
        return Column(values, reasons, texts)
    numbers = np.array([number_of(text) for text in texts] + [np.nan], np.float64)
    reasons[np.isnan(numbers[values])] = _NOT_APPLICABLE
    return Column(numbers[values], reasons)
