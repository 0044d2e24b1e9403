"""Names are unique, can be used in expressions, and are spelled in one way."""

import unicodedata
from collections.abc import Iterator, Sequence
from typing import Any

from banso.core.definitions.draft import Draft, Item, Step
from banso.core.definitions.mistake import Mistake
from banso.core.expressions import FUNCTIONS, KEYWORDS

RESERVED = (
    KEYWORDS
    | frozenset(FUNCTIONS)
    | {"null", "none", "nan", "inf", "infinity", "case", "select"}
    | {"attribute", "contract", "journey", "properties", "record", "segment"}
)


def check(draft: Draft) -> Iterator[Mistake]:
    yield from _unique("source", draft.sources)
    yield from _unique("metric or segment", [*draft.metrics, *draft.segments])
    yield from _unique("journey", draft.journeys)
    yield from _unique("rule", draft.rules)
    yield from _unique("outcome", draft.outcomes)
    yield from _unique("play", draft.plays)
    named: list[Item[Any]] = [*draft.sources, *draft.metrics, *draft.segments]
    for item in (*named, *draft.journeys, *draft.rules, *draft.outcomes, *draft.plays):
        yield from _spelled(item, item.model.name, "name")
    for journey in draft.journeys:
        yield from _stages(journey)


def _unique(kind: str, items: Sequence[Item[Any]]) -> Iterator[Mistake]:
    seen: dict[str, Item[Any]] = {}
    for item in items:
        name = item.model.name
        if name in seen:
            first = seen[name].mistake("name", message="")
            message = f"{kind} {name!r} is defined twice; first in {first.file}, line {first.line}"
            yield item.mistake("name", message=message)
        seen.setdefault(name, item)


def _spelled(item: Item[Any], name: str, *path: Step) -> Iterator[Mistake]:
    plain = unicodedata.normalize("NFKC", name)
    if plain != name:
        message = f"the name {name!r} has full-width, half-width or split letters"
        yield item.mistake(*path, message=message, suggestion=plain)
    elif name.lower() in RESERVED:
        message = f"{name!r} is a word of the condition language; choose another name"
        yield item.mistake(*path, message=message, suggestion=f"{name}_")


def _stages(journey: Item[Any]) -> Iterator[Mistake]:
    stages: set[str] = set()
    for at, stage in enumerate(journey.model.stages):
        yield from _spelled(journey, stage.name, "stages", at, "name")
        if stage.name in stages:
            message = f"stage {stage.name!r} stands in this journey twice"
            yield journey.mistake("stages", at, "name", message=message)
        stages.add(stage.name)
        conditions: set[str] = set()
        for nth, condition in enumerate(stage.health):
            path = ("stages", at, "health", nth)
            if condition.name is not None:
                yield from _spelled(journey, condition.name, *path, "name")
            if condition.key in conditions:
                message = f"condition {condition.key!r} stands in this stage twice"
                yield journey.mistake(
                    *path, "name" if condition.name else "condition", message=message
                )
            conditions.add(condition.key)
