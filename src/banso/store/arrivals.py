"""Calls of tracking clients as they are read from their requests, and what they come to."""

import logging
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from functools import cached_property

from banso.core.events.body import Body, BodyError, Broken, Json, TooManyError, read_body
from banso.core.events.identity import Link, Membership
from banso.core.events.message import (
    USAGE,
    Message,
    MessageError,
    Reading,
    payload_of,
    read_message,
)
from banso.store.ledger import Rejected
from banso.store.people import Introduction, key_of
from banso.store.tracked import Held, Request, Waiting

INTRODUCTIONS = "identities"
"""The dataset under which identify, group and alias are counted."""

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Rules:
    """How the sources' calls are read. patience: how long they wait for their account.
    account_keys: key of the account for those of these names that are another id of one."""

    readings: Mapping[str, Reading] = field(default_factory=dict)
    patience: Mapping[str, timedelta] = field(default_factory=dict)
    account_keys: Callable[[Iterable[str]], Mapping[str, str]] = lambda names: {}


@dataclass(frozen=True)
class Arrival:
    """A call that could be read. waited: None where it has just come."""

    source: str
    received: int
    row: int
    message: Message
    message_id: str
    time: int
    waited: Waiting | None = None

    @cached_property
    def key(self) -> str:
        return key_of(self.source, self.message_id)


PartKey = tuple[str, str, int]  # source, dataset, received


@dataclass
class Sorted:
    """What a collection comes to, before anything is written. usage: with the account, and the
    person as the dictionary of users holds it. nameless: persons of it who may be another user than
    they are called."""

    usage: list[tuple[Arrival, str, str | None]] = field(default_factory=list)
    introductions: list[Introduction] = field(default_factory=list)
    duplicates: Counter[PartKey] = field(default_factory=Counter)
    rejected: dict[PartKey, list[Rejected]] = field(default_factory=dict)
    held: list[Held] = field(default_factory=list)
    links: list[Link] = field(default_factory=list)
    memberships: list[Membership] = field(default_factory=list)
    times: dict[str, int] = field(default_factory=dict)
    ended: list[int] = field(default_factory=list)
    nameless: set[str] = field(default_factory=set)
    resting: list[int] = field(default_factory=list)

    def reject(self, source: str, dataset: str, received: int, rejected: Rejected) -> None:
        self.rejected.setdefault((source, dataset, received), []).append(rejected)


def of_accounts(arrivals: Sequence[Arrival], rules: Rules) -> list[Arrival]:
    """The calls with the key of their account, by whatever id they name it."""
    keys = rules.account_keys({x.message.account for x in arrivals if x.message.account})
    return [_of_account(x, keys.get(x.message.account or "")) for x in arrivals]


def _of_account(arrival: Arrival, key: str | None) -> Arrival:
    if key is None:
        return arrival
    return replace(arrival, message=replace(arrival.message, account=key))


def arrived(found: Sequence[Request], rules: Rules, told: Sorted) -> Iterator[Arrival]:
    for request in found:
        reading = rules.readings.get(request.source, Reading())
        body = _body(request)
        turns: Counter[int] = Counter()
        for row, raw in enumerate(body.calls, 1):
            try:
                message = _read(raw, request.call, body.common, reading)
                message_id = message.message_id or _made_id(message, request.id, row, turns)
                yield Arrival(request.source, request.received, row, message, message_id, time=0)
            except MessageError as error:
                rejected = Rejected(row, str(error), payload_of(raw))
                told.reject(request.source, _dataset(raw, request.call), request.received, rejected)


def _body(request: Request) -> Body:
    """It could be read when it was accepted; should a newer Banso think otherwise, it is one call
    that can't be read."""
    try:
        return read_body(request.payload, call=request.call)
    except (BodyError, TooManyError) as error:
        return Body((Broken(request.payload.decode(errors="replace"), str(error)),))


def _read(raw: Json | Broken, call: str, common: Mapping[str, object], reading: Reading) -> Message:
    """Raises MessageError whatever is wrong: one poisonous call must not hold up the others."""
    try:
        return read_message(raw, call=call, common=common, reading=reading)
    except MessageError:
        raise
    except Exception as error:
        log.exception("A live event can't be read")
        raise MessageError(
            f"a mistake in Banso ({type(error).__name__}); please report it"
        ) from None


def _made_id(message: Message, request: int, row: int, turns: Counter[int]) -> str:
    """The id of a call without one: what it says and when, so that it counts once however often it
    is sent; without a time of its own nobody can tell it from its like."""
    if message.time is None:
        return f"~{request}.{row}"
    turns[message.content] += 1
    return f"~{message.content:016x}.{turns[message.content]}"


def _dataset(raw: Json | Broken, call: str) -> str:
    """Under which dataset a call is counted; one that can't be read counts as an event."""
    named = raw.get("type") if call == "batch" and isinstance(raw, dict) else call
    return INTRODUCTIONS if named in ("identify", "group", "alias") else "events"


def waited(awake: Sequence[Waiting], rules: Rules, told: Sorted) -> Iterator[Arrival]:
    for each in awake:
        reading = rules.readings.get(each.source, Reading())
        body = read_body(each.payload.encode(), call="track")  # the call itself says its type
        (raw,) = body.calls
        try:
            message = _read(raw, "batch", {}, reading)
            yield Arrival(
                each.source,
                each.received,
                each.row,
                message,
                message.message_id or "",
                time=0,
                waited=each,
            )
        except MessageError as error:  # definitions have changed meanwhile
            told.ended.append(each.id)
            rejected = Rejected(each.row, str(error), payload_of(raw))
            told.reject(each.source, "events", each.received, rejected)


def set_aside(arrival: Arrival, reason: str, told: Sorted) -> None:
    dataset = "events" if arrival.message.call in USAGE else INTRODUCTIONS
    rejected = Rejected(arrival.row, reason, _shown(arrival.message))
    told.reject(arrival.source, dataset, arrival.received, rejected)
    if arrival.waited is not None:
        told.ended.append(arrival.waited.id)


def _shown(message: Message) -> str:
    return payload_of(read_body(message.payload.encode(), call="track").calls[0])
