"""The accounts of one bucket after their facts are folded, and blocks of them to be told."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from banso.core.metrics.coverage import Coverage
from banso.core.metrics.facts import NEVER, AccountFacts, Attributes, Contracts
from banso.core.metrics.plan import MetricPlan, Series
from banso.core.metrics.standing import customer
from banso.core.metrics.state import Part, Records, State
from banso.core.unmeasured import Column


@dataclass(frozen=True)
class Members:
    """What belongs to each account: order[start[row] .. start[row + 1] - 1]."""

    order: NDArray[np.int64]
    start: NDArray[np.int64]


def members(rows: NDArray[np.int32], accounts: int, *keys: NDArray[np.generic]) -> Members:
    """Members by account and, within it, by the keys (the first one first)."""
    order = np.lexsort((*reversed(keys), rows))
    return Members(order, np.searchsorted(rows[order], np.arange(accounts + 1)))


@dataclass(frozen=True)
class Bucket:
    plan: MetricPlan
    accounts: AccountFacts
    state: State | Part

    @property
    def size(self) -> int:
        return len(self.accounts.accounts)

    @cached_property
    def since(self) -> NDArray[np.int32]:
        """Day index on which each account began, NEVER where it has not: the earliest of its
        declared start, its first contract's start and its first fact."""
        since = np.minimum(self.accounts.declared_start, NEVER).astype(np.int32)
        contracts = self.accounts.contracts
        np.minimum.at(since, contracts.row, contracts.start)
        result: NDArray[np.int32] = np.minimum(since, self.state.first.min(axis=1))
        return result

    @cached_property
    def users(self) -> Members:
        return members(self.state.users.row, self.size)

    def features(self, series: Series) -> Members:
        return members(self.state.features[series].row, self.size)

    def records(self, series: Series) -> tuple[Members, Records]:
        """The series' records by account and time (of the same instant: by value)."""
        kept = self.state.records(series)
        found = members(kept.row, self.size, kept.time, kept.value)
        by_time = found.order
        return found, Records(
            row=kept.row[by_time],
            day=kept.day[by_time],
            time=kept.time[by_time],
            value=kept.value[by_time],
        )


@dataclass(frozen=True)
class Block:
    """Rows first .. stop - 1 of a bucket on the as_of days from `begin` on.

    lookup: the column of any name, for these rows and days. earlier: the same from an earlier day
    on (before the calendar's first: from that one on).
    """

    bucket: Bucket
    first: int
    stop: int
    begin: int
    lookup: Callable[[str], Column]
    earlier: Callable[[int, str], Column]

    @property
    def plan(self) -> MetricPlan:
        return self.bucket.plan

    @property
    def state(self) -> State | Part:
        return self.bucket.state

    @property
    def shape(self) -> tuple[int, int]:
        return self.stop - self.first, self.plan.org.calendar.days - self.begin

    @cached_property
    def since(self) -> NDArray[np.int32]:
        return self.bucket.since[self.first : self.stop]

    @property
    def customer(self) -> NDArray[np.bool_]:
        """Shape (accounts, as_of days): see `standing.customer`."""
        days = self.plan.org.calendar.days
        return customer(since=self.since, contracts=self.contracts, days=days, begin=self.begin)

    @cached_property
    def coverage(self) -> Coverage:
        return Coverage(
            plan=self.plan,
            since=self.since,
            first=self.state.first[self.first : self.stop],
            begin=self.begin,
            lookup=self.lookup,
        )

    @cached_property
    def contracts(self) -> Contracts:
        """Those of these rows, their rows counted from the block's first."""
        of = self.bucket.accounts.contracts
        kept = np.flatnonzero((of.row >= self.first) & (of.row < self.stop))
        return Contracts(
            row=(of.row[kept] - self.first).astype(np.int32),
            start=of.start[kept].astype(np.int32),
            end=of.end[kept].astype(np.int32),
            signed=of.signed[kept].astype(np.int32),
            seats=of.seats[kept].astype(np.float64),
            arr=of.arr[kept].astype(np.float64),
            product=tuple(of.product[i] for i in kept),
        )

    @cached_property
    def attributes(self) -> Attributes:
        """Those of these rows, their rows counted from the block's first."""
        of = self.bucket.accounts.attributes
        kept = np.flatnonzero((of.row >= self.first) & (of.row < self.stop))
        return Attributes(
            row=(of.row[kept] - self.first).astype(np.int32),
            name=tuple(of.name[i] for i in kept),
            value=tuple(of.value[i] for i in kept),
            valid_from=of.valid_from[kept].astype(np.int32),
        )
