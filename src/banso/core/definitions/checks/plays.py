"""Plays that are started exist, none starts itself, and a play says one thing about entering."""

from collections.abc import Iterator

from banso.core.definitions.checks.rules import rollout
from banso.core.definitions.draft import Draft, Item
from banso.core.definitions.mistake import Mistake
from banso.core.definitions.order import circles
from banso.core.definitions.plays import Play, StartPlayStep, starts
from banso.core.definitions.written import placed
from banso.core.expressions import nearest
from banso.core.wording import worded


def check(draft: Draft) -> Iterator[Mistake]:
    names = {x.model.name for x in draft.plays} | set(draft.broken.get("plays", ()))
    holding = {x.model.name for x in draft.plays if x.model.holdout or x.model.rollout}
    for rule in draft.rules:
        wanted = rule.model.play
        if rule.model.duty_of_care and wanted in holding:
            message = worded(
                "a rule with duty_of_care holds nobody out, but its play {name!r} does", name=wanted
            )
            yield rule.mistake("play", message=message)
        if draft.whole and wanted is not None and wanted not in names:
            message = worded("unknown play {wanted!r}", wanted=wanted)
            yield rule.mistake("play", message=message, suggestion=nearest(wanted, names))
    for item in draft.plays:
        if draft.whole:
            yield from _started(item, names)
        if item.model.once and item.model.again_days:
            message = worded(
                "once: true never lets an account in again; leave again_days or once out"
            )
            yield item.mistake("again_days", message=message)
        yield from rollout(draft, item)
        if item.model.holdout is not None and not (item.model.outcome or item.model.expect):
            message = worded("a holdout proves nothing without an outcome; add outcome or expect")
            yield item.mistake("holdout", message=message)
    yield from _circles(draft)


def _started(item: Item[Play], names: set[str]) -> Iterator[Mistake]:
    for path, step in placed(item.model.steps, ("steps",)):
        if isinstance(step, StartPlayStep) and step.play not in names:
            message = worded("unknown play {play!r}", play=step.play)
            meant = nearest(step.play, names)
            yield item.mistake(*path, "play", message=message, suggestion=meant)


def _circles(draft: Draft) -> Iterator[Mistake]:
    for circle in circles({x.model.name: starts(x.model) for x in draft.plays}):
        item = next(x for x in draft.plays if x.model.name == circle[0])
        message = worded(
            "this play would start itself for ever: {circle}", circle=" -> ".join(circle)
        )
        yield item.mistake("name", message=message)
