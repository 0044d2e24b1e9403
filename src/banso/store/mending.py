"""What people do with rows of quarantine: look, replay, discard, take back. Every deed is kept with
who, when and why; rows that are replayed are tried by the collector at its next turn."""

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, get_args

from psycopg.rows import class_row, scalar_row
from psycopg.sql import SQL, Composed

from banso.core.events.body import LARGEST_CALL
from banso.store.arrivals import ORIGIN
from banso.store.dictionary import Connection
from banso.store.quarantine import Outcome
from banso.store.store import Store

State = Literal["open", "replaying", "replayed", "discarded"]
STATES: tuple[State, ...] = get_args(State)
DeedKind = Literal["replay", "discard", "restore"]
LONGEST_NOTE = 1_000

# What differs from row to row in a reason: what stands in quotes, numbers and dates.
ALIKE = SQL("regexp_replace(reason, '''[^'']*''|-?[0-9][0-9,.:/-]*', '…', 'g')")
GROUPED = 5_000
"""So many of the newest rows are told by reason."""

_FIELDS = SQL(
    "id, received_at, came_at, source, dataset, origin, row, reason, payload, seen, state"
)


class MendingError(ValueError):
    """A deed that can't be done; says why."""


@dataclass(frozen=True)
class QuarantineRow:
    """A row that could not become a fact. came_at, received_at: its first and its last time; seen:
    how often it came. payload: as it was edited last."""

    id: int
    received_at: datetime
    came_at: datetime
    source: str
    dataset: str
    origin: str
    row: int
    reason: str
    payload: str
    seen: int
    state: State

    @property
    def live(self) -> bool:
        """Whether it came as a live event, and so can be replayed."""
        return self.origin == ORIGIN


@dataclass(frozen=True)
class QuarantineGroup:
    """Rows of one source that were refused alike. alike: the reason without its values. live: how
    many of them can be replayed."""

    source: str
    alike: str
    rows: int
    live: int


@dataclass(frozen=True)
class Deed:
    """payload: what the row said before it was edited, None: it was not. reason: why it was in
    quarantine then. outcome: of a replay, None while it is under way."""

    at: datetime
    by: str
    kind: DeedKind
    note: str
    payload: str | None
    reason: str
    outcome: Outcome | None


@dataclass(frozen=True)
class Filter:
    """Which rows; None: all. since, until: of their last receipt, half-open."""

    source: str | None = None
    alike: str | None = None
    state: State | None = None
    since: datetime | None = None
    until: datetime | None = None

    def where(self) -> Composed:
        return SQL(
            "(%(source)s::text IS NULL OR source = %(source)s) "
            "AND (%(alike)s::text IS NULL OR {alike} = %(alike)s) "
            "AND (%(state)s::text IS NULL OR state = %(state)s) "
            "AND (%(since)s::timestamptz IS NULL OR received_at >= %(since)s) "
            "AND (%(until)s::timestamptz IS NULL OR received_at < %(until)s)"
        ).format(alike=ALIKE)


EVERYTHING = Filter()


def quarantine_rows(
    store: Store,
    wanted: Filter = EVERYTHING,
    *,
    before: int | None = None,
    after: int | None = None,
    limit: int,
) -> Sequence[QuarantineRow]:
    """Newest first. before: only older rows than the one with this id; after: only the next newer
    ones."""
    query = SQL(
        "SELECT {fields} FROM store.quarantine WHERE {where} "
        "AND (%(before)s::bigint IS NULL OR id < %(before)s) "
        "AND (%(after)s::bigint IS NULL OR id > %(after)s) "
        "ORDER BY id {order} LIMIT %(limit)s"
    ).format(fields=_FIELDS, where=wanted.where(), order=SQL("DESC" if after is None else "ASC"))
    given = {**vars(wanted), "before": before, "after": after, "limit": limit}
    with store.connection() as connection:
        cursor = connection.cursor(row_factory=class_row(QuarantineRow))
        found = cursor.execute(query, given).fetchall()
    return found if after is None else found[::-1]


def quarantine_groups(store: Store, *, state: State = "open") -> Sequence[QuarantineGroup]:
    """The newest GROUPED rows by source and kind of reason, most rows first."""
    query = SQL(
        "SELECT source, {alike} AS alike, count(*) AS rows, "
        "count(*) FILTER (WHERE origin = %(live)s) AS live "
        "FROM (SELECT source, reason, origin FROM store.quarantine WHERE state = %(state)s"
        " ORDER BY id DESC LIMIT %(limit)s) AS newest "
        "GROUP BY source, alike ORDER BY rows DESC, source, alike"
    ).format(alike=ALIKE)
    with store.connection() as connection:
        cursor = connection.cursor(row_factory=class_row(QuarantineGroup))
        given = {"live": ORIGIN, "state": state, "limit": GROUPED}
        return cursor.execute(query, given).fetchall()


def quarantine_row(store: Store, item: int) -> QuarantineRow | None:
    with store.connection() as connection:
        return _row(connection, item)


def deeds(store: Store, item: int) -> Sequence[Deed]:
    """What was done with a row, the first deed first."""
    with store.connection() as connection:
        cursor = connection.cursor(row_factory=class_row(Deed))
        return cursor.execute(
            "SELECT at, by, kind, note, payload, reason, outcome FROM store.deed "
            "WHERE quarantine = %s ORDER BY id",
            [item],
        ).fetchall()


def replaying(store: Store) -> bool:
    """Whether there are rows that the collector has to try yet."""
    with store.connection() as connection:
        query = "SELECT EXISTS (SELECT FROM store.quarantine WHERE state = 'replaying')"
        return connection.execute(query).fetchone() == (True,)


def outcomes(store: Store, items: Sequence[int]) -> Counter[Outcome]:
    """What the last replays of these rows came to."""
    with store.connection() as connection:
        rows = connection.execute(
            "SELECT DISTINCT ON (quarantine) outcome FROM store.deed WHERE kind = 'replay' "
            "AND outcome IS NOT NULL AND quarantine = ANY(%s) ORDER BY quarantine, id DESC",
            [list(items)],
        ).fetchall()
    return Counter(outcome for (outcome,) in rows)


def replay(store: Store, item: int, *, by: str, payload: str | None = None) -> None:
    """Try a live call again, as it is or edited. It is stored, or back in quarantine, after the
    collector's next turn. Raises MendingError."""
    if payload is not None:
        payload = _usable(payload)
    with store.connection() as connection, connection.transaction():
        row = _locked(connection, item)
        if not row.live:
            raise MendingError(
                f"Row {item} came with {row.origin}: mend the file and import it again."
            )
        if row.state not in ("open", "discarded"):
            raise MendingError(_taken(row))
        edited = payload is not None and payload != row.payload
        connection.execute(
            "INSERT INTO store.deed (quarantine, by, kind, payload, reason) "
            "VALUES (%s, %s, 'replay', %s, %s)",
            [item, by, row.payload if edited else None, row.reason],
        )
        connection.execute(
            "UPDATE store.quarantine SET state = 'replaying', payload = %s WHERE id = %s",
            [payload if edited else row.payload, item],
        )


def discard(store: Store, item: int, *, by: str, note: str) -> None:
    """Leave a row out for good, or until it is restored. It is kept, and counted as quarantined.
    Raises MendingError, also without a note."""
    note = _noted(note)
    with store.connection() as connection, connection.transaction():
        row = _locked(connection, item)
        if row.state != "open":
            raise MendingError(_taken(row))
        _set(connection, row, "discarded")
        _do(connection, row, by=by, kind="discard", note=note)


def restore(store: Store, item: int, *, by: str) -> None:
    """Take a discard back. Raises MendingError."""
    with store.connection() as connection, connection.transaction():
        row = _locked(connection, item)
        if row.state != "discarded":
            raise MendingError(_taken(row))
        _set(connection, row, "open")
        _do(connection, row, by=by, kind="restore")


def replay_all(store: Store, wanted: Filter, *, by: str) -> Sequence[int]:
    """Try all open live calls of a filter again, as they are; their ids."""
    return _all(store, wanted, by=by, kind="replay", state="replaying", note="", live=True)


def discard_all(store: Store, wanted: Filter, *, by: str, note: str) -> Sequence[int]:
    """Leave all open rows of a filter out; their ids. Raises MendingError without a note."""
    return _all(
        store, wanted, by=by, kind="discard", state="discarded", note=_noted(note), live=False
    )


def _all(
    store: Store,
    wanted: Filter,
    *,
    by: str,
    kind: DeedKind,
    state: State,
    note: str,
    live: bool,
) -> Sequence[int]:
    query = SQL(
        "WITH done AS (UPDATE store.quarantine SET state = %(next)s WHERE {where} "
        "AND quarantine.state = 'open' AND (origin = %(origin)s OR NOT %(live)s) "
        "RETURNING id, reason) "
        "INSERT INTO store.deed (quarantine, by, kind, note, reason) "
        "SELECT id, %(by)s, %(kind)s, %(note)s, reason FROM done RETURNING quarantine"
    ).format(where=wanted.where())
    given = {"next": state, "origin": ORIGIN, "live": live, "by": by, "kind": kind, "note": note}
    with store.connection() as connection:
        cursor = connection.cursor(row_factory=scalar_row)
        return cursor.execute(query, {**vars(wanted), **given}).fetchall()


def _row(connection: Connection, item: int, *, lock: bool = False) -> QuarantineRow | None:
    query = SQL("SELECT {fields} FROM store.quarantine WHERE id = %s {lock}").format(
        fields=_FIELDS, lock=SQL("FOR UPDATE" if lock else "")
    )
    return connection.cursor(row_factory=class_row(QuarantineRow)).execute(query, [item]).fetchone()


def _locked(connection: Connection, item: int) -> QuarantineRow:
    row = _row(connection, item, lock=True)
    if row is None:
        raise MendingError(f"There is no row {item} in quarantine.")
    return row


def _taken(row: QuarantineRow) -> str:
    return {
        "open": f"Row {row.id} is not discarded.",
        "replaying": f"Row {row.id} is being replayed.",
        "replayed": f"Row {row.id} has been replayed.",
        "discarded": f"Row {row.id} is discarded.",
    }[row.state]


def _set(connection: Connection, row: QuarantineRow, state: State) -> None:
    connection.execute("UPDATE store.quarantine SET state = %s WHERE id = %s", [state, row.id])


def _do(
    connection: Connection, row: QuarantineRow, *, by: str, kind: DeedKind, note: str = ""
) -> None:
    connection.execute(
        "INSERT INTO store.deed (quarantine, by, kind, note, reason) VALUES (%s, %s, %s, %s, %s)",
        [row.id, by, kind, note, row.reason],
    )


def _noted(note: str) -> str:
    note = note.replace("\0", "").strip()
    if not note:
        raise MendingError("Say why it is discarded.")
    return note[:LONGEST_NOTE]


def _usable(payload: str) -> str:
    """One JSON object, as text that PostgreSQL takes."""
    try:
        found = json.loads(payload)
    except (ValueError, RecursionError) as error:
        raise MendingError(f"This is no JSON: {error}.") from None
    if not isinstance(found, dict):
        raise MendingError("A call is one JSON object: {...}.")
    if len(payload.encode(errors="replace")) > 4 * LARGEST_CALL:
        raise MendingError(f"A call has at most {LARGEST_CALL >> 10} KB.")
    return json.dumps(found, ensure_ascii=False).encode(errors="backslashreplace").decode()
