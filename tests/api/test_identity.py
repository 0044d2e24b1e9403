"""Who a live event is about, and what waits until that is known."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import psycopg
import pytest
from tests.api.conftest import Send
from tests.api.outcome import Outcome, collect
from tests.store.given import query

from banso.cli.session import Session
from banso.core.definitions import loads
from banso.desk.models import Account
from banso.desk.services.keys import add_key
from banso.pipeline.live import COLLECTOR_LOCK, Collector, collect_live, rules_of
from banso.store import Ledger
from banso.store.inspection import arrived, counts

START = datetime(2026, 11, 2, 9, tzinfo=UTC)
DEFINITIONS = """
organisation: {name: Test}
sources:
  - name: app
    tracking:
      account: properties.tenant.id
      feature: properties.module
      product: context.app.name
      value: properties.minutes
      keep: [context.app.version, traits.plan]
      wait: 3d
"""


def at(minute: int) -> str:
    return (START + timedelta(minutes=minute)).isoformat()


class Said:
    """What a test sends: each call with an id and a minute of its own."""

    def __init__(self, send: Send) -> None:
        self.send = send
        self.calls: list[dict[str, Any]] = []

    def call(self, kind: str, minute: int, **told: Any) -> "Said":
        number = len(self.calls)
        self.calls.append(
            {"type": kind, "messageId": f"m{number}", "timestamp": at(minute), **told}
        )
        return self

    def login(self, minute: int, **told: Any) -> "Said":
        return self.call("track", minute, event="login", **told)

    def post(self) -> None:
        assert self.send("/v1/batch", {"batch": self.calls}).status == 200


@pytest.fixture
def said(send: Send) -> Said:
    return Said(send)


def where(found: Outcome) -> dict[str, tuple[str, str | None]]:
    """Message id -> account and user."""
    return {x["message_id"]: (x["account"], x["user"]) for x in found.rows}


def test_an_event_belongs_to_the_last_group_of_its_user_before_it(
    said: Said, session: Session
) -> None:
    said.call("group", 10, userId="u1", groupId="C1")
    said.call("group", 20, userId="u1", groupId="C2")
    for minute in (10, 15, 20, 99):
        said.login(minute, userId="u1")
    said.post()
    assert where(collect(session.store)) == {
        "m2": ("C1", "u1"),
        "m3": ("C1", "u1"),
        "m4": ("C2", "u1"),
        "m5": ("C2", "u1"),
    }


def test_what_came_before_the_first_group_belongs_to_it(said: Said, session: Session) -> None:
    said.login(1, userId="u1").call("group", 10, userId="u1", groupId="C1").post()
    assert where(collect(session.store)) == {"m0": ("C1", "u1")}


def test_the_events_own_word_wins(said: Said, session: Session) -> None:
    said.call("group", 1, userId="u1", groupId="C1")
    said.login(2, userId="u1", context={"groupId": "C2"}).login(3, userId="u1", groupId="C3")
    said.post()
    assert where(collect(session.store)) == {"m1": ("C2", "u1"), "m2": ("C3", "u1")}


def test_an_event_that_comes_before_its_group_waits_and_is_in_no_ledger_until_then(
    send: Send, session: Session
) -> None:
    store = session.store
    Said(send).login(5, userId="u1").login(6, userId="u2").post()
    found = collect(store)
    assert (found.total, found.facts) == (Ledger(), {})
    assert [(x.source, x.waiting) for x in arrived(store)] == [("app", 2)]
    late = {"userId": "u1", "groupId": "C1", "messageId": "g1", "timestamp": at(900)}
    assert send("/v1/group", late).status == 200
    found = collect(store)
    assert where(found) == {"m0": ("C1", "u1")}
    assert found.by_dataset == {"events": Ledger(1, 1), "identities": Ledger(1, 1)}
    assert counts(store).inbox == 1  # u2 waits


def test_what_is_sent_again_while_it_waits_is_stored_once(send: Send, session: Session) -> None:
    for _ in range(3):
        Said(send).login(5, userId="u1").post()
    collect(session.store)
    Said(send).call("group", 9, userId="u1", groupId="C1", messageId="g1").post()
    collect(session.store)
    Said(send).login(5, userId="u1").post()
    assert collect(session.store).by_dataset["events"] == Ledger(received=4, stored=1, duplicate=3)


def test_an_event_sent_again_after_its_user_has_moved_is_still_the_same(
    send: Send, session: Session
) -> None:
    Said(send).call("group", 1, userId="u1", groupId="C1", messageId="g1").post()
    Said(send).login(50, userId="u1").post()
    collect(session.store)
    Said(send).call("group", 40, userId="u1", groupId="C2", messageId="g2").post()
    Said(send).login(50, userId="u1").post()
    found = collect(session.store)
    assert where(found) == {"m0": ("C2", "u1")}
    assert found.by_dataset["events"] == Ledger(received=2, stored=1, duplicate=1)


def test_before_signing_in_nobody_is_counted_twice(said: Said, session: Session) -> None:
    said.login(1, anonymousId="x").login(2, anonymousId="x", userId=None)
    said.call("identify", 5, anonymousId="x", userId="u1")
    said.call("group", 6, userId="u1", groupId="C1").login(7, anonymousId="x", userId="u1").post()
    assert where(collect(session.store)) == dict.fromkeys(("m0", "m1", "m4"), ("C1", "u1"))


@pytest.mark.parametrize("nobody", [None, ""])
def test_an_anonymous_id_of_null_is_nobody(
    said: Said, session: Session, nobody: str | None
) -> None:
    """As the clients for Python send it with every call: those people have nothing in common."""
    said.call("identify", 1, anonymousId=nobody, userId="u1")
    said.call("group", 2, anonymousId=nobody, userId="u1", groupId="C1")
    said.login(3, anonymousId=nobody, userId="u1").login(4, anonymousId=nobody, userId="u2").post()
    found = collect(session.store)
    assert where(found) == {"m2": ("C1", "u1")}
    assert (found.quarantined, counts(session.store).inbox) == ([], 1)  # u2 waits


def test_an_anonymous_event_waits_for_both_its_user_and_that_users_account(
    send: Send, session: Session
) -> None:
    Said(send).login(1, anonymousId="x").post()
    collect(session.store)
    Said(send).call("identify", 5, anonymousId="x", userId="u1", messageId="i").post()
    assert collect(session.store).facts == {}
    Said(send).call("group", 6, userId="u1", groupId="C1", messageId="g").post()
    assert where(collect(session.store)) == {"m0": ("C1", "u1")}


def test_a_browser_that_groups_before_it_identifies(said: Said, session: Session) -> None:
    said.call("group", 1, anonymousId="x", groupId="C1").login(2, anonymousId="x")
    said.call("identify", 3, anonymousId="x", userId="u1").login(4, userId="u1", anonymousId="x")
    said.post()
    assert where(collect(session.store)) == {"m1": ("C1", "u1"), "m3": ("C1", "u1")}


def test_an_account_without_a_known_user_has_events_of_nobody(said: Said, session: Session) -> None:
    said.login(1, anonymousId="x", context={"groupId": "C1"}).login(2, groupId="C1").post()
    assert where(collect(session.store)) == {"m0": ("C1", None), "m1": ("C1", None)}


def test_after_an_alias_the_old_id_is_the_new_user(send: Send, session: Session) -> None:
    Said(send).login(1, userId="old").login(2, anonymousId="old").post()
    collect(session.store)
    later = Said(send).call("alias", 5, previousId="old", userId="new", messageId="a")
    later.call("alias", 6, previousId="new", userId="newest", messageId="b")
    later.call("group", 7, userId="newest", groupId="C1", messageId="g").post()
    assert where(collect(session.store)) == {"m0": ("C1", "newest"), "m1": ("C1", "newest")}


def test_ids_that_name_each_other_in_a_circle_do_no_harm(said: Said, session: Session) -> None:
    said.call("alias", 1, previousId="a", userId="b").call("alias", 2, previousId="b", userId="a")
    said.call("group", 3, userId="a", groupId="C1").login(4, userId="a").login(5, userId="b").post()
    found = collect(session.store)
    assert {account for account, _ in where(found).values()} == {"C1"}
    assert found.by_dataset["events"] == Ledger(received=2, stored=2)


def test_who_is_who_holds_for_all_sources(send: Send, session: Session) -> None:
    web = f"Bearer {add_key(source='web').text}"
    send("/v1/group", {"userId": 7, "groupId": 42, "timestamp": at(1)}, Authorization=web)
    send("/v1/track", {"userId": "7", "event": "login", "messageId": "m", "timestamp": at(2)})
    assert where(collect(session.store)) == {"m": ("42", "7")}


def test_a_source_says_where_its_events_say_what(send: Send, session: Session) -> None:
    definitions = loads({"a.yaml": DEFINITIONS})
    Said(send).login(
        1,
        userId="u1",
        properties={"tenant": {"id": "C1"}, "module": "map", "minutes": 3},
        context={"app": {"name": "core", "version": "1.2"}, "groupId": "C9"},
        traits={"plan": "pro"},
    ).post()
    collect_live(session.store, definitions)
    (row,) = collect(session.store).rows
    assert {x: row[x] for x in ("account", "feature", "product", "value", "properties")} == {
        "account": "C1",
        "feature": "map",
        "product": "core",
        "value": 3.0,
        "properties": {
            "tenant_id": "C1",
            "module": "map",
            "minutes": 3,
            "context_app_version": "1.2",
            "traits_plan": "pro",
        },
    }


def test_what_has_waited_for_too_long_is_set_aside_with_the_reason(
    send: Send, session: Session
) -> None:
    store, rules = session.store, rules_of(loads({"a.yaml": DEFINITIONS}))
    other = f"Bearer {add_key(source='web').text}"
    Said(send).login(1, userId="u1").post()
    send("/v1/t", {"event": "x", "userId": "u1", "messageId": "w"}, Authorization=other)
    collect(store, rules)
    query_age(session, days=4)
    found = collect(store, rules)
    assert found.by_dataset == {"events": Ledger(received=1, quarantined=1)}
    assert found.quarantined[0].startswith("no account: no group call or context.groupId has said")
    query_age(session, days=31)
    assert collect(store, rules).by_dataset == {"events": Ledger(received=2, quarantined=2)}
    assert counts(store).inbox == 0


def query_age(session: Session, *, days: int) -> None:
    with session.store.connection() as connection:
        connection.execute(
            "UPDATE store.waiting SET received_at = clock_timestamp() - make_interval(days => %s)",
            [days],
        )


def test_the_collector_makes_accounts_known_and_stops_when_told(
    send: Send, session: Session
) -> None:
    collector = Collector(session.store, lambda: None, every=0.05)
    collector.start()
    Said(send).call("group", 1, userId="u1", groupId="C1").login(2, userId="u1").post()
    until(lambda: Account.objects.filter(key="C1").exists())
    collector.stop()
    assert collect(session.store).total == Ledger(received=2, stored=2)
    assert query(session.store, "SELECT count(*) FROM store.tracked") == [(0,)]


def tracked(session: Session) -> int:
    ((count,),) = query(session.store, "SELECT count(*)::int FROM store.tracked")
    return int(str(count))


def until(condition: Callable[[], bool]) -> None:
    end = time.monotonic() + 30
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.05)


def test_while_another_process_collects_this_one_waits_and_then_takes_over(
    send: Send, session: Session
) -> None:
    collector = Collector(session.store, lambda: None, every=0.05)
    with psycopg.connect(session.store.dsn, autocommit=True) as other:
        other.execute("SELECT pg_advisory_lock(%s)", [COLLECTOR_LOCK])
        collector.start()
        Said(send).login(1, userId="u1", groupId="C1").post()
        time.sleep(1)
        assert tracked(session) == 1
    until(lambda: tracked(session) == 0)
    collector.stop()
    assert collect(session.store).total == Ledger(received=1, stored=1)


def test_a_collector_goes_on_when_the_database_has_been_away(send: Send, session: Session) -> None:
    collector = Collector(session.store, lambda: None, every=0.05)
    collector.start()
    Said(send).login(1, userId="u1", groupId="C1").post()
    until(lambda: tracked(session) == 0)
    with psycopg.connect(session.store.dsn, autocommit=True) as other:
        other.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
            "WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
    Said(send).login(2, userId="u1", groupId="C1", messageId="later").post()
    until(lambda: tracked(session) == 0)
    collector.stop()
    assert collect(session.store).total == Ledger(received=2, stored=2)


@pytest.mark.parametrize("point", ["segment_renamed", "commit_before", "commit_inside"])
def test_a_collection_that_dies_halfway_is_done_once_by_the_next(
    send: Send, session: Session, point: str
) -> None:
    said = Said(send).call("group", 1, userId="u1", groupId="C1")
    for minute in range(2, 40):
        said.login(minute, userId="u1")
    said.login(1, userId="somebody").post()
    script = (
        "import sys; from pathlib import Path; from banso.store import Store;"
        "from banso.store.arrivals import Rules;"
        "Store(Path(sys.argv[1]), sys.argv[2]).collect_tracked(Rules())"
    )
    done = subprocess.run(
        [sys.executable, "-c", script, str(session.home), session.store.dsn],
        env={**os.environ, "BANSO_CRASH_AT": point}, check=False, timeout=60,
    )  # fmt: skip
    assert (done.returncode, tracked(session)) == (-signal.SIGKILL, 1)
    found = collect(session.store)
    assert found.by_dataset == {"events": Ledger(38, 38), "identities": Ledger(1, 1)}
    assert counts(session.store).inbox == 1


def test_many_small_collections_are_folded_together(send: Send, session: Session) -> None:
    collector = Collector(session.store, lambda: None)
    for n in range(62):
        send("/v1/t", {"event": "x", "groupId": "C1", "messageId": f"m{n}", "timestamp": at(n)})
        collector.turn()
    assert session.store.tail_files() < 10
    assert collect(session.store).total == Ledger(received=62, stored=62)
