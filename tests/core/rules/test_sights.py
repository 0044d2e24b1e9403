"""Which alerts saw an outcome coming."""

import numpy as np

from banso.core.definitions.outcomes import Churn
from banso.core.rules.episodes import NONE
from banso.core.rules.replay import Episodes
from banso.core.rules.sights import Happening, Sight, happenings
from banso.core.unmeasured import Column

CHURNED = Churn(name="churned", kind="churn", lead_days=5, within_days=20)


def episodes(*spans: tuple[int, int, int]) -> Episodes:
    """(row, opened, closed)."""
    row, opened, closed = (np.array(x, np.int32) for x in zip(*spans, strict=True))
    return Episodes(row, opened, closed)


def seen(*spans: tuple[int, int, int], day: int = 40, start: int = 0) -> list[Happening]:
    """By the rule `one`, of an outcome of account 1."""
    values = np.zeros((2, 60), np.bool_)
    values[1, day] = True
    column = Column(values, np.zeros((2, 60), np.uint8))
    other = episodes((0, 30, NONE))
    found = {"one": episodes(*spans), "other": other}
    return list(happenings(CHURNED, column, found, start=start))


def test_alerts_of_the_same_account_that_were_open_in_time_saw_it() -> None:
    assert seen((1, 30, NONE), (1, 33, 36)) == [
        Happening(1, 40, (Sight("one", 10, True), Sight("one", 7, True)))
    ]


def test_an_alert_just_before_came_too_late_and_one_of_the_day_saw_nothing() -> None:
    assert seen((1, 36, NONE)) == [Happening(1, 40, (Sight("one", 4, False),))]
    assert seen((1, 35, NONE)) == [Happening(1, 40, (Sight("one", 5, True),))]
    assert seen((1, 40, NONE)) == [Happening(1, 40, ())]


def test_one_of_long_ago_counts_only_where_it_lasted() -> None:
    assert seen((1, 3, 20)) == [Happening(1, 40, ())]
    assert seen((1, 3, 21)) == [Happening(1, 40, (Sight("one", 37, True),))]


def test_outcomes_before_the_first_day_are_left_out() -> None:
    assert seen((1, 30, NONE), start=41) == []
