"""What `banso serve` turns into: the web server and the worker beside it, two processes that end
together. The worker is started anew when it dies; when the server dies, all ends with its status.

Only the standard library is loaded here: this process lives as long as both and does nothing.
"""

import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from types import FrameType

from banso.pipeline.family import end_with_parent

LOOK_SECONDS = 0.2
FIRST_PAUSE = 0.5
LONGEST_PAUSE = 30.0
"""Seconds until a worker that died is started anew: doubled each time it dies young."""

YOUNG = 60.0
PORTION_SECONDS = 60.0
"""What a worker may take to finish the portion in hand once it is told to end."""

WORKER = (sys.executable, "-P", "-m", "banso", "worker")


@dataclass
class Supervisor:
    """server, worker: their command lines."""

    server: Sequence[str]
    worker: Sequence[str] = WORKER
    _ending: bool = field(default=False, init=False)

    def run(self) -> int:
        """Until the server ends; its exit status."""
        self._server, self._worker = _started(self.server), _started(self.worker)
        for each in (signal.SIGTERM, signal.SIGINT):
            signal.signal(each, self._end)
        self._born, self._pause, self._due = time.monotonic(), FIRST_PAUSE, 0.0
        while self._server.poll() is None:
            if not self._ending:
                self._watch()
            time.sleep(LOOK_SECONDS)
        _finish(self._worker)
        return abs(int(self._server.returncode))

    def _end(self, number: int, frame: FrameType | None) -> None:
        self._ending = True
        for each in (self._server, self._worker):
            if each.poll() is None:
                each.terminate()

    def _watch(self) -> None:
        """Start a worker that has died once its pause is over."""
        status, now = self._worker.poll(), time.monotonic()
        if status is None:
            return
        if not self._due:
            if now - self._born > YOUNG:
                self._pause = FIRST_PAUSE
            sys.stderr.write(
                f"The worker ended with status {status}; it is started anew in "
                f"{self._pause:.1f} seconds.\n"
            )
            self._due, self._pause = now + self._pause, min(2 * self._pause, LONGEST_PAUSE)
        elif now >= self._due:
            self._worker, self._born, self._due = _started(self.worker), now, 0.0


def _started(command: Sequence[str]) -> subprocess.Popen[bytes]:
    """In a group of its own: Ctrl-C in a terminal comes here alone, and is passed on once."""
    return subprocess.Popen(
        command,
        process_group=0,
        preexec_fn=end_with_parent,  # noqa: PLW1509  this process has one thread
    )


def _finish(worker: subprocess.Popen[bytes]) -> None:
    worker.terminate()
    try:
        worker.wait(PORTION_SECONDS)
    except subprocess.TimeoutExpired:
        worker.kill()  # what it had in hand is done again by the next one
        worker.wait()


if __name__ == "__main__":
    sys.exit(Supervisor(sys.argv[1:]).run())
