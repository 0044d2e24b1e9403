"""Clients of the tracking endpoint that send again, with the same ids, until they hear 200."""

import gzip
import json
import random
import threading
import time
from base64 import b64encode
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.client import HTTPConnection, HTTPException
from typing import Any

from tests.chaos.poison import poison

AGAIN_SECONDS = 0.1
NOBODY = "nobody-knows"
"""Users whose account nobody tells: their calls wait."""


@dataclass
class Sent:
    """What all clients together have sent. events: message id -> the call. acknowledged: ids of
    batches that were answered with 200. poison: names of what can't be taken. refused: answers
    other than 200, and none (0)."""

    events: dict[str, Mapping[str, Any]] = field(default_factory=dict)
    acknowledged: set[str] = field(default_factory=set)
    poison: set[str] = field(default_factory=set)
    requests: int = 0
    repeated: int = 0
    refused: Counter[int] = field(default_factory=Counter)
    longest_wait: float = 0.0
    lock: threading.Lock = field(default_factory=threading.Lock)


class Client(threading.Thread):
    """Sends batch after batch, each until it is acknowledged; now and then one that already is."""

    def __init__(self, number: int, *, port: int, key: str, sent: Sent) -> None:
        super().__init__(name=f"client-{number}", daemon=True)
        self._dice = random.Random(number)  # noqa: S311  dice, not secrets
        self._number = number
        self._port = port
        self._sent = sent
        self._head = {"Authorization": "Basic " + b64encode(f"{key}:".encode()).decode()}
        self._over = threading.Event()

    def end(self) -> None:
        """No new batch; the one in hand is sent until it is acknowledged."""
        self._over.set()

    def run(self) -> None:
        number, before = 0, _Batch((), ())
        while not self._over.is_set():
            batch = self._batch(number)
            self._until_acknowledged(batch)
            if before.calls and self._dice.random() < 0.1:
                with self._sent.lock:
                    self._sent.repeated += 1
                self._until_acknowledged(before)
            before, number = batch, number + 1

    def _batch(self, number: int) -> "_Batch":
        """Good events, and sometimes a poisonous one among them."""
        names = [f"{self._number}-{number}-{n}" for n in range(self._dice.randint(1, 40))]
        good = {name: self._call(name, place) for place, name in enumerate(names)}
        calls = [json.dumps(call) for call in good.values()]
        with self._sent.lock:
            self._sent.events |= good
            if self._dice.random() < 0.3:
                name = f"poison-{self._number}-{number}"
                calls.insert(self._dice.randint(0, len(calls)), poison(name, number))
                self._sent.poison.add(name)
        return _Batch(tuple(calls), tuple(names))

    def _call(self, name: str, place: int) -> dict[str, object]:
        user, account = self._dice.randint(1, 500), self._dice.randint(1, 60)
        told: dict[str, object] = {"messageId": name, "userId": f"u{user}"}
        if place % 3:  # the others have no time: they happened when they were received
            told["timestamp"] = f"2026-03-{1 + user % 28:02d}T{account % 24:02d}:00:00Z"
        if self._dice.random() < 0.05:
            return told | {"type": "group", "groupId": f"a{user % 60}"}
        told |= {"type": "track", "event": "report_viewed", "properties": {"value": place}}
        if self._dice.random() < 0.05:
            return told | {"userId": f"{NOBODY}-{name}"}
        return told | {"context": {"groupId": f"a{account}"}}

    def _until_acknowledged(self, batch: "_Batch") -> None:
        began = time.monotonic()
        while (status := self._post(self._body(batch))) != 200:
            with self._sent.lock:
                self._sent.refused[status] += 1
            time.sleep(AGAIN_SECONDS)
        with self._sent.lock:
            waited = time.monotonic() - began
            self._sent.longest_wait = max(self._sent.longest_wait, waited)
            self._sent.requests += 1
            self._sent.acknowledged.update(batch.names)

    def _body(self, batch: "_Batch") -> bytes:
        """Of each attempt anew: the clock of the device that sends jumps."""
        sent = datetime.now(UTC) + timedelta(minutes=self._dice.choice([0, 0, -2_000, 90, 2_000]))
        body = f'{{"sentAt": "{sent.isoformat()}", "batch": [{", ".join(batch.calls)}]}}'.encode()
        return gzip.compress(body) if self._dice.random() < 0.3 else body

    def _post(self, body: bytes) -> int:
        line = HTTPConnection("127.0.0.1", self._port, timeout=20)
        try:
            line.request("POST", "/v1/batch", body, self._head)
            return line.getresponse().status
        except (OSError, HTTPException):
            return 0  # nobody knows whether it has been taken
        finally:
            line.close()


def come_again(port: int, key: str) -> str | None:
    """`Retry-After` of an answer 503 to an event that must not be taken; None: another answer."""
    line = HTTPConnection("127.0.0.1", port, timeout=20)
    try:
        line.request("POST", "/v1/t", b'{"event": "x"}', {"Authorization": f"Bearer {key}"})
        answer = line.getresponse()
        return answer.getheader("Retry-After") if answer.status == 503 else None
    except (OSError, HTTPException):
        return None
    finally:
        line.close()


@dataclass(frozen=True)
class _Batch:
    """calls: as JSON, or what should be. names: of the good ones."""

    calls: tuple[str, ...]
    names: tuple[str, ...]
