"""The processes that get killed: one sends facts and appends files, one keeps the store."""

import os
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path

import psycopg
import pyarrow as pa

from banso.core.events.fact import Fact
from banso.store import FACTS, Store
from banso.store.facts import table_of

SOURCE = "app"
NAMED = 5  # facts of a batch with an id of their own
NAMELESS = 3  # equal facts of a batch without id
SERVER_GONE = 3  # exit status
START = 1_780_000_000_000_000
HOUR = 3_600_000_000


def named(batch: int, number: int) -> Fact:
    return Fact(
        account=f"account-{batch}" if number == 0 else f"account-{(batch + number) % 40}",
        user=f"user-{batch % 13}",
        event="login",
        time=START - batch * HOUR,
        message_id=f"{batch}-{number}",
        value=float(batch),
    )


def facts_of(batch: int) -> list[Fact]:
    """Always the same facts: own ones, two repeated from the batch before, a contradiction."""
    first = named(batch, 0)
    nameless = Fact(account="a", event="line", time=first.time, value=float(batch))
    contradiction = Fact(
        account="other", event="login", time=first.time, message_id=first.message_id
    )
    repeated = [named(batch - 1, number) for number in range(2)] if batch else []
    own = [named(batch, number) for number in range(NAMED)]
    return [*own, *repeated, *[nameless] * NAMELESS, contradiction]


class Journal:
    """What was begun and what was acknowledged, one line each, kept outside the store."""

    def __init__(self, file: Path) -> None:
        self.file = file

    def write(self, word: str, batch: int) -> None:
        with self.file.open("a") as file:
            file.write(f"{word} {batch}\n")

    def read(self, word: str) -> set[int]:
        if not self.file.exists():
            return set()
        lines = (line.split() for line in self.file.read_text().splitlines())
        return {int(batch) for said, batch in lines if said == word}


def send(folder: Path, dsn: str, journal: Journal, *, count: int | None = None) -> None:
    """Send batch after batch, first those that were never acknowledged; None: until killed."""
    store = Store(folder, dsn)
    done = journal.read("stored")
    pending = sorted(journal.read("begun") - done)
    following = max(journal.read("begun"), default=-1) + 1
    while pending or count is None or count > 0:
        if pending:
            batch = pending.pop(0)
        else:
            batch, following = following, following + 1
            count = None if count is None else count - 1
        journal.write("begun", batch)
        _send(store, batch, facts_of(batch))
        journal.write("stored", batch)


def _send(store: Store, batch: int, facts: Sequence[Fact]) -> None:
    if batch % 4:
        store.accept(source=SOURCE, dataset="events", facts=facts)
        return
    table: pa.Table = table_of(facts)
    assert table.schema == FACTS
    store.append(table, source=SOURCE, dataset="events", origin=f"{batch}.csv")


def keep(folder: Path, dsn: str) -> None:
    """Collect, compact and sweep without end."""
    store = Store(folder, dsn)
    while True:
        store.collect(limit=40)
        store.collect()
        store.compact()
        store.sweep(grace=timedelta(0))


def run(role: str, folder: Path, dsn: str, journal: Path, crash_at: str) -> None:
    """Entry of a process of either role; crash_at as in banso.store.crash, '' for none."""
    os.environ.pop("BANSO_CRASH_AT", None)
    if crash_at:
        os.environ["BANSO_CRASH_AT"] = crash_at
    try:
        if role == "send":
            send(folder, dsn, Journal(journal))
        else:
            keep(folder, dsn)
    except psycopg.OperationalError:
        os._exit(SERVER_GONE)
