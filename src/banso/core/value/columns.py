"""What alerts, entries of plays and expectations came to, as columns: what the pages of value count
is counted from these, and from nothing else."""

from dataclasses import dataclass, fields
from datetime import date
from functools import cached_property
from io import BytesIO
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

Flags = NDArray[np.bool_]
Numbers = NDArray[np.integer[Any]]
Days = NDArray[np.floating[Any]]


@dataclass(frozen=True)
class Customers:
    """One entry for each account. number: of it, ascending. owner: 0: nobody. here: it was not
    merged into another one. known: its health is. segments: one row for each."""

    number: Numbers
    owner: Numbers
    here: Flags
    known: Flags
    segments: Flags

    @cached_property
    def owners(self) -> tuple[Numbers, Numbers]:
        """Owners, and the place of each account's among them."""
        found, places = np.unique(self.owner, return_inverse=True)
        return found, places


@dataclass(frozen=True)
class Alerts:
    """One entry for each alert, told or not, ordered by account. account, rule, play: their place
    among those of `Columns`; -1: it started no play. opened: day (date.toordinal). decided, acted,
    reached: days, as in Pace; NaN where it has not come so far. held_out, held_back: see Fallen.
    told: whether it was told in time and what came after it, see `core.value.told`."""

    account: Numbers
    rule: Numbers
    play: Numbers
    opened: Numbers
    decided: Days
    acted: Days
    reached: Days
    held_out: Flags
    held_back: Flags
    told: Numbers


@dataclass(frozen=True)
class Entries:
    """One entry for each run that entered its play, ordered by account. by_hand: a member began it,
    without an alert. asked: it made a task; acted: one of them is done."""

    account: Numbers
    play: Numbers
    entered: Numbers
    by_hand: Flags
    asked: Flags
    acted: Flags


CAME = ("open", "reached", "not_reached", "unmeasured")


@dataclass(frozen=True)
class Expected:
    """One entry for each account, rule and what became of what was expected (its place in CAME):
    how many alerts there were of all time. withheld: nobody was told of them."""

    account: Numbers
    rule: Numbers
    came: Numbers
    withheld: Flags
    alerts: Numbers


C = TypeVar("C", Customers, Alerts, Entries, Expected)
PARTS = ("customers", "alerts", "entries", "expected")


@dataclass(frozen=True)
class Columns:
    """first: the earliest day of which alerts and entries are in here."""

    first: date
    rules: tuple[str, ...]
    plays: tuple[str, ...]
    segments: tuple[str, ...]
    customers: Customers
    alerts: Alerts
    entries: Entries
    expected: Expected

    def to_bytes(self) -> bytes:
        file = BytesIO()
        words = {x: np.array(getattr(self, x), np.str_) for x in ("rules", "plays", "segments")}
        parts: dict[str, Any] = {
            f"{part}.{x.name}": getattr(getattr(self, part), x.name)
            for part in PARTS
            for x in fields(getattr(self, part))
        }
        first = np.array(self.first.toordinal())
        np.savez_compressed(file, **(parts | words | {"first": first}))
        return file.getvalue()

    @classmethod
    def from_bytes(cls, text: bytes) -> "Columns":
        with np.load(BytesIO(text), allow_pickle=False) as found:

            def part(kind: type[C], name: str) -> C:
                return kind(**{x.name: found[f"{name}.{x.name}"] for x in fields(kind)})

            return cls(
                first=date.fromordinal(int(found["first"])),
                rules=tuple(found["rules"].tolist()),
                plays=tuple(found["plays"].tolist()),
                segments=tuple(found["segments"].tolist()),
                customers=part(Customers, "customers"),
                alerts=part(Alerts, "alerts"),
                entries=part(Entries, "entries"),
                expected=part(Expected, "expected"),
            )


EPOCH = date(1970, 1, 1).toordinal()


def months(ordinals: Numbers) -> NDArray[np.int64]:
    """Since January 1970."""
    if not len(ordinals):
        return np.zeros(0, np.int64)
    # the few days that there are, each once
    first = int(ordinals.min())
    days = np.arange(first - EPOCH, int(ordinals.max()) - EPOCH + 1).astype("datetime64[D]")
    return np.asarray(days.astype("datetime64[M]").astype(np.int64)[ordinals - first])


def numbered(values: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Those that occur, ascending, and the place of each among them; of values that lie close."""
    if not len(values):
        return values, values
    first = int(values.min())
    there = np.zeros(int(values.max()) - first + 1, np.bool_)
    there[values - first] = True
    return np.flatnonzero(there) + first, (np.cumsum(there) - 1)[values - first]


def first_of(month: int) -> date:
    return date(1970 + month // 12, month % 12 + 1, 1)
