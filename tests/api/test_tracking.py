"""The endpoint, request by request: what is answered, and what has become of it."""

import base64
import gzip
import json
import zlib
from datetime import UTC, datetime, timedelta
from urllib.parse import quote, urlencode

import psycopg
import pytest
from django.db import connection
from tests.api.conftest import Send, call
from tests.api.outcome import collect
from tests.store.given import query

from banso.api.tracking import Tracking
from banso.api.tracking.encoding import LARGEST
from banso.cli.session import Session
from banso.desk.models import SourceKey
from banso.desk.services.keys import add_key, revoke_key
from banso.store import Ledger, Store

WHEN = "2026-11-02T09:00:00.000Z"
EVENT = {
    "type": "track",
    "event": "login",
    "userId": "u1",
    "messageId": "m1",
    "timestamp": WHEN,
    "context": {"groupId": "C1"},
}
STORED = {("C1", "u1", "login", "login"): 1}


def batch(*events: object, **more: object) -> dict[str, object]:
    return {"batch": list(events), **more}


def basic(text: str) -> str:
    return f"Basic {base64.b64encode(text.encode()).decode()}"


@pytest.mark.parametrize("path", ["track", "t", "track/"])
def test_one_event_is_stored(send: Send, session: Session, path: str) -> None:
    answer = send(f"/v1/{path}", {k: v for k, v in EVENT.items() if k != "type"})
    assert (answer.status, answer.said) == (200, {"success": True})
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    found = collect(session.store)
    assert (found.facts, found.by_dataset) == (STORED, {"events": Ledger(1, 1)})


@pytest.mark.parametrize("path", ["batch", "b", "import"])
def test_a_batch_is_stored(send: Send, session: Session, path: str) -> None:
    assert send(f"/v1/{path}", batch(EVENT, EVENT | {"messageId": "m2"})).status == 200
    assert collect(session.store).facts == {("C1", "u1", "login", "login"): 2}


@pytest.mark.parametrize(
    ("path", "told", "event", "feature"),
    [
        ("page", {"name": "Pricing", "category": "Docs"}, "page", "Pricing"),
        ("p", {"category": "Docs"}, "page", "Docs"),
        ("p", {"properties": {"path": "/x"}}, "page", "page"),
        ("screen", {"name": "Home"}, "screen", "Home"),
        ("s", {"properties": {"feature": "map"}}, "screen", "map"),
        ("track", {"event": "ログイン", "properties": {"feature": "認証"}}, "ログイン", "認証"),
    ],
)
def test_pages_and_screens_are_events_and_their_names_are_features(  # noqa: PLR0917
    send: Send, session: Session, path: str, told: dict[str, object], event: str, feature: str
) -> None:
    common = {x: EVENT[x] for x in ("userId", "messageId", "timestamp", "context")}
    assert send(f"/v1/{path}", common | told).status == 200
    assert collect(session.store).facts == {("C1", "u1", event, feature): 1}


@pytest.mark.parametrize(
    ("path", "told"),
    [
        ("identify", {"userId": "u1", "traits": {"plan": "pro"}}),
        ("i", {"userId": "u1", "context": {"traits": {"plan": "pro"}}}),
        ("group", {"userId": "u1", "groupId": "C1", "traits": {"plan": "pro"}}),
        ("g", {"groupId": "C1", "traits": {"plan": "pro"}}),
        ("alias", {"userId": "u1", "previousId": "old"}),
        ("a", {"userId": "u1", "previousId": "old"}),
    ],
)
def test_who_is_who_is_kept_whole_and_is_no_use(
    send: Send, session: Session, path: str, told: dict[str, object]
) -> None:
    for _ in range(2):
        assert send(f"/v1/{path}", told | {"messageId": "m1", "timestamp": WHEN}).status == 200
    found = collect(session.store)
    assert found.by_dataset == {"identities": Ledger(received=2, stored=1, duplicate=1)}
    (introduction,) = found.introductions
    assert introduction[3] == (None if path[0] == "a" else {"plan": "pro"})


BODY = json.dumps(batch(EVENT)).encode()


@pytest.mark.parametrize(
    ("body", "headers"),
    [
        (BODY, {"Content-Type": "text/plain;charset=UTF-8"}),
        (BODY, {"Content-Type": "application/x-www-form-urlencoded"}),
        (b"\xef\xbb\xbf \n" + BODY, {}),
        (gzip.compress(BODY), {"Content-Encoding": "gzip"}),
        (gzip.compress(BODY), {"Content-Type": "application/x-www-form-urlencoded"}),
        (gzip.compress(BODY[:20]) + gzip.compress(BODY[20:]), {"Content-Encoding": "gzip"}),
        (b"data=" + quote(base64.b64encode(BODY).decode()).encode(), {}),
        (b"data=" + base64.b64encode(BODY).rstrip(b"="), {}),
        (b"v=1&data=" + quote(BODY.decode()).encode(), {}),
        (base64.b64encode(BODY), {"Content-Type": "text/plain"}),
        (base64.urlsafe_b64encode(BODY), {}),
        (json.dumps([EVENT]).encode(), {}),
    ],
)
def test_a_body_is_read_whatever_its_label_says(
    send: Send, session: Session, body: bytes, headers: dict[str, str]
) -> None:
    assert send("/v1/batch", body, **headers).status == 200
    assert collect(session.store).facts == STORED


@pytest.mark.parametrize(
    "place", ["user", "password", "bearer", "query", "snake", "body", "single", "form", "second"]
)
def test_the_key_may_stand_wherever_clients_put_it(
    send: Send, session: Session, key: str, place: str
) -> None:
    head = {"user": basic(f"{key}:"), "password": basic(f":{key}"), "bearer": f"Bearer {key}"}
    path = {"query": f"/v1/b?writeKey={key}", "snake": f"/v1/b?write_key={key}"}
    said: object = batch(EVENT, writeKey=key) if place in ("body", "second") else batch(EVENT)
    if place == "single":
        path["single"], said = "/v1/t", EVENT | {"writeKey": key}
    if place == "form":
        said = urlencode({"data": json.dumps(said), "writeKey": key}).encode()
    given = {"second": basic("the proxy's own:word")} | head
    answer = send(path.get(place, "/v1/b"), said, Authorization=given.get(place, ""))
    assert answer.status == 200
    assert collect(session.store).facts == STORED


@pytest.mark.parametrize("given", ["", "Basic !", basic("bk_unknown:"), "Bearer x", "Digest x"])
def test_without_a_valid_key_nothing_is_taken(send: Send, session: Session, given: str) -> None:
    answer = send("/v1/batch", batch(EVENT, writeKey="nonsense"), Authorization=given)
    assert (answer.status, answer.said["code"]) == (401, "unauthorized")
    assert "banso keys add" in answer.said["message"]
    assert query(session.store, "SELECT count(*) FROM store.tracked") == [(0,)]


def test_a_revoked_key_is_of_no_use_from_that_moment_on(
    send: Send, session: Session, key: str
) -> None:
    assert send("/v1/batch", batch(EVENT)).status == 200
    revoke_key(key=key, now=datetime.now(tz=UTC))
    assert send("/v1/batch", batch(EVENT)).status == 401
    assert collect(session.store).facts == STORED


def test_each_key_stands_for_its_source(send: Send, session: Session) -> None:
    other = add_key(source="web").text
    assert send("/v1/t", EVENT).status == 200
    assert send("/v1/t", EVENT, Authorization=f"Bearer {other}").status == 200
    assert collect(session.store).facts == {("C1", "u1", "login", "login"): 2}
    sources = query(session.store, "SELECT source, stored::int FROM store.ledger ORDER BY source")
    assert sources == [("app", 1), ("web", 1)]


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (b"", "The body is not JSON: Expecting value at character 1."),
        (b"nonsense", "The body is not JSON: Expecting value at character 1."),
        (b'{"batch": [', "The body is not JSON: Expecting value at character 12."),
        (b"7", "The body is JSON, but no object: {...}."),
        (b"{}", 'The body of a batch is an object with a list: {"batch": [...]}.'),
        (b'{"batch": {}}', '"batch" is no list: {"batch": [...]}.'),
        (b"\x1f\x8bnonsense", "The body is damaged gzip: "),
        (gzip.compress(BODY)[:-10], "The body is gzip that ends too early."),
        (gzip.compress(b"") * 21, "The body is gzip of more than 20 parts."),
    ],
)
def test_only_a_request_that_can_not_be_read_at_all_is_refused(
    send: Send, session: Session, body: bytes, said: str
) -> None:
    answer = send("/v1/batch", body)
    assert (answer.status, answer.said["code"]) == (400, "bad_request")
    assert answer.said["message"].startswith(said)
    assert query(session.store, "SELECT count(*) FROM store.tracked") == [(0,)]


@pytest.mark.parametrize(
    "body",
    [
        b" " * (LARGEST + 1),
        gzip.compress(b" " * (LARGEST + 1)),
        zlib.compress(b" " * 400_000_000, wbits=31),
        json.dumps(batch(*[{}] * 2_501)).encode(),
    ],
)
def test_what_is_too_large_is_refused_without_being_unpacked(send: Send, body: bytes) -> None:
    answer = send("/v1/batch", body)
    assert (answer.status, answer.said["code"]) == (413, "request_entity_too_large")


def test_the_largest_batch_is_taken_whole(send: Send, session: Session) -> None:
    events = [EVENT | {"messageId": f"m{n}", "properties": {"x": "あ" * 420}} for n in range(2_500)]
    body = json.dumps(batch(*events), ensure_ascii=False).encode()
    assert 3_500_000 < len(body) < LARGEST
    assert send("/v1/batch", body).status == 200
    assert collect(session.store).facts == {("C1", "u1", "login", "login"): 2_500}


def test_a_batch_of_nothing_is_well(send: Send, session: Session) -> None:
    assert send("/v1/batch", batch()).status == 200
    assert query(session.store, "SELECT count(*) FROM store.tracked") == [(0,)]


def test_a_browser_may_ask_first(send: Send) -> None:
    answer = send("/v1/t", method="OPTIONS", Origin="https://app.example", Authorization="")
    assert (answer.status, answer.body) == (204, b"")
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert answer.headers["Access-Control-Allow-Methods"] == "POST, OPTIONS"
    allowed = answer.headers["Access-Control-Allow-Headers"].split(", ")
    assert {"Authorization", "Content-Type", "X-Retry-Count"} <= set(allowed)


def test_events_are_posted(send: Send) -> None:
    answer = send("/v1/track", method="GET")
    assert (answer.status, answer.headers["Allow"]) == (405, "POST, OPTIONS")


def test_what_a_browser_client_tells_of_itself_is_answered_and_dropped(
    send: Send, session: Session
) -> None:
    assert send("/v1/m", {"series": []}, Authorization="").status == 200
    assert query(session.store, "SELECT count(*) FROM store.tracked") == [(0,)]


def test_a_key_that_sends_too_much_is_asked_to_wait(session: Session) -> None:
    app, key = Tracking(lambda: session.store), add_key(source="app", rate=250).text
    body = json.dumps(batch(*[EVENT] * 1_500)).encode()
    answers = [
        call(app, "/v1/batch", body, method="POST", headers={"Authorization": f"Bearer {key}"})
        for _ in range(2)
    ]
    assert [x.status for x in answers] == [200, 429]
    assert answers[1].headers["Retry-After"] in ("1", "2")
    assert query(session.store, "SELECT sum(events)::int FROM store.tracked") == [(1_500,)]


def test_nothing_is_accepted_while_the_disk_is_nearly_full(session: Session, key: str) -> None:
    app = Tracking(lambda: session.store, least_free=1 << 60)
    head = {"Authorization": f"Bearer {key}"}
    answer = call(app, "/v1/batch", BODY, method="POST", headers=head)
    assert (answer.status, answer.headers["Retry-After"]) == (503, "60")
    assert query(session.store, "SELECT count(*) FROM store.tracked") == [(0,)]


def test_nothing_is_accepted_while_the_database_is_away(session: Session, key: str) -> None:
    away = Store(session.home, "postgresql://nobody@127.0.0.1:1/none?connect_timeout=1")
    head = {"Authorization": f"Bearer {key}"}
    answer = call(Tracking(lambda: away), "/v1/batch", BODY, method="POST", headers=head)
    assert (answer.status, answer.headers["Retry-After"]) == (503, "5")


def test_a_database_that_was_started_anew_is_found_again(send: Send, session: Session) -> None:
    assert send("/v1/batch", batch(EVENT)).status == 200
    with psycopg.connect(session.store.dsn, autocommit=True) as other:
        other.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
            "WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
    assert send("/v1/batch", batch(EVENT | {"messageId": "m2"})).status == 200
    assert collect(session.store).facts == {("C1", "u1", "login", "login"): 2}
    connection.close()


@pytest.mark.parametrize(
    ("wrong", "reason"),
    [
        (7, "not a JSON object: each event is {...}"),
        (None, "not a JSON object: each event is {...}"),
        ({}, "no type: track, page, screen, identify, group or alias"),
        ({"type": "tack"}, "type: 'tack' is none of track, page, screen, identify, group, alias"),
        (EVENT | {"event": ""}, "no event"),
        (EVENT | {"event": "x" * 201}, "event: longer than 200 characters"),
        (EVENT | {"userId": "a\tb"},
         "userId: holds a control character, such as a tab or a line end"),
        (EVENT | {"userId": {"id": 1}}, "userId: neither text nor a number"),
        (EVENT | {"messageId": ["m"]}, "messageId: neither text nor a number"),
        (EVENT | {"userId": "\ud83d"}, "half a character: a \\ud... escape without its pair"),
        (EVENT | {"properties": {"x": "\ud83d"}},
         "half a character: a \\ud... escape without its pair"),
        (EVENT | {"timestamp": "yesterday"}, "timestamp: 'yesterday' is no time in ISO 8601"),
        (EVENT | {"messageId": "m9", "timestamp": "1985-01-01T00:00:00Z"},
         "timestamp: before 1990"),
        (EVENT | {"messageId": "m9", "timestamp": "2085-01-01T00:00:00Z"},
         "timestamp: more than a day in the future"),
        (EVENT | {"timestamp": True}, "timestamp: 'True' is no time in ISO 8601"),
        (EVENT | {"timestamp": 10**18}, "timestamp: 1000000000000000000 is no time"),
        (EVENT | {"timestamp": -(10**400)}, f"timestamp: -1{'0' * 58} is no time"),
        (EVENT | {"properties": {"x": "y" * 33_000}}, "larger than 32 KB"),
        ({"type": "track", "event": "x"}, "no userId and no anonymousId"),
        ({"type": "group", "userId": "u1"}, "no groupId"),
        ({"type": "alias", "userId": "u1"}, "an alias needs previousId and userId"),
    ],
)  # fmt: skip
def test_a_bad_event_is_set_aside_and_the_good_ones_beside_it_are_stored(
    send: Send, session: Session, wrong: object, reason: str
) -> None:
    assert send("/v1/batch", batch(EVENT, wrong, EVENT | {"messageId": "m2"})).status == 200
    found = collect(session.store)
    assert (found.quarantined, found.facts) == ([reason], {("C1", "u1", "login", "login"): 2})
    assert found.total == Ledger(received=3, stored=2, quarantined=1)
    ((row, payload),) = query(session.store, 'SELECT "row", payload FROM store.quarantine')
    assert row == 2
    if "\\ud" not in reason:
        assert json.loads(str(payload)) == wrong


@pytest.mark.parametrize(
    ("broken", "reason"),
    [
        ('{"type": "track", nonsense}', "not JSON: "),
        ('{"a": ' * 100_000 + "1" + "}" * 100_000, "not JSON: objects are nested too deeply"),
        ('{"number": ' + "9" * 5_000 + "}", "not JSON: a number has too many digits"),
        ('{"a": "tab\tin it"}', "not JSON: Invalid control character"),
    ],
)
def test_json_that_is_broken_in_one_event_costs_no_other(
    send: Send, session: Session, broken: str, reason: str
) -> None:
    good = json.dumps(EVENT | {"properties": {"x": 'a "quoted" ]}, \\ thing'}})
    text = f'{{"sentAt": "{WHEN}", "batch": [{good}, {broken}], "writeKey": "x"}}'
    assert send("/v1/batch", text.encode()).status == 200
    found = collect(session.store)
    assert (found.facts, found.total) == (STORED, Ledger(received=2, stored=1, quarantined=1))
    assert found.quarantined[0].startswith(reason)
    assert found.rows[0]["properties"] == {"x": 'a "quoted" ]}, \\ thing'}


def test_bytes_that_are_no_text_cost_only_their_event(send: Send, session: Session) -> None:
    bad = json.dumps(EVENT | {"messageId": "m2"}).encode().replace(b"u1", b"\xff\xfe")
    body = b'{"batch": [' + json.dumps(EVENT).encode() + b"," + bad + b"]}"
    assert send("/v1/batch", body).status == 200
    found = collect(session.store)
    assert (found.facts, found.total) == (STORED, Ledger(received=2, stored=1, quarantined=1))


def test_the_same_event_again_is_a_duplicate_and_other_content_is_not_believed(
    send: Send, session: Session
) -> None:
    later = (datetime.fromisoformat(WHEN) + timedelta(hours=3)).isoformat()
    assert send("/v1/batch", batch(EVENT, EVENT, sentAt=WHEN)).status == 200
    assert collect(session.store).total == Ledger(received=2, stored=1, duplicate=1)
    assert send("/v1/t", EVENT).status == 200
    assert collect(session.store).total == Ledger(received=3, stored=1, duplicate=2)
    for other in (EVENT | {"event": "logout"}, EVENT | {"timestamp": later},
                  EVENT | {"context": {"groupId": "C2"}}):  # fmt: skip
        assert send("/v1/t", other).status == 200
        found = collect(session.store)
    assert found.total == Ledger(received=6, stored=1, duplicate=2, quarantined=3)
    assert (found.facts, set(found.quarantined)) == (
        STORED,
        {"this message_id already stands for a fact of other content"},
    )


def test_the_same_id_with_another_time_of_that_day_is_not_believed(
    send: Send, session: Session
) -> None:
    for hours in (0, 3, -20):
        time = datetime.fromisoformat(WHEN) + timedelta(hours=hours)
        assert send("/v1/t", EVENT | {"timestamp": time.isoformat()}).status == 200
        found = collect(session.store)
    assert found.total == Ledger(received=3, stored=1, quarantined=2)


def test_an_introduction_with_the_id_of_another_is_set_aside(send: Send, session: Session) -> None:
    said = {"userId": "u1", "groupId": "C1", "messageId": "m1", "timestamp": WHEN}
    for groups in ("C1", "C2"):
        assert send("/v1/group", said | {"groupId": groups}).status == 200
    found = collect(session.store)
    assert found.by_dataset == {"identities": Ledger(received=2, stored=1, quarantined=1)}
    assert [x[2] for x in found.introductions] == ["C1"]


def test_without_a_message_id_the_content_and_its_time_tell_events_apart(
    send: Send, session: Session
) -> None:
    nameless = {k: v for k, v in EVENT.items() if k != "messageId"}
    for _ in range(2):  # the second is the first one sent again
        assert send("/v1/batch", batch(nameless, nameless)).status == 200
    assert collect(session.store).total == Ledger(received=4, stored=2, duplicate=2)


def test_without_a_time_it_happened_when_it_first_came(send: Send, session: Session) -> None:
    timeless = {k: v for k, v in EVENT.items() if k != "timestamp"}
    before = datetime.now(tz=UTC)
    assert send("/v1/t", timeless).status == 200
    (first,) = collect(session.store).rows
    assert before.timestamp() * 1e6 < first["time"] < datetime.now(tz=UTC).timestamp() * 1e6
    assert send("/v1/t", timeless | {"context": {"groupId": "C1", "retry": 1}}).status == 200
    found = collect(session.store)
    assert (found.rows, found.total) == ([first], Ledger(received=2, stored=1, duplicate=1))


def test_a_clock_that_is_wrong_is_corrected_and_a_retry_finds_the_same_instant(
    send: Send, session: Session
) -> None:
    now = datetime.now(tz=UTC)
    wrong, told = now - timedelta(days=40), now - timedelta(days=40, hours=2)
    event = EVENT | {"timestamp": told.isoformat()}
    assert send("/v1/batch", batch(event, sentAt=wrong.isoformat())).status == 200
    (row,) = collect(session.store).rows
    assert abs(row["time"] / 1e6 - (now - timedelta(hours=2)).timestamp()) < 60
    again = (wrong + timedelta(seconds=9)).isoformat()
    assert send("/v1/batch", batch(event, sentAt=again)).status == 200
    found = collect(session.store)
    assert (found.rows, found.total) == ([row], Ledger(received=2, stored=1, duplicate=1))


@pytest.mark.parametrize("sent", [10**400, -1e999, True, "soon", {}])
def test_a_time_of_sending_that_is_none_costs_no_event(
    send: Send, session: Session, sent: object
) -> None:
    assert send("/v1/batch", batch(EVENT, sentAt=sent)).status == 200
    assert collect(session.store).facts == STORED


@pytest.mark.parametrize("event", [EVENT, {k: v for k, v in EVENT.items() if k != "timestamp"}])
@pytest.mark.parametrize(
    "days",
    [
        (None, 0, 5, -9, None),  # no sentAt, then ones of other days
        (9, None, 0, 2, -1),
        (0, 30, -30),
    ],
)
def test_whatever_clocks_say_of_a_retry_it_happened_when_it_first_came(
    send: Send, session: Session, event: dict[str, object], days: tuple[int | None, ...]
) -> None:
    rows = []
    for late, day in enumerate(days):
        sent = None if day is None else datetime.fromisoformat(WHEN) + timedelta(days=day)
        body = batch(event, sentAt=sent.isoformat() if sent else None)
        assert send("/v1/batch", body).status == 200
        with session.store.connection() as sql:
            sql.execute(
                "UPDATE store.tracked SET received_at = %s",
                [datetime.fromisoformat(WHEN) + timedelta(days=3 * late)],
            )
        found = collect(session.store)
        rows += found.rows
    assert rows == [rows[0]] * len(days)
    assert found.total == Ledger(received=len(days), stored=1, duplicate=len(days) - 1)


@pytest.mark.parametrize(
    ("told", "time"),
    [
        ({"originalTimestamp": WHEN}, WHEN),
        ({"timestamp": "2026-11-02T18:00:00+09:00"}, WHEN),
        ({"timestamp": "2026-11-02 09:00:00"}, WHEN),
        ({"timestamp": 1_793_610_000}, WHEN),
        ({"timestamp": 1_793_610_000_000}, WHEN),
        ({"timestamp": "1793610000000"}, WHEN),
        ({"timestamp": WHEN, "originalTimestamp": "2026-01-01T00:00:00Z"}, WHEN),
        ({"timestamp": "", "originalTimestamp": WHEN}, WHEN),
    ],
)
def test_times_are_read_as_clients_write_them(
    send: Send, session: Session, told: dict[str, object], time: str
) -> None:
    event = {k: v for k, v in EVENT.items() if k != "timestamp"} | told
    assert send("/v1/t", event).status == 200
    (row,) = collect(session.store).rows
    assert row["time"] == datetime.fromisoformat(time).timestamp() * 1e6


def test_properties_are_kept_flat_with_names_that_conditions_can_use(
    send: Send, session: Session
) -> None:
    properties = {
        "plan": "pro",
        "seats": 12,
        "value": 4.5,
        "product": "core",
        "cart": {"items": [1, {"a": None}], "total": {"円": 3}},
        "cart.total.円": "second",
        "1st": True,
        "nothing": None,
        "not a number": float("nan"),
        "": "empty",
    }
    assert send("/v1/t", EVENT | {"properties": properties}).status == 200
    (row,) = collect(session.store).rows
    assert (row["value"], row["product"]) == (4.5, "core")
    assert row["properties"] == {
        "plan": "pro",
        "seats": 12,
        "value": 4.5,
        "product": "core",
        "cart_items": '[1,{"a":null}]',
        "cart_total_円": "second",
        "_1st": True,
        "column": "empty",
    }


def test_no_key_can_be_read_from_the_database(send: Send, session: Session, key: str) -> None:
    assert send("/v1/batch", batch(EVENT, writeKey=key)).status == 200
    assert send("/v1/t", EVENT | {"writeKey": key, "userId": "u9", "context": {}}).status == 200
    collect(session.store)
    assert SourceKey.objects.filter(hash=key).count() == 0
    waiting = query(session.store, "SELECT payload FROM store.waiting")
    assert len(waiting) == 1
    assert key not in str(waiting)


def test_a_long_body_that_an_earlier_release_took_in_is_collected(session: Session) -> None:
    """It lies there as it came; by now they are compressed."""
    told = {"type": "track", "event": "e", "userId": "u", "context": {"groupId": "C1"}}
    calls = [{**told, "messageId": f"m{n}"} for n in range(50)]
    body = json.dumps({"batch": calls}).encode()
    with session.store.connection() as line:
        line.execute(
            "INSERT INTO store.tracked (source, call, events, payload) "
            "VALUES ('app', 'batch', 50, %s)",
            [body],
        )
    assert collect(session.store).total == Ledger(received=50, stored=50)
