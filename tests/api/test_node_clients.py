"""The libraries for Node and for browsers, unmodified, against the real server."""

import os
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from tests.api import npm
from tests.api.conftest import Live
from tests.web.served import CHROMIUM, chromium

from banso.store import Ledger

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]


def test_segments_client_for_node(live: Live) -> None:
    npm.run("segment.mjs", live.address, live.key, live.mark)
    found = live.collected(125)
    assert found.by_dataset == {
        "events": Ledger(received=122, stored=122),
        "identities": Ledger(received=3, stored=3),
    }
    assert found.facts == {
        ("C1", "u1", "login", "login"): 120,
        ("C1", "u1", "page", "Pricing"): 1,
        ("C1", "u1", "screen", "Home"): 1,
    }


def test_rudderstacks_client_for_node(live: Live) -> None:
    npm.run("rudder.mjs", live.address, live.key, live.mark)
    found = live.collected(73)
    assert found.by_dataset == {
        "events": Ledger(received=71, stored=71),
        "identities": Ledger(received=2, stored=2),
    }
    assert found.facts == {("C1", "u1", "login", "login"): 70, ("C1", "u1", "page", "Pricing"): 1}


@contextmanager
def serving_files(files: Mapping[str, tuple[bytes, str]]) -> Iterator[str]:
    """Pages of an application, at another address than Banso's. files: path -> content, type."""

    class Application(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            content, kind = files.get(self.path, (b"", "text/plain"))
            self.send_response(200 if content else 404)
            self.send_header("Content-Type", kind)
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Application) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


@pytest.mark.browser
@pytest.mark.skipif(
    CHROMIUM is None and os.environ.get("CI") != "true",
    reason="no chromium here: apt-get install chromium fonts-noto-cjk",
)
@pytest.mark.parametrize("batching", ["", "batching"])
def test_segments_client_in_a_browser(live: Live, batching: str) -> None:
    npm.install()
    host = live.address.removeprefix("http://")
    library = npm.MODULES / "@segment/analytics-next/dist/umd/index.js"
    files = {
        "/": ((npm.FOLDER / "page.html").read_bytes(), "text/html"),
        "/analytics.js": (library.read_bytes(), "text/javascript"),
    }
    with serving_files(files) as address, chromium() as browser:
        page = browser.new_page()
        asked: list[str] = []
        page.on("request", lambda request: asked.append(request.url))
        page.goto(f"{address}/#{host},{live.key},{batching},{live.mark}")
        page.wait_for_function("document.title === 'sent'", timeout=60_000)
        found = live.collected(25)
    assert found.by_dataset == {
        "events": Ledger(received=22, stored=22),
        "identities": Ledger(received=3, stored=3),
    }
    assert found.facts == {
        ("C1", "u1", "opened", "opened"): 1,
        ("C1", "u1", "report_viewed", "report"): 20,
        ("C1", "u1", "page", "Pricing"): 1,
    }
    paths = {x.removeprefix(live.address) for x in asked if x.startswith(live.address)}
    assert paths == ({"/v1/b"} if batching else {f"/v1/{x}" for x in "tigpa"})
    assert [x for x in asked if not x.startswith((live.address, address))] == []
