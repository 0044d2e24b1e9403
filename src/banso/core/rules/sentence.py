"""Evidence in words: `Weekly active users 3 (below 5)`, 「週間アクティブユーザー 3(5未満)」."""

from collections.abc import Callable, Iterable
from typing import Literal

from banso.core.definitions.model import Label
from banso.core.health.describe import DAYS
from banso.core.health.evidence import Evidence, Scalar
from banso.core.unmeasured import Reason

Language = Literal["en", "ja"]

_WORDS: dict[str, Label] = {
    "<": Label(en="below {}", ja="{}未満"),
    "<=": Label(en="at most {}", ja="{}以下"),
    ">": Label(en="above {}", ja="{}超"),
    ">=": Label(en="at least {}", ja="{}以上"),
    "!=": Label(en="not {}", ja="{}以外"),
    "in": Label(en="one of {}", ja="{}のいずれか"),
    "not in": Label(en="none of {}", ja="{}以外"),
    "between": Label(en="{} to {}", ja="{}〜{}"),
    "not between": Label(en="outside {} to {}", ja="{}〜{}の範囲外"),
}
REASON_WORDS: dict[Reason, Label] = {
    Reason.NOT_APPLICABLE: Label(en="not applicable", ja="対象外"),
    Reason.BEFORE_FIRST_DATA: Label(en="before the first data", ja="データ開始前"),
    Reason.NO_SOURCE: Label(en="no data source", ja="データソースなし"),
    Reason.SOURCE_LATE: Label(en="data source is late", ja="データソースの遅延"),
}
_MOST_DECIMALS = 6


def sentence(evidence: Evidence | Iterable[Evidence], language: Language) -> str:
    """One piece, or all of them in one line; '' where there is none."""
    if isinstance(evidence, Evidence):
        return _part(evidence, language)
    return ("、" if language == "ja" else "; ").join(_part(item, language) for item in evidence)


def _part(item: Evidence, language: Language) -> str:
    label = _in(item.label, language)
    colon = ":" if language == "ja" else ": "
    if item.reason is not None:
        why = _in(REASON_WORDS[item.reason], language)
        return (
            f"{label}{colon}未計測({why})" if language == "ja" else f"{label}: unmeasured ({why})"
        )
    if isinstance(item.value, bool):
        return _yes_or_no(item, label + colon, language)
    show = _shower(item, language)
    value = show(item.value) if item.value is not None else ""
    value += _english_unit(item) if language == "en" else ""
    joined = label + colon + value if item.form == "text" else f"{label} {value}"
    against = _against(item, show, language)
    if not against:
        return joined
    return f"{joined}({against})" if language == "ja" else f"{joined} ({against})"


def _yes_or_no(item: Evidence, start: str, language: Language) -> str:
    """The label alone says yes."""
    if item.value:
        return _in(item.label, language)
    return start + ("該当しない" if language == "ja" else "no")


def _against(item: Evidence, show: Callable[[Scalar], str], language: Language) -> str:
    """What the value is compared with; nothing where the value itself says it all."""
    threshold = item.threshold
    words = _WORDS.get(item.operator)
    if words is None or threshold is None or (item.operator == "in" and item.form == "text"):
        return ""
    ends = threshold if isinstance(threshold, tuple) else (threshold,)
    shown = [show(end) for end in ends]
    if "between" not in item.operator:
        shown = [("・" if language == "ja" else ", ").join(shown)]
    return _in(words, language).format(*shown)


def _shower(item: Evidence, language: Language) -> Callable[[Scalar], str]:
    """Shows the value and the thresholds alike, with as many decimals as tell them apart."""
    ends = item.threshold if isinstance(item.threshold, tuple) else (item.threshold,)
    numbers = [x for x in (item.value, *ends) if isinstance(x, float)]
    percent = item.form == "percent" and all(abs(number) < 10 for number in numbers)
    decimals = _decimals(numbers, percent=percent)

    def show(value: Scalar) -> str:
        if isinstance(value, float):
            unit = item.unit.ja if item.unit and language == "ja" else ""
            return _number(value, decimals=decimals, percent=percent) + unit
        word = item.words.get(str(value))
        return _in(word, language) if word else str(value)

    return show


def _english_unit(item: Evidence) -> str:
    """After the value only; in Japanese the thresholds have it too."""
    if item.unit is None or not isinstance(item.value, float):
        return ""
    # One day, two days: the only plural that is ours. Others are the organisation's own words: one
    # "answers" is written without.
    if item.value == 1 and item.unit.en.endswith("s"):
        return " day" if item.unit == DAYS else ""
    return f" {item.unit.en}"


def _decimals(numbers: list[float], *, percent: bool) -> int:
    scaled = [number * 100 for number in numbers] if percent else numbers
    start = 1 if percent or any(abs(number) >= 10 for number in scaled) else 2
    for decimals in range(start, _MOST_DECIMALS):
        shown = {_number(x, decimals=decimals, percent=percent) for x in numbers}
        if len(shown) == len(set(numbers)):
            return decimals
    return _MOST_DECIMALS


def _number(value: float, *, decimals: int, percent: bool) -> str:
    scaled = value * 100 if percent else value
    text = f"{scaled:,.{decimals}f}"
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return ("0" if text == "-0" else text) + ("%" if percent else "")


def _in(label: Label, language: Language) -> str:
    return label.ja if language == "ja" else label.en
