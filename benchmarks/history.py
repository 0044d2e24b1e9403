"""One year of daily history of 12 metrics for every account, against the cheapest scan there is.

Floor: DuckDB counting facts by account and day over the same files, same process, both cores.
Run: .venv/bin/python benchmarks/history.py [--events 10_000_000] [--accounts 10_000] [--metrics 12]
"""

import argparse
import gc
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime, time
from pathlib import Path

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
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
from banso.store.facts import SEGMENT
from banso.store.scan import Wanted, scan
from banso.store.segments import Segment

THREADS = 2
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


def definitions(metrics: int) -> Definitions:
    """The first so many of METRICS."""
    lines = METRICS.strip().splitlines()[:metrics]
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
    ids = np.array([x for x in range(1, accounts + 1) if x % BUCKETS == bucket], np.int32)
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


def batches(folder: Path, bucket: int) -> Iterator[pa.RecordBatch]:
    """The bucket's facts, read by the store's own scan."""
    files = [_segment(x, folder, bucket) for x in sorted(folder.glob(f"bucket={bucket:03d}/*/*"))]
    wanted = Wanted(("account", "user", "action", "time"))
    return scan(files, SEGMENT.empty_table().select(wanted.read), folder=folder, wanted=wanted)


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


def kernel(folder: Path, made: MetricPlan, accounts: int) -> int:
    """Measure every bucket; returns how many numbers were told."""

    def one(bucket: int) -> int:
        panel = measure(
            plan=made, accounts=accounts_of(bucket, accounts), batches=batches(folder, bucket)
        )
        return sum(int(panel.column(name).measured.sum()) for name in made.definitions.metrics)

    with ThreadPoolExecutor(THREADS) as threads:
        return sum(threads.map(one, range(BUCKETS)))


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
    """Seconds of one round, its peak memory and what was counted."""

    floor: float
    reading: float
    kernel: float
    gibibytes: float
    days: int
    told: int


def measure_round(folder: Path, made: MetricPlan, accounts: int) -> Round:
    with Peak() as lowest:
        days = floor(folder)
    with Peak() as reading:
        decode(folder)
    gc.collect()
    with Peak() as whole:
        told = kernel(folder, made, accounts)
    return Round(
        lowest.seconds, reading.seconds, whole.seconds, whole.gibibytes, days=days, told=told
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--events", type=int, default=10_000_000)
    parser.add_argument("--accounts", type=int, default=10_000)
    parser.add_argument("--metrics", type=int, default=12)
    parser.add_argument("--rounds", type=int, default=3, help="the fastest of each counts")
    asked = parser.parse_args()
    folder = Path(".banso-bench") / f"usage-{asked.events}-{asked.accounts}"
    generate(folder=folder, events=asked.events, accounts=asked.accounts)
    made = plan(definitions(asked.metrics), org=organisation())
    pa.set_cpu_count(1)  # two threads over buckets; none below them
    measure_round(folder, made, asked.accounts)  # warms the page cache and compiles
    rounds = [measure_round(folder, made, asked.accounts) for _ in range(asked.rounds)]
    lowest, reading, whole = (
        min(getattr(x, name) for x in rounds) for name in ("floor", "reading", "kernel")
    )
    events = sum(_segment(x, folder, 0).rows for x in folder.glob("bucket=*/*/*"))
    print(f"{events:,} events, {asked.accounts:,} accounts, {DAYS} days, {asked.metrics} metrics")
    print(f"floor   {lowest:6.2f} s  DuckDB: count(*) by account and day, {rounds[0].days:,} rows")
    print(f"reading {reading:6.2f} s  the store's scan alone")
    print(f"kernel  {whole:6.2f} s  scan and metrics, {rounds[0].told:,} numbers told")
    print(f"ratio   {whole / lowest:6.2f}    kernel / floor, fastest of {asked.rounds} rounds each")
    print(f"memory  {max(x.gibibytes for x in rounds):6.2f} GiB peak of the process")


if __name__ == "__main__":
    main()
