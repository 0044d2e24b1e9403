"""What the API answers of value (docs: explanation/value)."""

from datetime import date, datetime
from typing import Any, Literal

from pydantic import Field

from banso.api.rest.shapes import Shape, Text


class EffectItem(Shape):
    """What a rule changes, of one grade."""

    target: str | None = Field(description="Outcome; null: what the rule expects")
    grade: str = Field(
        description="A: by lot; B: rolled out by stages; C: compared with accounts not acted on, "
        "with its sensitivity; "
        "D: before and after, which is never value"
    )
    verdict: str = Field(
        description="helps, harms, differs, unclear, too_little, suggests, fragile, before_after"
    )
    value: float | None = Field(
        description="Difference as a share: told less held out; null: too little is known"
    )
    low: float | None = Field(description="Grade A: holds however often one looks")
    high: float | None
    details: dict[str, Any] = Field(
        description="Counts, the sensitivity line, and of grade B its reasons as codes"
    )


class Expectations(Shape):
    """Told alerts of a rule, or runs of a play, by what became of what was expected."""

    reached: int = 0
    not_reached: int = 0
    unmeasured: int = Field(default=0, description="Nobody can say")
    open: int = Field(default=0, description="There is still time")


class RuleValue(Shape):
    """Of a rule, or of a play that was entered or holds accounts out."""

    kind: Literal["rule", "play"]
    rule: str = Field(description="Name of the rule or play")
    label: Text
    holdout: float | None = Field(description="Share held out; null: none")
    told: int | None = Field(description="Accounts drawn to be told; null: not for the member")
    held_out: int | None = Field(description="Accounts drawn to be left alone; null: likewise")
    expected: Expectations | None = Field(description="Null: nothing is expected")
    effects: list[EffectItem] = Field(description="Best grade first")


class AfterItem(Shape):
    """Alerts by what came after them."""

    alerts: int
    right: int = Field(description="The outcome that the rule is there for came in its time")
    wrong: int = Field(description="It did not")
    open: int = Field(description="That time is not over")
    unmeasured: int = Field(description="Nobody can say, or the rule names no outcome")


class HeldBackItem(Shape):
    """Alerts that opened in a month, of rules that were not paused."""

    month: str = Field(description="YYYY-MM")
    held_back: AfterItem = Field(
        description="Not told in the week in which they could have been first, or never"
    )
    told: AfterItem = Field(description="The rest")


class HeldBackRule(Shape):
    """As HeldBackItem, of one rule in all fifteen months."""

    rule: str
    held_back: AfterItem
    told: AfterItem


class OrderItem(Shape):
    """Whether what was held back was right less often than what was told."""

    verdict: str = Field(
        description="less_right: those were told first that mattered; more_right: the order is "
        "wrong; alike: no difference is seen; too_little: under ten judged on a side; nothing: "
        "nothing was held back"
    )
    value: float | None = Field(
        description="Share of right ones held back, less that of those told"
    )
    low: float | None
    high: float | None
    held_back: AfterItem
    told: AfterItem


class WhyItem(Shape):
    code: str = Field(
        description="did_worse, no_effect, seldom_right, nobody_acted, did_better, often_right, "
        "not_used, too_little, came_true"
    )
    number: float | None = Field(description="A share; of nobody_acted and no_effect accounts")


class ReviewedItem(Shape):
    kind: Literal["rule", "play"]
    rule: str = Field(description="Name of the rule or play")
    where: Literal["retire", "watch", "keep"]
    flagged: int = Field(description="Accounts, in 90 days; of a play those that entered it")
    acted: int = Field(description="Accounts of which an alert or a task is done")
    precision: float | None = Field(description="Share right when replayed; null: not judged")
    why: list[WhyItem]


class UnseenItem(Shape):
    account: str = Field(description="Key")
    outcome: str
    on: date


class LostItem(Shape):
    """Losses of the last 90 days."""

    foreseen: int = Field(description="A rule saw them in time")
    late: int = Field(description="One did, too late")
    unseen: list[UnseenItem] = Field(description="None did; the newest first")


class HeldItem(Shape):
    """As of when figures hold. They are read once a run, not at every call."""

    as_of: date = Field(description="Alerts up to this day are counted")
    read_at: datetime = Field(description="What members have done since is not in them")
    definitions: str = Field(description="Fingerprint of the definitions then")


class Review(Shape):
    until: date
    held: HeldItem
    rules: list[ReviewedItem] = Field(description="Rules, then plays")
    lost: LostItem | None = Field(
        description="Null: nobody has looked back yet, or nothing says what a loss is"
    )
    held_back: list[HeldBackItem] = Field(description="Fifteen months, the newest first")
    held_back_of_rules: list[HeldBackRule] = Field(
        description="Rules of which any was held back, most right ones first"
    )
    order: OrderItem


class BoardAsked(Shape):
    since: date | None = Field(default=None, description="Default: 90 days to `until`")
    until: date | None = Field(default=None, description="Default: the newest run's day")
    rule: str = ""
    play: str = Field(default="", description="Only alerts that started it")
    segment: str = ""


class Pace(Shape):
    """Median days of each step; null where none has been taken."""

    decided: float | None
    acted: float | None
    reached: float | None
    slowest: str | None


class DominoItem(Shape):
    """Accounts by how far they have come; each is counted at every earlier step too."""

    accounts: int | None = Field(description="All; null in parts")
    measured: int | None = Field(description="Health is known; null in parts")
    flagged: int = Field(description="An alert opened")
    decided: int = Field(description="A member did anything about one, or about a task of its play")
    acted: int = Field(description="One, or a task of its play, is done")
    reached: int = Field(description="What was expected came true afterwards, in time")
    proven: int = Field(description="... by a rule or play whose effect is proven")
    held_out: int = Field(description="With an alert told to nobody, by lot")
    held_back: int = Field(description="With an alert held back by the weekly budget")
    by_hand: int = Field(
        description="Beside the dominoes: a member began a play for them without any alert"
    )
    by_hand_acted: int = Field(description="... and a task of it is done")
    pace: Pace | None = Field(description="Of a part; that of the whole stands beside it")


class Board(Shape):
    since: date
    until: date
    held: HeldItem
    total: DominoItem
    pace: Pace
    rules: dict[str, DominoItem]
    plays: dict[str, DominoItem] = Field(description="Of alerts that started one, or begun by hand")
    owners: dict[str, DominoItem] = Field(description="By handle; empty: nobody")
    segments: dict[str, DominoItem]
    months: dict[str, DominoItem] = Field(description="By month of the alert, YYYY-MM")
