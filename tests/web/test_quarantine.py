"""Rows of quarantine on screen: narrowed, looked at, mended, replayed, discarded, taken back."""

import json

import pytest
from django.test import Client
from tests.web.markup import Element, read
from tests.web.test_live import LOGIN, collect, operator, page, signed_in

from banso.desk.models import Reach, Role
from banso.pipeline.session import Session
from banso.store import Ledger, Rejected, Store
from banso.store.arrivals import Rules
from banso.store.inspection import arrived
from banso.store.mending import Filter, deeds, quarantine_row, quarantine_rows

__all__ = ["operator"]
BAD = {"type": "track", "userId": "u1", "context": {"groupId": "A1"}, "messageId": "m3"}


def refuse(session: Session, *reasons: str) -> None:
    session.store.reject(
        source="crm",
        dataset="accounts",
        origin="customers.csv",
        rejected=[Rejected(n, reason, "x") for n, reason in enumerate(reasons, 2)],
        ledger=Ledger(received=len(reasons), quarantined=len(reasons)),
    )


def item_of(store: Store) -> int:
    (row,) = quarantine_rows(store, limit=9)
    return row.id


def state(store: Store, item: int) -> str:
    row = quarantine_row(store, item)
    assert row is not None
    return row.state


def sent(client: Client, address: str, status: int = 302, **form: str) -> Element | None:
    answer = client.post(address, form)
    assert answer.status_code == status
    return read(answer.content) if answer.content else None


def test_a_call_is_edited_replayed_and_told_what_became_of_it(
    session: Session, operator: Client
) -> None:
    store = session.store
    collect(store, BAD)
    item = item_of(store)
    there = f"/data/quarantine/{item}/"
    seen = page(operator, there)
    assert seen.one("h2", id="why").text == "event is missing"
    payload = seen.one("textarea").text
    assert json.loads(payload) == BAD
    sent(operator, f"{there}replay/", payload=json.dumps({**BAD, "event": "login"}))
    waiting = page(operator, there)
    assert waiting.one("div", id="quarantine-row").attrs["hx-trigger"] == "load delay:1s"
    assert waiting.one("p", role="status").text == "Is being replayed"
    store.collect_tracked(Rules())
    seen = page(operator, there)
    assert seen.one("p", role="status").text == "Replayed"
    assert "hx-trigger" not in seen.one("div", id="quarantine-row").attrs
    (done,) = seen.one("ol", class_="refused").all("li")
    assert done.one("p", class_="refused-why").text == "Edited and replayed → Stored"
    assert json.loads(done.one("pre").text) == BAD
    (entry,) = arrived(store)
    assert (entry.received, entry.stored, entry.quarantined) == (1, 1, 0)
    (row,) = page(operator, "/data/live/").one("table", class_="live-calls").all("tr")[1:2]
    assert "Stored" in row.text


@pytest.mark.parametrize(
    ("payload", "words"),
    [
        ("", "A call is one JSON object: {...}."),
        ("[1]", "A call is one JSON object: {...}."),
        ('{\n "event": }', "This is no JSON: look at line 2, column 11."),
    ],
)
def test_what_is_no_json_is_said_and_the_words_are_kept(
    session: Session, operator: Client, payload: str, words: str
) -> None:
    collect(session.store, BAD)
    item = item_of(session.store)
    seen = sent(operator, f"/data/quarantine/{item}/replay/", 422, payload=payload)
    assert seen is not None
    assert seen.one("p", id="payload-error").text == words
    assert seen.one("textarea").attrs["aria-describedby"] == "payload-error"
    assert seen.one("textarea").text.strip().split() == payload.split()
    assert state(session.store, item) == "open"


def test_a_discarded_row_says_why_and_can_be_put_back(session: Session, operator: Client) -> None:
    refuse(session, "no account")
    item = item_of(session.store)
    there = f"/data/quarantine/{item}/"
    assert page(operator, there).all("textarea") == []  # a file is mended, not a row of it
    seen = sent(operator, f"{there}discard/", 422, note=" ")
    assert seen is not None
    assert seen.one("p", id="note-error").text == "Say why it is discarded."
    answer = operator.post(f"{there}discard/", {"note": "of a test machine"}, follow=True)
    undo = read(answer.content).one("div", id="toasts").one("form").attrs["action"]
    assert undo == f"{there}restore/"
    (deed,) = deeds(session.store, item)
    assert (deed.by, deed.note) == ("cs_ops", "of a test machine")
    assert "No such row is in quarantine" in page(operator, "/data/quarantine/").text
    listed = page(operator, "/data/quarantine/?state=discarded").one("ol", class_="refused")
    assert "Discarded" in listed.text
    sent(operator, undo)
    assert state(session.store, item) == "open"
    assert "Discard taken back" in page(operator, there).text


def test_whoever_comes_second_is_told(session: Session, operator: Client) -> None:
    refuse(session, "no account")
    there = f"/data/quarantine/{item_of(session.store)}/"
    sent(operator, f"{there}discard/", note="a test")
    answer = operator.post(f"{there}discard/", {"note": "again"}, follow=True)
    assert "this row is in another state by now" in read(answer.content).text
    assert len(deeds(session.store, item_of(session.store))) == 1


def test_all_of_a_reason_are_replayed_or_discarded_at_once(
    session: Session, operator: Client
) -> None:
    store = session.store
    calls = [{**LOGIN, "messageId": f"m{n}", "timestamp": f"no {n}"} for n in range(3)]
    collect(store, *calls, BAD)
    reason = "timestamp: … is no time in ISO …"
    alike = f"/data/quarantine/?source=app&reason={reason}"
    buttons = [x.text for x in page(operator, alike).all("button", name="action")]
    assert buttons == ["Replay 3 live events", "Discard all"]
    form = {"source": "app", "reason": reason}
    sent(operator, "/data/quarantine/all/", **form, action="replay")
    assert [x.state for x in quarantine_rows(store, Filter(alike=reason), limit=9)] == [
        "replaying"
    ] * 3
    store.collect_tracked(Rules())  # they are as wrong as before
    sent(operator, "/data/quarantine/all/", 422, **form, action="discard", note="")
    sent(operator, "/data/quarantine/all/", **form, action="discard", note="old app")
    assert {x.state for x in quarantine_rows(store, Filter(alike=reason), limit=9)} == {"discarded"}
    assert len(quarantine_rows(store, Filter(state="open"), limit=9)) == 1


@pytest.mark.parametrize("form", [{}, {"source": "app"}, {"reason": "no event"}])
def test_all_rows_of_everything_are_never_meant(
    session: Session, operator: Client, form: dict[str, str]
) -> None:
    collect(session.store, BAD)
    sent(operator, "/data/quarantine/all/", 404, **form, action="discard", note="x")
    assert state(session.store, item_of(session.store)) == "open"


def test_rows_are_narrowed_by_when_they_came(session: Session, operator: Client) -> None:
    refuse(session, "no account")
    row = quarantine_rows(session.store, limit=1)[0]
    today = f"{row.received_at:%Y-%m-%d}"  # no definitions: the zone is UTC
    for query, found in (
        (f"since={today}&until={today}", 1),
        ("until=2020-01-01", 0),
        ("since=2150-01-01", 0),
        ("since=nonsense&until=99999-01-01", 1),
    ):
        seen = page(operator, f"/data/quarantine/?{query}")
        assert len(seen.all("ol", class_="refused")) == found, query


def test_a_row_that_is_not_there_is_not_found(session: Session, operator: Client) -> None:
    assert operator.get("/data/quarantine/7/").status_code == 404
    sent(operator, "/data/quarantine/7/discard/", 404, note="x")
    sent(operator, "/data/quarantine/7/replay/", 404, payload="{}")


def test_csms_may_not_change_what_counts(session: Session) -> None:
    collect(session.store, BAD)
    item = item_of(session.store)
    client = signed_in(Role.CSM, Reach.ALL)
    for deed in ("replay", "discard", "restore"):
        sent(client, f"/data/quarantine/{item}/{deed}/", 403, note="x", payload="{}")
    assert deeds(session.store, item) == []
