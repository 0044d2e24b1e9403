"""What is measured of each account."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from banso.core.definitions.model import Definition, Label, Name, Window


class _Metric(Definition):
    name: Name = Field(description="Unique among metrics and segments")
    label: Label | None = Field(default=None, description="Shown to people")
    description: Label | None = Field(default=None, description="What it means, for people")
    unit: Label | None = Field(default=None, description="Unit shown after the number")


class _Facts(_Metric):
    facts: str = Field(
        default="events",
        pattern=r"^(events|record\.[^\W\d]\w*)$",
        description="What is read: `events` (usage), or `record.KIND` (survey answers, trainings, "
        "tickets ...)",
    )
    where: str | None = Field(
        default=None,
        description="Which facts count: a condition over event, feature, product, source, role "
        "(of the user's contact), value, properties.NAME",
    )


class Count(_Facts):
    """How many facts in the window. Measured as 0 once the source covers the whole window."""

    kind: Literal["count"]
    window: Window | None = Field(default=None, description="Default: since the first fact")


class DistinctUsers(_Facts):
    """How many different users in the window, exactly."""

    kind: Literal["distinct_users"]
    window: Window | None = Field(default=None, description="Default: since the first fact")


class ActiveDays(_Facts):
    """On how many days of the window there was at least one fact."""

    kind: Literal["active_days"]
    window: Window | None = Field(default=None, description="Default: since the first fact")


class Breadth(_Facts):
    """How many different features in the window, exactly."""

    kind: Literal["breadth"]
    of: Literal["feature", "event", "product"] = Field(
        default="feature",
        description="What is counted; an event without a feature counts as "
        "the feature of its own name",
    )
    window: Window | None = Field(default=None, description="Default: since the first fact")


class Recency(_Facts):
    """Days since the last fact: as_of minus its calendar day, at least 1. Unmeasured
    (before_first_data) until there is one."""

    kind: Literal["recency"]


class Tenure(_Metric):
    """Days since the account began: the earliest of its declared start, its first contract and
    its first event."""

    kind: Literal["tenure"]


class TimeToFirst(_Facts):
    """Days from the account's beginning to its first fact. Unmeasured (before_first_data) until
    there is one."""

    kind: Literal["time_to_first"]


class Sum(_Facts):
    """Sum of a number over the facts of the window; 0 without facts."""

    kind: Literal["sum"]
    of: str = Field(
        pattern=r"^(value|properties\.[^\W\d]\w*)$", description="`value` or `properties.NAME`"
    )
    window: Window | None = Field(default=None, description="Default: since the first fact")


class Average(_Facts):
    """Mean of a number over the facts of the window that have it; unmeasured (not_applicable)
    where none has."""

    kind: Literal["avg"]
    of: str = Field(
        pattern=r"^(value|properties\.[^\W\d]\w*)$", description="`value` or `properties.NAME`"
    )
    window: Window | None = Field(default=None, description="Default: since the first fact")


class Latest(_Metric):
    """What is true at as_of: of the contracts in force, of an attribute, of the last record."""

    kind: Literal["latest"]
    of: str = Field(
        pattern=r"^(contract\.(seats|arr|days_to_end)|attribute\.[^\W\d]\w*|record\.[^\W\d]\w*)$",
        description="`contract.seats`, `contract.arr` (summed over the contracts in force), "
        "`contract.days_to_end`, `attribute.NAME`, or `record.KIND` (its value)",
    )
    where: str | None = Field(
        default=None,
        description="Which contracts (condition over product) or records (as for facts) count",
    )
    window: Window | None = Field(
        default=None, description="Records older than this no longer count (record.KIND only)"
    )


class Ratio(_Metric):
    """One metric divided by another; unmeasured (not_applicable) where the divisor is 0."""

    kind: Literal["ratio"]
    of: Name = Field(description="Metric above the line")
    by: Name = Field(description="Metric below the line")


class Change(_Metric):
    """Relative change against an earlier window: (now - then) / then; -0.4 is 40% less.
    Unmeasured (not_applicable) where then was 0."""

    kind: Literal["change"]
    of: Name = Field(description="The metric compared")
    against: Window | None = Field(
        default=None, description="How long before; default: the window of that metric"
    )


class Derived(_Metric):
    """An expression over other metrics."""

    kind: Literal["derived"]
    expression: str = Field(description="Arithmetic over metrics")


Metric = Annotated[
    Count
    | DistinctUsers
    | ActiveDays
    | Breadth
    | Recency
    | Tenure
    | TimeToFirst
    | Sum
    | Average
    | Latest
    | Ratio
    | Change
    | Derived,
    Field(discriminator="kind"),
]
