"""Health, readiness and figures, over a real store."""

import shutil
from collections.abc import Callable, Iterator
from typing import Any

import psycopg
import pytest
from django.db import connection
from tests.api.conftest import Answer, Send, call
from tests.store.given import query

from banso.api.operations import Operations, with_operations
from banso.cli.session import Session
from banso.pipeline.live import Collector
from banso.store import Store

Ask = Callable[..., Answer]
EVENT = {"event": "x", "userId": "u1", "groupId": "C1", "messageId": "m1"}


def pages(environ: Any, start: Any) -> list[bytes]:
    start("200 OK", [])
    return [b"a page"]


def asking(store: Store, *, least_free: int = 0, proxied: bool = False, token: str = "") -> Ask:
    operations = Operations(lambda: store, least_free=least_free, proxied=proxied, token=token)
    app = with_operations(pages, operations)

    def ask(path: str, *, address: str = "127.0.0.1", **headers: str) -> Answer:
        def from_there(environ: Any, start: Any) -> Any:
            return app(environ | {"REMOTE_ADDR": address}, start)

        return call(from_there, path, b"", method="GET", headers=headers)  # type: ignore[arg-type]

    return ask


@pytest.fixture
def ask(session: Session) -> Iterator[Ask]:
    yield asking(session.store)
    connection.close()


def test_other_paths_are_pages(ask: Ask) -> None:
    assert (ask("/").body, ask("/metrics/").body) == (b"a page", b"a page")


def test_alive_is_told_whatever_has_become_of_the_database(session: Session) -> None:
    gone = Store(session.home, "postgresql://nobody@127.0.0.1:1/none")
    answer = asking(gone)("/healthz")
    assert (answer.status, answer.said) == (200, {"alive": True})


def test_ready_says_what_it_rests_on_and_nothing_else(ask: Ask, session: Session) -> None:
    free = shutil.disk_usage(session.home).free >> 20
    told = ask("/readyz").said
    assert abs(told.pop("disk_free_mb") - free) < 1_000
    ready = {"ready": True, "database": "ok", "migrations": "ok", "disk": "ok"}
    never = {"collector": "late", "collector_last_turn_seconds_ago": None}
    assert told == ready | never
    Collector(session.store, lambda: None).turn()
    told = ask("/readyz").said
    assert told["collector"] == "ok"
    assert 0 <= told["collector_last_turn_seconds_ago"] < 20
    query(session.store, "UPDATE store.turn SET at = at - interval '2 minutes' RETURNING 1")
    assert ask("/readyz").said["collector"] == "late"


def test_not_ready_while_nothing_can_be_stored(session: Session) -> None:
    full = asking(session.store, least_free=1 << 62)("/readyz")
    assert (full.status, full.said["ready"], full.said["disk"]) == (503, False, "nearly full")
    away = asking(Store(session.home, "postgresql://nobody@127.0.0.1:1/none"))("/readyz")
    assert (away.status, away.said["database"]) == (503, "away")
    connection.close()


def test_not_ready_where_the_database_is_not_that_of_this_version(
    ask: Ask, session: Session
) -> None:
    query(session.store, "DELETE FROM store.migration WHERE number = 5 RETURNING 1")
    answer = ask("/readyz")
    assert (answer.status, answer.said["migrations"]) == (503, "not those of this version")


def figures(answer: Answer) -> dict[str, float]:
    lines = [x for x in answer.body.decode().splitlines() if not x.startswith("#")]
    return {name: float(value) for name, _, value in (x.rpartition(" ") for x in lines)}


def test_figures_say_what_became_of_all_events(ask: Ask, send: Send, session: Session) -> None:
    other = EVENT | {"event": "y"}
    for event in (EVENT, EVENT, other, {"type": "none"}):
        send("/v1/t", event)
    before = figures(ask("/metrics"))
    assert before['banso_backlog_events{source="app"}'] == 4
    assert before['banso_backlog_age_seconds{source="app"}'] > 0
    assert before['banso_events_accepted_total{dataset="events",source="app"}'] == 4
    Collector(session.store, lambda: None).turn()
    after = figures(ask("/metrics"))
    names = ("accepted_total", "stored_total", "duplicate_total", "quarantined_total", "waiting")
    of_app = 'dataset="events",source="app"'
    assert [after[f"banso_events_{name}{{{of_app}}}"] for name in names] == [4, 1, 1, 2, 0]
    assert 'banso_backlog_events{source="app"}' not in after
    answered = 'banso_tracking_request_seconds_count{status="200"}'
    assert after[answered] >= before[answered] >= 4
    assert (
        after["banso_collector_turn_seconds_count"] > before["banso_collector_turn_seconds_count"]
    )
    assert after["banso_collector_last_turn_seconds"] > 0


@pytest.mark.parametrize(
    ("address", "proxied", "token", "shown", "status"),
    [
        ("127.0.0.1", False, "", "", 200),
        ("::1", False, "", "", 200),
        ("192.0.2.7", False, "", "", 404),
        ("", False, "", "", 404),
        ("127.0.0.1", True, "", "", 404),  # a proxy on this machine lets strangers through
        ("127.0.0.1", False, "secret", "", 404),
        ("192.0.2.7", True, "secret", "Bearer secret", 200),
        ("192.0.2.7", True, "secret", "Bearer other", 404),
        ("192.0.2.7", True, "secret", "Bearer é", 404),
    ],
)
def test_figures_are_for_this_machine_or_those_who_know_the_token(  # noqa: PLR0917
    session: Session,
    address: str,
    proxied: bool,
    token: str,
    shown: str,
    status: int,
) -> None:
    ask = asking(session.store, proxied=proxied, token=token)
    assert ask("/metrics", address=address, authorization=shown).status == status
    connection.close()


def test_no_figures_while_the_database_is_away(session: Session) -> None:
    away = asking(Store(session.home, "postgresql://nobody@127.0.0.1:1/none"))("/metrics")
    assert (away.status, away.said) == (503, {"database": "away"})
    with pytest.raises(psycopg.OperationalError):
        psycopg.connect("postgresql://nobody@127.0.0.1:1/none")
