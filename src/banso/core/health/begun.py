"""Since when an account is a customer, as the panel shows it."""

import numpy as np

from banso.core.definitions import Definitions
from banso.core.health.stages import Flags
from banso.core.metrics.panel import Panel
from banso.core.unmeasured import Reason

_OWN_REASONS = frozenset({"ratio", "change", "derived", "latest"})
"""Kinds that may say other than NOT_APPLICABLE of an account that has not begun."""
_CONTRACT = ("contract.days_to_end", "contract.arr", "contract.seats")


def begun(definitions: Definitions, panel: Panel) -> Flags:
    """Shape (accounts, as_of days): the account has begun (and what has begun stays begun).

    Before the beginning a metric that reads facts, and tenure, are NOT_APPLICABLE, and that
    reason comes before all others: the first day on which one is anything else is the first as a
    customer. An account that no source sees at all has begun the day after a contract began.
    """
    known = np.zeros(panel.shape, dtype=np.bool_)
    for name, metric in definitions.metrics.items():
        if metric.kind not in _OWN_REASONS and name in panel.columns:
            known |= panel.column(name).reasons != Reason.NOT_APPLICABLE
    for name in _CONTRACT:
        if name in panel.columns:
            known[:, 1:] |= panel.column(name).measured[:, :-1]
    return np.maximum.accumulate(known, axis=1)
