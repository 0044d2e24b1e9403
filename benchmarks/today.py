"""Now-values and assessments of every account: 20 metrics, 3 journeys, 6 rules.

From the store's Parquet to each account's stage, health and alerts on the last day, with the whole
year behind it (stages are kept once reached). Floor and files are those of history.py.
Run: .venv/bin/python benchmarks/today.py [--events 10_000_000] [--accounts 10_000]
"""

import argparse
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from time import perf_counter

import pyarrow as pa
from history import (
    HEADER,
    LONG_METRICS,
    METRICS,
    THREADS,
    accounts_of,
    batches,
    floor,
    organisation,
)
from peak import Peak
from usage import BUCKETS, DAYS, generate

from banso.core.definitions import Definitions, loads
from banso.core.health import assess
from banso.core.metrics import MetricPlan, Panel, measure, plan
from banso.core.rules.episodes import State, fold
from banso.core.rules.truth import truth

JOURNEY = """
  - name: {name}
    stages:
      - name: begun
        expected_days: 60
        health: &health
          - {{condition: since_last <= 7, name: used, of: since_last, good: 2, poor: 14, weight: 2}}
          - {{condition: seat_use >= 0.4, name: seats, of: seat_use, good: 0.8, poor: 0.1}}
          - {{condition: breadth_28d >= {breadth}, name: breadth}}
          - {{condition: facts_change > -0.4, name: trend, critical: true}}
      - {{name: habit, enter: users_28d >= {users} and breadth_28d >= 3, health: *health}}
      - {{name: broad, enter: users_28d >= {more} and breadth_28d >= {breadth}, health: *health}}
"""
RULE = """
  - name: rule_{name}
    when: journey.{name}.stage != 'begun' and (journey.{name}.score < 40 or facts_change < -0.5)
    for: 3 of 5 days
    clear_days: 3
    cooldown_days: 14
    action: {{en: Call, ja: 電話}}
  - name: overdue_{name}
    when: journey.{name}.overdue
    action: {{en: Plan, ja: 計画}}
"""
JOURNEYS = ({"users": 3, "more": 8, "breadth": 4}, {"users": 2, "more": 5, "breadth": 6},
            {"users": 5, "more": 15, "breadth": 8})  # fmt: skip


@dataclass
class Seconds:
    """Thread seconds of each step, and what came of them."""

    steps: dict[str, float] = field(default_factory=dict)
    assessed: int = 0
    open: int = 0

    def add(self, step: str, since: float) -> float:
        now = perf_counter()
        self.steps[step] = self.steps.get(step, 0.0) + now - since
        return now


def definitions() -> Definitions:
    return loads({"bench.yaml": text()})


def text(*, more_metrics: str = "") -> str:
    """The definitions as one YAML file; more_metrics: further entries of its list of metrics."""
    names = [f"journey_{i}" for i in range(len(JOURNEYS))]
    journeys = [JOURNEY.format(name=n, **x) for n, x in zip(names, JOURNEYS, strict=True)]
    rules = [RULE.format(name=name) for name in names]
    before = HEADER + METRICS + LONG_METRICS + more_metrics + "journeys:" + "".join(journeys)
    return _named_anchors(before) + "rules:" + "".join(rules)


def _named_anchors(text: str) -> str:
    """Each journey shares its own list of conditions among its stages."""
    parts = text.split("  - name: journey_")
    return "  - name: journey_".join(
        part.replace("&health", f"&health{i}").replace("*health", f"*health{i}")
        for i, part in enumerate(parts)
    )


def judge(panel: Panel, made: MetricPlan, asked: Definitions, told: Seconds) -> None:
    now = perf_counter()
    histories = assess(asked, panel)
    now = told.add("assess", now)
    told.assessed += sum(int(x.applies[:, -1].sum()) for x in histories.values())
    for rule in asked.rules.values():
        outcome = fold(
            rule,
            truth(asked, rule, panel),
            state=State.empty(len(panel.accounts)),
            start=0,
            stop=made.org.calendar.days,
        )
        told.open += int((outcome.state.open_since != State.empty(1).open_since[0]).sum())
    told.add("rules", now)


def everything(folder: Path, made: MetricPlan, asked: Definitions, accounts: int) -> Seconds:
    told = Seconds()

    def one(bucket: int) -> None:
        start = perf_counter()
        panel = measure(
            plan=made, accounts=accounts_of(bucket, accounts), batches=batches(folder, bucket)
        )
        told.add("measure", start)
        judge(panel, made, asked, told)

    with ThreadPoolExecutor(THREADS) as threads:
        list(threads.map(one, range(BUCKETS)))
    return told


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--events", type=int, default=10_000_000)
    parser.add_argument("--accounts", type=int, default=10_000)
    given = parser.parse_args()
    folder = Path(".banso-bench") / f"usage-{given.events}-{given.accounts}"
    generate(folder=folder, events=given.events, accounts=given.accounts)
    asked = definitions()
    made = plan(asked, org=organisation())
    pa.set_cpu_count(1)
    everything(folder, made, asked, given.accounts)  # warms the page cache and compiles
    with Peak() as lowest:
        floor(folder)
    with Peak() as whole:
        told = everything(folder, made, asked, given.accounts)
    print(
        f"{given.accounts:,} accounts, {len(asked.metrics)} metrics, {len(asked.journeys)} "
        f"journeys, {len(asked.rules)} rules, {DAYS} days behind the last"
    )
    for step, seconds in told.steps.items():
        print(f"{step:<8}{seconds:7.2f} s  in {THREADS} threads together")
    print(
        f"whole   {whole.seconds:7.2f} s  {told.assessed:,} assessments, {told.open:,} alerts open"
    )
    print(f"floor   {lowest.seconds:7.2f} s  DuckDB: count(*) by account and day")
    print(f"ratio={whole.seconds / lowest.seconds:.2f}")
    print(f"rss_gib={whole.gibibytes:.2f}")


if __name__ == "__main__":
    main()
