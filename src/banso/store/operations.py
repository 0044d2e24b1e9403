"""How the store fares, for those who run it: what waits to be collected, and who collects."""

from collections.abc import Sequence
from dataclasses import dataclass

from psycopg.rows import class_row

from banso.store.dictionary import Connection
from banso.store.migrate import FOLDER
from banso.store.store import Store


@dataclass(frozen=True)
class Backlog:
    """Accepted events of a source that are not collected yet. age: seconds since the oldest."""

    source: str
    events: int
    age: float


@dataclass(frozen=True)
class Turn:
    """The collector's last turn. age: seconds since it ended; seconds: how long it took."""

    age: float
    seconds: float


def backlogs(store: Store) -> Sequence[Backlog]:
    with store.connection() as connection:
        cursor = connection.cursor(row_factory=class_row(Backlog))
        return cursor.execute(
            "SELECT source, sum(events)::bigint AS events, "
            "extract(epoch FROM clock_timestamp() - min(received_at))::float AS age "
            "FROM store.tracked GROUP BY source ORDER BY source"
        ).fetchall()


def last_turn(store: Store) -> Turn | None:
    """None: nobody has collected yet."""
    with store.connection() as connection:
        cursor = connection.cursor(row_factory=class_row(Turn))
        return cursor.execute(
            "SELECT extract(epoch FROM clock_timestamp() - at)::float AS age, seconds "
            "FROM store.turn"
        ).fetchone()


def record_turn(connection: Connection, *, seconds: float) -> None:
    """Lost in a power cut, it is only told again: no wait for the disk."""
    with connection.transaction():
        connection.execute("SET LOCAL synchronous_commit = off")
        connection.execute(
            "INSERT INTO store.turn (at, seconds) VALUES (clock_timestamp(), %s) "
            "ON CONFLICT (single) DO UPDATE SET at = excluded.at, seconds = excluded.seconds",
            [seconds],
        )


def migrated(store: Store) -> bool:
    """Whether the schema `store` is the one that this code knows."""
    known = {int(file.name[:4]) for file in FOLDER.glob("[0-9]*.sql")}
    with store.connection() as connection:
        return {
            number for (number,) in connection.execute("SELECT number FROM store.migration")
        } == known
