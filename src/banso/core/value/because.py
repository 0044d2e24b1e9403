"""What a grade rests on and what it can't know, as codes, and in words."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from banso.core.definitions.model import Label
from banso.core.value.rollout import RolledOut

Code = Literal[
    "staged", "one_look", "no_drift_seen", "drift", "drift_unknown", "late", "crossing", "no_lot"
]


@dataclass(frozen=True)
class Because:
    """staged: stages told so far. late: told when nobody was left to compare with. crossing: not
    told, but reached before their time was up."""

    code: Code
    number: int = 0

    def as_json(self) -> dict[str, object]:
        return {"code": self.code, "number": self.number}


def of_rollout(found: RolledOut, *, crossing: int) -> list[Because]:
    drift: dict[bool | None, Code] = {True: "drift", False: "no_drift_seen", None: "drift_unknown"}
    counted: list[Because] = [Because("late", found.late), Because("crossing", crossing)]
    return [
        Because("staged", found.stages),
        Because(drift[found.drifts]),
        Because("no_lot"),
        Because("one_look"),
        *(x for x in counted if x.number),
    ]


WORDS: Mapping[str, Label] = {
    "staged": Label(
        en="Why B: stages reached so far: {n}.",
        ja="等級Bの理由: 段階的に展開しています(これまでに{n}段)。",
    ),
    "no_drift_seen": Label(
        en="Before they were reached, early and late stages did not drift apart as far as can be "
        "seen; a small drift, or what befell one segment alone, would not be seen.",
        ja="届く前に、早い段と遅い段の動きに目立った違いは見られません。小さな違いや、"
        "1つのセグメントだけに起きたことは、ここでは分かりません。",
    ),
    "drift": Label(
        en="Early and late stages drifted apart even before they were reached, so the difference "
        "may be that drift.",
        ja="届く前から早い段と遅い段の動きが違っていたので、この差はその違いかもしれません。",
    ),
    "drift_unknown": Label(
        en="Whether stages drifted apart before is not measured: too few periods lie before.",
        ja="届く前の動きに違いがあったかは未計測です(届く前の期間が足りません)。",
    ),
    "no_lot": Label(
        en="Nobody drew lots: this suggests an effect and never proves one.",
        ja="くじで分けていないので、効果を示唆するだけで、証明にはなりません。",
    ),
    "one_look": Label(
        en="The interval is for one look; looking every week it promises too much.",
        ja="区間は一度だけ見る場合のものです。毎週見ると、約束しすぎになります。",
    ),
    "late": Label(
        en="Not counted, as nobody was left to compare with: {n} cases.",
        ja="比べる相手が残っていないため、数えていません: {n}件。",
    ),
    "crossing": Label(
        en="Not counted, as the stage was reached before their time was up: {n} cases.",
        ja="期限前に段が届いたため、数えていません: {n}件。",
    ),
}
"""By Code; {n}: its number."""


def in_words(code: str, number: int) -> Label:
    said = WORDS[code]
    return Label(en=said.en.format(n=f"{number:,}"), ja=said.ja.format(n=f"{number:,}"))
