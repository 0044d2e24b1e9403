"""Which names each kind of expression may use."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from banso.core.definitions.metrics import Latest, Metric
from banso.core.expressions import Scope, Type

EVENT_FILTER = Scope(
    {
        "event": Type.TEXT,
        "feature": Type.TEXT,
        "product": Type.TEXT,
        "source": Type.TEXT,
        "role": Type.TEXT,
        "value": Type.NUMBER,
    },
    {"properties.": Type.ANY},
)
CONTRACT_FILTER = Scope({"product": Type.TEXT})
ATTRIBUTES = Scope({}, {"attribute.": Type.ANY})

COLOURS = ("healthy", "watch", "at_risk", "unmeasured")
_CONTRACT = {
    "contract.arr": Type.NUMBER,
    "contract.seats": Type.NUMBER,
    "contract.days_to_end": Type.NUMBER,
}
_JOURNEY = {
    "stage": Type.TEXT,
    "colour": Type.TEXT,
    "days_in_stage": Type.NUMBER,
    "days_in_colour": Type.NUMBER,
    "score": Type.NUMBER,
    "confidence": Type.NUMBER,
    "overdue": Type.BOOLEAN,
}


def metric_type(metric: Metric) -> Type:
    """An attribute may hold numbers or text; every other metric is a number."""
    text = isinstance(metric, Latest) and metric.of.startswith("attribute.")
    return Type.ANY if text else Type.NUMBER


def metric_types(metrics: Iterable[Metric]) -> dict[str, Type]:
    return {metric.name: metric_type(metric) for metric in metrics}


def arithmetic_scope(metrics: Mapping[str, Type]) -> Scope:
    """Derived metrics: other metrics only."""
    return Scope(metrics)


def account_scope(metrics: Mapping[str, Type], segments: Iterable[str]) -> Scope:
    """Segments, stages and health: metrics, attributes, contracts, segments."""
    groups = {f"segment.{name}": Type.BOOLEAN for name in segments}
    return Scope({**metrics, **_CONTRACT, **groups}, ATTRIBUTES.open_prefixes)


def rule_scope(
    metrics: Mapping[str, Type], segments: Iterable[str], journeys: Iterable[str]
) -> Scope:
    """Rules: as for accounts, and where they stand on each journey."""
    account = account_scope(metrics, segments)
    standing = {
        f"journey.{name}.{field}": type_ for name in journeys for field, type_ in _JOURNEY.items()
    }
    return Scope({**account.fields, **standing}, account.open_prefixes)
