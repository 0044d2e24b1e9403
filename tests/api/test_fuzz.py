"""Thousands of broken requests: never a 500, and no good event is lost beside a bad one.

`./run fuzz ingest` makes 10,000 of them; here a few hundred, of a fixed seed.
"""

import gzip
import json
import os
import random
from collections import Counter

import pytest
from tests.api.conftest import Send
from tests.api.outcome import collect
from tests.store.given import query

from banso.cli.session import Session

MUTATIONS = int(os.environ.get("FUZZ_MUTATIONS", "300"))
SEED = 20_261_122
pytestmark = pytest.mark.timeout(60 + MUTATIONS)

POISON = [
    "{", "[", "]", "}", '"', "nul", "{]", "[}", '{"a"}', '{"a":}', '{"a":1,}', "{'a':1}", "1e",
    "NaN", "-Infinity", "1e999", "-", "0x10", "01", "+1", ".5", '"\\x"', '"\\ud83d"', '"\\u00"',
    "\x00", '"\x00"', '"\t"', "//", "/* */", "\\", "\ufeff", "true", "null", "0", '""', "[]", "{}",
    "[[[[]]]]", '{"type":"track"}', "9" * 5_000, '{"x":' * 2_000 + "0" + "}" * 2_000,
    "[" * 3_000 + "]" * 3_000, '{"type":{"a":[1]}}', '{"type":"TRACK","event":"x"}',
]  # fmt: skip
NAUGHTY = [
    None, True, False, 0, -1, 1.5, 10**30, -(10**400), float("nan"), float("inf"), "", " ", "null",
    "undefined", "\0", "a\0b", "\ud800", "\udfff\ud800", "\u202eevil", "\ufeff", "﷽" * 50,
    "👩‍👩‍👧‍👦",
    "' OR 1=1 --", "<script>", "{{7*7}}", "${jndi}", "../../etc/passwd", "=cmd()", "%s%n", "\r\n",
    "x" * 201, "x" * 40_000, [], {}, [[]], [None], {"": None}, {"a": {"b": {"c": [1, {"d": 2}]}}},
    {"__proto__": 1}, {"\ud800": 1}, {"\0": "\0"}, "9999-12-31T23:59:59+14:00", "0001-01-01",
    "2026-02-30", "1793610000000", 1793610000, "2026-11-02T09:00:00Z" * 2,
]  # fmt: skip
FIELDS = (
    "type", "event", "userId", "anonymousId", "messageId", "timestamp", "originalTimestamp",
    "sentAt", "properties", "context", "traits", "groupId", "previousId", "name", "category",
    "integrations", "channel", "unknown",
)  # fmt: skip
PATHS = ("/v1/batch", "/v1/b", "/v1/import", "/v1/t", "/v1/g")
INSIDE = ("feature", "product", "value", "groupId", "a.b", "", "1", "ログ", "x" * 300)


def good(number: int) -> dict[str, object]:
    return {
        "type": "track",
        "event": "login",
        "userId": "u1",
        "messageId": f"good-{number}",
        "timestamp": "2026-11-02T09:00:00Z",
        "context": {"groupId": "C1"},
        "properties": {"note": 'so "quoted", ]} \\ and {[', "n": number},
    }


def mutant(chance: random.Random, number: int) -> dict[str, object]:
    """A good event with some fields replaced by what nobody should send."""
    event = good(number) | {"messageId": f"bad-{number}"}
    for _ in range(chance.randint(1, 3)):
        field, value = chance.choice(FIELDS), chance.choice(NAUGHTY)
        inside = event.get(field)
        if isinstance(inside, dict) and chance.random() < 0.6:
            event[field] = inside | {chance.choice(INSIDE): value}
        elif chance.random() < 0.2:
            event.pop(field, None)
        else:
            event[field] = value
    return event


def scrambled(chance: random.Random, body: bytes) -> bytes:
    """Some bytes cut out, doubled or replaced."""
    data = bytearray(body)
    for _ in range(chance.randint(1, 8)):
        place = chance.randrange(max(1, len(data)))
        kind = chance.randrange(4)
        if kind == 0:
            del data[place : place + chance.randint(1, 40)]
        elif kind == 1:
            data[place:place] = data[place : place + chance.randint(1, 40)]
        elif kind == 2:
            data[place:place] = bytes(chance.randrange(256) for _ in range(chance.randint(1, 4)))
        else:
            data = data[:place] if chance.random() < 0.2 else data
    return bytes(data)


def test_broken_requests_never_fail_and_cost_no_good_event(send: Send, session: Session) -> None:
    chance = random.Random(SEED)  # noqa: S311  the same ones each time
    kept: set[str] = set()
    answers: Counter[int] = Counter()
    for number in range(MUTATIONS):
        goods = [json.dumps(good(number * 10 + n)) for n in range(3)]
        ids = {f"good-{number * 10 + n}" for n in range(3)}
        kind = number % 3
        if kind == 0:
            parts = [*goods, json.dumps(mutant(chance, number))]
        else:
            parts = [*goods, chance.choice(POISON)]
        chance.shuffle(parts)
        body = f'{{"batch": [{",".join(parts)}]}}'.encode("utf-8", "surrogatepass")
        if kind == 2:
            body = scrambled(chance, body)
        path = chance.choice(PATHS[: 5 if kind == 2 else 3])
        answer = send(path, gzip.compress(body) if chance.random() < 0.3 else body)
        answers[answer.status] += 1
        assert answer.status in (200, 400), (number, answer, body)
        if kind == 0:
            assert answer.status == 200, (answer.said, body)
        if kind != 2 and answer.status == 200:
            kept |= ids
    ((accepted,),) = query(session.store, "SELECT coalesce(sum(events), 0)::int FROM store.tracked")
    found = collect(session.store)
    ((waiting,),) = query(session.store, "SELECT count(*)::int FROM store.waiting")
    stored = {x["message_id"]: x for x in found.rows}
    assert kept - stored.keys() == set()
    for message_id in kept:
        row = stored[message_id]
        assert (row["account"], row["user"], row["event"]) == ("C1", "u1", "login")
        assert row["properties"] == good(int(message_id.removeprefix("good-")))["properties"]
    assert found.total.received + int(str(waiting)) == accepted
    assert len(stored) == len(found.rows) == found.by_dataset["events"].stored
    assert {answers[200] > MUTATIONS / 3, answers[400] > MUTATIONS / 20} == {True}
    assert not [x for x in found.quarantined if "mistake in Banso" in x]
