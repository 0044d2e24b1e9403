"""What a rule says of a day that is not over: as of the coming midnight, with the facts so far.

The rest of the day can only add facts. A count that is high enough stays so; one that is low may
yet grow, and a day on which nobody has come yet is no day without use. So each comparison is taken
at its word only where the rest of the day can't turn it. Where it can, it counts as far as it says
what it said this morning too: then something else must have made the rule hold today.

Whatever is told here is what the rule says as of that midnight on the same facts; often nothing is.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Flag
from functools import reduce, singledispatch

import numpy as np

from banso.core.definitions import Definitions
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
)
from banso.core.definitions.model import Rule
from banso.core.expressions import evaluate
from banso.core.expressions.tree import (
    And,
    Arithmetic,
    Between,
    Call,
    Compare,
    Field,
    In,
    Literal,
    Node,
    Not,
    Or,
    Type,
)
from banso.core.health.truths import Lookup, window
from banso.core.metrics.panel import Panel
from banso.core.rules.truth import off_journey, truth
from banso.core.unmeasured import Column, Reason

NOT_OVER = np.uint8(Reason.SOURCE_LATE)
"""Reason of what the rest of the day decides: there will be more."""


class Drift(Flag):
    """Which way a number can still go before midnight, on facts that are yet to come. Numbers that
    the clock itself moves (days to an end, days in a stage) and what is made of many conditions
    (stage, health) may go either way."""

    NONE = 0
    UP = 1
    DOWN = 2
    EITHER = 3


BY_CLOCK = frozenset({"contract.days_to_end"})
TURNED = {Drift.UP: Drift.DOWN, Drift.DOWN: Drift.UP}


def drift_of_field(definitions: Definitions, name: str) -> Drift:
    """An answer, a contract and an attribute stand until another one comes."""
    if name in definitions.metrics:
        return drift_of_metric(definitions.metrics[name], definitions)
    return Drift.EITHER if name in BY_CLOCK or name.startswith("journey.") else Drift.NONE


@singledispatch
def drift_of_metric(metric: Metric, definitions: Definitions) -> Drift:
    """By its kind; of the others: NONE."""
    return Drift.NONE


@drift_of_metric.register
def _(_: Count | DistinctUsers | ActiveDays | Breadth | Sum, definitions: Definitions) -> Drift:
    return Drift.UP


@drift_of_metric.register
def _(_: Recency, definitions: Definitions) -> Drift:
    return Drift.DOWN


@drift_of_metric.register
def _(_: Tenure | Average, definitions: Definitions) -> Drift:
    return Drift.EITHER


@drift_of_metric.register
def _(metric: Latest | Change, definitions: Definitions) -> Drift:
    """What a change is compared with lies on days that are over."""
    return drift_of_field(definitions, metric.of)


@drift_of_metric.register
def _(metric: Ratio, definitions: Definitions) -> Drift:
    above, below = (drift_of_field(definitions, x) for x in (metric.of, metric.by))
    return above | _turned(below)


@drift_of_metric.register
def _(metric: Derived, definitions: Definitions) -> Drift:
    return drift(definitions, definitions.arithmetic(metric.expression).root)


def drift(definitions: Definitions, node: Node) -> Drift:
    """Of a number. Metrics that grow are taken to be no less than 0."""
    if isinstance(node, Field):
        return drift_of_field(definitions, node.name)
    if isinstance(node, Arithmetic):
        left, right = drift(definitions, node.left), drift(definitions, node.right)
        if node.operator == "+":
            return left | right
        if node.operator == "-":
            return left | _turned(right)
        return _scaled(node, left, right)
    if isinstance(node, Call):
        found = reduce(Drift.__or__, (drift(definitions, x) for x in node.arguments))
        steady = node.function in ("round", "least", "greatest")
        return found if steady or not found else Drift.EITHER
    return Drift.NONE


def _scaled(node: Arithmetic, left: Drift, right: Drift) -> Drift:
    """By a number that is written there; of two that move, either way."""
    for moving, other in ((left, node.right), (right, node.left)):
        if isinstance(other, Literal) and isinstance(other.value, int | float):
            divides = node.operator == "/" and other is node.left
            return _turned(moving) if (other.value < 0) != divides else moving
    return Drift.EITHER if left | right else Drift.NONE


def _turned(given: Drift) -> Drift:
    return TURNED.get(given, given)


@dataclass(frozen=True)
class Judged:
    """A condition as of the coming midnight, shape (accounts, 1). sure: where the rest of the day
    can't turn it. standing: also where it says what it said this morning."""

    sure: Column
    standing: Column


def so_far(definitions: Definitions, rule: Rule, panel: Panel) -> Column:
    """Truth of `when` as `truth` tells it, but for the panel's last day, which is not over: there
    it is unmeasured wherever the rest of the day decides.

    What the rest of the day could turn counts where today's facts have turned the whole: the rule
    did not hold this morning and holds now, or the other way round.
    """
    whole = truth(definitions, rule, panel)
    if panel.shape[1] < 2:
        return _with_last(whole, np.full(whole.reasons[:, -1:].shape, NOT_OVER))
    found = judged(definitions, rule.when, panel)
    before, now = (Column(whole.values[:, [x]], whole.reasons[:, [x]]) for x in (-2, -1))
    turned = before.measured & now.measured & (before.values != now.values)
    known = found.sure.measured | (found.standing.measured & turned)
    off = off_journey(definitions, rule, panel)[:, -2:]
    known = np.where(off[:, 1:], off[:, :1], known)  # who leaves tonight has not left yet
    return _with_last(whole, np.where(known, now.reasons, NOT_OVER))


def judged(definitions: Definitions, condition: str, panel: Panel) -> Judged:
    """A condition as of the panel's last day; it has at least two."""
    asked = _Asked(definitions, _day(panel, -2), _day(panel, -1), (panel.shape[0], 1))
    return asked.judge(definitions.condition(condition).root)


def _with_last(whole: Column, reasons: np.ndarray[tuple[int, ...], np.dtype[np.uint8]]) -> Column:
    last = whole.values[:, -1:] & (reasons == 0)
    return Column(
        np.concatenate([whole.values[:, :-1], last], axis=1),
        np.concatenate([whole.reasons[:, :-1], reasons.astype(np.uint8)], axis=1),
    )


def _day(panel: Panel, index: int) -> Lookup:
    at = panel.shape[1] + index
    return window(panel, rows=slice(None), days=slice(at, at + 1))


@dataclass(frozen=True)
class _Asked:
    """before, now: columns of this morning and of the coming midnight."""

    definitions: Definitions
    before: Lookup
    now: Lookup
    shape: tuple[int, int]

    def judge(self, node: Node) -> Judged:
        if isinstance(node, And | Or):
            return self._joined(node, [self.judge(x) for x in node.operands])
        if isinstance(node, Not):
            return self._joined(node, [self.judge(node.operand)])
        if isinstance(node, Between):
            ends = Compare(">=", node.operand, node.low), Compare("<=", node.operand, node.high)
            return self.judge(And(ends))
        if isinstance(node, Field) and node.name.startswith("segment."):
            where = self.definitions.segments[node.name.removeprefix("segment.")].where
            return self.judge(self.definitions.condition(where).root)
        return self._alone(node)

    def _joined(self, node: And | Or | Not, parts: list[Judged]) -> Judged:
        """The very same logic, over what each part says."""
        names = tuple(str(x) for x in range(len(parts)))
        fields = tuple(Field(x, Type.BOOLEAN) for x in names)
        whole: Node = Not(fields[0]) if isinstance(node, Not) else type(node)(fields)
        columns = (
            dict(zip(names, (each(x) for x in parts), strict=True)) for each in (_sure, _standing)
        )
        return Judged(*(evaluate(whole, x.__getitem__, self.shape) for x in columns))

    def _alone(self, node: Node) -> Judged:
        now, before = (evaluate(node, x, self.shape) for x in (self.now, self.before))
        stays = _stays(self.definitions, node)
        sure = np.where(now.values, stays[True], stays[False])
        same = before.measured & (before.values == now.values)
        return Judged(_where(now, sure), _where(now, sure | same))


def _sure(given: Judged) -> Column:
    return given.sure


def _standing(given: Judged) -> Column:
    return given.standing


def _where(column: Column, known: np.ndarray[tuple[int, ...], np.dtype[np.bool_]]) -> Column:
    reasons = np.where(known, column.reasons, np.maximum(column.reasons, NOT_OVER))
    return Column(column.values & (reasons == 0), reasons)


def _stays(definitions: Definitions, node: Node) -> Mapping[bool, bool]:
    """Whether a comparison that is true (False: false) is so until midnight, whatever comes."""
    if isinstance(node, Compare):
        gap = drift(definitions, node.left) | _turned(drift(definitions, node.right))
        if node.operator in (">", ">="):
            return {True: Drift.DOWN not in gap, False: Drift.UP not in gap}
        if node.operator in ("<", "<="):
            return {True: Drift.UP not in gap, False: Drift.DOWN not in gap}
        return dict.fromkeys((True, False), not gap)
    if isinstance(node, In | Field):
        operand = node.operand if isinstance(node, In) else node
        return dict.fromkeys((True, False), not drift(definitions, operand))
    return {True: False, False: False}  # is unmeasured: what comes may measure it
