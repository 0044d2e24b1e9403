"""The SQL shown beside Kaede's numbers gives these numbers, on the files as they are exported."""

from datetime import date
from pathlib import Path

import numpy as np
import pytest
from tests.core.metrics.told_by_sql import alike, kernel_cell, reasons, sql_cell
from tests.examples.kaede_panel import ATTRIBUTES, Kaede, rows

from banso.core.definitions import Definitions, read
from banso.core.metrics.statement import statement
from banso.core.unmeasured import Reason

DEFINITIONS = Path(__file__).resolve().parents[2] / "examples" / "kaede" / "definitions"
LAST = date(2026, 10, 1)
ACCOUNTS, DAYS = 6, 3

VIEWS = """
create table roles as select account, user, any_value(role) as role
    from '{folder}/contacts.csv' group by all;
alter table facts rename to raw;
create table facts as select raw.* exclude (user), nullif(raw.user, '') as user,
        coalesce(roles.role, '') as role
    from raw left join roles using (account, user)
    where account in (select unnest(?));
create table contracts as select * from '{folder}/contracts.csv';
"""


@pytest.fixture(scope="module")
def kaede(data: Path) -> Kaede:
    return Kaede.read(data, as_of=LAST)


def export(kaede: Kaede, accounts: list[str]) -> None:
    """The tables of `statement.TABLES` in Kaede's connection."""
    for text in VIEWS.format(folder=kaede.folder).split(";")[:-1]:
        kaede.connection.execute(text, [accounts] if "?" in text else None)
    told = rows(kaede.folder / "accounts.csv", "utf-8-sig")
    kaede.connection.execute(
        "drop table accounts; create table accounts (account text, started_on date)"
    )
    kaede.connection.execute(
        "create table attributes (account text, name text, value text, valid_from date)"
    )
    for row in told:
        start = date.fromisoformat(row["利用開始日"])
        kaede.connection.execute("insert into accounts values (?, ?)", [row["会社ID"], start])
        for name in ATTRIBUTES:
            values = [row["会社ID"], name, row[name], start]
            kaede.connection.execute("insert into attributes values (?, ?, ?, ?)", values)


@pytest.mark.slow
def test_every_metric_of_random_accounts_on_random_days(kaede: Kaede) -> None:
    definitions: Definitions = read(DEFINITIONS)
    panel = kaede.panel(definitions)
    random = np.random.default_rng(11)
    chosen = sorted(random.choice(len(kaede.keys), ACCOUNTS, replace=False).tolist())
    export(kaede, [kaede.keys[row] for row in chosen])
    different, compared = [], 0
    for row in chosen:
        unmeasured = reasons(definitions, panel, row)
        for day in random.integers(1, kaede.calendar.days, DAYS).tolist():
            for name in definitions.metrics:
                wanted = kernel_cell(panel, name, row, day)
                if isinstance(wanted, Reason):
                    continue
                sql = statement(
                    definitions,
                    metric=name,
                    account=kaede.keys[row],
                    as_of=kaede.calendar.as_of(day),
                    unmeasured=unmeasured,
                )
                found = sql_cell(kaede.connection, sql)
                compared += 1
                if not alike(found, wanted, 1.0):
                    different.append((name, kaede.keys[row], day, found, wanted))
    assert different == []
    assert compared > 300
