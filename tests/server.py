"""The PostgreSQL of a test run: embedded, in a temporary folder, gone afterwards."""

import atexit
import shutil
import tempfile
from functools import cache
from pathlib import Path

import psycopg
from psycopg import sql

from banso.store.server import embedded_url, stop


@cache
def start_test_server() -> str:
    """Address of a server of this process's own (with pytest-xdist: one a worker).

    A DATABASE_URL in the environment is not used: tests create and drop databases.
    """
    home = Path(tempfile.mkdtemp(prefix="banso-test-"))
    atexit.register(_remove, home)
    url = embedded_url(home)
    _hurry(url)
    return url


def _hurry(url: str) -> None:
    """What is written need not survive a power cut: tests that kill a server do so by a signal,
    after which the operating system still has all that was written."""
    with psycopg.connect(url, autocommit=True) as server:
        for name in ("fsync", "synchronous_commit", "full_page_writes"):
            server.execute(sql.SQL("ALTER SYSTEM SET {} = off").format(sql.Identifier(name)))
        server.execute("SELECT pg_reload_conf()")


def _remove(home: Path) -> None:
    stop(home)
    shutil.rmtree(home, ignore_errors=True)
