"""Vectors in three-valued logic: true, false, and unmeasured with its reason."""

import numpy as np
import pytest

from banso.core.expressions import Scope, Type, evaluate, number_of, parse
from banso.core.unmeasured import Column, Reason


class Missing(str):
    """A reason in the tables below: unlike Reason.NOT_APPLICABLE, it does not equal True or 1.0."""

    __slots__ = ()


NA, EARLY = Missing("NOT_APPLICABLE"), Missing("BEFORE_FIRST_DATA")
NONE, LATE = Missing("NO_SOURCE"), Missing("SOURCE_LATE")
Cell = float | str | bool
SCOPE = Scope(
    {
        "x": Type.NUMBER,
        "y": Type.NUMBER,
        "t": Type.TEXT,
        "u": Type.TEXT,
        "b": Type.BOOLEAN,
        "c": Type.BOOLEAN,
    },
    {"attribute.": Type.ANY},
)


def column(*cells: Cell) -> Column:
    reasons = np.array([Reason[c] if isinstance(c, Missing) else 0 for c in cells], dtype=np.uint8)
    known = [c for c in cells if not isinstance(c, Missing)]
    if known and isinstance(known[0], str):
        texts = tuple(sorted({str(c) for c in known}, reverse=True))
        codes = [-1 if isinstance(c, Missing) else texts.index(str(c)) for c in cells]
        return Column(np.array(codes, dtype=np.int32), reasons, texts)
    if all(isinstance(c, bool) for c in known):
        return Column(np.array([c is True for c in cells]), reasons)
    return Column(
        np.array([np.nan if isinstance(c, Missing) else c for c in cells], float), reasons
    )


def cells(made: Column) -> list[Cell]:
    """Values where measured, reasons where not; and what stands behind a reason is empty."""
    found: list[Cell] = []
    for value, reason in zip(made.values.flat, made.reasons.flat, strict=True):
        if reason:
            assert np.isnan(value) if made.values.dtype == float else value in (False, -1)
            found.append(Missing(Reason(reason).name))
        elif made.categories is not None:
            found.append(made.categories[value])
        else:
            found.append(value.item())
    return found


def ask(text: str, **columns: Column) -> list[Cell]:
    size = len(next(iter(columns.values())).values) if columns else 1
    lookup = {name.replace("attribute_", "attribute."): c for name, c in columns.items()}
    return cells(evaluate(parse(text, scope=SCOPE).root, lookup.__getitem__, (size,)))


TRUTH: list[Cell] = [True, False, NA, LATE]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("b and c", {True: TRUTH, False: [False] * 4, NA: [NA, False, NA, LATE],
                     LATE: [LATE, False, LATE, LATE]}),
        ("b or c", {True: [True] * 4, False: TRUTH, NA: [True, NA, NA, LATE],
                    LATE: [True, LATE, LATE, LATE]}),
    ],
)  # fmt: skip
def test_a_false_decides_and_a_true_decides_or_whatever_is_unmeasured(
    text: str, expected: dict[Cell, list[Cell]]
) -> None:
    for first in TRUTH:
        assert ask(text, b=column(*[first] * 4), c=column(*TRUTH)) == expected[first]


def test_not_keeps_what_is_unmeasured() -> None:
    assert ask("not b", b=column(*TRUTH)) == [False, True, NA, LATE]


def test_the_higher_of_two_reasons_is_kept() -> None:
    x, y = column(1.0, NA, EARLY, NONE), column(LATE, EARLY, NA, 2.0)
    assert ask("x > y", x=x, y=y) == [LATE, EARLY, EARLY, NONE]
    assert ask("x + y", x=x, y=y) == [LATE, EARLY, EARLY, NONE]
    assert ask("b and c", b=column(NA, True), c=column(NONE, EARLY)) == [NONE, EARLY]


def test_unmeasured_is_asked_for_but_nothing_is_concluded_from_a_late_source() -> None:
    x = column(1.0, NA, EARLY, NONE, LATE)
    assert ask("x is unmeasured", x=x) == [False, True, True, True, LATE]
    assert ask("x is not unmeasured", x=x) == [True, False, False, False, LATE]


def test_coalesce_takes_the_first_that_is_measured_but_waits_for_a_late_source() -> None:
    x, y = column(1.0, NA, LATE, EARLY, NA), column(5.0, 5.0, 5.0, NA, LATE)
    assert ask("coalesce(x, y)", x=x, y=y) == [1.0, 5.0, LATE, EARLY, LATE]
    assert ask("coalesce(x, y, 9)", x=x, y=y) == [1.0, 5.0, LATE, 9.0, LATE]
    assert ask("coalesce(t, 'none')", t=column("a", NA)) == ["a", "none"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("x / y", [2.0, NA, NA, NA]),
        ("x * y * y", [16.0, 0.0, 0.0, 1e308 * 1e-10 * 1e-10]),
        ("x - y", [2.0, 4.0, 0.0, 1e308]),
        ("1 / (x / y)", [0.5, NA, NA, NA]),
        ("x + x", [8.0, 8.0, 0.0, NA]),
    ],
)
def test_divisions_by_zero_and_overflows_are_not_applicable(
    text: str, expected: list[Cell]
) -> None:
    x, y = column(4.0, 4.0, 0.0, 1e308), column(2.0, 0.0, 0.0, 1e-10)
    assert ask(text, x=x, y=y) == expected


def test_functions_calculate() -> None:
    x, y = column(2.5, -2.5, 0.285, NA), column(1.0, -7.0, LATE, 3.0)
    assert ask("abs(x)", x=x) == [2.5, 2.5, 0.285, NA]
    assert ask("round(x)", x=x) == [3.0, -3.0, 0.0, NA]
    assert ask("round(x, 1)", x=x) == [2.5, -2.5, 0.3, NA]
    assert ask("least(x, y)", x=x, y=y) == [1.0, -7.0, LATE, NA]
    assert ask("greatest(x, y, 2)", x=x, y=y) == [2.5, 2.0, LATE, NA]


def test_numbers_compare_at_both_ends() -> None:
    x = column(1.0, 2.0, 3.0, NA)
    assert ask("x between 1 and 2", x=x) == [True, True, False, NA]
    assert ask("x not between 1 and 2", x=x) == [False, False, True, NA]
    assert ask("x in (1, 3)", x=x) == [True, False, True, NA]
    assert ask("x != 2", x=x) == [True, False, True, NA]
    assert ask("x between 2 and y", x=x, y=column(NA, NA, NA, 5.0)) == [False, NA, NA, NA]


def test_texts_compare_by_what_they_say_and_not_by_their_codes() -> None:
    t, u = column("a", "b", NA, "c"), column("b", "b", "a", LATE)
    assert ask("t = 'a'", t=t) == [True, False, NA, False]
    assert ask("t != 'a'", t=t) == [False, True, NA, True]
    assert ask("t = u", t=t, u=u) == [False, True, NA, LATE]
    assert ask("t in ('c', 'zzz')", t=t) == [False, False, NA, True]
    assert ask("t = 'zzz'", t=t) == [False, False, NA, False]


def test_an_attribute_is_a_number_where_it_is_compared_with_one() -> None:
    texts = column("12", "1e3", "many", "１２", NA)
    assert ask("attribute.a > 5", attribute_a=texts) == [True, True, NA, NA, NA]
    assert ask("attribute.a = '12'", attribute_a=texts) == [True, False, False, False, NA]
    assert ask("attribute.a is unmeasured", attribute_a=texts) == [False] * 4 + [True]


def test_an_attribute_of_numbers_only_is_still_text_where_it_is_compared_with_text() -> None:
    numbers = column(12.0, 2.5, LATE)
    assert ask("attribute.a = '12'", attribute_a=numbers) == [True, False, LATE]
    assert ask("attribute.a in ('2.5')", attribute_a=numbers) == [False, True, LATE]


def test_an_attribute_is_a_condition_where_it_is_compared_with_true() -> None:
    texts = column("true", "FALSE", "yes", NONE)
    assert ask("attribute.a = true", attribute_a=texts) == [True, False, NA, NONE]
    assert ask("attribute.a != true", attribute_a=texts) == [False, True, NA, NONE]


def test_a_condition_without_fields_has_the_shape_asked_for() -> None:
    made = evaluate(parse("1 < 2", scope=SCOPE).root, {}.__getitem__, (2, 3))
    assert made.values.tolist() == [[True] * 3] * 2
    assert made.reasons.tolist() == [[0] * 3] * 2
    made.values[0, 0] = False  # its own memory, not a view of one cell
    assert made.values.sum() == 5


def test_columns_of_accounts_and_days_meet_columns_of_accounts() -> None:
    by_day = Column(np.array([[1.0, 5.0], [5.0, 1.0]]), np.zeros((2, 2), np.uint8))
    by_account = Column(np.array([[2.0], [0.0]]), np.zeros((2, 1), np.uint8))
    found = {"x": by_day, "y": by_account}
    made = evaluate(parse("x > y", scope=SCOPE).root, found.__getitem__, (2, 2))
    assert made.values.tolist() == [[False, True], [True, True]]


@pytest.mark.parametrize(
    ("text", "number"),
    [("12", 12.0), ("+1.5", 1.5), ("-3e2", -300.0), ("", None), ("1.", None), (" 1", None),
     ("1e999", None), ("nan", None), ("٣", None), ("9" * 41, None)],
)  # fmt: skip
def test_only_plain_finite_digits_are_a_number(text: str, number: float | None) -> None:
    assert number_of(text) == number
