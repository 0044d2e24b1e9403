"""No metric is calculated from itself, and no segment, however long the way round."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from banso.core.definitions.definition_set import needed_segments
from banso.core.definitions.draft import Draft, Item
from banso.core.definitions.metrics import Change, Ratio
from banso.core.definitions.mistake import Mistake
from banso.core.definitions.order import circles
from banso.core.definitions.written import expressions
from banso.core.expressions import fields
from banso.core.wording import Wording, worded


def check(draft: Draft) -> Iterator[Mistake]:
    metrics: dict[str, list[str]] = {item.model.name: [] for item in draft.metrics}
    segments: dict[str, list[str]] = {item.model.name: [] for item in draft.segments}
    for item in draft.metrics:
        if isinstance(item.model, Ratio):
            metrics[item.model.name] += [item.model.of, item.model.by]
        elif isinstance(item.model, Change):
            metrics[item.model.name].append(item.model.of)
    for written in expressions(draft):
        parsed = written.parsed
        if parsed is None:
            continue
        if written.path == ("expression",):
            metrics[written.item.model.name] += sorted(fields(parsed.root))
        elif written.item in draft.segments:
            segments[written.item.model.name] += needed_segments(parsed)
    yield from _told(worded("metric"), metrics, draft.metrics)
    yield from _told(worded("segment"), segments, draft.segments)


def _told(
    kind: Wording, needs: Mapping[str, Sequence[str]], items: Sequence[Item[Any]]
) -> Iterator[Mistake]:
    for circle in circles(needs):
        item = next(item for item in items if item.model.name == circle[0])
        message = worded(
            "this {kind} is defined by itself: {circle}", kind=kind, circle=" -> ".join(circle)
        )
        yield item.mistake("name", message=message)
