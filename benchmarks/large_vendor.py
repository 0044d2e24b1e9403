"""A vendor of any size in a home of its own: everything that pages read, made by the real run.

Its book goes through the desk's services and its usage (benchmarks/usage.py) through the store, as
imports would bring them. Building 100,000 accounts with 10 million events takes some minutes; it
is kept in .banso-bench.
"""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path
from time import perf_counter

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from django.db import connection
from history import FEATURE_METRICS
from today import text
from usage import DAYS, FIRST, generate

from banso.cli.session import Session, open_session
from banso.core.definitions import loads
from banso.desk.models import Account, PlayRun, Task, TaskHandling, TaskState, ValueFigures
from banso.desk.models.play_run import RunState
from banso.desk.services.accounts import AccountRow, save_accounts
from banso.desk.services.contracts import ContractRow, save_contracts
from banso.desk.services.definitions import apply_definitions
from banso.desk.services.value_figures import keep_figures
from banso.pipeline.run import run
from banso.pipeline.value_figures import figures_now

AS_OF = FIRST + timedelta(days=DAYS)
OWNERS = 50
MOST_ROWS = 500_000
PLACES = ("東京", "大阪", "名古屋", "札幌", "福岡", "仙台", "広島", "横浜", "京都", "神戸")
TRADES = ("商事", "電機", "物流", "食品", "製薬", "建設", "銀行", "印刷", "化学", "鉄鋼", "通信")


@contextmanager
def timed(step: str) -> Iterator[None]:
    began = perf_counter()
    yield
    print(f"  {step}: {perf_counter() - began:.0f} s", flush=True)


def build(folder: Path, *, accounts: int, events: int) -> Session:
    """The session of a home in `folder` with that vendor, run as of AS_OF."""
    os.environ["BANSO_HOME"] = str(folder / "home")
    if not (folder / "complete").exists():
        shutil.rmtree(folder, ignore_errors=True)
        session = open_session(create=True)
        with timed("definitions and book"):
            _apply()
            _book(accounts)
        with timed("usage"):
            _usage(session, folder / "usage", accounts=accounts, events=events)
        session = open_session()
        with timed("compaction"):
            session.store.compact()
        with timed("run"):
            run(session.store, session.applied(), as_of=AS_OF, since=AS_OF - timedelta(days=28))
        (folder / "complete").touch()
    session = open_session()
    if not Task.objects.exists():
        with timed("tasks"):
            _tasks(accounts)
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")  # as PostgreSQL does by itself within a minute
    if not ValueFigures.objects.exists():
        with timed("figures of value"):  # as `banso prove` keeps them after each run
            keep_figures(figures_now(session.applied(), as_of=AS_OF))
    return session


def _tasks(accounts: int) -> None:
    """One of eight accounts has had a task each month for three quarters of a year; a tenth of
    them are still to be done, some of them snoozed."""
    numbers = list(Account.objects.order_by("id").values_list("id", flat=True)[:accounts:8])
    for month in range(9):
        day = AS_OF - timedelta(days=30 * month)
        runs = PlayRun.objects.bulk_create(
            (_run(account, day) for account in numbers), batch_size=5_000
        )
        made = Task.objects.bulk_create(
            (_task(run, day, number) for number, run in enumerate(runs)), batch_size=5_000
        )
        done = [TaskHandling(task=x, state=x.state, before="open") for x in made if _over(x)]
        for x in TaskHandling.objects.bulk_create(done, batch_size=5_000)[:1]:
            first = x.pk
        at = datetime.combine(day, time(9), tzinfo=UTC)
        TaskHandling.objects.filter(pk__gte=first).update(at=at)


def _run(account: int, day: date) -> PlayRun:
    return PlayRun(
        play="rescue",
        account_id=account,
        version={},
        fingerprint="bench",
        state=RunState.ENDED,
        entered_on=day,
        ended_on=day,
        because="finished",
    )


def _task(run: PlayRun, day: date, number: int) -> Task:
    open_ = number % 10 == 0
    snoozed = open_ and number % 50 == 0
    state = TaskState.SNOOZED if snoozed else TaskState.OPEN if open_ else TaskState.DONE
    return Task(
        account_id=run.account_id,
        run=run,
        step="call",
        label={"en": "Call the champion", "ja": "推進者に電話する"},
        made_on=day,
        due_on=day + timedelta(days=7),
        state=state,
        until=AS_OF + timedelta(days=30) if snoozed else None,
    )


def _over(task: Task) -> bool:
    return task.state == TaskState.DONE


def _apply() -> None:
    files = {"bench.yaml": text(more_metrics=FEATURE_METRICS)}
    found = loads(files)
    apply_definitions(
        files=files,
        fingerprint=found.fingerprint,
        metadata_fingerprint=found.metadata_fingerprint,
        applied_by="bench",
        why="figures of the pages",
    )


def _name(number: int) -> str:
    place, trade = PLACES[number % len(PLACES)], TRADES[number // 10 % len(TRADES)]
    return f"{place}第{number}{trade}株式会社"


def _book(accounts: int) -> None:
    for first in range(1, accounts + 1, 10_000):
        numbers = range(first, min(first + 10_000, accounts + 1))
        rows = [
            AccountRow(row=n, key=f"A{n:06d}", name=_name(n), owner=f"csm{n % OWNERS:02d}")
            for n in numbers
        ]
        save_accounts(rows, effective=FIRST)
        save_contracts([_contract(n) for n in numbers])


def _contract(number: int) -> ContractRow:
    ends = AS_OF + timedelta(days=number * 37 % 500 - 20)
    return ContractRow(
        row=number,
        account=f"A{number:06d}",
        key=f"C{number:06d}",
        product="",
        start_on=date(2025, 1, 1),
        end_on=ends,
        seats=5 + number % 95,
        arr=Decimal(100_000 + number * 7919 % 9_000_000),
        currency="JPY",
    )


def _usage(session: Session, folder: Path, *, accounts: int, events: int) -> None:
    generate(folder=folder, events=events, accounts=accounts)
    months = sorted({path.name for path in folder.glob("bucket=*/month=*")})
    for month in months:
        parts = [pq.read_table(x) for x in sorted(folder.glob(f"bucket=*/{month}/*.parquet"))]
        table = pa.concat_tables(parts)
        for first in range(0, table.num_rows, MOST_ROWS):
            rows = _facts(table.slice(first, MOST_ROWS))
            session.store.append(rows, source="usage", dataset="events", origin=month)
    shutil.rmtree(folder)


def _facts(table: pa.Table) -> pa.Table:
    """The generator's numbers as the keys and names of a vendor's log."""

    def named(prefix: str, column: str, width: int) -> pa.Array:
        digits = pc.utf8_lpad(pc.cast(table[column], pa.string()), width, "0")
        return pc.binary_join_element_wise(prefix, digits, "")

    rows = table.num_rows
    event = named("feature_", "action", 2)
    return pa.table(
        {
            "account": named("A", "account", 6),
            "user": named("u", "user", 1),
            "event": event,
            "feature": pa.nulls(rows, pa.string()),
            "product": pa.nulls(rows, pa.string()),
            "time": pc.cast(table["time"], pa.int64()),
            "value": pa.nulls(rows, pa.float64()),
            "properties": pa.nulls(rows, pa.string()),
            "message_id": pa.nulls(rows, pa.string()),
            "row": pa.array(range(rows), pa.int64()),
        }
    )
