"""Server and worker as two processes that end together; here both are small scripts."""

import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest

LIVES = "import time; time.sleep(60)"
FINISHES = (
    "import pathlib, signal, sys, time\n"
    "def finish(*told):\n"
    "    time.sleep(0.5); pathlib.Path({file!r}).write_text('finished'); sys.exit()\n"
    "signal.signal(signal.SIGTERM, finish); pathlib.Path({file!r}).write_text('begun')\n"
    "time.sleep(60)"
)


@pytest.fixture
def running() -> Iterator[Callable[[str, str], subprocess.Popen[str]]]:
    started: list[subprocess.Popen[str]] = []

    def run(server: str, worker: str) -> subprocess.Popen[str]:
        script = (
            "import sys; from banso.cli.supervisor import Supervisor;"
            "server, worker = ([sys.executable, '-c', x] for x in sys.argv[1:]);"
            "sys.exit(Supervisor(server, worker).run())"
        )
        command = [sys.executable, "-c", script, server, worker]
        started.append(subprocess.Popen(command, stderr=subprocess.PIPE, text=True))
        return started[-1]

    yield run
    for each in started:
        each.kill()
        each.wait()
        assert each.stderr
        each.stderr.close()


def children(supervisor: subprocess.Popen[str], *, count: int = 2) -> list[psutil.Process]:
    """Server and worker, in this order, once there are so many."""

    def found() -> list[psutil.Process]:
        return psutil.Process(supervisor.pid).children()

    until(lambda: len([x for x in found() if x.status() != "zombie"]) == count)
    return sorted(found(), key=lambda x: x.pid)


def until(condition: Callable[[], bool]) -> None:
    end = time.monotonic() + 20
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.05)


def gone(process: psutil.Process) -> bool:
    return not process.is_running() or process.status() == "zombie"


def test_a_worker_that_dies_is_started_anew(
    running: Callable[[str, str], subprocess.Popen[str]],
) -> None:
    supervisor = running(LIVES, LIVES)
    server, worker = children(supervisor)
    worker.kill()
    until(lambda: gone(worker))
    again = children(supervisor)
    assert (again[0], again[1] != worker) == (server, True)
    supervisor.terminate()
    assert supervisor.communicate()[1] == (
        "The worker ended with status -9; it is started anew in 0.5 seconds.\n"
    )


def test_both_are_told_to_end_and_the_worker_finishes_what_it_has_in_hand(
    running: Callable[[str, str], subprocess.Popen[str]], tmp_path: Path
) -> None:
    file = tmp_path / "portion"
    supervisor = running(LIVES, FINISHES.format(file=str(file)))
    until(lambda: file.exists() and file.read_text() == "begun")
    supervisor.send_signal(signal.SIGINT)
    assert (supervisor.wait(10), file.read_text()) == (signal.SIGTERM, "finished")


def test_a_server_that_ends_takes_the_worker_with_it_and_its_status_is_told(
    running: Callable[[str, str], subprocess.Popen[str]],
) -> None:
    supervisor = running("import time; time.sleep(1); exit(7)", LIVES)
    _, worker = children(supervisor)
    assert (supervisor.wait(10), gone(worker)) == (7, True)


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells children of a killed parent")
def test_no_process_outlives_a_supervisor_that_was_killed(
    running: Callable[[str, str], subprocess.Popen[str]],
) -> None:
    supervisor = running(LIVES, LIVES)
    both = children(supervisor)
    supervisor.kill()
    until(lambda: all(gone(x) for x in both))
    assert [gone(x) for x in both] == [True, True]
