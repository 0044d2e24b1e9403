"""Every benchmark, one after the other, and one table: what it found, its bound, how long it took.

The table says which machine it was, since all but ratios depend on it. Exits with 1 where a bound
was missed. `--small` is the same work on little data, in a few minutes: bounds that only hold at
full size are shown there, but not held against it.

    ./run bench all [--small] [--only history live]
"""

import argparse
import os
import platform
import re
import resource
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter

import psutil

FIGURE = re.compile(r"^(\w+)=([\d.]+)(?: \((at (?:most|least) [\d.]+)\))?( MISSED)?", re.MULTILINE)
SMALL = "--events 1000000 --accounts 2000"
BENCHMARKS = {
    "history": ("--events 50000000", f"{SMALL} --rounds 1"),
    "scaling": ("", "--events 1000000 4000000 --accounts 2000 --rounds 1"),
    "backfill": ("", f"{SMALL} --day-accounts 2000 --rounds 1"),
    "backtest": ("", "--events 200000 --accounts 640 --years 2"),
    "today": ("", SMALL),
    "live": ("", f"{SMALL} --batches 20 --alerts 7"),
    "question": ("", "--accounts 2000 --metrics 12"),
    "ingest": ("", "--batches 50 --singles 50"),
    "duplicates": ("", "--events 1000000 --rounds 2"),
    "imports": ("", "--rows 200000"),
    "spark": ("", SMALL),
    "compare": ("", "--events 200000 --accounts 200 --rounds 1"),
    "pages": ("", "--accounts 1000 --events 100000 --requests 20"),
}
"""Arguments at full size, and of a small one."""


@dataclass(frozen=True)
class Done:
    """cpu: processor seconds of it and all that it started. gibibytes: the largest process."""

    name: str
    figures: Sequence[tuple[str, str, str, str]]
    seconds: float
    cpu: float
    gibibytes: float
    held: bool


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--small", action="store_true")
    parser.add_argument("--only", nargs="+", choices=BENCHMARKS, default=list(BENCHMARKS))
    given = parser.parse_args()
    print(machine(), flush=True)
    print(f"{'':10}{'figure':>20}{'':>10}{'':>16}{'wall s':>9}{'CPU s':>8}{'GiB':>6}")
    done = []
    for name in given.only:
        done.append(run(name, BENCHMARKS[name][given.small].split()))
        show(done[-1])
    missed = [x.name for x in done if not x.held]
    if missed:
        print(f"missed: {', '.join(missed)}" + (" (at this small size)" if given.small else ""))
    sys.exit(1 if missed and not given.small else 0)


def machine() -> str:
    cores = len(os.sched_getaffinity(0))
    memory = psutil.virtual_memory().total / 2**30
    began = perf_counter()
    sum(n + 1 for n in range(1_000_000))
    pace = (perf_counter() - began) * 1000
    kind, python = platform.machine(), platform.python_version()
    return (
        f"{cores} cores, {memory:.0f} GiB, {kind}, Python {python}; "
        f"a million additions in Python take {pace:.0f} ms"
    )


def run(name: str, arguments: Sequence[str]) -> Done:
    """What it prints goes into a file, and onto the screen where it fails to do its work."""
    log = Path(".banso-bench") / f"{name}.log"
    log.parent.mkdir(exist_ok=True)
    before, began = resource.getrusage(resource.RUSAGE_CHILDREN), perf_counter()
    with log.open("w") as out:
        command = [sys.executable, f"benchmarks/{name}.py", *arguments]
        process = subprocess.Popen(command, stdout=out, stderr=subprocess.STDOUT)
        _, status, usage = os.wait4(process.pid, 0)
    seconds, after = perf_counter() - began, resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    told = log.read_text()
    figures = FIGURE.findall(told)
    code = os.waitstatus_to_exitcode(status)
    if code not in (0, 1) or "Traceback" in told:
        print(told[-2000:])
    return Done(name, figures, seconds, cpu, usage.ru_maxrss / 2**20, held=code == 0)


def show(done: Done) -> None:
    took = f"{done.seconds:9.0f}{done.cpu:8.0f}{done.gibibytes:6.2f}"
    first, *others = done.figures or [("no figure", "", "", "")]
    for at, (figure, value, bound, missed) in enumerate([first, *others]):
        print(
            f"{done.name if at == 0 else '':10}{figure:>20}{value:>10}{bound:>16}"
            f"{took if at == 0 else ''}{missed}",
            flush=True,
        )
    if not done.held and not any(missed for *_, missed in done.figures):
        print(f"{'':10}MISSED: see .banso-bench/{done.name}.log", flush=True)


if __name__ == "__main__":
    main()
