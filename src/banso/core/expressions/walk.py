"""Questions about a tree: which fields it reads, which comparisons it rests on."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

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

_MIRRORED = {"=": "=", "!=": "!=", "<": ">", "<=": ">=", ">": "<", ">=": "<="}
_OPPOSITE = {
    "=": "!=",
    "!=": "=",
    "<": ">=",
    "<=": ">",
    ">": "<=",
    ">=": "<",
    "in": "not in",
    "between": "not between",
    "is unmeasured": "is not unmeasured",
    "is true": "is not true",
}


@dataclass(frozen=True)
class Leaf:
    """One comparison that a condition rests on.

    field: the (first) name in `operand`, '' where it has none. operator: = != < <= > >= `in`
    `between` `is unmeasured` `is true` (a boolean field alone), read from the operand's side:
    `5 < x` is `x > 5`. threshold: the literal it is compared with, a tuple of literals for `in`
    and `between`, None where there is none (another field; is unmeasured; is true).
    node: the comparison itself, to be evaluated. negated: it stands under an odd number of nots,
    so that its being false is what helps the whole to hold.
    """

    field: str
    operator: str
    operand: Node
    threshold: float | str | bool | tuple[float | str | bool, ...] | None
    node: Node
    negated: bool

    @property
    def effective(self) -> str:
        """The operator with the sign that it has in the whole: `not x > 5` is `<=`."""
        return _OPPOSITE[self.operator] if self.negated else self.operator


def children(node: Node) -> tuple[Node, ...]:
    if isinstance(node, Compare | Arithmetic):
        return node.left, node.right
    if isinstance(node, And | Or):
        return node.operands
    if isinstance(node, Not | IsUnmeasured):
        return (node.operand,)
    if isinstance(node, In):
        return (node.operand, *node.options)
    if isinstance(node, Between):
        return node.operand, node.low, node.high
    return node.arguments if isinstance(node, Call) else ()


def _every_field(node: Node) -> Iterator[Field]:
    if isinstance(node, Field):
        yield node
    for child in children(node):
        yield from _every_field(child)


def fields(node: Node) -> frozenset[str]:
    """The names that a tree reads."""
    return frozenset(field.name for field in _every_field(node))


def leaves(node: Node) -> tuple[Leaf, ...]:
    """The comparisons of a condition, in the order in which they are written."""
    return tuple(_leaves(node, negated=False))


def _leaves(node: Node, *, negated: bool) -> Iterator[Leaf]:
    if isinstance(node, Not):
        yield from _leaves(node.operand, negated=not negated)
    elif isinstance(node, And | Or):
        for operand in node.operands:
            yield from _leaves(operand, negated=negated)
    else:
        yield _leaf(node, negated=negated)


def _leaf(node: Node, *, negated: bool) -> Leaf:
    operator, operand = "is true", node
    threshold: float | str | bool | tuple[float | str | bool, ...] | None = None
    if isinstance(node, Compare):
        operator, operand, other = node.operator, node.left, node.right
        if not fields(operand) and fields(other):
            operator, operand, other = _MIRRORED[operator], other, operand
        threshold = other.value if isinstance(other, Literal) else None
    elif isinstance(node, In):
        operator, operand = "in", node.operand
        threshold = tuple(option.value for option in node.options)
    elif isinstance(node, Between):
        operator, operand = "between", node.operand
        if isinstance(node.low, Literal) and isinstance(node.high, Literal):
            threshold = (node.low.value, node.high.value)
    elif isinstance(node, IsUnmeasured):
        operator, operand = "is unmeasured", node.operand
    field = next((field.name for field in _every_field(operand)), "")
    return Leaf(field, operator, operand, threshold, node, negated)
