"""Counting the calls of a body comes to the same as reading them."""

import json

import pytest

from banso.core.events.body import Body, BodyError, TooManyError, read_body

DEEP = '{"a": ' * 5_000 + "1" + "}" * 5_000
BODIES = (
    b'{"batch": [{"a": 1}, {"b": 2}], "writeKey": "k"}',
    b'\xef\xbb\xbf {"batch": [{"a": 1}]}',
    b'{"batch": [{"a": NaN}, {"b": Infinity}]}',
    b'{"batch": [{"a": "\\ud83d"}, 7, null]}',
    b'{"batch": [{"a": "\xff"}, {}]}',
    f'{{"batch": [{{"n": {"9" * 30}}}, {{"n": {"9" * 5_000}}}]}}'.encode(),
    b'{"batch": [{"a": 1, nonsense}, {"b": 2}]}',
    f'{{"batch": [{DEEP}, {{}}]}}'.encode(),
    b'{"batch": [{"a": 1, "a": 2}]} trailing',
    b'[{"a": 1}, "x"]',
    b"null",
    b"7",
    b"",
    b'{"batch": {}}',
    json.dumps({"batch": [{}] * 2_501}).encode(),
)


def told(body: bytes, *, exact: bool) -> tuple[object, ...]:
    try:
        found = read_body(body, call="batch", exact=exact)
    except (BodyError, TooManyError) as error:
        return type(error), str(error)
    return len(found.calls), found.write_key


@pytest.mark.parametrize("body", BODIES, ids=range(len(BODIES)))
def test_how_many_calls_there_are_and_what_is_wrong(body: bytes) -> None:
    assert told(body, exact=False) == told(body, exact=True)


def test_reading_keeps_all_digits() -> None:
    number = 10**30 + 1
    assert read_body(json.dumps({"n": number}).encode(), call="track") == Body(({"n": number},))
