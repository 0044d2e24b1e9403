"""The examples of `docs/*/how-to/send-live-events.md`, each tried as it is written there."""

import os
import re
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest
from tests.api import npm
from tests.api.conftest import Live
from tests.api.test_node_clients import serving_files
from tests.web.served import CHROMIUM, chromium

from banso.core.definitions import loads
from banso.pipeline.live import rules_of
from banso.store import Ledger

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]
ROOT = Path(__file__).parents[2]
PLACES = {"en": ROOT / "docs/en", "ja": ROOT / "docs/ja"}
VIEWED = ("C1", "u-17", "report_viewed", "report")
EXPECTED = {"events": Ledger(1, 1), "identities": Ledger(1, 1)}


def blocks(language: str) -> list[tuple[str, str]]:
    page = (PLACES[language] / "how-to/send-live-events.md").read_text(encoding="utf-8")
    return re.findall(r"^```(\w+)\n(.*?)^```", page, re.S | re.M)


def block(kind: str, holding: str) -> str:
    (found,) = [text for name, text in blocks("en") if name == kind and holding in text]
    return found


def told(text: str, live: Live) -> str:
    """The text with this server's address, this test's key, and ids of its own."""
    host = live.address.removeprefix("http://")
    for said, ours in (("127.0.0.1:8000", host), ("bk_YOUR_KEY", live.key)):
        text = text.replace(said, ours)
    return re.sub(r'"(u-17|C1)"', lambda x: f'"{live.named(x[1])}"', text)


def test_both_languages_show_the_same_code() -> None:
    def bare(language: str) -> list[tuple[str, str]]:
        comment = re.compile(r"\s+(#|//) .*$", re.M)
        return [(kind, comment.sub("", text)) for kind, text in blocks(language)]

    assert bare("en") == bare("ja")


def test_curl(live: Live) -> None:
    command = told(block("sh", "curl"), live)
    done = subprocess.run(
        ["bash", "-c", command], capture_output=True, text=True, check=True, timeout=60
    )
    assert done.stdout == '{"success": true}'
    found = live.collected(2)
    assert (found.by_dataset, found.facts) == (EXPECTED, {VIEWED: 1})


def test_python(live: Live) -> None:
    script = told(block("python", "segment.analytics"), live)
    subprocess.run([sys.executable, "-c", script], check=True, timeout=60)
    found = live.collected(2)
    assert (found.by_dataset, found.facts) == (EXPECTED, {VIEWED: 1})
    live.until(lambda: live.accounts == {"C1": "Kaede"})


def test_a_log_file_every_night_and_once_more(live: Live, tmp_path: Path) -> None:
    (tmp_path / "post.py").write_text(told(block("python", "Retry-After"), live))
    lines = [
        f'{{"type": "track", "event": "login", "userId": "u1{live.mark}", "messageId": "m{n}", '
        f'"timestamp": "2026-11-02T09:00:00Z", "context": {{"groupId": "C1{live.mark}"}}}}\n'
        for n in range(1_200)
    ]
    (tmp_path / "log.jsonl").write_text("".join(lines))
    for _ in range(2):
        subprocess.run([sys.executable, "post.py", "log.jsonl"], cwd=tmp_path, check=True)
    found = live.collected(2_400)
    assert found.by_dataset == {"events": Ledger(received=2_400, stored=1_200, duplicate=1_200)}


def test_node(live: Live) -> None:
    npm.install()
    script = npm.FOLDER / "node_modules/.how-to.mjs"
    script.write_text(told(block("js", "analytics-node"), live), encoding="utf-8")
    npm.run(str(script))
    found = live.collected(2)
    assert (found.by_dataset, found.facts) == (EXPECTED, {VIEWED: 1})


def bundled(script: str) -> bytes:
    """As the build of an application would, with the esbuild that builds Banso's own pages."""
    source = npm.MODULES / ".how-to-browser.mjs"
    source.write_text(script, encoding="utf-8")
    esbuild = ROOT / "frontend/node_modules/esbuild/bin/esbuild"
    done = subprocess.run(
        [sys.executable, "-c", npm.NODE, str(esbuild), str(source), "--bundle", "--format=esm"],
        capture_output=True, check=False, timeout=120,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr.decode()
    return done.stdout


@pytest.mark.browser
@pytest.mark.skipif(
    CHROMIUM is None and os.environ.get("CI") != "true",
    reason="no chromium here: apt-get install chromium fonts-noto-cjk",
)
def test_browser(live: Live) -> None:
    npm.install()
    page = b'<!doctype html><script type="module" src="app.js"></script>'
    script = bundled(told(block("js", "analytics-next"), live))
    files: Mapping[str, tuple[bytes, str]] = {
        "/": (page, "text/html"),
        "/app.js": (script, "text/javascript"),
    }
    with serving_files(files) as address, chromium() as browser:
        window = browser.new_page()
        asked: list[str] = []
        window.on("request", lambda request: asked.append(request.url))
        window.goto(f"{address}/")
        found = live.collected(3)
    assert (found.total, found.facts) == (Ledger(3, 3), {VIEWED: 1})
    assert [x for x in asked if not x.startswith((live.address, address))] == []


def test_the_definitions_are_ones_that_can_be_used() -> None:
    text = "organisation: {name: Test}\n" + block("yaml", "tracking")
    assert rules_of(loads({"a.yaml": text})).readings["app"].account == ("properties", "tenant_id")
