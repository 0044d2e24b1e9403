"""Kill the server, the collector and the database under load; look what became of each event."""

import random
import re
import signal
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

import psutil

from tests.chaos.clients import NOBODY, Client, Sent, come_again
from tests.chaos.killing import DamageError
from tests.chaos.served import Held, Site, until

CLIENTS = 3
DISK = "disk filled"
VICTIMS = ("collector", "database", DISK, "server process", "collector", "all of the server")
"""In this order, over and over; the moment is a matter of chance."""

NEARLY = 200 << 20
"""Bytes left on a disk that is nearly full: less than what the endpoint wants to be free."""


@dataclass
class Report:
    """How a run went. restored: how often the server was started once more from outside."""

    sent: Sent
    kills: Counter[str] = field(default_factory=Counter)
    held: Held | None = None
    restored: int = 0
    seconds: float = 0.0

    def rows(self) -> list[tuple[str, str]]:
        """For the table that is printed."""
        assert self.held
        sent, held = self.sent, self.held
        stored, duplicate, quarantined = held.counted
        refused = sum(sent.refused.values())
        return [
            *((f"kills: {name}", f"{count:,}") for name, count in sorted(self.kills.items())),
            ("seconds", f"{self.seconds:.0f}"),
            ("server started once more from outside", f"{self.restored:,}"),
            ("requests acknowledged", f"{sent.requests:,}"),
            ("of them sent again on purpose", f"{sent.repeated:,}"),
            ("attempts without a 200, sent again", f"{refused:,}"),
            ("longest wait for a 200, seconds", f"{sent.longest_wait:.1f}"),
            ("poisonous events among them", f"{len(sent.poison):,}"),
            ("good events acknowledged", f"{len(sent.acknowledged):,}"),
            ("received, by the ledger, and waiting", f"{held.received + held.waiting.total():,}"),
            ("= stored", f"{stored:,}"),
            ("+ duplicate", f"{duplicate:,}"),
            ("+ quarantined", f"{quarantined:,}"),
            ("+ waiting for their account", f"{held.waiting.total():,}"),
            ("events lost", "0"),
            ("events twice", "0"),
        ]


@dataclass
class Torment:
    site: Site
    dice: random.Random
    report: Report

    def strike(self, number: int) -> None:
        """Wait for a moment, then kill whoever is next, as soon as he lives."""
        before = self.report.sent.requests
        if self.dice.random() < 0.5:
            until(lambda: self._goes_on(before), "a request is acknowledged between two kills")
        time.sleep(self.dice.uniform(0.0, 0.5))
        victim = VICTIMS[number % len(VICTIMS)]
        if victim == DISK and self.site.disk.mounted:
            self._fill()
            return
        victim = "database" if victim == DISK else victim
        until(lambda: self._kill(victim), f"there is a {victim} to kill")
        self.report.kills[victim] += 1

    def _fill(self) -> None:
        """Nearly full: clients are told when to come again. Then full to the last byte."""
        self.site.disk.fill(leave=NEARLY)
        asked = partial(come_again, self.site.port, self.site.key)
        until(lambda: self._goes_on(-1) and asked() == "60", "a nearly full disk is told of")
        self.site.disk.fill()
        time.sleep(self.dice.uniform(0.5, 2.0))
        self.site.disk.relieve()
        before = self.report.sent.requests
        until(lambda: self._goes_on(before), "events are accepted once there is room")
        self.report.kills[DISK] += 1

    def _goes_on(self, before: int) -> bool:
        self.report.restored += self.site.restored()
        return self.report.sent.requests > before

    def _kill(self, victim: str) -> bool:
        self.report.restored += self.site.restored()
        killed = False
        for each in self._processes(victim):
            try:
                each.send_signal(signal.SIGKILL)
                killed = True
            except psutil.NoSuchProcess:
                continue
        if killed and victim == "all of the server":
            self.site.server.wait(10)
        return killed

    def _processes(self, victim: str) -> Sequence[psutil.Process]:
        if victim == "all of the server":
            try:
                family = self.site.server.children(recursive=True)
                return [x for x in (self.site.server, *family) if "postgres" not in x.name()]
            except psutil.Error:
                return ()
        found = (
            self.site.postmaster()
            if victim == "database"
            else self.site.process(collector=victim == "collector")
        )
        return () if found is None else (found,)


def torment(folder: Path, *, kills: int, seed: int, say: Callable[[str], None]) -> Report:
    """Raises DamageError where an event is lost, doubled or not in the ledger."""
    began = time.monotonic()
    site, sent = Site(folder), Sent()
    clients = [Client(n, port=site.port, key=site.key, sent=sent) for n in range(CLIENTS)]
    dice = random.Random(seed)  # noqa: S311  dice, not secrets
    run = Torment(site, dice, Report(sent))
    try:
        for client in clients:
            client.start()
        for number in range(kills):
            run.strike(number)
            if number % 10 == 9:
                say(f"{number + 1} of {kills} kills, {len(sent.acknowledged):,} events sent")
        for client in clients:
            client.end()
        until(lambda: run._goes_on(-1) and not any(x.is_alive() for x in clients), "all is sent")
        run.report.held = site.held()
        check(sent, run.report.held)
    except TimeoutError:
        site.log.write(site.scene().encode())
        raise
    finally:
        site.end()
    run.report.seconds = time.monotonic() - began
    return run.report


def check(sent: Sent, held: Held) -> None:
    """Each event that was sent is there once, where it belongs; the ledger knows all of them."""
    if sent.acknowledged != set(sent.events):
        raise DamageError("A client ended before its last request was acknowledged.")
    everything = held.everything
    twice = [name for name, count in everything.items() if count > 1]
    lost = [name for name in sent.events if name not in everything]
    if twice or lost or len(everything) != len(sent.events):
        raise DamageError(f"Twice: {twice[:9]}; lost: {len(lost)} such as {lost[:9]}.")
    unknown = {name for name, call in sent.events.items() if NOBODY in str(call["userId"])}
    groups = {name for name, call in sent.events.items() if call["type"] == "group"}
    if set(held.waiting) != unknown - groups or set(held.introduced) != groups:
        raise DamageError("What waits and who is who are not what was sent.")
    stored, _, quarantined = held.counted
    kept = set(re.findall(r"poison-\d+-\d+", held.quarantined))
    if kept != sent.poison or quarantined < len(kept):
        raise DamageError(f"Of the poison {sorted(sent.poison ^ kept)[:9]} is not in quarantine.")
    if stored != len(held.stored) + len(held.introduced):
        raise DamageError(f"The ledger says {held.counted}, which is not what is stored.")
    if held.received != sum(held.counted):
        raise DamageError(f"The ledger does not balance: {held.received} and {held.counted}.")
