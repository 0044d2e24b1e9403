"""What people see of live calls: each with what became of it, and never more than is kept."""

from tests.api.conftest import Send
from tests.api.outcome import collect
from tests.api.test_tracking import EVENT, batch
from tests.store.given import query

from banso.cli.session import Session
from banso.desk.services.keys import add_key
from banso.store import Store
from banso.store.debugger import Call, live_sources, newest_calls
from banso.store.recent import KEPT

Row = tuple[str, str, str | None, str | None, str, str | None]


def shown(store: Store, source: str | None = None) -> list[Row]:
    """call, event, user, account, fate, reason; newest first."""
    calls = newest_calls(store, source=source, limit=100)
    return [(x.call, x.event, x.user_id, x.account, x.fate, x.reason) for x in calls]


def without(call: dict[str, object], *names: str) -> dict[str, object]:
    return {name: value for name, value in call.items() if name not in names}


def test_a_call_is_shown_before_it_is_collected(send: Send, session: Session) -> None:
    assert send("/v1/batch", batch(EVENT, {"type": "identify", "userId": 7})).status == 200
    assert send("/v1/track", without(EVENT, "type") | {"event": "export"}).status == 200
    assert shown(session.store) == [
        ("track", "export", "u1", None, "arrived", None),
        ("identify", "", "7", None, "arrived", None),
        ("track", "login", "u1", None, "arrived", None),
    ]


def test_a_large_request_is_not_opened_to_be_shown(send: Send, session: Session) -> None:
    calls = [EVENT | {"messageId": f"m{n}", "properties": {"x": "y" * 500}} for n in range(200)]
    assert send("/v1/batch", batch(*calls)).status == 200
    (call,) = newest_calls(session.store, limit=100)
    assert (call.call, call.calls, call.fate) == ("batch", 200, "arrived")


def test_every_call_is_shown_with_what_became_of_it(send: Send, session: Session) -> None:
    store = session.store
    group = {"type": "group", "userId": "u1", "groupId": "C1", "messageId": "g1"}
    assert send("/v1/batch", batch(EVENT, group)).status == 200
    collect(store)
    poor = without(EVENT, "event") | {"messageId": "m2"}
    lost = without(EVENT, "context") | {"messageId": "m3", "userId": "u9"}
    other = EVENT | {"event": "logout"}
    assert send("/v1/batch", batch(EVENT, group, poor, lost, other, 7)).status == 200
    collect(store)
    conflict = "this message_id already stands for a fact of other content"
    assert sorted(shown(store), key=str) == sorted(
        [
            ("group", "group", "u1", "C1", "stored", None),
            ("track", "login", "u1", "C1", "stored", None),
            ("group", "group", "u1", "C1", "duplicate", None),
            ("track", "login", "u1", "C1", "duplicate", None),
            ("track", "login", "u9", None, "waiting", None),
            ("track", "", "u1", None, "quarantined", "no event"),
            ("track", "logout", "u1", None, "quarantined", conflict),
            ("", "", None, None, "quarantined", "not a JSON object: each event is {...}"),
        ],
        key=str,
    )
    assert newest_calls(store, fate="waiting", limit=9)[0].user_id == "u9"
    assert [x.fate for x in newest_calls(store, fate="duplicate", limit=9)] == ["duplicate"] * 2


def test_a_call_that_waited_is_shown_once_when_it_waits_no_more(
    send: Send, session: Session
) -> None:
    store = session.store
    assert send("/v1/batch", batch(without(EVENT, "context"))).status == 200
    collect(store)
    assert [row[4] for row in shown(store)] == ["waiting"]
    assert send("/v1/group", {"userId": "u1", "groupId": "C1", "messageId": "g"}).status == 200
    collect(store)
    assert shown(store) == [
        ("track", "login", "u1", "C1", "stored", None),
        ("group", "group", "u1", "C1", "stored", None),
    ]


def test_only_the_newest_of_each_source_and_outcome_are_kept(send: Send, session: Session) -> None:
    store = session.store
    web = add_key(source="web", rate=1_000_000).text
    assert send("/v1/track", EVENT, Authorization=f"Bearer {web}").status == 200
    assert send("/v1/track", without(EVENT, "event")).status == 200
    collect(store)
    for turn in range(2):
        calls = [EVENT | {"messageId": f"m{turn}-{n}", "event": f"e{n}"} for n in range(KEPT + 50)]
        assert send("/v1/batch", batch(*calls)).status == 200
        collect(store)
    kept = (
        "SELECT source, outcome, count(*)::int FROM store.recent_call GROUP BY 1, 2 ORDER BY 1, 2"
    )
    assert query(store, kept) == [
        ("app", "quarantined", 1),
        ("app", "stored", KEPT),
        ("web", "stored", 1),
    ]
    newest = newest_calls(store, source="app", fate="stored", limit=2)
    assert [x.event for x in newest] == [f"e{KEPT + 49}", f"e{KEPT + 48}"]
    assert live_sources(store) == ["app", "web"]


def test_what_is_shown_leads_to_its_row_in_quarantine(send: Send, session: Session) -> None:
    store = session.store
    assert send("/v1/batch", batch(without(EVENT, "event"))).status == 200
    collect(store)
    ((item,),) = query(store, "SELECT id FROM store.quarantine")
    (call,) = newest_calls(store, limit=9)
    wanted = Call(
        call.id, call.received_at, "app", "track", "", "u1", None, "quarantined", 1, item,  # type: ignore[arg-type]
        "no event", "open",
    )  # fmt: skip
    assert call == wanted
