"""What a journey remembers of the days before those that are told."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from banso.core.health.colour import OFF_JOURNEY
from banso.core.unmeasured import Array

Truth = NDArray[np.bool_]
Codes = NDArray[np.int8]
Days = NDArray[np.int32]


@dataclass(frozen=True)
class Memory:
    """Of one journey at the end of the day before the first one told; one entry per account.

    applies: whether `applies` was last known to be true. enters: the same of each `enter`, shape
    (stages - 1, accounts); a sticky journey has no need of it: (0, accounts). stage: the last one,
    OFF_JOURNEY where there was none. entered: as_of day on which it was first seen, counted from
    the first one told (so below 0). colour, coloured: the same of the last colour that no late
    source hid.
    """

    applies: Truth
    enters: NDArray[np.bool_]
    stage: Codes
    entered: Days
    colour: Codes
    coloured: Days

    @classmethod
    def none(cls, accounts: int, *, enters: int) -> "Memory":
        """Before the first day of all. enters: how many are remembered, see above."""
        off = np.full(accounts, OFF_JOURNEY, np.int8)
        never = np.full(accounts, OFF_JOURNEY, np.int32)
        nothing = np.zeros(accounts, np.bool_)
        return cls(nothing, np.zeros((enters, accounts), np.bool_), off, never, off, never)

    def of(self, rows: NDArray[np.int64]) -> "Memory":
        """Of these accounts."""
        return Memory(*(x[..., rows] for x in self._parts()))

    def put(self, rows: NDArray[np.int64], other: "Memory") -> None:
        """These accounts' memory is another now."""
        for mine, its in zip(self._parts(), other._parts(), strict=True):
            mine[..., rows] = its

    @classmethod
    def joined(cls, parts: Sequence["Memory"]) -> "Memory":
        """Of several groups of accounts, one after the other; at least one."""
        each = zip(*(x._parts() for x in parts), strict=True)
        return cls(*(np.concatenate(x, axis=-1) for x in each))

    def _parts(self) -> tuple[Array, ...]:
        named = (self.applies, self.enters, self.stage, self.entered)
        return (*named, self.colour, self.coloured)
