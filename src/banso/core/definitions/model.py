"""The fields of definitions, as they stand in YAML; those of metrics, outcomes and plays have files
of their own. The reference page and the JSON Schema are generated from these classes, so each
field's description is its documentation."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

from banso.core.definitions.assign import Assign
from banso.core.definitions.proof import Expect, Reached

Name = Annotated[str, StringConstraints(pattern=r"^[^\W\d]\w{0,62}$")]
"""A letter (any script) or underscore, then letters, digits and underscores; at most 63."""

ClockTime = Annotated[str, StringConstraints(pattern=r"^([01]\d|2[0-3]):[0-5]\d$")]
Window = Annotated[str, StringConstraints(pattern=r"^[1-9]\d{0,3}d$")]
"""A number of calendar days: `7d`."""
Silence = Annotated[str, StringConstraints(pattern=r"^[1-9]\d{0,3}[dhm]$")]
"""Calendar days, hours or minutes: `2d`, `4h`, `45m`."""

FieldPath = Annotated[str, StringConstraints(pattern=r"^(properties|context|traits)(\.[^.\s]+)+$")]
"""Where a live event says something: `properties.plan`, `context.groupId`."""

OfData = Annotated[
    str, StringConstraints(pattern=r"^(attribute|feature|product|properties|record)\.\S.{0,99}$")
]
"""A name that comes with the data: `record.ticket`."""

NOfM = Annotated[str, StringConstraints(pattern=r"^[1-9]\d? of [1-9]\d? days?$")]


class Definition(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


def _one_is_enough(schema: dict[str, Any]) -> None:
    schema.pop("required", None)
    schema["minProperties"] = 1


class Label(Definition):
    """A text for people, in each language of the screens. What is written in one alone is shown in
    both."""

    model_config = ConfigDict(
        extra="forbid", frozen=True, strict=True, json_schema_extra=_one_is_enough
    )

    en: str = Field(description="English. Default: as in Japanese")
    ja: str = Field(description="Japanese. Default: as in English")

    @model_validator(mode="before")
    @classmethod
    def in_both(cls, said: object) -> object:
        """A language that is not written, or left empty (`en:`), is the other."""
        if not isinstance(said, dict):
            return said
        en, ja = said.get("en"), said.get("ja")
        if (en is None) is (ja is None):
            return said
        return {**said, "en": ja if en is None else en, "ja": en if ja is None else ja}


def _of_is_needed(schema: dict[str, Any]) -> None:
    schema["required"] = ["of"]
    schema["minProperties"] = 2


class Called(Label):
    """What people call something that comes with the data."""

    model_config = ConfigDict(
        extra="forbid", frozen=True, strict=True, json_schema_extra=_of_is_needed
    )

    of: OfData = Field(
        description="attribute.NAME of accounts, record.KIND, feature.NAME, product.NAME or "
        "properties.NAME"
    )


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
    mail_days: int = Field(
        default=7,
        ge=0,
        le=365,
        description="A person at a customer gets mails of two plays at the earliest so many days "
        "apart; a mail that comes too soon waits",
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
    names: tuple[Called, ...] = Field(
        default=(),
        strict=False,
        description="What people call attributes, kinds of records, features, products and "
        "properties of events, which come with the data under names of machines",
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
    late_after: Silence | None = Field(
        default=None,
        description="No event for longer than this: its metrics become unmeasured (source_late) "
        "and nothing fires from them. Days are judged when they are over; hours and minutes (15 at "
        "least) by the clock, every five minutes",
    )
    speaks: Literal["daily", "business_days"] | None = Field(
        default=None,
        description="On which days it promises to speak: `daily`, or `business_days` (Monday to "
        "Friday; `late_after` then counts these days, by default one). Its volume is watched too: "
        "a day with ten times or a tenth of the usual, or with the same content twice, makes its "
        "metrics unmeasured (source_late)",
    )
    hours: str | None = Field(
        default=None,
        pattern=r"^([01]\d|2[0-3]):[0-5]\d-([01]\d|2[0-3]):[0-5]\d$",
        description="From when to when on such a day it promises to speak, by the organisation's "
        "clock: hours and minutes of `late_after` count within these alone. Default: day and night",
        examples=["08:00-20:00"],
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
    rollout: tuple[Reached, ...] = Field(
        default=(),
        strict=False,
        description="Stages in which it is rolled out. Until an account is reached, and where it "
        "is in none of the segments, its alerts are recorded but told to nobody; what opened "
        "before stays untold. Not together with a holdout",
    )
    duty_of_care: bool = Field(
        default=False,
        description="Nobody may be left alone with this: there is never a holdout",
    )
    action: Label = Field(description="What the owner should do")
