"""`./run clients`: the five unmodified tracking clients against the real server, and a table of
what each has sent and what is stored. Exit 1 where the two differ.
"""

import os
import shutil
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from tempfile import mkdtemp
from time import monotonic, sleep

HOME = Path(mkdtemp(prefix="banso-clients-")).resolve()
os.environ |= {"BANSO_HOME": str(HOME / "home"), "BANSO_LANGUAGE": "en"}
for name in ("DATABASE_URL", "BANSO_URL"):
    os.environ.pop(name, None)

# ruff: noqa: E402  what follows reads the environment above
from banso.cli.session import open_session  # readies Django, first  # isort: skip
import rudderstack.analytics.client as rudder
import segment.analytics.client as segment
from rich.console import Console
from rich.table import Table
from tests.api import npm
from tests.api.test_node_clients import serving_files
from tests.served import free_port, serving
from tests.web.served import chromium

from banso.desk.services.keys import add_key
from banso.store import Store
from banso.store.inspection import arrived
from banso.store.server import stop

COLUMNS = ("sent", "received", "stored", "duplicate", "quarantined")
WHEN = datetime(2026, 11, 2, 9, tzinfo=UTC)
PATIENCE_SECONDS = 60
out = Console(width=110)


@dataclass(frozen=True)
class Server:
    """key: of the source named like the client."""

    address: str
    key: str


def main() -> int:
    session, port = open_session(create=True), free_port()
    keys = {name: add_key(source=name, rate=1_000_000).text for name in CLIENTS}
    sent: dict[str, int] = {}
    try:
        with serving(port) as (server, _):
            for name, send in CLIENTS.items():
                out.print(f"{name} ...")
                sent[name] = send(Server(f"http://127.0.0.1:{port}", keys[name]))
            stored = counted(session.store, sum(sent.values()))
            server.terminate()
            server.wait(timeout=30)
    finally:
        session.store.close()
        stop(session.home)
        shutil.rmtree(HOME, ignore_errors=True)
    return 0 if report(sent, stored) else 1


def counted(store: Store, events: int) -> Mapping[str, Mapping[str, int]]:
    """The ledger by source, once all has been counted, or nothing more comes."""
    until = monotonic() + PATIENCE_SECONDS
    while True:
        found: dict[str, dict[str, int]] = {}
        for each in arrived(store):
            entry = found.setdefault(each.source, dict.fromkeys(COLUMNS, 0))
            for name in COLUMNS[1:]:
                entry[name] += getattr(each, name)
        if sum(x["received"] for x in found.values()) >= events or monotonic() > until:
            return found
        sleep(0.2)


def report(sent: Mapping[str, int], stored: Mapping[str, Mapping[str, int]]) -> bool:
    table = Table("client", *COLUMNS, "")
    good = True
    for name, count in sent.items():
        entry = {**dict.fromkeys(COLUMNS, 0), **stored.get(name, {}), "sent": count}
        same = count == entry["stored"] == entry["received"]
        good &= same
        table.add_row(name, *(f"{entry[x]:,}" for x in COLUMNS), "=" if same else "DIFFERS")
    out.print(table)
    return good


def segment_python(server: Server) -> int:
    client = segment.Client(server.key, host=server.address, gzip=True, on_error=refused)
    client.group("u1", "C1", {"plan": "pro"}, timestamp=WHEN)
    for n in range(500):
        client.track("u1", "report_viewed", {"number": n}, timestamp=WHEN)
    client.shutdown()
    return 501


def rudder_python(server: Server) -> int:
    client = rudder.Client(server.key, host=server.address, gzip=True, on_error=refused)
    client.group("u1", "C1", {"plan": "pro"}, timestamp=WHEN)
    for n in range(500):
        client.track("u1", "report_viewed", {"number": n}, timestamp=WHEN)
    client.flush()
    client.join()
    return 501


def refused(error: Exception, items: object) -> None:
    out.print(f"refused: {error}: {items}")


def segment_node(server: Server) -> int:
    npm.run("segment.mjs", server.address, server.key)
    return 125  # as tests/api/clients/segment.mjs sends


def rudder_node(server: Server) -> int:
    npm.run("rudder.mjs", server.address, server.key)
    return 73  # as tests/api/clients/rudder.mjs sends


def segment_browser(server: Server) -> int:
    npm.install()
    library = npm.MODULES / "@segment/analytics-next/dist/umd/index.js"
    files = {
        "/": ((npm.FOLDER / "page.html").read_bytes(), "text/html"),
        "/analytics.js": (library.read_bytes(), "text/javascript"),
    }
    with serving_files(files) as address, chromium() as browser:
        page = browser.new_page()
        page.goto(f"{address}/#{server.address.removeprefix('http://')},{server.key},batching")
        page.wait_for_function("document.title === 'sent'", timeout=60_000)
        sleep(2)  # the client sends the last batch when it likes
    return 25


CLIENTS: Mapping[str, Callable[[Server], int]] = {
    "segment-analytics-python": segment_python,
    "rudder-sdk-python": rudder_python,
    "@segment/analytics-node": segment_node,
    "@rudderstack/rudder-sdk-node": rudder_node,
    "@segment/analytics-next": segment_browser,
}


if __name__ == "__main__":
    sys.exit(main())
