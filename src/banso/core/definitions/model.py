"""The fields of every definition, as they stand in YAML. The reference page and the JSON Schema
are generated from these classes, so each field's description is its documentation."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from banso.core.definitions.assign import Assign
from banso.core.definitions.proof import Expect

Name = Annotated[str, StringConstraints(pattern=r"^[^\W\d]\w{0,62}$")]
"""A letter (any script) or underscore, then letters, digits and underscores; at most 63."""

ClockTime = Annotated[str, StringConstraints(pattern=r"^([01]\d|2[0-3]):[0-5]\d$")]
Window = Annotated[str, StringConstraints(pattern=r"^[1-9]\d{0,3}d$")]
"""A number of calendar days: `7d`."""

FieldPath = Annotated[str, StringConstraints(pattern=r"^(properties|context|traits)(\.[^.\s]+)+$")]
"""Where a live event says something: `properties.plan`, `context.groupId`."""

NOfM = Annotated[str, StringConstraints(pattern=r"^[1-9]\d? of [1-9]\d? days?$")]


class Definition(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class Label(Definition):
    """A text for people, in each language of the screens."""

    en: str = Field(description="English")
    ja: str = Field(description="Japanese")


class Organisation(Definition):
    """The vendor that this install serves. Exactly one in a set of definitions."""

    name: str = Field(description="The vendor's name")
    time_zone: str = Field(
        default="UTC",
        description="IANA time zone; a day is a calendar day of this zone",
        examples=["Asia/Tokyo"],
    )
    currency: str = Field(default="JPY", pattern=r"^[A-Z]{3}$", description="ISO 4217 code of ARR")
    holidays: str | None = Field(
        default=None,
        pattern=r"^[A-Z]{2}$",
        description="Country (ISO 3166, such as JP) whose weekends and public holidays are days "
        "off: alerts that open then are told on the next business day. Default: no days off",
    )
    quiet_hours: str | None = Field(
        default=None,
        pattern=r"^([01]\d|2[0-3]):[0-5]\d-([01]\d|2[0-3]):[0-5]\d$",
        description="From when to when no alert is sent to people by Slack or e-mail; it is sent "
        "at the end. Webhooks are sent at once. Default: at any hour",
        examples=["19:00-08:00"],
    )
    weekly_alerts: int | None = Field(
        default=None,
        ge=1,
        le=1000,
        description="At most so many new alerts for each owner and week (from Monday), the most "
        "urgent first; the others wait. Default: no limit",
    )
    run_at: ClockTime | None = Field(
        default=None,
        description="Time of day, in the organisation's zone, at which the worker makes the run of "
        "each day. Default: runs are made by hand (`banso run`)",
        examples=["03:00"],
    )
    digest_at: ClockTime = Field(
        default="08:00",
        description="Time of day at which owners are sent the morning mail "
        "(`banso channels add-email --digest`)",
    )
    edit_on_screen: bool = Field(
        default=True,
        description="Whether the draft of a rule can be switched on on screen, with `banso rules` "
        "and by the API. `false`: definitions come from files only (`banso apply`); drafts can "
        "still be written, replayed and compared",
    )
    account_ids: tuple[Name, ...] = Field(
        default=(),
        strict=False,
        description="Attributes of accounts that are other ids of the same account, such as "
        "`crm_id` or `tenant_id`. Rows, files and live events may then name the account by any of "
        "them. An id belongs to one account only",
    )


class Tracking(Definition):
    """How live events of a source are read, where it differs from the usual."""

    account: FieldPath = Field(
        default="context.groupId",
        description="Where an event names its account. Where it names none, the last `group` call "
        "of its user counts",
    )
    feature: FieldPath = Field(
        default="properties.feature", description="Where an event names the feature that was used"
    )
    product: FieldPath = Field(
        default="properties.product", description="Where an event names the product"
    )
    value: FieldPath = Field(
        default="properties.value", description="Where an event has its number"
    )
    keep: tuple[FieldPath, ...] = Field(
        default=(),
        strict=False,
        description="What else of an event is kept as a property, such as `context.app.version` "
        "(then `properties.context_app_version`)",
    )
    contacts: bool = Field(
        default=True,
        description="Whether traits of `identify` (name, email, role or title) become contacts of "
        "the user's account",
    )
    consent: str | None = Field(
        default=None,
        description="Category of `context.consent.categoryPreferences` that a user must have "
        "granted to become a contact. Default: it is enough that not every category is refused",
    )
    wait: Window = Field(
        default="30d",
        description="How long an event waits for the `group` call that says where its user "
        "belongs; after that it goes to quarantine",
    )


class Source(Definition):
    """Where facts come from. A source that is not declared may be as late as it likes."""

    name: Name = Field(
        description="The name given at import (`--source`) or to a key (`banso keys add`)"
    )
    label: Label | None = Field(default=None, description="Shown to people")
    late_after: Window | None = Field(
        default=None,
        description="No event for longer than this: its metrics become unmeasured (source_late) "
        "and nothing fires from them",
    )
    speaks: Literal["daily", "business_days"] | None = Field(
        default=None,
        description="On which days it promises to speak: `daily`, or `business_days` (Monday to "
        "Friday; `late_after` then counts these days, by default one). Its volume is watched too: "
        "a day with ten times or a tenth of the usual, or with the same content twice, makes its "
        "metrics unmeasured (source_late)",
    )
    covers: str | None = Field(
        default=None,
        description="Condition over attributes: the accounts this source can see. Others are "
        "unmeasured (not_applicable) unless an event of theirs has arrived. Default: all",
    )
    keep_for: Window | None = Field(
        default=None,
        description="Facts older than this are deleted for good, once every night. Default: they "
        "are kept for ever",
    )
    tracking: Tracking | None = Field(
        default=None, description="How its live events are read (`banso keys`)"
    )


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


class Segment(Definition):
    """A named group of accounts, usable as `segment.NAME` in other conditions."""

    name: Name = Field(description="Unique among segments")
    label: Label | None = Field(default=None, description="Shown to people")
    where: str = Field(description="Condition over metrics, attributes and contracts")


class Condition(Definition):
    """One thing that should hold in a stage."""

    condition: str = Field(description="What should hold: over metrics, attributes, segments")
    name: Name | None = Field(
        default=None, description="Stable name in ledgers; default: the condition's text"
    )
    label: Label | None = Field(default=None, description="Shown to people")
    weight: float = Field(default=1.0, gt=0, le=1000, description="Share in the score")
    of: Name | None = Field(
        default=None, description="Metric that gives points between poor and good"
    )
    good: float | None = Field(default=None, description="Value of `of` that gives all points")
    poor: float | None = Field(default=None, description="Value of `of` that gives no points")
    critical: bool = Field(
        default=False,
        description="Where it does not hold the colour is at_risk, whatever the score",
    )

    @property
    def key(self) -> str:
        return self.name or " ".join(self.condition.split())


class Stage(Definition):
    """A step of the maturity curve."""

    name: Name = Field(description="Unique in the journey")
    label: Label | None = Field(default=None, description="Shown to people")
    enter: str | None = Field(
        default=None, description="Condition to enter; the first stage has none, the others must"
    )
    expected_days: int | None = Field(
        default=None, gt=0, le=3660, description="Longer than this in the stage is overdue"
    )
    health: tuple[Condition, ...] = Field(
        default=(), strict=False, description="What should hold here"
    )


class Journey(Definition):
    """A maturity curve: stages in order, health conditions in each."""

    name: Name = Field(description="Unique among journeys")
    label: Label | None = Field(default=None, description="Shown to people")
    applies: str | None = Field(
        default=None, description="Which accounts are on it; default: all that have begun"
    )
    sticky: bool = Field(
        default=True, description="A stage once reached is kept; false: it follows its condition"
    )
    healthy: float = Field(default=70.0, ge=0, le=100, description="Score from which it is healthy")
    watch: float = Field(
        default=40.0, ge=0, le=100, description="Score from which it is watch; below: at_risk"
    )
    minimum_confidence: float = Field(
        default=0.5, ge=0, le=1, description="Below this share of measured weight: unmeasured"
    )
    stages: tuple[Stage, ...] = Field(
        min_length=1, strict=False, description="In order, lowest first"
    )


class Rule(Definition):
    """When this happens, do that: agreed beforehand."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, populate_by_name=True)

    name: Name = Field(description="Unique among rules")
    label: Label | None = Field(default=None, description="Shown to people")
    description: Label | None = Field(
        default=None, description="Why it is there: what it rests on, and what it can't know"
    )
    when: str = Field(
        description="Condition over metrics, attributes, contracts, segments and "
        "journey.NAME.stage / days_in_stage / overdue / score / confidence / colour / "
        "days_in_colour"
    )
    for_: NOfM = Field(
        default="1 of 1 days",
        alias="for",
        description="Opens when it held on n of the last m days and holds today",
        examples=["3 of 5 days"],
    )
    clear_days: int = Field(
        default=1,
        ge=1,
        le=90,
        description="Closes after this many measured days in a row without it",
    )
    cooldown_days: int = Field(
        default=0, ge=0, le=730, description="After closing, does not open again for this long"
    )
    priority: Literal["high", "medium", "low"] = Field(
        default="medium", description="Order in Today"
    )
    any_time: bool = Field(
        default=False,
        description="Its alerts can't wait: told on days off (`holidays`) and sent in quiet hours "
        "(`quiet_hours`) too",
    )
    outcome: Name | None = Field(
        default=None,
        description="Outcome that it is there to see coming, by which `banso backtest` and the "
        "pages judge it",
    )
    play: Name | None = Field(
        default=None,
        description="Play that is started for the account when the alert is told. Not by the very "
        "first run, which finds all that there has been before",
    )
    assign: Assign | None = Field(
        default=None, description="Whose its alerts are. Default: the account's owner's"
    )
    expect: Expect | None = Field(
        default=None, description="What should come about in time; told for each alert"
    )
    holdout: float | None = Field(
        default=None,
        gt=0,
        le=0.5,
        description="Share of accounts, drawn by lot and for good, whose alerts are recorded but "
        "told to nobody, so that one can see what the rule changes (0.1: one in ten)",
    )
    duty_of_care: bool = Field(
        default=False,
        description="Nobody may be left alone with this: there is never a holdout",
    )
    action: Label = Field(description="What the owner should do")


class _Outcome(Definition):
    name: Name = Field(description="Unique among outcomes")
    label: Label | None = Field(default=None, description="Shown to people")
    lead_days: int = Field(
        default=14,
        ge=0,
        le=730,
        description="An alert has seen it coming where it opened at least so many days before; "
        "one that opened later came too late",
    )
    within_days: int = Field(
        default=90, ge=1, le=1095, description="... and at most so many days before"
    )


class _OfContracts(_Outcome):
    where: str | None = Field(
        default=None, description="Which contracts count: a condition over product. Default: all"
    )


class Churn(_OfContracts):
    """The contracts have ended: on the first day on which none is in force, unless another one
    begins within 30 days. Unmeasured for accounts without a contract, and while those 30 days
    have not passed."""

    kind: Literal["churn"]


class Downgrade(_OfContracts):
    """The contracts in force come to less than on the day before, without having ended."""

    kind: Literal["downgrade"]
    of: Literal["arr", "seats"] = Field(default="arr", description="What has become less")


class Renewal(_OfContracts):
    """A contract has ended and a later one goes on (or begins within 30 days): on the day after
    its end."""

    kind: Literal["renewal"]


class StageAdvance(_Outcome):
    """The account has moved on to a higher stage."""

    kind: Literal["stage_advance"]
    journey: Name = Field(description="The journey")
    to: Name | None = Field(default=None, description="Only into this stage. Default: any")


class StageRegress(_Outcome):
    """The account has fallen back to a lower stage of a journey that is not sticky."""

    kind: Literal["stage_regress"]
    journey: Name = Field(description="The journey; with `sticky: false`")
    to: Name | None = Field(default=None, description="Only into this stage. Default: any")


class Silence(_Outcome):
    """No use for so many days: on the day on which they are full."""

    kind: Literal["silence"]
    of: Name = Field(description="Metric of kind recency")
    days: int = Field(ge=1, le=730, description="How long without use")


class BecameTrue(_Outcome):
    """A condition has become true: on the first day on which it holds."""

    kind: Literal["condition"]
    when: str = Field(description="Condition, as in rules")


Outcome = Annotated[
    Churn | Downgrade | Renewal | StageAdvance | StageRegress | Silence | BecameTrue,
    Field(discriminator="kind"),
]
