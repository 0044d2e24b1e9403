"""Since when an account is a customer, as the panel shows it."""

import numpy as np

from banso.core.health.stages import Flags
from banso.core.metrics.panel import Panel
from banso.core.unmeasured import Reason


def begun(panel: Panel) -> Flags:
    """Shape (accounts, as_of days): the account has begun (and what has begun stays begun).

    Before the beginning every metric is NOT_APPLICABLE, and that reason comes before all others;
    so the first day with any other state of any metric is the first as a customer.
    """
    known = np.zeros(panel.shape, dtype=np.bool_)
    for name, column in panel.columns.items():
        if "." not in name:  # attributes and contracts have days of their own
            known |= column.reasons != Reason.NOT_APPLICABLE
    return np.maximum.accumulate(known, axis=1)
