"""What DuckDB answers is what `evaluate` answers, for any condition and any event."""

import json
from collections.abc import Callable, Iterator

import duckdb
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from banso.core.expressions import (
    Scope,
    Type,
    canonical,
    evaluate,
    parse,
    property_sql,
    to_sql,
)
from banso.core.unmeasured import Column, Reason

from . import strategies

SCOPE = Scope(
    {"event": Type.TEXT, "feature": Type.TEXT, "value": Type.NUMBER},
    {"properties.": Type.ANY},
)
COLUMNS = {"event": "event", "feature": "feature", "value": "value"}
Row = dict[str, object]


@pytest.fixture(scope="module")
def database() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as connection:
        connection.execute("SET threads = 1")
        yield connection


def answers_of_sql(
    database: duckdb.DuckDBPyConnection, text: str, rows: list[Row]
) -> list[bool | None]:
    sql = to_sql(parse(text, scope=SCOPE), columns=COLUMNS, properties="properties")
    lists = [[row[name] for row in rows] for name in ("event", "feature", "value")]
    properties = [json.dumps(row["properties"], ensure_ascii=False) for row in rows]
    facts = (
        "SELECT unnest(?::TEXT[]) AS event, unnest(?::TEXT[]) AS feature, "
        "unnest(?::DOUBLE[]) AS value, unnest(?::TEXT[]) AS properties"
    )
    answers = database.execute(f"SELECT {sql} FROM ({facts})", [*lists, properties])
    return [row[0] for row in answers.fetchall()]


def text_column(texts: list[str | None]) -> Column:
    categories = tuple(sorted({text for text in texts if text is not None}))
    codes = [-1 if text is None else categories.index(text) for text in texts]
    reasons = [0 if text is not None else Reason.NOT_APPLICABLE for text in texts]
    return Column(np.array(codes, dtype=np.int32), np.array(reasons, dtype=np.uint8), categories)


def json_text(value: object) -> str | None:
    return value if value is None or isinstance(value, str) else json.dumps(value)


def lookup_of(rows: list[Row]) -> Callable[[str], Column]:
    def lookup(name: str) -> Column:
        if name == "value":
            numbers = np.array([np.nan if r["value"] is None else r["value"] for r in rows], float)
            reasons = np.where(np.isnan(numbers), Reason.NOT_APPLICABLE, 0).astype(np.uint8)
            return Column(numbers, reasons)
        if name.startswith("properties."):
            key = name.removeprefix("properties.")
            return text_column([json_text(r["properties"].get(key)) for r in rows])  # type: ignore[attr-defined]  # a row's properties are a dict
        return text_column([str(r[name]) for r in rows])

    return lookup


def answers_of_vectors(text: str, rows: list[Row]) -> list[bool | None]:
    column = evaluate(parse(text, scope=SCOPE).root, lookup_of(rows), (len(rows),))
    assert column.values.dtype == np.bool_
    assert not column.values[column.reasons != 0].any()
    pairs = zip(column.values, column.reasons, strict=True)
    return [bool(value) if reason == 0 else None for value, reason in pairs]


@settings(max_examples=150, deadline=None)
@given(text=strategies.conditions(), rows=strategies.rows())
def test_vectors_and_duckdb_give_the_same_answers(
    database: duckdb.DuckDBPyConnection, text: str, rows: list[Row]
) -> None:
    assert answers_of_vectors(text, rows) == answers_of_sql(database, text, rows), text


@settings(max_examples=100, deadline=None)
@given(text=strategies.conditions())
def test_one_way_of_spacing_keeps_the_tree(text: str) -> None:
    spaced = canonical(text)
    assert parse(spaced, scope=SCOPE).root == parse(text, scope=SCOPE).root
    assert canonical(spaced) == spaced


@settings(max_examples=100, deadline=None)
@given(
    text=st.text(
        alphabet=st.characters(codec="utf-8", categories=("L", "N", "P", "S")), max_size=20
    )
)
def test_any_text_literal_means_itself_in_sql(
    database: duckdb.DuckDBPyConnection, text: str
) -> None:
    quoted = "'" + text.replace("'", "''") + "'"
    expression = parse(f"event = {quoted}", scope=SCOPE)
    sql = to_sql(expression, columns=COLUMNS)
    literal = expression.root.right.value  # type: ignore[union-attr]  # a comparison with a literal
    answer = database.execute(f"SELECT {sql} FROM (SELECT ? AS event)", [literal]).fetchone()
    assert answer == (True,)


@pytest.mark.parametrize(
    ("value", "number", "text", "truth"),
    [
        (12, 12.0, "12", None),
        ("12", 12.0, "12", None),
        ("-0.5", -0.5, "-0.5", None),
        ("1e3", 1000.0, "1e3", None),
        ("1,234", None, "1,234", None),
        (" 7", None, " 7", None),
        ("１２", None, "１２", None),
        ("nan", None, "nan", None),
        ("inf", None, "inf", None),
        ("1e999", None, "1e999", None),
        ("0x10", None, "0x10", None),
        ("1_000", None, "1_000", None),
        ("TRUE", None, "TRUE", True),
        (False, None, "false", False),
        (None, None, None, None),
    ],
)
def test_a_property_is_read_as_number_text_or_condition(
    database: duckdb.DuckDBPyConnection,
    value: object,
    number: float | None,
    text: str | None,
    truth: bool | None,
) -> None:
    parts = [property_sql("x", kind) for kind in (Type.NUMBER, Type.TEXT, Type.BOOLEAN)]
    query = f"SELECT {', '.join(parts)} FROM (SELECT ?::VARCHAR AS properties)"
    properties = json.dumps({"x": value}, ensure_ascii=False)
    assert database.execute(query, [properties]).fetchone() == (number, text, truth)


@pytest.mark.parametrize(
    "name", ["a/b", "~1", "it's", 'say "x"', "$.*", "日本", "a.b", "[0]", "\\"]
)
def test_any_property_name_is_looked_up_and_never_run(
    database: duckdb.DuckDBPyConnection, name: str
) -> None:
    query = f"SELECT {property_sql(name, Type.TEXT)} FROM (SELECT ?::VARCHAR AS properties)"
    properties = json.dumps({name: "found", "other": "no"}, ensure_ascii=False)
    assert database.execute(query, [properties]).fetchone() == ("found",)


def test_a_condition_at_the_limit_of_depth_and_length_still_runs(
    database: duckdb.DuckDBPyConnection,
) -> None:
    nested = "not (" * 24 + "value / (value + 1) > 0.1" + ")" * 24
    listed = " or ".join(f"event = 'e{n}'" for n in range(250))
    rows: list[Row] = [{"event": "e7", "feature": "", "value": 1.0, "properties": {}}]
    for text in (nested, listed):
        assert answers_of_sql(database, text, rows) == [True]
        assert answers_of_vectors(text, rows) == [True]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1 / value > 0", [None, True, None]),
        ("not 1 / value > 0", [None, False, None]),
        ("1 / (1 / value) = 0", [None, False, None]),
        ("value / value = 1", [None, True, None]),
        ("coalesce(1 / value, 7) = 7", [True, False, True]),
        ("1 / value is unmeasured", [True, False, True]),
        ("1 / value > 0 or value = 0", [True, True, None]),
        ("value between 1 and 1 / value", [False, False, None]),
        ("1 / value in (0.5)", [None, True, None]),
        ("1e15 * (value + 1e15) * 1e15 > 0", [True, True, None]),
        ("properties.big * properties.big * properties.big * properties.big > 0", [None] * 3),
    ],
)
def test_what_can_not_be_calculated_is_unmeasured_in_sql_too(
    database: duckdb.DuckDBPyConnection, text: str, expected: list[bool | None]
) -> None:
    rows: list[Row] = [
        {"event": "", "feature": "", "value": value, "properties": {"big": "1e99"}}
        for value in (0.0, 2.0, None)
    ]
    assert answers_of_vectors(text, rows) == expected
    assert answers_of_sql(database, text, rows) == expected


def test_a_name_without_a_column_is_an_error_and_not_a_guess() -> None:
    with pytest.raises(KeyError, match="feature"):
        to_sql(parse("feature = 'x'", scope=SCOPE), columns={"event": "event"})
