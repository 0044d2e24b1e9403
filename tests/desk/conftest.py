"""A database of the first release: what upgrades are tried on."""

from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from psycopg import sql
from pytest_django import DjangoDbBlocker
from tests.server import start_test_server
from tests.web.site import connected, create_site_database

FIRST = ("desk", "0001_start")


@pytest.fixture(scope="session")
def first_database(
    django_db_setup: None,
    django_db_blocker: DjangoDbBlocker,
    tmp_path_factory: pytest.TempPathFactory,
) -> str:
    """Name of one that has only the first migration, and no rows; tests work in copies of it. The
    way back to it from today takes ten times as long."""
    name = "first_release"
    url = create_site_database(name)
    with django_db_blocker.unblock(), connected(url, tmp_path_factory.mktemp("first")):
        MigrationExecutor(connection).migrate([FIRST])
    return name


@pytest.fixture
def first_release(
    first_database: str, django_db_blocker: DjangoDbBlocker, tmp_path: Path
) -> Iterator[MigrationExecutor]:
    """Of a home of the first release, in a database of its own."""
    server = start_test_server()
    copy = sql.Identifier("upgraded")
    with psycopg.connect(server, autocommit=True) as admin:
        admin.execute(
            sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(copy, sql.Identifier(first_database))
        )
    url = server.replace("/banso?", "/upgraded?")
    with django_db_blocker.unblock(), connected(url, tmp_path):
        yield MigrationExecutor(connection)
    with psycopg.connect(server, autocommit=True) as admin:
        admin.execute(sql.SQL("DROP DATABASE {} (FORCE)").format(copy))
