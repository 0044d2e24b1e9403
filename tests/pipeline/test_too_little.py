"""Where too little is known, what it takes and when it could be known is said."""

from dataclasses import dataclass, field
from datetime import date

import pytest
from tests.pipeline.test_prove import EXPECT, TEXT

from banso.core.definitions import loads
from banso.desk.models import Effect
from banso.pipeline.effects import effects
from banso.pipeline.subjects import Enrolled, Facts

AS_OF = date(2026, 6, 1)


@dataclass
class Asked:
    """What pipeline.prove asks of one rule, of accounts drawn one a day."""

    share: float | None
    enrolled: list[Enrolled]
    version: str = "v"
    outcome: None = None
    acted: list[object] = field(default_factory=list)
    begun: list[object] = field(default_factory=list)
    seen: list[object] = field(default_factory=list)
    merged: int = 0

    @property
    def tested(self) -> object:
        holdout = "" if self.share is None else f"    holdout: {self.share}\n"
        return loads({"a.yaml": TEXT.replace(EXPECT, EXPECT + holdout)}).rules["quiet"]


def found(accounts: int, *, yes: int, share: float | None = 0.25) -> Effect:
    """Every fourth is held out; it happened to the first ones."""
    rows = [
        Enrolled(n % 4 == 0, True, 1_000 + n, {"": "yes" if n < yes else "no"}, Facts((), 0.0))
        for n in range(accounts)
    ]
    (kept,) = effects(Asked(share, rows), as_of=AS_OF)  # type: ignore[arg-type]
    return kept


def test_before_it_is_known_how_often_it_happens_the_smaller_arm_decides() -> None:
    told = found(20, yes=2).told
    assert (told["least"], told["needed"], told["only"]) == (120, None, None)  # 30 in a quarter
    # a hundred to come at 20 in half a year, that is 130 weeks, and two weeks until it is known
    assert told["least_on"] == str(date(2028, 12, 11))


def test_rare_events_take_more() -> None:
    told = found(100, yes=4).told  # of all, as the 25 held out are too few to go by: 4 %
    assert told["least"] == 5 / 0.04 / 0.25
    assert told["needed"] is None


@pytest.mark.parametrize(("yes", "only"), [(0, "none"), (60, "all")])
def test_of_what_never_or_always_happens_nobody_can_say_how_many_it_takes(
    yes: int, only: str
) -> None:
    effect = found(60, yes=yes)
    assert effect.verdict == "too_little"
    assert (effect.told["only"], effect.told["least"], effect.told["needed"]) == (only, None, None)


def test_without_a_holdout_no_more_accounts_come() -> None:
    effect = found(40, yes=10, share=None)
    assert (effect.verdict, effect.told["ended"], effect.told["least"]) == (
        "too_little",
        True,
        None,
    )
