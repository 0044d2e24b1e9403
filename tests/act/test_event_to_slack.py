"""The whole way, as `docs/*/how-to/event-to-slack.md` says it word for word: an application sends
an event, the customer's owner presses a button in Slack."""

import re
import shlex
import subprocess
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from slack_sdk.signature import Clock, SignatureVerifier
from typer.testing import CliRunner

from banso.cli.app import build
from banso.desk.models import Alert, AlertState
from tests.act.emulator import SIGNING, TOKEN, Slack, buttons, pressed, words
from tests.served import free_port, serving

pytestmark = [pytest.mark.slow(30), pytest.mark.timeout(300)]

PAGES = {x: Path(__file__).parents[2] / f"docs/{x}/how-to/event-to-slack.md" for x in ("en", "ja")}
PATIENCE = 60.0
"""Seconds for what takes one or two on a machine that does nothing else."""

NOBODY_TOLD = "の対応ルールを判定。アラート 発生0件、終了0件。"


def blocks(language: str) -> list[tuple[str, str]]:
    page = PAGES[language].read_text(encoding="utf-8")
    return re.findall(r"^```(\w+)\n(.*?)^```", page, re.S | re.M)


def test_both_languages_show_the_same_code() -> None:
    def bare(language: str) -> list[tuple[str, str]]:
        return [
            (kind, text.replace(" --language ja", "").replace("さくら商事", "Sakura"))
            for kind, text in blocks(language)
        ]

    assert bare("en") == bare("ja")


@pytest.fixture
def reader(home: Path, emulator: Slack, monkeypatch: pytest.MonkeyPatch) -> "Reader":
    monkeypatch.setenv("BANSO_LANGUAGE", "ja")
    monkeypatch.setenv("BANSO_SLACK_URL", emulator.base)
    monkeypatch.setenv("BANSO_SLACK_TOKEN", TOKEN)
    monkeypatch.setenv("BANSO_SLACK_SIGNING_SECRET", SIGNING)
    monkeypatch.delenv("BANSO_URL", raising=False)
    return Reader()


class Reader:
    """Somebody who does as the Japanese page says."""

    def __init__(self) -> None:
        self.blocks = blocks("ja")
        self.port = free_port()
        self.key = ""

    def save(self, kind: str, name: str) -> None:
        (text,) = [text for of, text in self.blocks if of == kind]
        Path(name).write_text(text, encoding="utf-8")

    def do(self, holding: str) -> str:
        """The commands of the block with these words; `banso serve` runs already."""
        (text,) = [text for kind, text in self.blocks if kind == "sh" and holding in text]
        text = text.replace("127.0.0.1:8000", f"127.0.0.1:{self.port}")
        parts = re.split(r"^(banso .*)$", text.replace("bk_YOUR_KEY", self.key), flags=re.M)
        return "".join(map(_done, parts))

    @contextmanager
    def served(self) -> Iterator[None]:
        with serving(self.port) as (server, _):
            yield
            server.terminate()  # its worker has ended before the next test begins
            server.wait(timeout=30)

    def press(self, user: str, button: dict[str, str]) -> int:
        """As Slack sends it, signed; the status that it is answered with."""
        body, stamp = pressed(user, button), str(int(time.time()))
        signature = SignatureVerifier(SIGNING, Clock()).generate_signature(
            timestamp=stamp, body=body
        )
        request = urllib.request.Request(
            f"http://127.0.0.1:{self.port}/slack/actions/",
            body.encode(),
            {"X-Slack-Request-Timestamp": stamp, "X-Slack-Signature": str(signature)},
        )
        with urllib.request.urlopen(request, timeout=20) as answer:  # noqa: S310
            return int(answer.status)


def _done(commands: str) -> str:
    """What they printed. Banso's own are called here: starting Python for each takes seconds."""
    if commands == "banso serve":
        return ""
    if commands.startswith("banso "):
        result = CliRunner().invoke(build(), shlex.split(commands)[1:], catch_exceptions=False)
        assert result.exit_code == 0, result.output
        return result.stdout
    done = subprocess.run(["bash", "-ec", commands], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def told(emulator: Slack, count: int) -> list[list[str]]:
    """What the owner has from Banso, as soon as there are so many messages."""
    room, until = emulator.direct("tanaka@vendor.example"), time.monotonic() + PATIENCE
    while len(found := emulator.messages(room)) < count and time.monotonic() < until:
        time.sleep(0.2)
    return [words(x) if "blocks" in x else [str(x["text"])] for x in found]


def test_from_an_event_to_the_button(reader: Reader, emulator: Slack) -> None:
    reader.do("banso init")
    reader.save("csv", "companies.csv")
    reader.save("yaml", "definitions/leaving.yaml")
    reader.do("banso apply")
    reader.do("add-slack")
    found = re.search(r"bk_[\w-]+", reader.do("keys add"))
    assert found
    reader.key = found[0]
    before = len(emulator.messages(emulator.direct("tanaka@vendor.example")))
    with reader.served():
        first_run = reader.do('"login"').replace("\n", "")
        assert first_run[-len(NOBODY_TOLD) :] == NOBODY_TOLD
        assert reader.do('"cancel_page"') == '{"success": true}'
        message = told(emulator, before + 2)[-1]
        assert (message[0], message[2:4]) == (
            "さくら商事: 解約を検討している",
            ["理由\n• 解約ページの閲覧 1(1以上)", "すること\n今日中に電話する"],
        )
        _pressed_and_said(reader, emulator)


def _pressed_and_said(reader: Reader, emulator: Slack) -> None:
    room = emulator.direct("tanaka@vendor.example")
    done = buttons(emulator.messages(room)[-1])["対応済みにする"]
    assert reader.press(emulator.user("tanaka@vendor.example"), done) == 200
    assert [x.state for x in Alert.objects.all()] == [AlertState.DONE]
    until = time.monotonic() + PATIENCE
    while "取り消す" not in (said := words(emulator.messages(room)[-1])):
        assert time.monotonic() < until, said
        time.sleep(0.2)
    assert said[-3:] == ["tanaka@vendor.exampleさんが対応済みにしました", "取り消す", "Bansoで開く"]
