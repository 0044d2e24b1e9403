"""Kill the store's writers and its database at the worst moments; look what is left."""

import multiprocessing
import os
import random
import signal
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from multiprocessing.process import BaseProcess
from pathlib import Path

import psycopg

from banso.store import Store
from banso.store.crash import POINTS
from banso.store.server import embedded_url, stop
from tests.chaos.sender import NAMED, NAMELESS, SERVER_GONE, Journal, run, send

OF_THE_SENDER = {"accept_before_commit", "accept_after_commit", "dictionary_committed"}
PATIENCE_S = 8.0
SERVER_EVERY = 12  # kills, one of which is the database's


class DamageError(AssertionError):
    """The store broke its promise; says how, and after which kill."""


@dataclass
class Outcome:
    """How a run went."""

    kills: Counter[str] = field(default_factory=Counter)
    facts: int = 0
    batches: int = 0
    seconds: float = 0.0

    def __str__(self) -> str:
        kinds = ", ".join(f"{name} {count}" for name, count in sorted(self.kills.items()))
        return (
            f"{self.kills.total()} kills in {self.seconds:.0f} s ({kinds}). "
            f"{self.batches} batches, {self.facts} facts, each exactly once; "
            "the ledger balances; no orphan."
        )


@dataclass
class Torment:
    """One run: a home with its own server, a journal outside it, and the dice."""

    folder: Path
    dice: random.Random
    outcome: Outcome = field(default_factory=Outcome)

    def __post_init__(self) -> None:
        self.dsn = embedded_url(self.folder)
        self.journal = Journal(self.folder / "journal")
        self.store = Store(self.folder, self.dsn)
        self.store.migrate()
        self.processes = multiprocessing.get_context("forkserver")
        self.processes.set_forkserver_preload(["tests.chaos.sender"])

    def strike(self, number: int) -> str:
        """Let both processes work, kill in the way that is next, and wait until all is still."""
        if number % SERVER_EVERY == SERVER_EVERY - 1:
            return self._kill_server()
        if number % 3 == 2:
            return self._kill_at_random()
        named = number - number // 3 - number // SERVER_EVERY
        return self._kill_at(POINTS[named % len(POINTS)])

    def _kill_at(self, point: str) -> str:
        if point == "sweep_orphan_deleted":
            orphan = Path(self.store.place.root) / "tail" / "left-behind.tmp"
            orphan.parent.mkdir(parents=True, exist_ok=True)
            orphan.write_bytes(b"torn")
        passage = f"{point}:{self.dice.randint(1, 3)}" if "sweep" not in point else point
        sends = point in OF_THE_SENDER or ("commit" in point and self.dice.random() < 0.5)
        sender = self._start("send", passage if sends else "")
        keeper = self._start("keep", "" if sends else passage)
        victim, other = (sender, keeper) if sends else (keeper, sender)
        victim.join(PATIENCE_S)
        reached = victim.exitcode == -signal.SIGKILL
        self._finish(victim, other)
        return point if reached else "random moment"

    def _kill_at_random(self) -> str:
        both = self._start("send", ""), self._start("keep", "")
        time.sleep(self.dice.uniform(0.02, 0.5))
        self._finish(*both)
        return "random moment"

    def _kill_server(self) -> str:
        both = self._start("send", ""), self._start("keep", "")
        time.sleep(self.dice.uniform(0.1, 0.5))
        pid = (self.folder / "postgres" / "postmaster.pid").read_text().split("\n", 1)[0]
        os.kill(int(pid), signal.SIGKILL)
        for process in both:
            process.join(PATIENCE_S)
        self._finish(*both)
        self.dsn = embedded_url(self.folder)
        return "database server"

    def _start(self, role: str, crash_at: str) -> BaseProcess:
        arguments = (role, self.folder, self.dsn, self.journal.file, crash_at)
        process = self.processes.Process(target=run, args=arguments, daemon=True)
        process.start()
        return process

    def _finish(self, *processes: BaseProcess) -> None:
        for process in processes:
            process.kill()
            process.join()
            if process.exitcode not in (-signal.SIGKILL, SERVER_GONE):
                raise DamageError(f"A process ended by itself with status {process.exitcode}.")

    def check(self) -> None:
        """Acknowledged batches are there once; others wholly or not at all; nothing else."""
        stored, begun = self.journal.read("stored"), self.journal.read("begun")
        ids, nameless = self._held()
        for batch in begun:
            found = [ids.pop(f"{batch}-{number}", 0) for number in range(NAMED)]
            found += [nameless.pop(float(batch), 0)]
            whole = [1] * NAMED + [NAMELESS]
            allowed = [whole] if batch in stored else [whole, [0] * len(whole)]
            if found not in allowed:
                state = "acknowledged" if batch in stored else "not acknowledged"
                raise DamageError(f"Batch {batch} ({state}) is there as {found}.")
        if ids or nameless:
            raise DamageError(f"Facts nobody sent: {ids} {nameless}")
        self._check_books()
        self.outcome.batches = len(stored)
        self.outcome.facts = len(stored) * (NAMED + NAMELESS)

    def _held(self) -> tuple[Counter[str], Counter[float]]:
        ids: Counter[str] = Counter()
        nameless: Counter[float] = Counter()
        with self.store.snapshot() as snapshot:
            for bucket in snapshot.buckets:
                for batch in snapshot.scan(bucket=bucket, columns=("message_id", "value")):
                    names, values = (column.to_pylist() for column in batch.columns)
                    ids.update(name for name in names if name is not None)
                    pairs = zip(names, values, strict=True)
                    nameless.update(value for name, value in pairs if name is None)
        return ids, nameless

    def _check_books(self) -> None:
        with psycopg.connect(self.dsn) as connection:
            row = connection.execute(
                "SELECT coalesce(sum(received - stored - duplicate - quarantined), 0)::bigint, "
                "coalesce(sum(stored), 0)::bigint, "
                "(SELECT coalesce(sum(rows), 0)::bigint FROM store.segment), "
                "(SELECT coalesce(sum(facts), 0)::bigint FROM store.activity) FROM store.ledger"
            ).fetchone()
        assert row is not None
        if row[0] != 0 or len(set(row[1:])) != 1:
            raise DamageError(f"Ledger, manifest and activity disagree: {row}")

    def check_files(self) -> None:
        """After a sweep, exactly the files of the manifest are there."""
        self.store.sweep(grace=timedelta(0))
        with psycopg.connect(self.dsn) as connection:
            known = {path for (path,) in connection.execute("SELECT path FROM store.segment")}
        lying = set(self.store.place.lying())
        if known != lying:
            raise DamageError(f"Orphans {lying - known}, missing {known - lying}")

    def end(self) -> None:
        """Let the sender finish what it began, collect everything, and look once more."""
        send(self.folder, self.dsn, self.journal, count=1)
        while self.store.collect().received:
            pass
        self.store.compact()
        if self.journal.read("begun") != self.journal.read("stored"):
            raise DamageError("A batch could not be stored even without a crash.")
        self.check()
        self.check_files()


def torment(folder: Path, *, kills: int, seed: int, say: Callable[[str], None]) -> Outcome:
    """Kill `kills` times, check after each; raises DamageError. The folder is the caller's."""
    began = time.monotonic()
    run = Torment(folder, random.Random(seed))  # noqa: S311  dice, not secrets
    try:
        for number in range(kills):
            kind = run.strike(number)
            run.outcome.kills[kind] += 1
            run.check()
            if run.dice.random() < 0.3:
                run.check_files()
            if number % 10 == 9:
                say(f"{number + 1} of {kills} kills, {run.outcome.facts} facts in place")
        run.end()
    finally:
        run.store.close()
        stop(folder)
    run.outcome.seconds = time.monotonic() - began
    return run.outcome
