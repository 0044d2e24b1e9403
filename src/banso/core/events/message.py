"""One tracking call -> what it says, checked; or the reason why it can't be taken.

The fields are those of the Segment specification, with what its clients and RudderStack's make of
them: `anonymousId: null`, `originalTimestamp` without `timestamp`, traits only in the context.
"""

import hashlib
import json
import math
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Literal, cast

import orjson

from banso.core.events.body import LARGEST_CALL, Broken, Json

Call = Literal["track", "page", "screen", "identify", "group", "alias"]
USAGE = frozenset({"track", "page", "screen"})
"""Calls that tell of use. The others tell who is who."""

LONGEST_KEY = 200
DEEPEST = 50
MICROSECOND = timedelta(microseconds=1)
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
DAY_US = 86_400_000_000
EARLIEST = 631_152_000_000_000  # 1990-01-01, UTC microseconds
SKEW_US = 300_000_000
"""A device's clock that is less wrong than this is believed: the way of the request takes time."""

Path = tuple[str, ...]

_SORTED = json.JSONEncoder(sort_keys=True)
_CANONICAL = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":"))


class MessageError(ValueError):
    """A call that can't be taken; the message says which field, and why."""


@dataclass(frozen=True)
class Reading:
    """Where a source's calls say what. Paths from the call down, such as ('context', 'groupId').

    keep: further paths that become properties.
    """

    account: Path = ("context", "groupId")
    feature: Path = ("properties", "feature")
    product: Path = ("properties", "product")
    value: Path = ("properties", "value")
    keep: tuple[Path, ...] = ()


@dataclass(slots=True)
class Message:
    """One call. time: as its source tells it, UTC microseconds; None: it does not.

    account: as the call itself says it; None where it has to be found out. content: 64 bits of
    what the source said, so that the same call sent again can be told from another one with the
    same id; neither the account that is found out nor the times of sending are part of it.
    raw: the whole call. Not frozen only because that doubles the time of making one.
    """

    call: Call
    message_id: str | None
    user: str | None
    anonymous: str | None
    previous: str | None
    account: str | None
    time: int | None
    sent: int | None
    event: str
    feature: str | None
    product: str
    value: float | None
    properties: str | None
    content: int
    raw: Json

    @property
    def payload(self) -> str:
        """The whole call as ASCII JSON. Made when asked for: of most calls nobody ever does."""
        return json.dumps(self.raw)


def read_message(
    raw: Json | Broken, *, call: str = "batch", common: Mapping[str, Any], reading: Reading
) -> Message:
    """call: `batch`, where each call says its own type. Raises MessageError."""
    if isinstance(raw, Broken):
        raise MessageError(raw.reason)
    try:
        merged = merged_call(raw, call=call, common=common)
        if _is_too_large(merged):
            raise MessageError(f"larger than {LARGEST_CALL >> 10} KB")
        return _message(merged, reading)
    except UnicodeEncodeError:
        raise MessageError("half a character: a \\ud... escape without its pair") from None
    except RecursionError:
        raise MessageError("objects are nested too deeply") from None


def payload_of(raw: Json | Broken) -> str:
    """A call as people will read it in the quarantine."""
    if isinstance(raw, Broken):
        return raw.text
    try:
        return json.dumps(raw, ensure_ascii=False)
    except RecursionError:
        return "{...}"


def _is_too_large(merged: Json) -> bool:
    try:
        return len(orjson.dumps(merged)) > LARGEST_CALL
    except TypeError:  # half a character, numbers of more than 64 bits, deeply nested
        if len(json.dumps(merged)) <= LARGEST_CALL:
            return False
        return len(_CANONICAL.encode(merged).encode()) > LARGEST_CALL


def merged_call(raw: Json, *, call: str, common: Mapping[str, Any]) -> Json:
    """The call with its type and with what the batch says for all of its calls: all that is needed
    to read it anew."""
    merged = dict(raw)
    if call != "batch":
        merged["type"] = call
    shared = common.get("context")
    if isinstance(shared, dict):
        own = raw.get("context")
        merged["context"] = shared | own if isinstance(own, dict) else shared
    if "sentAt" in common and not raw.get("sentAt"):
        merged["sentAt"] = common["sentAt"]
    merged.pop("writeKey", None)
    return merged


def _message(raw: Json, reading: Reading) -> Message:
    call = _call(raw)
    told = raw.get("timestamp") or raw.get("originalTimestamp")
    account = _key(_at(raw, reading.account), reading.account)
    account = account or _key(raw.get("groupId"), "groupId")
    user, anonymous = _key(raw.get("userId"), "userId"), _key(raw.get("anonymousId"), "anonymousId")
    previous = _key(raw.get("previousId"), "previousId")
    _complete(call, account, user or anonymous, previous)
    properties = _properties(raw, call, reading) if call in USAGE else {}
    event, feature = _what(raw, call, reading)
    said = [call, user, anonymous, previous, account, told, event, feature, _rest(raw, properties)]
    return Message(
        call=call,
        message_id=_key(raw.get("messageId"), "messageId"),
        user=user,
        anonymous=anonymous,
        previous=previous,
        account=account,
        time=None if told is None or told == "" else _instant(told),
        sent=_sent(raw.get("sentAt")),
        event=event,
        feature=feature,
        product=_key(_at(raw, reading.product), reading.product) or "",
        value=_number(_at(raw, reading.value)),
        properties=_canonical(properties) if properties else None,
        content=_digest(said),
        raw=raw,
    )


def _call(raw: Json) -> Call:
    named = raw.get("type") or raw.get("action")
    call = named.lower() if isinstance(named, str) else ""
    if call in USAGE or call in ("identify", "group", "alias"):
        return cast(Call, call)
    if not named:
        raise MessageError("no type: track, page, screen, identify, group or alias")
    raise MessageError(
        f"type: '{str(named)[:60]}' is none of track, page, screen, identify, group, alias"
    )


def _complete(call: Call, account: str | None, person: str | None, previous: str | None) -> None:
    if call == "group" and account is None:
        raise MessageError("no groupId")
    if call == "alias" and (previous is None or person is None):
        raise MessageError("an alias needs previousId and userId")
    if person is None and account is None:
        raise MessageError("no userId and no anonymousId")


def _what(raw: Json, call: Call, reading: Reading) -> tuple[str, str | None]:
    """Event and feature. A page or screen is the event `page` or `screen`; its name the feature."""
    feature = _key(_at(raw, reading.feature), reading.feature)
    if call == "track":
        event = _key(raw.get("event"), "event")
        if event is None:
            raise MessageError("no event")
        return event, feature
    name = _key(raw.get("name"), "name") or _key(raw.get("category"), "category")
    return call, feature or (name if call in USAGE else None)


def _rest(raw: Json, properties: Mapping[str, object]) -> object:
    """What else belongs to the content."""
    return properties or [raw.get("traits"), _at(raw, ("context", "traits"))]


def _digest(said: object) -> int:
    text = _SORTED.encode(said)
    return int.from_bytes(hashlib.blake2b(text.encode(), digest_size=8).digest())


def _canonical(properties: Mapping[str, object]) -> str:
    try:
        if all(map(_written_alike, properties.values())):
            return orjson.dumps(properties, option=orjson.OPT_SORT_KEYS).decode()
    except TypeError:  # half a character, a number of more than 64 bits
        pass
    text = _CANONICAL.encode(properties)
    text.encode()
    return text


def _written_alike(value: object) -> bool:
    """Whether Python's own JSON, of which contents that are stored were made, and orjson's show a
    flat value in the same way: fractions with an exponent they do not."""
    return type(value) is not float or 1e-4 <= abs(value) < 1e16


def _at(raw: object, path: Path) -> object:
    for name in path:
        raw = raw.get(name) if isinstance(raw, dict) else None
    return raw


def _key(value: object, field: str | Path) -> str | None:
    """A key in NFC; None where there is none. Numbers count as their text."""
    if value is None or value == "":
        return None
    if type(value) is str and len(value) <= LONGEST_KEY and _is_plain(value):
        return value.strip() or None
    if isinstance(value, bool) or not isinstance(value, (str, int, float)):
        raise MessageError(f"{_named_field(field)}: neither text nor a number")
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    text = unicodedata.normalize("NFC", str(value).strip())
    text.encode()
    if len(text) > LONGEST_KEY:
        raise MessageError(f"{_named_field(field)}: longer than {LONGEST_KEY} characters")
    if any(unicodedata.category(x) == "Cc" for x in text):
        raise MessageError(
            f"{_named_field(field)}: holds a control character, such as a tab or a line end"
        )
    return text or None


def _is_plain(text: str) -> bool:
    """Nearly all keys are: nothing in them could be wrong."""
    return text.isascii() and text.isprintable()


def _named_field(field: str | Path) -> str:
    return field if isinstance(field, str) else ".".join(field)


def _number(value: object) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    try:
        number = float(value)
    except OverflowError:
        return None
    return number if math.isfinite(number) else None


def _instant(value: object) -> int:
    """Raises MessageError for what is no instant."""
    number = _epoch(value)
    if number is not None:
        return number
    if isinstance(value, str):
        try:
            moment = datetime.fromisoformat(value.strip())
            aware = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
            return (aware - EPOCH) // MICROSECOND
        except (ValueError, OverflowError):
            pass
    raise MessageError(f"timestamp: '{str(value)[:60]}' is no time in ISO 8601")


def _epoch(value: object) -> int | None:
    """Unix seconds, milliseconds or microseconds, told apart by their size; None: no number."""
    if isinstance(value, str):
        if not 9 <= len(value) <= 16 or not value.isdecimal():
            return None
        value = int(value)
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    if abs(value) >= 10**17 or not math.isfinite(value):  # the larger ones fit into no float
        raise MessageError(f"timestamp: {str(value)[:60]} is no time")
    unit = next((u for limit, u in ((10**11, 10**6), (10**14, 10**3)) if abs(value) < limit), 1)
    return round(value * unit)


def _sent(value: object) -> int | None:
    try:
        return None if value is None else _instant(value)
    except MessageError:
        return None


def when(message: Message, *, received: int) -> int:
    """The instant at which it happened, UTC microseconds.

    Without a time of its own: when it was received. With a clock of the sender that is wrong by
    more than SKEW_US (`sentAt` against the receipt), its time is corrected by as much. Raises
    MessageError for what lies before 1990 or more than a day ahead.
    """
    time = received if message.time is None else message.time + skew(message, received=received)
    if time < EARLIEST:
        raise MessageError("timestamp: before 1990")
    if time > received + DAY_US:
        raise MessageError("timestamp: more than a day in the future")
    return time


def skew(message: Message, *, received: int) -> int:
    """How far the sender's clock is behind, 0 where it is right enough or not known."""
    if message.sent is None or message.time is None:
        return 0
    behind = received - message.sent
    return behind if abs(behind) > SKEW_US else 0


def _properties(raw: Json, call: Call, reading: Reading) -> dict[str, object]:
    """Flat, under names that expressions can use; nothing where a value is null."""
    fields = raw.get("properties")
    told = _flat(fields) if isinstance(fields, dict) else {}
    if call != "track":
        told = {x: raw[x] for x in ("name", "category") if isinstance(raw.get(x), str)} | told
    for path in reading.keep:
        told |= _flat({"_".join(path): _at(raw, path)})
    return _named(told)


def flat_properties(fields: Mapping[str, Any]) -> dict[str, object]:
    """Texts, numbers and truth values under names that expressions can use. Raises MessageError
    where objects are nested too deeply."""
    return _named(_flat(fields))


def _flat(fields: Mapping[str, Any], prefix: str = "", depth: int = 0) -> dict[str, object]:
    if depth > DEEPEST:
        raise MessageError(f"properties: objects are nested more than {DEEPEST} deep")
    flat: dict[str, object] = {}
    for key, value in fields.items():
        name = prefix + key
        if type(value) is str:
            flat[name] = value
        elif isinstance(value, dict):
            flat |= _flat(value, name + ".", depth + 1)
        elif isinstance(value, list):
            flat[name] = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
        elif value is not None and not (isinstance(value, float) and not math.isfinite(value)):
            flat[name] = value
    return flat


def _named(told: Mapping[str, object]) -> dict[str, object]:
    """Names as in an import: NFKC, `_` for what is no letter or digit; where two would be called
    alike, the second gets a number."""
    if all(map(str.isidentifier, told)):
        return dict(told)
    named: dict[str, object] = {}
    for key in told:
        name = key if key.isidentifier() else _safe(key)
        unique, count = name, 1
        while unique in named:
            count += 1
            unique = f"{name}_{count}"
        named[unique] = told[key]
    return named


def _safe(key: str) -> str:
    name = re.sub(r"\W+", "_", unicodedata.normalize("NFKC", key)).strip("_") or "column"
    return f"_{name}" if name[0].isdigit() else name
