"""Calls of tracking clients as they are read from their requests, and what they come to."""

import json
import logging
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta

from banso.core.events.body import Body, BodyError, Broken, Json, TooManyError, read_body
from banso.core.events.identity import Link, Membership
from banso.core.events.message import (
    USAGE,
    Message,
    MessageError,
    Reading,
    merged_call,
    payload_of,
    read_message,
)
from banso.store.ledger import Rejected
from banso.store.people import Introduction, key_of
from banso.store.quarantine import Replay, Result
from banso.store.tracked import Request, Waiting

INTRODUCTIONS = "identities"
"""The dataset under which identify, group and alias are counted."""

ORIGIN = "live"
"""The origin of calls in quarantine."""

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Rules:
    """How the sources' calls are read. patience: how long they wait for their account.
    account_keys: key of the account for those of these names that are another id of one."""

    readings: Mapping[str, Reading] = field(default_factory=dict)
    patience: Mapping[str, timedelta] = field(default_factory=dict)
    account_keys: Callable[[Iterable[str]], Mapping[str, str]] = lambda names: {}


@dataclass
class Arrival:
    """A call that could be read. time: 0 until it is found out (store.instants). waited: where it
    had to wait for its account; replay: where it was in quarantine; both None where it has just
    come. Not frozen, as Message."""

    source: str
    received: int
    row: int
    message: Message
    message_id: str
    time: int = 0
    waited: Waiting | None = None
    replay: Replay | None = None
    key: str = field(init=False)

    def __post_init__(self) -> None:
        self.key = key_of(self.source, self.message_id)

    @property
    def expired(self) -> bool:
        """Whether it has waited for its account for as long as it may."""
        before = self.waited or self.replay
        return before is not None and before.expired

    @property
    def dataset(self) -> str:
        return "events" if self.message.call in USAGE else INTRODUCTIONS

    @property
    def part(self) -> "PartKey":
        return self.source, self.dataset, self.received


PartKey = tuple[str, str, int]  # source, dataset, received


@dataclass
class Sorted:
    """What a collection comes to, before anything is written.

    usage: with the account, and the person as the dictionary of users holds it. nameless: persons
    of it who may be another user than they are called. duplicates: introductions that are stored.
    ended: waiting rows that wait no more; answered: the keys of their calls. replays, results: rows
    of quarantine that were tried again.
    """

    usage: list[tuple[Arrival, str, str | None]] = field(default_factory=list)
    introductions: list[Introduction] = field(default_factory=list)
    duplicates: list[Arrival] = field(default_factory=list)
    rejected: dict[PartKey, list[Rejected]] = field(default_factory=dict)
    held: list[Arrival] = field(default_factory=list)
    links: list[Link] = field(default_factory=list)
    memberships: list[Membership] = field(default_factory=list)
    times: dict[str, int] = field(default_factory=dict)
    ended: list[int] = field(default_factory=list)
    answered: list[str] = field(default_factory=list)
    nameless: set[str] = field(default_factory=set)
    resting: list[int] = field(default_factory=list)
    replays: dict[int, Replay] = field(default_factory=dict)
    results: dict[int, Result] = field(default_factory=dict)

    def reject(self, part: PartKey, rejected: Rejected) -> None:
        self.rejected.setdefault(part, []).append(rejected)

    def end(self, each: Waiting, key: str) -> None:
        """It waits no more."""
        self.ended.append(each.id)
        self.answered.append(key)

    def settle(self, arrival: Arrival, result: Result) -> None:
        if arrival.replay is not None:
            self.results[arrival.replay.id] = result


def of_accounts(arrivals: list[Arrival], rules: Rules) -> list[Arrival]:
    """The calls with the key of their account, by whatever id they name it."""
    keys = rules.account_keys({x.message.account for x in arrivals if x.message.account})
    if not keys:
        return arrivals
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
                yield Arrival(request.source, request.received, row, message, message_id)
            except MessageError as error:
                rejected = _rejected(row, raw, str(error), request.call, body.common)
                part = (request.source, _dataset(raw, request.call), request.received)
                told.reject(part, rejected)


def _rejected(
    row: int, raw: Json | Broken, why: str, call: str, common: Mapping[str, object]
) -> Rejected:
    """With all that is needed to read it anew; known by what its sender says each time."""
    said = payload_of(raw)
    if isinstance(raw, Broken):
        return Rejected(row, why, said)
    whole = merged_call(raw, call=call, common=common)
    return Rejected(row, why, payload_of(whole), identity=said)


def _body(request: Request) -> Body:
    """It could be read when it was accepted; should a newer Banso think otherwise, it is one call
    that can't be read."""
    try:
        return read_body(request.body, call=request.call)
    except (BodyError, TooManyError) as error:
        return Body((Broken(request.body.decode(errors="replace"), str(error)),))


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
                waited=each,
            )
        except MessageError as error:  # definitions have changed meanwhile
            told.end(each, key_of(each.source, str(json.loads(each.payload).get("messageId"))))
            rejected = Rejected(each.row, str(error), payload_of(raw))
            told.reject((each.source, "events", each.received), rejected)


def replayed(asked: Sequence[Replay], rules: Rules, told: Sorted) -> Iterator[Arrival]:
    """What can't be read still is in quarantine still."""
    for each in asked:
        told.replays[each.id] = each
        try:
            (raw,) = read_body(each.payload.encode(), call="track").calls
            message = _read(raw, "batch", {}, rules.readings.get(each.source, Reading()))
        except (BodyError, MessageError) as error:
            told.results[each.id] = Result("quarantined", str(error))
            continue
        message_id = message.message_id or f"~q{each.id}"  # whatever it says when it is edited
        yield Arrival(each.source, each.received, each.row, message, message_id, replay=each)


def set_aside(arrival: Arrival, reason: str, told: Sorted) -> None:
    if arrival.replay is not None:
        told.settle(arrival, Result("quarantined", reason))
        return
    said = (
        f"{arrival.message_id} {arrival.message.content:016x}"  # what is the same when sent again
    )
    told.reject(arrival.part, Rejected(arrival.row, reason, shown(whole(arrival)), identity=said))
    if arrival.waited is not None:
        told.end(arrival.waited, arrival.key)


def whole(arrival: Arrival) -> str:
    """The call as ASCII JSON, with the id that was made for it, so that it stays the same call."""
    payload = arrival.message.payload
    if arrival.message.message_id is None:
        payload = json.dumps(json.loads(payload) | {"messageId": arrival.message_id})
    return payload


def shown(payload: str) -> str:
    """A call as people will read it."""
    return payload_of(read_body(payload.encode(), call="track").calls[0])
