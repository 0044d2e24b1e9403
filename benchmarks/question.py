"""How long questions to the kept history take: a metric over the year by segment, for everybody;
one account's metric over the year.

The history is as large as that of 100,000 accounts with 40 metrics and 8 segments (1.5 thousand
million cells); its numbers are made up, its files are written and read by the product. Bounds: 300
and 50 ms. Exits with 1 where one is missed.

    ./run bench question [--accounts 100_000] [--metrics 40]
"""

import argparse
import shutil
import sys
from collections.abc import Callable, Sequence
from datetime import date
from itertools import cycle
from pathlib import Path
from statistics import median, quantiles
from time import perf_counter

import numpy as np
from history import BUCKETS, definitions

from banso.cli.session import open_session  # noqa: F401  before Django's models
from banso.core.definitions import Definitions
from banso.core.metrics import Calendar, Panel
from banso.core.metrics.summary import Summary
from banso.core.metrics.table import WHY, history_table
from banso.core.unmeasured import Column, Reason
from banso.pipeline.kept_history import courses, folder_of, summary_table
from banso.store import histories

DAYS = 365
SEGMENTS = tuple(f"segment_{n}" for n in range(8))
CALENDAR = Calendar("UTC", date(2025, 11, 1), DAYS)
COURSE_MS, SERIES_MS = 300.0, 50.0


def panel(asked: Definitions, ids: np.ndarray[tuple[int], np.dtype[np.int32]]) -> Panel:
    """Whole numbers that change now and then, a tenth of them unmeasured at the beginning."""
    dice = np.random.default_rng(int(ids[0]))
    shape = (len(ids), DAYS)
    customer = np.arange(DAYS) >= dice.integers(0, DAYS // 5, len(ids))[:, None]
    reasons = np.where(customer, Reason.MEASURED, Reason.NOT_APPLICABLE).astype(np.uint8)
    columns = {}
    for name in asked.metrics:
        steps = dice.integers(-1, 2, shape, dtype=np.int8) * (dice.random(shape) < 0.2)
        values = np.abs(np.cumsum(steps, axis=1)).astype(np.float64)
        columns[name] = Column(np.where(customer, values, np.nan), reasons)
    for name in SEGMENTS:
        inside = np.broadcast_to(dice.random(len(ids))[:, None] < 0.2, shape)
        columns[f"segment.{name}"] = Column(inside, np.zeros(shape, np.uint8))
    return Panel(ids, CALENDAR, customer, columns)


def build(home: Path, asked: Definitions, accounts: int) -> None:
    """Unless it is there already."""
    if histories.current(folder_of(home)):
        return
    shutil.rmtree(home, ignore_errors=True)
    summary = Summary.empty(tuple(asked.metrics), SEGMENTS, DAYS)
    with histories.writing(folder_of(home), bytes_needed=0) as made:
        for bucket in range(BUCKETS):
            first, last = (accounts * x // BUCKETS + 1 for x in (bucket, bucket + 1))
            part = panel(asked, np.arange(first, last, dtype=np.int32))
            made.add(bucket, history_table(part, asked.metrics))
            summary.add(part)
            print(f"  bucket {bucket + 1} of {BUCKETS}", end="\r", flush=True)
        made.finish(summary_table(summary), {"first": str(CALENDAR.first)})


def times(ask: Callable[[], object], most: int) -> list[float]:
    found = []
    for _ in range(most):
        began = perf_counter()
        ask()
        found.append((perf_counter() - began) * 1000)
    return found


def report(name: str, found: Sequence[float], bound: float) -> bool:
    p95 = quantiles(found, n=20)[-1]
    missed = p95 > bound
    told = f"{name}_p95_ms={p95:.0f} (at most {bound:.0f})"
    print(f"{told}{' MISSED' if missed else ''}  p50 {median(found):.0f}")
    return not missed


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--accounts", type=int, default=100_000)
    parser.add_argument("--metrics", type=int, default=40)
    given = parser.parse_args()
    asked = definitions(given.metrics)
    home = Path(".banso-bench").resolve() / f"question-{given.accounts}-{given.metrics}"
    build(home, asked, given.accounts)
    found = histories.current(folder_of(home))
    if found is None:
        sys.exit("no history was written")
    size = sum(x.bytes for x in found.files) / 2**30
    print(f"{given.accounts:,} accounts, {given.metrics} metrics, {DAYS} days: {size:.2f} GiB")
    names = list(asked.metrics)
    dice = np.random.default_rng(1)
    asked_for = iter(dice.integers(1, given.accounts + 1, 200).tolist())

    def series() -> object:
        history = histories.current(folder_of(home))
        name = names[int(dice.integers(len(names)))]
        return history and history.of_account(next(asked_for), ["day", name, name + WHY])

    every = cycle(names)
    held = report("segments", times(lambda: courses(home, next(every)), 100), COURSE_MS)
    held &= report("account", times(series, 100), SERIES_MS)
    sys.exit(0 if held else 1)


if __name__ == "__main__":
    main()
