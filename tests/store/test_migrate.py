"""The schema of the store, brought up to date."""

from concurrent.futures import ThreadPoolExecutor

import psycopg
import pytest
from tests.store.given import query

from banso.store import MigrationError, Store
from banso.store.migrate import FOLDER, migrate

NAMES = tuple(sorted(file.stem for file in FOLDER.glob("*.sql")))


def test_a_new_database_gets_every_migration_once(dsn: str) -> None:
    assert migrate(dsn) == NAMES
    assert migrate(dsn) == ()


def test_several_processes_may_migrate_at_once(dsn: str) -> None:
    with ThreadPoolExecutor(4) as pool:
        applied = list(pool.map(migrate, [dsn] * 4))
    assert sorted(applied) == [(), (), (), NAMES]


def test_a_database_of_newer_code_is_refused_and_left_alone(store: Store) -> None:
    with psycopg.connect(store.dsn) as connection:
        connection.execute("INSERT INTO store.migration (number, name) VALUES (9001, '9001_later')")
    with pytest.raises(MigrationError, match=r"9001_later.*Install the newer Banso"):
        store.migrate()
    assert query(store, "SELECT max(number) FROM store.migration") == [(9001,)]


def test_the_numbers_of_the_files_are_unique() -> None:
    assert len({name[:4] for name in NAMES}) == len(NAMES)
