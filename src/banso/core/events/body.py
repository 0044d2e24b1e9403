"""The body of a tracking request: which calls it holds, told apart so that one that can't be read
takes no other with it."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import orjson

CALLS: Mapping[str, str] = {
    "t": "track",
    "i": "identify",
    "p": "page",
    "s": "screen",
    "g": "group",
    "a": "alias",
    "b": "batch",
    **{x: x for x in ("track", "identify", "page", "screen", "group", "alias", "batch")},
    "import": "batch",
}
"""Last part of a path -> what is called there."""

MOST_CALLS = 2_500
LARGEST_CALL = 32 << 10
"""Bytes of one call, as in Segment's own limits."""

Json = dict[str, Any]
_LONG_NUMBER = b"0" * 19
_DIGITS_TO_0 = bytes(ord("0") if chr(x).isdecimal() and x < 128 else ord(" ") for x in range(256))
SHARED: tuple[str, ...] = ("context", "sentAt")


class BodyError(ValueError):
    """A body in which no calls can be found."""


class TooManyError(ValueError):
    """More calls than one request may hold."""


@dataclass(frozen=True)
class Broken:
    """A part of a body that is no JSON object. text: as it came; reason: for people."""

    text: str
    reason: str


@dataclass(frozen=True)
class Body:
    """calls: in their order. write_key: None where the body names none. common: fields that the
    whole batch shares (SHARED)."""

    calls: tuple[Json | Broken, ...]
    write_key: str | None = None
    common: Json = field(default_factory=dict)


def read_body(data: bytes, *, call: str, exact: bool = True) -> Body:
    """The calls of a body. call: `batch`, or the one call that was made. exact: numbers keep all
    their digits; not needed where calls are only counted.

    A batch whose JSON as a whole can't be read is cut into its elements, and those are read one
    by one. Raises BodyError, and TooManyError.
    """
    text = ""
    try:
        value = None if exact and _has_long_numbers(data) else _quickly(data)
        if value is None:
            text = data.decode("utf-8", "surrogateescape").lstrip("\ufeff \t\r\n")
            value = json.loads(text)
    except (ValueError, RecursionError) as error:
        return _checked(_salvaged(text, error))
    if isinstance(value, list):
        return _checked(Body(calls=tuple(_element(x) for x in value)))
    if not isinstance(value, dict):
        raise BodyError("The body is JSON, but no object: {...}.")
    if call == "batch":
        return _checked(_batch(value))
    return Body(calls=(value,), write_key=_key(value))


def _has_long_numbers(data: bytes) -> bool:
    """Whether there may be numbers of more than 64 bits, of which orjson makes fractions."""
    return _LONG_NUMBER in data.translate(_DIGITS_TO_0)


def _quickly(data: bytes) -> object:
    """What orjson reads; None where it is stricter than we are (NaN, half a character ...)."""
    try:
        return orjson.loads(data)
    except ValueError:
        return None


def _checked(body: Body) -> Body:
    if len(body.calls) > MOST_CALLS:
        raise TooManyError(f"{len(body.calls)} events in one request; at most {MOST_CALLS} fit.")
    return body


def _batch(value: Json) -> Body:
    if "batch" not in value:
        raise BodyError('The body of a batch is an object with a list: {"batch": [...]}.')
    elements = value["batch"]
    if not isinstance(elements, list):
        raise BodyError('"batch" is no list: {"batch": [...]}.')
    common: Json = {x: value[x] for x in SHARED if x in value}
    return Body(tuple(_element(x) for x in elements), _key(value), common)


def _key(value: Mapping[str, Any]) -> str | None:
    key = value.get("writeKey")
    return key if isinstance(key, str) and key else None


def _element(value: object) -> Json | Broken:
    if isinstance(value, dict):
        return value
    return Broken(json.dumps(value, ensure_ascii=False), "not a JSON object: each event is {...}")


def _salvaged(text: str, error: Exception) -> Body:
    """The elements of a batch of which at least one can't be read. Raises BodyError where the list
    can't be found, or what stands around it can't be read either."""
    opened = _BATCH.search(text)
    cut = _cut(text, opened.end()) if opened else None
    if opened is None or cut is None:
        raise BodyError(f"The body is not JSON: {_why(error)}.") from None
    pieces, end = cut
    try:  # the key, the time of sending
        around = json.loads(text[: opened.end()] + text[end:])
    except (ValueError, RecursionError):
        raise BodyError(f"The body is not JSON: {_why(error)}.") from None
    body = _batch(around)
    calls = tuple(_parsed(x) for x in pieces if x.strip())
    return Body(calls, body.write_key, body.common)


def _parsed(text: str) -> Json | Broken:
    try:
        return _element(json.loads(text))
    except (ValueError, RecursionError) as error:
        return Broken(text.strip(), f"not JSON: {_why(error)}")


def _why(error: Exception) -> str:
    if isinstance(error, json.JSONDecodeError):
        return f"{error.msg} at character {error.pos + 1}"
    if isinstance(error, RecursionError):
        return "objects are nested too deeply"
    return "a number has too many digits"


_BATCH = re.compile(r'"batch"\s*:\s*\[')
# a text that is never closed is one token too: each character is looked at once
_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*+"?|[\[{]|[\]}]|,', re.DOTALL)


def _cut(text: str, start: int) -> tuple[list[str], int] | None:
    """What stands between the commas of the list that was opened before `start`, and where the
    list is closed; None where it never is."""
    pieces, depth, begin = [], 0, start
    for token in _TOKEN.finditer(text, start):
        sign = token.group()
        if sign in "[{":
            depth += 1
        elif sign in "]}" and depth:
            depth -= 1
        elif sign in ",]}" and not depth:
            pieces.append(text[begin : token.start()])
            begin = token.end()
            if sign != ",":
                return pieces, token.start()
    return None
