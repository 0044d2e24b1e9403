"""The numbers of a condition, where they stand and what they are held against."""

import pytest

from banso.core.expressions import numbers, with_numbers

TEXT = """champion_last_use >= 21 and not segment.new
  and change < - 0.5 and days between 0 and 90 and (5 < users or round(a / 2, 1) = 3)
  and n in (1, 2) and x - 4 > 0"""


def test_each_number_knows_its_name_and_sign() -> None:
    assert [(x.text, x.name, x.operator) for x in numbers(TEXT)] == [
        ("21", "champion_last_use", ">="),
        ("-0.5", "change", "<"),
        ("0", "days", "between"),
        ("90", "days", "and"),
        ("5", "days", ""),
        ("2", "a", ""),
        ("1", "a", ""),
        ("3", "a", ""),
        ("1", "n", ""),
        ("2", "n", ""),
        ("4", "x", ""),
        ("0", "x", ""),
    ]


def test_a_changed_number_leaves_the_rest_as_it_is() -> None:
    changed = with_numbers(TEXT, {0: "3000", 1: "-0.25", 3: "120"})
    assert changed == TEXT.replace("21", "3000").replace("- 0.5", "-0.25").replace("90", "120")
    assert with_numbers(TEXT, {}) == TEXT
    assert with_numbers("a > 1", {7: "2"}) == "a > 1"


@pytest.mark.parametrize("text", ["", "a > ", "a ≥ 5", "'unclosed"])
def test_where_there_is_no_number_or_no_token_there_is_none(text: str) -> None:
    assert numbers(text) == ()
