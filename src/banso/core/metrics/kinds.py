"""One function per metric kind: the metric and a block of accounts -> its column.

A new kind is a model in core.definitions, a function here and its `@tell.register`.
"""

from functools import singledispatch

import numpy as np
from numpy.typing import NDArray

from banso.core.definitions.metrics import (
    ActiveDays,
    Average,
    Breadth,
    Change,
    Count,
    Derived,
    DistinctUsers,
    Latest,
    Metric,
    Ratio,
    Recency,
    Sum,
    Tenure,
    TimeToFirst,
)
from banso.core.expressions import Type, evaluate
from banso.core.expressions.tree import Arithmetic, Field
from banso.core.metrics import windows
from banso.core.metrics.bucket import Block, Members
from banso.core.metrics.plan import Series, change_days, window_days
from banso.core.metrics.standing import attribute_column, contract_column
from banso.core.metrics.windows import Sheet
from banso.core.unmeasured import Column, Reason

_NOT_APPLICABLE = int(Reason.NOT_APPLICABLE)
_BEFORE_FIRST_DATA = int(Reason.BEFORE_FIRST_DATA)


def _sheet(metric: Metric, block: Block, *, missing: int = 0, covers: bool = True) -> Sheet:
    """Values not filled in yet, and the reasons that every metric over facts shares."""
    window = window_days(getattr(metric, "window", None))
    reasons = block.coverage.reasons(
        origin=block.plan.origins[_series(metric, block).filter],
        window=window if covers else 0,
        covers=covers,
    )
    return Sheet(np.empty(block.shape), reasons, block.first, block.begin, window, missing)


def _told(sheet: Sheet) -> Column:
    return Column(sheet.values, sheet.reasons)


def _series(metric: Metric, block: Block) -> Series:
    return block.plan.series[metric.name]


@singledispatch
def tell(metric: Metric, block: Block) -> Column:
    """The column of a metric, by its kind."""
    raise TypeError(f"metric {metric.name}: no function tells a {type(metric).__name__}")


@tell.register
def _count(metric: Count, block: Block) -> Column:
    sheet = _sheet(metric, block)
    windows.fill_counts(block.state.counts[_series(metric, block)], sheet)
    return _told(sheet)


@tell.register
def _active_days(metric: ActiveDays, block: Block) -> Column:
    sheet = _sheet(metric, block)
    windows.fill_active_days(block.state.days[_series(metric, block)], sheet)
    return _told(sheet)


@tell.register
def _distinct_users(metric: DistinctUsers, block: Block) -> Column:
    bits = block.state.users.bits[_series(metric, block)]
    return _distinct(metric, block, bits, block.bucket.users)


@tell.register
def _breadth(metric: Breadth, block: Block) -> Column:
    series = _series(metric, block)
    bits = block.state.features[series].bits[series]
    return _distinct(metric, block, bits, block.bucket.features(series))


def _distinct(metric: Metric, block: Block, bits: NDArray[np.uint64], of: Members) -> Column:
    sheet = _sheet(metric, block)
    windows.fill_distinct(bits, of.order, of.start, sheet)
    return _told(sheet)


@tell.register
def _recency(metric: Recency, block: Block) -> Column:
    sheet = _sheet(metric, block, missing=_BEFORE_FIRST_DATA)
    windows.fill_recency(block.state.days[_series(metric, block)], sheet)
    return _told(sheet)


@tell.register
def _time_to_first(metric: TimeToFirst, block: Block) -> Column:
    sheet = _sheet(metric, block, missing=_BEFORE_FIRST_DATA)
    windows.fill_time_to_first(block.state.days[_series(metric, block)], block.bucket.since, sheet)
    return _told(sheet)


@tell.register
def _tenure(_metric: Tenure, block: Block) -> Column:
    as_of = np.arange(block.begin, block.begin + block.shape[1])
    lived = as_of - block.since[:, None].astype(np.float64)
    reasons = np.where(lived <= 0, np.uint8(_NOT_APPLICABLE), np.uint8(0))
    return Column(np.where(reasons == 0, lived, np.nan), reasons)


@tell.register
def _sum(metric: Sum, block: Block) -> Column:
    sheet = _sheet(metric, block)
    windows.fill_sums(block.state.sums[_series(metric, block)], sheet)
    return _told(sheet)


@tell.register
def _average(metric: Average, block: Block) -> Column:
    sheet = _sheet(metric, block)
    series = _series(metric, block)
    windows.fill_sums(block.state.sums[series], sheet)
    having = sheet._replace(values=np.empty(block.shape))
    windows.fill_counts(block.state.numbers[series], having)
    sheet.reasons[having.values == 0] = _NOT_APPLICABLE
    with np.errstate(invalid="ignore"):  # 0 / 0 where no fact has the number
        return Column(sheet.values / having.values, sheet.reasons)


@tell.register
def _latest(metric: Latest, block: Block) -> Column:
    family, _, name = metric.of.partition(".")
    if family == "attribute":
        return attribute(name, block)
    if family == "contract":
        return contract(name, block, metric.where)
    # a record need not cover its window: an answer either is there or not
    sheet = _sheet(metric, block, missing=_NOT_APPLICABLE, covers=False)
    found, records = block.bucket.records(_series(metric, block))
    windows.fill_last(records.day, records.value, found.start, sheet)
    return _told(sheet)


def attribute(name: str, block: Block) -> Column:
    """The column `attribute.NAME`."""
    type_ = block.plan.org.attribute_types.get(name)
    return attribute_column(
        attributes=block.attributes, name=name, type_=type_, shape=block.shape, begin=block.begin
    )


def contract(of: str, block: Block, where: str | None = None) -> Column:
    """The column `contract.OF`; where: a condition over product."""
    return contract_column(
        contracts=block.contracts,
        of=of,
        where=block.plan.definitions.contract_filter(where) if where else None,
        any_at_all=block.plan.org.has_contracts,
        shape=block.shape,
        begin=block.begin,
    )


@tell.register
def _ratio(metric: Ratio, block: Block) -> Column:
    divided = Arithmetic("/", Field(metric.of, Type.NUMBER), Field(metric.by, Type.NUMBER))
    return evaluate(divided, block.lookup, block.shape)


def earlier(column: Column, days: int) -> Column:
    """What the column said that many days before; BEFORE_FIRST_DATA before the calendar."""
    values = np.full_like(column.values, np.nan)
    reasons = np.full_like(column.reasons, _BEFORE_FIRST_DATA)
    values[:, days:] = column.values[:, :-days]
    reasons[:, days:] = column.reasons[:, :-days]
    return Column(values, reasons)


def newest(column: Column, days: int) -> Column:
    """The last days of a column."""
    first = column.values.shape[1] - days
    return Column(column.values[:, first:], column.reasons[:, first:], column.categories)


@tell.register
def _change(metric: Change, block: Block) -> Column:
    days = change_days(metric, block.plan.definitions.metrics)
    whole = block.earlier(block.begin - days, metric.of)
    numbers = evaluate(Field(metric.of, Type.NUMBER), lambda _name: whole, whole.values.shape)
    told = block.shape[1]
    sides = {"now": newest(numbers, told), "then": newest(earlier(numbers, days), told)}
    before = Field("then", Type.NUMBER)
    gained = Arithmetic("-", Field("now", Type.NUMBER), before)
    return evaluate(Arithmetic("/", gained, before), sides.__getitem__, block.shape)


@tell.register
def _derived(metric: Derived, block: Block) -> Column:
    root = block.plan.definitions.arithmetic(metric.expression).root
    return evaluate(root, block.lookup, block.shape)
