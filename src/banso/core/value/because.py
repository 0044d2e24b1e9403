"""What a grade rests on and what it can't know, as codes, and in words."""

from collections.abc import Mapping
from dataclasses import dataclass
from math import floor
from typing import Literal

from banso.core.definitions.model import Label
from banso.core.value.rollout import SUGGESTS, RolledOut

Code = Literal[
    "staged", "one_look", "outlasts", "drift", "drift_unknown", "late", "crossing", "no_lot"
]


@dataclass(frozen=True)
class Because:
    """staged: stages told so far. outlasts, drift: RolledOut.holds. late: told when nobody was left
    to compare with. crossing: not told, but reached before their time was up."""

    code: Code
    number: float = 0

    def as_json(self) -> dict[str, object]:
        return {"code": self.code, "number": self.number}


def of_rollout(found: RolledOut, *, crossing: int) -> list[Because]:
    counted: list[Because] = [Because("late", found.late), Because("crossing", crossing)]
    return [
        Because("staged", found.stages),
        *_of_drift(found),
        Because("no_lot"),
        Because("one_look"),
        *(x for x in counted if x.number),
    ]


OF_DRIFT = ("outlasts", "drift", "drift_unknown")
"""Of these one is never left out where a difference is told."""


def _of_drift(found: RolledOut) -> list[Because]:
    """Of a difference, where there is one."""
    if found.holds is None:
        return [Because("drift_unknown")]
    code: Code = "outlasts" if found.holds >= SUGGESTS else "drift"
    # down: 1.98 times is not 2
    return [Because(code, floor(found.holds * 10) / 10)] if found.certain else []


WORDS: Mapping[str, Label] = {
    "staged": Label(
        en="Why B: stages reached so far: {n}.",
        ja="等級Bの理由: 段階的に展開しています(これまでに{n}段)。",
    ),
    "outlasts": Label(
        en="It would stay even if the stages drifted apart {n} times as fast as the time before "
        "leaves possible.",
        ja="届く前の動きから考えられる最大の速さの{n}倍で段どうしの差が開き続けたとしても、"
        "この差は残ります。",
    ),
    "drift": Label(
        en="A drift of the stages might explain it: it would stay only up to {n} times the drift "
        "that the time before leaves possible, and that is less than once.",
        ja="届く前からの動きの違いで説明できるかもしれません。この差が残るのは、届く前の動きから"
        "考えられる最大の速さの{n}倍(1倍未満)までです。",
    ),
    "drift_unknown": Label(
        en="Whether stages drifted apart before is not measured: too few periods lie before.",
        ja="届く前の動きに違いがあったかは未計測です(届く前の期間が足りません)。",
    ),
    "no_lot": Label(
        en="Nobody drew lots: what befell the stages by chance from the day on which they were "
        "reached would look the same.",
        ja="くじで分けていないので、届いた日からたまたま各段に起きた別の出来事とは区別できません。",
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


def in_words(code: str, number: float) -> Label:
    """Empty where an earlier release has kept a reason that is none any more."""
    said = WORDS.get(code, Label(en="", ja=""))
    n = f"{number:,.1f}" if code in ("outlasts", "drift") else f"{number:,.0f}"
    return Label(en=said.en.format(n=n), ja=said.ja.format(n=n))
