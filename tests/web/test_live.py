"""The page of live events: what comes in, what became of it, and who may see how much."""

import json
from typing import Any

import pytest
from django.test import Client
from tests.pipeline.vendor import apply
from tests.web.conftest import AsMember
from tests.web.markup import Element, read
from tests.web.site import Site

from banso.desk.models import Member, Reach, Role
from banso.desk.services.accounts import ensure_accounts
from banso.pipeline.session import Session
from banso.store import Store
from banso.store.arrivals import Rules
from banso.web.data.refused_calls import alike, refused_call

HOSTILE = '<script>alert(1)</script>"><img src=x onerror=alert(2)>'
GROUP = {"type": "group", "userId": "u1", "groupId": "A1", "messageId": "g1"}
LOGIN = {"type": "track", "event": "login", "userId": "u1", "messageId": "m1"}


def accept(store: Store, *calls: dict[str, Any], source: str = "app") -> None:
    body = json.dumps({"batch": calls}).encode()
    store.accept_tracked(source=source, call="batch", events=len(calls), body=body)


def collect(store: Store, *calls: dict[str, Any], source: str = "app") -> None:
    accept(store, *calls, source=source)
    store.collect_tracked(Rules())


def page(client: Client, address: str = "/data/live/") -> Element:
    answer = client.get(address)
    assert answer.status_code == 200
    return read(answer.content)


def rows(seen: Element) -> list[list[str]]:
    """Outcome, call, account and user, source, why; without the time."""
    (body,) = seen.one("table", class_="live-calls").all("tbody")
    found = []
    for row in body.all("tr"):
        cells = [x for x in row.children if isinstance(x, Element)]
        found.append([x.text for x in cells][1:])
    return found


@pytest.fixture
def operator(session: Session) -> Client:
    return signed_in(Role.CS_OPS, Reach.ALL)


def signed_in(role: Role, reach: Reach) -> Client:
    member = Member.objects.create(handle=role, role=role, reach=reach, language="en")
    client = Client()
    client.force_login(member)
    return client


def test_an_empty_page_teaches_how_the_first_event_comes_in(operator: Client) -> None:
    seen = page(operator)
    assert seen.one("p", class_="empty-title").text == "No live event has come in yet"
    lines = seen.one("pre").text
    assert "banso keys add app" in lines
    assert "curl -sS http://testserver/v1/track -u bk_YOUR_KEY: -d '{" in lines


def test_each_call_is_shown_with_what_became_of_it_and_what_to_do(
    session: Session, operator: Client
) -> None:
    apply()
    ensure_accounts(["A1"])
    collect(session.store, GROUP, LOGIN)
    collect(
        session.store,
        LOGIN,
        {**LOGIN, "messageId": "m2", "userId": "u9"},
        {"type": "track", "userId": "u1", "messageId": "m3"},
    )
    accept(session.store, {**LOGIN, "messageId": "m4", "event": "export"})
    duplicate = "The same call is stored already; it counts once."
    waiting = (
        "Nobody has said yet to which account this person belongs. Send a group call for this "
        "person, or context.groupId with every call."
    )
    assert sorted(rows(page(operator))) == sorted(
        [
            ["Accepted, to be collected", "export track", "– u1", "app", ""],
            ["Quarantined", "track", "– u1", "app",
             "event is missing Give every track call a name in event."],
            ["Waits for its account", "login track", "– u9", "app", waiting],
            ["Duplicate", "login track", "A1 u1", "app", duplicate],
            ["Stored", "login track", "A1 u1", "app", ""],
            ["Stored", "group group", "A1 u1", "app", ""],
        ]
    )  # fmt: skip
    assert rows(page(operator))[0][0] == "Accepted, to be collected"


def test_calls_are_narrowed_by_source_and_outcome(session: Session, operator: Client) -> None:
    collect(session.store, GROUP, LOGIN)
    collect(session.store, {**LOGIN, "userId": "u5"}, source="web")
    assert [row[3] for row in rows(page(operator, "/data/live/?source=web"))] == ["web"]
    assert [row[0] for row in rows(page(operator, "/data/live/?outcome=stored"))] == ["Stored"] * 2
    empty = page(operator, "/data/live/?source=web&outcome=stored")
    assert empty.one("p", class_="empty-title").text == "No such call lately"
    assert len(rows(page(operator, "/data/live/?outcome=none&source="))) == 3


def test_a_script_asks_for_the_calls_alone_and_nothing_is_read_out(
    session: Session, operator: Client
) -> None:
    collect(session.store, GROUP)
    whole = operator.get("/data/live/")
    part = operator.get("/data/live/", headers={"HX-Request": "true"})
    assert part.headers["Vary"].count("HX-Request") == 1
    assert b"<html" not in part.content
    live = read(whole.content).one("div", id="live")
    assert live.attrs["hx-trigger"] == "turn"
    assert live.all("p", aria_live="polite") + live.all("p", role="status") == []
    assert rows(read(part.content)) == rows(read(whole.content))


def test_hostile_content_is_shown_and_does_nothing(session: Session, operator: Client) -> None:
    collect(session.store, {**LOGIN, "event": HOSTILE, "userId": HOSTILE}, source=HOSTILE)
    answer = operator.get("/data/live/")
    assert "<script>alert" not in answer.content.decode()
    assert "<img" not in answer.content.decode()
    assert HOSTILE in rows(read(answer.content))[0][1]


def test_a_row_leads_to_the_quarantine_only_those_who_may_look_there(
    session: Session, operator: Client
) -> None:
    bad = {**LOGIN, "timestamp": "secret of somebody"}
    collect(session.store, bad)
    link = page(operator).one("table", class_="live-calls").one("a")
    assert link.attrs["href"] == "/data/quarantine/1/"
    assert "timestamp secret of somebody is no time" in link.text
    seen = page(signed_in(Role.VIEWER, Reach.ALL))
    assert seen.one("table", class_="live-calls").all("a") == []
    assert rows(seen)[0][4].startswith("timestamp … is no time")
    assert "secret" not in seen.text


def test_whose_account_one_does_not_see_stays_unsaid(
    vendor_site: Site, as_member: AsMember
) -> None:
    store = vendor_site.session.store
    with store.connection() as connection:  # past the ledger of the site
        for account in ("A1", "A4"):
            connection.execute(
                "INSERT INTO store.recent_call (received_at, source, call, event, user_id, account,"
                " outcome) VALUES (now(), 'app', 'track', 'login', %s, %s, 'stored')",
                [f"user of {account}", account],
            )
    try:
        assert [row[2] for row in rows(page(as_member("csm")))] == [
            "Of an account that you do not see",
            "A1 商事 user of A1",
        ]
        assert [row[2] for row in rows(page(as_member("admin")))] == [
            "A4 商事 user of A4",
            "A1 商事 user of A1",
        ]
    finally:
        with store.connection() as connection:
            connection.execute("DELETE FROM store.recent_call")


@pytest.mark.parametrize(
    ("reason", "why", "mend"),
    [
        ("no event", "event is missing", "name in event"),
        ("no type: track, page, screen, identify, group or alias", "type is missing", "Set type"),
        ("type: 'tracc' is none of track, page, screen, identify, group, alias",
         "there is no type tracc", "Set type"),
        ("no userId and no anonymousId", "no userId and no anonymousId", "anonymousId with every"),
        ("no groupId", "groupId is missing", "groupId with every group"),
        ("an alias needs previousId and userId", "an alias needs", "Send previousId"),
        ("context.groupId: neither text nor a number",
         "context.groupId is neither text nor a number", "a text or a number"),
        ("userId: longer than 200 characters", "userId is longer than 200 characters", "shorter"),
        ("timestamp: 'x' is no time in ISO 8601", "timestamp x is no time", "2026-11-22T09"),
        ("timestamp: before 1990", "timestamp: before 1990", "clock"),
        ("larger than 32 KB", "larger than 32 KB", "Send less"),
        ("not JSON: Expecting value at character 3", "not a JSON object", "one JSON object"),
        ("this message_id already stands for a fact of other content",
         "this messageId already stands", "messageId of its own"),
        ("no account: no group call or context.groupId has said for as long as the source waits "
         "where this person belongs", "it has never become known", "group call"),
        ("something new", "something new", "edited here and replayed"),
    ],
)  # fmt: skip
def test_a_reason_is_told_in_words_with_its_mend(reason: str, why: str, mend: str) -> None:
    told = refused_call(reason)
    assert told.why.startswith(why)
    assert mend in told.mend
    assert refused_call(alike(reason)).mend == told.mend
