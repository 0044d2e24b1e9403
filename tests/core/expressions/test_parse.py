"""What the language accepts, and what it says of everything else."""

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from banso.core.expressions import DEEPEST, LONGEST, ExpressionError, Problem, Scope, Type, parse
from banso.core.expressions.tree import (
    And,
    Arithmetic,
    Between,
    Call,
    Compare,
    Field,
    In,
    IsUnmeasured,
    Literal,
    Node,
    Not,
    Or,
)

from . import strategies

SCOPE = Scope(
    {
        "event": Type.TEXT,
        "value": Type.NUMBER,
        "weekly_active_users": Type.NUMBER,
        "週間利用者": Type.NUMBER,
        "plan": Type.ANY,
        "segment.enterprise": Type.BOOLEAN,
        "journey.adoption.stage": Type.TEXT,
        "journey.adoption.overdue": Type.BOOLEAN,
    },
    {"properties.": Type.ANY, "attribute.": Type.ANY},
)
VALUE = Field("value", Type.NUMBER)
EVENT = Field("event", Type.TEXT)


def tree(text: str) -> Node:
    return parse(text, scope=SCOPE).root


def problems(text: str, expect: Type | None = Type.BOOLEAN) -> tuple[Problem, ...]:
    with pytest.raises(ExpressionError) as caught:
        parse(text, scope=SCOPE, expect=expect)
    return caught.value.problems


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("value > 3", Compare(">", VALUE, Literal(3.0))),
        ("value <> -2.5", Compare("!=", VALUE, Literal(-2.5))),
        ("event = 'it''s'", Compare("=", EVENT, Literal("it's"))),
        ("EVENT_ = 1", None),
        ("event NOT IN ('a', 'b')", Not(In(EVENT, (Literal("a"), Literal("b"))))),
        ("value between 1 and 1e3", Between(VALUE, Literal(1.0), Literal(1000.0))),
        ("value is unmeasured", IsUnmeasured(VALUE)),
        ("value is not unmeasured", Not(IsUnmeasured(VALUE))),
        ("segment.enterprise", Field("segment.enterprise", Type.BOOLEAN)),
        (
            "segment.enterprise = false",
            Compare("=", Field("segment.enterprise", Type.BOOLEAN), Literal(value=False)),
        ),
        ("週間利用者 >= 5", Compare(">=", Field("週間利用者", Type.NUMBER), Literal(5.0))),
        ("event = '定着'", Compare("=", EVENT, Literal("定着"))),
        (
            "-value + abs(value) > 0",
            Compare(
                ">",
                Arithmetic("+", Arithmetic("-", Literal(0.0), VALUE), Call("abs", (VALUE,))),
                Literal(0.0),
            ),
        ),
    ],
)
def test_what_is_written_becomes_a_tree(text: str, expected: Node | None) -> None:
    if expected is None:
        assert problems(text)[0].message == "unknown name EVENT_"
    else:
        assert tree(text) == expected


@pytest.mark.parametrize(
    ("text", "same_as"),
    [
        ("value > 1 or value > 2 and value > 3", "value > 1 or (value > 2 and value > 3)"),
        ("not value > 1 and value > 2", "(not value > 1) and value > 2"),
        ("value + 2 * 3 > 1 - 2 - 3", "(value + (2 * 3)) > ((1 - 2) - 3)"),
        ("value - 2 / 4 / 8 > 0", "(value - ((2 / 4) / 8)) > 0"),
        ("not not segment.enterprise", "not (not segment.enterprise)"),
        ("VALUE_ is unmeasured or true", None),
        ("value BETWEEN 1 AND 2 AND true", "(value between 1 and 2) and true"),
        ("- - value > 1", "-(-value) > 1"),
    ],
)
def test_operators_bind_as_in_sql(text: str, same_as: str | None) -> None:
    if same_as is None:
        assert problems(text)[0].suggestion == "value"
    else:
        assert tree(text) == tree(same_as)


@pytest.mark.parametrize(
    ("text", "settled"),
    [
        ("properties.x > 3", Type.NUMBER),
        ("properties.x = 3", Type.NUMBER),
        ("3 = properties.x", Type.NUMBER),
        ("properties.x = 'a'", Type.TEXT),
        ("properties.x in ('a', 'b')", Type.TEXT),
        ("properties.x in (1, 2)", Type.NUMBER),
        ("properties.x = true", Type.BOOLEAN),
        ("properties.x = event", Type.TEXT),
        ("properties.x + 1 > 2", Type.NUMBER),
        ("properties.x between 1 and 2", Type.NUMBER),
        ("properties.x is unmeasured", Type.ANY),
        ("coalesce(properties.x, 'a') = 'a'", Type.TEXT),
        ("coalesce(properties.x, properties.x) > 1", Type.NUMBER),
    ],
)
def test_an_open_field_takes_the_type_of_what_it_is_compared_with(text: str, settled: Type) -> None:
    assert Field("properties.x", settled).__repr__() in repr(tree(text))


def test_equal_operands_are_joined_flat() -> None:
    parts = tuple(Compare("=", VALUE, Literal(float(n))) for n in range(3))
    assert tree("value = 0 and value = 1 and value = 2") == And(parts)
    assert tree("value = 0 or value = 1 or value = 2") == Or(parts)


def test_split_letters_are_joined_and_mean_the_same() -> None:
    scope = Scope({"ガイド": Type.NUMBER})
    assert parse("ガイド > 1", scope=scope).root == parse("ガイド > 1", scope=scope).root


@pytest.mark.parametrize(
    ("text", "message", "offset", "suggestion"),
    [
        ("", "empty", 0, None),
        ("  ", "empty", 0, None),
        ("value >", "stops too early", 7, None),
        ("value > 3 value", "'and', 'or' or an operator is needed", 10, None),
        ("(value > 3", "parenthesis must be closed", 10, ")"),
        ("value > 3 annd value > 4", "'and', 'or' or an operator", 10, "and"),
        ("value > 3)", "never opened", 9, None),
        ("weekly_actve_users > 3", "unknown name weekly_actve_users", 0, "weekly_active_users"),
        ("Value > 3", "unknown name Value", 0, "value"),
        ("propertis.x > 3", "unknown name propertis.x", 0, "properties.x"),
        ("properties.x.y > 3", "unknown name properties.x.y", 0, None),
        ("segment.enterprize", "unknown name", 0, "segment.enterprise"),
        ("value ＞＝ 3", "full-width '＞＝'", 6, ">="),
        ("value ＝ 3", "full-width", 6, "="),
        ("（value > 3）", "full-width", 0, "("),
        ("value > ５", "full-width", 8, "5"),
        ("value\u3000> 5", "space", 5, " "),
        ("ｖａｌｕｅ > 5", "full-width or half-width letters", 0, "value"),
        ("週間利用者 > 5 ａｎｄ value > 1", "full-width or half-width", 10, "and"),
        ("value ≥ 5", "not part of the language", 6, ">="),
        ("value > 40%", "share", 10, None),
        ("vаlue > 5", "CYRILLIC", 0, None),
        ("val\u200bue > 5", "U+200B", 3, None),
        ("value > 5\x00", "U+0000", 9, None),
        ("event = 'a\x07'", "U+0007", 10, None),
        ("event = 'a\u202eb'", "U+202E", 10, None),
        ('event = "a"', "single quotes", 8, "'"),
        ("event = “a”", "straight single quotes", 8, "'"),
        ("event = 'a", "no closing quote", 8, "'a'"),
        ("value == 5", "one sign", 6, "="),
        ("value => 5", "the other way round", 6, ">="),
        ("value =< 5", "the other way round", 6, "<="),
        ("value > 1 && value > 2", "words", 10, "and"),
        ("value > 1 || value > 2", "words", 10, "or"),
        ("! segment.enterprise", "word", 0, "not"),
        ("value > 1 -- all", "comments", 10, None),
        ("value > 1 /* all */", "comments", 10, None),
        ("value > 1; drop table x", "only one expression", 9, None),
        ("value::int > 1", "casts", 5, None),
        ("cast(value as int) > 1", "casts", 0, None),
        ("read_csv('/etc/passwd')", "unknown function read_csv", 0, None),
        ("greatst(value, 1) > 1", "unknown function greatst", 0, "greatest"),
        ("sum(value) over (partition by event) > 1", "unknown function sum", 0, None),
        ("(select 1) > 0", "queries", 1, None),
        ("exists (select 1)", "queries", 0, None),
        ("case when value > 1 then true end", "case", 0, None),
        ("event like '%a%'", "like", 6, None),
        ("value > ?", "parameters", 8, None),
        ("value > $1", "parameters", 8, None),
        ("value > :x", "parameters", 8, None),
        ("*", "stars", 0, None),
        ("value > 1 and *", "stars", 14, None),
        ('"value" > 1', "single quotes", 0, "'"),
        ("`value` > 1", "without quotes", 0, None),
        ("list_filter([1], x -> x > 1)", "parentheses", 12, "("),
        ("5 > 3 > 2", "chained", 6, "a < b and b < c"),
        ("1 < value < 3", "chained", 10, "a < b and b < c"),
        ("value = null", "is unmeasured", 8, "is unmeasured"),
        ("value is null", "after 'is' comes unmeasured", 9, "unmeasured"),
        ("value is not null", "after 'is' comes unmeasured", 13, "unmeasured"),
        ("value = nan", "is unmeasured", 8, "is unmeasured"),
        ("value > 1e999", "too large", 8, None),
        ("value > " + "9" * 400, "too large", 8, None),
        ("value > 1e15 + 1e16", "too large", 15, None),
        ("value > 1.2.3", "one dot", 8, None),
        ("value > 3x", "can't begin with a digit", 8, None),
        ("event = 3", "event is text and 3 is a number", 0, "'3'"),
        ("event > 'a'", "can't be ordered", 0, None),
        ("value = 'a'", "they can't be compared", 0, None),
        ("value in (1, 'a')", "they can't be compared", 0, None),
        ("value in 1", "list in parentheses", 9, "("),
        ("value in (value)", "texts or numbers only", 10, None),
        ("value in ()", "a name or value is needed", 10, None),
        ("(1, 2)", "a list can only follow 'in'", 2, None),
        ("segment.enterprise + 1 > 1", "'+' needs a number", 0, None),
        ("-segment.enterprise", "'-' needs a number", 1, None),
        ("segment.enterprise in (true)", "'in' lists texts or numbers", 0, None),
        ("(value > 1) = (value > 2)", "joined with and / or", 1, None),
        ("value and segment.enterprise", "'and' needs a condition", 0, None),
        ("not value", "'not' needs a condition", 4, None),
        ("properties.trial", "needs a condition", 0, "properties.trial = true"),
        ("properties.a = properties.b", "could each be a number or text", 0, "properties.a + 0"),
        ("value", "needs a condition", 0, None),
        ("abs(value, 1) > 1", "abs() takes one number", 0, None),
        ("abs('a') > 1", "abs() needs a number", 4, None),
        ("round(value, value) > 1", "decimals", 0, None),
        ("round(value, -1) > 1", "decimals", 0, None),
        ("least(value) > 1", "two values or more", 0, None),
        ("coalesce(value, 'a') > 1", "coalesce() here needs a number", 16, None),
        ("abs(abs(abs(abs(value)))) > 1", "3 deep", 0, None),
        ("value between 1", "two ends", 15, "x between 1 and 5"),
        ("value between 'a' and 'b'", "'between' needs a number", 14, None),
        ("a.", "a dot stands between", 1, None),
    ],
)
def test_everything_else_is_told_with_its_place_and_the_right_spelling(
    text: str, message: str, offset: int, suggestion: str | None
) -> None:
    found = problems(text)
    assert message in found[0].message
    assert (found[0].offset, found[0].suggestion) == (offset, suggestion)


def test_all_wrong_names_and_types_are_told_at_once() -> None:
    found = problems("foo > 1 and event = 3 and bar.x = 'a' and not value")
    assert [problem.offset for problem in found] == [0, 12, 26, 46]
    assert [problem.unknown_name for problem in found] == ["foo", None, "bar.x", None]


def test_the_expected_type_is_asked_for() -> None:
    assert parse("value + 1", scope=SCOPE, expect=Type.NUMBER).type is Type.NUMBER
    assert parse("plan", scope=SCOPE, expect=Type.NUMBER).root == Field("plan", Type.NUMBER)
    assert "needs a number" in problems("value > 1", expect=Type.NUMBER)[0].message


@pytest.mark.parametrize(
    "text",
    [
        "(" * 100_000,
        "(" * 2_000 + "value > 1" + ")" * 2_000,
        "not " * 1_000 + "segment.enterprise",
        "- " * 2_000 + "value > 1",
        "value" + " + value" * 600 + " > 1",
        "abs(" * 800 + "value" + ")" * 800 + " > 1",
        "value > 1" + " " * LONGEST,
        "'" * 4_999,
        "not (" * (DEEPEST + 1) + "segment.enterprise" + ")" * (DEEPEST + 1),
    ],
)
def test_deep_and_long_texts_are_refused_quickly(text: str) -> None:
    begun = time.perf_counter()
    problems(text)
    assert time.perf_counter() - begun < 1


def test_parentheses_may_be_as_deep_as_the_limit() -> None:
    assert tree("(" * DEEPEST + "value > 1" + ")" * DEEPEST) == tree("value > 1")


def test_long_lists_of_conditions_are_not_deep() -> None:
    assert len(tree(" or ".join(["value = 1"] * 300)).operands) == 300  # type: ignore[union-attr]  # an Or


PIECES = [
    *("value", "event", "properties.x", "segment.enterprise", "unmeasured", "is", "not", "and"),
    *("or", "in", "between", "(", ")", ",", "'a'", "'", "1", "1e9", ".", "-", "--", "*", "/", "="),
    *("<", ">", "!", "null", "select", "abs", "coalesce", "round", ";", "＞", "　", "あ", "\x00"),
    *("\u202e", '"', "%", "\ud800", "true", "0x1f", "🎉", "_", "'日本'"),
]


def returns_or_tells(text: str) -> None:
    begun = time.perf_counter()
    told: tuple[Problem, ...] = ()
    try:
        parsed = parse(text, scope=SCOPE)
    except ExpressionError as error:
        told = error.problems
    assert told or parsed.text == text
    assert all(0 <= problem.offset <= len(text) for problem in told)
    assert time.perf_counter() - begun < 1


@settings(max_examples=300, deadline=None)
@given(st.lists(st.sampled_from(PIECES), max_size=25), st.sampled_from(["", " "]))
def test_any_mixture_of_pieces_parses_or_is_told(pieces: list[str], space: str) -> None:
    returns_or_tells(space.join(pieces))


@settings(max_examples=300, deadline=None)
@given(st.text(max_size=60))
def test_any_text_parses_or_is_told(text: str) -> None:
    returns_or_tells(text)


@settings(max_examples=200, deadline=None)
@given(strategies.conditions(), st.data())
def test_a_valid_condition_with_a_typing_error_parses_or_is_told(
    text: str, data: st.DataObject
) -> None:
    at = data.draw(st.integers(0, len(text)))
    length = data.draw(st.integers(0, 3))
    returns_or_tells(text[:at] + data.draw(st.sampled_from(PIECES)) + text[at + length :])
