"""Every expression of a draft: what is written, where, and which names it may use."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from banso.core.definitions import scopes
from banso.core.definitions.draft import Draft, Item, Step
from banso.core.definitions.metrics import Derived, Latest
from banso.core.definitions.outcomes import BecameTrue
from banso.core.definitions.plays import BranchStep, WaitUntilStep
from banso.core.definitions.plays import Step as PlayStep
from banso.core.expressions import Expression, ExpressionError, Scope, Type, parse


@dataclass(frozen=True)
class Written:
    """path: the field that holds the text. item: the definition it stands in (of any kind)."""

    item: Item[Any]
    path: tuple[Step, ...]
    text: str
    scope: Scope
    expect: Type = Type.BOOLEAN

    @property
    def parsed(self) -> Expression | None:
        """None where it does not parse; the check of expressions tells why."""
        try:
            return parse(self.text, scope=self.scope, expect=self.expect)
        except ExpressionError:
            return None


def expressions(draft: Draft) -> Iterator[Written]:
    """All of them, in file order within each kind."""
    types = known_metrics(draft)
    segments = [s.model.name for s in draft.segments] + sorted(draft.broken.get("segments", ()))
    journeys = [j.model.name for j in draft.journeys] + sorted(draft.broken.get("journeys", ()))
    account = scopes.account_scope(types, segments)
    for source in draft.sources:
        if source.model.covers is not None:
            yield Written(source, ("covers",), source.model.covers, scopes.ATTRIBUTES)
    yield from _of_metrics(draft, scopes.arithmetic_scope(types))
    for segment in draft.segments:
        yield Written(segment, ("where",), segment.model.where, account)
    yield from _of_journeys(draft, account)
    rule_scope = scopes.rule_scope(types, segments, journeys)
    for rule in draft.rules:
        yield Written(rule, ("when",), rule.model.when, rule_scope)
        if rule.model.expect is not None:
            path = ("expect", "condition")
            yield Written(rule, path, rule.model.expect.condition, rule_scope)
    for outcome in draft.outcomes:
        if isinstance(outcome.model, BecameTrue):
            yield Written(outcome, ("when",), outcome.model.when, rule_scope)
        elif (where := getattr(outcome.model, "where", None)) is not None:
            yield Written(outcome, ("where",), where, scopes.CONTRACT_FILTER)
    yield from _of_plays(draft, rule_scope)


def _of_plays(draft: Draft, scope: Scope) -> Iterator[Written]:
    for play in draft.plays:
        if play.model.exit is not None:
            yield Written(play, ("exit",), play.model.exit, scope)
        if play.model.expect is not None:
            yield Written(play, ("expect", "condition"), play.model.expect.condition, scope)
        for path, step in placed(play.model.steps, ("steps",)):
            if isinstance(step, WaitUntilStep | BranchStep):
                yield Written(play, (*path, "condition"), step.condition, scope)


def placed(
    steps: Sequence[PlayStep], under: tuple[Step, ...]
) -> Iterator[tuple[tuple[Step, ...], PlayStep]]:
    """Every step of a play with its path in the YAML."""
    for at, step in enumerate(steps):
        yield (*under, at), step
        if isinstance(step, BranchStep):
            yield from placed(step.then, (*under, at, "then"))
            yield from placed(step.else_, (*under, at, "else"))


def known_metrics(draft: Draft) -> dict[str, Type]:
    """Metrics by name; those that could not be read may be of any type."""
    broken = dict.fromkeys(sorted(draft.broken.get("metrics", ())), Type.ANY)
    return broken | scopes.metric_types(metric.model for metric in draft.metrics)


def _of_metrics(draft: Draft, arithmetic: Scope) -> Iterator[Written]:
    for item in draft.metrics:
        metric = item.model
        if isinstance(metric, Derived):
            yield Written(item, ("expression",), metric.expression, arithmetic, Type.NUMBER)
        elif (where := getattr(metric, "where", None)) is not None:
            contract = isinstance(metric, Latest) and metric.of.startswith("contract.")
            scope = scopes.CONTRACT_FILTER if contract else scopes.EVENT_FILTER
            yield Written(item, ("where",), where, scope)


def _of_journeys(draft: Draft, account: Scope) -> Iterator[Written]:
    for item in draft.journeys:
        if item.model.applies is not None:
            yield Written(item, ("applies",), item.model.applies, account)
        for at, stage in enumerate(item.model.stages):
            if stage.enter is not None:
                yield Written(item, ("stages", at, "enter"), stage.enter, account)
            for nth, condition in enumerate(stage.health):
                path = ("stages", at, "health", nth, "condition")
                yield Written(item, path, condition.condition, account)
