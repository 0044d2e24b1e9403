"""Bins that show how values are spread."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from banso.core.metrics.histogram import Histogram, histogram


def of(values: list[float], *marks: float) -> Histogram:
    found = histogram(np.array(values, np.float64), marks=marks)
    assert found is not None
    return found


def test_no_value_has_no_bins() -> None:
    assert histogram(np.array([], np.float64)) is None


def test_few_whole_numbers_have_a_bin_each() -> None:
    assert of([1, 1, 2, 4]) == Histogram((1, 2, 3, 4, 5), (2, 1, 0, 1), 0, 0, True, False)


def test_many_whole_numbers_share_bins_of_a_round_width() -> None:
    found = of(list(range(100)))
    assert found.edges[:3] == (0, 5, 10)
    assert found.counts[:3] == (5, 5, 5)
    assert found.edges[-1] == 100


def test_shares_have_round_bins() -> None:
    found = of([n / 200 for n in range(201)])
    assert found.edges[:4] == (0.0, 0.05, 0.1, 0.15)
    assert found.counts[0] == 10
    assert not found.whole


def test_extreme_values_are_counted_beyond_the_bins() -> None:
    found = of([*([5.5, 6.5, 7.5] * 100), -1_000, 9_999])
    assert (found.below, found.above) == (1, 1)
    assert sum(found.counts) == 300
    assert found.edges[0] == 5.5
    assert found.edges[-1] < 8


def test_a_long_tail_has_growing_bins() -> None:
    found = of([*[0] * 50, *[3] * 50, *[8_000] * 3])
    assert found.growing
    assert found.edges == (0, 1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000, 2_000, 5_000, 10_000)
    assert found.counts == (50, 0, 50, *[0] * 9, 3)


def test_a_long_tail_below_one_begins_where_its_values_do() -> None:
    found = of([*[0.004] * 90, *[0.9] * 10])
    assert found.edges == (0, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1)
    assert found.counts == (0, 0, 90, 0, 0, 0, 0, 0, 0, 10)


def test_one_value_alone_has_one_bin() -> None:
    assert of([7, 7]) == Histogram((7, 8), (2,), 0, 0, True, False)
    assert of([0.5]).counts == (1,)
    assert of([0]).edges == (0, 1)


def test_a_mark_near_by_is_shown_and_one_far_away_is_not() -> None:
    values = [float(n) for n in range(10)]
    assert of(values, 14).edges[-1] == 15
    assert of(values, -5).edges[0] == -5
    assert of(values, 1_000).edges[-1] == 10


@pytest.mark.parametrize(
    ("operator", "place"), [(">=", 3), ("<", 3), ("<=", 4), (">", 4), ("=", 3.5), ("good", 3.5)]
)
def test_a_threshold_stands_between_what_meets_it_and_what_does_not(
    operator: str, place: float
) -> None:
    assert of([float(n) for n in range(10)]).place(3, operator) == place


def test_a_threshold_on_shares_stands_at_its_value() -> None:
    found = of([n / 200 for n in range(201)])
    assert found.place(0.1, "<=") == 2
    assert found.place(0.125, ">") == pytest.approx(2.5)
    assert found.place(7, ">") is None
    assert found.place(-0.1, ">") is None


@given(
    values=st.lists(
        st.floats(min_value=-1e9, max_value=1e9).map(lambda x: round(x, 3))
        | st.integers(-50, 50).map(float),
        min_size=1,
        max_size=60,
    ),
    marks=st.lists(st.floats(min_value=-1e6, max_value=1e6), max_size=3),
)
def test_every_value_is_counted_once_in_few_bins(values: list[float], marks: list[float]) -> None:
    found = of(values, *marks)
    assert found.below + sum(found.counts) + found.above == len(values)
    assert list(found.edges) == sorted(set(found.edges))
    assert len(found.counts) == len(found.edges) - 1
    assert 1 <= len(found.counts) <= 50
