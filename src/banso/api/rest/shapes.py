"""What the API takes and answers. Days are calendar days of the organisation's zone, ISO 8601."""

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Literal

from ninja import Schema
from pydantic import ConfigDict, Field

from banso.desk.models import AlertState, NotUseful

MOST = 200
Text = dict[str, str]
"""Language -> words, such as {"en": "Nobody uses it", "ja": "利用が途絶えている"}."""


class Shape(Schema):
    model_config = ConfigDict(extra="forbid")


class AccountsAsked(Shape):
    search: str = ""
    journey: str = Field(default="", description="One line for each account on it")
    stage: str = ""
    colour: str = ""
    segment: str = ""
    sort: str = Field(default="urgency", description="score, arr, ... ; -score: descending")
    cursor: str | None = Field(default=None, description="`next` of the page before")
    limit: int = Field(default=50, ge=1, le=MOST)


class AccountItem(Shape):
    """An account on one of its journeys, as of the newest run."""

    key: str
    name: str
    owner: str | None
    journey: str = Field(description="Empty where it is on none")
    stage: str
    days_in_stage: int | None
    overdue: bool | None
    colour: str = Field(description="healthy, watch, at_risk, unmeasured")
    score: float | None = Field(description="0 to 100; null: nothing is measured")
    confidence: float | None = Field(description="Measured share of the weight, 0 to 1")
    arr: Decimal | None = Field(description="Null: unmeasured, or not for the member to see")
    seats: float | None
    contract_ends_on: date | None
    alerts: int = Field(description="How many are to be handled")


class AccountsPage(Shape):
    as_of: date | None = Field(description="Null before the first run")
    items: list[AccountItem]
    next: str | None = Field(description="`cursor` of the next page; null on the last one")


class AlertsAsked(Shape):
    open: bool | None = Field(default=None, description="Whether the rule still holds")
    state: AlertState | None = None
    rule: str = ""
    account: str = Field(default="", description="Key of the account")
    owner: str = Field(default="", description="Handle of the account's owner")
    before: int | None = Field(default=None, description="`next` of the page before")
    limit: int = Field(default=50, ge=1, le=MOST)


class ExpectedItem(Shape):
    """Whether what is expected of an alert, or of a run of a play, has come true (docs:
    explanation/value)."""

    came: str = Field(description="open, reached, not_reached, unmeasured")
    due_on: date
    reached_on: date | None


class AlertItem(Shape):
    id: int
    account: str = Field(description="Key of the account")
    account_name: str
    owner: str | None
    rule: str
    journey: str | None
    label: Text
    action: Text
    priority: str = Field(description="high, medium, low")
    opened_on: date
    closed_on: date | None
    closed_because: str | None
    state: str = Field(description="open, done, snoozed, not_useful")
    until: date | None = Field(description="A snoozed alert is back from this day on")
    expected: ExpectedItem | None = Field(
        description="Null: its rule expects nothing, or nobody has looked yet"
    )
    arr: Decimal | None = Field(description="Null: unmeasured, or not for the member to see")
    why: list[Mapping[str, Any]] = Field(
        description="The reasons as they were when it opened: see `banso today --json`. Amounts "
        "of money are left out where the member may not see them"
    )


class AlertsPage(Shape):
    items: list[AlertItem] = Field(description="Newest first")
    next: int | None = Field(description="`before` of the next page; null on the last one")


class Snooze(Shape):
    until: date = Field(description="A day after today")
    note: str = Field(default="", max_length=500, description="Why")


class Dismissal(Shape):
    reason: NotUseful
    note: str = Field(default="", max_length=500, description="Needed with the reason `other`")


class Undo(Shape):
    handling: int = Field(description="`handling` of the answer that is to be taken back")


class Handled(Shape):
    handling: int
    state: str
    until: date | None


class MuteItem(Shape):
    number: int
    rule: str
    account: str | None = Field(description="Key; null: all accounts")
    until: date
    reason: str
    member: str | None
    at: datetime


class NewMute(Shape):
    rule: str
    account: str | None = Field(default=None, description="Key; null: all accounts")
    until: date = Field(description="A day after today, from which on its alerts are told again")
    reason: str = Field(max_length=500)


class ChannelRow(Shape):
    name: str
    kind: str
    address: str = Field(description="Where to; empty: to whoever it is for in person")
    least: str = Field(description="Alerts of this priority and above")
    language: str
    revenue: bool = Field(description="Whether amounts of money are told")
    tasks: bool = Field(description="Whether tasks (to webhooks also plays, mails) are told")
    disabled_at: datetime | None = Field(description="Since when nothing is sent")
    disabled_because: str
    waiting: int
    delivered: int
    failed: int = Field(description="Dead letters")
    last_delivered_at: datetime | None
    last_failed_at: datetime | None


class DeadLetter(Shape):
    id: int
    message: str = Field(description="The same in every attempt, also after a replay")
    kind: str
    account: str | None = Field(description="Key")
    member: str | None
    attempts: int
    created_at: datetime
    answer: str = Field(description="What the receiver said last")


class DeliveryRow(DeadLetter):
    channel: str
    state: Literal["waiting", "delivered", "failed"]
    due_at: datetime = Field(description="When it is tried (again), while it waits")


class Replayed(Shape):
    count: int


class AccountWhole(Shape):
    """One account, on each of its journeys."""

    key: str
    name: str
    owner: str | None
    merged: list[str] = Field(description="Keys of accounts that turned out to be this one")
    as_of: date | None = Field(description="Null before the first run")
    items: list[AccountItem] = Field(description="The most urgent first")


class AccountElsewhere(Shape):
    """With `Location`: the address of the account that this key names."""

    detail: str
    account: str = Field(description="Its key")


class MergeItem(Shape):
    number: int
    account: str = Field(description="Key of the account that turned out to be another")
    account_name: str
    into: str = Field(description="Key of the account that stays")
    into_name: str
    at: datetime
    member: str | None = Field(description="Null: on the command line")
    undone_at: datetime | None = Field(description="When they were split again; null: not")
    undone_by: str | None
    ended_plays: list[str] = Field(
        description="Plays whose run at the account the merge ended; splitting does not resume them"
    )


class NewMerge(Shape):
    account: str = Field(description="Key of the account that turned out to be another")
    into: str = Field(description="Key of the account that stays")
