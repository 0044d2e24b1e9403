"""Small pictures of counts."""

from banso.web.charts.bars import Bars, bars


def test_each_count_is_a_bar_as_high_as_its_share() -> None:
    assert bars([0, 10, 5]) == Bars("M48.0 22.5V1.5M94.5 22.5V12.0", most=10, zeros=1)


def test_a_small_count_is_still_seen() -> None:
    assert bars([1, 100_000]).path == "M1.5 22.5V21.5M94.5 22.5V1.5"


def test_nothing_is_no_picture() -> None:
    assert bars([0, 0]) == Bars("", most=0, zeros=2)
    assert bars([]) == Bars("", most=0, zeros=0)
