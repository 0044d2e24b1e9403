"""How an account stands: its stages, its health with every reason, its alerts, and where use and
contract tell different stories."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import cast

from banso.core.definitions.metrics import Latest, Ratio
from banso.core.definitions.model import Label
from banso.core.definitions.money import is_money
from banso.core.health import Assessment
from banso.core.health.describe import describe_field
from banso.core.health.in_words import condition_in_words
from banso.core.unmeasured import Reason
from banso.desk.models import Member, TaskState
from banso.desk.queries.account import AccountAlert, account_alerts
from banso.desk.queries.merges import MergeView, merges
from banso.desk.queries.tasks import tasks_of_account
from banso.desk.services.notes import LONGEST
from banso.web.account360.contrast import Contrast, contrasts
from banso.web.account360.health import Row, rows
from banso.web.account360.labels import journey_label, stage_label
from banso.web.account360.ladder import Step, ladder
from banso.web.account360.notes import NoteCard, kind_words, note_cards
from banso.web.account360.visit import Visit
from banso.web.house import zone_of
from banso.web.tags import text
from banso.web.today.expected import expected_of_run
from banso.web.today.tasks import due_words
from banso.web.why.made_of import address, value_of
from banso.web.why.values import Shown


@dataclass(frozen=True)
class JourneyCard:
    """score_address: of the why of the score. failed: critical conditions that do not hold, which
    make the colour worse than the score alone would."""

    name: str
    label: Label
    stage: Label
    steps: Sequence[Step]
    colour: str
    score: float | None
    confidence: float | None
    minimum: float
    late: bool
    rows: Sequence[Row]
    failed: Sequence[Label]
    score_address: str


@dataclass(frozen=True)
class OffJourney:
    """applies: who is on it, in words; None: every customer."""

    label: Label
    applies: Label | None


@dataclass(frozen=True)
class Reasoned:
    """address: of the why of its number, on the day of the alert."""

    text: str
    address: str


@dataclass(frozen=True)
class AlertCard:
    """since: the day from which on it is known. closed_on: None while it is open now."""

    label: Mapping[str, str]
    action: Mapping[str, str]
    priority: str
    reasons: Sequence[Reasoned]
    since: date
    days: int
    state: str
    until: date | None
    closed_on: date | None


@dataclass(frozen=True)
class Figure:
    label: Label
    value: Shown
    address: str


@dataclass(frozen=True)
class TaskCard:
    """member: who is to do it, None for nobody. until: where it is snoozed. expected: as of a task
    in Today."""

    label: str
    due: str
    member: Member | None
    until: date | None
    expected: Sequence[str]


@dataclass(frozen=True)
class Overview:
    """tasks: those that wait now; none on a past day."""

    journeys: Sequence[JourneyCard]
    off: Sequence[OffJourney]
    alerts: Sequence[AlertCard]
    tasks: Sequence[TaskCard]
    use: Sequence[Figure]
    contract: Sequence[Figure]
    contrasts: Sequence[Contrast]
    merged: Sequence[MergeView]
    notes: Sequence[NoteCard]
    note_kinds: Mapping[str, str]
    longest_note: int


def overview(visit: Visit) -> Overview:
    found = visit.one.assessments(visit.as_of)
    on = [x for x in found if x.stage is not None]
    seats = _seat_use(visit)
    alerts = account_alerts(visit.scope, visit.head.id, until=visit.told_upto)
    return Overview(
        journeys=[_journey(visit, x) for x in on],
        off=[_off(visit, x) for x in found if x.stage is None],
        alerts=[_alert(visit, x) for x in alerts if x.open_on(visit.told_upto)],
        tasks=[] if visit.travelled else _tasks(visit),
        use=[x for x in _figures(visit, seats) if x.value.reason is not Reason.NOT_APPLICABLE],
        contract=list(_figures(visit, _commercial(visit))),
        contrasts=list(contrasts(visit, on, seats)),
        merged=_merged(visit),
        notes=note_cards(visit),
        note_kinds=kind_words(),
        longest_note=LONGEST,
    )


def _tasks(visit: Visit) -> list[TaskCard]:
    return [
        TaskCard(
            label=text(x.label),
            due=due_words(x, visit.look.today),
            member=x.member or x.account.owner,
            until=x.until if x.state == TaskState.SNOOZED else None,
            expected=expected_of_run(x.run),
        )
        for x in tasks_of_account(visit.scope, visit.head.id)
    ]


def _merged(visit: Visit) -> list[MergeView]:
    """Accounts that are this one by now, for those who may split them."""
    if not visit.scope.operates:
        return []
    zone = zone_of(visit.definitions)
    found = merges(visit.scope, into=visit.head.id)
    return [replace(x, at=x.at.astimezone(zone)) for x in found if x.undone_at is None]


def _journey(visit: Visit, found: Assessment) -> JourneyCard:
    journey = visit.definitions.journeys[found.journey]
    conditions = rows(visit, found)
    return JourneyCard(
        name=journey.name,
        label=journey_label(journey),
        stage=stage_label(journey, found.stage or ""),
        steps=ladder(visit, found),
        colour=found.colour.code if found.colour is not None else "",
        score=found.score,
        confidence=found.confidence,
        minimum=journey.minimum_confidence,
        late=found.late,
        rows=conditions,
        failed=[x.label for x in conditions if x.critical and x.holds is False],
        score_address=address(visit, f"journey.{journey.name}.score", visit.as_of),
    )


def _off(visit: Visit, found: Assessment) -> OffJourney:
    journey = visit.definitions.journeys[found.journey]
    applies = journey.applies
    words = condition_in_words(visit.definitions, applies) if applies else None
    return OffJourney(journey_label(journey), words)


def _alert(visit: Visit, x: AccountAlert) -> AlertCard:
    return AlertCard(
        label=x.label,
        action=x.action,
        priority=x.priority,
        reasons=[_reason(visit, why, x.opened_on) for why in x.why],
        since=x.since,
        days=max((visit.as_of - x.since).days, 0),
        state=x.state,
        until=x.until,
        closed_on=x.closed_on,
    )


def _reason(visit: Visit, why: Mapping[str, object], day: date) -> Reasoned:
    """Of an amount of money only its name, where the reader may not see it."""
    name = str(why["metric"])
    hidden = not visit.scope.revenue and is_money(visit.definitions, name)
    words = text(cast("Mapping[str, str]", why["label" if hidden else "text"]))
    return Reasoned(words, address(visit, name, day))


def _seat_use(visit: Visit) -> list[str]:
    """Metrics that divide something by seats."""
    metrics = visit.definitions.metrics
    seats = {x.name for x in metrics.values() if isinstance(x, Latest) and x.of == "contract.seats"}
    return [x.name for x in metrics.values() if isinstance(x, Ratio) and x.by in seats]


def _commercial(visit: Visit) -> list[str]:
    names = ["contract.arr"] if visit.scope.revenue else []
    return [*names, "contract.seats", "contract.days_to_end"]


def _figures(visit: Visit, names: Sequence[str]) -> Iterator[Figure]:
    for name in names:
        label = describe_field(visit.definitions, name).label
        value = value_of(visit, name, visit.as_of)
        yield Figure(label, value, address(visit, name, visit.as_of))
