"""Who at an account uses the product, who has stopped, who never began."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from banso.core.definitions import Definitions
from banso.core.expressions import leaves
from banso.core.metrics import NEVER
from banso.core.metrics.coverage import Coverage
from banso.core.metrics.plan import Origin
from banso.core.unmeasured import Reason
from banso.desk.queries.people import Person
from banso.pipeline.one_account import OneAccount

Status = Literal["stopped", "new", "active", "never"]
DAYS = 28
LONG_AGO = 3 * DAYS
"""Who stopped longer ago than this is no news any more."""
Whole = NDArray[np.int64]


@dataclass(frozen=True)
class UserUse:
    """One person. key: in usage data, '' for a contact without one. person: the contact, None for
    a user whom nobody has entered as one.

    first, last: days of use, None for who never used it. active, before: days with use among the
    last 28 and the 28 before those. features, events: of the last 28 days. watched: their role is
    one that a metric asks for.
    """

    key: str
    person: Person | None
    status: Status
    first: date | None
    last: date | None
    active: int
    before: int
    features: int
    events: int
    watched: bool

    @property
    def name(self) -> str:
        named = self.person.name or self.person.key if self.person else ""
        return named or self.key


@dataclass(frozen=True)
class AccountUsers:
    """users: those who matter most first. used_before: how many used it in the 28 days before the
    last 28. nameless: events of the last 28 days that name no user. reason: why use can't be told
    as of the day, MEASURED where it can; then who has stopped may only seem so."""

    users: Sequence[UserUse]
    used_before: int
    nameless: int
    reason: Reason

    def count(self, status: Status) -> int:
        return sum(x.status == status for x in self.users)


@dataclass(frozen=True)
class Use:
    """Events before the day, sorted by user and day. user: ids, 0 where none is named; day,
    feature: numbers. features: (product, feature) by number."""

    user: Whole
    day: Whole
    feature: Whole
    features: Sequence[tuple[str, str]]


def account_users(one: OneAccount, persons: Sequence[Person], *, as_of: date) -> AccountUsers:
    """As of a day of the axis."""
    today = one.index(as_of)
    action, day = _placed(one)
    use = use_before(one, as_of=as_of)
    keys = one.inputs.snapshot.user_keys(np.unique(use.user).tolist())
    watched = watched_roles(one.definitions)
    now = one.inputs.snapshot.users_now(x.user for x in persons if x.user)
    persons = [replace(x, user=now.get(x.user, x.user)) for x in persons]
    users = [
        *_used(one, use, persons=persons, keys=keys, watched=watched, today=today),
        *_never(persons, known=frozenset(keys.values()), watched=watched),
    ]
    recent = use.day >= today - DAYS
    earlier = (use.day >= today - 2 * DAYS) & ~recent & (use.user > 0)
    return AccountUsers(
        users=sorted(users, key=lambda x: _order(x, as_of)),
        used_before=len(np.unique(use.user[earlier])),
        nameless=int((recent & (use.user == 0)).sum()),
        reason=_reason(one, action, day, today),
    )


def watched_roles(definitions: Definitions) -> frozenset[str]:
    """Roles that some metric asks for: these people matter to the organisation."""
    found: set[str] = set()
    for metric in definitions.metrics.values():
        where = getattr(metric, "where", None)
        if where is None or metric.kind == "latest":
            continue
        for leaf in leaves(definitions.event_filter(where).root):
            if leaf.field == "role" and leaf.effective in ("=", "in"):
                texts = leaf.threshold if isinstance(leaf.threshold, tuple) else (leaf.threshold,)
                found.update(x for x in texts if isinstance(x, str) and x)
    return frozenset(found)


def use_before(one: OneAccount, *, as_of: date) -> Use:
    """All events that count on a day of the axis."""
    action, day = _placed(one)
    user, today = one.facts()["user"].to_numpy().astype(np.int64), one.index(as_of)
    actions = one.inputs.snapshot.actions
    codes: dict[tuple[str, str], int] = {}
    feature = [codes.setdefault((x.product, x.feature), len(codes)) for x in actions]
    is_event = np.array([x.dataset == "events" for x in actions], np.bool_)
    kept = np.flatnonzero(is_event[action] & (day < today)) if len(action) else action
    order = kept[np.lexsort((day[kept], user[kept]))]
    features = np.array(feature, np.int64)[action[order]]
    return Use(user[order], day[order], features, tuple(codes))


def _placed(one: OneAccount) -> tuple[Whole, Whole]:
    """Action and day of each fact."""
    facts = one.facts()
    time = facts["time"].cast("int64").to_numpy()
    return facts["action"].to_numpy(), one.calendar.day_index(time).astype(np.int64)


def _used(
    one: OneAccount,
    use: Use,
    *,
    persons: Sequence[Person],
    keys: Mapping[int, str],
    watched: frozenset[str],
    today: int,
) -> Iterator[UserUse]:
    contacts: dict[str, Person] = {}
    for person in persons:
        contacts.setdefault(person.user, person)
    began = int(use.day.min()) if len(use.day) else 0
    ids, start = np.unique(use.user, return_index=True)
    stops = np.append(start, len(use.user))[1:]
    for number, first_row, stop in zip(ids, start, stops, strict=True):
        if number == 0:
            continue
        days, features = use.day[first_row:stop], use.feature[first_row:stop]
        recent = days >= today - DAYS
        earlier = (days >= today - 2 * DAYS) & ~recent
        found = contacts.get(keys[int(number)])
        yield UserUse(
            key=keys[int(number)],
            person=found,
            status=status_of(days, today=today, began=began),
            first=one.calendar.as_of(int(days[0])),
            last=one.calendar.as_of(int(days[-1])),
            active=len(np.unique(days[recent])),
            before=len(np.unique(days[earlier])),
            features=len(np.unique(features[recent])),
            events=int(recent.sum()),
            watched=found is not None and found.role in watched,
        )


def status_of(days: Whole, *, today: int, began: int) -> Status:
    """days: of use, ascending. began: the account's first use of all; where that lies in the last
    28 days nobody is newer than the others."""
    if days[-1] < today - DAYS:
        return "stopped"
    return "new" if days[0] >= today - DAYS > began else "active"


def _never(
    persons: Sequence[Person], *, known: frozenset[str], watched: frozenset[str]
) -> Iterator[UserUse]:
    for person in persons:
        if person.user not in known:
            yield UserUse(
                key=person.user,
                person=person,
                status="never",
                first=None,
                last=None,
                active=0,
                before=0,
                features=0,
                events=0,
                watched=person.role in watched,
            )


def _order(user: UserUse, as_of: date) -> tuple[int, bool, int, str]:
    """Who has stopped lately, and of those whom the organisation watches; then the new ones, the
    active ones (who uses it less and less first), contacts without use, and who stopped long
    ago."""
    if user.status == "stopped" and user.last is not None:
        silent = (as_of - user.last).days
        return (
            4 if silent > LONG_AGO and not user.watched else 0,
            not user.watched,
            silent,
            user.name,
        )
    if user.status == "active":
        return 2, False, user.active - user.before, user.name
    return 1 if user.status == "new" else 3, not user.watched, -user.active, user.name


def _reason(one: OneAccount, action: Whole, day: Whole, today: int) -> Reason:
    """As the kernel tells it of a metric over all events of the last 28 days."""
    plan = one.inputs.plan
    first = np.full((1, max(1, len(plan.sources))), NEVER, np.int32)
    np.minimum.at(first[0], plan.source_of_action[action], day.astype(np.int32))
    since = np.array([min([NEVER, *_beginnings(one), int(first.min())])], np.int32)
    coverage = Coverage(plan=plan, since=since, first=first, lookup=one.panel.column)
    return Reason(int(coverage.reasons(origin=_origin(one), window=DAYS)[0, today]))


def _beginnings(one: OneAccount) -> Iterator[int]:
    if one.desk.started_on is not None:
        yield one.calendar.index(one.desk.started_on)
    for contract in one.inputs.book.contracts.get(one.number, ()):
        yield one.calendar.index(contract.start_on)


def _origin(one: OneAccount) -> Origin:
    """Of every event of the organisation."""
    firsts: dict[str, int] = {}
    for action, first in zip(one.inputs.org.actions, one.inputs.org.action_first, strict=True):
        if action.dataset == "events" and first < NEVER:
            firsts[action.source] = min(int(first), firsts.get(action.source, NEVER))
    return Origin(min(firsts.values(), default=NEVER), tuple(sorted(firsts.items())))
