"""The endpoint over a real store, and what has become of what was sent."""

import io
import json
import signal
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import pytest
from tests.api.outcome import Outcome, outcome
from tests.served import free_port, serving

from banso.api.tracking import Tracking
from banso.cli.session import Session
from banso.desk.services.keys import add_key
from banso.store.inspection import counts


@dataclass(frozen=True)
class Answer:
    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def said(self) -> Any:
        return json.loads(self.body)


Send = Callable[..., Answer]


def call(
    app: Tracking, path: str, body: bytes, *, method: str, headers: Mapping[str, str]
) -> Answer:
    """One request, as a server of WSGI hands it over."""
    path, _, query = path.partition("?")
    environ: dict[str, Any] = {
        "REQUEST_METHOD": method,
        "PATH_INFO": path,
        "QUERY_STRING": query,
        "CONTENT_LENGTH": str(len(body)),
        "wsgi.input": io.BytesIO(body),
        **{f"HTTP_{name.upper().replace('-', '_')}": value for name, value in headers.items()},
    }
    told: list[Any] = []

    def start(status: str, fields: list[tuple[str, str]], exc_info: Any = None) -> Any:
        told.extend((int(status[:3]), dict(fields)))

    content = b"".join(app(environ, start))
    return Answer(told[0], told[1], content)


@pytest.fixture
def key(session: Session) -> str:
    """A key of the source `app`."""
    return add_key(source="app", rate=1_000_000).text


@pytest.fixture
def send(session: Session, key: str) -> Send:
    """Send a body (bytes as they are, all else as JSON) with the key in the header."""
    app = Tracking(lambda: session.store)

    def post(path: str, body: object = b"", *, method: str = "POST", **headers: str) -> Answer:
        data = body if isinstance(body, bytes) else json.dumps(body).encode()
        given = {"Authorization": f"Bearer {key}", **headers}
        return call(app, path, data, method=method, headers={k: v for k, v in given.items() if v})

    return post


@dataclass(frozen=True)
class Live:
    """A server that collects. key: of the source `app`."""

    address: str
    key: str
    session: Session

    def collected(self, events: int) -> Outcome:
        """What has become of all that was sent, once nothing is on its way any more."""
        store = self.session.store
        self.until(lambda: outcome(store).total.received >= events and not counts(store).inbox)
        return outcome(store)

    def until(self, condition: Callable[[], bool]) -> None:
        end = time.monotonic() + 60
        while not condition():
            assert time.monotonic() < end, outcome(self.session.store)
            time.sleep(0.2)


@pytest.fixture
def live(session: Session, monkeypatch: pytest.MonkeyPatch) -> Iterator[Live]:
    monkeypatch.delenv("BANSO_URL", raising=False)
    key = add_key(source="app", rate=1_000_000).text
    port = free_port()
    with serving(port) as (server, _):
        yield Live(f"http://127.0.0.1:{port}", key, session)
        server.send_signal(signal.SIGTERM)
        assert server.wait(timeout=30) == 0
