"""One account of the list, ready to be shown."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.urls import reverse

from banso.core.definitions import Definitions
from banso.core.definitions.model import Label
from banso.core.unmeasured import Reason
from banso.desk.models import Run
from banso.desk.queries.beside_list import MetricValue, account_segments, metric_values
from banso.desk.queries.listing import ListedAccount
from banso.desk.queries.scope import Scope
from banso.pipeline.one_account import Told
from banso.web.account360.labels import journey_label, segment_label, stage_label
from banso.web.accounts.columns import Columns, metric_word
from banso.web.why.values import Shown, shown

UNKNOWN = Told(None, Reason.NO_SOURCE)


@dataclass(frozen=True)
class Place:
    """Where the account stands on one of its other journeys."""

    journey: Label
    colour: str


@dataclass(frozen=True)
class Cell:
    """The value of a metric. address: of its why."""

    label: str
    value: Shown
    address: str


@dataclass(frozen=True)
class Row:
    """journey, stage: None on no journey. days_left: from today to `ends_on`. why: a number of the
    account -> the address that explains it."""

    address: str
    name: str
    owner: str
    journey: Label | None
    stage: Label | None
    days: int | None
    overdue: bool
    colour: str
    score: float | None
    confidence: float | None
    scores: Sequence[float | None]
    trend: float | None
    alerts: int
    arr: Decimal | None
    seats: float | None
    ends_on: date | None
    days_left: int
    others: Sequence[Place]
    segments: Sequence[Label]
    metrics: Sequence[Cell]
    why: Mapping[str, str]


@dataclass(frozen=True)
class Beside:
    """What was read besides the list itself, by account."""

    metrics: Mapping[int, Mapping[str, MetricValue]]
    segments: Mapping[int, Sequence[str]]


def beside(scope: Scope, run: Run, columns: Columns, accounts: Sequence[ListedAccount]) -> Beside:
    """At most two queries."""
    ids = [account.id for account in accounts]
    return Beside(
        metrics=metric_values(scope, run, accounts=ids, metrics=columns.metrics),
        segments=account_segments(scope, ids) if "segments" in columns.kinds else {},
    )


def row(
    account: ListedAccount,
    *,
    definitions: Definitions,
    columns: Columns,
    found: Beside,
    today: date,
) -> Row:
    journey = definitions.journeys.get(account.journey)
    return Row(
        address=reverse("account", args=[account.id]),
        name=account.name,
        owner=account.owner or "",
        journey=journey_label(journey) if journey else None,
        stage=stage_label(journey, account.stage) if journey else None,
        days=account.days_in_stage,
        overdue=bool(account.overdue),
        colour=account.colour,
        score=account.score,
        confidence=account.confidence,
        scores=account.scores,
        trend=account.trend,
        alerts=account.alerts,
        arr=account.arr,
        seats=account.seats,
        ends_on=account.ends_on,
        days_left=(account.ends_on - today).days if account.ends_on else 0,
        others=[
            Place(journey_label(definitions.journeys[x.journey]), x.colour)
            for x in account.others
            if x.journey in definitions.journeys
        ],
        segments=[
            segment_label(definitions.segments[x])
            for x in found.segments.get(account.id, ())
            if x in definitions.segments
        ],
        metrics=_cells(account, definitions, columns, found),
        why=_why(account, columns),
    )


def told(found: Beside, account: int, metric: str) -> Told:
    """A metric of an account as of the run; one that the run did not know has no source yet."""
    value = found.metrics.get(account, {}).get(metric)
    return Told(value.value, value.reason) if value else UNKNOWN


def _cells(
    account: ListedAccount, definitions: Definitions, columns: Columns, found: Beside
) -> Sequence[Cell]:
    return [
        Cell(
            label=metric_word(definitions, name),
            value=shown(definitions, name, told(found, account.id, name)),
            address=reverse("why", args=[account.id, name]),
        )
        for name in columns.metrics
    ]


FIELDS = {"arr": "contract.arr", "seats": "contract.seats", "contract": "contract.days_to_end"}
"""Column -> the name under which its number is explained."""


def _why(account: ListedAccount, columns: Columns) -> Mapping[str, str]:
    fields = {kind: field for kind, field in FIELDS.items() if kind in columns.kinds}
    if account.journey and "health" in columns.kinds:
        fields["health"] = f"journey.{account.journey}.score"
    return {kind: reverse("why", args=[account.id, field]) for kind, field in fields.items()}
