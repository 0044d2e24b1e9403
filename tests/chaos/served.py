"""A home of its own with `banso serve`, whose processes can be found and killed one by one."""

import os
import shutil
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import psutil
import psycopg
from psycopg.rows import TupleRow

from banso.store import Store
from banso.store.server import embedded_url, stop
from tests.served import free_port

BANSO = Path(sys.executable).with_name("banso")
PATIENCE_S = 300.0
"""Long enough for a machine that others use too: what hangs hangs for good."""

DISK_MB = 900
JUMPING = """
    ALTER TABLE store.tracked ALTER received_at SET DEFAULT
        clock_timestamp() + make_interval(mins => (random() * 1440 - 720)::int)
"""
"""The clock by which requests are received jumps back and forth by up to twelve hours."""


ACTIVITY = """
    SELECT pid, state, wait_event_type, wait_event, now() - xact_start, left(query, 200)
    FROM pg_stat_activity WHERE datname = current_database()
"""


@dataclass(frozen=True)
class Held:
    """What the store has. stored, waiting, introduced: message ids, how often each; what is sent
    again while it waits waits twice, and counts once when its account is known. quarantined: all
    that lies there."""

    stored: Counter[str]
    waiting: Counter[str]
    introduced: Counter[str]
    quarantined: str
    received: int
    counted: tuple[int, int, int]

    @property
    def everything(self) -> Counter[str]:
        return self.stored + Counter(set(self.waiting)) + self.introduced


class Site:
    """folder: the caller's; nothing of it is deleted here. disk: where the home can be put on a
    small disk of its own (root may mount one), which can then be filled."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.disk = Disk(folder / "disk")
        self.home = self.disk.folder / "home"
        self.port = free_port()
        self.log = (folder / "log").open("ab")
        kept = {x: y for x, y in os.environ.items() if x not in ("DATABASE_URL", "BANSO_URL")}
        self._environment = kept | {"BANSO_HOME": str(self.home), "BANSO_LANGUAGE": "en"}
        self._banso("init", str(folder / "definitions"))
        self.key = self._banso("keys", "add", "app", "--rate", "1000000").split()[-1]
        with self.connection() as connection:
            connection.execute(JUMPING)
        self.server = self._serve()

    def _banso(self, *words: str) -> str:
        return subprocess.run(
            [BANSO, *words], env=self._environment, capture_output=True, text=True, check=True
        ).stdout

    def _serve(self) -> psutil.Popen:
        return psutil.Popen(
            [BANSO, "serve", "--port", str(self.port)],
            env=self._environment,
            stdout=self.log,
            stderr=self.log,
        )

    def restored(self) -> bool:
        """Whether the server had to be started once more, as a service manager does it."""
        if self.server.poll() is None:
            return False
        self.server = self._serve()
        return True

    def process(self, *, collector: bool) -> psutil.Process | None:
        """The worker, or the process that answers requests; None while there is none."""
        try:
            family = self.server.children(recursive=True)
            found = [x for x in family if ("worker" in x.cmdline()[-1:]) == collector]
        except psutil.Error:
            return None
        return found[-1] if len(found) > (0 if collector else 1) else None

    def postmaster(self) -> psutil.Process | None:
        try:
            file = self.home / "postgres" / "postmaster.pid"
            return psutil.Process(int(file.read_text().split("\n", 1)[0]))
        except (OSError, ValueError, psutil.Error):
            return None

    def connection(self) -> psycopg.Connection[TupleRow]:
        return psycopg.connect(embedded_url(self.home), autocommit=True)

    def held(self) -> Held:
        """Once nothing is on its way any more. From the tables and files themselves."""
        self._drain()
        store = Store(self.home, embedded_url(self.home))
        stored: Counter[str] = Counter()
        with store.snapshot() as snapshot:
            for bucket in snapshot.buckets:
                for batch in snapshot.scan(bucket=bucket, columns=("message_id",)):
                    stored.update(batch.column(0).to_pylist())
        store.close()
        with self.connection() as connection:
            said = "SELECT payload::jsonb ->> 'messageId' FROM store."
            books = connection.execute(
                "SELECT coalesce(sum(received), 0)::bigint, coalesce(sum(stored), 0)::bigint, "
                "coalesce(sum(duplicate), 0)::bigint, coalesce(sum(quarantined), 0)::bigint "
                "FROM store.ledger WHERE source = 'app'"
            ).fetchone()
            assert books is not None
            return Held(
                stored=stored,
                waiting=Counter(x for (x,) in connection.execute(said + "waiting")),
                introduced=Counter(x for (x,) in connection.execute(said + "introduction")),
                quarantined="\n".join(
                    x for (x,) in connection.execute("SELECT payload FROM store.quarantine")
                ),
                received=books[0],
                counted=books[1:],
            )

    def _drain(self) -> None:
        def empty() -> bool:
            self.restored()
            try:
                with self.connection() as connection:
                    return connection.execute("SELECT id FROM store.tracked").fetchone() is None
            except psycopg.Error:
                return False

        until(empty, "all that was accepted is collected")

    def scene(self) -> str:
        """Who lives and what the database is doing: for the log, where something hangs."""
        lines = [f"server: {self.server.poll()}"]
        for each in (self.server, *self.server.children(recursive=True)):
            with suppress(psutil.Error):
                words = " ".join(each.cmdline()[-4:])
                lines.append(f"{each.pid} {each.status()} {each.cpu_times().user:.1f}s {words}")
        try:
            with self.connection() as connection:
                lines += [str(x) for x in connection.execute(ACTIVITY)]
        except psycopg.Error as error:
            lines.append(f"database: {error}")
        lines.append((self.home / "postgres" / "log").read_text(errors="replace")[-4_000:])
        return "\n".join(lines)

    def end(self) -> None:
        if self.server.poll() is None:
            self.server.terminate()
            self.server.wait(PATIENCE_S)
        stop(self.home)
        self.log.close()
        self.disk.unmount()


class Disk:
    """A file system in memory of DISK_MB; where it can't be had, an ordinary folder."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True)
        self.folder = folder
        mount = ["mount", "-t", "tmpfs", "-o", f"size={DISK_MB}m,mode=755", "tmpfs", str(folder)]
        self.mounted = (
            shutil.which("mount") is not None
            and subprocess.run(mount, check=False, capture_output=True).returncode == 0
        )

    def fill(self, *, leave: int = 0) -> None:
        """Until `leave` bytes are free."""
        # Unbuffered: what did not fit would be written once more on closing, and fail there.
        with (self.folder / "ballast").open("ab", buffering=0) as file:
            while (free := shutil.disk_usage(self.folder).free) > leave:
                try:
                    file.write(bytes(min(free - leave, 1 << 20)))
                except OSError:
                    return

    def relieve(self) -> None:
        (self.folder / "ballast").unlink(missing_ok=True)

    def unmount(self) -> None:
        if self.mounted:
            subprocess.run(["umount", "--lazy", str(self.folder)], check=True)


def until(condition: Callable[[], bool], what: str) -> None:
    end = time.monotonic() + PATIENCE_S
    while not condition():
        if time.monotonic() > end:
            raise TimeoutError(f"It has not come to this in {PATIENCE_S:.0f} seconds: {what}.")
        time.sleep(0.1)
