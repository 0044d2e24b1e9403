"""What it costs to replay rules over five years of 10,000 accounts, judged by churn.

The facts are the year of usage.py five times over, one after the other, read from Parquet each
time. Inside is all that `banso backtest` does after it has read the accounts: measuring 12 metrics,
one journey, every rule's episodes on every day, the outcome from the contracts, verdicts,
intervals, overlap, the weekly budget over all alerts of all rules, and the list of alerts.
Buckets are read and folded ahead by two threads, as in a run; the rest is one thread. Each round is
a fresh process and runs once before it counts (numba). Exits with 1 where a bound is missed.

    ./run bench backtest [--events 10_000_000 a year] [--accounts 10_000] [--years 5]
"""

import argparse
import json
import resource
import subprocess
import sys
from collections import deque
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from time import perf_counter, process_time
from typing import cast

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from history import HEADER, METRICS, THREADS, batches, organisation
from usage import BUCKETS, DAYS, FIRST, generate

from banso.cli import ready  # noqa: F401  before any model is imported
from banso.core.definitions import Definitions, loads
from banso.core.metrics import (
    NEVER,
    AccountFacts,
    Bucket,
    Calendar,
    Contracts,
    MetricPlan,
    blocks,
    fold,
    plan,
)
from banso.core.rules.replay import Replayed
from banso.desk.queries.book import BookAccount
from banso.desk.queries.owners import Owned, Owners
from banso.pipeline.backtest import Question, answers, of_panel, whole_of
from banso.pipeline.gather import Book, Inputs
from banso.store import Snapshot

BOUNDS = {1: 60.0, 10: 120.0}
"""Rules -> seconds at most, for five years of 10,000 accounts."""
DAY_US = 86_400_000_000
OWNERS = 100
JOURNEY = """
journeys:
  - name: adoption
    stages:
      - name: begun
        expected_days: 60
        health: [{condition: since_last <= 7, of: since_last, good: 2, poor: 14}]
      - name: habit
        enter: users_28d >= 3 and breadth_28d >= 3
        health:
          - {condition: facts_change > -0.4, weight: 2, critical: true}
          - {condition: seat_use >= 0.4, of: seat_use, good: 0.8, poor: 0.1}
outcomes:
  - {name: churned, kind: churn, lead_days: 30, within_days: 180}
rules:
"""
CONDITIONS = (
    "journey.adoption.stage = 'habit' and facts_change < -0.4",
    "since_last > 14",
    "journey.adoption.overdue",
    "journey.adoption.colour = 'at_risk'",
    "seat_use < 0.2 and active_days_28d < 5",
    "contract.days_to_end <= 90 and journey.adoption.score < 50",
    "users_7d < 2 and users_90d > 5",
    "breadth_28d < 3 and journey.adoption.days_in_stage > 90",
    "seat_use > 0.9",
    "facts_7d = 0 or users_28d / users_90d < 0.3",
)


def definitions(rules: int) -> Definitions:
    metrics = "\n".join([x for x in METRICS.splitlines() if x.strip()][:12])
    written = "".join(
        f'  - {{name: rule_{n}, when: "{when}", for: 3 of 5 days, clear_days: 3, '
        "cooldown_days: 14, action: {en: Call, ja: 電話}}\n"
        for n, when in enumerate(CONDITIONS[:rules])
    )
    header = HEADER.replace("{name: Bench}", "{name: Bench, weekly_alerts: 5}")
    return loads({"bench.yaml": f"{header}{metrics}\n{JOURNEY}{written}"})


@dataclass(frozen=True)
class Work:
    folder: Path
    made: MetricPlan
    accounts: int
    years: int

    def folded(self, bucket: int) -> Bucket:
        return fold(plan=self.made, accounts=self.accounts_of(bucket), batches=self.facts(bucket))

    def facts(self, bucket: int) -> Iterator[pa.RecordBatch]:
        """The year's facts, once for each year."""
        for year in range(self.years):
            shift = pa.scalar(year * DAYS * DAY_US, pa.duration("us"))
            for batch in batches(self.folder, bucket):
                at = batch.schema.get_field_index("time")
                moved = pc.add(batch["time"], shift)
                yield batch.set_column(at, batch.schema.field(at), moved)

    def accounts_of(self, bucket: int) -> AccountFacts:
        """Yearly contracts; of each the next one follows for nine accounts in ten."""
        ids = np.array([x for x in range(1, self.accounts + 1) if x % BUCKETS == bucket], np.int32)
        random = np.random.default_rng(bucket)
        years = np.minimum(random.geometric(0.1, len(ids)), self.years)
        row = np.repeat(np.arange(len(ids), dtype=np.int32), years)
        nth = np.concatenate([np.arange(x) for x in years]).astype(np.int32)
        return AccountFacts(
            accounts=ids,
            declared_start=np.full(len(ids), NEVER, np.int32),
            contracts=Contracts(
                row=row,
                start=nth * DAYS,
                end=(nth + 1) * DAYS - 1,
                signed=nth * DAYS,
                seats=np.full(len(row), 10.0),
                arr=np.full(len(row), 1e6),
                product=("",) * len(row),
            ),
        )

    @property
    def inputs(self) -> Inputs:
        keys = {x: BookAccount(x, f"a{x}", "", None, None) for x in range(1, self.accounts + 1)}
        nothing = cast("Snapshot", None)  # nobody asks it: the files are read here
        return Inputs(
            nothing,
            self.made.definitions,
            self.made,
            self.made.org,
            Book(keys, {}, {}, {}, 0),
            {},
            {},
        )

    def replayed(self, inputs: Inputs) -> Replayed:
        outcome = self.made.definitions.outcomes["churned"]
        parts = []
        with ThreadPoolExecutor(THREADS) as threads:
            waiting: deque[Future[Bucket]] = deque()
            for bucket in [*range(BUCKETS), *[None] * (THREADS + 1)]:
                if bucket is not None:
                    waiting.append(threads.submit(self.folded, bucket))
                if waiting and (bucket is None or len(waiting) > THREADS):
                    done = waiting.popleft().result()
                    contracts = done.accounts.contracts
                    (panel,) = blocks(done, rows=self.accounts)
                    parts.append(of_panel(inputs, panel, contracts, outcome, 0))
        return whole_of(parts)


@dataclass(frozen=True)
class Round:
    seconds: float
    cpu: float
    gibibytes: float
    alerts: int
    precision: float | None


def one_round(work: Work) -> Round:
    inputs = work.inputs
    rules = list(work.made.definitions.rules)
    question = Question(rules, "churned", inputs.calendar.last)
    owners = Owners(
        {f"a{x}": [Owned(FIRST, f"member{x % OWNERS}")] for x in range(1, work.accounts + 1)}
    )
    small = replace(work, accounts=BUCKETS)
    small.replayed(small.inputs)  # compiles
    wall, cpu = perf_counter(), process_time()
    found = answers(inputs, work.replayed(inputs), question, owners)
    judged = found[0].judged
    return Round(
        seconds=perf_counter() - wall,
        cpu=process_time() - cpu,
        gibibytes=resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20,
        alerts=sum(len(x.fired) for x in found),
        precision=judged.whole.precision.value if judged else None,
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--events", type=int, default=10_000_000)
    parser.add_argument("--accounts", type=int, default=10_000)
    parser.add_argument("--years", type=int, default=5)
    parser.add_argument("--rules", type=int, default=0, help=argparse.SUPPRESS)
    asked = parser.parse_args()
    folder = Path(".banso-bench") / f"usage-{asked.events}-{asked.accounts}"
    if asked.rules:
        calendar = Calendar("UTC", FIRST, DAYS * asked.years + 1)
        org = replace(organisation(), calendar=calendar)
        made = plan(definitions(asked.rules), org=org)
        print(json.dumps(asdict(one_round(Work(folder, made, asked.accounts, asked.years)))))
        return
    generate(folder=folder, events=asked.events, accounts=asked.accounts)
    print(
        f"{asked.accounts:,} accounts, {asked.years} years, {asked.events:,} events a year, "
        "12 metrics, 1 journey"
    )
    held = True
    for rules, bound in BOUNDS.items():
        command = [sys.executable, __file__, *sys.argv[1:], "--rules", str(rules)]
        told = Round(
            **json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout)
        )
        missed = told.seconds > bound
        held &= not missed
        name = "one_rule" if rules == 1 else "ten_rules"
        print(f"{name}={told.seconds:.1f} (at most {bound:.0f}){' MISSED' if missed else ''}")
        print(f"{name}_cpu={told.cpu:.1f}")
        print(f"{name}_rss_gib={told.gibibytes:.2f}")
        print(f"{name}_alerts={told.alerts}")
    sys.exit(0 if held else 1)


if __name__ == "__main__":
    main()
