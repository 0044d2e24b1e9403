"""New facts into the state that a process keeps open, and what follows from them.

1,000 facts of 200 of 10,000 accounts with 50 million facts behind them: taken in, every metric of
those accounts told, their stages and health assessed, rules folded. Facts of now lie on the last
day and change the last days alone; late ones are spread over a year, and all of it is told again.
What a commit to PostgreSQL takes is not in these figures.

Bounds: half of the batches at most 15 ms where they are of now, 25 ms where they are late. Exits
with 1 where one is missed. What is told is compared with a full reading, bit for bit.

Then the whole way, in a home of its own with as long a history (live_alerts.py): from the commit of
1,000 events of 200 accounts to the rows of their alerts, with the real worker.

    ./run bench live [--events 50000000] [--accounts 10000] [--batches 100] [--alerts 45]
"""

import argparse
import sys
from collections.abc import Iterator
from itertools import chain
from pathlib import Path
from statistics import median, quantiles
from time import perf_counter

import numpy as np
import pyarrow as pa
from history import batches, contracted, organisation
from live_alerts import commit_to_alert
from peak import Peak
from today import definitions
from usage import BUCKETS, DAYS, FEATURES, FIRST, generate

from banso.core.definitions import Definitions
from banso.core.definitions.model import Rule
from banso.core.health import assess
from banso.core.metrics import Live, Panel, measure, plan
from banso.core.rules.episodes import Folded, State, fold
from banso.core.rules.truth import truth
from banso.core.rules.watch import RECENT_DAYS, Judged, Watch

NOW_MS, LATE_MS = 15.0, 25.0
FACTS, TOUCHED = 1_000, 200
DAY = 86_400_000_000
"""Microseconds."""


def facts(chance: np.random.Generator, accounts: int, *, late: bool) -> pa.RecordBatch:
    """As they would come in a second: by several people of each account."""
    touched = chance.choice(np.arange(1, accounts + 1), TOUCHED, replace=False)
    account = np.sort(chance.choice(touched, FACTS)).astype(np.int32)
    day = chance.integers(0, DAYS, FACTS) if late else np.full(FACTS, DAYS - 1)
    first = np.datetime64(FIRST, "us").astype(np.int64)
    time = first + day * DAY + chance.integers(0, DAY, FACTS)
    return pa.record_batch(
        {
            "account": account,
            "user": (account * 50 + chance.integers(1, 9, FACTS)).astype(np.int32),
            "action": chance.integers(0, FEATURES, FACTS).astype(np.int32),
            "time": pa.array(time, pa.timestamp("us", tz="UTC")),
        }
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--events", type=int, default=50_000_000)
    parser.add_argument("--accounts", type=int, default=10_000)
    parser.add_argument("--batches", type=int, default=100)
    parser.add_argument("--alerts", type=int, default=45, help="batches on the whole way")
    given = parser.parse_args()
    folder = Path(".banso-bench") / f"usage-{given.events}-{given.accounts}"
    generate(folder=folder, events=given.events, accounts=given.accounts)
    asked = definitions()
    made, accounts = (
        plan(asked, org=organisation()),
        contracted(np.arange(1, given.accounts + 1, dtype=np.int32)),
    )

    def read() -> Iterator[pa.RecordBatch]:
        return chain.from_iterable(batches(folder, bucket) for bucket in range(BUCKETS))

    with Peak() as opened:
        live = Live.of(plan=made, accounts=accounts, batches=read())
        facts_read = perf_counter()
        watch = Watch.of(live)
    judged = perf_counter() - facts_read
    print(f"opened in {opened.seconds:.1f} s (judging: {judged:.1f}), {opened.gibibytes:.2f} GiB")
    chance, came, fine = np.random.default_rng(1), [], True
    for name, bound, late in (("now", NOW_MS, False), ("late", LATE_MS, True)):
        found = []
        for number in range(given.batches + 5):
            came.append(facts(chance, given.accounts, late=late))
            start = perf_counter()
            watch.take(came[-1])
            if number >= 5:  # the first ones compile
                found.append((perf_counter() - start) * 1000)
        fine &= report(name, bound, found)
    rows = np.sort(chance.choice(given.accounts, TOUCHED, replace=False))
    whole = measure(plan=made, accounts=accounts.of(rows), batches=chain(read(), came))
    same = all(alike(asked, x(rows), whole) for x in (watch.newest, watch.again))
    print(f"as a full reading tells it: {'yes, to the last bit' if same else 'NO'}", flush=True)
    del live, watch, whole
    fine &= commit_to_alert(events=given.events, accounts=given.accounts, batches=given.alerts)
    sys.exit(0 if fine and same else 1)


def report(name: str, bound: float, found: list[float]) -> bool:
    middle = median(found)
    missed = " MISSED" if middle > bound else ""
    print(f"{name}_p50_ms={middle:.1f} (at most {bound:.0f}){missed}")
    print(f"{name}_p95_ms={quantiles(found, n=20)[-1]:.1f}", flush=True)
    return middle <= bound


def alike(asked: Definitions, found: Judged, whole: Panel) -> bool:
    """On the days that were told: every column, those of journeys too, and where episodes opened
    and closed. whole: of these accounts, as `measure` reads it."""
    assess(asked, whole)
    told = found.panel.calendar.days
    columns = all(
        np.array_equal(column.values, whole.column(name).values[:, -told:], equal_nan=True)
        and np.array_equal(column.reasons, whole.column(name).reasons[:, -told:])
        for name, column in found.panel.columns.items()
    )
    return columns and all(
        recent(found.folded[name]) == recent(folded(asked, rule, whole))
        for name, rule in asked.rules.items()
    )


def folded(asked: Definitions, rule: Rule, panel: Panel) -> Folded:
    nothing, stop = State.empty(panel.shape[0]), panel.calendar.days
    return fold(rule, truth(asked, rule, panel), state=nothing, start=0, stop=stop)


def recent(found: Folded) -> list[tuple[int, int, bool]]:
    since = DAYS + 1 - RECENT_DAYS
    every = zip(found.row.tolist(), found.day.tolist(), found.opened.tolist(), strict=True)
    return [x for x in every if x[1] >= since]


if __name__ == "__main__":
    main()
