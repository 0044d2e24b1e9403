"""How far an import has come: a bar on a terminal, a line every few seconds elsewhere."""

from collections.abc import Iterator
from contextlib import contextmanager
from time import monotonic

from rich.progress import (
    BarColumn,
    Progress,
    TaskID,
    TaskProgressColumn,
    TextColumn,
    TimeRemainingColumn,
)

from banso.cli.output import err
from banso.pipeline.collect import Progress as Seen
from banso.pipeline.collect import Watch

LINE_SECONDS = 5.0


@contextmanager
def watching(*, quiet: bool) -> Iterator[Watch]:
    """What an import reports its progress to."""
    if quiet:
        yield lambda seen: None
    elif err.is_terminal:
        columns = (
            TextColumn("{task.description}"),
            BarColumn(),
            TaskProgressColumn(),
            TextColumn("{task.fields[rows]:,} rows, {task.fields[rate]:,.0f}/s"),
            TimeRemainingColumn(),
        )
        with Progress(*columns, console=err, transient=True) as progress:
            yield _Bars(progress)
    else:
        yield _Lines()


class _Rate:
    """Rows a second of each step of each file."""

    def __init__(self) -> None:
        self._began: dict[tuple[object, str], float] = {}

    def of(self, seen: Seen) -> tuple[float, float | None]:
        """Rows a second, and the seconds left (None: not known yet)."""
        began = self._began.setdefault((seen.file, seen.step), monotonic())
        spent = monotonic() - began
        if not spent or not seen.done:
            return 0.0, None
        return seen.rows / spent, spent * (1 - seen.done) / seen.done


class _Bars:
    def __init__(self, progress: Progress) -> None:
        self._progress = progress
        self._tasks: dict[tuple[object, str], TaskID] = {}
        self._rate = _Rate()

    def __call__(self, seen: Seen) -> None:
        key = (seen.file, seen.step)
        if key not in self._tasks:
            title = f"{seen.step} {seen.file.name}"
            self._tasks[key] = self._progress.add_task(title, total=1.0, rows=0, rate=0.0)
        rate, _ = self._rate.of(seen)
        self._progress.update(self._tasks[key], completed=seen.done, rows=seen.rows, rate=rate)


class _Lines:
    def __init__(self) -> None:
        self._rate = _Rate()
        self._printed = monotonic()

    def __call__(self, seen: Seen) -> None:
        rate, left = self._rate.of(seen)
        if monotonic() - self._printed < LINE_SECONDS:
            return
        self._printed = monotonic()
        rest = "" if left is None else f", about {left:,.0f} s left"
        err.print(
            f"{seen.step} {seen.file.name}: {seen.done:.0%}, {seen.rows:,} rows, "
            f"{rate:,.0f} rows/s{rest}",
            markup=False,
            soft_wrap=True,
        )
