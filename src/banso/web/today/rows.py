"""One account and its alerts, ready to be shown."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext, ngettext

from banso.core.definitions import Definitions
from banso.core.definitions.money import is_money
from banso.desk.models import Alert, AlertState, Handling, NotUseful, Standing
from banso.desk.queries.to_do import Entry, tab_of
from banso.web.components import priority, state
from banso.web.tags import day, number, text
from banso.web.today.expected import expected_words
from banso.web.today.now import Now

REASONS = 3
"""So many stand in the row; the others open on demand."""


@dataclass(frozen=True)
class Why:
    """One reason in words, as they were when the alert opened. now: what has become of its number,
    empty where it is the same. address: of the number's own why, else of the account."""

    words: str
    now: str
    address: str


@dataclass(frozen=True)
class Told:
    """What somebody did with the alert last. handling: what an undo takes back; None where it was
    an undo itself."""

    words: str
    handling: int | None


@dataclass(frozen=True)
class Item:
    """An alert. address: of what can be done with it, without the last word. tab: where it stands
    now. over: its rule no longer holds. since: since when, in words. expected: whether what its
    rule expects has come true; empty where it expects nothing. fresh: it is new since the
    run before. reasons, more: those shown at once and the rest, which `more_words` counts.
    """

    id: int
    address: str
    tab: str
    over: bool
    label: str
    action: str
    priority: SafeString
    since: str
    expected: str
    fresh: bool
    reasons: Sequence[Why]
    more: Sequence[Why]
    more_words: str
    told: Told | None


@dataclass(frozen=True)
class Place:
    """Where the account stands on one journey. words: journey and stage; empty on no journey."""

    state: SafeString
    words: str


@dataclass(frozen=True)
class Row:
    """arr: at stake, None where unmeasured (or hidden: see `Scope.revenue`). ends: when what has
    been signed ends, in words; empty where nothing is in force."""

    id: int
    name: str
    address: str
    owner: str
    arr: Decimal | None
    places: Sequence[Place]
    ends: str
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


def row(entry: Entry, *, now: Now, revenue: bool, clock: Clock) -> Row:
    account = entry.account
    lead = next(iter(entry.standings), None)
    return Row(
        id=account.pk,
        name=str(account),
        address=reverse("account", args=[account.pk]),
        owner=str(account.owner or ""),
        arr=entry.arr,
        places=[_place(x, now.definitions) for x in entry.standings],
        ends=_ends(lead.ends_on, clock) if lead and lead.ends_on else "",
        items=[
            item(alert, now=now, revenue=revenue, clock=clock, latest=latest)
            for alert, latest in entry.alerts
        ],
    )


def _ends(ends_on: date, clock: Clock) -> str:
    left = (ends_on - clock.as_of).days
    if left < 0:
        return gettext("Contract ended %(day)s") % {"day": day(ends_on)}
    words = ngettext(
        "Contract ends %(day)s, in %(days)s day", "Contract ends %(day)s, in %(days)s days", left
    )
    return words % {"day": day(ends_on), "days": number(left)}


def _place(standing: Standing, definitions: Definitions) -> Place:
    journey = definitions.journeys.get(standing.journey)
    if journey is None:
        return Place(state(standing.colour), "")
    stage = next((x for x in journey.stages if x.name == standing.stage), None)
    names = (
        text(journey.label) or journey.name,
        text(stage.label if stage else None) or standing.stage,
    )
    return Place(state(standing.colour), ": ".join(names))


def item(
    alert: Alert,
    *,
    now: Now,
    revenue: bool,
    clock: Clock,
    latest: Handling | None,
) -> Item:
    """alert: with its episode. revenue: whether the reader may see amounts of money; reasons that
    tell one are left out otherwise."""
    reasons = _reasons(alert, now, revenue=revenue)
    more = reasons[REASONS:]
    return Item(
        id=alert.pk,
        address=reverse("alert_done", args=[alert.pk]).removesuffix("done/"),
        tab=tab_of(alert.state, alert.until, today=clock.today),
        over=alert.episode.closed_on is not None,
        label=text(alert.label),
        action=text(alert.action),
        priority=priority(alert.priority),
        since=_since(alert, clock) + _given(alert),
        expected=expected_words(getattr(alert.episode, "expectation", None)),
        fresh=alert.episode.opened_on > clock.seen,
        reasons=reasons[:REASONS],
        more=more,
        more_words=ngettext("%(n)s more reason", "%(n)s more reasons", len(more))
        % {"n": len(more)},
        told=told(latest, clock) if latest else _waits(alert),
    )


def _given(alert: Alert) -> str:
    """Empty where it is the account's owner's."""
    if alert.assignee is None:
        return ""
    return " · " + gettext("given to %(name)s") % {"name": alert.assignee}


def _waits(alert: Alert) -> Told | None:
    if alert.told_on is not None:
        return None
    return Told(gettext("Not told yet: this week's alerts are used up, or it is a day off"), None)


def _since(alert: Alert, clock: Clock) -> str:
    """Days are counted up to the newest run, which knows whether the rule still holds."""
    opened_on = min(alert.since, clock.today)
    days = max((clock.as_of - opened_on).days, 0)
    words = ngettext("Since %(day)s, %(days)s day", "Since %(day)s, %(days)s days", days)
    since = words % {"day": day(opened_on), "days": number(days)}
    if alert.state != AlertState.SNOOZED or alert.until is None or alert.until > clock.today:
        return since
    back = gettext("back from a snooze since %(day)s") % {"day": day(alert.until)}
    return f"{since}, {back}"


def _reasons(alert: Alert, now: Now, *, revenue: bool) -> list[Why]:
    """Most telling first, each metric once. A metric is explained by its own page as of the day
    the alert opened; stages, attributes and segments by the account's."""
    account, opened_on = alert.episode.account_id, alert.episode.opened_on
    first: dict[str, Mapping[str, object]] = {}
    for reason in alert.why:
        first.setdefault(str(reason["metric"]), reason)
    return [
        Why(
            text(reason["text"]),
            now.words(account, reason),
            f"{reverse('why', args=[account, field])}?as_of={opened_on}"
            if field in now.definitions.metrics
            else reverse("account", args=[account]),
        )
        for field, reason in first.items()
        if revenue or not is_money(now.definitions, field)
    ]


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
    done = words[AlertState(handling.state)] % said
    why = handling.note if handling.state == AlertState.SNOOZED else ""
    return Told(f"{done}: {why}" if why else done, handling.pk)


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
    said = {"alert": item.label, "account": account, "day": day(handling.until)}
    if handling.undoes_id is not None:
        return gettext("Taken back: %(alert)s, %(account)s") % said
    words = {
        AlertState.DONE: gettext("Done: %(alert)s, %(account)s"),
        AlertState.SNOOZED: gettext("Snoozed until %(day)s: %(alert)s, %(account)s"),
        AlertState.NOT_USEFUL: gettext("Marked as not useful: %(alert)s, %(account)s"),
    }
    return words[AlertState(handling.state)] % said
