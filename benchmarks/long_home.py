"""A home with a long history, for what happens beside it: a year of usage up to yesterday, in
segments as compaction leaves them, and a book with contracts.

The facts are written past judging and counting (which benchmarks/imports.py measures), so that
50 million take minutes. Kept in .banso-bench.
"""

import os
import shutil
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray
from today import text
from usage import DAYS, FEATURES, FIRST, generate

from banso.cli.session import Session, open_session
from banso.core.definitions import loads
from banso.core.events.fact import Fact
from banso.desk.services.accounts import AccountRow, save_accounts
from banso.desk.services.contracts import ContractRow, save_contracts
from banso.desk.services.definitions import apply_definitions
from banso.pipeline.run import run
from banso.store import dictionary, layout, manifest
from banso.store.encode import QUARTER_US, Encoded
from banso.store.facts import INSTANT, SEGMENT
from banso.store.hashing import bucket_of
from banso.store.prepare import Prepared

SOURCE = "usage"
DAY_US = 86_400_000_000
DEFINITIONS = """
sources:
  - {name: usage, late_after: 3d}
"""
METRIC = "\n  - {name: exports_7d, kind: count, where: event = 'export', window: 7d}\n"
RULE = """
  - name: exported
    when: exports_7d >= 1
    priority: high
    action: {en: Call, ja: 電話}
"""


def build(folder: Path, *, accounts: int, events: int) -> Session:
    """The session of a home in `folder` whose newest run is of the day on which it was built."""
    os.environ["BANSO_HOME"] = str((folder / "home").resolve())
    if not (folder / "complete").exists():
        shutil.rmtree(folder, ignore_errors=True)
        session = open_session(create=True)
        _book(accounts)
        usage = folder.parent / f"usage-{events}-{accounts}"
        generate(folder=usage, events=events, accounts=accounts)
        _usage(session, usage, accounts)
        _export_once(session)
        _apply()
        session = open_session()
        run(session.store, session.applied(), as_of=session.today, since=None)
        (folder / "complete").touch()
    return open_session()


def _definitions() -> str:
    """Without a run by the clock, which would work beside what is measured."""
    usual = text(more_metrics=METRIC).replace("{name: Bench}", "{name: Bench, run_at: null}")
    return DEFINITIONS + usual + RULE


def key_of(number: int) -> str:
    return f"A{number:06d}"


def _apply() -> None:
    files = {"bench.yaml": _definitions()}
    found = loads(files)
    apply_definitions(
        files=files,
        fingerprint=found.fingerprint,
        metadata_fingerprint=found.metadata_fingerprint,
        applied_by="bench",
        why="",
    )


def _book(accounts: int) -> None:
    numbers = range(1, accounts + 1)
    save_accounts(
        [AccountRow(row=n, key=key_of(n), name=key_of(n)) for n in numbers], effective=FIRST
    )
    save_contracts([_contract(n) for n in numbers])


def _contract(number: int) -> ContractRow:
    return ContractRow(
        row=number,
        account=key_of(number),
        key=f"C{number:06d}",
        product="",
        start_on=date(2025, 1, 1),
        end_on=date(2027, 12, 31),
        seats=5 + number % 95,
        arr=Decimal(100_000),
        currency="JPY",
    )


def _usage(session: Session, usage: Path, accounts: int) -> None:
    keys = [key_of(n) for n in range(1, accounts + 1)]
    ids = session.store.encode_accounts(keys)
    account = np.array([0, *(ids[x] for x in keys)], np.int32)
    bucket = np.array([0, *(bucket_of(x) for x in keys)], np.int16)
    later = (datetime.now(tz=UTC).date() - timedelta(days=DAYS) - FIRST).days * DAY_US
    actions = _actions(session)
    user = np.zeros(1, np.int32)
    for month in sorted({path.name for path in usage.glob("bucket=*/month=*")}):
        table = pa.concat_tables(
            pq.read_table(x, partitioning=None) for x in sorted(usage.glob(f"bucket=*/{month}/*"))
        )
        user = _users(session, user, int(table["user"].to_numpy().max()))
        mine = table["account"].to_numpy()
        time = table["time"].cast(pa.int64()).to_numpy() + later
        action = actions[table["action"].to_numpy()]
        rows = _rows(account[mine], user[table["user"].to_numpy()], action, time)
        _store(session, rows, bucket[mine], action, time)


def _export_once(session: Session) -> None:
    """Long ago: a number is unmeasured until its window has been covered once."""
    time = int((datetime.now(tz=UTC) - timedelta(days=100)).timestamp()) * 1_000_000
    fact = Fact(account=key_of(1), event="export", time=time, message_id="first")
    session.store.accept(source=SOURCE, dataset="events", facts=[fact])
    session.store.collect()


def _actions(session: Session) -> NDArray[np.int32]:
    names = [f"feature_{n:02d}" for n in range(FEATURES)]
    found = [("events", SOURCE, name, name, "") for name in names]
    with session.store.connection() as connection:
        ids = dictionary.encode_actions(connection, found)
    return np.array([ids[x] for x in found], np.int32)


def _users(session: Session, known: NDArray[np.int32], most: int) -> NDArray[np.int32]:
    if most < len(known):
        return known
    names = [f"u{n}" for n in range(len(known), most + 1)]
    with session.store.connection() as connection:
        ids = dictionary.encode_users(connection, names)
    return np.concatenate([known, np.array([ids[x] for x in names], np.int32)])


def _rows(
    account: NDArray[np.int32],
    user: NDArray[np.int32],
    action: NDArray[np.int32],
    time: NDArray[np.int64],
) -> pa.Table:
    rows = len(time)
    chance = np.random.default_rng(int(time[0]) % 2**32)
    known = {
        "account": account,
        "user": user,
        "action": action,
        "time": pa.array(time).cast(INSTANT),
        "received": pa.array(time).cast(INSTANT),
        "found": np.zeros(rows, np.bool_),
        **{x: chance.integers(0, 2**63, rows, np.uint64) for x in ("key_hi", "key_lo", "content")},
    }
    columns = {x.name: known.get(x.name, pa.nulls(rows, x.type)) for x in SEGMENT}
    return pa.table(columns, schema=SEGMENT)


def _store(
    session: Session,
    rows: pa.Table,
    bucket: NDArray[np.int16],
    action: NDArray[np.int32],
    time: NDArray[np.int64],
) -> None:
    first = np.full(int(action.max()) + 1, np.iinfo(np.int64).max)
    np.minimum.at(first, action, time)
    quarters, facts = np.unique(time // QUARTER_US, return_counts=True)
    encoded = Encoded(
        table=rows,
        bucket=bucket,
        first_times={int(x): int(first[x]) for x in np.unique(action)},
        activity={
            (SOURCE, "events", int(q) * QUARTER_US): int(n)
            for q, n in zip(quarters, facts, strict=True)
        },
    )
    nothing = np.zeros(0, np.int64)
    prepared = Prepared(encoded, (), {}, duplicate=nothing, aside=nothing)
    with manifest.writing(session.store.dsn) as connection:
        written = layout.write_all(rows, bucket, place=session.store.place, whole=True)
        manifest.commit(connection, prepared=prepared, written=written)
