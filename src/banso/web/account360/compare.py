"""Two days of an account side by side, and the exact parts of what changed between them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext

from banso.core.definitions.model import Label
from banso.core.definitions.money import is_money
from banso.core.health import Assessment, ConditionResult, Ledger, Part
from banso.core.unmeasured import Reason
from banso.pipeline.one_account import Comparison, Told
from banso.web.account360.labels import journey_label, stage_label
from banso.web.account360.visit import NothingToSee, Visit, asked_day
from banso.web.why.values import Shown, shown

USUAL = 28
PRESETS = (7, 28, 90, 365)


@dataclass(frozen=True)
class Preset:
    days: int
    address: str
    chosen: bool


@dataclass(frozen=True)
class Side:
    """stage: None off the journey."""

    day: date
    stage: Label | None
    colour: str
    score: float | None
    confidence: float | None
    days_in_stage: int | None


@dataclass(frozen=True)
class Change:
    """One part of the difference. start, width: of its bar on a width of 100. before, after: the
    condition's number on both days, None where it was not there."""

    kind: str
    word: str
    label: Label
    amount: float
    start: str
    width: str
    before: Shown | None
    after: Shown | None


@dataclass(frozen=True)
class JourneyChange:
    """difference: None where one side has no score (`missing` says which). changes: sum to it,
    largest first. low, high: what the bars' width stands for."""

    label: Label
    before: Side
    after: Side
    difference: float | None
    missing: str
    changes: Sequence[Change]
    from_mark: str
    to_mark: str


@dataclass(frozen=True)
class Compare:
    before: date
    after: date
    presets: Sequence[Preset]
    journeys: Sequence[JourneyChange]


def compare_tab(request: HttpRequest, visit: Visit) -> Compare:
    """Always from the earlier day to the later one."""
    against = asked_day(
        request,
        "against",
        head=visit.head,
        usual=max(visit.as_of - timedelta(days=USUAL), visit.one.calendar.first),
        last=visit.one.calendar.last,
    )
    if against < visit.one.calendar.first:
        raise _too_early(visit)
    before, after = sorted((against, visit.as_of))
    return Compare(
        before=before,
        after=after,
        presets=list(_presets(visit, before)),
        journeys=[_journey(visit, x) for x in visit.one.comparisons(before, after)],
    )


def _too_early(visit: Visit) -> NothingToSee:
    from_then = gettext("Choose a day from the first data on.")
    return NothingToSee(gettext("Nothing is known of that day"), from_then, head=visit.head)


def _presets(visit: Visit, before: date) -> Iterator[Preset]:
    address = reverse("account_compare", args=(visit.head.id,))
    for days in PRESETS:
        against = visit.as_of - timedelta(days=days)
        if against >= visit.one.calendar.first:
            query = f"?as_of={visit.as_of}&against={against}"
            yield Preset(days, address + query, against == before)


def _journey(visit: Visit, found: Comparison) -> JourneyChange:
    low, high = _range(found)
    scale = 100 / (high - low)
    return JourneyChange(
        label=journey_label(visit.definitions.journeys[found.after.journey]),
        before=_side(visit, found.before),
        after=_side(visit, found.after),
        difference=found.ledger.difference,
        missing=_missing(found.ledger),
        changes=list(_changes(visit, found, low, scale)),
        from_mark=_place(found.before.score, low, scale),
        to_mark=_place(found.after.score, low, scale),
    )


def _side(visit: Visit, found: Assessment) -> Side:
    journey = visit.definitions.journeys[found.journey]
    return Side(
        day=found.as_of,
        stage=stage_label(journey, found.stage) if found.stage is not None else None,
        colour=found.colour.code if found.colour is not None else "",
        score=found.score,
        confidence=found.confidence,
        days_in_stage=found.days_in_stage,
    )


def _range(found: Comparison) -> tuple[float, float]:
    """From which to which score the bars go: parts may lead beyond both ends and back."""
    reached = [found.before.score or 0.0]
    for part in found.ledger.parts:
        reached.append(reached[-1] + part.amount)
    low, high = min(reached), max(reached)
    room = max((high - low) * 0.04, 0.5)
    return low - room, high + room


def _place(score: float | None, low: float, scale: float) -> str:
    return "" if score is None else f"{(score - low) * scale:.2f}"


def _changes(visit: Visit, found: Comparison, low: float, scale: float) -> Iterator[Change]:
    reached = found.before.score or 0.0
    for part in found.ledger.parts:
        start, reached = reached, reached + part.amount
        yield Change(
            kind=part.kind,
            word=kind_word(part),
            label=part.label or Label(en=part.key, ja=part.key),
            amount=part.amount,
            start=f"{(min(start, reached) - low) * scale:.2f}",
            width=f"{max(abs(part.amount) * scale, 0.6):.2f}",
            before=_told(visit, part.before),
            after=_told(visit, part.after),
        )


def kind_word(part: Part) -> str:
    return {
        "data": gettext("Its numbers changed"),
        "weight": gettext("Its weight changed"),
        "threshold": gettext("Its thresholds changed"),
        "became_unmeasured": gettext("No longer measured"),
        "became_measured": gettext("Measured now"),
        "stage": gettext("The stage changed"),
        "definition": gettext("The definitions changed"),
    }[part.kind]


def _told(visit: Visit, x: ConditionResult | None) -> Shown | None:
    """The metric's number where one gives the points, else whether the condition held."""
    if x is None:
        return None
    if x.of is None:
        held = x.holds
        if held is None:
            return Shown("", reason=x.reason or Reason.NOT_APPLICABLE)
        return Shown(gettext("holds") if held else gettext("does not hold"))
    hidden = not visit.scope.revenue and is_money(visit.definitions, x.of)
    reason = Reason.MEASURED if x.value is not None else x.reason or Reason.NOT_APPLICABLE
    return shown(visit.definitions, x.of, Told(x.value, reason), hidden=hidden)


def _missing(found: Ledger) -> str:
    return {
        None: "",
        "before": gettext("There was no score on the first day, so nothing can be compared."),
        "after": gettext("There was no score on the second day, so nothing can be compared."),
        "both": gettext("There was no score on either day, so nothing can be compared."),
    }[found.missing]
