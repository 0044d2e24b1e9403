"""What a timeline tells: entries, where each stands, and which of them a page asks for."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Literal, TypeVar
from zoneinfo import ZoneInfo

from django.db.models import Model, Q, QuerySet

from banso.desk.queries.contracts import ContractView

Kind = Literal[
    "health",
    "alerts",
    "plays",
    "notes",
    "people",
    "contracts",
    "attributes",
    "records",
    "firsts",
    "sets",
]
Step = Literal["signed", "begins", "ends"]
M = TypeVar("M", bound=Model)

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_CURSOR = re.compile(r"-?[0-9]{1,18}\.[0-9]{1,2}\.-?[0-9]{1,20}")
ALWAYS = date(1900, 1, 1)
"""From here on counts what was known from the first (services.accounts.BEGINNING): no change."""


@dataclass(frozen=True, order=True)
class Place:
    """Where an entry stands: the larger the newer. rank: of what happened at one instant the
    consequence (an alert) comes above its cause (a stage). id: unique within its rank."""

    at: datetime
    rank: int
    id: int

    @property
    def cursor(self) -> str:
        return f"{(self.at - EPOCH) // timedelta(microseconds=1)}.{self.rank}.{self.id}"

    @classmethod
    def of(cls, cursor: str) -> "Place | None":
        """None where the text is no cursor."""
        if not _CURSOR.fullmatch(cursor):
            return None
        microseconds, rank, number = (int(x) for x in cursor.split("."))
        try:
            return cls(EPOCH + timedelta(microseconds=microseconds), rank, number)
        except OverflowError:
            return None


@dataclass(frozen=True)
class HealthChange:
    """what: `stage` or `colour`. parts: see models.Change. origin: recorded by the run of its day;
    restated later; or reckoned, of a day before the first run."""

    journey: str
    what: str
    before: str
    after: str
    score_before: float | None
    score_after: float | None
    parts: Sequence[dict[str, object]]
    origin: Literal["recorded", "restated", "reckoned"]


@dataclass(frozen=True)
class AlertStep:
    """because: why it closed, '' where it opened."""

    alert: int
    rule: str
    label: dict[str, str]
    priority: str
    why: Sequence[dict[str, object]]
    closed: bool
    because: str
    opened_on: date


@dataclass(frozen=True)
class HeldOut:
    """An alert that nobody was told, because the account is held out from its rule, or not reached
    yet. because: see models.Withheld."""

    rule: str
    label: dict[str, str]
    opened_on: date
    because: str


@dataclass(frozen=True)
class Merged:
    """Another account was merged into this one; undone: it was split from it again."""

    account: str
    account_name: str
    member: str | None
    undone: bool


@dataclass(frozen=True)
class Expected:
    """What was expected after an alert, once it is settled. came, why: see models.Expectation."""

    rule: str
    label: dict[str, str]
    came: str
    why: str
    opened_on: date


@dataclass(frozen=True)
class PlayExpected:
    """What was expected of a run of a play that began then, once it is settled. came, why: as of
    `Expected`."""

    play: str
    label: dict[str, str]
    came: str
    why: str
    began_on: date


@dataclass(frozen=True)
class Handled:
    """state: what the alert became; see models.Handling. undone: it takes an earlier one back."""

    alert: int
    rule: str
    label: dict[str, str]
    member: str | None
    state: str
    until: date | None
    reason: str
    note: str
    undone: bool


@dataclass(frozen=True)
class PlayStep:
    """A play began for the account, or its run ended. because, about: see models.PlayRun."""

    play: str
    label: dict[str, str]
    ended: bool
    because: str
    about: dict[str, str] | None


@dataclass(frozen=True)
class TaskHandled:
    """state: what the task became; see models.TaskHandling."""

    label: dict[str, str]
    play: dict[str, str]
    member: str | None
    state: str
    until: date | None
    given_to: str | None
    reason: str
    note: str
    undone: bool


@dataclass(frozen=True)
class Mailed:
    """A mail to a person at the customer has left, or a member has refused it. member: who
    approved or refused it."""

    mail: int
    subject: str
    to: str
    play: dict[str, str]
    member: str | None
    sent: bool
    note: str


@dataclass(frozen=True)
class Noted:
    """What a member wrote down. kind: see models.NoteKind."""

    kind: str
    text: str
    member: str | None


@dataclass(frozen=True)
class Owned:
    """owner: None where from then on nobody owned it."""

    owner: str | None
    before: str | None


@dataclass(frozen=True)
class Left:
    """A contact who has left. name: or key."""

    name: str
    role: str
    user: str


@dataclass(frozen=True)
class ContractStep:
    step: Step
    contract: ContractView


@dataclass(frozen=True)
class AttributeChange:
    name: str
    value: str
    before: str | None


@dataclass(frozen=True)
class SetApplied:
    """numbers: whether any number is made otherwise since (else only texts changed)."""

    fingerprint: str
    by: str
    why: str
    numbers: bool


What = (
    HealthChange
    | AlertStep
    | Handled
    | PlayStep
    | PlayExpected
    | TaskHandled
    | Mailed
    | Noted
    | HeldOut
    | Merged
    | Expected
    | Owned
    | Left
    | ContractStep
    | AttributeChange
    | SetApplied
)


@dataclass(frozen=True)
class Entry:
    place: Place
    kind: Kind
    what: What


@dataclass(frozen=True)
class Window:
    """Which entries are asked for. zone: the organisation's; a date means its midnight there.

    until: the last day of what is dated; moment: the instant before which things were done.
    before: the entry that the page comes after (it is older than that one); limit: at most so many.
    """

    zone: ZoneInfo
    until: date
    moment: datetime
    before: Place | None
    limit: int

    def midnight(self, day: date) -> datetime:
        return datetime.combine(day, time.min, tzinfo=self.zone).astimezone(UTC)

    def holds(self, place: Place) -> bool:
        return self.before is None or place < self.before

    def dated(self, rows: QuerySet[M], field: str, *, rank: int) -> QuerySet[M]:
        """The newest of them by a date and, within it, by id."""
        rows = rows.filter(**{f"{field}__lte": self.until}).order_by(f"-{field}", "-id")
        if self.before is None:
            return rows[: self.limit]
        day = self.before.at.astimezone(self.zone).date()
        older = Q(**{f"{field}__lt": day})
        same = Q(**{field: day})
        if self.midnight(day) < self.before.at or rank < self.before.rank:
            older |= same
        elif rank == self.before.rank:
            older |= same & Q(id__lt=self.before.id)
        return rows.filter(older)[: self.limit]

    def timed(self, rows: QuerySet[M], field: str, *, rank: int) -> QuerySet[M]:
        """The newest of them by an instant and, within it, by id."""
        rows = rows.filter(**{f"{field}__lt": self.moment}).order_by(f"-{field}", "-id")
        if self.before is None:
            return rows[: self.limit]
        older = Q(**{f"{field}__lt": self.before.at})
        same = Q(**{field: self.before.at})
        if rank < self.before.rank:
            older |= same
        elif rank == self.before.rank:
            older |= same & Q(id__lt=self.before.id)
        return rows.filter(older)[: self.limit]


RANKS = {
    "set": 0,
    "record": 1,
    "first": 2,
    "attribute": 3,
    "signed": 4,
    "begins": 5,
    "ends": 6,
    "left": 7,
    "owner": 8,
    "colour": 9,
    "stage": 10,
    "opened": 11,
    "closed": 12,
    "handled": 13,
    "entered": 14,
    "task": 15,
    "ended": 16,
    "held_out": 17,
    "expected": 18,
    "play_expected": 19,
    "mail": 20,
    "mail_refused": 21,
    "merged": 22,
    "note": 23,
}
"""Of things of one instant the higher one comes first."""
