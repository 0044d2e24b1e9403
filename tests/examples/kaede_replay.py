"""Is a replay of Kaede what its mornings would have said? `python -m tests.examples.kaede_replay`
asks every morning of 18 months (--every 7: each Wednesday), which takes most of an hour."""

import argparse
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from pathlib import Path

from tests.examples.kaede_panel import Kaede

from banso.core.definitions import Definitions, read
from banso.core.rules.episodes import State, fold
from banso.core.rules.truth import truth

ROOT = Path(__file__).parents[2] / "examples" / "kaede"
FIRST, LAST = date(2025, 4, 2), date(2026, 10, 1)
Step = tuple[str, str, date, bool]
"""(rule, account, day, opened)."""


def mornings(folder: Path, definitions: Definitions, days: Sequence[date]) -> list[Step]:
    """What is decided on these days, each time from the facts before it; a day that lies between
    two is decided on the later one."""
    states: dict[str, State] = {}
    found: list[Step] = []
    done = 0
    for day in days:
        kaede = Kaede.read(folder, as_of=day)
        panel = kaede.panel(definitions)
        for rule in definitions.rules.values():
            state = states.get(rule.name, State.empty(len(kaede.keys)))
            holds = truth(definitions, rule, panel)
            told = fold(rule, holds, state=state, start=done, stop=kaede.calendar.days)
            states[rule.name] = told.state
            rows = zip(told.row.tolist(), told.day.tolist(), told.opened.tolist(), strict=True)
            found += ((rule.name, kaede.keys[r], kaede.calendar.as_of(d), o) for r, d, o in rows)
        done = kaede.calendar.days
    return sorted(found)


def every(days: int) -> Iterator[date]:
    day = FIRST
    while day < LAST:
        yield day
        day += timedelta(days=days)
    yield LAST


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--every", type=int, default=1)
    step = parser.parse_args().every
    definitions = read(ROOT / "definitions")
    with tempfile.TemporaryDirectory() as name:
        simulate = [sys.executable, str(ROOT / "simulate.py"), "--out", name, "--seed", "7"]
        subprocess.run(simulate, check=True, stdout=subprocess.DEVNULL)
        replay = mornings(Path(name), definitions, [LAST])
        live = mornings(Path(name), definitions, list(every(step)))
    same = live == replay
    sys.stdout.write(
        f"{len(replay):,} openings and closings, {len(list(every(step))):,} mornings: "
        f"{'the same' if same else 'NOT the same'}\n"
    )
    sys.exit(0 if same else 1)


if __name__ == "__main__":
    main()
