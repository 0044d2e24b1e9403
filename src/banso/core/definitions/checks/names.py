"""Names are unique, can be used in expressions, and are spelled in one way."""

import unicodedata
from collections.abc import Iterator, Sequence
from typing import Any

from banso.core.definitions.draft import Draft, Item, Step
from banso.core.definitions.mistake import Mistake
from banso.core.expressions import FUNCTIONS, KEYWORDS
from banso.core.wording import Wording, worded

RESERVED = (
    KEYWORDS
    | frozenset(FUNCTIONS)
    | {"null", "none", "nan", "inf", "infinity", "case", "select"}
    | {"attribute", "contract", "journey", "properties", "record", "segment"}
)


def check(draft: Draft) -> Iterator[Mistake]:
    yield from _unique(worded("source"), draft.sources)
    yield from _unique(worded("metric or segment"), [*draft.metrics, *draft.segments])
    yield from _unique(worded("journey"), draft.journeys)
    yield from _unique(worded("rule"), draft.rules)
    yield from _unique(worded("outcome"), draft.outcomes)
    yield from _unique(worded("play"), draft.plays)
    yield from _unique(worded("template"), draft.templates)
    named: list[Item[Any]] = [*draft.sources, *draft.metrics, *draft.segments, *draft.journeys]
    for item in (*named, *draft.rules, *draft.outcomes, *draft.plays, *draft.templates):
        yield from _spelled(item, item.model.name, "name")
    for journey in draft.journeys:
        yield from _stages(journey)


def _unique(kind: Wording, items: Sequence[Item[Any]]) -> Iterator[Mistake]:
    seen: dict[str, Item[Any]] = {}
    for item in items:
        name = item.model.name
        if name in seen:
            first = seen[name].mistake("name", message=worded("defined here"))
            message = worded(
                "{kind} {name!r} is defined twice; first in {file}, line {line}",
                kind=kind,
                name=name,
                file=first.file,
                line=first.line,
            )
            yield item.mistake("name", message=message)
        seen.setdefault(name, item)


def _spelled(item: Item[Any], name: str, *path: Step) -> Iterator[Mistake]:
    plain = unicodedata.normalize("NFKC", name)
    if plain != name:
        message = worded("the name {name!r} has full-width, half-width or split letters", name=name)
        yield item.mistake(*path, message=message, suggestion=plain)
    elif name.lower() in RESERVED:
        message = worded(
            "{name!r} is a word of the condition language; choose another name", name=name
        )
        yield item.mistake(*path, message=message, suggestion=f"{name}_")


def _stages(journey: Item[Any]) -> Iterator[Mistake]:
    stages: set[str] = set()
    for at, stage in enumerate(journey.model.stages):
        yield from _spelled(journey, stage.name, "stages", at, "name")
        if stage.name in stages:
            message = worded("stage {name!r} stands in this journey twice", name=stage.name)
            yield journey.mistake("stages", at, "name", message=message)
        stages.add(stage.name)
        conditions: set[str] = set()
        for nth, condition in enumerate(stage.health):
            path = ("stages", at, "health", nth)
            if condition.name is not None:
                yield from _spelled(journey, condition.name, *path, "name")
            if condition.key in conditions:
                message = worded("condition {key!r} stands in this stage twice", key=condition.key)
                yield journey.mistake(
                    *path, "name" if condition.name else "condition", message=message
                )
            conditions.add(condition.key)
