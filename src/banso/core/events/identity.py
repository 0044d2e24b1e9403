"""Who a call is about: which user, and which account at that time.

A person is known by a user id (`u` and the id) or, before signing in, by an anonymous id (`a` and
the id). `identify` ties an anonymous id to a user, `alias` an older id to a newer one, `group` a
person to an account.
"""

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from banso.core.events.message import Message

Since = tuple[int, str]
"""From this instant on (UTC microseconds): a user id, or an account."""

LONGEST_CHAIN = 10

EVER = -(1 << 62)
"""Before every instant (UTC microseconds)."""

ANONYMOUS = "\x1f"
"""Stands before an anonymous id where ids of users and of others lie in one place. No user id that
a source sends begins with a control character."""


def user_key(user: str) -> str:
    return f"u{user}"


def persons(message: Message) -> tuple[str, ...]:
    """How the one whom a call is about may be known; the first is the surest."""
    known = [user_key(message.user)] if message.user else []
    return (*known, f"a{message.anonymous}") if message.anonymous else tuple(known)


def person_key(person: str) -> str:
    """A person as the store's dictionary of users holds it."""
    return person[1:] if person.startswith("u") else ANONYMOUS + person[1:]


def person_of(key: str) -> str:
    """The person of a key in the dictionary of users."""
    return f"a{key[1:]}" if key.startswith(ANONYMOUS) else user_key(key)


@dataclass(frozen=True)
class Link:
    """From `since` on this person is this user."""

    person: str
    since: int
    user: str


@dataclass(frozen=True)
class Membership:
    """From `since` on this person is at this account."""

    person: str
    since: int
    account: str


def links_of(message: Message, *, time: int) -> tuple[Link, ...]:
    """What an identify or alias ties together."""
    if message.user is None:
        return ()
    if message.call == "identify" and message.anonymous:
        return (Link(f"a{message.anonymous}", time, message.user),)
    if message.call == "alias" and message.previous and message.previous != message.user:
        return tuple(Link(f"{kind}{message.previous}", time, message.user) for kind in "ua")
    return ()


def memberships_of(message: Message, *, time: int) -> tuple[Membership, ...]:
    """Whom a group, or an identify that names an account, puts where."""
    if message.call not in ("group", "identify") or message.account is None:
        return ()
    return tuple(Membership(x, time, message.account) for x in persons(message))


@dataclass
class Known:
    """What is known of some persons. Histories need not be in order."""

    links: dict[str, set[Since]] = field(default_factory=dict)
    memberships: dict[str, set[Since]] = field(default_factory=dict)

    def add(self, links: Iterable[Link], memberships: Iterable[Membership]) -> None:
        for link in links:
            self.links.setdefault(link.person, set()).add((link.since, link.user))
        for each in memberships:
            self.memberships.setdefault(each.person, set()).add((each.since, each.account))

    def user(self, message: Message, *, time: int) -> str | None:
        """The user whom a call is about; None: somebody nobody has named yet."""
        return _user(self._chain(persons(message), time))

    def account(self, message: Message, *, time: int) -> str | None:
        """The call's own word; else where its person was then, the last `group` before it, or the
        first one after it. None: not known yet."""
        if message.account is not None:
            return message.account
        return self._member(self._chain(persons(message), time), time)

    def users_of(self, person: str) -> list[tuple[int, str | None]]:
        """Which user this person is, since when: the first entry holds from EVER on, neighbours
        differ."""
        times = self._turns(person)
        return _merged((x, _user(self._chain([person], x))) for x in times)

    def accounts_of(self, person: str) -> list[tuple[int, str | None]]:
        """Where this person is, since when; as `users_of`. None: not known."""
        times = self._turns(person)
        return _merged((x, self._member(self._chain([person], x), x)) for x in times)

    def account_at(self, person: str, time: int) -> str | None:
        """Where this person was at an instant; None: not known."""
        return self._member(self._chain([person], time), time)

    def _turns(self, person: str) -> list[int]:
        """Instants at which something may change for a person, EVER first."""
        times, asked, fresh = {EVER}, set[str](), {person}
        while fresh:
            asked |= fresh
            links = [x for each in fresh for x in self.links.get(each, ())]
            places = [x for each in fresh for x in self.memberships.get(each, ())]
            times |= {since for since, _ in (*links, *places)}
            fresh = {user_key(user) for _, user in links} - asked
        return sorted(times)

    def _member(self, chain: Sequence[str], time: int) -> str | None:
        for person in reversed(chain):
            if person in self.memberships:
                return _at(self.memberships[person], time)
        return None

    def _chain(self, names: Sequence[str], time: int) -> Sequence[str]:
        """The persons that stand for the one of these names, the newest name last."""
        chain = [*names[1:], *names[:1]]
        while len(chain) < LONGEST_CHAIN and chain and chain[-1] in self.links:
            further = user_key(_at(self.links[chain[-1]], time))
            if further in chain:
                break
            chain.append(further)
        return chain


def _user(chain: Sequence[str]) -> str | None:
    last = next((x for x in reversed(chain) if x.startswith("u")), None)
    return last[1:] if last else None


def _merged(spans: Iterable[tuple[int, str | None]]) -> list[tuple[int, str | None]]:
    merged: list[tuple[int, str | None]] = []
    for since, value in spans:
        if not merged or merged[-1][1] != value:
            merged.append((since, value))
    return merged


def _at(history: set[Since], time: int) -> str:
    ordered = sorted(history)
    place = bisect_right([since for since, _ in ordered], time)
    return ordered[max(place - 1, 0)][1]
