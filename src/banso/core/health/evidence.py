"""Evidence: one comparison with its numbers, as it stood at one account and day."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, cast

from banso.core.definitions.model import Label
from banso.core.unmeasured import Reason

Scalar = float | str | bool
Threshold = Scalar | tuple[Scalar, ...] | None
Json = None | bool | float | str | list["Json"] | dict[str, "Json"]
Form = Literal["number", "percent", "text", "truth"]


@dataclass(frozen=True)
class Evidence:
    """field: the metric, attribute or other name compared (the first, where several are reckoned
    with). operator: as it helps the condition to hold (`not x > 5` is `<=`): = != < <= > >=
    [not] in, [not] between, is [not] unmeasured, is [not] true. threshold: None where the operator
    needs none; two for between. form: how a number is shown. words: labels of the texts that
    stand in value and threshold (stages, colours). supports: whether the comparison helps the
    condition to hold, None where unmeasured. reason: why there is no value, else None.
    """

    field: str
    label: Label
    value: Scalar | None
    operator: str
    threshold: Threshold
    form: Form
    unit: Label | None
    words: Mapping[str, Label]
    supports: bool | None
    reason: Reason | None

    def as_json(self) -> dict[str, Json]:
        """What alerts keep; `from_json` gives the same evidence back."""
        threshold: Json = self.threshold if not isinstance(self.threshold, tuple) else None
        if isinstance(self.threshold, tuple):
            threshold = list(self.threshold)
        return {
            "metric": self.field,
            "label": _label_json(self.label),
            "value": self.value,
            "operator": self.operator,
            "threshold": threshold,
            "format": self.form,
            "unit": None if self.unit is None else _label_json(self.unit),
            "words": {text: _label_json(label) for text, label in self.words.items()},
            "supports": self.supports,
            "unmeasured": None if self.reason is None else self.reason.code,
        }

    @classmethod
    def from_json(cls, stored: Mapping[str, Json]) -> "Evidence":
        """stored: what `as_json` gave. KeyError where a part of it is missing."""
        threshold = stored["threshold"]
        unit, reason = stored["unit"], stored["unmeasured"]
        words = cast("dict[str, Json]", stored["words"])
        return cls(
            field=cast("str", stored["metric"]),
            label=_label(stored["label"]),
            value=cast("Scalar | None", stored["value"]),
            operator=cast("str", stored["operator"]),
            threshold=cast(
                "Threshold", tuple(threshold) if isinstance(threshold, list) else threshold
            ),
            form=cast("Form", stored["format"]),
            unit=None if unit is None else _label(unit),
            words={text: _label(label) for text, label in words.items()},
            supports=cast("bool | None", stored["supports"]),
            reason=None if reason is None else Reason[cast("str", reason).upper()],
        )


def _label_json(label: Label) -> dict[str, Json]:
    return {"en": label.en, "ja": label.ja}


def _label(stored: Json) -> Label:
    texts = cast("dict[str, str]", stored)
    return Label(en=texts["en"], ja=texts["ja"])
