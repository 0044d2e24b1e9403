"""What is known of some accounts on every day: one column per metric, attribute or segment."""

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from banso.core.metrics.calendar import Calendar
from banso.core.unmeasured import Column


@dataclass
class Panel:
    """Columns of shape (accounts, as_of days) under the names that conditions use.

    accounts: ids in ascending order, one per row. customer: shape (accounts, as_of days), the
    account has begun and its contract has not ended long ago (see `standing.customer`).
    columns: metric names, `attribute.X`, `contract.arr|seats|days_to_end`, `segment.NAME`;
    health adds `journey.NAME.*`. on_demand: columns that few ask for, made when they are.
    """

    accounts: NDArray[np.int32]
    calendar: Calendar
    customer: NDArray[np.bool_]
    columns: dict[str, Column] = field(default_factory=dict)
    on_demand: dict[str, Callable[[], Column]] = field(default_factory=dict)

    @property
    def shape(self) -> tuple[int, int]:
        return len(self.accounts), self.calendar.days

    def column(self, name: str) -> Column:
        """The column of that name; KeyError where the plan did not ask for it."""
        if name not in self.columns and name in self.on_demand:
            self.columns[name] = self.on_demand[name]()
        return self.columns[name]
