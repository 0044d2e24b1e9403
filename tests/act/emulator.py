"""Slack's API by a third party (npm `emulate`), started once for a test run's process."""

import html
import json
import os
import re
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.error import URLError
from urllib.parse import urlencode

from slack_sdk import WebClient

from tests.api import npm
from tests.served import free_port

TOKEN = "xoxb-test"  # noqa: S105  of the emulator
SIGNING = "signing-of-the-emulator"
SEED = f"""
slack:
  strict_scopes: false
  team: {{name: Vendor, domain: vendor}}
  users:
    - {{name: tanaka, real_name: 田中, email: tanaka@vendor.example}}
    - {{name: banso, real_name: Banso, email: bot@vendor.example}}
    - {{name: stranger, real_name: Stranger, email: stranger@elsewhere.example}}
  channels: [{{name: cs}}]
  tokens:
    - token: {TOKEN}
      user: banso
      scopes: [chat:write, users:read, "users:read.email", im:write, "channels:history",
        "im:history", "channels:read"]
"""
START_SECONDS = 60


class Slack:
    """What members see. base: the address of its API."""

    def __init__(self, base: str) -> None:
        self.base = base
        self._client = WebClient(token=TOKEN, base_url=base)

    def channel(self, name: str) -> str:
        rows: list[dict[str, Any]] = self._client.conversations_list()["channels"]
        return str(next(x["id"] for x in rows if x["name"] == name))

    def user(self, email: str) -> str:
        return str(self._client.users_lookupByEmail(email=email)["user"]["id"])

    def direct(self, email: str) -> str:
        opened = self._client.conversations_open(users=[self.user(email)])
        return str(opened["channel"]["id"])

    def messages(self, channel: str) -> list[dict[str, Any]]:
        """The oldest first, without those in threads."""
        found: list[dict[str, Any]] = self._client.conversations_history(channel=channel)[
            "messages"
        ]
        return found[::-1]

    def replies(self, channel: str, ts: str) -> list[str]:
        rows: list[dict[str, Any]] = self._client.conversations_replies(channel=channel, ts=ts)[
            "messages"
        ]
        return [str(x["text"]) for x in rows if x["ts"] != ts]

    def trigger(self, user: str) -> str:
        """What Slack sends with a press: it opens one window, soon."""
        answer = self._client.api_call("views.generateTriggerId", json={"user_id": user})
        return str(answer["trigger_id"])

    def windows(self) -> list[tuple[str, str]]:
        """Who had one opened, and its words from top to bottom; the newest first."""
        return [row[1:] for row in self._views() if row[0] == "modal"]

    def home(self, name: str) -> str:
        """The words of the app's home as this user has it."""
        return next(said for kind, who, said in self._views() if (kind, who) == ("app home", name))

    def _views(self) -> list[tuple[str, str, str]]:
        """Kind, user and words of each, as the emulator's own page shows them."""
        address = self.base.replace("/api/", "/?tab=views")
        with urllib.request.urlopen(address, timeout=20) as answer:  # noqa: S310  our own
            page = answer.read().decode()
        rows = [re.findall(r"<td>(.*?)</td>", x, re.S) for x in page.split("<tr>")]
        bare = [[html.unescape(re.sub("<[^>]+>", "", y)) for y in x] for x in rows]
        return [(x[1], x[2], x[4]) for x in bare if len(x) == 8]


def words(message: dict[str, object]) -> list[str]:
    """Every text of a message, from top to bottom."""
    found: list[str] = []

    def walk(part: object) -> None:
        if isinstance(part, dict):
            if part.get("type") == "plain_text":
                found.append(str(part["text"]))
            for value in part.values():
                walk(value)
        elif isinstance(part, list):
            for value in part:
                walk(value)

    walk(message["blocks"])
    return found


def buttons(message: dict[str, object]) -> dict[str, dict[str, str]]:
    blocks = message["blocks"]
    assert isinstance(blocks, list)
    elements = next(x["elements"] for x in blocks if x["type"] == "actions")
    return {x["text"]["text"]: x for x in elements}


def pressed(user: str, button: dict[str, str], **more: object) -> str:
    """The body of a request with which Slack says that a member pressed a button."""
    payload = {"type": "block_actions", "user": {"id": user}, "actions": [button], **more}
    return urlencode({"payload": json.dumps(payload)})


def submitted(user: str, window: dict[str, Any], *, reason: str | None, note: str | None) -> str:
    """That a member has sent a window in which these were chosen and written."""
    fields = {
        "reason": {
            "reason": {
                "type": "radio_buttons",
                "selected_option": {"value": reason} if reason else None,
            }
        },
        "note": {"note": {"type": "plain_text_input", "value": note}},
    }
    view = {**window, "state": {"values": fields}}
    payload = {"type": "view_submission", "user": {"id": user}, "view": view}
    return urlencode({"payload": json.dumps(payload)})


@contextmanager
def slack(folder: Path) -> Iterator[Slack]:
    npm.install()
    seed = folder / "slack.yaml"
    seed.write_text(SEED)
    port = free_port()
    script = npm.MODULES / "emulate/dist/index.js"
    words = [str(script), "start", "--service", "slack", "--port", str(port), "--seed", str(seed)]
    process = subprocess.Popen(
        [sys.executable, "-c", npm.NODE, *words],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        cwd=folder,
        start_new_session=True,
    )
    try:
        _wait_for(f"http://127.0.0.1:{port}/api/api.test", process)
        yield Slack(f"http://127.0.0.1:{port}/api/")
    finally:
        os.killpg(process.pid, signal.SIGTERM)  # with the Node that it started
        process.wait(timeout=30)


def _wait_for(url: str, process: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + START_SECONDS
    while time.monotonic() < until:
        assert process.poll() is None, "the emulator ended"
        try:
            urllib.request.urlopen(url, timeout=1)  # noqa: S310  our own address
        except URLError as error:
            if hasattr(error, "code"):  # it answers
                return
            time.sleep(0.1)
        else:
            return
    raise AssertionError("the emulator does not answer")
