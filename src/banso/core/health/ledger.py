"""Why a score changed: parts that sum to the difference of two assessments.

Four phases in a fixed order, each in closed form, so the parts do not depend on the order of the
conditions: what is no longer measured leaves; the definitions change (weights, then thresholds,
still with the old data); the data change; what is newly measured comes.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

import numpy as np

from banso.core.definitions.model import Label
from banso.core.health.assessment import Assessment, ConditionResult
from banso.core.health.points import linear

Kind = Literal[
    "data", "weight", "threshold", "became_unmeasured", "became_measured", "stage", "definition"
]


@dataclass(frozen=True)
class Part:
    """amount: points of the score (0..100), positive is better.

    kind: data = the condition's numbers changed; weight, threshold = its definition did;
    became_unmeasured, became_measured; stage = it came or went because the stage changed;
    definition = it was added to or removed from the definitions.
    before, after: the condition then and now, None where it was not there.
    """

    kind: Kind
    key: str
    label: Label | None
    amount: float
    before: ConditionResult | None
    after: ConditionResult | None


@dataclass(frozen=True)
class Ledger:
    """parts: sum to `difference`, largest first; none where a score is missing.

    difference: score after minus score before. missing: the side without a score, so that
    nothing can be explained; None where both are there.
    """

    parts: tuple[Part, ...]
    difference: float | None
    missing: Literal["before", "after", "both"] | None


NOISE = 1e-12
"""Points below this come from rounding, not from a change."""

Conditions = Mapping[tuple[str, int], ConditionResult]


@dataclass(frozen=True)
class _Sides:
    """Conditions by key on both sides (a key that occurs twice is told apart by its number),
    and the totals over what is measured."""

    before: Conditions
    after: Conditions
    score_before: float
    score_after: float
    moved: bool

    @cached_property
    def common(self) -> tuple[tuple[str, int], ...]:
        both = (key for key in self.before if key in self.after)
        return tuple(key for key in both if _known(self.before[key]) and _known(self.after[key]))


def ledger(before: Assessment, after: Assessment) -> Ledger:
    """The exact parts of `after.score - before.score`; parts of nothing are left out.

    A part counts as the definitions' (threshold) where the old data cannot be given points under
    the new definition: another metric in `of`, or another condition text without thresholds. A
    change in the definition of a metric itself is seen as a change of its data.
    """
    if before.score is None or after.score is None:
        return Ledger(parts=(), difference=None, missing=_missing(before, after))
    sides = _Sides(
        before=_by_key(before.conditions),
        after=_by_key(after.conditions),
        score_before=before.score,
        score_after=after.score,
        moved=before.stage != after.stage,
    )
    parts = [part for part in _parts(sides) if abs(part.amount) > NOISE]
    parts.sort(key=lambda part: (-abs(part.amount), part.key, part.kind))
    return Ledger(parts=tuple(parts), difference=after.score - before.score, missing=None)


def _missing(before: Assessment, after: Assessment) -> Literal["before", "after", "both"]:
    if before.score is None and after.score is None:
        return "both"
    return "before" if before.score is None else "after"


def _by_key(conditions: tuple[ConditionResult, ...]) -> Conditions:
    found: dict[tuple[str, int], ConditionResult] = {}
    for result in conditions:
        number = 0
        while (result.key, number) in found:
            number += 1
        found[result.key, number] = result
    return found


def _parts(sides: _Sides) -> Iterator[Part]:
    common = sides.common
    if common:
        left = _score(sides.before, common)
        came = _score(sides.after, common)
        yield from _changed(sides, pivot=left)
    else:
        # Nothing links the two scores: both meet half-way.
        left = came = (sides.score_before + sides.score_after) / 2
    yield from _gone(sides, pivot=left)
    yield from _come(sides, pivot=came)


def _gone(sides: _Sides, *, pivot: float) -> Iterator[Part]:
    whole = _weight(sides.before, tuple(sides.before))
    for key, old in sides.before.items():
        if _known(old) and key not in sides.common:
            new = sides.after.get(key)
            kind: Kind = "became_unmeasured" if new else "stage" if sides.moved else "definition"
            amount = old.weight * (pivot - 100 * _points(old)) / whole
            yield Part(kind, old.key, old.label, amount, old, new)


def _come(sides: _Sides, *, pivot: float) -> Iterator[Part]:
    whole = _weight(sides.after, tuple(sides.after))
    for key, new in sides.after.items():
        if _known(new) and key not in sides.common:
            old = sides.before.get(key)
            kind: Kind = "became_measured" if old else "stage" if sides.moved else "definition"
            amount = new.weight * (100 * _points(new) - pivot) / whole
            yield Part(kind, new.key, new.label, amount, old, new)


def _changed(sides: _Sides, *, pivot: float) -> Iterator[Part]:
    whole_old = _weight(sides.before, sides.common)
    whole_new = _weight(sides.after, sides.common)
    for key in sides.common:
        old, new = sides.before[key], sides.after[key]
        share = new.weight / whole_new
        amounts: dict[Kind, float] = {
            "weight": (share - old.weight / whole_old) * (100 * _points(old) - pivot),
            "threshold": 100 * share * (_rejudged(old, new) - _points(old)),
            "data": 100 * share * (_points(new) - _rejudged(old, new)),
        }
        for kind, amount in amounts.items():
            yield Part(kind, new.key, new.label, amount, old, new)


def _rejudged(old: ConditionResult, new: ConditionResult) -> float:
    """Points of the old data under the new definition."""
    if _line(old) == _line(new):
        same = _line(new) is not None or old.condition == new.condition
        return _points(old) if same else _points(new)
    line = _line(new)
    if line is None or old.of != new.of or old.value is None:
        return _points(new)
    _, good, poor = line
    return linear(np.asarray(old.value, dtype=np.float64), good=good, poor=poor).item()


def _line(result: ConditionResult) -> tuple[str, float, float] | None:
    """Metric and thresholds of the straight line; None where the condition alone decides."""
    if result.of is None or result.good is None or result.poor is None:
        return None
    return None if result.good == result.poor else (result.of, result.good, result.poor)


def _known(result: ConditionResult) -> bool:
    return result.points is not None


def _points(result: ConditionResult) -> float:
    return 0.0 if result.points is None else result.points


def _weight(conditions: Conditions, keys: tuple[tuple[str, int], ...]) -> float:
    return sum(conditions[key].weight for key in keys if _known(conditions[key]))


def _score(conditions: Conditions, keys: tuple[tuple[str, int], ...]) -> float:
    earned = sum(conditions[key].weight * _points(conditions[key]) for key in keys)
    return 100 * earned / _weight(conditions, keys)
