"""Calls that told something of accounts and of people, for whoever remembers it."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from psycopg.rows import class_row

from banso.core.events.identity import Known, user_key
from banso.store import people
from banso.store.store import Store


@dataclass(frozen=True)
class Told:
    """A group call. time: UTC microseconds. payload: the call as JSON."""

    key: UUID
    source: str
    account: str
    time: int
    payload: str


def to_apply(store: Store, *, limit: int) -> Sequence[Told]:
    """Group calls that nobody has applied yet, in the order of their times."""
    with store.connection() as connection:
        cursor = connection.cursor(row_factory=class_row(Told))
        return cursor.execute(
            "SELECT key, source, account, time, payload FROM store.introduction "
            "WHERE call = 'group' AND NOT applied ORDER BY time, key LIMIT %s",
            [limit],
        ).fetchall()


@dataclass(frozen=True)
class Met:
    """An identify call. account: of its user at that time; None: not known yet."""

    key: UUID
    source: str
    user: str
    account: str | None
    time: int
    payload: str


def to_meet(store: Store, *, limit: int) -> Sequence[Met]:
    """Identify calls of a user that nobody has applied yet, in the order of their times; without
    those that wait for their account."""
    with store.connection() as connection:
        rows = connection.execute(
            "SELECT key, source, user_id, account, time, payload FROM store.introduction "
            "WHERE call = 'identify' AND NOT applied AND NOT waits ORDER BY time, key LIMIT %s",
            [limit],
        ).fetchall()
        known = people.known_of(connection, {user_key(row[2]) for row in rows if row[2]})
    return [
        Met(key, source, user or "", account or _account(known, user, time), time, payload)
        for key, source, user, account, time, payload in rows
    ]


def _account(known: Known, user: str | None, time: int) -> str | None:
    return known.account_at(user_key(user), time) if user else None


def let_wait(store: Store, keys: Sequence[UUID]) -> None:
    """Until something becomes known of their users."""
    with store.connection() as connection:
        connection.execute(
            "UPDATE store.introduction SET waits = true WHERE key = ANY(%s)", [list(keys)]
        )


def mark_applied(store: Store, keys: Sequence[UUID]) -> None:
    with store.connection() as connection:
        connection.execute(
            "UPDATE store.introduction SET applied = true WHERE key = ANY(%s)", [list(keys)]
        )
