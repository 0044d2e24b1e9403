"""A warning for each metric that nothing reads."""

from collections.abc import Iterator

from banso.core.definitions.draft import Draft
from banso.core.definitions.metrics import Change, Ratio
from banso.core.definitions.mistake import Mistake
from banso.core.definitions.outcomes import Silence
from banso.core.definitions.written import expressions
from banso.core.expressions import fields
from banso.core.wording import worded


def check(draft: Draft) -> Iterator[Mistake]:
    used: set[str] = set()
    for item in draft.metrics:
        if isinstance(item.model, Ratio):
            used |= {item.model.of, item.model.by}
        elif isinstance(item.model, Change):
            used.add(item.model.of)
    for journey in draft.journeys:
        used |= {c.of for stage in journey.model.stages for c in stage.health if c.of is not None}
    used |= {x.model.of for x in draft.outcomes if isinstance(x.model, Silence)}
    for written in expressions(draft):
        parsed = written.parsed
        if parsed is None:
            return  # what it would have read is not known
        used |= fields(parsed.root)
    if draft.broken:
        return
    for item in draft.metrics:
        if item.model.name not in used:
            message = worded(
                "metric {name!r} is not used by any other definition", name=item.model.name
            )
            yield item.mistake("name", message=message, level="warning")
