"""How many live events a second are committed before 200 is answered, and how many reach Parquet.

Targets on 2 cores, the sender included: 50,000 events/s in batches of 100 with a p99 under 150 ms,
20,000 events/s from request to Parquet, 500 single-event requests/s. Exit 1 where one is missed.
CPU seconds are those of the server and of its database; they are less disturbed by others.

    ./run bench ingest [--batches 4000] [--singles 1000] [--connections 4] [--workers 2]
"""

import argparse
import json
import os
import shutil
import socket
import subprocess
import sys
import threading
import time
from base64 import b64encode
from collections.abc import Sequence
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path
from tempfile import mkdtemp
from uuid import UUID

import numpy as np
import psutil

HOME = Path(mkdtemp(prefix="banso-ingest-")).resolve()
os.environ |= {"BANSO_HOME": str(HOME / "home"), "BANSO_LANGUAGE": "en"}
for name in ("DATABASE_URL", "BANSO_URL"):
    os.environ.pop(name, None)

from banso.cli.session import Session, open_session  # noqa: E402  reads the environment above
from banso.desk.services.keys import add_key  # noqa: E402
from banso.store.inspection import arrived, counts  # noqa: E402
from banso.store.server import stop  # noqa: E402

BANSO = Path(sys.executable).with_name("banso")
EVENTS = 100
BATCH_TARGET, P99_TARGET, WHOLE_TARGET, SINGLE_TARGET = 50_000, 0.150, 20_000, 500


@dataclass(frozen=True)
class Load:
    """latencies: seconds of each request."""

    seconds: float
    latencies: Sequence[float]

    @property
    def p99(self) -> float:
        return float(np.percentile(self.latencies, 99))


def event(number: int) -> dict[str, object]:
    """About 500 bytes, as Segment's clients send them."""
    return {
        "type": "track",
        "event": ("login", "report_viewed", "export", "invite", "search")[number % 5],
        "userId": f"user-{number % 20_000}",
        "anonymousId": None,
        "messageId": str(UUID(int=(number + 1) * 0x9E3779B97F4A7C15F39CC0605CEDC835 % (1 << 128))),
        "timestamp": f"2026-11-{1 + number % 20:02d}T{number % 24:02d}:00:00.{number % 1000:03d}Z",
        "context": {
            "groupId": f"account-{number % 2_000}",
            "library": {"name": "analytics-python", "version": "2.4.0"},
        },
        "properties": {
            "feature": f"feature-{number % 40}",
            "value": number % 97,
            "plan": "professional",
            "note": "x" * 120,
        },
        "integrations": {},
    }


def send(port: int, path: str, bodies: Sequence[bytes], key: str, *, connections: int) -> Load:
    latencies: list[float] = []
    head = {"Authorization": "Basic " + b64encode(f"{key}:".encode()).decode()}

    def work(mine: Sequence[bytes]) -> None:
        line = HTTPConnection("127.0.0.1", port, timeout=60)
        for body in mine:
            began = time.perf_counter()
            line.request("POST", path, body, head)
            answer = line.getresponse()
            answer.read()
            assert answer.status == 200, answer.status
            latencies.append(time.perf_counter() - began)

    threads = [
        threading.Thread(target=work, args=[bodies[n::connections]]) for n in range(connections)
    ]
    began = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return Load(time.perf_counter() - began, latencies)


def cpu(server: subprocess.Popen[bytes]) -> float:
    """CPU seconds so far of the server and of the database, without processes that have ended."""
    ours = psutil.Process(server.pid)
    postgres = [x for x in psutil.process_iter(["name"]) if "postgres" in (x.info["name"] or "")]
    mine = [x for x in postgres if any(str(HOME) in word for word in _words(x))]
    family = [ours, *ours.children(recursive=True), *mine]
    for each in mine:
        family += each.children(recursive=True)
    return sum(x.cpu_times().user + x.cpu_times().system for x in set(family) if x.is_running())


def _words(process: psutil.Process) -> list[str]:
    try:
        return process.cmdline()
    except psutil.Error:
        return []


def drained(session: Session) -> None:
    while counts(session.store).inbox:
        time.sleep(0.1)


def serve(workers: int) -> tuple[subprocess.Popen[bytes], int]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [str(BANSO), "serve", "--port", str(port), "--workers", str(workers)]
    server = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
            time.sleep(8)  # every worker warms up
            return server, port
        except OSError:
            time.sleep(0.2)


def report(figures: Sequence[tuple[str, float, float, bool]]) -> bool:
    """Name, figure, target, and whether more is better; whether all targets are met."""
    good = True
    for name, figure, target, more in figures:
        met = figure >= target if more else figure <= target
        good &= met
        bound = f"at {'least' if more else 'most'} {target:.0f}"
        print(f"{name}={figure:.0f} ({bound}){'' if met else ' MISSED'}")
    return good


def measure(arguments: argparse.Namespace) -> bool:
    session = open_session(create=True)
    key = add_key(source="bench", rate=100_000_000).text
    total = arguments.batches * EVENTS
    bodies = [
        json.dumps({"batch": [event(n) for n in range(first, first + EVENTS)]}).encode()
        for first in range(0, total, EVENTS)
    ]
    singles = [json.dumps(event(n)).encode() for n in range(total, total + arguments.singles)]
    server, port = serve(arguments.workers)
    try:
        send(port, "/v1/batch", bodies[:20], key, connections=arguments.connections)
        drained(session)
        before, began = cpu(server), time.perf_counter()
        batches = send(port, "/v1/batch", bodies[20:], key, connections=arguments.connections)
        accepted = cpu(server)
        drained(session)
        whole, collected = time.perf_counter() - began, cpu(server)
        one = send(port, "/v1/track", singles, key, connections=arguments.connections)
        drained(session)
    finally:
        server.terminate()
        server.wait(timeout=60)
    sent = total - 20 * EVENTS
    figures = [
        ("accepted_a_second", sent / batches.seconds, BATCH_TARGET, True),
        ("batch_p99_ms", batches.p99 * 1_000, P99_TARGET * 1_000, False),
        ("stored_a_second", sent / whole, WHOLE_TARGET, True),
        ("singles_a_second", len(singles) / one.seconds, SINGLE_TARGET, True),
    ]
    good = report(figures)
    print(f"{len(bodies[0]) / 1_000:.1f} KB a batch; single events: p99 {one.p99 * 1_000:.0f} ms")
    print(f"{'events per CPU second, accepting':32} {sent / (accepted - before):12,.0f}")
    print(f"{'events per CPU second, in all':32} {sent / (collected - before):12,.0f}")
    (entry,) = arrived(session.store)
    print(f"ledger: received {entry.received:,} = stored {entry.stored:,}")
    assert entry.received == entry.stored == total + len(singles)
    return good


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--batches", type=int, default=4_000)
    parser.add_argument("--singles", type=int, default=1_000)
    parser.add_argument("--connections", type=int, default=4)
    parser.add_argument("--workers", type=int, default=2)
    try:
        return 0 if measure(parser.parse_args()) else 1
    finally:
        stop(HOME / "home")
        shutil.rmtree(HOME, ignore_errors=True)


if __name__ == "__main__":
    sys.exit(main())
