"""An explanation in its documented shape."""

from datetime import UTC, datetime

from banso.cli.explain_shapes import (
    ChangeItem,
    ConditionItem,
    ExplainItem,
    FactItem,
    JourneyItem,
    LedgerItem,
    MetricItem,
)
from banso.cli.shapes import Why
from banso.cli.today import today_item
from banso.core.definitions import Definitions
from banso.core.definitions.model import Label
from banso.core.health import COLOURS, Assessment, ConditionResult, Evidence, Part
from banso.core.rules.sentence import sentence
from banso.core.unmeasured import Reason
from banso.pipeline.evidence import MetricView
from banso.pipeline.explain import Comparison, Explanation


def item(found: Explanation, definitions: Definitions, *, provisional: bool) -> ExplainItem:
    currency = definitions.organisation.currency
    return ExplainItem(
        account=found.account,
        account_name=found.account_name,
        owner=found.owner,
        as_of=found.as_of,
        provisional=provisional,
        fingerprint=definitions.fingerprint,
        journeys=[_journey(x, definitions) for x in found.assessments],
        changes=[_change(x) for x in found.comparisons],
        alerts=[today_item(x, found.as_of, currency) for x in found.alerts],
        metrics=[_metric(x) for x in found.metrics],
    )


def _texts(label: Label | None, name: str) -> dict[str, str]:
    return label.model_dump() if label else {"en": name, "ja": name}


def _journey(assessment: Assessment, definitions: Definitions) -> JourneyItem:
    journey = definitions.journeys[assessment.journey]
    stage = next(x for x in journey.stages if x.name == assessment.stage)
    return JourneyItem(
        journey=journey.name,
        label=_texts(journey.label, journey.name),
        stage=stage.name,
        stage_label=_texts(stage.label, stage.name),
        days_in_stage=assessment.days_in_stage or 0,
        expected_days=assessment.expected_days,
        overdue=assessment.overdue,
        score=assessment.score,
        confidence=assessment.confidence or 0.0,
        colour=COLOURS[assessment.colour] if assessment.colour is not None else "unmeasured",
        conditions=[_condition(x) for x in assessment.conditions],
    )


def _condition(result: ConditionResult) -> ConditionItem:
    return ConditionItem(
        condition=result.condition,
        label=_texts(result.label, result.condition),
        holds=result.holds,
        unmeasured=_code(result.reason),
        weight=result.weight,
        points=result.points,
        critical=result.critical,
        evidence=[why_item(x) for x in result.evidence],
    )


def why_item(evidence: Evidence) -> Why:
    texts = {"en": sentence((evidence,), "en"), "ja": sentence((evidence,), "ja")}
    return Why.model_validate({**evidence.as_json(), "text": texts})


def _code(reason: Reason | None) -> str | None:
    return None if reason in (None, Reason.MEASURED) else reason.code


def _change(comparison: Comparison) -> ChangeItem:
    before, after = comparison.before, comparison.after
    return ChangeItem(
        journey=after.journey,
        against=before.as_of,
        score_before=before.score,
        score_after=after.score,
        delta=comparison.ledger.difference,
        stage_before=before.stage,
        stage_after=after.stage,
        parts=[_part(x) for x in comparison.ledger.parts],
    )


def _part(part: Part) -> LedgerItem:
    return LedgerItem(
        kind=part.kind,
        condition=part.key,
        label=_texts(part.label, part.key),
        amount=part.amount,
        before=_shown(part.before),
        after=_shown(part.after),
    )


def _shown(result: ConditionResult | None) -> float | None:
    """The metric's value where one gives the points, else the points themselves."""
    if result is None:
        return None
    return result.value if result.value is not None else result.points


def _metric(view: MetricView) -> MetricItem:
    counted = view.counted
    facts = counted.facts.to_pylist() if counted else []
    return MetricItem(
        metric=view.name,
        label=_texts(view.metric.label, view.name),
        as_of=view.as_of,
        value=view.value,
        unmeasured=_code(view.reason),
        kind=view.metric.kind,
        where=getattr(view.metric, "where", None),
        sql=counted.where if counted else None,
        inputs=list(view.inputs),
        since=_instant(counted.since) if counted else None,
        until=_instant(counted.until) if counted else None,
        facts=[FactItem(**{k: v for k, v in x.items() if k != "dataset"}) for x in facts],
    )


def _instant(microseconds: int | None) -> datetime | None:
    return None if microseconds is None else datetime.fromtimestamp(microseconds / 1e6, tz=UTC)
