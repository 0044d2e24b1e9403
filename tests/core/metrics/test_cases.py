"""tests/cases/*.yaml: kernel == hand-written SQL == expected rows, case by case.

A case has: why, zone, first (date), days, definitions (YAML without `organisation`), accounts
(name -> declared start or null), facts, contracts, attributes, contacts, metric, sql, expected.

sql: DuckDB over the tables `fact` (with `day`, the local date), `account`, `contract`,
`attribute`, `contact` and `grid` (account, as_of); it gives account, as_of, answer: a number or
the word of a reason. expected: account -> one answer per as_of day, `-` standing for
not_applicable.
"""

from datetime import date, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import duckdb
import pyarrow as pa
import pytest
from ruamel.yaml import YAML
from tests.core.metrics.given import (
    AttributeRow,
    ContactRow,
    ContractRow,
    FactRow,
    World,
    told,
)

from banso.core.definitions import loads
from banso.core.metrics import Calendar
from banso.core.unmeasured import Reason

CASES = sorted((Path(__file__).parents[2] / "cases").glob("*.yaml"))
Answers = dict[str, list[float | str]]


@pytest.fixture(scope="module", params=CASES, ids=lambda path: path.stem)
def case(request: pytest.FixtureRequest) -> dict[str, Any]:
    return dict(YAML(typ="safe").load(request.param))


def world_of(case: dict[str, Any]) -> World:
    zone = ZoneInfo(case["zone"])

    def fact(row: dict[str, Any]) -> FactRow:
        """Times without an offset are local."""
        time = datetime.fromisoformat(row["time"])
        return FactRow(**row | {"time": time if time.tzinfo else time.replace(tzinfo=zone)})

    return World(
        calendar=Calendar(case["zone"], case["first"], case["days"]),
        accounts=case["accounts"],
        facts=[fact(x) for x in case.get("facts", [])],
        contracts=[ContractRow(**x) for x in case.get("contracts", [])],
        attributes=[AttributeRow(**x) for x in case.get("attributes", [])],
        contacts=[ContactRow(**x) for x in case.get("contacts", [])],
    )


def test_the_kernel_gives_the_expected_rows(case: dict[str, Any]) -> None:
    world = world_of(case)
    head = f"organisation: {{name: Test, time_zone: {case['zone']}}}\n"
    panel = told(world, loads({"case.yaml": head + case["definitions"]}))
    column = panel.column(case["metric"])
    found: Answers = {}
    for row, account in enumerate(world.names):
        answers = found.setdefault(account, [])
        for day in range(world.calendar.days):
            reason, value = Reason(int(column.reasons[row, day])), column.values[row, day]
            texts = column.categories
            answers.append(
                reason.code if reason else texts[value] if texts is not None else float(value)
            )
    assert rounded(found) == expected(case)


def test_the_sql_gives_the_expected_rows(case: dict[str, Any]) -> None:
    found: Answers = {}
    for account, _as_of, answer in ask(case):
        found.setdefault(account, []).append(number_or_word(answer))
    assert rounded(found) == expected(case)


def expected(case: dict[str, Any]) -> Answers:
    return {
        account: ["not_applicable" if x == "-" else x for x in answers]
        for account, answers in case["expected"].items()
    }


def rounded(answers: Answers) -> Answers:
    """To nine digits: expected rows are written by hand."""
    return {
        account: [float(f"{x:.9g}") if isinstance(x, float) else x for x in row]
        for account, row in answers.items()
    }


def number_or_word(answer: object) -> float | str:
    try:
        return float(str(answer))
    except ValueError:
        return str(answer)


def ask(case: dict[str, Any]) -> list[tuple[str, date, object]]:
    world = world_of(case)
    with duckdb.connect(config={"threads": 1}) as connection:
        for name, table in tables(world).items():
            connection.register(f"{name}_rows", table)
            connection.execute(f"create view {name} as select * from {name}_rows")
        connection.execute(
            "create view fact as select *, (time at time zone "
            f"'{case['zone']}')::date as day from facts_rows"
        )
        connection.execute(
            "create view grid as select account, unnest(range("
            f"date '{world.calendar.first}', date '{world.calendar.last}' + 1, "
            "interval 1 day))::date as as_of from account"
        )
        text = f"select account, as_of, answer from ({case['sql']}) order by account, as_of"
        return connection.execute(text).fetchall()


def tables(world: World) -> dict[str, pa.Table]:
    text, day, number = pa.string(), pa.date32(), pa.float64()

    def table(rows: list[Any], schema: dict[str, pa.DataType]) -> pa.Table:
        columns = {n: pa.array([getattr(x, n) for x in rows], t) for n, t in schema.items()}
        return pa.table(columns)

    facts = dict.fromkeys(("account", "event", "user", "dataset", "source", "product"), text)
    instants = pa.array([x.microseconds for x in world.facts], pa.timestamp("us", tz="UTC"))
    features = pa.array([x.action.feature for x in world.facts], text)
    rest = facts | {"value": number, "properties": text}
    return {
        "facts": table(list(world.facts), rest)
        .append_column("time", instants)
        .append_column("feature", features),
        "account": pa.table(
            {
                "account": pa.array(world.names, text),
                "declared": pa.array([world.accounts[x] for x in world.names], day),
            }
        ),
        "contract": table(
            list(world.contracts),
            {"account": text, "start": day, "end": day, "signed": day}
            | {"seats": number, "arr": number, "product": text},
        ),
        "attribute": table(
            list(world.attributes),
            {"account": text, "name": text, "value": text, "valid_from": day},
        ),
        "contact": table(
            list(world.contacts), {"account": text, "user": text, "role": text, "since": day}
        ),
    }
