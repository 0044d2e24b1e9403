"""What becomes known late is brought to the facts that are stored already."""

import json
import random
from collections import defaultdict
from datetime import UTC, date, datetime, timedelta
from typing import Any

import psycopg
import pyarrow as pa
import pytest
from tests.api.conftest import Send
from tests.api.outcome import collect
from tests.api.test_identity import Said, where

from banso.cli.session import Session
from banso.core.definitions import loads
from banso.desk.models import Account, Measured
from banso.desk.services.contacts import ContactRow, save_contacts
from banso.pipeline.one_account import one_account
from banso.pipeline.run import collect as collect_all
from banso.pipeline.run import run
from banso.store import Store

EFFECTIVE = date(2026, 1, 1)
DEFINITIONS = loads(
    {
        "a.yaml": """
organisation: {name: Test}
metrics:
  - {name: users, kind: distinct_users, window: 7d}
  - {name: admins, kind: distinct_users, where: role = 'admin', window: 7d}
"""
    }
)
C1 = {"context": {"groupId": "C1"}}
AFTER = date(2026, 11, 3)


def measured(session: Session, account: str = "C1") -> dict[str, float | str | bool | None]:
    """As now known, from the facts."""
    number = Account.objects.get(key=account).id
    with one_account(session.store, DEFINITIONS, account=number, as_of=AFTER) as one:
        return {x: one.told(x, AFTER).value for x in ("users", "admins")}


def test_who_was_anonymous_when_it_was_stored_counts_as_the_one_user_it_is(
    send: Send, session: Session
) -> None:
    Said(send).login(1, anonymousId="x", **C1).login(2, userId="u1", **C1).post()
    assert where(collect(session.store)) == {"m0": ("C1", None), "m1": ("C1", "u1")}
    Said(send).call("identify", 9, anonymousId="x", userId="u1", messageId="i").post()
    assert where(collect(session.store)) == dict.fromkeys(("m0", "m1"), ("C1", "u1"))
    collect_all(session.store, DEFINITIONS)
    assert measured(session) == {"users": 1, "admins": 0}


def test_an_older_id_counts_as_the_newer_one_and_keeps_its_role(
    send: Send, session: Session
) -> None:
    Said(send).login(1, userId="old", **C1).login(2, userId="new", **C1).post()
    collect_all(session.store, DEFINITIONS)
    save_contacts(
        [ContactRow(row=1, account="C1", key="p", user="old", role="admin")], effective=EFFECTIVE
    )
    assert measured(session) == {"users": 2, "admins": 1}
    Said(send).call("alias", 9, previousId="old", userId="new", messageId="a").post()
    collect_all(session.store, DEFINITIONS)
    assert measured(session) == {"users": 1, "admins": 1}


def test_what_people_were_shown_stays(send: Send, session: Session) -> None:
    Said(send).login(1, userId="old", **C1).login(2, userId="new", **C1).post()
    run(session.store, DEFINITIONS, as_of=AFTER, since=None)
    Said(send).call("alias", 9, previousId="old", userId="new", messageId="a").post()
    collect_all(session.store, DEFINITIONS)
    assert measured(session)["users"] == 1
    assert Measured.objects.get(account__key="C1").numbers == [2, 0]


def test_a_device_that_two_people_share_is_each_of_them_in_turn(
    send: Send, session: Session
) -> None:
    said = Said(send)
    for minute in (5, 15, 25):
        said.login(minute, anonymousId="x", **C1)
    said.post()
    collect(session.store)
    Said(send).call("identify", 10, anonymousId="x", userId="u1", messageId="i1").call(
        "identify", 20, anonymousId="x", userId="u2", messageId="i2"
    ).post()
    assert [user for _, user in where(collect(session.store)).values()] == ["u1", "u1", "u2"]


def test_a_late_group_moves_what_lies_in_the_wrong_account_and_nothing_else(
    send: Send, session: Session
) -> None:
    said = Said(send).call("group", 0, userId="u1", groupId="C1")
    said.login(10, userId="u1").login(30, userId="u1").login(30, userId="u2", **C1)
    said.login(31, userId="u1", **C1).post()
    collect(session.store)
    session.store.compact()
    Said(send).call("group", 20, userId="u1", groupId="C2", messageId="late").post()
    found = collect(session.store)
    assert where(found) == {
        "m1": ("C1", "u1"),
        "m2": ("C2", "u1"),
        "m3": ("C1", "u2"),
        "m4": ("C1", "u1"),  # the call said so itself
    }
    assert found.by_dataset["events"].stored == 4
    session.store.compact()
    assert where(collect(session.store)) == where(found)


def test_who_is_aliased_takes_the_account_of_the_one_he_is(send: Send, session: Session) -> None:
    Said(send).call("group", 0, userId="old", groupId="C1").login(5, userId="old").post()
    collect(session.store)
    Said(send).call("group", 0, userId="new", groupId="C2", messageId="g").post()
    collect(session.store)
    Said(send).call("alias", 9, previousId="old", userId="new", messageId="a").post()
    assert where(collect(session.store)) == {"m1": ("C2", "new")}


def test_facts_that_moved_are_still_known_when_they_are_sent_again(
    send: Send, session: Session
) -> None:
    Said(send).call("group", 0, userId="u1", groupId="C1").login(30, userId="u1").post()
    collect(session.store)
    Said(send).call("group", 20, userId="u1", groupId="C2", messageId="late").post()
    collect(session.store)
    Said(send).call("group", 0, userId="u1", groupId="C1").login(30, userId="u1").post()
    found = collect(session.store)
    assert where(found) == {"m1": ("C2", "u1")}
    assert found.by_dataset["events"].duplicate == 1


def test_a_file_can_name_nobody_by_the_mark_of_anonymous_ids(session: Session) -> None:
    table = pa.table({"account": ["C1"], "user": ["\x1fx"], "event": ["login"], "time": [10**15]})
    ledger = session.store.append(table, source="s", dataset="events", origin="f.csv")
    assert (ledger.stored, ledger.quarantined) == (0, 1)


ORACLE = """
WITH RECURSIVE
calls AS (SELECT call, to_timestamp(minute * 60) AS at, person, person_kind, other, account
          FROM jsonb_to_recordset(%(calls)s) AS t
          (call text, minute int, person text, person_kind text, other text, account text)),
link AS (
    SELECT 'a' || person AS person, at, other AS "user" FROM calls WHERE call = 'identify'
    UNION ALL SELECT 'u' || person, at, other FROM calls WHERE call = 'alias'
    UNION ALL SELECT 'a' || person, at, other FROM calls WHERE call = 'alias'),
walk AS (
    SELECT row_number() OVER () AS n, account, at, person_kind || person AS person, 0 AS depth
    FROM calls WHERE call = 'track'
    UNION ALL
    SELECT n, account, walk.at, 'u' || coalesce(
        (SELECT "user" FROM link WHERE link.person = walk.person AND link.at <= walk.at
         ORDER BY link.at DESC LIMIT 1),
        (SELECT "user" FROM link WHERE link.person = walk.person ORDER BY link.at LIMIT 1)
    ), depth + 1
    FROM walk WHERE EXISTS (SELECT 1 FROM link WHERE link.person = walk.person)),
final AS (SELECT DISTINCT ON (n) account, person FROM walk ORDER BY n, depth DESC)
SELECT account, count(DISTINCT person) FILTER (WHERE person LIKE 'u%%')::int
FROM final GROUP BY account ORDER BY account
"""


def history(seed: int) -> list[dict[str, Any]]:
    """Calls in the order of their times, each at a minute of its own; an id only ever becomes one
    with a higher number."""
    dice = random.Random(seed)  # noqa: S311
    calls = []
    for minute in dice.sample(range(1_000), 120):
        kind = dice.choice(["track"] * 4 + ["identify", "alias"])
        low = dice.randrange(8)
        call: dict[str, Any] = {"call": kind, "minute": minute, "person": f"p{low}"}
        if kind == "track":
            call |= {"person_kind": dice.choice("ua"), "account": f"C{dice.randrange(3)}"}
        else:
            call["other"] = f"p{dice.randrange(low + 1, 10)}"
        calls.append(call)
    return calls


def sent(call: dict[str, Any]) -> dict[str, Any]:
    person = call["person"]
    told: dict[str, Any] = {
        "type": call["call"],
        "messageId": f"{call['minute']}",
        "timestamp": (datetime(2026, 11, 2, tzinfo=UTC) + timedelta(minutes=call["minute"])),
    }
    told["timestamp"] = told["timestamp"].isoformat()
    if call["call"] == "track":
        key = "userId" if call["person_kind"] == "u" else "anonymousId"
        return told | {"event": "login", key: person, "context": {"groupId": call["account"]}}
    if call["call"] == "identify":
        return told | {"anonymousId": person, "userId": call["other"]}
    return told | {"previousId": person, "userId": call["other"]}


def counted(store: Store) -> list[tuple[object, ...]]:
    users: dict[str, set[int]] = defaultdict(set)
    with store.snapshot() as snapshot:
        for bucket in snapshot.buckets:
            keys = snapshot.account_keys(snapshot.accounts(bucket))
            for batch in snapshot.scan(bucket=bucket, columns=("account", "user")):
                for row in batch.to_pylist():
                    users[keys[row["account"]]] |= {row["user"]} - {0}
    return sorted((key, len(found)) for key, found in users.items())


@pytest.mark.parametrize("seed", range(3))
def test_distinct_users_with_aliases_in_any_order_are_those_of_sql(
    send: Send, session: Session, seed: int
) -> None:
    calls = history(seed)
    with psycopg.connect(session.store.dsn) as connection:
        oracle = connection.execute(ORACLE, {"calls": json.dumps(calls)}).fetchall()
    random.Random(seed).shuffle(calls)  # noqa: S311  they arrive in another order
    for start in range(0, len(calls), 25):
        batch = [sent(each) for each in calls[start : start + 25]]
        assert send("/v1/batch", {"batch": batch}).status == 200
        collect(session.store)
        if start == 50:
            session.store.compact()
    assert counted(session.store) == oracle
