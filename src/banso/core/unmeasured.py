"""Unmeasured is a value: a null plus the reason why nothing is known.

Source of the idea: DESIGN.md section 4. Never zero, never "healthy".
"""

from dataclasses import dataclass
from enum import IntEnum
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]


class Reason(IntEnum):
    """Why a value is missing. `MEASURED` (0) means that it is not missing.

    Where several reasons meet (a ratio of two unmeasured metrics), the higher number wins:
    a late source is the one that somebody can mend today.
    """

    MEASURED = 0
    NOT_APPLICABLE = 1
    BEFORE_FIRST_DATA = 2
    NO_SOURCE = 3
    SOURCE_LATE = 4

    @property
    def code(self) -> str:
        """The word used in YAML, JSON, Parquet exports and on screens: `source_late`."""
        return self.name.lower()


@dataclass(frozen=True)
class Column:
    """One quantity for every account (rows) and as_of day (columns).

    values: shape (accounts, days). float64 for numbers (NaN where unmeasured), bool for
        conditions (False where unmeasured), int32 codes into `categories` for text
        (-1 where unmeasured).
    reasons: uint8 of the same shape, `Reason` codes; 0 = measured.
    categories: the texts behind the codes; None for numbers and conditions.
    """

    values: Array
    reasons: NDArray[np.uint8]
    categories: tuple[str, ...] | None = None

    @property
    def measured(self) -> NDArray[np.bool_]:
        return self.because(Reason.MEASURED)

    def because(self, reason: Reason) -> NDArray[np.bool_]:
        """Where this is the reason."""
        # numpy would compare the enum's member as a number of 64 bits: nine times the work
        found: NDArray[np.bool_] = self.reasons == np.uint8(reason)
        return found
