"""Bring the schema `store` up to the numbered files beside this module."""

from pathlib import Path

import psycopg
from psycopg.rows import TupleRow

FOLDER = Path(__file__).parent / "migrations"
LOCK = 0x62616E7300  # advisory: one migrator at a time


class MigrationError(RuntimeError):
    """The database and this code don't fit together; says which side is older."""


def migrate(dsn: str) -> tuple[str, ...]:
    """Apply the files not yet applied, each in a transaction of its own; returns their names.

    Raises MigrationError where the database has been migrated by newer code.
    """
    files = {int(file.name[:4]): file for file in sorted(FOLDER.glob("[0-9]*.sql"))}
    applied = []
    with psycopg.connect(dsn, autocommit=True) as connection:
        connection.execute("SELECT pg_advisory_lock(%s)", [LOCK])
        with connection.transaction():
            _prepare(connection)
        _refuse_newer(connection, newest=max(files))
        for number, file in files.items():
            with connection.transaction():
                if _apply(connection, number=number, file=file):
                    applied.append(file.stem)
    return tuple(applied)


def _prepare(connection: psycopg.Connection[TupleRow]) -> None:
    known = connection.execute("SELECT to_regclass('store.migration') IS NOT NULL").fetchone()
    if known == (True,):
        return
    connection.execute("CREATE SCHEMA IF NOT EXISTS store")
    connection.execute(
        "CREATE TABLE store.migration (number integer PRIMARY KEY, name text NOT NULL, "
        "applied_at timestamptz NOT NULL DEFAULT clock_timestamp())"
    )


def _refuse_newer(connection: psycopg.Connection[TupleRow], *, newest: int) -> None:
    row = connection.execute(
        "SELECT number, name FROM store.migration WHERE number > %s ORDER BY number DESC LIMIT 1",
        [newest],
    ).fetchone()
    if row is not None:
        raise MigrationError(
            f"The database has store migration {row[1]} (number {row[0]}), this Banso knows only "
            f"up to {newest}. Install the newer Banso, or restore a backup made before it."
        )


def _apply(connection: psycopg.Connection[TupleRow], *, number: int, file: Path) -> bool:
    done = connection.execute(
        "SELECT 1 FROM store.migration WHERE number = %s", [number]
    ).fetchone()
    if done is not None:
        return False
    connection.execute(file.read_bytes())  # bytes: psycopg takes text only as a literal
    connection.execute(
        "INSERT INTO store.migration (number, name) VALUES (%s, %s)", [number, file.stem]
    )
    return True
