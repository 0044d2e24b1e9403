"""Facts and their database belong together."""

from pathlib import Path

import psycopg
import pytest
from psycopg.conninfo import make_conninfo
from tests.server import start_test_server

from banso.core.events.fact import Fact
from banso.store import Store, WrongDatabaseError
from banso.store.server import create_database

FACTS = [Fact(account="A1", event="login", time=1_700_000_000_000_000, message_id="1")]


def database(name: str) -> str:
    """A fresh empty database on the test run's server."""
    server = start_test_server()
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f'DROP DATABASE IF EXISTS "{name}"'.encode())
        create_database(connection, name=name)
    return make_conninfo(server, dbname=name)


def test_a_home_with_another_database_is_refused_and_keeps_every_file(tmp_path: Path) -> None:
    store = Store(tmp_path, database("identity_ours"))
    store.migrate()
    store.accept(source="web", dataset="events", facts=FACTS)
    store.collect()
    files = sorted(tmp_path.glob("**/*.parquet"))

    wrong = Store(tmp_path, database("identity_other"))
    with pytest.raises(WrongDatabaseError, match="Nothing was touched"):
        wrong.migrate()

    assert len(files) == 1
    assert sorted(tmp_path.glob("**/*.parquet")) == files
    store.migrate()
    with store.snapshot() as snapshot:
        assert snapshot.rows == 1
    store.close()
    wrong.close()


def test_a_database_with_facts_refuses_an_empty_folder(tmp_path: Path) -> None:
    dsn = database("identity_facts")
    store = Store(tmp_path / "first", dsn)
    store.migrate()
    store.accept(source="web", dataset="events", facts=FACTS)
    store.collect()

    with pytest.raises(WrongDatabaseError):
        Store(tmp_path / "second", dsn).migrate()
    store.close()
