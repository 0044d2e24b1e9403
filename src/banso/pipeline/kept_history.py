"""The history that each run keeps: every metric of every account on every day, and its summary."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from banso.core.metrics.summary import Summary
from banso.pipeline.gather import Inputs
from banso.store import histories
from banso.store.histories import History, Writing

FOLDER = "history"
BYTES_A_CELL = 2
"""On disk, compressed, with its reason; 0.3 to 1 in practice."""


def folder_of(home: Path) -> Path:
    return home / FOLDER


@dataclass
class Keeping:
    """A history on its way: files, each account in one, and the sum of all buckets."""

    writing: Writing
    inputs: Inputs
    summary: Summary

    def finish(self) -> History:
        """From now on it is the current one, unless that goes farther: an earlier day was asked
        for again."""
        calendar = self.inputs.calendar
        before = histories.current(self.writing.folder.parent)
        if before and before.about["last"] > calendar.last.isoformat():
            return before
        about = {
            "first": calendar.first.isoformat(),
            "last": calendar.last.isoformat(),
            "fingerprint": self.inputs.definitions.fingerprint,
            "generation": self.inputs.generation,
            "metrics": list(self.inputs.definitions.metrics),
        }
        return self.writing.finish(summary_table(self.summary), about)


@contextmanager
def keeping(home: Path, inputs: Inputs) -> Iterator[Keeping]:
    """Raises NoRoomError before anything is computed."""
    metrics, days = inputs.definitions.metrics, inputs.calendar.days
    cells = len(inputs.book.accounts) * days * max(len(metrics), 1)
    with histories.writing(folder_of(home), bytes_needed=cells * BYTES_A_CELL) as writing:
        yield Keeping(writing, inputs, empty_summary(inputs))


def empty_summary(inputs: Inputs) -> Summary:
    """Of nobody yet."""
    segments = tuple(inputs.definitions.segments)
    return Summary.empty(_numeric(inputs), segments, inputs.calendar.days)


def _numeric(inputs: Inputs) -> Sequence[str]:
    """Metrics that are numbers: an attribute may be a text."""
    types = inputs.org.attribute_types
    texts = {f"attribute.{name}" for name, kind in types.items() if kind.name == "TEXT"}
    metrics = inputs.definitions.metrics.values()
    return tuple(x.name for x in metrics if getattr(x, "of", "") not in texts)


def summary_table(summary: Summary) -> pa.Table:
    """One row a metric, segment and day: measured (accounts), customers, and the sum."""
    metrics, segments, days = summary.sums.shape
    names = np.repeat(np.arange(metrics), segments * days)
    where = np.tile(np.repeat(np.arange(segments), days), metrics)
    return pa.table(
        {
            "metric": pa.array(summary.metrics, pa.string()).take(pa.array(names)),
            "segment": pa.array(summary.segments, pa.string()).take(pa.array(where)),
            "day": np.tile(np.arange(days, dtype=np.int16), metrics * segments),
            "measured": summary.counts.ravel(),
            "customers": np.tile(summary.customers.ravel(), metrics),
            "sum": summary.sums.ravel(),
        }
    )


@dataclass(frozen=True)
class Course:
    """One metric in one segment, day by day. measured: accounts with a number. mean: NaN where
    there is none."""

    segment: str
    days: tuple[date, ...]
    customers: NDArray[np.int64]
    measured: NDArray[np.int64]
    mean: NDArray[np.float64]


def courses(home: Path, metric: str) -> tuple[Course, ...]:
    """A metric over the history that the last run kept, for everybody and by segment; empty where
    none is kept, or it does not have the metric. Raises HistoryError."""
    found = histories.current(folder_of(home))
    if found is None:
        return ()
    table = found.summary(metric)
    first = date.fromisoformat(found.about["first"]).toordinal()
    made = []
    for segment in dict.fromkeys(table["segment"].to_pylist()):
        part = table.filter(pc.equal(table["segment"], segment))
        measured = part["measured"].to_numpy()
        with np.errstate(invalid="ignore", divide="ignore"):
            mean = part["sum"].to_numpy() / measured
        days = tuple(date.fromordinal(first + x) for x in part["day"].to_pylist())
        made.append(Course(segment, days, part["customers"].to_numpy(), measured, mean))
    return tuple(made)
