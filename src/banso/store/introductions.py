"""Calls that told something of accounts, for whoever remembers it."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from psycopg.rows import class_row

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


def mark_applied(store: Store, keys: Sequence[UUID]) -> None:
    with store.connection() as connection:
        connection.execute(
            "UPDATE store.introduction SET applied = true WHERE key = ANY(%s)", [list(keys)]
        )
