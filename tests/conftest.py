"""Tests run against a real PostgreSQL (embedded, see tests.server) and real files."""

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

import psycopg
import pytest
from django.conf import settings as django_settings
from django.db import connection
from django.db.models.signals import post_migrate
from hypothesis import settings
from psycopg.conninfo import make_conninfo

from banso.cli.session import Session, open_session
from banso.desk.database import django_database
from banso.store.migrate import FOLDER
from tests.server import start_test_server

# The command line needs no key and a server takes its home's; pytest-django has read the settings
# before this file.
django_settings.SECRET_KEY = "only-for-tests"  # noqa: S105

# How long an example takes says something about the machine, not about the code.
settings.register_profile("banso", deadline=None)
settings.load_profile("banso")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Files with slow tests first, the slowest before all others: a worker that gets one last would
    end long after the others. `slow(400)`: that many seconds; without a number some ten."""
    seconds: dict[Path, int] = {}
    for item in items:
        if marker := item.get_closest_marker("slow"):
            seconds[item.path] = max([*marker.args, 10, seconds.get(item.path, 0)])
    items.sort(key=lambda x: -seconds.get(x.path, 0))


@pytest.fixture(scope="session")
def django_db_modify_db_settings() -> None:
    """Django's test database lies on the test run's own server."""
    connection.settings_dict.update(django_database(start_test_server()))


def emptied(_style: object, tables: Iterable[str], **_: bool) -> list[str]:
    """Django empties tables by TRUNCATE after each test; for a few rows DELETE takes a tenth of it,
    and one round trip for all of them another tenth. Keys between them are checked at the end of a
    transaction, so that their order is all one."""
    return ["; ".join(f"DELETE FROM {connection.ops.quote_name(table)}" for table in tables)]


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None) -> None:
    """After each test Django would also make its own permissions and types of content anew, which
    takes twice as long and which Banso has no use for."""
    connection.ops.sql_flush = emptied
    post_migrate.receivers.clear()


def empty_store(dsn: str) -> None:
    """The store of a database as its migrations leave it. Making it anew takes a tenth of a second,
    so that is left to the next command where a test has meddled with the migrations themselves."""
    files = {int(x.name[:4]) for x in FOLDER.glob("[0-9]*.sql")}
    with psycopg.connect(dsn) as server:
        there = server.execute("SELECT to_regclass('store.migration') IS NOT NULL").fetchone()
        rows = server.execute("SELECT number FROM store.migration") if there == (True,) else ()
        whole = {number for (number,) in rows} == files
        server.execute(EMPTY if whole else "DROP SCHEMA IF EXISTS store CASCADE")


EMPTY = """
DO $$ DECLARE one text; BEGIN
    FOR one IN SELECT format('DELETE FROM store.%I', relname) FROM pg_class
        WHERE relnamespace = 'store'::regnamespace AND relkind = 'r'
        AND relname NOT IN ('migration', 'identity', 'generation')
        ORDER BY relname = 'quarantine' -- others refer to its rows
    LOOP EXECUTE one; END LOOP;
    UPDATE store.generation SET number = 0;
    UPDATE store.identity SET id = gen_random_uuid();
    PERFORM setval(oid::regclass, 1, false) FROM pg_class
        WHERE relnamespace = 'store'::regnamespace AND relkind = 'S';
END $$
"""


@pytest.fixture
def home(transactional_db: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty Banso home on the test database, found by every command of this test."""
    parts = connection.settings_dict
    dsn = make_conninfo(
        dbname=parts["NAME"], user=parts["USER"], host=parts["HOST"], port=parts["PORT"] or None
    )
    empty_store(dsn)
    monkeypatch.setenv("DATABASE_URL", dsn)
    monkeypatch.setenv("BANSO_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("BANSO_LANGUAGE", "en")
    monkeypatch.chdir(tmp_path)
    return tmp_path / "home"


@pytest.fixture
def session(home: Path) -> Iterator[Session]:
    """An open session without definitions."""
    opened = open_session(create=True)
    yield opened
    opened.store.close()


@pytest.fixture
def reopen(home: Path) -> Callable[[], Session]:
    """Open the home anew, as the next command would."""
    return open_session
