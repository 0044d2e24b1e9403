"""The health board: how many accounts stand in which stage and colour now, and what has changed."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Any

from django.db.models import (
    Case,
    CharField,
    Count,
    Exists,
    F,
    IntegerField,
    OuterRef,
    Q,
    QuerySet,
    Sum,
    Value,
    When,
)
from django.db.models.lookups import GreaterThan

from banso.desk.models import Cause, Change, Standing
from banso.desk.queries.scope import Scope, within


@dataclass(frozen=True)
class Tally:
    """accounts: how many, `overdue` of them for longer in their stage than expected. arr: of those
    whose ARR is measured, None where none is or the reader sees no amounts. unknown: how many
    have no ARR that is measured (0 where the reader sees no amounts)."""

    accounts: int = 0
    overdue: int = 0
    arr: Decimal | None = None
    unknown: int = 0


@dataclass(frozen=True)
class Board:
    """Only what has accounts: cells by (stage, colour)."""

    cells: Mapping[tuple[str, str], Tally]
    stages: Mapping[str, Tally]
    colours: Mapping[str, Tally]
    total: Tally


def board(scope: Scope, journey: str, *, owner: int | None = None, segment: str = "") -> Board:
    """Accounts on a journey as of the newest run. One query, from an index alone unless filtered.

    owner, segment: only accounts of this member, in this segment.
    """
    rows = _rows(scope, Standing.objects.filter(journey=journey), owner)
    rows = rows.filter(segments__contains=[segment]) if segment else rows
    told: dict[str, Any] = {
        "accounts": Count("*"),
        "late": Count("account", filter=Q(overdue=True)),
    }
    if scope.revenue:
        told |= {"amount": Sum("arr"), "known": Count("arr")}
    cells = {
        (row["stage"], row["colour"]): Tally(
            accounts=row["accounts"],
            overdue=row["late"],
            arr=row.get("amount"),
            unknown=row["accounts"] - row.get("known", row["accounts"]),
        )
        for row in rows.values("stage", "colour").annotate(**told).order_by("stage", "colour")
    }
    return summed(cells)


def summed(cells: Mapping[tuple[str, str], Tally]) -> Board:
    return Board(
        cells=cells,
        stages={x: _sum(y for (s, _), y in cells.items() if s == x) for x, _ in cells},
        colours={x: _sum(y for (_, c), y in cells.items() if c == x) for _, x in cells},
        total=_sum(cells.values()),
    )


def _rows(scope: Scope, rows: QuerySet[Any], owner: int | None) -> QuerySet[Any]:
    rows = within(scope, rows, account="account")
    return rows if owner is None else rows.filter(account__owner=owner or None)  # NOBODY is 0


def _sum(tallies: Iterable[Tally]) -> Tally:
    some = list(tallies)
    known = [x.arr for x in some if x.arr is not None]
    return Tally(
        accounts=sum(x.accounts for x in some),
        overdue=sum(x.overdue for x in some),
        arr=sum(known, start=Decimal(0)) if known else None,
        unknown=sum(x.unknown for x in some),
    )


class Direction(StrEnum):
    """What a change means, worst first."""

    WORSE = "worse"
    STAGE_BACK = "stage_back"
    LEFT = "left"  # the journey
    UNMEASURED = "unmeasured"
    RESTATED = "restated"  # what had been shown is seen otherwise now
    JOINED = "joined"  # the journey
    STAGE_UP = "stage_up"
    BETTER = "better"


@dataclass(frozen=True)
class Part:
    """Points of the score that one condition made; see models.Change. before, after: its metric's
    values, or its points where it has no metric."""

    kind: str
    condition: str
    label: Mapping[str, str]
    metric: str | None
    amount: float
    before: float | None
    after: float | None


@dataclass(frozen=True)
class ChangedAccount:
    """One change of stage or colour (`what`), told on `as_of`; see models.Change."""

    account: int
    name: str
    owner: str | None
    as_of: date
    what: str
    before: str
    after: str
    score_before: float | None
    score_after: float | None
    direction: Direction
    parts: Sequence[Part]


@dataclass(frozen=True)
class Changes:
    """items: newest first, of one day the worst first, at most as many as were asked for.
    counts: of all, by direction."""

    items: Sequence[ChangedAccount]
    counts: Mapping[Direction, int]


@dataclass(frozen=True)
class Wish:
    """Which changes: those on the days since..until, both included.

    stages: of the journey, in order. direction: only items of this one; all are counted. owner,
    segment: only accounts that are now this member's, in this segment.
    """

    journey: str
    since: date
    until: date
    stages: tuple[str, ...]
    limit: int
    owner: int | None = None
    segment: str = ""
    direction: Direction | None = None


def changes(scope: Scope, wish: Wish) -> Changes:
    """Two queries."""
    days = Change.objects.filter(as_of__gte=wish.since, as_of__lte=wish.until, journey=wish.journey)
    if wish.segment:
        there = Standing.objects.filter(lead=True, segments__contains=[wish.segment])
        days = days.filter(Exists(there.filter(account=OuterRef("account"))))
    rows = _rows(scope, days, wish.owner).annotate(direction=_direction(wish.stages))
    counted = rows.values("direction").annotate(times=Count("*")).order_by()
    counts = Counter({row["direction"]: row["times"] for row in counted})
    wanted = rows.filter(direction=wish.direction) if wish.direction else rows
    worst = Case(*(When(direction=x, then=n) for n, x in enumerate(Direction)))
    lost = F("score_after") - F("score_before")
    shown = wanted.order_by("-as_of", worst, lost.asc(nulls_last=True), "id")[: wish.limit]
    return Changes(
        items=tuple(_changed(row) for row in shown.values(*FIELDS)),
        counts={x: counts[x] for x in Direction},
    )


FIELDS = (
    "account_id",
    "account__key",
    "account__name",
    "account__owner__handle",
    "account__owner__name",
    "as_of",
    "what",
    "before",
    "after",
    "score_before",
    "score_after",
    "direction",
    "parts",
)


def _direction(stages: Sequence[str]) -> Case:
    forward = GreaterThan(_position("after", stages), _position("before", stages))
    return Case(
        When(cause=Cause.RESTATED, then=Value(Direction.RESTATED)),
        When(what="stage", before="", then=Value(Direction.JOINED)),
        When(what="stage", after="", then=Value(Direction.LEFT)),
        When(Q(forward, what="stage"), then=Value(Direction.STAGE_UP)),
        When(what="stage", then=Value(Direction.STAGE_BACK)),
        When(after="unmeasured", then=Value(Direction.UNMEASURED)),
        When(after="healthy", then=Value(Direction.BETTER)),
        When(after="watch", before="at_risk", then=Value(Direction.BETTER)),
        default=Value(Direction.WORSE),
        output_field=CharField(),
    )


def _position(field: str, stages: Sequence[str]) -> Case:
    """-1 for a stage that the definitions know no more."""
    places = (When(Q((field, name)), then=Value(n)) for n, name in enumerate(stages))
    return Case(*places, default=Value(-1), output_field=IntegerField())


def _changed(row: Mapping[str, Any]) -> ChangedAccount:
    own = {name: row[name] for name in FIELDS if "__" not in name}
    own |= {
        "account": own.pop("account_id"),
        "direction": Direction(row["direction"]),
        "parts": tuple(Part(**part) for part in row["parts"]),
    }
    return ChangedAccount(
        name=row["account__name"] or row["account__key"],
        owner=row["account__owner__name"] or row["account__owner__handle"],
        **own,
    )
