"""An outcome can come about: its journey, stage and metric are such that it may happen."""

from collections.abc import Iterator

from banso.core.definitions.draft import Draft, Item
from banso.core.definitions.metrics import Metric, Recency
from banso.core.definitions.mistake import Mistake
from banso.core.definitions.model import Journey, Rule
from banso.core.definitions.outcomes import Outcome, Silence, StageAdvance, StageRegress
from banso.core.definitions.plays import Play
from banso.core.expressions import nearest
from banso.core.wording import worded


def check(draft: Draft) -> Iterator[Mistake]:
    journeys = {x.model.name: x.model for x in draft.journeys}
    metrics = {x.model.name: x.model for x in draft.metrics}
    for item in draft.outcomes:
        outcome = item.model
        if outcome.lead_days >= outcome.within_days:
            message = worded(
                "lead_days ({lead_days}) must be less than within_days ({within_days}): "
                "alerts between the two count",
                lead_days=outcome.lead_days,
                within_days=outcome.within_days,
            )
            field = "lead_days" if "lead_days" in outcome.model_fields_set else "within_days"
            yield item.mistake(field, message=message)
        if isinstance(outcome, StageAdvance | StageRegress):
            yield from _stage(draft, item, outcome, journeys)
        if isinstance(outcome, Silence):
            yield from _silence(item, metrics.get(outcome.of))
    yield from _judged_by(draft)


def _judged_by(draft: Draft) -> Iterator[Mistake]:
    """Rules and plays name outcomes that there are."""
    names = {x.model.name for x in draft.outcomes} | set(draft.broken.get("outcomes", ()))
    judged: tuple[Item[Rule] | Item[Play], ...] = (*draft.rules, *draft.plays)
    for item in judged:
        wanted = item.model.outcome
        if draft.whole and wanted is not None and wanted not in names:
            message = worded("unknown outcome {wanted!r}", wanted=wanted)
            yield item.mistake("outcome", message=message, suggestion=nearest(wanted, names))


def _stage(
    draft: Draft,
    item: Item[Outcome],
    outcome: StageAdvance | StageRegress,
    journeys: dict[str, Journey],
) -> Iterator[Mistake]:
    journey = journeys.get(outcome.journey)
    if journey is None:
        if draft.whole and outcome.journey not in draft.broken.get("journeys", ()):
            message = worded("unknown journey {journey!r}", journey=outcome.journey)
            yield item.mistake(
                "journey", message=message, suggestion=nearest(outcome.journey, journeys)
            )
        return
    if isinstance(outcome, StageRegress) and journey.sticky:
        message = worded(
            "journey {name!r} is sticky: a stage once reached is kept, so nobody falls "
            "back; write sticky: false there, or take an outcome of kind condition",
            name=journey.name,
        )
        yield item.mistake("journey", message=message)
    stages = [stage.name for stage in journey.stages]
    if outcome.to is not None and outcome.to not in stages:
        message = worded("journey {name!r} has no stage {to!r}", name=journey.name, to=outcome.to)
        yield item.mistake("to", message=message, suggestion=nearest(outcome.to, stages))


def _silence(item: Item[Outcome], metric: Metric | None) -> Iterator[Mistake]:
    if metric is not None and not isinstance(metric, Recency):
        message = worded(
            "silence needs a metric of kind recency; {name!r} is of kind {kind}",
            name=metric.name,
            kind=metric.kind,
        )
        yield item.mistake("of", message=message)
