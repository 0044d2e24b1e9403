"""One year of daily history of 12 metrics for every account, against the cheapest scan there is.

Floor: DuckDB counting facts by account and day over the same files, same process, both cores, both
warm. Each round is a fresh process; the middle one of three counts. `written`: the result lies in
the files that a run keeps (pipeline.kept_history). Exits with 1 where a bound is missed.

    ./run bench history [--events 50_000_000] [--accounts 10_000] [--metrics 12 or 40]
"""

import argparse
import gc
import json
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, time
from pathlib import Path
from statistics import median

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray
from peak import Peak
from usage import BUCKETS, DAYS, FEATURES, FIRST, generate

from banso.core.definitions import Definitions, loads
from banso.core.metrics import (
    NEVER,
    AccountFacts,
    Action,
    Calendar,
    Contracts,
    OrgFacts,
    measure,
    plan,
)
from banso.core.metrics.plan import MetricPlan
from banso.core.metrics.table import history_table
from banso.store import histories
from banso.store.facts import SEGMENT
from banso.store.place import place_at
from banso.store.scan import Wanted, scan
from banso.store.segments import Segment

THREADS = 2
BOUNDS = {12: (1.6, 2.0), 40: (4.0, None)}
"""Metrics -> the most that computing may take, and computing and writing, in times the floor."""
GIBIBYTES = 0.6
HEADER = "organisation: {name: Bench}\nmetrics:\n"
METRICS = """
  - {name: seats, kind: latest, of: contract.seats}
  - {name: users_7d, kind: distinct_users, window: 7d}
  - {name: users_28d, kind: distinct_users, window: 28d}
  - {name: users_90d, kind: distinct_users, window: 90d}
  - {name: facts_7d, kind: count, window: 7d}
  - {name: facts_28d, kind: count, window: 28d}
  - {name: active_days_28d, kind: active_days, window: 28d}
  - {name: breadth_28d, kind: breadth, window: 28d}
  - {name: since_last, kind: recency}
  - {name: to_value, kind: time_to_first, where: event = 'feature_20'}
  - {name: facts_change, kind: change, of: facts_7d}
  - {name: seat_use, kind: ratio, of: users_28d, by: seats}
  - {name: facts_90d, kind: count, window: 90d}
  - {name: reports_28d, kind: count, where: event = 'feature_01', window: 28d}
  - {name: reporters_28d, kind: distinct_users, where: event = 'feature_01', window: 28d}
"""
LONG_METRICS = """
  - {name: facts_180d, kind: count, window: 180d}
  - {name: users_180d, kind: distinct_users, window: 180d}
  - {name: breadth_90d, kind: breadth, window: 90d}
  - {name: age, kind: tenure}
  - {name: facts_a_user, kind: derived, expression: facts_28d / users_28d}
"""
FEATURE_METRICS = "".join(
    f"  - {{name: uses_{n:02d}, kind: count, where: event = 'feature_{n:02d}', window: 28d}}\n"
    f"  - {{name: users_{n:02d}, kind: distinct_users, where: event = 'feature_{n:02d}', "
    "window: 28d}\n"
    for n in range(10)
)


def definitions(metrics: int) -> Definitions:
    """The first so many of 40."""
    every = METRICS + LONG_METRICS + FEATURE_METRICS
    lines = [x for x in every.splitlines() if x.strip()][:metrics]
    return loads({"bench.yaml": HEADER + "\n".join(f"  {line.strip()}" for line in lines)})


def organisation() -> OrgFacts:
    features = [f"feature_{i:02d}" for i in range(FEATURES)]
    return OrgFacts(
        calendar=Calendar("UTC", FIRST, DAYS + 1),
        actions=tuple(Action("events", "app", x, x, "") for x in features),
        action_first=np.zeros(FEATURES, np.int32),
        has_contracts=True,
    )


def accounts_of(bucket: int, accounts: int) -> AccountFacts:
    return contracted(
        np.array([x for x in range(1, accounts + 1) if x % BUCKETS == bucket], np.int32)
    )


def contracted(ids: NDArray[np.int32]) -> AccountFacts:
    """Each with a contract over the whole time."""
    return AccountFacts(
        accounts=ids,
        declared_start=np.full(len(ids), NEVER, np.int32),
        contracts=Contracts(
            row=np.arange(len(ids), dtype=np.int32),
            start=np.zeros(len(ids), np.int32),
            end=np.full(len(ids), DAYS, np.int32),
            signed=np.zeros(len(ids), np.int32),
            seats=np.full(len(ids), 10.0),
            arr=np.full(len(ids), 1e6),
            product=("",) * len(ids),
        ),
    )


def batches(
    folder: Path, bucket: int, columns: Sequence[str] = ("account", "user", "action", "time")
) -> Iterator[pa.RecordBatch]:
    """The bucket's facts, read by the store's own scan."""
    wanted = Wanted(tuple(columns))
    rest = SEGMENT.empty_table().select(wanted.read)
    place = place_at(str(folder.resolve()))
    return scan(files_of(folder, bucket), rest, place=place, wanted=wanted)


def files_of(folder: Path, bucket: int) -> list[Segment]:
    """What the manifest would say of them."""
    return [_segment(x, folder, bucket) for x in sorted(folder.glob(f"bucket={bucket:03d}/*/*"))]


def _segment(file: Path, folder: Path, bucket: int) -> Segment:
    return Segment(
        path=str(file.relative_to(folder)),
        bucket=bucket,
        month=file.parent.name.partition("=")[2],
        rows=pq.read_metadata(file).num_rows,
        bytes=file.stat().st_size,
        min_time=0,
        max_time=int(datetime.combine(FIRST, time(), UTC).timestamp()) * 1_000_000,
    )


def kernel(folder: Path, made: MetricPlan, accounts: int, out: Path | None = None) -> int:
    """Measure every bucket; returns how many numbers were told. out: where they are written."""

    def one(bucket: int, made_files: histories.Writing | None) -> int:
        panel = measure(
            plan=made, accounts=accounts_of(bucket, accounts), batches=batches(folder, bucket)
        )
        if made_files:
            made_files.add(bucket, history_table(panel, made.definitions.metrics))
        return sum(int(panel.column(name).measured.sum()) for name in made.definitions.metrics)

    def every(made_files: histories.Writing | None) -> int:
        with ThreadPoolExecutor(THREADS) as threads:
            return sum(threads.map(one, range(BUCKETS), [made_files] * BUCKETS))

    if out is None:
        return every(None)
    with histories.writing(out, bytes_needed=0) as files:
        told = every(files)
        files.finish(pa.table({"metric": pa.array([], pa.string())}), {})
        return told


def decode(folder: Path) -> None:
    """Only reading, to tell reading and computing apart."""
    with ThreadPoolExecutor(THREADS) as threads:
        list(threads.map(lambda x: sum(b.num_rows for b in batches(folder, x)), range(BUCKETS)))


def floor(folder: Path) -> int:
    """Facts by account and day in DuckDB; returns how many such days there are."""
    with duckdb.connect() as connection:
        connection.execute(f"set timezone = 'UTC'; set threads = {THREADS}")
        connection.execute(
            f"create temp table daily as select account, epoch_us(time) // 86400000000 as day, "
            f"count(*) as facts from read_parquet('{folder}/*/*/*.parquet', "
            "hive_partitioning = false) group by all"
        )
        return int(connection.execute("select count(*) from daily").fetchall()[0][0])


@dataclass(frozen=True)
class Round:
    """Seconds of one process, processor seconds of floor and kernel, peak memory of computing, and
    what was counted."""

    floor: float
    reading: float
    kernel: float
    written: float
    floor_cpu: float
    cpu: float
    gibibytes: float
    days: int
    told: int


def one_round(folder: Path, made: MetricPlan, accounts: int) -> Round:
    """Memory first, before DuckDB has taken any; then everything once more, warm."""
    out = folder / "history"
    pa.set_cpu_count(1)  # two threads over buckets; none below them
    with Peak() as first:
        kernel(folder, made, accounts)
    floor(folder)
    with Peak() as lowest:
        days = floor(folder)
    gc.collect()
    with Peak() as reading:
        decode(folder)
    with Peak() as whole:
        told = kernel(folder, made, accounts)
    with Peak() as written:
        kernel(folder, made, accounts, out)
    shutil.rmtree(out)
    return Round(
        *(lowest.seconds, reading.seconds, whole.seconds, written.seconds),
        *(lowest.cpu, whole.cpu),
        gibibytes=first.gibibytes,
        days=days,
        told=told,
    )


def rounds(folder: Path, *, accounts: int, metrics: int, most: int) -> list[Round]:
    """Each in a process of its own."""
    asked = ["--folder", str(folder), "--accounts", str(accounts), "--metrics", str(metrics)]
    command = [sys.executable, __file__, "--one", *asked]
    found = []
    for _ in range(most):
        told = subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout
        found.append(Round(**json.loads(told)))
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--events", type=int, default=10_000_000)
    parser.add_argument("--accounts", type=int, default=10_000)
    parser.add_argument("--metrics", type=int, default=12)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--one", action="store_true", help=argparse.SUPPRESS)
    parser.add_argument("--folder", type=Path, help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.one:
        made = plan(definitions(asked.metrics), org=organisation())
        print(json.dumps(asdict(one_round(asked.folder, made, asked.accounts))))
        return
    folder = Path(".banso-bench") / f"usage-{asked.events}-{asked.accounts}"
    generate(folder=folder, events=asked.events, accounts=asked.accounts)
    found = rounds(folder, accounts=asked.accounts, metrics=asked.metrics, most=asked.rounds)
    sys.exit(0 if report(found, folder, asked.accounts, asked.metrics) else 1)


def report(found: list[Round], folder: Path, accounts: int, metrics: int) -> bool:
    """Print the middle of the rounds; whether all bounds held."""

    def middle(name: str) -> float:
        return median(getattr(x, name) for x in found)

    ratio = median(x.kernel / x.floor for x in found)
    written = median(x.written / x.floor for x in found)
    events = sum(_segment(x, folder, 0).rows for x in folder.glob("bucket=*/*/*"))
    print(f"{events:,} events, {accounts:,} accounts, {DAYS} days, {metrics} metrics")
    print(f"floor   {middle('floor'):6.2f} s  DuckDB: count(*) by account and day")
    print(f"reading {middle('reading'):6.2f} s  the store's scan alone")
    print(
        f"kernel  {middle('kernel'):6.2f} s  {found[0].told:,} numbers, {middle('cpu'):.2f} s CPU"
    )
    print(f"written {middle('written'):6.2f} s  the same, and their files")
    print(f"cpu_ratio={median(x.cpu / x.floor_cpu for x in found):.2f}")
    most, most_written = BOUNDS.get(metrics, (None, None))
    held = True
    for name, value, bound in (
        ("ratio", ratio, most),
        ("written_ratio", written, most_written),
        ("rss_gib", middle("gibibytes"), GIBIBYTES if metrics == 12 else None),
    ):
        missed = bound is not None and value > bound
        held &= not missed
        target = f" (at most {bound})" if bound else ""
        print(f"{name}={value:.2f}{target}{' MISSED' if missed else ''}")
    return held


if __name__ == "__main__":
    main()
