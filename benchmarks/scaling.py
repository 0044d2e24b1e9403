"""How processor time and memory of a year's history grow with the number of events.

Bound: processor time no worse than linear (a tenth may be lost to caches), memory by accounts and
users, not by events: at most a half more for five times the events. Exits with 1 where one is
missed.

    ./run bench scaling [--events 10_000_000 50_000_000] [--accounts 10_000]
"""

import argparse
import sys
from itertools import pairwise
from pathlib import Path
from statistics import median

from history import Round, rounds
from usage import generate

SLACK = 1.1
MEMORY = 1.5


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--events", type=int, nargs="+", default=[10_000_000, 50_000_000])
    parser.add_argument("--accounts", type=int, default=10_000)
    parser.add_argument("--rounds", type=int, default=3)
    asked = parser.parse_args()
    found = {x: run(x, asked.accounts, asked.rounds) for x in sorted(asked.events)}
    print(f"{'events':>12}{'CPU s':>8}{'ns/event':>10}{'GiB':>7}{'ratio':>7}")
    for events, told in found.items():
        cpu = middle(told, "cpu")
        ratio = median(x.kernel / x.floor for x in told)
        print(
            f"{events:12,}{cpu:8.2f}{cpu / events * 1e9:10.0f}"
            f"{middle(told, 'gibibytes'):7.2f}{ratio:7.2f}"
        )
    sys.exit(0 if all(grows_well(found, *pair) for pair in pairwise(found)) else 1)


def run(events: int, accounts: int, most: int) -> list[Round]:
    folder = Path(".banso-bench") / f"usage-{events}-{accounts}"
    generate(folder=folder, events=events, accounts=accounts)
    return rounds(folder, accounts=accounts, metrics=12, most=most)


def middle(found: list[Round], name: str) -> float:
    return median(getattr(x, name) for x in found)


def grows_well(found: dict[int, list[Round]], fewer: int, more: int) -> bool:
    times = more / fewer
    cpu = middle(found[more], "cpu") / middle(found[fewer], "cpu")
    memory = middle(found[more], "gibibytes") / middle(found[fewer], "gibibytes")
    held = cpu <= times * SLACK and memory <= MEMORY
    print(f"{fewer:,} to {more:,} events, {times:.1f} times as many:")
    missed = "" if held else " MISSED"
    print(f"cpu_growth={cpu:.2f} (at most {times * SLACK:.2f}){missed}")
    print(f"memory_growth={memory:.2f} (at most {MEMORY}){missed}")
    return held


if __name__ == "__main__":
    main()
