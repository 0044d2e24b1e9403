"""A run's computing on Spark against the same on this machine's own threads.

Both read the same files on the same cores: 20 metrics, 3 journeys and 6 rules of every account,
with the history written. Three rounds of each by turns in one process, warm, the middle one counts.
Starting Spark and its first job, in which each worker loads the compiled kernel, are told apart.
Overhead of a bucket: core seconds beyond those that the very same tasks take without Spark.
Exits with 1 where the bound is missed. Needs Java.

    ./run bench spark [--events 50_000_000] [--accounts 10_000]
"""

import argparse
import pickle
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from time import perf_counter, process_time
from typing import cast

import numpy as np
import pyarrow as pa
from history import accounts_of, batches, files_of, organisation
from today import definitions
from usage import BUCKETS, DAYS, generate

from banso.cli import ready  # noqa: F401  Django's models
from banso.core.metrics import plan
from banso.desk.queries.book import BookAccount, BookContract
from banso.pipeline.engine import Engine, check_whole, in_process
from banso.pipeline.gather import Book, Inputs
from banso.pipeline.spark import spark
from banso.pipeline.spark_task import common, tasks, tell_task
from banso.pipeline.told import Asked, Days, Told
from banso.store import OneBucket, Snapshot
from banso.store.facts import SEGMENT
from banso.store.histories import writing
from banso.store.place import Place, place_at

CORES = 2
BOUND = 1.5
"""Times the wall time of this machine's own threads."""
ROUNDS = 3


@dataclass(frozen=True)
class Files:
    """What a run reads of a snapshot, over the generated files."""

    folder: Path
    generation: int = 1

    @property
    def place(self) -> Place:
        return place_at(str(self.folder.resolve()))

    def scan(
        self, *, bucket: int, columns: Sequence[str], computed: object, accounts: object
    ) -> Iterator[pa.RecordBatch]:
        assert not computed
        assert accounts is None
        yield from batches(self.folder, bucket, columns)

    def one_bucket(
        self, bucket: int, *, columns: Sequence[str], computed: Mapping[str, str]
    ) -> OneBucket:
        rest = SEGMENT.empty_table()
        return OneBucket(1, self.place, tuple(files_of(self.folder, bucket)), rest)


def inputs_of(folder: Path, accounts: int) -> Inputs:
    made = plan(definitions(), org=organisation())
    keys = {n: f"A{n:06d}" for n in range(1, accounts + 1)}
    calendar = made.org.calendar
    return Inputs(
        snapshot=cast("Snapshot", Files(folder)),
        definitions=made.definitions,
        plan=made,
        org=made.org,
        book=Book(
            accounts={n: BookAccount(n, key, key, None, None) for n, key in keys.items()},
            contracts={n: [_contract(key, calendar.as_of(0))] for n, key in keys.items()},
            attributes={},
            roles={},
            revision=0,
        ),
        user_ids={},
        buckets={n: accounts_of(n, accounts).accounts for n in range(BUCKETS)},
    )


def _contract(account: str, first: date) -> BookContract:
    last = first.replace(year=first.year + 2)
    return BookContract(account, "", first, last, None, 10, Decimal(1_000_000), "JPY")


def timed(engine: Engine, inputs: Inputs, asked: Asked, out: Path) -> tuple[float, list[Told]]:
    start = perf_counter()
    with writing(out, bytes_needed=0) as history:
        told = list(engine(inputs, asked, history))
        check_whole(inputs, [ids for x in told for ids in x.accounts])
        history.finish(pa.table({"metric": pa.array([], pa.string())}), {})
    return perf_counter() - start, told


@dataclass(frozen=True)
class Bare:
    """The very tasks that workers do, one after the other, pickled on both ways. sent, came:
    bytes."""

    seconds: float
    cpu: float
    sent: int
    came: int


def without_spark(inputs: Inputs, asked: Asked) -> Bare:
    start, cpu = perf_counter(), process_time()
    shared = pickle.dumps(common(inputs, asked))
    sent = came = 0
    for task in tasks(inputs, asked):
        out = pickle.dumps(task)
        back = pickle.dumps(tell_task(pickle.loads(shared), pickle.loads(out)))  # noqa: S301
        pickle.loads(back)  # noqa: S301
        sent, came = sent + len(out), came + len(back)
    done = Bare(perf_counter() - start, process_time() - cpu, sent, came)
    inputs.snapshot.place.clear_transit()
    return done


def same(left: list[Told], right: list[Told]) -> bool:
    """A sample: the tests compare everything."""
    return all(
        a.assessed == b.assessed
        and a.openings == b.openings
        and np.array_equal(a.summary.sums, b.summary.sums)
        for a, b in zip(left, right, strict=True)
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--events", type=int, default=50_000_000)
    parser.add_argument("--accounts", type=int, default=10_000)
    given = parser.parse_args()
    folder = Path(".banso-bench") / f"usage-{given.events}-{given.accounts}"
    generate(folder=folder, events=given.events, accounts=given.accounts)
    inputs = inputs_of(folder, given.accounts)
    last = inputs.calendar.last
    asked = Asked(Days(last, last), {}, {}, None)
    with TemporaryDirectory(dir=folder.parent) as out:
        sys.exit(0 if compare(inputs, asked, Path(out)) else 1)


def compare(inputs: Inputs, asked: Asked, out: Path) -> bool:
    here, there = [], []
    first_here, _ = timed(in_process, inputs, asked, out)
    start = perf_counter()
    with spark(f"local[{CORES}]") as engine:
        started = perf_counter() - start
        first, _ = timed(engine, inputs, asked, out)
        for _ in range(ROUNDS):
            seconds, ours = timed(in_process, inputs, asked, out)
            here.append(seconds)
            seconds, theirs = timed(engine, inputs, asked, out)
            there.append(seconds)
            assert same(ours, theirs)
    bare = without_spark(inputs, asked)
    ratio = median(there) / median(here)
    overhead = (median(there) * CORES - bare.seconds) / BUCKETS
    print(f"{len(inputs.book.accounts):,} accounts, {DAYS} days, {BUCKETS} buckets, {CORES} cores")
    print(f"local    {median(here):6.2f} s  threads; {_listed(here)}; first {first_here:.2f}")
    print(f"spark    {median(there):6.2f} s  local[{CORES}]; {_listed(there)}")
    print(f"start    {started:6.2f} s  until Spark is up")
    print(f"first    {first:6.2f} s  its first job")
    print(
        f"tasks    {bare.seconds:6.2f} s  the same one by one, without Spark; {bare.cpu:.2f} s CPU"
    )
    print(
        f"sent {bare.sent / 2**20:.1f} MiB, came back {bare.came / 2**20:.1f} MiB, and the history"
    )
    print(f"overhead {overhead:6.3f} s  of a core for each bucket")
    print(f"ratio={ratio:.2f} (at most {BOUND}){' MISSED' if ratio > BOUND else ''}")
    return ratio <= BOUND


def _listed(seconds: list[float]) -> str:
    return "rounds " + ", ".join(f"{x:.2f}" for x in seconds)


if __name__ == "__main__":
    main()
