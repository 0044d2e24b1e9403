"""Live calls for pages to show: one stored, one waiting, two in quarantine."""

import json
import subprocess
import time
import urllib.request
from collections.abc import Sequence
from typing import Any

from tests.web.served import BANSO, Served

ACCOUNT = "K0341"
CALLS: Sequence[dict[str, Any]] = (
    {"type": "group", "userId": "u-17", "groupId": ACCOUNT, "messageId": "m1"},
    {"type": "track", "userId": "u-17", "event": "ログイン", "messageId": "m2"},
    {"type": "track", "userId": "u-99", "event": "ログイン", "messageId": "m3"},
    {"type": "track", "userId": "u-17", "messageId": "m4"},
    {"type": "track", "userId": "u-17", "event": "ログイン", "timestamp": "?", "messageId": "m5"},
)


def key_of(served: Served) -> str:
    """A key of the source `app`."""
    env = {"BANSO_HOME": str(served.home), "PATH": ""}
    command = [str(BANSO), "keys", "add", "app"]
    done = subprocess.run(command, env=env, check=True, capture_output=True, text=True)
    return done.stdout.split()[-1]


def send(served: Served, key: str, *calls: dict[str, Any]) -> None:
    """Once they are committed, a collector has two seconds and some."""
    head = {"Authorization": f"Bearer {key}"}
    body = json.dumps({"batch": calls}).encode()
    request = urllib.request.Request(f"{served.url}/v1/batch", body, head)  # noqa: S310  our own
    with urllib.request.urlopen(request, timeout=30) as answer:  # noqa: S310  our own server
        assert answer.status == 200


def send_some(served: Served) -> str:
    """Returns the key when they are collected, as far as one can wait for it."""
    key = key_of(served)
    send(served, key, *CALLS)
    time.sleep(5)
    return key
