"""The episodes of one rule: when they open and close. Live and replay are this same fold."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from banso.core.definitions.model import Rule
from banso.core.metrics.compiled import compiled
from banso.core.rules.by_day import Places, by_day
from banso.core.unmeasured import Column

NONE = -(2**31)
"""No such day. (Real days may be negative: before the axis.)"""

Days = NDArray[np.int32]
Flags = NDArray[np.bool_]
OPENED, CLOSED = 1, 2


@dataclass(frozen=True)
class State:
    """All that is remembered of a rule between two days, one entry per account (row).

    open_since: day index on which the open episode opened, NONE where none is open.
    last_closed: day index on which the last one closed, NONE where none has. clear: measured days
    without it so far, of an episode that opened before the axis; None where these are not known,
    as none of those days is looked back at.
    """

    open_since: Days
    last_closed: Days
    clear: Days | None = None

    @classmethod
    def empty(cls, accounts: int) -> "State":
        nothing = np.full(accounts, NONE, dtype=np.int32)
        return cls(open_since=nothing, last_closed=nothing.copy())

    def of(self, rows: NDArray[np.int64]) -> "State":
        """Of these accounts."""
        clear = None if self.clear is None else self.clear[rows]
        return State(self.open_since[rows], self.last_closed[rows], clear)

    def put(self, rows: NDArray[np.int64], other: "State") -> None:
        """These accounts' state is another now. Both know `clear`, or neither does."""
        self.open_since[rows], self.last_closed[rows] = other.open_since, other.last_closed
        if self.clear is not None and other.clear is not None:
            self.clear[rows] = other.clear

    @classmethod
    def joined(cls, parts: Sequence["State"]) -> "State":
        """Of several groups of accounts, one after the other; at least one."""
        clear = [x.clear for x in parts if x.clear is not None]
        return cls(
            open_since=np.concatenate([x.open_since for x in parts]),
            last_closed=np.concatenate([x.last_closed for x in parts]),
            clear=np.concatenate(clear) if clear else None,
        )

    def moved(self, days: int) -> "State":
        """On an axis that begins so many days later. `clear` as it is."""
        opened, closed = self.open_since, self.last_closed
        return State(
            open_since=np.where(opened == NONE, opened, opened - days),
            last_closed=np.where(closed == NONE, closed, closed - days),
            clear=self.clear,
        )


@dataclass(frozen=True)
class Event:
    """An episode of the account in `row` opened or closed on the as_of day `day`."""

    row: int
    day: int


@dataclass(frozen=True)
class Folded:
    """What opened and closed, as arrays of one length in order of day, then row, and the state
    after the last day. row, day: where. opened: whether it opened there, else it closed."""

    row: Places
    day: Places
    opened: Flags
    state: State

    def moved(self, days: int) -> "Folded":
        """On an axis that begins so many days later."""
        return Folded(self.row, self.day - days, self.opened, self.state.moved(days))

    @property
    def openings(self) -> tuple[Event, ...]:
        return self._events(self.opened)

    @property
    def closings(self) -> tuple[Event, ...]:
        return self._events(~self.opened)

    def _events(self, which: Flags) -> tuple[Event, ...]:
        return tuple(map(Event, self.row[which].tolist(), self.day[which].tolist()))


def n_of_m(rule: Rule) -> tuple[int, int]:
    """The two numbers of `for: 3 of 5 days`."""
    held, _, days, _ = rule.for_.split()
    return int(held), int(days)


def fold(rule: Rule, truth: Column, *, state: State, start: int, stop: int) -> Folded:
    """Fold the days [start, stop) over the state; earlier days of `truth` are only looked back at.

    truth: shape (accounts, as_of days). An episode opens on a day that is true, when n of the
    last m days (that day included, unmeasured days do not count) were, none is open and at least
    `cooldown_days` have passed since the last closed. It closes on the measured day that makes
    `clear_days` days without it in a row. An unmeasured day neither opens nor closes; it is
    skipped in that row, neither counted nor breaking it. Days before the axis are unmeasured, but
    for what the state says of them.
    """
    held, days = n_of_m(rule)
    open_since, last_closed = state.open_since.copy(), state.last_closed.copy()
    nothing = np.zeros(len(open_since), np.int32)
    marks = folded(
        truth.values & truth.measured,
        truth.measured,
        open_since,
        last_closed,
        nothing if state.clear is None else state.clear,
        np.array([start, stop, held, days, rule.clear_days, rule.cooldown_days], dtype=np.int64),
    )
    row, day = by_day(marks)
    return Folded(
        row=row,
        day=day + start,
        opened=marks[row, day] == OPENED,
        state=State(open_since=open_since, last_closed=last_closed),
    )


def _clear_run(true: Flags, measured: Flags, since: int, before: int, start: int) -> int:
    """Measured days without it, up to the day before `start`, of an episode open `since`. before:
    those before the axis."""
    clear = before if since < 0 else 0
    for day in range(max(since + 1, 0), start):
        if true[day]:
            clear = 0
        elif measured[day]:
            clear += 1
    return clear


clear_run = compiled(_clear_run)


def remembered(truth: Column, state: State, *, upto: int) -> State:
    """A state of this axis on one that begins on its day `upto`, of which nothing before can be
    looked back at."""
    true, clear = truth.values & truth.measured, np.zeros(len(state.open_since), np.int32)
    for row in np.flatnonzero((state.open_since != NONE) & (state.open_since < upto)).tolist():
        args = (true[row], truth.measured[row], state.open_since[row])
        clear[row] = clear_run(*args, 0, upto)
    return replace(state.moved(upto), clear=clear)


def _fold(  # noqa: PLR0917 (numba takes flat arrays)
    true: Flags,
    measured: Flags,
    open_since: Days,
    last_closed: Days,
    clear_before: Days,
    settings: NDArray[np.int64],
) -> NDArray[np.uint8]:
    start, stop, held, days, clear_days, cooldown_days = settings
    marks = np.zeros((true.shape[0], max(stop - start, 0)), dtype=np.uint8)
    for row in range(true.shape[0]):
        clear = 0
        if open_since[row] != NONE:
            clear = clear_run(true[row], measured[row], open_since[row], clear_before[row], start)
        for day in range(start, stop):
            if open_since[row] != NONE:
                clear = 0 if true[row, day] else clear + measured[row, day]
                if clear >= clear_days and measured[row, day] and not true[row, day]:
                    open_since[row], last_closed[row] = NONE, day
                    marks[row, day - start] = CLOSED
            elif true[row, day]:
                rested = last_closed[row] == NONE or day - last_closed[row] >= cooldown_days
                if rested and true[row, max(day - days + 1, 0) : day + 1].sum() >= held:
                    open_since[row], clear = day, 0
                    marks[row, day - start] = OPENED
    return marks


folded = compiled(_fold)
