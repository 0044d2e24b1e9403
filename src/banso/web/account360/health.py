"""The health of a stage, condition by condition: what was asked, what is so, what it gives."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from banso.core.definitions.model import Label
from banso.core.definitions.money import is_money
from banso.core.health import Assessment, ConditionResult
from banso.core.unmeasured import Reason
from banso.pipeline.because import because
from banso.pipeline.one_account import Told
from banso.web.account360.visit import Visit
from banso.web.why.made_of import Compared, address, compared
from banso.web.why.values import Shown, shown
from banso.web.why.words import Unmeasured, unmeasured

LEFT, RIGHT, BEYOND = 20.0, 80.0, 15.0
"""Of the meter's width of 100: where `poor` and `good` stand, and how far a value shows beyond."""


@dataclass(frozen=True)
class Meter:
    """A straight line from poor (left) to good (right). place: of the value on a width of 100."""

    place: str
    poor: Shown
    good: Shown


@dataclass(frozen=True)
class Row:
    """One condition. value: of the metric that gives the points, None where the condition alone
    decides; address: of its why. points: earned of `weight`, None where unmeasured. unmeasured:
    each metric that is, with why and what mends it.
    """

    label: Label
    holds: bool | None
    critical: bool
    value: Shown | None
    address: str
    meter: Meter | None
    evidence: Sequence[Compared]
    points: float | None
    weight: float
    reason: Reason | None
    unmeasured: Sequence[tuple[Label, Unmeasured]]


def rows(visit: Visit, found: Assessment) -> list[Row]:
    return [_row(visit, x) for x in found.conditions]


def _row(visit: Visit, x: ConditionResult) -> Row:
    return Row(
        label=x.label or Label(en=x.key, ja=x.key),
        holds=x.holds,
        critical=x.critical,
        value=_value(visit, x, x.value) if x.of else None,
        address=address(visit, x.of, visit.as_of) if x.of else "",
        meter=_meter(visit, x),
        evidence=compared(visit, x.evidence),
        points=None if x.points is None else x.points * x.weight,
        weight=x.weight,
        reason=x.reason,
        unmeasured=list(_unmeasured(visit, x)),
    )


def _value(visit: Visit, x: ConditionResult, value: float | None) -> Shown:
    name = x.of or ""
    hidden = not visit.scope.revenue and is_money(visit.definitions, name)
    reason = Reason.MEASURED if value is not None else x.reason or Reason.NOT_APPLICABLE
    return shown(visit.definitions, name, Told(value, reason), hidden=hidden)


def _meter(visit: Visit, x: ConditionResult) -> Meter | None:
    if x.of is None or x.value is None or x.good is None or x.poor is None or x.good == x.poor:
        return None
    if not visit.scope.revenue and is_money(visit.definitions, x.of):
        return None
    share = (x.value - x.poor) / (x.good - x.poor)
    place = LEFT + share * (RIGHT - LEFT)
    return Meter(
        place=f"{min(max(place, LEFT - BEYOND), RIGHT + BEYOND):.1f}",
        poor=_value(visit, x, x.poor),
        good=_value(visit, x, x.good),
    )


def _unmeasured(visit: Visit, x: ConditionResult) -> Iterator[tuple[Label, Unmeasured]]:
    """Of the metrics in the condition, those without a value."""
    if x.reason is None:
        return
    metrics = visit.definitions.metrics
    names = dict.fromkeys([*([x.of] if x.of else ()), *(each.field for each in x.evidence)])
    for name in names:
        if name not in metrics:
            continue
        found = because(visit.one, name, visit.as_of)
        if found is not None:
            label = metrics[name].label or Label(en=name, ja=name)
            yield label, unmeasured(visit.one, metrics[name], found)
