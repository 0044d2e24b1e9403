"""A tree over vectors: every account and day at once, in Kleene's three-valued logic."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import reduce, singledispatch

import numpy as np

from banso.core.expressions.cast import as_type
from banso.core.expressions.tree import (
    And,
    Arithmetic,
    Between,
    Call,
    Compare,
    Field,
    In,
    IsUnmeasured,
    Literal,
    Node,
    Not,
    Or,
)
from banso.core.unmeasured import Array, Column, Reason

Lookup = Callable[[str], Column]

_LATE = np.uint8(Reason.SOURCE_LATE)
_COMPARE: dict[str, Callable[[Array, Array], Array]] = {
    "=": np.equal,
    "!=": np.not_equal,
    "<": np.less,
    "<=": np.less_equal,
    ">": np.greater,
    ">=": np.greater_equal,
}
_COMPUTE: dict[str, Callable[[Array, Array], Array]] = {
    "+": np.add,
    "-": np.subtract,
    "*": np.multiply,
    "/": np.divide,
}


def evaluate(node: Node, lookup: Lookup, shape: tuple[int, ...]) -> Column:
    """The column of a tree, of the given shape.

    lookup: the column of a field's name; it may be of any shape that broadcasts to `shape`.
    Unmeasured operands make the result unmeasured with the higher Reason, except where the
    others decide it alone (a known false in `and`, a known true in `or`). `is unmeasured` and
    `coalesce` see through every reason but SOURCE_LATE, so that nothing is concluded from a
    source that will report later. Divisions by zero and results that are not finite are
    NOT_APPLICABLE. What is given back may be the lookup's own column: it is not to be changed.
    """
    with np.errstate(all="ignore"):
        column = _column(node, lookup)
    return Column(_shaped(column.values, shape), _shaped(column.reasons, shape), column.categories)


def _shaped(values: Array, shape: tuple[int, ...]) -> Array:
    return values if values.shape == shape else np.array(np.broadcast_to(values, shape))


@singledispatch
def _column(node: Node, lookup: Lookup) -> Column:
    raise TypeError(f"not a node of a condition: {node!r}")


@_column.register
def _(node: Literal, lookup: Lookup) -> Column:
    return _literal(node.value)


@_column.register
def _(node: Field, lookup: Lookup) -> Column:
    return as_type(lookup(node.name), node.type)


@_column.register
def _(node: And | Or, lookup: Lookup) -> Column:
    operands = [_column(operand, lookup) for operand in node.operands]
    return _junction(operands, decisive=isinstance(node, Or))


@_column.register
def _(node: Not, lookup: Lookup) -> Column:
    operand = _column(node.operand, lookup)
    return _condition(~operand.values, operand.reasons)


@_column.register
def _(node: IsUnmeasured, lookup: Lookup) -> Column:
    operand = _column(node.operand, lookup)
    late = operand.reasons == _LATE
    return _condition(operand.reasons != 0, late * _LATE)


@_column.register
def _(node: Between, lookup: Lookup) -> Column:
    value = _column(node.operand, lookup)
    above = _compare(">=", value, _column(node.low, lookup))
    below = _compare("<=", value, _column(node.high, lookup))
    return _junction([above, below], decisive=False)


@_column.register
def _(node: Compare, lookup: Lookup) -> Column:
    return _compare(node.operator, _column(node.left, lookup), _column(node.right, lookup))


@_column.register
def _(node: Arithmetic, lookup: Lookup) -> Column:
    left, right = _column(node.left, lookup), _column(node.right, lookup)
    return _number(_COMPUTE[node.operator](left.values, right.values), [left, right])


@_column.register
def _(node: In, lookup: Lookup) -> Column:
    operand, options = _column(node.operand, lookup), [option.value for option in node.options]
    if operand.categories is not None:
        wanted = frozenset(options)
        table = np.array([text in wanted for text in operand.categories] + [False])
        return _condition(table.take(operand.values), operand.reasons)
    return _condition(np.isin(operand.values, np.array(options)), operand.reasons)


@_column.register
def _(node: Call, lookup: Lookup) -> Column:
    return _call(node.function, [_column(argument, lookup) for argument in node.arguments])


def _literal(value: float | str | bool) -> Column:
    reasons = np.zeros((), dtype=np.uint8)
    if isinstance(value, str):
        return Column(np.zeros((), dtype=np.int32), reasons, (value,))
    return Column(np.array(value), reasons)


def _highest(columns: Sequence[Column]) -> Array:
    """The highest reason in each cell. Literals, which are one measured cell, can't raise it."""
    told = [x.reasons for x in columns if x.reasons.ndim or x.reasons]
    return reduce(np.maximum, told) if told else columns[0].reasons


def _number(values: Array, operands: Sequence[Column]) -> Column:
    reasons = _highest(operands)
    wrong = (reasons == 0) & ~np.isfinite(values)
    reasons = np.where(wrong, np.uint8(Reason.NOT_APPLICABLE), reasons)
    return Column(np.where(reasons == 0, values, np.nan), reasons)


def _condition(values: Array, reasons: Array) -> Column:
    return Column(values & (reasons == 0), reasons)


def _junction(operands: Sequence[Column], *, decisive: bool) -> Column:
    """`or` (decisive: a true) and `and` (decisive: a false)."""
    decided = reduce(np.logical_or, ((c.reasons == 0) & (c.values == decisive) for c in operands))
    reasons = _highest(operands) * ~decided
    return _condition(decided if decisive else ~decided, reasons)


def _compare(operator: str, left: Column, right: Column) -> Column:
    reasons = _highest([left, right])
    if left.categories is not None and right.categories is not None:
        left, right = _one_dictionary(left, right)
    return _condition(_COMPARE[operator](left.values, right.values), reasons)


def _one_dictionary(*columns: Column) -> list[Column]:
    """The same texts under the same codes, so that codes can be compared."""
    texts = {t: None for column in columns for t in column.categories or ()}
    codes = {text: code for code, text in enumerate(texts)}
    joined = tuple(texts)
    made = []
    for column in columns:
        table = [codes[text] for text in column.categories or ()]
        found = np.array([*table, -1], dtype=np.int32).take(column.values)
        made.append(Column(found, column.reasons, joined))
    return made


def _call(function: str, arguments: Sequence[Column]) -> Column:
    if function == "coalesce":
        return reduce(_coalesce, arguments)
    values = [argument.values for argument in arguments]
    if function == "abs":
        return _number(np.abs(values[0]), arguments)
    if function == "round":
        digits = int(values[1]) if len(values) > 1 else 0
        return _number(_round(values[0], digits), arguments)
    pick = np.minimum if function == "least" else np.maximum
    return _number(reduce(pick, values), arguments)


def _round(values: Array, digits: int) -> Array:
    """Half away from zero, as DuckDB does it (numpy's own rounds half to even)."""
    scaled = np.abs(values) * 10.0**digits
    whole = np.floor(scaled)
    rounded = np.copysign(whole + (scaled - whole >= 0.5), values) / 10.0**digits
    return np.where(np.isfinite(rounded), rounded, values)


def _coalesce(first: Column, other: Column) -> Column:
    if first.categories is not None and other.categories is not None:
        first, other = _one_dictionary(first, other)
    keep = (first.reasons == 0) | (first.reasons == _LATE)
    # both unmeasured: the higher reason says more
    reasons = np.where(
        keep | (other.reasons == 0), np.where(keep, first.reasons, 0), _highest([first, other])
    )
    values = np.where(keep, first.values, other.values)
    return Column(values, reasons.astype(np.uint8), first.categories)
