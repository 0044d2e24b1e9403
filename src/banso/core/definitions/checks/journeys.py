"""Stages can be entered in order, and points and colours have a direction."""

from collections.abc import Iterator

from banso.core.definitions.draft import Draft, Item
from banso.core.definitions.mistake import Mistake
from banso.core.definitions.model import Condition, Journey
from banso.core.wording import worded


def check(draft: Draft) -> Iterator[Mistake]:
    for item in draft.journeys:
        journey = item.model
        if journey.watch >= journey.healthy:
            field = "watch" if "watch" in journey.model_fields_set else "healthy"
            message = worded(
                "watch ({watch:g}) must be lower than healthy ({healthy:g}): "
                "scores between them are watch",
                watch=journey.watch,
                healthy=journey.healthy,
            )
            yield item.mistake(field, message=message)
        yield from _stages(item)


def _stages(item: Item[Journey]) -> Iterator[Mistake]:
    for at, stage in enumerate(item.model.stages):
        if at == 0 and stage.enter is not None:
            message = worded("the first stage has no 'enter': every account begins there")
            yield item.mistake("stages", at, "enter", message=message)
        if at > 0 and stage.enter is None:
            message = worded(
                "stage {name!r} needs 'enter': the condition to reach it", name=stage.name
            )
            yield item.mistake("stages", at, message=message)
        for nth, condition in enumerate(stage.health):
            yield from _points(item, at, nth, condition)
        if not stage.health:
            message = worded(
                "stage {name!r} has no health conditions: its accounts stay unmeasured",
                name=stage.name,
            )
            yield item.mistake("stages", at, message=message, level="warning")


def _points(item: Item[Journey], at: int, nth: int, condition: Condition) -> Iterator[Mistake]:
    path = ("stages", at, "health", nth)
    parts = {"of": condition.of, "good": condition.good, "poor": condition.poor}
    missing = [name for name, value in parts.items() if value is None]
    if missing and len(missing) < len(parts):
        message = worded(
            "of, good and poor belong together; {missing} is missing", missing=" and ".join(missing)
        )
        yield item.mistake(*path, message=message)
    elif condition.good is not None and condition.good == condition.poor:
        message = worded("good and poor must differ: points run from one to the other")
        yield item.mistake(*path, "good", message=message)
