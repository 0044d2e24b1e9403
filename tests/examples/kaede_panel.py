"""Kaede measured by the core alone: from the files to a panel, without a store or a desk."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import duckdb
import numpy as np
import pyarrow as pa

from banso.core.definitions import Definitions
from banso.core.health import assess
from banso.core.metrics import (
    NEVER,
    AccountFacts,
    Action,
    Attributes,
    Calendar,
    Contacts,
    Contracts,
    OrgFacts,
    Panel,
    attribute_type,
    late_days,
    measure,
    plan,
)
from banso.core.rules.episodes import NONE, State, fold
from banso.core.rules.truth import truth

ATTRIBUTES = ("業種", "従業員数", "タッチモデル", "地域", "提供形態")
_FACTS = """
create table facts as
select account, user, 'events' as dataset, 'product_log' as source, event, feature, product,
    timestamp as time, null::double as value,
    json_object('pages', pages, 'seconds', seconds)::varchar as properties
from '{folder}/events.parquet'
union all
select account, person, 'records', 'cs_records', kind, kind, '',
    date::timestamp at time zone 'Asia/Tokyo', value, null
from records
"""
_IDS = """
create table accounts as select account, row_number() over (order by account) as id
    from (select unnest(?) as account);
create table users as select user, row_number() over (order by user) as id
    from (select distinct user from facts where user <> '');
create table actions as
    select row_number() over (order by dataset, source, event, feature, product) - 1 as id, *
    from (select dataset, source, event, feature, product, min(time) as first
          from facts group by all);
"""


def rows(path: Path, encoding: str = "utf-8") -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(path.read_bytes().decode(encoding), newline="")))


@dataclass(frozen=True)
class Kaede:
    """The exported files of one simulation, with ids given to accounts, users and actions."""

    folder: Path
    connection: duckdb.DuckDBPyConnection
    keys: tuple[str, ...]  # account keys; position + 1 = id
    calendar: Calendar

    @classmethod
    def read(cls, folder: Path, *, as_of: date) -> Kaede:
        connection = duckdb.connect()
        connection.execute("set timezone = 'UTC'; set threads = 2")
        told = rows(folder / "records.csv", "cp932")
        connection.register("told", pa.Table.from_pylist(told))
        connection.execute(
            "create table records as select * replace (date::date as date, value::double as value) "
            "from told"
        )
        connection.execute(_FACTS.format(folder=folder))
        keys = tuple(sorted(row["会社ID"] for row in rows(folder / "accounts.csv", "utf-8-sig")))
        for statement in _IDS.split(";")[:-1]:
            connection.execute(statement, [list(keys)] if "?" in statement else None)
        first = date(2025, 4, 1)
        calendar = Calendar("Asia/Tokyo", first, (as_of - first).days + 1)
        return cls(folder, connection, keys, calendar)

    def panel(self, definitions: Definitions) -> Panel:
        """Everything measured and assessed."""
        chosen = plan(definitions, org=self._org(definitions))
        batches = self._batches(chosen.computed)
        panel = measure(plan=chosen, accounts=self._accounts(chosen.org), batches=batches)
        assess(definitions, panel)
        return panel

    def _org(self, definitions: Definitions) -> OrgFacts:
        found = self.connection.execute(
            "select dataset, source, event, feature, product, epoch_us(first) "
            "from actions order by id"
        ).fetchall()
        late_after = definitions.sources["product_log"].late_after or "0d"
        days = self.connection.execute(
            "select distinct epoch_us(time) // 3600000000 * 3600000000 from facts "
            "where source = 'product_log'"
        ).fetchnumpy()
        instants = np.asarray(next(iter(days.values())), np.int64)
        late = late_days(
            event_days=self.calendar.day_index(instants),
            late_after=int(late_after.removesuffix("d")),
            calendar=self.calendar,
        )
        accounts = rows(self.folder / "accounts.csv", "utf-8-sig")
        return OrgFacts(
            calendar=self.calendar,
            actions=tuple(Action(*row[:5]) for row in found),
            action_first=self.calendar.day_index(np.array([row[5] for row in found], np.int64)),
            source_late={"product_log": late},
            roles=("", "admin", "champion", "executive", "user"),
            attribute_types={
                name: attribute_type(row[name] for row in accounts) for name in ATTRIBUTES
            },
            has_contracts=True,
        )

    def _batches(self, computed: Mapping[str, str]) -> Iterator[pa.RecordBatch]:
        extra = "".join(f", {sql} as {name}" for name, sql in computed.items())
        reader = self.connection.sql(
            "select accounts.id::integer as account, coalesce(users.id, 0)::integer as user, "
            f"actions.id::integer as action, time, value{extra} from facts "
            "join accounts using (account) left join users using (user) "
            "join actions using (dataset, source, event, feature, product)"
        ).to_arrow_reader(200_000)
        yield from reader

    def _accounts(self, org: OrgFacts) -> AccountFacts:
        accounts = rows(self.folder / "accounts.csv", "utf-8-sig")
        accounts.sort(key=lambda row: row["会社ID"])
        starts = [self._day(row["利用開始日"]) for row in accounts]
        return AccountFacts(
            accounts=np.arange(1, len(accounts) + 1, dtype=np.int32),
            declared_start=np.array(starts, np.int32),
            contracts=self._contracts(),
            attributes=Attributes(
                row=np.repeat(np.arange(len(accounts), dtype=np.int32), len(ATTRIBUTES)),
                name=ATTRIBUTES * len(accounts),
                value=tuple(row[name] for row in accounts for name in ATTRIBUTES),
                valid_from=np.repeat(np.array(starts, np.int32), len(ATTRIBUTES)),
            ),
            contacts=self._contacts(org),
        )

    def _day(self, text: str) -> int:
        return self.calendar.index(date.fromisoformat(text)) if text else NEVER

    def _contracts(self) -> Contracts:
        found = rows(self.folder / "contracts.csv")
        return Contracts(
            row=np.array([self.keys.index(row["account"]) for row in found], np.int32),
            start=np.array([self._day(row["start_on"]) for row in found], np.int32),
            end=np.array([self._day(row["end_on"]) for row in found], np.int32),
            signed=np.array([self._day(row["signed_on"]) for row in found], np.int32),
            seats=np.array([float(row["seats"]) for row in found]),
            arr=np.array([float(row["arr"]) for row in found]),
            product=tuple(row["product"] for row in found),
        )

    def _contacts(self, org: OrgFacts) -> Contacts:
        users = dict(self.connection.execute("select user, id from users").fetchall())
        found = [row for row in rows(self.folder / "contacts.csv") if row["user"] in users]
        return Contacts(
            account=np.array([self.keys.index(row["account"]) + 1 for row in found], np.int32),
            user=np.array([users[row["user"]] for row in found], np.int32),
            role=np.array([org.roles.index(row["role"]) for row in found], np.int32),
        )


def open_alerts(kaede: Kaede, definitions: Definitions, panel: Panel) -> dict[str, set[str]]:
    """Accounts with an open episode on the last day, by rule, after a replay of all days."""
    found = {}
    for rule in definitions.rules.values():
        outcome = fold(
            rule,
            truth(definitions, rule, panel),
            state=State.empty(len(kaede.keys)),
            start=0,
            stop=kaede.calendar.days,
        )
        still = np.flatnonzero(outcome.state.open_since != NONE)
        found[rule.name] = {kaede.keys[row] for row in still}
    return found
