"""The SQL that people are shown gives the very numbers that they are shown."""

from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import duckdb
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from ruamel.yaml import YAML
from tests.core.metrics.given import FactRow, World, told
from tests.core.metrics.test_cases import CASES, world_of
from tests.core.metrics.test_random_histories import SOURCES, metrics, worlds, yaml_of
from tests.core.metrics.told_by_sql import SCHEMAS, differences

from banso.core.definitions import loads
from banso.core.definitions.checks.names import RESERVED
from banso.core.metrics import Calendar
from banso.core.metrics.statement import TABLES, statement
from banso.core.unmeasured import Reason

HEAD = "organisation: {name: Test, time_zone: Asia/Tokyo}\nmetrics:\n"
DAY = date(2026, 10, 1)


def shown(metrics: str, name: str, **more: Any) -> str:
    definitions = loads({"all.yaml": HEAD + metrics})
    return statement(definitions, metric=name, account="acme", as_of=DAY, **more)


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_every_case_gives_the_kernels_numbers(path: Path) -> None:
    case = dict(YAML(typ="safe").load(path))
    head = f"organisation: {{name: Test, time_zone: {case['zone']}}}\n"
    definitions = loads({"case.yaml": head + case["definitions"]})
    world = world_of(case)
    different, compared = differences(world, definitions, told(world, definitions))
    assert different == []
    assert compared > 0 or path.stem == "reason_not_covered"


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(world=worlds(), lines=metrics(), sources=st.sampled_from(sorted(SOURCES)))
def test_random_histories_of_every_kind_give_the_kernels_numbers(
    world: World, lines: list[str], sources: str
) -> None:
    more = [
        "name: d1, kind: derived, "
        "expression: 'greatest(a_change, coalesce(a_ratio, a_avg)) * 2 + a_count / 3'",
        "name: d2, kind: change, of: a_ratio, against: 2d",
        "name: d3, kind: derived, expression: 'round(arr * arr * arr / (seats - 4), 1) - a_tenure'",
    ]
    definitions = loads({"all.yaml": yaml_of([*lines, *more], sources, world.calendar.zone)})
    different, _compared = differences(world, definitions, told(world, definitions))
    assert different == []


def test_it_reads_as_people_would_write_it() -> None:
    sql = shown(
        "  - {name: users, kind: distinct_users, window: 7d, where: \"product = 'bi' and "
        "event not in ('login', 'refused')\"}",
        "users",
    )
    assert sql == (
        """SELECT
  count(DISTINCT "user") AS value
FROM facts
WHERE
  account = 'acme'
  AND dataset = 'events'
  AND product = 'bi'
  AND NOT event IN ('login', 'refused')
  AND time >= CAST('2026-09-24 00:00:00+09:00' AS TIMESTAMPTZ)
  AND time < CAST('2026-10-01 00:00:00+09:00' AS TIMESTAMPTZ)"""
    )


def test_what_a_metric_is_made_of_comes_first_under_its_own_name() -> None:
    metrics = """
  - {name: uses, kind: count, window: 28d}
  - {name: fewer, kind: change, of: uses, against: 56d}
"""
    assert shown(metrics, "fewer") == (
        """WITH uses_2026_08_06 AS (
  SELECT
    count(*) AS value
  FROM facts
  WHERE
    account = 'acme'
    AND dataset = 'events'
    AND time >= CAST('2026-07-09 00:00:00+09:00' AS TIMESTAMPTZ)
    AND time < CAST('2026-08-06 00:00:00+09:00' AS TIMESTAMPTZ)
), uses AS (
  SELECT
    count(*) AS value
  FROM facts
  WHERE
    account = 'acme'
    AND dataset = 'events'
    AND time >= CAST('2026-09-03 00:00:00+09:00' AS TIMESTAMPTZ)
    AND time < CAST('2026-10-01 00:00:00+09:00' AS TIMESTAMPTZ)
)
SELECT
  (
    uses.value - uses_2026_08_06.value
  ) / nullif(uses_2026_08_06.value, 0) AS value
FROM uses
CROSS JOIN uses_2026_08_06"""
    )


def test_an_input_that_was_unmeasured_is_null_and_says_so() -> None:
    metrics = """
  - {name: uses, kind: count, window: 7d}
  - {name: seats, kind: latest, of: contract.seats}
  - {name: share, kind: derived, expression: "coalesce(uses, 0) / seats"}
"""
    sql = shown(metrics, "share", unmeasured={("uses", DAY): Reason.SOURCE_LATE})
    assert (
        "uses AS (\n  SELECT\n    CAST(NULL AS DOUBLE) /* unmeasured: source_late */ AS value"
        in sql
    )
    assert "FROM facts" not in sql


def test_the_metric_asked_for_says_what_the_facts_say_even_where_it_is_unmeasured() -> None:
    metrics = "  - {name: uses, kind: count}"
    unmeasured = {("uses", DAY): Reason.SOURCE_LATE}
    assert shown(metrics, "uses", unmeasured=unmeasured) == shown(metrics, "uses")


def test_metrics_called_like_tables_or_like_each_other_but_for_the_case_are_told_apart() -> None:
    metrics = """
  - {name: facts, kind: count}
  - {name: Facts, kind: count, where: "event = 'x'"}
  - {name: 利用, kind: count, where: "event = 'y'"}
  - {name: sum_of_all, kind: derived, expression: facts * 100 + Facts * 10 + 利用}
"""
    definitions = loads({"all.yaml": HEAD + metrics})
    calendar = Calendar("Asia/Tokyo", date(2026, 9, 29), 3)
    at = datetime(2026, 9, 29, 12, tzinfo=UTC)
    facts = [FactRow("acme", at, event=name) for name in ("x", "x", "y", "z")]
    world = World(calendar, {"acme": None}, facts)
    different, compared = differences(world, definitions, told(world, definitions))
    assert (different, compared) == ([], 8)
    assert '"Facts_2" AS (' in shown(metrics, "sum_of_all")
    assert "facts_3 AS (" in shown(metrics, "sum_of_all")


@pytest.mark.parametrize(
    "account", ["it's", "'; DROP TABLE facts; --", "*/ x", '"', "\\", "日本 株式会社", "a\nb"]
)
def test_any_account_key_is_a_text_and_nothing_else(account: str) -> None:
    metrics = "  - {name: uses, kind: count}\n  - {name: for_days, kind: tenure}"
    definitions = loads({"all.yaml": HEAD + metrics})
    calendar = Calendar("Asia/Tokyo", date(2026, 9, 29), 3)
    facts = [FactRow(account, datetime(2026, 9, 29, 12, tzinfo=UTC)), FactRow("b", calendar_noon())]
    world = World(calendar, {account: None, "b": None}, facts)
    assert differences(world, definitions, told(world, definitions)) == ([], 8)


def calendar_noon() -> datetime:
    return datetime(2026, 9, 29, 3, tzinfo=UTC)


def test_any_literal_of_a_definition_is_a_text_and_nothing_else() -> None:
    hostile = "x') OR true /* '' --"
    quoted = "'" + hostile.replace("'", "''") + "'"
    metrics = f'  - {{name: uses, kind: count, where: "event = {quoted}"}}'
    definitions = loads({"all.yaml": HEAD + metrics})
    calendar = Calendar("Asia/Tokyo", date(2026, 9, 29), 3)
    facts = [FactRow("acme", calendar_noon(), event=name) for name in (hostile, "login", "x")]
    world = World(calendar, {"acme": None}, facts)
    panel = told(world, definitions)
    assert differences(world, definitions, panel) == ([], 2)
    assert panel.column("uses").values[0, 2] == 1.0


def test_an_unknown_metric_is_an_error() -> None:
    with pytest.raises(KeyError, match="nothing"):
        shown("  - {name: uses, kind: count}", "nothing")


def test_the_tables_are_those_that_statements_are_written_over() -> None:
    assert set(TABLES) == set(SCHEMAS)
    for name, schema in SCHEMAS.items():
        columns = [x.split()[0] for x in schema.replace("decimal(18, 2)", "decimal").split(", ")]
        assert columns == list(TABLES[name])


def test_of_two_answers_at_one_instant_the_larger_one_counts() -> None:
    definitions = loads({"all.yaml": HEAD + "  - {name: answer, kind: latest, of: record.nps}"})
    facts = [
        FactRow("acme", calendar_noon(), event="nps", dataset="records", user=user, value=value)
        for user, value in (("ann", 9.0), ("bob", 3.0), ("cho", None), ("dan", 10.0), ("eve", 1.0))
    ]
    world = World(Calendar("Asia/Tokyo", date(2026, 9, 29), 3), {"acme": None}, facts)
    panel = told(world, definitions)
    assert differences(world, definitions, panel) == ([], 2)
    assert panel.column("answer").values[0, 2] == 10.0


def test_metrics_called_like_words_of_sql_can_be_asked_for() -> None:
    with duckdb.connect() as connection:
        for name, schema in SCHEMAS.items():
            connection.execute(f"create table {name} ({schema})")
        rows = connection.execute(
            "select keyword_name from duckdb_keywords() where keyword_category != 'unreserved'"
        ).fetchall()
        words = sorted({row[0] for row in rows} - RESERVED)
        metrics = "".join(f"  - {{name: '{word}', kind: count}}\n" for word in words)
        ratios = "".join(
            f"  - {{name: per_{x}, kind: ratio, of: '{x}', by: '{x}'}}\n" for x in words
        )
        definitions = loads({"all.yaml": HEAD + metrics + ratios})
        for word in words:
            sql = statement(definitions, metric=f"per_{word}", account="acme", as_of=DAY)
            assert connection.execute(sql).fetchall() == [(None,)], sql
    assert len(words) > 100
