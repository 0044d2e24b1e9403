"""Metrics of many accounts day by day: how many have a number, and what these sum to, in each
segment."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from banso.core.metrics.compiled import compiled
from banso.core.metrics.panel import Panel

EVERYBODY = ""
"""Stands for the segment of all customers."""
MOST_SEGMENTS = 63


@dataclass(frozen=True)
class Summary:
    """sums, counts: shape (metrics, segments, days), of the accounts that are customers and in the
    segment on that day and whose metric is measured then. customers: (segments, days), measured or
    not. The first segment is EVERYBODY."""

    metrics: tuple[str, ...]
    segments: tuple[str, ...]
    sums: NDArray[np.float64]
    counts: NDArray[np.int64]
    customers: NDArray[np.int64]

    @classmethod
    def empty(cls, metrics: Sequence[str], segments: Sequence[str], days: int) -> "Summary":
        """segments: at most MOST_SEGMENTS; those beyond are left out."""
        named = (EVERYBODY, *segments[:MOST_SEGMENTS])
        shape = (len(metrics), len(named), days)
        return cls(
            tuple(metrics), named, np.zeros(shape), np.zeros(shape, np.int64),
            np.zeros(shape[1:], np.int64),
        )  # fmt: skip

    def add(self, panel: Panel) -> None:
        """Other accounts than those added before."""
        member = self._member(panel)
        add_members(member, self.customers)
        for number, name in enumerate(self.metrics):
            column = panel.column(name)
            values = np.ascontiguousarray(column.values, np.float64)
            add_values(values, column.reasons, member, self.sums[number], self.counts[number])

    def merge(self, other: "Summary") -> None:
        """Add what another one, of the same metrics, segments and days, has summed up of others."""
        np.add(self.sums, other.sums, out=self.sums)
        np.add(self.counts, other.counts, out=self.counts)
        np.add(self.customers, other.customers, out=self.customers)

    def _member(self, panel: Panel) -> NDArray[np.uint64]:
        """One bit a segment, of each account and day."""
        member = panel.customer.astype(np.uint64)
        for place, name in enumerate(self.segments[1:], start=1):
            column = panel.column(f"segment.{name}")
            inside = panel.customer & column.measured & column.values.astype(np.bool_)
            member |= inside.astype(np.uint64) << np.uint64(place)
        return member


@compiled
def add_members(member: NDArray[np.uint64], customers: NDArray[np.int64]) -> None:
    for a in range(member.shape[0]):
        for i in range(member.shape[1]):
            word, place = member[a, i], 0
            while word:
                if word & np.uint64(1):
                    customers[place, i] += 1
                word >>= np.uint64(1)
                place += 1


@compiled
def add_values(
    values: NDArray[np.float64],
    reasons: NDArray[np.uint8],
    member: NDArray[np.uint64],
    sums: NDArray[np.float64],
    counts: NDArray[np.int64],
) -> None:
    """sums, counts: (segments, days)."""
    for a in range(values.shape[0]):
        for i in range(values.shape[1]):
            if reasons[a, i] != 0:
                continue
            word, place = member[a, i], 0
            while word:
                if word & np.uint64(1):
                    sums[place, i] += values[a, i]
                    counts[place, i] += 1
                word >>= np.uint64(1)
                place += 1
