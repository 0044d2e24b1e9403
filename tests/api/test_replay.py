"""Live calls in quarantine: mended, replayed, and counted once, whatever comes meanwhile."""

import json
import os
import signal
import subprocess
import sys
from typing import Any

import pytest
from tests.api.conftest import Send
from tests.api.outcome import Outcome, collect
from tests.api.test_tracking import EVENT, batch
from tests.store.given import query

from banso.cli.session import Session
from banso.core.definitions import loads
from banso.pipeline.live import rules_of
from banso.store import Ledger, Store
from banso.store.mending import Filter, deeds, outcomes, quarantine_rows, replay, replay_all
from banso.store.store import Store as RealStore

STORED = {("C1", "u1", "login", "login"): 1}
NAMELESS = {name: value for name, value in EVENT.items() if name != "event"}


def items(store: Store, state: str = "open") -> list[int]:
    return [x.id for x in quarantine_rows(store, Filter(state=state), limit=100)]  # type: ignore[arg-type]


def mended(store: Store, **told: Any) -> Outcome:
    """The one row in quarantine, edited and replayed."""
    (row,) = quarantine_rows(store, Filter(state="open"), limit=9)
    said = {k: v for k, v in (json.loads(row.payload) | told).items() if v is not None}
    replay(store, row.id, by="sato", payload=json.dumps(said))
    found = collect(store)
    assert balanced(store)
    return found


def balanced(store: Store) -> bool:
    """What the ledger counts as quarantined is what lies there, hour by hour; PostgreSQL itself
    refuses an hour that does not add up."""
    counted = query(
        store,
        "SELECT source, hour, sum(quarantined)::int FROM store.ledger GROUP BY 1, 2 "
        "HAVING sum(quarantined) <> 0 ORDER BY 1, 2",
    )
    seen = query(
        store,
        "SELECT source, hour, sum(times)::int FROM store.sighting "
        "JOIN store.quarantine ON id = quarantine GROUP BY 1, 2 ORDER BY 1, 2",
    )
    return counted == seen


def test_a_call_that_was_edited_is_stored_and_leaves_the_quarantine(
    send: Send, session: Session
) -> None:
    store = session.store
    assert send("/v1/batch", batch(NAMELESS, EVENT | {"messageId": "m2"})).status == 200
    assert collect(store).by_dataset == {"events": Ledger(received=2, stored=1, quarantined=1)}
    (item,) = items(store)
    found = mended(store, event="report_viewed")
    assert found.by_dataset == {"events": Ledger(received=2, stored=2)}
    assert found.facts == {**STORED, ("C1", "u1", "report_viewed", "report_viewed"): 1}
    (deed,) = deeds(store, item)
    assert (deed.by, deed.kind, deed.outcome, deed.reason) == (
        "sato",
        "replay",
        "stored",
        "no event",
    )
    assert json.loads(deed.payload or "") == NAMELESS
    assert (items(store), items(store, "replayed")) == ([], [item])


def test_a_call_of_one_kind_keeps_its_kind_and_what_its_batch_said(
    send: Send, session: Session
) -> None:
    """`/v1/track` says the type in its path, a batch the context for all of its calls."""
    store = session.store
    assert send("/v1/track", {"userId": "u1", "messageId": "m1"}).status == 200
    collect(store)
    found = mended(store, event="login", context={"groupId": "C1"})
    assert found.facts == STORED
    shared = {k: v for k, v in NAMELESS.items() if k != "context"} | {"messageId": "m2"}
    assert send("/v1/batch", batch(shared, context={"groupId": "C2"})).status == 200
    collect(store)
    assert mended(store, event="login").facts == {**STORED, ("C2", "u1", "login", "login"): 1}


def test_a_call_that_is_still_wrong_stays_with_the_new_reason(send: Send, session: Session) -> None:
    store = session.store
    assert send("/v1/batch", batch(NAMELESS)).status == 200
    collect(store)
    (item,) = items(store)
    found = mended(store, event="login", timestamp="yesterday")
    assert found.by_dataset == {"events": Ledger(received=1, quarantined=1)}
    (row,) = quarantine_rows(store, limit=9)
    assert (row.id, row.state) == (item, "open")
    assert row.reason == "timestamp: 'yesterday' is no time in ISO 8601"
    assert mended(store, timestamp=EVENT["timestamp"]).facts == STORED
    assert [x.outcome for x in deeds(store, item)] == ["quarantined", "stored"]


def test_the_same_id_with_other_content_is_stored_under_an_id_of_its_own(
    send: Send, session: Session
) -> None:
    store = session.store
    assert send("/v1/batch", batch(EVENT, EVENT | {"event": "logout"})).status == 200
    assert collect(store).by_dataset == {"events": Ledger(received=2, stored=1, quarantined=1)}
    (row,) = quarantine_rows(store, limit=9)
    assert json.loads(row.payload) == EVENT | {"event": "logout"}  # the call, not what became of it
    still = mended(store)
    assert still.by_dataset == {"events": Ledger(received=2, stored=1, quarantined=1)}
    found = mended(store, messageId="m9")
    assert found.by_dataset == {"events": Ledger(received=2, stored=2)}
    assert found.facts == {**STORED, ("C1", "u1", "logout", "logout"): 1}


def test_a_row_that_came_several_times_is_stored_once_and_its_retries_are_duplicates(
    send: Send, session: Session
) -> None:
    """Also where a client says another time of sending with each try."""
    store = session.store
    for minute in (1, 2, 3):
        body = batch(NAMELESS, sentAt=f"2026-11-02T09:0{minute}:00Z")
        assert send("/v1/batch", body).status == 200
        collect(store)
    found = mended(store, event="login", sentAt=None)
    assert found.by_dataset == {"events": Ledger(received=3, stored=1, duplicate=2)}
    assert found.facts == STORED


def test_a_replayed_row_that_comes_once_more_is_open_again_and_then_a_duplicate(
    send: Send, session: Session
) -> None:
    store = session.store
    assert send("/v1/batch", batch(NAMELESS)).status == 200
    collect(store)
    mended(store, event="login")
    assert send("/v1/batch", batch(NAMELESS)).status == 200
    found = collect(store)
    assert found.by_dataset == {"events": Ledger(received=2, stored=1, quarantined=1)}
    assert balanced(store)
    found = mended(store)
    assert found.by_dataset == {"events": Ledger(received=2, stored=1, duplicate=1)}
    assert found.facts == STORED


def test_a_row_that_comes_in_the_very_turn_of_its_replay_is_open_again(
    send: Send, session: Session
) -> None:
    store = session.store
    assert send("/v1/batch", batch(NAMELESS)).status == 200
    collect(store)
    assert send("/v1/batch", batch(NAMELESS)).status == 200
    found = mended(store, event="login")
    assert found.by_dataset == {"events": Ledger(received=2, stored=1, quarantined=1)}
    assert len(items(store)) == 1


def test_a_call_without_an_id_is_stored_once_however_often_it_is_replayed(
    send: Send, session: Session
) -> None:
    store = session.store
    two = [{k: v for k, v in NAMELESS.items() if k != "messageId"}] * 2
    assert send("/v1/batch", batch(*two)).status == 200
    collect(store)
    for item in items(store):
        said = json.dumps({**two[0], "event": "login"})
        replay(store, item, by="sato", payload=said)
    found = collect(store)
    assert (found.total, found.facts) == (Ledger(2, 2), {("C1", "u1", "login", "login"): 2})
    assert balanced(store)


def test_an_introduction_is_replayed_too_and_what_waited_for_it_is_attributed(
    send: Send, session: Session
) -> None:
    store = session.store
    calls = [
        {"type": "group", "userId": "u1", "traits": {"plan": "pro"}, "messageId": "g1"},
        {k: v for k, v in EVENT.items() if k != "context"},
    ]
    assert send("/v1/batch", batch(*calls)).status == 200
    assert collect(store).by_dataset == {"identities": Ledger(received=1, quarantined=1)}
    found = mended(store, groupId="C1")
    assert found.by_dataset == {"identities": Ledger(1, 1), "events": Ledger(1, 1)}
    assert found.facts == STORED


def test_an_event_that_becomes_an_introduction_is_counted_as_one(
    send: Send, session: Session
) -> None:
    store = session.store
    assert send("/v1/batch", batch({"userId": "u1", "groupId": "C1", "messageId": "m1"})).status
    assert collect(store).by_dataset == {"events": Ledger(received=1, quarantined=1)}
    found = mended(store, type="group")
    assert found.by_dataset == {"events": Ledger(), "identities": Ledger(1, 1)}


def test_a_replayed_call_whose_account_is_not_known_waits_like_any_other(
    send: Send, session: Session
) -> None:
    store = session.store
    homeless = {k: v for k, v in NAMELESS.items() if k != "context"}
    assert send("/v1/batch", batch(homeless)).status == 200
    collect(store)
    (item,) = items(store)
    assert mended(store, event="login").total == Ledger()
    assert outcomes(store, [item]) == {"waiting": 1}
    assert send("/v1/group", {"userId": "u1", "groupId": "C1", "messageId": "g"}).status == 200
    assert collect(store).facts == STORED


def test_after_the_definition_is_mended_all_of_a_reason_are_replayed(
    send: Send, session: Session
) -> None:
    store = session.store
    rules = rules_of(
        loads({"a.yaml": "organisation: {name: T}\nsources:\n"
               "  - {name: app, tracking: {account: properties.tenant}}\n"})
    )  # fmt: skip
    calls = [
        EVENT | {"messageId": f"m{n}", "properties": {"tenant": {"id": "C1"}}} for n in range(3)
    ]
    assert send("/v1/batch", batch(*calls, NAMELESS | {"messageId": "x"})).status == 200
    assert collect(store, rules).total == Ledger(received=4, quarantined=4)
    done = replay_all(
        store, Filter(alike="properties.tenant: neither text nor a number"), by="sato"
    )
    found = collect(store)  # with rules that say nothing of properties.tenant
    assert found.total == Ledger(received=4, stored=3, quarantined=1)
    assert outcomes(store, done) == {"stored": 3}
    assert balanced(store)


KILLED = """
import sys
from banso.cli.session import open_session
from banso.store.arrivals import Rules
open_session().store.collect_tracked(Rules())
"""


@pytest.mark.parametrize("point", ["segment_renamed", "commit_inside", "commit_after"])
def test_a_collector_that_is_killed_replays_nothing_twice(
    send: Send, session: Session, point: str
) -> None:
    store: RealStore = session.store
    assert send("/v1/batch", batch(NAMELESS)).status == 200
    collect(store)
    (row,) = quarantine_rows(store, limit=9)
    said = json.dumps(json.loads(row.payload) | {"event": "login"})
    replay(store, row.id, by="sato", payload=said)
    outside = {**os.environ, "BANSO_CRASH_AT": point}
    done = subprocess.run([sys.executable, "-c", KILLED], env=outside, check=False, timeout=120)
    assert done.returncode == -signal.SIGKILL
    found = collect(store)
    assert (found.total, found.facts) == (Ledger(1, 1), STORED)
    assert balanced(store)
