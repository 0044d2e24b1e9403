"""What a change of definitions costs: stages, health, changes and rules over the whole history.

10,000 accounts, 365 days, 3 journeys with 30 conditions, 20 rules. Inside `ratio` is everything
from the facts' Parquet on: the 12 metrics of history.py measured anew, every journey assessed,
every change of stage and colour found, every rule folded into episodes, over all days of all
accounts. `assessed_ratio` is the part after the metrics, measured by itself over the same panels.
Not inside: writing rows of what was found to the database, which a run does for the days that it
decides and not for the whole history. Floor: that of history.py, in the same process.

`day_ratio`: 100,000 accounts as of one day (the last one of those 10,000, ten times over), from
files as runs keep them, that hold this day alone: reading their metrics and assessing them, against
only reading them. One thread.

Each round is a fresh process; the middle one of three counts. Exits with 1 where a bound is missed.
`ratio` has its bound from 50 million events on: with fewer the floor is lower, and there are as
many days and accounts to assess.

    ./run bench backfill [--events 50_000_000] [--accounts 10_000] [--day-accounts 100_000]
"""

import argparse
import gc
import json
import subprocess
import sys
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, astuple, dataclass
from datetime import timedelta
from pathlib import Path
from statistics import median
from time import perf_counter

import numpy as np
import pyarrow as pa
from history import HEADER, METRICS, THREADS, accounts_of, batches, floor, organisation
from peak import Peak
from usage import BUCKETS, DAYS, FIRST, generate

from banso.core.definitions import Definitions, loads
from banso.core.health import assess
from banso.core.metrics import Calendar, MetricPlan, Panel, measure, plan
from banso.core.metrics.table import WHY, history_table
from banso.core.rules.changes import changed
from banso.core.rules.episodes import State, fold
from banso.core.rules.truth import truth
from banso.core.unmeasured import Column
from banso.store import histories

BOUND, DAY_BOUND = 3.0, 3.0
BOUND_FROM = 50_000_000
ONE_DAY = Calendar("UTC", FIRST + timedelta(days=DAYS), 1)
JOURNEY = """
  - name: {name}
    stages:
      - name: begun
        expected_days: 60
        health:
          - {{condition: since_last <= {idle}, of: since_last, good: 2, poor: 14, weight: 2}}
          - {{condition: seat_use >= 0.4{n}, of: seat_use, good: 0.8, poor: 0.1}}
          - {{condition: to_value <= {days}, weight: 3}}
      - name: habit
        enter: users_28d >= {users} and breadth_28d >= 3
        health:
          - {{condition: since_last <= 1{n}, of: since_last, good: 1, poor: 20, weight: 2}}
          - {{condition: breadth_28d >= {breadth}}}
          - {{condition: facts_change > -0.4{n}, critical: true}}
      - name: broad
        enter: users_28d >= {more} and breadth_28d >= {breadth}
        health:
          - {{condition: active_days_28d >= 1{n}, of: active_days_28d, good: 20, poor: 4}}
          - {{condition: users_7d / users_28d >= 0.4{n}}}
          - {{condition: facts_change > -0.3{n}, critical: true}}
          - {{condition: facts_28d >= 2{n} and (users_90d > {users} or seats <= 2)}}
"""
JOURNEY_RULES = """
  - {{name: fading_{name}, when: "journey.{name}.stage != 'begun' and
      (journey.{name}.score < 40 or facts_change < -0.5)", for: 3 of 5 days, clear_days: 3,
      cooldown_days: 14, action: {{en: Call, ja: 電話}}}}
  - {{name: overdue_{name}, when: journey.{name}.overdue, action: {{en: Plan, ja: 計画}}}}
  - {{name: red_{name}, when: journey.{name}.colour = 'at_risk', for: 5 of 7 days, clear_days: 2,
      action: {{en: Call, ja: 電話}}}}
  - {{name: unsure_{name}, when: journey.{name}.confidence < 0.6 and seats >= 5, for: 7 of 7 days,
      action: {{en: Ask, ja: 確認}}}}
  - {{name: stuck_{name}, when: "journey.{name}.stage in ('begun', 'habit') and
      journey.{name}.days_in_stage > 90 and journey.{name}.score >= 50", cooldown_days: 30,
      action: {{en: Teach, ja: 案内}}}}
  - {{name: grown_{name}, when: journey.{name}.stage = 'broad' and seat_use > 0.9,
      for: 2 of 3 days, action: {{en: Offer, ja: 提案}}}}
"""
METRIC_RULES = """
  - {name: silent, when: since_last > 14, clear_days: 2, action: {en: Call, ja: 電話}}
  - {name: fewer, when: facts_change < -0.3 and users_7d between 1 and 20, for: 4 of 7 days,
      cooldown_days: 7, action: {en: Call, ja: 電話}}
"""
JOURNEYS: tuple[Mapping[str, int], ...] = (
    {"n": 0, "users": 3, "more": 8, "breadth": 4, "days": 30, "idle": 7},
    {"n": 1, "users": 2, "more": 5, "breadth": 6, "days": 45, "idle": 5},
    {"n": 2, "users": 5, "more": 15, "breadth": 8, "days": 60, "idle": 9},
)
"""No condition is written twice, so that none is reckoned once for several places."""


def definitions() -> Definitions:
    names = [f"journey_{i}" for i in range(len(JOURNEYS))]
    metrics = "\n".join([x for x in METRICS.splitlines() if x.strip()][:12])
    journeys = "".join(JOURNEY.format(name=n, **x) for n, x in zip(names, JOURNEYS, strict=True))
    rules = "".join(JOURNEY_RULES.format(name=name) for name in names) + METRIC_RULES
    return loads({"bench.yaml": f"{HEADER}{metrics}\njourneys:{journeys}rules:{rules}"})


@dataclass
class Found:
    """How much came out: account-days on a journey, changes, openings and closings."""

    assessed: int = 0
    changes: int = 0
    openings: int = 0
    closings: int = 0

    def __add__(self, other: "Found") -> "Found":
        return Found(*(a + b for a, b in zip(astuple(self), astuple(other), strict=True)))


def judge(asked: Definitions, panel: Panel) -> Found:
    """All that follows from the metrics, on every day of the panel."""
    days = panel.calendar.days
    found = Found()
    for history in assess(asked, panel).values():
        found.assessed += int(history.applies.sum())
        found.changes += len(changed(history, start=0, stop=days).row)
    for rule in asked.rules.values():
        nothing = State.empty(len(panel.accounts))
        outcome = fold(rule, truth(asked, rule, panel), state=nothing, start=0, stop=days)
        found.openings += int(outcome.opened.sum())
        found.closings += int((~outcome.opened).sum())
    return found


@dataclass(frozen=True)
class Work:
    """One organisation to be filled anew."""

    folder: Path
    made: MetricPlan
    accounts: int

    def measured(self, bucket: int) -> Panel:
        facts = batches(self.folder, bucket)
        return measure(plan=self.made, accounts=accounts_of(bucket, self.accounts), batches=facts)

    def whole(self, bucket: int) -> Found:
        return judge(self.made.definitions, self.measured(bucket))

    def everything(self) -> Found:
        with ThreadPoolExecutor(THREADS) as threads:
            return sum(threads.map(self.whole, range(BUCKETS)), Found())


def assessing(work: Work) -> tuple[float, float]:
    """Seconds and processor seconds of what follows from the metrics alone. Panels are measured a
    few buckets ahead, outside of the time."""
    seconds = cpu = 0.0
    with ThreadPoolExecutor(THREADS) as threads:
        for first in range(0, BUCKETS, 2 * THREADS):
            panels = list(threads.map(work.measured, range(first, first + 2 * THREADS)))
            with Peak() as part:
                list(threads.map(judge, [work.made.definitions] * len(panels), panels))
            seconds, cpu = seconds + part.seconds, cpu + part.cpu
    return seconds, cpu


def build_day(work: Work, home: Path, accounts: int) -> None:
    """The last measured day of the work's accounts, again and again under new ids, as a history of
    that one day in the files that runs keep."""
    copies = -(-accounts // work.accounts)
    nothing = pa.table({"metric": pa.array([], pa.string())})
    with histories.writing(home, bytes_needed=0) as made:
        for bucket in range(BUCKETS):
            panel = work.measured(bucket)
            ids = np.arange(len(panel.accounts) * copies, dtype=np.int32) * BUCKETS + bucket
            columns = {
                name: Column(
                    np.tile(x.values[:, -1:], (copies, 1)), np.tile(x.reasons[:, -1:], (copies, 1))
                )
                for name, x in panel.columns.items()
            }
            customer = np.ones((len(ids), 1), np.bool_)
            last = Panel(ids, ONE_DAY, customer, columns)
            made.add(bucket, history_table(last, work.made.definitions.metrics))
        made.finish(nothing, {})


def day_panel(home: Path, asked: Definitions) -> Panel:
    """What `build_day` wrote, read and laid out for conditions: all accounts in one panel."""
    history = histories.current(home)
    if history is None:
        raise FileNotFoundError(home)
    names = [name for metric in asked.metrics for name in (metric, metric + WHY)]
    table = pa.concat_tables(history.tables(["account", *names]))
    columns = {
        name: Column(
            table[name].to_numpy().astype(np.float64)[:, None],
            table[name + WHY].to_numpy()[:, None],
        )
        for name in asked.metrics
    }
    accounts = table["account"].to_numpy()
    return Panel(accounts, ONE_DAY, np.ones((len(accounts), 1), np.bool_), columns)


def one_day(home: Path, asked: Definitions) -> tuple[float, float]:
    """Seconds of reading, and of reading and assessing, the middle of nine times."""
    readings, boths = [], []
    for _ in range(9):
        start = perf_counter()
        day_panel(home, asked)
        middle = perf_counter()
        judge(asked, day_panel(home, asked))
        readings.append(middle - start)
        boths.append(perf_counter() - middle)
    return median(readings), median(boths)


@dataclass(frozen=True)
class Round:
    """Seconds and processor seconds of one process, peak memory of the whole, what came out."""

    floor: float
    whole: float
    assessing: float
    floor_cpu: float
    whole_cpu: float
    assessing_cpu: float
    gibibytes: float
    day_reading: float
    day: float
    found: dict[str, int]


def one_round(work: Work, day_home: Path) -> Round:
    """Memory first, before DuckDB has taken any; then everything once more, warm."""
    pa.set_cpu_count(1)  # two threads over buckets; none below them
    with Peak() as first:
        work.everything()
    floor(work.folder)
    with Peak() as lowest:
        floor(work.folder)
    gc.collect()
    with Peak() as whole:
        found = work.everything()
    gc.collect()
    seconds, cpu = assessing(work)
    reading, day = one_day(day_home, work.made.definitions)
    return Round(
        *(lowest.seconds, whole.seconds, seconds),
        *(lowest.cpu, whole.cpu, cpu),
        gibibytes=first.gibibytes,
        day_reading=reading,
        day=day,
        found=asdict(found),
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--events", type=int, default=50_000_000)
    parser.add_argument("--accounts", type=int, default=10_000)
    parser.add_argument("--day-accounts", type=int, default=100_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--one", action="store_true", help=argparse.SUPPRESS)
    asked = parser.parse_args()
    folder = Path(".banso-bench") / f"usage-{asked.events}-{asked.accounts}"
    day_home = Path(".banso-bench") / f"backfill-{asked.events}-{asked.day_accounts}"
    work = Work(folder, plan(definitions(), org=organisation()), asked.accounts)
    if asked.one:
        print(json.dumps(asdict(one_round(work, day_home))))
        return
    generate(folder=folder, events=asked.events, accounts=asked.accounts)
    build_day(work, day_home, asked.day_accounts)
    command = [sys.executable, __file__, "--one", *sys.argv[1:]]
    found = []
    for _ in range(asked.rounds):
        told = subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout
        found.append(Round(**json.loads(told)))
    print(
        f"{asked.accounts:,} accounts, {DAYS} days, {asked.events:,} events, 12 metrics, "
        "3 journeys, 30 conditions, 20 rules"
    )
    sys.exit(0 if report(found, asked.events, asked.day_accounts) else 1)


def report(found: list[Round], events: int, day_accounts: int) -> bool:
    """Print the middle of the rounds; whether all bounds held."""

    def middle(name: str) -> float:
        return median(getattr(x, name) for x in found)

    out = Found(**found[0].found)
    print(f"floor     {middle('floor'):6.2f} s  DuckDB: count(*) by account and day")
    print(
        f"whole     {middle('whole'):6.2f} s  {out.assessed:,} assessments, {out.changes:,} "
        f"changes, {out.openings:,} episodes, {middle('whole_cpu'):.2f} s CPU"
    )
    print(
        f"assessing {middle('assessing'):6.2f} s  without measuring, "
        f"{middle('assessing_cpu'):.2f} s CPU"
    )
    print(f"a day     {middle('day'):6.2f} s  {day_accounts:,} accounts, reading and assessing")
    print(f"reading   {middle('day_reading'):6.2f} s  of which reading their metrics")
    print(f"rss_gib={middle('gibibytes'):.2f}")
    print(f"cpu_ratio={median(x.whole_cpu / x.floor_cpu for x in found):.2f}")
    print(f"assessed_ratio={median(x.assessing / x.floor for x in found):.2f}")
    held = True
    for name, value, bound in (
        (
            "ratio",
            median(x.whole / x.floor for x in found),
            BOUND if events >= BOUND_FROM else None,
        ),
        ("day_ratio", median(x.day / x.day_reading for x in found), DAY_BOUND),
    ):
        missed = bound is not None and value > bound
        held &= not missed
        target = f" (at most {bound})" if bound else ""
        print(f"{name}={value:.2f}{target}{' MISSED' if missed else ''}")
    return held


if __name__ == "__main__":
    main()
