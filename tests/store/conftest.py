"""A fresh, migrated store for each test, on one server for all."""

from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import psycopg
import pytest
from psycopg import sql
from tests.server import start_test_server

from banso.store import Store
from banso.store.server import create_database


@pytest.fixture
def dsn() -> Iterator[str]:
    """Address of an empty database."""
    server = start_test_server()
    name = f"test_{uuid4().hex[:12]}"
    with psycopg.connect(server, autocommit=True) as connection:
        create_database(connection, name=name)
    yield server.replace("/banso?", f"/{name}?")
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(sql.SQL("DROP DATABASE {} (FORCE)").format(sql.Identifier(name)))


@pytest.fixture
def store(dsn: str, tmp_path: Path) -> Iterator[Store]:
    made = Store(tmp_path, dsn)
    made.migrate()
    yield made
    made.close()
