"""Requests of tracking clients, acknowledged and not collected yet; calls that wait for the account
they belong to."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

import pyarrow as pa
from psycopg.rows import class_row

from banso.store import crash
from banso.store.dictionary import Connection

RECEIVED = "(extract(epoch FROM received_at) * 1000000)::bigint AS received"

CODEC = "lz4_raw"
SQUEEZED_FROM = 2_000
"""Bytes. A row of up to as much is written in one piece anyway."""


@dataclass(frozen=True)
class Request:
    """One accepted request. received: UTC microseconds. payload: its body as it lies there, size:
    see `body_of`."""

    id: int
    received: int
    source: str
    call: str
    events: int
    payload: bytes
    size: int | None

    @property
    def body(self) -> bytes:
        return body_of(self.payload, self.size)


@dataclass(frozen=True)
class Held:
    """A call whose account was not known. row: its place in its request."""

    received: int
    source: str
    row: int
    person: str
    payload: str


@dataclass(frozen=True)
class Waiting(Held):
    """The same, as it lies in its table. expired: it has waited for as long as it may."""

    id: int
    expired: bool


def accept(connection: Connection, *, source: str, call: str, events: int, body: bytes) -> None:
    """Commit a request; when this returns its calls will be stored exactly once, or wait, or be in
    quarantine. The connection commits each statement."""
    crash.point("accept_before_commit")
    size = len(body) if len(body) >= SQUEEZED_FROM else None
    payload = body if size is None else pa.compress(body, codec=CODEC, asbytes=True)
    connection.execute(
        "INSERT INTO store.tracked (source, call, events, payload, size) "
        "VALUES (%s, %s, %s, %s, %s)",
        [source, call, events, payload, size],
    )
    crash.point("accept_after_commit")


def body_of(payload: bytes, size: int | None) -> bytes:
    """The body of a request. size: its bytes; None: it was not compressed."""
    if size is None:
        return payload
    body: bytes = pa.decompress(payload, size, codec=CODEC, asbytes=True)
    return body


def any_came(connection: Connection) -> bool:
    """Whether there are requests that nobody has collected yet."""
    return connection.execute("SELECT EXISTS (SELECT FROM store.tracked)").fetchone() == (True,)


def requests(connection: Connection, *, limit: int) -> Sequence[Request]:
    """The oldest accepted requests, until `limit` events are reached."""
    cursor = connection.cursor(row_factory=class_row(Request))
    return cursor.execute(
        f"SELECT id, {RECEIVED}, source, call, events, payload, size FROM store.tracked "  # noqa: S608  our own constant
        "WHERE id IN ("
        "  SELECT id FROM (SELECT id, sum(events) OVER (ORDER BY id) - events AS before"
        "    FROM (SELECT id, events FROM store.tracked ORDER BY id LIMIT %(limit)s) AS oldest"
        "  ) AS summed WHERE before < %(limit)s"
        ") ORDER BY id",
        {"limit": limit},
    ).fetchall()


def waiting(
    connection: Connection, *, patience: Mapping[str, timedelta], default: timedelta, limit: int
) -> Sequence[Waiting]:
    """Calls of whose person something has become known, and those that have waited for longer than
    their source allows (patience; for other sources: default)."""
    cursor = connection.cursor(row_factory=class_row(Waiting))
    return cursor.execute(
        f'SELECT id, {RECEIVED}, source, "row", person, payload, expired FROM store.waiting '  # noqa: S608  our own constant
        "CROSS JOIN LATERAL (SELECT received_at < clock_timestamp() - coalesce("
        "  make_interval(secs => (%(patience)s::jsonb ->> source)::float), %(default)s) AS expired"
        ") AS judged WHERE ready OR expired ORDER BY id LIMIT %(limit)s",
        {
            "patience": json.dumps({x: each.total_seconds() for x, each in patience.items()}),
            "default": default,
            "limit": limit,
        },
    ).fetchall()


def remove(connection: Connection, *, requests: Sequence[int], waiting: Sequence[int]) -> int:
    """Take collected requests and calls that wait no more away; how many there were."""
    gone = connection.execute("DELETE FROM store.tracked WHERE id = ANY(%s)", [list(requests)])
    ended = connection.execute("DELETE FROM store.waiting WHERE id = ANY(%s)", [list(waiting)])
    return gone.rowcount + ended.rowcount


def hold(connection: Connection, held: Iterable[Held]) -> None:
    """Let calls wait."""
    rows = [vars(each) for each in held]
    if rows:
        connection.execute(
            'INSERT INTO store.waiting (received_at, source, "row", person, payload) '
            "SELECT to_timestamp(new.received / 1e6), source, new.row, person, payload "
            "FROM jsonb_to_recordset(%s::jsonb) AS new "
            '(received bigint, source text, "row" integer, person text, payload text)',
            [json.dumps(rows)],
        )


def wake(connection: Connection, persons: Iterable[str]) -> None:
    """Something has become known of these persons: look at what waits for them once more."""
    connection.execute(
        "UPDATE store.waiting SET ready = true WHERE NOT ready AND person = ANY(%s)",
        [sorted(persons)],
    )


def rest(connection: Connection, ids: Sequence[int]) -> None:
    """What became known did not help: go on waiting."""
    connection.execute("UPDATE store.waiting SET ready = false WHERE id = ANY(%s)", [list(ids)])
