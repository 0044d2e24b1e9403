"""What the names in conditions are called by people, and how their values are shown."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from banso.core.definitions import Definitions
from banso.core.definitions.metrics import Metric
from banso.core.definitions.model import Journey, Label
from banso.core.expressions import fields
from banso.core.expressions.tree import Arithmetic, Call, Field, Literal, Node
from banso.core.health.colour import Colour
from banso.core.health.evidence import Form

DAYS = Label(en="days", ja="日")
COLOUR_WORDS: Mapping[str, Label] = {
    Colour.HEALTHY.code: Label(en="Healthy", ja="健全"),
    Colour.WATCH.code: Label(en="Watch", ja="注意"),
    Colour.AT_RISK.code: Label(en="At risk", ja="危険"),
    Colour.UNMEASURED.code: Label(en="Unmeasured", ja="未計測"),
}


@dataclass(frozen=True)
class Description:
    """unit: after the number. words: labels of the texts that the values can be."""

    label: Label
    form: Form = "number"
    unit: Label | None = None
    words: Mapping[str, Label] = field(default_factory=dict)


def describe(definitions: Definitions, node: Node) -> Description:
    """Of a field; of a calculation the label is the formula in their labels."""
    if isinstance(node, Field):
        return describe_field(definitions, node.name)
    return Description(label=_formula(definitions, node))


def describe_field(definitions: Definitions, name: str) -> Description:
    """Of any name that a condition can use; a name nobody has labelled is shown as it is."""
    if name in definitions.metrics:
        return _metric(definitions.metrics[name])
    group, _, rest = name.partition(".")
    if group == "contract":
        return _contract(definitions, rest)
    if group == "segment":
        segment = definitions.segments[rest]
        return Description(label=segment.label or _plain(rest), form="truth")
    if group == "journey":
        journey, _, what = rest.partition(".")
        return _journey(definitions.journeys[journey], what)
    return Description(label=definitions.called(name))


def _metric(metric: Metric) -> Description:
    unit = metric.unit
    if unit is None and metric.kind in ("recency", "tenure", "time_to_first"):
        unit = DAYS
    if unit is None and metric.kind in ("ratio", "change"):
        return Description(label=metric.label or _plain(metric.name), form="percent")
    return Description(label=metric.label or _plain(metric.name), unit=unit)


def _contract(definitions: Definitions, what: str) -> Description:
    if what == "arr":
        currency = definitions.organisation.currency
        unit = Label(en=currency, ja="円" if currency == "JPY" else currency)
        return Description(label=Label(en="ARR", ja="ARR"), unit=unit)
    if what == "days_to_end":
        return Description(label=Label(en="Contract ends in", ja="契約終了まで"), unit=DAYS)
    return Description(label=Label(en="Contracted seats", ja="契約ライセンス数"))


def _journey(journey: Journey, what: str) -> Description:
    name = journey.label or _plain(journey.name)

    def label(en: str, ja: str) -> Label:
        return Label(en=f"{name.en}{en}", ja=f"{name.ja}{ja}")

    stages = {stage.name: stage.label or _plain(stage.name) for stage in journey.stages}
    described = {
        "stage": Description(label(" stage", "のステージ"), form="text", words=stages),
        "days_in_stage": Description(label(": time in stage", "のステージ滞在日数"), unit=DAYS),
        "days_in_colour": Description(label(": time in health", "の同じヘルスの日数"), unit=DAYS),
        "overdue": Description(
            label(": longer in its stage than expected", "のステージ想定日数を超過"), form="truth"
        ),
        "score": Description(label(" score", "のスコア")),
        "confidence": Description(label(" confidence", "の信頼度"), form="percent"),
        "colour": Description(label(" health", "のヘルス"), form="text", words=COLOUR_WORDS),
    }
    return described[what]


def _formula(definitions: Definitions, node: Node) -> Label:
    if isinstance(node, Field):
        return describe_field(definitions, node.name).label
    if isinstance(node, Arithmetic):
        left, right = _formula(definitions, node.left), _formula(definitions, node.right)
        return Label(
            en=f"({left.en} {node.operator} {right.en})",
            ja=f"({left.ja} {node.operator} {right.ja})",
        )
    if isinstance(node, Call):
        parts = [_formula(definitions, argument) for argument in node.arguments]
        return Label(
            en=f"{node.function}({', '.join(part.en for part in parts)})",
            ja=f"{node.function}({', '.join(part.ja for part in parts)})",
        )
    if isinstance(node, Literal):
        shown = f"{node.value:g}" if isinstance(node.value, float) else str(node.value)
        return _plain(shown)
    names = sorted(fields(node))
    return _plain(", ".join(names))


def _plain(name: str) -> Label:
    return Label(en=name, ja=name)
