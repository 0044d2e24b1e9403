"""The endpoint over a real store, and what has become of what was sent."""

import io
import json
import os
import signal
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, replace
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from pytest_django import DjangoDbBlocker
from tests.api.outcome import Outcome, outcome
from tests.served import free_port, serving
from tests.web.site import connected, create_site_database

from banso.api.tracking import Tracking
from banso.cli.session import Session, open_session
from banso.desk.models import Account
from banso.desk.services.keys import add_key
from banso.store import Store
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
class Server:
    """`banso serve`, which collects. url: of its database."""

    address: str
    url: str
    home: Path
    store: Store


@pytest.fixture(scope="session")
def live_banso(
    django_db_setup: None,
    django_db_blocker: DjangoDbBlocker,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Server]:
    """One for all tests of a run (with pytest-xdist: of a worker), as it takes seconds to start."""
    url, port = create_site_database("live"), free_port()
    home = tmp_path_factory.mktemp("live")
    with ExitStack() as open_still:
        with django_db_blocker.unblock(), connected(url, home):
            os.environ.pop("BANSO_URL", None)
            store = open_session(create=True).store
            server, _ = open_still.enter_context(serving(port))
        yield Server(f"http://127.0.0.1:{port}", url, home, store)
        store.close()
        server.send_signal(signal.SIGTERM)
        assert server.wait(timeout=30) == 0


@dataclass(frozen=True)
class Live:
    """A server that collects, and a source of one's own. key: of that source. mark: stands behind
    all ids of accounts and users that this test sends; other tests send to the same server."""

    address: str
    key: str
    source: str
    mark: str
    store: Store

    def named(self, id_: str) -> str:
        return id_ + self.mark

    def bare(self, id_: str) -> str:
        """As the test calls it; that of another test stays what it is."""
        return id_.removesuffix(self.mark)

    @property
    def accounts(self) -> dict[str, str]:
        """Those of this test: key -> name."""
        rows = Account.objects.filter(key__endswith=self.mark)
        return {self.bare(key): name for key, name in rows.values_list("key", "name")}

    def collected(self, events: int) -> Outcome:
        """What has become of all that was sent, once nothing is on its way any more."""
        self.until(
            lambda: self._outcome().total.received >= events and not counts(self.store).inbox
        )
        found = self._outcome()
        facts = {
            (self.bare(account), user and self.bare(user), event, feature): n
            for (account, user, event, feature), n in found.facts.items()
        }
        introduced = [
            (call, user and self.bare(user), account and self.bare(account), traits)
            for call, user, account, traits in found.introductions
        ]
        return replace(found, facts=Counter(facts), introductions=introduced)

    def _is_quiet(self) -> bool:
        return not counts(self.store).inbox

    def _outcome(self) -> Outcome:
        return outcome(self.store, source=self.source)

    def until(self, condition: Callable[[], bool]) -> None:
        end = time.monotonic() + 60
        while not condition():
            assert time.monotonic() < end, self._outcome()
            time.sleep(0.2)


SOURCES = count(1)


@pytest.fixture
def live(live_banso: Server, django_db_blocker: DjangoDbBlocker) -> Iterator[Live]:
    source = f"app{next(SOURCES)}"
    with django_db_blocker.unblock(), connected(live_banso.url, live_banso.home):
        key = add_key(source=source, rate=1_000_000).text
        yield Live(live_banso.address, key, source, f"-{source}", live_banso.store)
