"""How values are spread: bins that a few extreme values don't spoil."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[np.float64]

MOST_BINS = 24
TAILS = (0.01, 0.99)
"""Quantiles between which bins are of one kind; what lies beyond is counted below and above."""
SKEW = 20
"""A long tail: the 99th percentile is more than so many times the median of what is above 0."""


@dataclass(frozen=True)
class Histogram:
    """edges: ascending; bin i holds edges[i] <= value < edges[i + 1]. below, above: how many lie
    outside. whole: all values are integers. growing: bins grow (1, 2, 5, 10 ...), for long tails.
    """

    edges: tuple[float, ...]
    counts: tuple[int, ...]
    below: int
    above: int
    whole: bool
    growing: bool

    def place(self, value: float, operator: str) -> float | None:
        """Where a threshold stands, in bins from the left (1.5: in the middle of the second);
        None where it lies outside.

        Of whole numbers it stands between those that meet it and those that don't; a threshold
        that separates nothing (good, poor, =) in the middle of its number.
        """
        if self.whole and value == int(value):
            value += {">=": 0.0, "<": 0.0, "<=": 1.0, ">": 1.0}.get(operator, 0.5)
        if not self.edges[0] <= value <= self.edges[-1]:
            return None
        return float(np.interp(value, self.edges, np.arange(len(self.edges))))


def histogram(values: Numbers, *, marks: Sequence[float] = ()) -> Histogram | None:
    """Bins of values (none NaN or infinite), wide enough to show the marks that lie near them;
    None where there is no value."""
    if not len(values):
        return None
    whole = bool(np.all(values == np.floor(values)))
    growing = _has_long_tail(values)
    low, high = _shown(values, marks, growing=growing)
    edges = _growing(values, high, whole=whole) if growing else _even(low, high, whole=whole)
    place = np.searchsorted(edges, values, side="right")
    counts = np.bincount(place, minlength=len(edges) + 1)
    return Histogram(
        edges=tuple(edges.tolist()),
        counts=tuple(counts[1:-1].tolist()),
        below=int(counts[0]),
        above=int(counts[-1]),
        whole=whole,
        growing=growing,
    )


def _has_long_tail(values: Numbers) -> bool:
    positive = values[values > 0]
    if not len(positive) or values.min() < 0:
        return False
    return bool(np.quantile(positive, TAILS[1]) > SKEW * np.median(positive))


def _shown(values: Numbers, marks: Sequence[float], *, growing: bool) -> tuple[float, float]:
    """From the first to the last percentile, and to marks not farther away than that is wide."""
    low = float(np.quantile(values, TAILS[0], method="lower"))
    high = float(np.quantile(values, TAILS[1], method="higher"))
    reach = 9 * high if growing else high - low
    near = [mark for mark in marks if low - reach <= mark <= high + reach]
    return min(low, *near, high), max(high, *near, low)


def _even(low: float, high: float, *, whole: bool) -> Numbers:
    width = _round_up((high - low) / (MOST_BINS - 2)) if high > low else _round_up(abs(low) / 10)
    if whole:
        width = max(1.0, np.ceil(width))
    first, last = np.floor(low / width), np.floor(high / width)
    edges: Numbers = np.round(np.arange(first, last + 2) * width, 12)
    return edges


def _growing(values: Numbers, high: float, *, whole: bool) -> Numbers:
    """0, then 1, 2, 5, 10 ... from the first percentile of what is above 0."""
    start = float(np.quantile(values[values > 0], TAILS[0], method="lower"))
    power = 0 if whole else int(np.floor(np.log10(start)))
    steps: list[float] = []
    while not steps or steps[-1] <= high:
        steps += [round(factor * 10.0**power, 12) for factor in (1, 2, 5)]
        power += 1
    last = next(i for i, step in enumerate(steps) if step > high)
    return np.array([0.0, *steps[: last + 1]])


def _round_up(width: float) -> float:
    """The next 1, 2 or 5 times a power of ten; 1 of 0."""
    if width <= 0:
        return 1.0
    power = 10.0 ** np.floor(np.log10(width))
    return float(next(x for x in (1, 2, 5, 10) if x * power >= width * (1 - 1e-9)) * power)
