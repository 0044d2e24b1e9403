"""Where a rule's `when` holds."""

import numpy as np
from numpy.typing import NDArray

from banso.core.definitions import Definitions
from banso.core.definitions.model import Rule
from banso.core.expressions import evaluate, fields
from banso.core.metrics.panel import Panel
from banso.core.unmeasured import Column, Reason

Flags = NDArray[np.bool_]


def rule_journey(definitions: Definitions, rule: Rule) -> str:
    """The journey that an episode of the rule belongs to: the only one in its `when`, else ''."""
    names = fields(definitions.condition(rule.when).root)
    journeys = {name.split(".")[1] for name in names if name.startswith("journey.")}
    return journeys.pop() if len(journeys) == 1 else ""


def truth(definitions: Definitions, rule: Rule, panel: Panel) -> Column:
    """Truth of `when`, shape (accounts, as_of days), on a panel that `assess` has completed.

    It is false, and measured, where the account is no customer (not yet, or not any more), and,
    for a rule of one journey, off that journey: this is known, so episodes close there.
    """
    root = definitions.condition(rule.when).root
    column = evaluate(root, panel.column, panel.shape)
    on = ~off_journey(definitions, rule, panel)
    return Column(values=column.values & on, reasons=column.reasons * on)


def off_journey(definitions: Definitions, rule: Rule, panel: Panel) -> Flags:
    """Shape (accounts, as_of days): no customer, or off the rule's one journey."""
    off = ~panel.customer
    if journey := rule_journey(definitions, rule):
        off |= panel.column(f"journey.{journey}.stage").because(Reason.NOT_APPLICABLE)
    return off
