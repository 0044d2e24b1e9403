"""Metrics: point in time, exact, with a reason wherever a number is missing."""

from banso.core.metrics.bucket import Bucket
from banso.core.metrics.calendar import Calendar
from banso.core.metrics.facts import (
    EVER,
    NEVER,
    AccountFacts,
    Action,
    Attributes,
    Contacts,
    Contracts,
    OrgFacts,
    attribute_type,
    late_days,
)
from banso.core.metrics.facts_window import FactsWindow, facts_windows
from banso.core.metrics.filters import PlanError
from banso.core.metrics.live import Live
from banso.core.metrics.measure import blocks, column_names, fold, measure
from banso.core.metrics.panel import Panel
from banso.core.metrics.plan import MetricPlan, change_days, plan, wanted_attributes
from banso.core.metrics.state import FactsError

__all__ = [
    "EVER",
    "NEVER",
    "AccountFacts",
    "Action",
    "Attributes",
    "Bucket",
    "Calendar",
    "Contacts",
    "Contracts",
    "FactsError",
    "FactsWindow",
    "Live",
    "MetricPlan",
    "OrgFacts",
    "Panel",
    "PlanError",
    "attribute_type",
    "blocks",
    "change_days",
    "column_names",
    "facts_windows",
    "fold",
    "late_days",
    "measure",
    "plan",
    "wanted_attributes",
]
