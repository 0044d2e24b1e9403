"""The list as a whole: its head with tabs, totals and filters, and one page of accounts."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import cast
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext

from banso.core.definitions import Definitions
from banso.core.definitions.model import Label
from banso.desk.models import Member, Reach
from banso.desk.queries.briefs import NOBODY, PRIORITIES, briefs
from banso.desk.queries.mails import drafts_to_approve
from banso.desk.queries.plays import parked_count
from banso.desk.queries.scope import Scope
from banso.desk.queries.tasks import task_counts
from banso.desk.queries.to_do import (
    TABS,
    Facet,
    Sifted,
    Tab,
    Totals,
    Wanted,
    by_account,
    faces,
    fresh,
    owners,
    ranked,
    seen_before,
    totals,
)
from banso.web.components import priority_word
from banso.web.forms.alerts import NO_OWNER, query_of
from banso.web.house import Look, zone_of
from banso.web.tags import text
from banso.web.today.desk import Desk
from banso.web.today.rows import Clock
from banso.web.today.tasks import TaskList, wanted_tasks
from banso.web.today.written import Written, written

PAGE = 20
"""Accounts on one page."""


@dataclass(frozen=True)
class Choice:
    """count: alerts that it would show."""

    value: str
    word: str
    count: int
    chosen: bool


@dataclass(frozen=True)
class Filter:
    """name: of the parameter. every: the words for no wish."""

    name: str
    label: str
    every: str
    choices: Sequence[Choice]


@dataclass(frozen=True)
class TabLink:
    word: str
    count: int
    address: str
    current: bool


@dataclass(frozen=True)
class Head:
    """fresh: how many of the alerts opened after `since`. clear: the address without filters,
    empty where there are none. mine: the address of the reader's own accounts, empty where they
    see no others or have asked for them already. team: of the page that tells who has how much to
    do, empty where they see no others. back: the address of this list; there: as a parameter for
    what leads back to it."""

    tab: Tab
    tabs: Sequence[TabLink]
    totals: Totals
    fresh: int
    since: date
    filters: Sequence[Filter]
    clear: str
    mine: str
    team: str
    back: str
    there: str


@dataclass(frozen=True)
class Due:
    """An account with tasks, which stand before its alerts, as HTML."""

    account: Written
    tasks: Sequence[SafeString]


@dataclass(frozen=True)
class Listing:
    """due: accounts with the tasks that are shown. rows: the others, by their alerts; an account
    stands once. more: the address of the next page, for `left` more accounts; empty where there is
    none."""

    due: Sequence[Due]
    rows: Sequence[Written]
    more: str
    left: int


def clock_of(look: Look) -> Clock | None:
    """None before the first run. One query."""
    if look.definitions is None or look.run is None:
        return None
    zone = zone_of(look.definitions)
    return Clock(as_of=look.run.as_of, seen=seen_before(look.run), today=look.today, zone=zone)


def desk(scope: Scope, look: Look, wanted: Wanted) -> Desk | None:
    """None before the first run. As many queries, whatever there is to do."""
    clock = clock_of(look)
    if clock is None or look.definitions is None or look.run is None:
        return None
    tasks = Counter[Tab]()
    if wanted_tasks(wanted):
        tasks = task_counts(scope, today=clock.today, owner=wanted.owner)
    drafts = drafts_to_approve(scope, owner=wanted.owner)
    parked = parked_count(scope, owner=wanted.owner)
    found = briefs(scope, look.run)
    return Desk(scope, look.definitions, look.run, clock, found, tasks, drafts, parked)


def listing(
    of: Desk, sifted: Sifted, wanted: Wanted, tasks: TaskList, *, after: int | None, there: str
) -> Listing:
    """after: the alert behind which the page begins (`Slice.cursor` of the one before). there: see
    `Head`."""
    behind = of.found.numbered(after) if after else None
    page = ranked(sifted.alerts, most=PAGE, after=behind, without=tasks.of)
    groups = {**by_account(sifted.alerts, list(tasks.of)), **page.groups}
    rows = written(faces(of.scope, groups), desk=of, there=there)
    more = f"{reverse('today')}{query_of(wanted, after=page.cursor)}" if page.cursor else ""
    return Listing(
        due=[Due(x, tasks.of[x.id]) for x in rows if x.id in tasks.of],
        rows=[x for x in rows if x.id not in tasks.of],
        more=more,
        left=page.left,
    )


def head(of: Desk, sifted: Sifted, wanted: Wanted, *, member: Member) -> Head:
    path = reverse("today")
    mine = Wanted(tab=wanted.tab, owner=member.pk)
    others = of.scope.reach is not Reach.OWN
    return Head(
        tab=wanted.tab,
        tabs=[
            TabLink(
                word=tab_word(tab),
                count=sifted.tabs[tab] + of.tasks[tab],
                address=f"{path}{query_of(replace(wanted, tab=tab))}",
                current=tab == wanted.tab,
            )
            for tab in TABS
        ],
        totals=totals(sifted.alerts),
        fresh=fresh(sifted.alerts, seen=of.clock.seen),
        since=of.clock.seen,
        filters=_filters(of, sifted, wanted, member=member),
        clear=f"{path}{query_of(Wanted(tab=wanted.tab))}" if wanted.filtered else "",
        mine=f"{path}{query_of(mine)}" if others and wanted.owner != member.pk else "",
        team=reverse("team") if others else "",
        back=f"{path}{query_of(wanted)}",
        there=f"?{urlencode({'next': path + query_of(wanted)})}",
    )


def tab_word(tab: Tab) -> str:
    return {
        "todo": gettext("To do"),
        "snoozed": gettext("Snoozed"),
        "handled": gettext("Handled"),
    }[tab]


def _filters(of: Desk, sifted: Sifted, wanted: Wanted, *, member: Member) -> list[Filter]:
    """The owner's only where the reader sees accounts of several."""
    words: dict[Facet, tuple[str, str, Mapping[int | str, str]]] = {
        "rule": (gettext("Rule"), gettext("All rules"), _rules(of.definitions)),
        "journey": (gettext("Journey"), gettext("All journeys"), _journeys(of.definitions)),
        "priority": (
            gettext("Priority"),
            gettext("All priorities"),
            {x: priority_word(x) for x in PRIORITIES},
        ),
    }
    if of.scope.reach is not Reach.OWN:
        named = _owners(of.scope, sifted, wanted, member=member)
        words = {"owner": (gettext("Owner"), gettext("All owners"), named), **words}
    return [
        Filter(name, label, every, _choices(name, named, sifted, wanted))
        for name, (label, every, named) in words.items()
    ]


def _choices(
    name: Facet, words: Mapping[int | str, str], sifted: Sifted, wanted: Wanted
) -> list[Choice]:
    """Those that would show something, and the one that is chosen."""
    counts, wish = sifted.facets[name], cast("int | str | None", getattr(wanted, name))
    return [
        Choice(
            value=NO_OWNER if value == NOBODY else str(value),
            word=word,
            count=counts[value],
            chosen=value == wish,
        )
        for value, word in words.items()
        if counts[value] or value == wish
    ]


def _owners(
    scope: Scope, sifted: Sifted, wanted: Wanted, *, member: Member
) -> dict[int | str, str]:
    """The reader first, then the others by name, then nobody."""
    numbers = {int(x) for x in sifted.facets["owner"]} | {wanted.owner or NOBODY}
    names = owners(scope, numbers - {member.pk, NOBODY})
    others = sorted(names.items(), key=lambda found: found[1])
    return {member.pk: str(member), **dict(others), NOBODY: gettext("No owner")}


def _rules(definitions: Definitions) -> dict[int | str, str]:
    return {x.name: _word(x.label, x.name) for x in definitions.rules.values()}


def _journeys(definitions: Definitions) -> dict[int | str, str]:
    return {x.name: _word(x.label, x.name) for x in definitions.journeys.values()}


def _word(label: Label | None, name: str) -> str:
    return text(label) or name
