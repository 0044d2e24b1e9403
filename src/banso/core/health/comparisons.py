"""The comparisons of a condition at one cell: what was compared with what, and how it came out."""

from collections.abc import Iterator

from banso.core.definitions import Definitions
from banso.core.expressions import Leaf, evaluate, leaves
from banso.core.expressions.tree import And, Between, Compare, Node, Not, Or
from banso.core.health.describe import describe
from banso.core.health.evidence import Evidence, Scalar, Threshold
from banso.core.health.truths import Lookup
from banso.core.unmeasured import Column, Reason

CELL = (1, 1)


def comparisons(definitions: Definitions, *, root: Node, cell: Lookup) -> tuple[Evidence, ...]:
    """All of a condition's comparisons as they are written. cell: columns of shape (1, 1)."""
    return tuple(_compared(definitions, leaf, cell) for leaf in leaves(root))


def supporting(definitions: Definitions, *, root: Node, cell: Lookup) -> tuple[Evidence, ...]:
    """Those comparisons that make the condition hold there, as they are written; none where it
    does not hold. Of an `or` only the sides that hold."""
    found = tuple(_supporting(root, cell, wanted=True))
    return tuple(_compared(definitions, leaf, cell) for leaf in found)


def _supporting(node: Node, cell: Lookup, *, wanted: bool) -> Iterator[Leaf]:
    truth = scalar(evaluate(node, cell, CELL))
    if truth is not wanted:
        return
    if isinstance(node, Not):
        yield from _supporting(node.operand, cell, wanted=not wanted)
    elif isinstance(node, And | Or):
        for operand in node.operands:
            yield from _supporting(operand, cell, wanted=wanted)
    else:
        yield from leaves(node if wanted else Not(node))


def _compared(definitions: Definitions, leaf: Leaf, cell: Lookup) -> Evidence:
    described = describe(definitions, leaf.operand)
    measured = evaluate(leaf.operand, cell, CELL)
    truth = scalar(evaluate(leaf.node, cell, CELL))
    reason = reason_of(measured)
    value = scalar(measured)
    threshold = _threshold(leaf, cell)
    texts = {value, *(threshold if isinstance(threshold, tuple) else (threshold,))}
    return Evidence(
        field=leaf.field,
        label=described.label,
        value=value,
        operator=leaf.effective,
        threshold=threshold,
        form="text" if isinstance(value, str) else described.form,
        unit=described.unit,
        words={text: label for text, label in described.words.items() if text in texts},
        supports=None if truth is None else truth is not leaf.negated,
        reason=reason,
    )


def _threshold(leaf: Leaf, cell: Lookup) -> Threshold:
    """Literals as they are; of another field its value there (None where unmeasured)."""
    if leaf.threshold is not None:
        return leaf.threshold
    node = leaf.node
    if isinstance(node, Compare):
        other = node.right if node.left is leaf.operand else node.left
        return scalar(evaluate(other, cell, CELL))
    if isinstance(node, Between):
        ends = [scalar(evaluate(end, cell, CELL)) for end in (node.low, node.high)]
        return tuple(end for end in ends if end is not None)
    return None


def scalar(column: Column) -> Scalar | None:
    """The value of a column of one cell; None where unmeasured."""
    if reason_of(column) is not None:
        return None
    value: bool | int | float = column.values.item()
    if column.categories is not None:
        return column.categories[int(value)]
    return value if isinstance(value, bool) else float(value)


def reason_of(column: Column) -> Reason | None:
    """Why a column of one cell has no value; None where it has one."""
    reason = Reason(column.reasons.item())
    return None if reason is Reason.MEASURED else reason
