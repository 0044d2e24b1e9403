"""A year of daily history of 12 metrics: Banso beside the tools one would use instead.

Each peer (benchmarks/peers/) does the same work, with as many threads, in a process of its own: the
Parquet files to one Arrow table. Its numbers are compared with Banso's cell by cell before any time
is told; where they differ this ends with status 1.

    ./run bench compare [--events 1_000_000] [--accounts 2_000] [--only polars_frames]
"""

import argparse
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from functools import partial
from importlib import import_module
from pathlib import Path

import numpy as np
import psutil
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from history import accounts_of, batches, definitions, organisation
from peak import Peak
from peers import COUNTS, METRICS, SCHEMA, THREADS, contracts_of, files
from usage import BUCKETS, DAYS, generate

from banso.core.metrics import Panel, measure, plan
from banso.store.server import embedded_url, stop

FOLDER = Path(".banso-bench").resolve()
BANSO = "banso"
POSTGRES = "postgres_naive"
PEERS = ("duckdb_sql", "duckdb_spans", "polars_frames", "pandas_frames", POSTGRES)
EXACT = 1e-12  # of ratios, relative; counts must be the same


@dataclass(frozen=True)
class Asked:
    """One comparison. days: so many as_of days are measured where all would take hours."""

    events: int
    accounts: int
    rounds: int
    days: int

    @property
    def folder(self) -> Path:
        return FOLDER / f"usage-{self.events}-{self.accounts}"

    @property
    def sample(self) -> list[int]:
        """The as_of days that PostgreSQL measures, spread evenly over the year."""
        return [1 + DAYS * (2 * i + 1) // (2 * self.days) for i in range(self.days)]

    @property
    def options(self) -> list[str]:
        return [f"--{name}={value}" for name, value in asdict(self).items()]


@dataclass(frozen=True)
class Cost:
    """Of the fastest round. first: seconds of the first one, in which a fresh process also loads
    and compiles. note: how these were come by, where not simply measured."""

    first: float
    seconds: float
    cpu: float
    gibibytes: float
    note: str = ""


def banso(folder: Path, contracts: pa.Table) -> pa.Table:
    """What the peers return, by Banso's kernel: threads over buckets, as in history.py."""
    made = plan(definitions(len(METRICS)), org=organisation())

    def one(bucket: int) -> pa.Table:
        accounts = accounts_of(bucket, contracts.num_rows)
        return _table(measure(plan=made, accounts=accounts, batches=batches(folder, bucket)))

    with ThreadPoolExecutor(THREADS) as threads:
        return pa.concat_tables(threads.map(one, range(BUCKETS)))


def _table(panel: Panel) -> pa.Table:
    """The as_of days 1 .. DAYS of a panel; day 0 has nothing before it."""
    keys = [
        np.repeat(panel.accounts, DAYS),
        np.tile(np.arange(1, DAYS + 1, dtype=np.int32), len(panel.accounts)),
    ]
    told = [panel.column(name) for name in METRICS]
    columns = [pa.array(x.values[:, 1:].ravel(), mask=x.reasons[:, 1:].ravel() != 0) for x in told]
    return pa.table([*keys, *columns], schema=SCHEMA)


def measured(run: Callable[[Path, pa.Table], pa.Table], asked: Asked) -> tuple[pa.Table, Cost]:
    """The table and the cost of the fastest round."""
    contracts = contracts_of(asked.accounts)
    rounds = []
    for _ in range(asked.rounds):
        table = None  # that of the round before, given back
        with Peak() as peak:
            table = run(asked.folder, contracts)
        rounds.append(peak)
    fastest = min(rounds, key=lambda x: x.seconds)
    highest = max(x.gibibytes for x in rounds)
    return table, Cost(rounds[0].seconds, fastest.seconds, fastest.cpu, highest)


def measured_postgres(asked: Asked) -> tuple[pa.Table, Cost]:
    """A sample of as_of days; the cost of all is scaled up linearly."""
    run = import_module(f"peers.{POSTGRES}").history
    days = asked.sample
    home = FOLDER / f"compare-{os.getpid()}"
    try:
        address = embedded_url(home)
        pid = (home / "postgres" / "postmaster.pid").read_text().splitlines()[0]
        with Peak(psutil.Process(int(pid))) as peak:
            steps: list[tuple[float, float]] = []

            def step() -> None:
                peak.mark()
                steps.append((peak.seconds, peak.cpu))

            work = partial(run, address=address, days=days, loaded=step)
            table = work(asked.folder, contracts_of(asked.accounts))
            step()
    finally:
        stop(home)
        shutil.rmtree(home, ignore_errors=True)
    (load, load_cpu), (all_, all_cpu) = steps
    day, day_cpu = (all_ - load) / len(days), (all_cpu - load_cpu) / len(days)
    note = (
        f"{POSTGRES}: measured {len(days)} of {DAYS} as_of days ({all_:.1f} s) and scaled: "
        f"{load:.1f} s to load + {DAYS} x {day:.3f} s"
    )
    year, year_cpu = load + DAYS * day, load_cpu + DAYS * day_cpu
    return table, Cost(year, year, year_cpu, peak.gibibytes, note)


def run_one(name: str, asked: Asked, into: Path) -> None:
    """What the child process does: the table to into.arrow, the cost to into.json."""
    if name == POSTGRES:
        table, cost = measured_postgres(asked)
    else:
        run = banso if name == BANSO else import_module(f"peers.{name}").history
        pa.set_cpu_count(1 if name == BANSO else THREADS)  # Banso: threads over buckets
        table, cost = measured(run, asked)
    with (
        pa.OSFile(str(into.with_suffix(".arrow")), "wb") as file,
        pa.ipc.new_file(file, SCHEMA) as to,
    ):
        to.write_table(table)
    into.with_suffix(".json").write_text(json.dumps(asdict(cost)))


def run_apart(name: str, asked: Asked, folder: Path) -> tuple[pa.Table, Cost]:
    """run_one in a fresh process."""
    into = folder / name
    command = [sys.executable, __file__, "--one", name, "--into", str(into), *asked.options]
    subprocess.run(command, check=True, env={**os.environ, "POLARS_MAX_THREADS": str(THREADS)})
    with pa.memory_map(str(into.with_suffix(".arrow"))) as file:
        table = pa.ipc.open_file(file).read_all()
    cost = Cost(**json.loads(into.with_suffix(".json").read_text()))
    return table.sort_by([("account", "ascending"), ("day", "ascending")]), cost


def differences(truth: pa.Table, found: pa.Table) -> list[str]:
    """Where a peer's table says something else than Banso's; both by account and day.

    A cell that Banso tells must have the same number, and one that it does not tell must be null.
    """
    if not all(truth[key].equals(found[key]) for key in ("account", "day")):
        return [f"{len(found):,} rows, not one for each of {len(truth):,} accounts and days"]
    return [text for name in METRICS if (text := _differs(name, truth[name], found[name]))]


def _differs(name: str, truth: pa.ChunkedArray, found: pa.ChunkedArray) -> str:
    told = truth.is_valid().to_numpy()
    spoke = found.is_valid().to_numpy()
    left, right = (x.fill_null(0).to_numpy() for x in (truth, found))
    allowed = 0.0 if name in COUNTS else EXACT * np.abs(left)
    wrong = np.flatnonzero((told != spoke) | ~(np.abs(left - right) <= allowed))
    if not len(wrong):
        return ""
    first = int(wrong[0])
    return f"{name}: {len(wrong):,} cells, first row {first}: {truth[first]} <> {found[first]}"


def compare(asked: Asked, names: list[str], folder: Path) -> int:
    """Run, check, report; returns the exit status."""
    truth, cost = run_apart(BANSO, asked, folder)
    cells = sum(len(x) - x.null_count for x in (truth[name] for name in METRICS))
    costs, failed = {BANSO: cost}, False
    for name in names:
        found, cost = run_apart(name, asked, folder)
        days = asked.sample if name == POSTGRES else list(range(1, DAYS + 1))
        wrong = differences(truth.filter(pc.field("day").isin(days)), found)
        for text in wrong:
            print(f"{name} differs from Banso: {text}", file=sys.stderr)
        failed = failed or bool(wrong)
        if not wrong:
            costs[name] = cost
            print(f"{name}: equal in all cells of {len(days)} as_of days")
    events = sum(pq.read_metadata(file).num_rows for file in files(asked.folder))
    print(f"{events:,} events, {asked.accounts:,} accounts, {DAYS} days, {len(METRICS)} metrics")
    print(f"{cells:,} numbers told; {THREADS} threads each; fastest of {asked.rounds} rounds")
    report(costs)
    return int(failed)


def report(costs: dict[str, Cost]) -> None:
    print(f"{'':16} {'first s':>9} {'wall s':>9} {'CPU s':>9} {'peak GiB':>9} {'x Banso':>8}")
    for name, cost in costs.items():
        times = cost.seconds / costs[BANSO].seconds
        about = "*" if cost.note else ""
        print(
            f"{name + about:16} {cost.first:9.2f} {cost.seconds:9.2f} {cost.cpu:9.2f} "
            f"{cost.gibibytes:9.2f} {times:8.1f}"
        )
    for cost in costs.values():
        if cost.note:
            print(f"* {cost.note}")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--events", type=int, default=1_000_000)
    parser.add_argument("--accounts", type=int, default=2_000)
    parser.add_argument("--only", choices=PEERS, help="this peer alone")
    parser.add_argument("--rounds", type=int, default=3, help="the fastest counts; PostgreSQL: one")
    parser.add_argument("--days", type=int, default=7, help="as_of days that PostgreSQL measures")
    parser.add_argument("--one", choices=(BANSO, *PEERS), help=argparse.SUPPRESS)
    parser.add_argument("--into", type=Path, help=argparse.SUPPRESS)
    given = parser.parse_args()
    asked = Asked(given.events, given.accounts, given.rounds, given.days)
    if given.one:
        run_one(given.one, asked, given.into)
        return 0
    generate(folder=asked.folder, events=asked.events, accounts=asked.accounts)
    folder = FOLDER / f"compared-{os.getpid()}"
    folder.mkdir()
    try:
        return compare(asked, [given.only] if given.only else list(PEERS), folder)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    sys.exit(main())
