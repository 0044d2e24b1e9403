"""Stages: what advances, what takes back, and from when the days count."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from banso.core.health.stages import Flags, Stages, follow, may_have_left
from banso.core.unmeasured import Column, Reason

CELLS = {
    "t": (True, Reason.MEASURED),
    "f": (False, Reason.MEASURED),
    "?": (False, Reason.NO_SOURCE),
    "!": (False, Reason.SOURCE_LATE),
}


def truth(history: str) -> Column:
    """One account; a letter a day: t(rue), f(alse), ? (no source), ! (source late)."""
    return Column(
        values=np.array([[CELLS[letter][0] for letter in history]], dtype=np.bool_),
        reasons=np.array([[CELLS[letter][1] for letter in history]], dtype=np.uint8),
    )


def flags(history: str) -> Flags:
    return np.array([[letter == "t" for letter in history]], dtype=np.bool_)


def stages(applies: str, *enters: str, sticky: bool = True) -> Stages:
    return follow(applies=flags(applies), enters=[truth(enter) for enter in enters], sticky=sticky)


def test_an_account_starts_in_the_first_stage_and_counts_its_days_from_there() -> None:
    found = stages("fftttt", "ffffff")
    assert found.stage.tolist() == [[-1, -1, 0, 0, 0, 0]]
    assert found.entered.tolist() == [[-1, -1, 2, 2, 2, 2]]
    assert found.days_in_stage.tolist() == [[-1, -1, 0, 1, 2, 3]]


def test_it_advances_on_the_day_the_condition_holds_and_counts_anew() -> None:
    found = stages("ttttt", "fftff")
    assert found.stage.tolist() == [[0, 0, 1, 1, 1]]
    assert found.days_in_stage.tolist() == [[0, 1, 0, 1, 2]]


def test_a_sticky_stage_is_kept_when_its_condition_no_longer_holds() -> None:
    assert stages("tttt", "tfff", "ftff").stage.tolist() == [[1, 2, 2, 2]]


def test_a_higher_stage_may_be_reached_directly() -> None:
    assert stages("ttt", "fff", "ftt").stage.tolist() == [[0, 2, 2]]


def test_an_account_may_start_in_a_higher_stage() -> None:
    assert stages("ftt", "ttt").stage.tolist() == [[-1, 1, 1]]


def test_what_held_before_the_account_was_on_the_journey_does_not_count() -> None:
    assert stages("ftt", "tff").stage.tolist() == [[-1, 0, 0]]


@pytest.mark.parametrize("sticky", [True, False])
def test_an_unmeasured_condition_neither_advances_nor_takes_back(sticky: bool) -> None:
    assert stages("ttttt", "??t?!", sticky=sticky).stage.tolist() == [[0, 0, 1, 1, 1]]


def test_a_stage_that_is_not_sticky_follows_its_condition() -> None:
    found = stages("tttttt", "fttff?", "fftff?", sticky=False)
    assert found.stage.tolist() == [[0, 1, 2, 0, 0, 0]]
    assert found.days_in_stage.tolist() == [[0, 0, 0, 0, 1, 2]]


def test_not_sticky_a_measured_lower_stage_does_not_hide_the_unmeasured_one_above() -> None:
    assert stages("ttt", "ttt", "t?f", sticky=False).stage.tolist() == [[2, 2, 1]]


@pytest.mark.parametrize("sticky", [True, False])
def test_leaving_and_coming_back_continues_in_the_stage_with_its_days(sticky: bool) -> None:
    found = stages("ttfft", "ft???", sticky=sticky)
    assert found.stage.tolist() == [[0, 1, -1, -1, 1]]
    assert found.entered.tolist() == [[0, 1, -1, -1, 1]]
    assert found.days_in_stage.tolist() == [[0, 0, -1, -1, 3]]


def test_a_late_condition_of_a_higher_stage_hides_whether_the_account_has_left() -> None:
    enters = [truth("f!ft!"), truth("ff!f!")]
    found = follow(applies=flags("ttttt"), enters=enters, sticky=True)
    assert found.stage.tolist() == [[0, 0, 0, 1, 1]]
    hidden = may_have_left(stages=found, enters=enters, sticky=True)
    assert hidden.tolist() == [[False, True, True, False, True]]


def test_not_sticky_a_late_condition_of_the_stage_itself_hides_it_too() -> None:
    enters = [truth("t!f")]
    found = follow(applies=flags("ttt"), enters=enters, sticky=False)
    hidden = may_have_left(stages=found, enters=enters, sticky=False)
    assert hidden.tolist() == [[False, True, False]]


def test_no_days_and_no_accounts_are_no_error() -> None:
    empty = np.zeros((0, 0), dtype=np.bool_)
    column = Column(values=empty, reasons=empty.astype(np.uint8))
    for sticky in (True, False):
        assert follow(applies=empty, enters=[column], sticky=sticky).stage.shape == (0, 0)


letters = st.integers(1, 25).flatmap(
    lambda days: st.tuples(
        st.text("ttf", min_size=days, max_size=days),
        st.lists(st.text("tfff?!", min_size=days, max_size=days), max_size=3),
        st.booleans(),
    )
)


def slowly(applies: str, enters: list[str], *, sticky: bool) -> list[tuple[int, int]]:
    """(stage, days in it) day by day, as the sentences of the definition say."""
    told, stage, entered = [], -1, -1
    known = ["f"] * len(enters)
    for day, on in enumerate(applies):
        for index, enter in enumerate(enters):
            if enter[day] in "tf":
                known[index] = enter[day]
        if on == "f":
            told.append((-1, -1))
            continue
        today = [enter[day] for enter in enters] if sticky else known
        reached = max([0, *(index + 1 for index, letter in enumerate(today) if letter == "t")])
        new = max(stage, reached) if sticky else reached
        if new != stage:
            stage, entered = new, day
        told.append((stage, day - entered))
    return told


@given(letters)
def test_the_arrays_are_what_a_walk_day_by_day_gives(case: tuple[str, list[str], bool]) -> None:
    applies, enters, sticky = case
    found = stages(applies, *enters, sticky=sticky)
    days = found.days_in_stage[0].tolist()
    assert list(zip(found.stage[0].tolist(), days, strict=True)) == slowly(
        applies, enters, sticky=sticky
    )
