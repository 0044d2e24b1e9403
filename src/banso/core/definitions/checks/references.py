"""Fields that name a metric name one that exists."""

from collections.abc import Iterator
from typing import Any

from banso.core.definitions.draft import Draft, Item, Step
from banso.core.definitions.metrics import Change, Ratio
from banso.core.definitions.mistake import Mistake
from banso.core.definitions.outcomes import Silence
from banso.core.definitions.written import known_metrics
from banso.core.expressions import nearest
from banso.core.wording import worded


def check(draft: Draft) -> Iterator[Mistake]:
    if not draft.whole:
        return  # the metric may stand in the file that could not be read
    known = known_metrics(draft)
    for item, path, name in _references(draft):
        if name not in known:
            meant = nearest(name, known)
            yield item.mistake(
                *path, message=worded("unknown metric {name!r}", name=name), suggestion=meant
            )


def _references(draft: Draft) -> Iterator[tuple[Item[Any], tuple[Step, ...], str]]:
    for item in draft.metrics:
        if isinstance(item.model, Ratio | Change):
            yield item, ("of",), item.model.of
        if isinstance(item.model, Ratio):
            yield item, ("by",), item.model.by
    for outcome in draft.outcomes:
        if isinstance(outcome.model, Silence):
            yield outcome, ("of",), outcome.model.of
    for journey in draft.journeys:
        for at, stage in enumerate(journey.model.stages):
            for nth, condition in enumerate(stage.health):
                if condition.of is not None:
                    yield journey, ("stages", at, "health", nth, "of"), condition.of
