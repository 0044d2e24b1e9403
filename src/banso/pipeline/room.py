"""Whether there is the memory that a run takes; said before the work begins, with the figure."""

from pathlib import Path

import psutil

from banso.core.metrics import column_names
from banso.core.metrics.plan import SeriesKind
from banso.pipeline.gather import Inputs
from banso.pipeline.measure import CORES, PANEL_BYTES
from banso.store.histories import NoRoomError

GIBIBYTE = 2**30
COUNT_BYTES, SUM_BYTES = 4, 20
"""Of state, for each account and day."""
PANELS = 3
"""At once: the one that is assessed, what comes of it, and its history as a table."""
ACCOUNT_BYTES = 10 * 1024
"""Of what a run records of each account, held until all are there: 2.1 KiB as a Spark worker sends
it, and some five times that as objects."""
GROUP = Path("/sys/fs/cgroup")


def check_memory(inputs: Inputs) -> None:
    """Raises NoRoomError where there is clearly too little. What users take is not known before
    they are read, so a run that just fits may still be too large."""
    needed, free = memory_needed(inputs), memory_free()
    if needed > free:
        raise NoRoomError(
            f"This run needs about {needed / GIBIBYTE:.1f} GiB of memory for "
            f"{len(inputs.book.accounts):,} accounts and {inputs.calendar.days:,} days, and "
            f"{free / GIBIBYTE:.1f} GiB are free. Close other programs, give the container more, "
            "or run on a larger machine (or several: `--engine spark`)."
        )


def memory_needed(inputs: Inputs) -> int:
    """Bytes: the state of as many buckets as are read at once, panels, and what is recorded."""
    plan, days = inputs.plan, inputs.calendar.days
    largest = max((len(ids) for ids in inputs.buckets.values()), default=0)
    counts, sums = (len(plan.of_kind(x)) for x in (SeriesKind.COUNT, SeriesKind.SUM))
    state = largest * days * (counts * COUNT_BYTES + sums * SUM_BYTES)
    panel = min(largest * days * len(column_names(plan)) * 9, PANEL_BYTES)
    recorded = len(inputs.book.accounts) * ACCOUNT_BYTES
    return (CORES + 1) * state + PANELS * panel + recorded


def memory_free(group: Path = GROUP) -> int:
    """Bytes that this process may still take: of the machine, and of its container (cgroup 2),
    where files that are only remembered can be forgotten again."""
    free = psutil.virtual_memory().available
    limit, used = (_number(group / name) for name in ("memory.max", "memory.current"))
    if limit is None or used is None:
        return free
    return min(free, max(limit - used + _forgettable(group), 0))


def _number(path: Path) -> int | None:
    """None where there is no such file, or no limit in it."""
    told = path.read_text(encoding="ascii").strip() if path.exists() else ""
    return int(told) if told.isdecimal() else None


def _forgettable(group: Path) -> int:
    lines = (group / "memory.stat").read_text(encoding="ascii").splitlines()
    return next((int(x.split()[1]) for x in lines if x.startswith("inactive_file ")), 0)
