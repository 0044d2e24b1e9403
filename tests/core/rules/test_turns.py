"""Members take turns: fairly, an account stays with whom it had."""

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from banso.core.rules.turns import in_turn

ALL = ("ito", "sato", "abe")


def test_new_accounts_go_to_whoever_has_fewest_the_first_named_of_equals() -> None:
    held: dict[object, str] = {}
    assert [in_turn(held, x, ALL) for x in "ABCDE"] == ["ito", "sato", "abe", "ito", "sato"]


def test_an_account_stays_with_whom_it_had() -> None:
    held: dict[object, str] = {}
    assert [in_turn(held, x, ALL) for x in "ABACA"] == ["ito", "sato", "ito", "abe", "ito"]


def test_an_account_of_somebody_who_may_no_longer_goes_on_and_stays_there() -> None:
    held: dict[object, str] = {"A": "ito", "B": "sato", "C": "abe"}
    assert in_turn(held, "A", ("sato", "abe")) == "sato"
    assert in_turn(held, "A", ALL) == "sato"


def test_where_nobody_may_nobody_gets_it_and_no_turn_is_taken() -> None:
    held: dict[object, str] = {"A": "ito"}
    assert (in_turn(held, "B", ()), held) == (None, {"A": "ito"})


@given(st.lists(st.integers(0, 60), max_size=200))
def test_nobody_has_two_accounts_more_than_another(opened: list[int]) -> None:
    held: dict[object, str] = {}
    told = [(x, in_turn(held, x, ALL)) for x in opened]
    counts = Counter(held.values())
    assert max((counts[x] for x in ALL), default=0) - min(counts[x] for x in ALL) <= 1
    assert {(x, held[x]) for x in opened} == set(told)
