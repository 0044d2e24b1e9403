"""Windows and filters stand where they mean something."""

from collections.abc import Iterator

from banso.core.definitions.draft import Draft, Item
from banso.core.definitions.metrics import Change, Latest, Metric
from banso.core.definitions.mistake import Mistake
from banso.core.wording import worded


def check(draft: Draft) -> Iterator[Mistake]:
    metrics = {item.model.name: item.model for item in draft.metrics}
    for item in draft.metrics:
        if isinstance(item.model, Change) and item.model.against is None:
            compared = metrics.get(item.model.of)
            if compared is not None and getattr(compared, "window", None) is None:
                message = worded(
                    "{name!r} has no window, so 'against' is needed: how long before",
                    name=compared.name,
                )
                yield item.mistake(message=message, suggestion="against: 28d")
        if isinstance(item.model, Latest):
            yield from _latest(item, item.model)


def _latest(item: Item[Metric], metric: Latest) -> Iterator[Mistake]:
    if metric.window is not None and not metric.of.startswith("record."):
        yield item.mistake(
            "window", message=worded("'window' means nothing for {of}", of=metric.of)
        )
    if metric.where is not None and metric.of.startswith("attribute."):
        yield item.mistake("where", message=worded("'where' means nothing for {of}", of=metric.of))
