"""What is known of accounts before an action, as columns that a regression can take."""

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

FOR_EACH = 10
"""Accounts of the smaller arm for each column; further columns would fit noise."""


def standardised(raw: Floats, *, most: int) -> Floats:
    """At most `most` columns with mean 0 and spread 1, from columns in order of importance.

    raw: shape (accounts, columns), NaN where unmeasured. What is unmeasured takes the mean, and
    that it is becomes a column of its own (Zhao, Ding, "To adjust or not to adjust? Estimating the
    average treatment effect in randomized experiments with missing covariates", JASA 2024): in a
    randomised comparison that is no bias. Columns that say nothing are left out.
    """
    found: list[Floats] = []
    for column in raw.T:
        missing = np.isnan(column)
        filled = np.where(missing, column[~missing].mean() if not missing.all() else 0.0, column)
        found += [filled, missing.astype(np.float64)]
    kept = np.empty((len(raw), 0))
    for column in found:
        spread = column.std()
        if kept.shape[1] == most or spread < 1e-9:
            continue
        told = ((column - column.mean()) / spread)[:, None]
        if _adds(kept, told):
            kept = np.hstack([kept, told])
    return kept


def _adds(kept: Floats, column: Floats) -> bool:
    """Whether it is not told by the others already."""
    if not kept.shape[1]:
        return True
    fit, *_ = np.linalg.lstsq(kept, column, rcond=None)
    return float(((column - kept @ fit) ** 2).mean()) > 0.01
