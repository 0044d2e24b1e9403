"""The one transaction in which stored facts begin to exist, and what it keeps in step."""

import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import astuple

import psycopg
from psycopg.rows import class_row

from banso.store import crash, quarantine
from banso.store.dictionary import Connection, first_times
from banso.store.encode import Activity
from banso.store.ledger import Hours, Ledger, Part
from banso.store.prepare import HOUR_US, Prepared
from banso.store.segments import Segment

WRITER_LOCK = 0x62616E7302  # advisory, held by a session: one writer of segments at a time


class LostRowsError(RuntimeError):
    """Rows vanished under a writer that held the lock: something else writes to the schema."""


@contextmanager
def writing(dsn: str) -> Iterator[Connection]:
    """A connection that holds the writer lock. Waits for other writers.

    The lock belongs to the very connection that commits: a writer that lost its server can
    neither keep the lock nor commit.
    """
    with psycopg.connect(dsn, autocommit=True) as connection:
        connection.execute("SELECT pg_advisory_lock(%s)", [WRITER_LOCK])
        yield connection


def segments_of(connection: Connection) -> tuple[Segment, ...]:
    """The whole manifest, in a fixed order."""
    cursor = connection.cursor(row_factory=class_row(Segment))
    return tuple(
        cursor.execute(
            "SELECT path, bucket, month, rows, bytes, min_time, max_time "
            "FROM store.segment ORDER BY bucket NULLS LAST, month, path"
        )
    )


def commit(
    connection: Connection,
    *,
    prepared: Prepared,
    written: Sequence[Segment],
    inbox: Sequence[int] = (),
    also: Callable[[Connection], None] | None = None,
) -> None:
    """All or nothing: segments, counts, quarantine, and the inbox rows they came from.

    also: what else belongs to the transaction.
    """
    crash.point("commit_before")
    with connection.transaction():
        if prepared.encoded.table.num_rows or inbox:
            connection.execute("UPDATE store.generation SET number = number + 1")
        _add_segments(connection, written)
        crash.point("commit_inside")
        _remove_inbox(connection, inbox)
        first_times(connection, prepared.encoded.first_times)
        _add_activity(connection, prepared.encoded.activity)
        _add_ledger(connection, prepared.hours)
        if also is not None:
            also(connection)
        quarantine.add(connection, prepared.quarantined)  # last: a replayed row that came again
    crash.point("commit_after")


def enter(connection: Connection, *, part: Part, ledger: Ledger) -> None:
    """Count rows that are no facts (they went to the desk) and keep the refused ones."""
    hour = part.received // HOUR_US * HOUR_US
    with connection.transaction():
        _add_ledger(connection, {(part.source, part.dataset, hour): ledger})
        quarantine.add(connection, [(part, rejected) for rejected in part.rejected])


def replace(
    connection: Connection,
    *,
    old: Sequence[Segment],
    new: Sequence[Segment],
    also: Callable[[Connection], None] | None = None,
) -> None:
    """Swap files that hold the same facts; the old ones stay for those who read them now.

    also: what else belongs to the transaction, where they do not hold the same."""
    crash.point("compact_before")
    paths = [each.path for each in old]
    with connection.transaction():
        gone = connection.execute("DELETE FROM store.segment WHERE path = ANY(%s)", [paths])
        if gone.rowcount != len(paths):
            raise LostRowsError("A segment left the manifest while it was compacted.")
        connection.execute(
            "INSERT INTO store.retired_segment (path) SELECT unnest(%s::text[])", [paths]
        )
        _add_segments(connection, new)
        if also is not None:
            also(connection)
    crash.point("compact_after")


def _add_segments(connection: Connection, written: Sequence[Segment]) -> None:
    with connection.cursor() as cursor:
        cursor.executemany(
            "INSERT INTO store.segment "
            "(path, bucket, month, rows, bytes, min_time, max_time, generation) "
            "SELECT %s, %s, %s, %s, %s, %s, %s, number FROM store.generation",
            [(s.path, s.bucket, s.month, s.rows, s.bytes, s.min_time, s.max_time) for s in written],
        )


def _remove_inbox(connection: Connection, ids: Sequence[int]) -> None:
    if not ids:
        return
    gone = connection.execute("DELETE FROM store.inbox WHERE id = ANY(%s)", [list(ids)])
    if gone.rowcount != len(ids):
        raise LostRowsError(f"{len(ids) - gone.rowcount} rows of the inbox are gone.")


def _add_activity(connection: Connection, activity: Activity) -> None:
    connection.execute(
        "INSERT INTO store.activity AS old (source, dataset, quarter, facts) "
        "SELECT new ->> 0, new ->> 1, (new ->> 2)::bigint, (new ->> 3)::bigint "
        "FROM jsonb_array_elements(%s::jsonb) AS rows (new) "
        "ON CONFLICT (source, dataset, quarter) DO UPDATE SET facts = old.facts + excluded.facts",
        [json.dumps([(*key, facts) for key, facts in activity.items()])],
    )


def _add_ledger(connection: Connection, hours: Hours) -> None:
    with connection.cursor() as cursor:
        cursor.executemany(
            "INSERT INTO store.ledger AS old "
            "(source, dataset, hour, received, stored, duplicate, quarantined) "
            "VALUES (%s, %s, to_timestamp(%s), %s, %s, %s, %s) "
            "ON CONFLICT (source, dataset, hour) DO UPDATE SET "
            "received = old.received + excluded.received, "
            "stored = old.stored + excluded.stored, "
            "duplicate = old.duplicate + excluded.duplicate, "
            "quarantined = old.quarantined + excluded.quarantined",
            [
                (source, dataset, hour // 1_000_000, *astuple(entry))
                for (source, dataset, hour), entry in hours.items()
            ],
        )
