"""What people read is what the machine would have run."""

import json
from collections.abc import Iterator

import duckdb
import pytest
import sqlglot
from hypothesis import given, settings

from banso.core.expressions import Scope, Type, parse, to_sql
from banso.core.expressions.readable import readable

from . import strategies

SCOPE = Scope(
    {"event": Type.TEXT, "feature": Type.TEXT, "value": Type.NUMBER},
    {"properties.": Type.ANY},
)
COLUMNS = {"event": "event", "feature": "feature", "value": "value"}


@pytest.fixture(scope="module")
def database() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as connection:
        connection.execute("SET threads = 1")
        yield connection


def written(text: str) -> str:
    return to_sql(parse(text, scope=SCOPE), columns=COLUMNS, properties="properties")


def shown(text: str) -> str:
    query = sqlglot.parse_one(f"SELECT {written(text)} FROM facts", dialect="duckdb")
    return readable(query).sql(dialect="duckdb").removeprefix("SELECT ").removesuffix(" FROM facts")


def answers(
    database: duckdb.DuckDBPyConnection, sql: str, rows: list[dict[str, object]]
) -> list[object]:
    lists = [[row[name] for row in rows] for name in ("event", "feature", "value")]
    properties = [json.dumps(row["properties"], ensure_ascii=False) for row in rows]
    facts = (
        "SELECT unnest(?::TEXT[]) AS event, unnest(?::TEXT[]) AS feature, "
        "unnest(?::DOUBLE[]) AS value, unnest(?::TEXT[]) AS properties"
    )
    found = database.execute(f"SELECT {sql} FROM ({facts})", [*lists, properties])
    return [row[0] for row in found.fetchall()]


@settings(max_examples=200, deadline=None)
@given(text=strategies.conditions(), rows=strategies.rows())
def test_it_gives_the_same_answers(
    database: duckdb.DuckDBPyConnection, text: str, rows: list[dict[str, object]]
) -> None:
    assert answers(database, shown(text), rows) == answers(database, written(text), rows), text


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("event not in ('login', 'x')", "NOT event IN ('login', 'x')"),
        (
            "event = 'a' and (feature = 'b' or feature = 'c')",
            "event = 'a' AND (feature = 'b' OR feature = 'c')",
        ),
        ("event = 'a' and feature = 'b' and value > 2", None),
        ("not (event = 'a' and feature = 'b')", "NOT (event = 'a' AND feature = 'b')"),
        ("event is unmeasured", "event IS NULL"),
        ("event = 'it''s (a)'", "event = 'it''s (a)'"),
    ],
)
def test_it_has_no_parentheses_that_change_nothing(text: str, expected: str | None) -> None:
    expected = expected or "event = 'a' AND feature = 'b' AND CAST(value AS DOUBLE) > 2"
    assert shown(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("value >= 0.1", "CAST(value AS DOUBLE) >= 0.1"),
        ("value > -3", "CAST(value AS DOUBLE) > -3"),
        ("value = 0.12345678901", "CAST(value AS DOUBLE) = 0.12345678901e0"),
        ("value = 123456789012", "CAST(value AS DOUBLE) = 123456789012.0e0"),
    ],
)
def test_numbers_are_written_as_people_write_them(text: str, expected: str) -> None:
    assert shown(text) == expected


def test_literals_that_are_reckoned_with_stay_doubles_and_do_not_overflow(
    database: duckdb.DuckDBPyConnection,
) -> None:
    text = "(2000000000 + 2000000000) * value > 1"
    rows: list[dict[str, object]] = [{"event": "", "feature": "", "value": 1.0, "properties": {}}]
    assert "2000000000.0e0 + 2000000000.0e0" in shown(text)
    assert answers(database, shown(text), rows) == [True]
