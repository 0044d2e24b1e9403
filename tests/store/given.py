"""Facts for tests, and what a store holds, as plain values."""

from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path

import psycopg
import pyarrow as pa

from banso.core.events.fact import Fact
from banso.store import Ledger, Snapshot, Store

NOON = 1_780_000_000_000_000  # 2026-05-28, UTC microseconds
DAY = 86_400_000_000
Told = tuple[object, ...]


def fact(number: int, *, account: str | None = None, time: int | None = None) -> Fact:
    """The fact of that number: always the same one."""
    return Fact(
        account=account or f"account-{number % 7}",
        user=f"user-{number % 11}",
        event=f"event-{number % 3}",
        time=NOON + number * 1_000_000 if time is None else time,
        message_id=f"message-{number}",
        value=float(number),
        properties=f'{{"number":{number}}}',
    )


def facts(*numbers: int) -> list[Fact]:
    return [fact(number) for number in numbers]


def table(rows: Sequence[Mapping[str, object]]) -> pa.Table:
    """A table as an importer makes it, with only the columns these rows have."""
    times = {"time": pa.int64(), "row": pa.int64(), "value": pa.float64()}
    names = list(dict.fromkeys(name for row in rows for name in row))
    return pa.table(
        {n: pa.array([row.get(n) for row in rows], times.get(n, pa.string())) for n in names}
    )


def spread(count: int, *, days: int = 60, accounts: int = 50) -> pa.Table:
    """Many facts over days and accounts, each with its own message_id."""
    numbers = range(count)
    return pa.table(
        {
            "account": [f"account-{n % accounts}" for n in numbers],
            "user": [f"user-{n % 97}" for n in numbers],
            "event": ["login" for _ in numbers],
            "time": pa.array([NOON - n * days * DAY // count for n in numbers], pa.int64()),
            "message_id": [f"m{n}" for n in numbers],
        }
    )


def told(snapshot: Snapshot) -> Counter[Told]:
    """Every fact of a snapshot as (account, user, event, time, value, properties, message_id)."""
    found: Counter[Told] = Counter()
    names = ("account", "user", "action", "time", "value", "properties", "message_id")
    for bucket in snapshot.buckets:
        keys = snapshot.account_keys(snapshot.accounts(bucket))
        for batch in snapshot.scan(bucket=bucket, columns=names):
            users = snapshot.user_keys(set(batch.column("user").to_pylist()))
            times = batch.column("time").cast(pa.int64()).to_pylist()
            for row, time in zip(batch.drop_columns(["time"]).to_pylist(), times, strict=True):
                action = snapshot.actions[row["action"]]
                user = users.get(row["user"])
                rest = (time, row["value"], row["properties"], row["message_id"])
                found[(keys[row["account"]], user, action.event, *rest)] += 1
    return found


def expected(*numbers: int) -> Counter[Told]:
    return Counter(
        (f.account, f.user, f.event, f.time, f.value, f.properties, f.message_id)
        for f in facts(*numbers)
    )


def held(store: Store) -> Counter[Told]:
    with store.snapshot() as snapshot:
        return told(snapshot)


def collect_all(store: Store) -> Ledger:
    total = Ledger()
    while (step := store.collect()) != Ledger():
        total += step
    return total


def ledger(store: Store) -> Ledger:
    """Sum of the ledger table."""
    row = query(
        store,
        "SELECT coalesce(sum(received), 0)::int, coalesce(sum(stored), 0)::int, "
        "coalesce(sum(duplicate), 0)::int, coalesce(sum(quarantined), 0)::int FROM store.ledger",
    )[0]
    return Ledger(*row)


def query(store: Store, text: str) -> list[tuple[object, ...]]:
    with psycopg.connect(store.dsn) as connection:
        return connection.execute(text.encode()).fetchall()


def files(store: Store) -> set[str]:
    """Everything that lies in the folder of segments."""
    return set(store.place.lying())


def folder(store: Store) -> Path:
    """Where a store without setting has its segments."""
    return Path(store.place.root)
