"""Where a definition is used: which others name it, and with which numbers they compare it."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

from banso.core.definitions.definition_set import Definitions
from banso.core.definitions.model import Condition, Journey
from banso.core.definitions.outcomes import BecameTrue, Outcome, Silence, StageAdvance, StageRegress
from banso.core.definitions.plays import conditions
from banso.core.expressions import Leaf, fields, leaves
from banso.core.expressions.tree import Call, Field, Node

Kind = Literal["metric", "segment", "journey", "stage", "condition", "rule", "outcome", "play"]


@dataclass(frozen=True)
class Use:
    """A place that names another definition.

    kind: `journey` is its `applies`, `stage` its `enter`. name: of the metric, segment, journey,
    rule, outcome or play. stage: its name; condition: its key. text: the expression there; ''
    where a field names the other one (`of`, `by`, `journey`).
    """

    kind: Kind
    name: str
    stage: str = ""
    condition: str = ""
    text: str = ""


@dataclass(frozen=True)
class Threshold:
    """A number that a metric is compared with. operator: as it helps the condition there to hold
    (`not x > 5` is `<=`), or `good` and `poor` for the ends of a condition's points."""

    value: float
    operator: str
    use: Use


@dataclass(frozen=True)
class Uses:
    """Who uses what in a set. The first question reads all its expressions (some milliseconds for
    40 metrics), the others do not.

    Names are given as expressions write them: `weekly_users`, `segment.large`,
    `journey.adoption`, `attribute.plan`, `contract.seats`.
    """

    definitions: Definitions

    def of(self, name: str) -> tuple[Use, ...]:
        """Every place that names it, in the order metrics, segments, journeys, rules,
        outcomes, plays."""
        return tuple(use for use, named in self._places if name in named)

    def resting_on(self, names: Collection[str]) -> tuple[Use, ...]:
        """Every place that rests on one of these, directly or through metrics and segments."""
        known = set(names)
        while True:
            found = {_name(use) for use, named in self._places if named & known} - {""}
            if found <= known:
                return tuple(use for use, named in self._places if named & known)
            known |= found

    def thresholds(self, metric: str) -> tuple[Threshold, ...]:
        """Every constant that a metric is compared with, and the ends of points made from it."""
        return tuple(
            threshold
            for use, named in self._places
            if metric in named
            for threshold in _thresholds(self.definitions, use, metric)
        )

    @cached_property
    def _places(self) -> tuple[tuple[Use, frozenset[str]], ...]:
        """Every place with the names that stand in it."""
        return tuple(_places(self.definitions))


def _name(use: Use) -> str:
    """How expressions name the definition that has this place; '' where none can."""
    if use.kind == "metric":
        return use.name
    return f"segment.{use.name}" if use.kind == "segment" else ""


def _places(definitions: Definitions) -> Iterator[tuple[Use, frozenset[str]]]:
    for name, metric in definitions.metrics.items():
        needs = frozenset(definitions.metric_needs(name))
        of: str = getattr(metric, "of", "")
        yield Use("metric", name), needs | ({of} if "." in of else frozenset())
    for name, segment in definitions.segments.items():
        yield _written(definitions, Use("segment", name, text=segment.where))
    for journey in definitions.journeys.values():
        yield from _of_journey(definitions, journey)
    for name, rule in definitions.rules.items():
        yield _written(definitions, Use("rule", name, text=rule.when))
        if rule.expect is not None:
            yield _written(definitions, Use("rule", name, text=rule.expect.condition))
        yield Use("rule", name), frozenset(f"segment.{x.segment}" for x in rule.rollout)
    for name, outcome in definitions.outcomes.items():
        yield _of_outcome(definitions, name, outcome)
    for name, play in definitions.plays.items():
        expected = (play.expect.condition,) if play.expect is not None else ()
        for text in (*conditions(play), *expected):
            yield _written(definitions, Use("play", name, text=text))
        yield Use("play", name), frozenset(f"segment.{x.segment}" for x in play.rollout)


def _of_outcome(
    definitions: Definitions, name: str, outcome: Outcome
) -> tuple[Use, frozenset[str]]:
    if isinstance(outcome, BecameTrue):
        return _written(definitions, Use("outcome", name, text=outcome.when))
    if isinstance(outcome, Silence):
        return Use("outcome", name), frozenset({outcome.of})
    if isinstance(outcome, StageAdvance | StageRegress):
        return Use("outcome", name), frozenset({f"journey.{outcome.journey}"})
    return Use("outcome", name), frozenset()


def _of_journey(definitions: Definitions, journey: Journey) -> Iterator[tuple[Use, frozenset[str]]]:
    if journey.applies is not None:
        yield _written(definitions, Use("journey", journey.name, text=journey.applies))
    for stage in journey.stages:
        if stage.enter is not None:
            yield _written(
                definitions, Use("stage", journey.name, stage=stage.name, text=stage.enter)
            )
        for condition in stage.health:
            use = Use(
                "condition",
                journey.name,
                stage=stage.name,
                condition=condition.key,
                text=condition.condition,
            )
            place, named = _written(definitions, use)
            yield place, named | ({condition.of} if condition.of else frozenset())


def _written(definitions: Definitions, use: Use) -> tuple[Use, frozenset[str]]:
    named = fields(definitions.condition(use.text).root)
    return use, frozenset(_whole(name) for name in named)


def _whole(name: str) -> str:
    """`journey.adoption` of `journey.adoption.stage`."""
    parts = name.split(".")
    return ".".join(parts[:2]) if parts[0] == "journey" else name


def _thresholds(definitions: Definitions, use: Use, metric: str) -> Iterator[Threshold]:
    if use.text:
        for leaf in leaves(definitions.condition(use.text).root):
            if _itself(leaf.operand, metric):
                yield from (Threshold(x, leaf.effective, use) for x in _numbers(leaf))
    if use.kind == "condition":
        condition = _condition(definitions, use)
        if condition.of == metric and condition.good is not None and condition.poor is not None:
            yield Threshold(condition.poor, "poor", use)
            yield Threshold(condition.good, "good", use)


def _itself(operand: Node, metric: str) -> bool:
    """Whether it is the metric alone, or the metric with a stand-in where it is unmeasured."""
    if isinstance(operand, Call) and operand.function == "coalesce":
        operand = operand.arguments[0]
    return isinstance(operand, Field) and operand.name == metric


def _numbers(leaf: Leaf) -> Iterator[float]:
    found = leaf.threshold if isinstance(leaf.threshold, tuple) else (leaf.threshold,)
    yield from (float(x) for x in found if isinstance(x, int | float) and not isinstance(x, bool))


def _condition(definitions: Definitions, use: Use) -> Condition:
    stages = {stage.name: stage for stage in definitions.journeys[use.name].stages}
    return next(x for x in stages[use.stage].health if x.key == use.condition)
