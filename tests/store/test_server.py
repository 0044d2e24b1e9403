"""The embedded PostgreSQL: found, shared, killed, stopped."""

import os
import shutil
import signal
import stat
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import psycopg
import pytest

from banso.store.server import ServerError, database_url, embedded_url, stop

START = """
import sys
from pathlib import Path
from banso.store.server import embedded_url
print(embedded_url(Path(sys.argv[1])))
"""


@pytest.fixture(scope="module")
def home() -> Iterator[Path]:
    """A folder of its own: the server's user must get through, which pytest's folders forbid."""
    folder = Path(tempfile.mkdtemp(prefix="banso-server-"))
    yield folder
    stop(folder)
    shutil.rmtree(folder)


def start_elsewhere(home: Path) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", START, str(home)], stdout=subprocess.PIPE, text=True
    )


def pid(home: Path) -> int:
    return int((home / "postgres" / "postmaster.pid").read_text().split("\n", 1)[0])


def one(url: str, statement: str) -> object:
    with psycopg.connect(url) as connection:
        row = connection.execute(statement.encode()).fetchone()
    return None if row is None else row[0]


def kill_postmaster(home: Path) -> None:
    process = psutil.Process(pid(home))
    os.kill(process.pid, signal.SIGKILL)
    deadline = time.monotonic() + 10
    while process.is_running() and process.status() != psutil.STATUS_ZOMBIE:
        assert time.monotonic() < deadline
        time.sleep(0.01)


def test_processes_starting_at_once_share_one_server_that_outlives_them(home: Path) -> None:
    processes = [start_elsewhere(home) for _ in range(3)]
    urls = {process.communicate(timeout=60)[0].strip() for process in processes}
    assert [process.returncode for process in processes] == [0, 0, 0]
    assert len(urls) == 1
    running = pid(home)
    assert embedded_url(home) == urls.pop()
    assert pid(home) == running
    assert one(embedded_url(home), "SHOW fsync") == "on"
    assert one(embedded_url(home), "SELECT current_database()") == "banso"
    assert one(embedded_url(home), "SHOW server_encoding") == "UTF8"


def test_a_killed_server_recovers_what_was_committed(home: Path) -> None:
    with psycopg.connect(embedded_url(home)) as connection:
        connection.execute("CREATE TABLE kept AS SELECT 42 AS n")
    kill_postmaster(home)
    assert one(embedded_url(home), "SELECT n FROM kept") == 42
    kill_postmaster(home)
    assert start_elsewhere(home).communicate(timeout=90)[0].strip() == embedded_url(home)
    assert one(embedded_url(home), "SELECT n FROM kept") == 42


def test_a_stopped_server_starts_again(home: Path) -> None:
    url = embedded_url(home)
    stop(home)
    with pytest.raises(psycopg.OperationalError):
        psycopg.connect(url)
    stop(home)
    assert one(embedded_url(home), "SELECT 1") == 1


def test_a_home_too_long_for_a_socket_works(home: Path) -> None:
    deep = home / ("x" * 60) / ("伴走" * 10)
    try:
        assert one(embedded_url(deep), "SELECT 1") == 1
    finally:
        stop(deep)


def test_a_home_with_a_space_is_refused_with_advice(tmp_path: Path) -> None:
    with pytest.raises(ServerError, match=r"contains ' '.*Choose a folder without spaces"):
        embedded_url(tmp_path / "my banso")


def test_a_given_database_is_used_as_it_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://db.example/banso")
    assert database_url(tmp_path) == "postgresql://db.example/banso"
    assert list(tmp_path.iterdir()) == []


def test_stopping_where_no_server_ever_ran_does_nothing(tmp_path: Path) -> None:
    stop(tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_nobody_else_can_reach_the_socket_now_or_after_a_restart(home: Path) -> None:
    for _ in range(2):
        url = embedded_url(home)
        with psycopg.connect(url) as connection:
            socket = Path(connection.info.host) / f".s.PGSQL.{connection.info.port}"
        assert stat.S_IMODE(socket.stat().st_mode) == 0o700
        stop(home)


def test_a_copy_of_a_running_home_is_refused_and_the_original_left_alone(home: Path) -> None:
    running = embedded_url(home)
    data, copy = home / "postgres", home.with_name(f"{home.name}-copy")
    (copy / "postgres").mkdir(parents=True)
    for name in ("PG_VERSION", "postmaster.pid"):
        shutil.copy(data / name, copy / "postgres" / name)
    for meant in (embedded_url, stop):
        with pytest.raises(ServerError, match="would open the original") as error:
            meant(copy)
        assert str(error.value) == (
            f"{copy / 'postgres'} was copied from {data} while PostgreSQL was running there, and "
            f"would open the original. Remove the copy, stop Banso there, then its database "
            f"(`banso stop`), and copy again."
        )
    assert one(running, "SELECT 1") == 1
    shutil.rmtree(copy)
