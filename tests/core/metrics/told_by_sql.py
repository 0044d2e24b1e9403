"""What a statement says, asked of DuckDB over the tables that `statement.TABLES` describes."""

from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date

import duckdb
import numpy as np
from tests.core.metrics.given import FactRow, World, organisation

from banso.core.definitions import Definitions
from banso.core.expressions import Type
from banso.core.metrics import Panel
from banso.core.metrics.statement import Moment, statement
from banso.core.unmeasured import Reason

Cell = float | str | Reason

SCHEMAS = {
    "facts": "account text, user text, dataset text, event text, feature text, product text, "
    "source text, role text, time timestamptz, value double, properties text",
    "contracts": "account text, product text, start_on date, end_on date, signed_on date, "
    "seats integer, arr decimal(18, 2), currency text",
    "attributes": "account text, name text, value text, valid_from date",
    "accounts": "account text, started_on date",
}


@contextmanager
def exported(world: World) -> Iterator[duckdb.DuckDBPyConnection]:
    """The world as those tables. Facts before the calendar are as if they had never been."""
    roles = defaultdict[tuple[str, str], list[tuple[int, str]]](list)
    for each in world.dated_contacts:
        since = world.day(each.since) if each.since else -1
        roles[each.account, each.user].append((since, each.role))

    def role(fact: FactRow) -> str:
        told = [x for since, x in roles[fact.account, fact.user] if since <= world.local_day(fact)]
        return told[-1] if told else ""

    attributes = {(x.account, x.name, x.valid_from): x.value for x in world.attributes}
    rows: dict[str, list[tuple[object, ...]]] = {
        "facts": [
            (
                *(x.account, x.user or None, x.dataset, x.event, x.action.feature, x.product),
                *(x.source, role(x)),
                *(x.time.astimezone(UTC), x.value, x.properties),
            )
            for x in world.facts
            if world.local_day(x) >= 0
        ],
        "contracts": [
            (
                *(x.account, x.product, x.start, x.end or date(9999, 12, 31), x.signed),
                *(x.seats, x.arr, ""),
            )
            for x in world.contracts
        ],
        "attributes": [
            (account, name, value, day) for (account, name, day), value in attributes.items()
        ],
        "accounts": list(world.accounts.items()),
    }
    with duckdb.connect(config={"threads": 1}) as connection:
        for name, schema in SCHEMAS.items():
            connection.execute(f"create table {name} ({schema})")
            if rows[name]:
                marks = ", ".join("?" * len(rows[name][0]))
                connection.executemany(f"insert into {name} values ({marks})", rows[name])
        yield connection


def reasons(definitions: Definitions, panel: Panel, row: int) -> dict[Moment, Reason]:
    """Every metric that was unmeasured on a day."""
    calendar = panel.calendar
    return {
        (name, calendar.as_of(day)): Reason(int(panel.column(name).reasons[row, day]))
        for name in definitions.metrics
        for day in np.flatnonzero(panel.column(name).reasons[row]).tolist()
    }


def kernel_cell(panel: Panel, name: str, row: int, day: int) -> Cell:
    column = panel.column(name)
    if reason := Reason(int(column.reasons[row, day])):
        return reason
    value = column.values[row, day]
    return float(value) if column.categories is None else column.categories[int(value)]


def sql_cell(connection: duckdb.DuckDBPyConnection, sql: str) -> float | str | None:
    ((value,),) = connection.execute(sql).fetchall()
    return value if value is None or isinstance(value, str) else float(value)


def numeric_attributes(world: World, definitions: Definitions) -> list[str]:
    types = organisation(world, definitions).attribute_types
    return [name for name, type_ in types.items() if type_ is Type.NUMBER]


def differences(world: World, definitions: Definitions, panel: Panel) -> tuple[list[object], int]:
    """Measured cells in which the statement says something else than the kernel, and how many
    were compared. Sums are DOUBLEs in SQL and about 32 digits in the kernel, so they may differ
    by the last digits of the largest number."""
    large = max([1.0, *(abs(x.value or 0.0) for x in world.facts)])
    numbers = numeric_attributes(world, definitions)
    different: list[object] = []
    compared = 0
    with exported(world) as connection:
        for row, account in enumerate(world.names):
            unmeasured = reasons(definitions, panel, row)
            for name in definitions.metrics:
                for day in range(world.calendar.days):
                    wanted = kernel_cell(panel, name, row, day)
                    if isinstance(wanted, Reason):
                        continue
                    sql = statement(
                        definitions,
                        metric=name,
                        account=account,
                        as_of=world.calendar.as_of(day),
                        unmeasured=unmeasured,
                        numbers=numbers,
                    )
                    found = sql_cell(connection, sql)
                    compared += 1
                    if not alike(found, wanted, large):
                        different.append((name, account, day, found, wanted, sql))
    return different, compared


def alike(found: Cell | None, wanted: Cell, large: float) -> bool:
    if not isinstance(found, float) or not isinstance(wanted, float):
        return found == wanted
    return bool(np.isclose(found, wanted, rtol=1e-9, atol=1e-14 * large))
