"""Calls are read and written by a fast JSON library; what is stored is as if Python's own had."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from banso.core.events.body import read_body
from banso.core.events.message import Message, MessageError, Reading, read_message

NUMBERS = st.integers() | st.floats(allow_nan=False)
VALUES = st.none() | st.booleans() | NUMBERS | st.text() | st.floats(-1e18, 1e18)
NESTED = st.recursive(VALUES, lambda x: st.lists(x) | st.dictionaries(st.text(), x), max_leaves=9)


def read(raw: dict[str, Any]) -> Message:
    return read_message(raw, common={}, reading=Reading())


def call(properties: object) -> dict[str, Any]:
    return {"type": "track", "event": "e", "userId": "u", "properties": properties}


@given(value=NESTED, ascii_=st.booleans())
def test_a_body_is_read_as_python_reads_it(value: object, ascii_: bool) -> None:
    text = json.dumps({"batch": [{"it": value}]}, ensure_ascii=ascii_)
    (found,) = read_body(text.encode("utf-8", "surrogatepass"), call="batch").calls
    assert repr(found) == repr({"it": value})  # NaN and -0.0 too, and fractions that are integers


@given(properties=st.dictionaries(st.from_regex(r"[a-z]{1,9}", fullmatch=True), VALUES))
def test_properties_are_written_as_python_writes_them(properties: dict[str, object]) -> None:
    told = {x: each for x, each in properties.items() if each is not None}
    finite = {x: each for x, each in told.items() if each not in (float("inf"), float("-inf"))}
    written = json.dumps(finite, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    assert read(call(properties)).properties == (written if finite else None)


def test_the_content_of_a_call_is_the_number_that_it_always_was() -> None:
    """Stored with each fact: another number would make every call that is sent again a conflict."""
    first = read(call({"plan": "月額", "seats": 12, "share": 0.5, "tiny": 1e-7, "on": True}))
    assert first.content == 11638988092385881536


@pytest.mark.parametrize("size", [32_000, 33_000])
def test_a_call_is_too_large_by_its_bytes_whatever_is_in_it(size: int) -> None:
    for odd in ("x", 1 << 70, "\ud800"):  # the last two are beyond the fast library
        raw = call({}) | {"context": {"note": "x" * size, "odd": odd}}
        if size < 32 << 10:
            assert read(raw).payload == json.dumps(raw)
        else:
            with pytest.raises(MessageError, match=r"larger|half a character"):
                read(raw)
