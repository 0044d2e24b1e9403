"""How the store stands, for people: counts, the ledger, what came from where and when."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from psycopg.rows import class_row, scalar_row
from psycopg.sql import SQL

from banso.store import dictionary
from banso.store.dictionary import ActionRow
from banso.store.store import Store

Step = Literal["hour", "day"]


@dataclass(frozen=True)
class Counts:
    """quarantined: rows that nobody has discarded, and no replay has brought in."""

    facts: int
    segments: int
    inbox: int
    quarantined: int


@dataclass(frozen=True)
class LedgerRow:
    """received = stored + duplicate + quarantined, always. hour: of receipt, UTC; where days were
    asked for, the first instant of the day in the zone that was asked for."""

    source: str
    dataset: str
    hour: datetime
    received: int
    stored: int
    duplicate: int
    quarantined: int


@dataclass(frozen=True)
class Arrived:
    """What became of all that one source has sent of one dataset. at: last hour of receipt.
    waiting: facts accepted and not counted yet."""

    source: str
    dataset: str
    received: int
    stored: int
    duplicate: int
    quarantined: int
    waiting: int
    at: datetime


@dataclass(frozen=True)
class Span:
    """first, last: quarters of an hour (UTC microseconds) in which the first and the last fact
    happened; before: the last one before the instant that was asked about, None: none."""

    source: str
    dataset: str
    first: int
    last: int
    before: int | None


@dataclass(frozen=True)
class DayCount:
    source: str
    dataset: str
    day: date
    facts: int


def counts(store: Store) -> Counts:
    with store.connection() as connection:
        cursor = connection.cursor(row_factory=class_row(Counts))
        found = cursor.execute(
            "SELECT (SELECT coalesce(sum(rows), 0)::bigint FROM store.segment) AS facts, "
            "(SELECT count(*) FROM store.segment) AS segments, "
            "(SELECT coalesce(sum(facts), 0)::bigint FROM store.inbox) + "
            "(SELECT coalesce(sum(events), 0)::bigint FROM store.tracked) + "
            "(SELECT count(*) FROM store.waiting) AS inbox, "
            "(SELECT count(*) FROM store.quarantine WHERE state IN ('open', 'replaying'))"
            " AS quarantined"
        ).fetchone()
    return found or Counts(0, 0, 0, 0)


def actions(store: Store) -> Sequence[ActionRow]:
    """Everything that can happen, by id."""
    with store.connection() as connection:
        return dictionary.actions(connection)


def new_accounts(store: Store, *, after: int) -> tuple[int, Sequence[str]]:
    """The newest account's id, and the keys of those with an id greater than `after`."""
    with store.connection() as connection:
        rows = connection.execute(
            "SELECT id, key FROM store.account WHERE id > %s ORDER BY id", [after]
        ).fetchall()
    return (rows[-1][0] if rows else after), [key for _, key in rows]


def generation(store: Store) -> int:
    """How often the facts in segments have changed."""
    with store.connection() as connection:
        cursor = connection.cursor(row_factory=scalar_row)
        return int(cursor.execute("SELECT number FROM store.generation").fetchone() or 0)


def arrived(store: Store) -> Sequence[Arrived]:
    """Everything that has ever come, by source and dataset."""
    with store.connection() as connection:
        cursor = connection.cursor(row_factory=class_row(Arrived))
        return cursor.execute(
            "SELECT source, dataset, sum(received)::bigint AS received, "
            "sum(stored)::bigint AS stored, sum(duplicate)::bigint AS duplicate, "
            "sum(quarantined)::bigint AS quarantined, sum(waiting)::bigint AS waiting, "
            "max(hour) AS at FROM ("
            " SELECT source, dataset, received, stored, duplicate, quarantined, 0 AS waiting, hour"
            " FROM store.ledger UNION ALL "
            " SELECT source, dataset, 0, 0, 0, 0, facts, received_at FROM store.inbox UNION ALL "
            " SELECT source, 'events', 0, 0, 0, 0, events, received_at FROM store.tracked "
            " UNION ALL "
            " SELECT source, 'events', 0, 0, 0, 0, 1, received_at FROM store.waiting) AS came "
            "GROUP BY source, dataset ORDER BY source, dataset"
        ).fetchall()


def spans(store: Store, *, before_us: int) -> Sequence[Span]:
    """When facts happened, of every source and dataset that has any in segments.

    Looks up the ends in the index: a long history costs nothing.
    """
    with store.connection() as connection:
        cursor = connection.cursor(row_factory=class_row(Span))
        return cursor.execute(
            "SELECT source, dataset, first.quarter AS first, last.quarter AS last, "
            "before.quarter AS before "
            "FROM (SELECT DISTINCT source, dataset FROM store.ledger) AS sent "
            "CROSS JOIN LATERAL (SELECT quarter FROM store.activity AS a "
            " WHERE (a.source, a.dataset) = (sent.source, sent.dataset) "
            " ORDER BY quarter LIMIT 1) AS first "
            "CROSS JOIN LATERAL (SELECT quarter FROM store.activity AS a "
            " WHERE (a.source, a.dataset) = (sent.source, sent.dataset) "
            " ORDER BY quarter DESC LIMIT 1) AS last "
            "LEFT JOIN LATERAL (SELECT quarter FROM store.activity AS a "
            " WHERE (a.source, a.dataset) = (sent.source, sent.dataset) "
            " AND quarter < %(before)s ORDER BY quarter DESC LIMIT 1) AS before ON true "
            "ORDER BY source, dataset",
            {"before": before_us},
        ).fetchall()


def days(store: Store, *, zone: str, start_us: int, end_us: int) -> Sequence[DayCount]:
    """Facts that happened in [start, end), by source, dataset and calendar day of the zone; days
    without any are left out."""
    with store.connection() as connection:
        cursor = connection.cursor(row_factory=class_row(DayCount))
        return cursor.execute(
            "SELECT source, dataset, sum(facts)::bigint AS facts, "
            "(to_timestamp(quarter / 1e6) AT TIME ZONE %(zone)s)::date AS day "
            "FROM store.activity WHERE quarter >= %(start)s AND quarter < %(end)s "
            "GROUP BY source, dataset, day ORDER BY source, dataset, day",
            {"zone": zone, "start": start_us, "end": end_us},
        ).fetchall()


@dataclass(frozen=True)
class LedgerPlace:
    """A row of the ledger, from which a page goes on."""

    hour: datetime
    source: str
    dataset: str


_DOWN, _UP = SQL("hour DESC, source, dataset"), SQL("hour, source DESC, dataset DESC")
_BELOW = SQL(
    "hour < %(hour)s OR hour = %(hour)s "
    "AND (source, dataset) > (%(place_source)s::text, %(place_dataset)s::text)"
)
_ABOVE = SQL(
    "hour > %(hour)s OR hour = %(hour)s "
    "AND (source, dataset) < (%(place_source)s::text, %(place_dataset)s::text)"
)


def ledger_rows(
    store: Store,
    *,
    source: str | None = None,
    step: Step = "hour",
    zone: str = "UTC",
    before: LedgerPlace | None = None,
    after: LedgerPlace | None = None,
    limit: int,
) -> Sequence[LedgerRow]:
    """Newest first, then by source and dataset.

    step, zone: hours, or days of the zone. before: only what comes below that place; after: only
    the next ones above it.
    """
    query = SQL(
        "SELECT * FROM (SELECT source, dataset, "
        "CASE WHEN %(step)s = 'hour' THEN hour ELSE date_trunc('day', hour, %(zone)s) END AS hour, "
        "sum(received)::bigint AS received, sum(stored)::bigint AS stored, "
        "sum(duplicate)::bigint AS duplicate, sum(quarantined)::bigint AS quarantined "
        "FROM store.ledger WHERE %(source)s::text IS NULL OR source = %(source)s "
        "GROUP BY 1, 2, 3) AS entry "
        "WHERE %(hour)s::timestamptz IS NULL OR {beyond} ORDER BY {order} LIMIT %(limit)s"
    ).format(beyond=_BELOW if after is None else _ABOVE, order=_DOWN if after is None else _UP)
    place = after or before
    wanted = {
        "source": source,
        "step": step,
        "zone": zone,
        "hour": place.hour if place else None,
        "place_source": place.source if place else None,
        "place_dataset": place.dataset if place else None,
        "limit": limit,
    }
    with store.connection() as connection:
        cursor = connection.cursor(row_factory=class_row(LedgerRow))
        found = cursor.execute(query, wanted).fetchall()
    return found if after is None else found[::-1]
