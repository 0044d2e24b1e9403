"""The order in which changes and episodes are told."""

import numpy as np
from numpy.typing import NDArray

from banso.core.unmeasured import Array

Places = NDArray[np.int64]


def by_day(marks: Array) -> tuple[Places, ...]:
    """Indices of what is not 0, one array an axis, by day (the second axis), then row, then what
    is beyond. Days are fewer than 32,768."""
    # of truths in one row, which numpy finds much faster than other numbers in a table
    found = np.unravel_index(np.flatnonzero(marks.ravel() != 0), marks.shape)
    # of 16 bits, so that numpy sorts by counting
    order = np.argsort(found[1].astype(np.int16), kind="stable")
    return tuple(axis[order] for axis in found)
