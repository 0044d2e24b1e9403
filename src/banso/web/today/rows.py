"""One account and its alerts, ready to be shown."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import cast
from zoneinfo import ZoneInfo

from django.urls import reverse
from django.utils.translation import gettext

from banso.core.definitions import Definitions
from banso.core.definitions.model import Label
from banso.desk.models import Alert, AlertState, Handling, NotUseful, Standing
from banso.desk.queries.to_do import Entry, tab_of
from banso.web.tags import day, text

REASONS = 3
"""So many stand in the row; the others open on demand."""


@dataclass(frozen=True)
class Why:
    """One reason in words. address: of the number's own why, else of the account."""

    text: Mapping[str, str]
    address: str


@dataclass(frozen=True)
class Told:
    """What somebody did with the alert last. handling: what an undo takes back; None where it was
    an undo itself."""

    words: str
    handling: int | None


@dataclass(frozen=True)
class Item:
    """An alert. tab: where it stands now. days: since it opened, as of the newest run. fresh: it
    is new since the run before. back_on: it was snoozed until this day, which has come.
    """

    id: int
    tab: str
    label: Mapping[str, str]
    action: Mapping[str, str]
    priority: str
    reasons: Sequence[Why]
    more: Sequence[Why]
    opened_on: date
    closed_on: date | None
    days: int
    fresh: bool
    back_on: date | None
    told: Told | None
    rule: str


@dataclass(frozen=True)
class Place:
    """Where the account stands on one journey; both labels None on no journey."""

    journey: Label | None
    stage: Label | None
    colour: str


@dataclass(frozen=True)
class Row:
    """arr: at stake, None where unmeasured (or hidden: see `Scope.revenue`).
    ends_on: last day of what has been signed, days_left until then from today on."""

    id: int
    name: str
    address: str
    owner: str
    arr: Decimal | None
    places: Sequence[Place]
    ends_on: date | None
    days_left: int
    items: Sequence[Item]


@dataclass(frozen=True)
class Clock:
    """as_of: of the newest run. seen: of the one before. today: in the organisation's zone."""

    as_of: date
    seen: date
    today: date
    zone: ZoneInfo

    def moment(self, at: datetime) -> str:
        local = at.astimezone(self.zone)
        return f"{day(local.date())} {local:%H:%M}"


def row(entry: Entry, *, definitions: Definitions, clock: Clock) -> Row:
    account = entry.account
    lead = next(iter(entry.standings), None)
    ends_on = lead.ends_on if lead else None
    return Row(
        id=account.pk,
        name=str(account),
        address=reverse("account", args=[account.pk]),
        owner=str(account.owner or ""),
        arr=entry.arr,
        places=[_place(x, definitions) for x in entry.standings],
        ends_on=ends_on,
        days_left=(ends_on - clock.today).days if ends_on else 0,
        items=[
            item(
                alert,
                definitions=definitions,
                clock=clock,
                latest=entry.latest.get(alert.pk),
            )
            for alert in entry.alerts
        ],
    )


def _place(standing: Standing, definitions: Definitions) -> Place:
    journey = definitions.journeys.get(standing.journey)
    if journey is None:
        return Place(None, None, standing.colour)
    stage = next((x for x in journey.stages if x.name == standing.stage), None)
    return Place(
        journey=journey.label or _plain(journey.name),
        stage=(stage.label if stage else None) or _plain(standing.stage),
        colour=standing.colour,
    )


def _plain(name: str) -> Label:
    return Label(en=name, ja=name)


def item(alert: Alert, *, definitions: Definitions, clock: Clock, latest: Handling | None) -> Item:
    """alert: with its episode."""
    episode = alert.episode
    reasons = _reasons(alert, _address(alert, definitions))
    tab = tab_of(alert.state, alert.until, today=clock.today)
    back = tab == "todo" and alert.state == AlertState.SNOOZED
    return Item(
        id=alert.pk,
        tab=tab,
        label=alert.label,
        action=alert.action,
        priority=alert.priority,
        reasons=reasons[:REASONS],
        more=reasons[REASONS:],
        opened_on=episode.opened_on,
        closed_on=episode.closed_on,
        days=(clock.as_of - episode.opened_on).days,
        fresh=episode.opened_on > clock.seen,
        back_on=alert.until if back else None,
        told=told(latest, clock) if latest else None,
        rule=episode.rule,
    )


def _address(alert: Alert, definitions: Definitions) -> Callable[[str], str]:
    """Where a reason is explained: a metric by its own page as of the day the alert opened; stages,
    attributes and segments by the account's."""
    account, day_ = alert.episode.account_id, alert.episode.opened_on

    def address(field: str) -> str:
        if field in definitions.metrics:
            return f"{reverse('why', args=[account, field])}?as_of={day_}"
        return reverse("account", args=[account])

    return address


def _reasons(alert: Alert, address: Callable[[str], str]) -> list[Why]:
    """Most telling first, each metric once."""
    first: dict[str, Why] = {}
    for reason in alert.why:
        field = str(reason["metric"])
        first.setdefault(field, Why(cast("Mapping[str, str]", reason["text"]), address(field)))
    return list(first.values())


def told(handling: Handling, clock: Clock) -> Told:
    """What was done, by whom and when, in words."""
    said = {
        "member": str(handling.member or gettext("somebody")),
        "moment": clock.moment(handling.at),
        "day": day(handling.until),
        "reason": not_useful_words(handling),
    }
    if handling.undoes_id is not None:
        return Told(gettext("Taken back by %(member)s, %(moment)s") % said, None)
    words = {
        AlertState.DONE: gettext("Done by %(member)s, %(moment)s"),
        AlertState.SNOOZED: gettext("Snoozed until %(day)s by %(member)s, %(moment)s"),
        AlertState.NOT_USEFUL: gettext("Not useful (%(reason)s), %(member)s, %(moment)s"),
    }
    return Told(words[AlertState(handling.state)] % said, handling.pk)


def reason_words() -> Mapping[NotUseful, str]:
    """Why an alert was not useful, as members choose it."""
    return {
        NotUseful.KNOWN: gettext("Already knew"),
        NotUseful.WRONG_DATA: gettext("The data is wrong"),
        NotUseful.NO_ACTION: gettext("Nothing to be done"),
        NotUseful.OTHER: gettext("Another reason"),
    }


def not_useful_words(handling: Handling) -> str:
    if not handling.reason:
        return ""
    return handling.note or reason_words()[NotUseful(handling.reason)]


def done_words(handling: Handling, item: Item, account: str) -> str:
    """For the member who has just done it."""
    said = {"alert": text(item.label), "account": account, "day": day(handling.until)}
    if handling.undoes_id is not None:
        return gettext("Taken back: %(alert)s, %(account)s") % said
    words = {
        AlertState.DONE: gettext("Done: %(alert)s, %(account)s"),
        AlertState.SNOOZED: gettext("Snoozed until %(day)s: %(alert)s, %(account)s"),
        AlertState.NOT_USEFUL: gettext("Marked as not useful: %(alert)s, %(account)s"),
    }
    return words[AlertState(handling.state)] % said
