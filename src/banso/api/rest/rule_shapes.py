"""What the API takes and answers about rules: as they are, replayed, drafted, compared, paused."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from pydantic import Field

from banso.api.rest.shapes import Shape, Text


class RuleItem(Shape):
    name: str
    label: Text
    description: Text | None
    when: str
    opens: str = Field(description="`for` of the definition, such as 3 of 5 days")
    clear_days: int
    cooldown_days: int
    priority: str
    any_time: bool = Field(description="Told on days off and in quiet hours, too")
    assign: dict[str, str | list[str]] | None = Field(
        description="member, in_turn or team; null: the account's owner"
    )
    action: Text
    play: str | None
    outcome: str | None
    open: int = Field(description="Alerts whose episode is open, of the member's accounts")
    opened_28d: int
    handled_28d: int
    not_useful_28d: int
    precision: float | None = Field(
        description="Replayed, judged by `outcome`; null: not judged yet"
    )
    precision_low: float | None = Field(description="Of the 95% interval")
    precision_high: float | None
    outdated: bool = Field(
        description="Whether that was replayed with other definitions than those in force"
    )
    useful: float | None = Field(
        description="Share that members found useful: done, of those done or not useful, of the "
        "last 26 weeks; null: nobody has said anything"
    )
    useful_low: float | None = Field(description="Of the 95% interval")
    useful_high: float | None
    useful_said: int = Field(description="How many alerts that is of")
    muted_until: date | None = Field(description="For all accounts")
    paused_since: datetime | None = Field(description="It tells nobody; null: it is on")


class ReplayPeriod(Shape):
    """Alerts that opened on these days, against the outcome; null where nothing is judged."""

    first: date
    last: date
    alerts: int
    counts: dict[str, int] = Field(description="By hit, late, miss, unknown, not_applicable")
    precision: float | None
    interval: tuple[float, float] | None = Field(description="95 %, of the precision")
    judged: int
    base: float | None = Field(description="The same share by chance")
    lift: float | None = Field(description="precision / base")


class ReplayAlert(Shape):
    account: str
    opened_on: date
    closed_on: date | None
    told: bool = Field(description="Whether it would have reached its owner; else held back")
    verdict: str | None = Field(description="hit, late, miss, unknown or not_applicable")
    outcome_on: date | None


class ReplayTold(Shape):
    """What a replay has shown. Alerts are counted over all accounts."""

    first: date
    accounts: int
    alerts: int
    budget: int | None = Field(description="New alerts for each owner and week; null: no limit")
    held_back: int = Field(description="Not told in their week, by that limit")
    most: int = Field(description="In the busiest week of one owner")
    periods: dict[str, ReplayPeriod] = Field(description="whole, fitting, untouched")
    shrinkage: float | None = Field(
        description="Precision of the untouched period less that of the fitting one"
    )
    coming: tuple[float, float] | None = Field(
        description="Between what the precision of a next period will lie, in 95 of 100 cases"
    )
    leads: dict[str, float] = Field(description="Quantile: days from alert to outcome, of hits")
    overlap: dict[str, float] = Field(
        description="Other rule: share of the alerts beside which it was open"
    )
    weeks: list[tuple[date, dict[str, int]]] = Field(
        description="The calendar: Monday, and alerts by verdict"
    )
    fired: list[ReplayAlert] = Field(
        description="The newest alerts, of accounts that the member sees"
    )


class BacktestItem(Shape):
    """A replay of a rule, judged by one outcome (docs: explanation/backtest)."""

    outcome: str | None
    as_of: date
    fingerprint: str
    precision: float | None
    precision_low: float | None
    precision_high: float | None
    alerts_a_week: float = Field(description="In the last 26 weeks")
    told: ReplayTold


class DraftText(Shape):
    text: str = Field(
        min_length=1,
        max_length=50_000,
        description="YAML of a definition file: one rule, and what it needs that is new",
    )


class DraftItem(Shape):
    rule: str
    member: str | None = Field(description="Who saved it; null: from the command line")
    at: datetime
    compared_at: datetime | None = Field(description="When it was replayed; null: not yet")
    failed: str | None = Field(description="Why it can't be replayed")


class ComparedPart(Shape):
    first: date
    last: date
    judged: int
    precision: float | None
    low: float | None
    high: float | None


class ComparedOwner(Shape):
    owner: str | None
    a_week: float
    most: int = Field(description="In the busiest week")


class ComparedSide(Shape):
    """One of the two rules: see `banso rules compare --json`. Null where nothing is judged, and
    where an earlier version has replayed it."""

    alerts: int
    accounts: int
    held_back: int
    a_week: float
    owners: list[ComparedOwner]
    weeks: list[tuple[date, int]] = Field(description="Monday, alerts")
    precision: float | None
    low: float | None
    high: float | None
    judged: int
    lead: float | None = Field(description="Days from alert to outcome, of the middle hit")
    base: float | None = Field(default=None, description="Right by chance")
    lift: float | None = None
    fitting: ComparedPart | None = None
    untouched: ComparedPart | None = None
    shrinkage: float | None = None
    coming: dict[str, float] | None = Field(default=None, description="low, high")
    overlap: dict[str, float] = Field(default={}, description="Other rule: share of its alerts")


class ComparedAccount(Shape):
    account: str
    account_name: str
    opened_on: date


class ComparedRules(Shape):
    """Accounts are those the member sees."""

    rule: str
    outcome: str | None
    first: date
    last: date
    live: ComparedSide | None = Field(description="The rule in force; null: there is none")
    draft: ComparedSide
    in_both: int
    only_live: list[ComparedAccount]
    only_draft: list[ComparedAccount]
    more_live: int
    more_draft: int
    would_open: list[str]
    would_close: list[str]


class DraftWhole(DraftItem):
    text: str
    compared: ComparedRules | None = Field(
        description="Beside the rule in force; null: not replayed yet"
    )


class SwitchOn(Shape):
    why: str = Field(min_length=1, max_length=500)


class InForce(Shape):
    fingerprint: str = Field(description="Of the definitions in force now")


class PauseItem(Shape):
    rule: str
    reason: str
    member: str | None
    at: datetime


class NewPause(Shape):
    reason: str = Field(min_length=1, max_length=500)


class LossItem(Shape):
    account: str = Field(description="Key of the account")
    account_name: str
    outcome: str
    on: date
    owner: str | None = Field(description="Of that day")
    arr: Decimal | None = Field(description="Null: unmeasured, or not for the member to see")
    foreseen: bool = Field(description="Whether any alert saw it in time")
    sights: list[dict[str, Any]] = Field(description="rule, days_before, in_time; earliest first")
    was: list[dict[str, str]] = Field(
        description="journey, stage, colour when there was still time"
    )


class GapsAnswer(Shape):
    since: date | None = Field(description="Null: not looked back yet")
    until: date | None
    outcomes: list[str] = Field(description="What counts as a loss")
    losses: list[LossItem] = Field(description="Newest first")
