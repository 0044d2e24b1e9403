"""From requests of tracking clients to facts: each call is read, its user and account are found
out, and it is stored, counted as a duplicate, set aside, or waits for the account it belongs to."""

import json
import logging
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import numpy as np
import pyarrow as pa

from banso.core.events.body import Body, BodyError, Broken, Json, TooManyError, read_body
from banso.core.events.identity import (
    Known,
    Link,
    Membership,
    links_of,
    memberships_of,
    persons,
)
from banso.core.events.message import (
    USAGE,
    Message,
    MessageError,
    Reading,
    payload_of,
    read_message,
    skew,
    when,
)
from banso.store import people, tracked
from banso.store.batch import Batch, batch_of
from banso.store.dictionary import Connection
from banso.store.facts import FACTS
from banso.store.ledger import HourKey, Ledger, Part, Rejected
from banso.store.people import Introduction, key_of
from banso.store.prepare import CONFLICT, HOUR_US, Prepared, prepare
from banso.store.segments import Segment
from banso.store.tracked import Held, Request, Waiting

ORIGIN = "live"
INTRODUCTIONS = "identities"
"""The dataset under which identify, group and alias are counted."""

PATIENCE = timedelta(days=30)
"""How long a call waits for its account where its source says nothing else."""

NOBODY = (
    "no account: no group call or context.groupId has said for as long as the source waits where "
    "this person belongs"
)

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Rules:
    """How the sources' calls are read. patience: how long they wait for their account."""

    readings: Mapping[str, Reading] = field(default_factory=dict)
    patience: Mapping[str, timedelta] = field(default_factory=dict)


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

    @property
    def key(self) -> UUID:
        return key_of(self.source, self.message_id)


PartKey = tuple[str, str, int]  # source, dataset, received


@dataclass
class Sorted:
    """What a collection comes to, before anything is written."""

    usage: list[tuple[Arrival, str, str | None]] = field(default_factory=list)
    introductions: list[Introduction] = field(default_factory=list)
    duplicates: Counter[PartKey] = field(default_factory=Counter)
    rejected: dict[PartKey, list[Rejected]] = field(default_factory=dict)
    held: list[Held] = field(default_factory=list)
    links: list[Link] = field(default_factory=list)
    memberships: list[Membership] = field(default_factory=list)
    times: dict[UUID, int] = field(default_factory=dict)
    ended: list[int] = field(default_factory=list)
    resting: list[int] = field(default_factory=list)

    def reject(self, source: str, dataset: str, received: int, rejected: Rejected) -> None:
        self.rejected.setdefault((source, dataset, received), []).append(rejected)


@dataclass(frozen=True)
class Collected:
    """prepared: what is stored, counted and set aside. Both go into one transaction."""

    prepared: Prepared
    requests: Sequence[int]
    sorted: Sorted

    def write(self, connection: Connection) -> None:
        """The tables of live calls, inside the transaction that stores the facts."""
        told = self.sorted
        people.introduce(
            connection, told.introductions, links=told.links, memberships=told.memberships
        )
        people.remember(connection, told.times)
        tracked.remove(connection, requests=self.requests, waiting=told.ended)
        tracked.rest(connection, told.resting)
        tracked.hold(connection, told.held)
        if told.links or told.memberships:
            tracked.wake(
                connection,
                people.concerned(connection, links=told.links, memberships=told.memberships),
            )


def collect(
    connection: Connection,
    *,
    rules: Rules,
    limit: int,
    segments: Sequence[Segment],
    folder: Path,
) -> Collected | None:
    """Read and sort the oldest requests and what waits no more; None: there is nothing to do.

    The connection holds the writer lock, so nobody else looks at the same requests.
    """
    found = tracked.requests(connection, limit=limit)
    awake = tracked.waiting(connection, patience=rules.patience, default=PATIENCE, limit=limit)
    if not found and not awake:
        return None
    told = Sorted()
    arrivals = [*_waited(awake, rules, told), *_arrived(found, rules, told)]
    arrivals = _timed(connection, arrivals, told)
    known = people.known_of(connection, {x for each in arrivals for x in persons(each.message)})
    _introduce(connection, arrivals, known, told)
    _attribute(arrivals, known, told)
    batch = _batch(told)
    prepared = prepare(batch, segments=segments, folder=folder, connection=connection)
    return Collected(_counted(prepared, told), [each.id for each in found], told)


def _arrived(found: Sequence[Request], rules: Rules, told: Sorted) -> Iterator[Arrival]:
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


def _waited(awake: Sequence[Waiting], rules: Rules, told: Sorted) -> Iterator[Arrival]:
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


def _timed(connection: Connection, arrivals: Sequence[Arrival], told: Sorted) -> list[Arrival]:
    """Each call with its instant; those whose instant is impossible are set aside."""
    moving = [
        each.key
        for each in arrivals
        if each.message.time is None or skew(each.message, received=each.received)
    ]
    first = people.remembered(connection, moving)
    timed, movable = [], set(moving)
    for each in arrivals:
        try:
            time = when(each.message, received=each.received)
        except MessageError as error:
            _set_aside(each, str(error), told)
            continue
        if movable and each.key in movable:
            time = told.times.setdefault(each.key, first.get(each.key, time))
        timed.append(replace(each, time=time))
    return timed


def _set_aside(arrival: Arrival, reason: str, told: Sorted) -> None:
    dataset = "events" if arrival.message.call in USAGE else INTRODUCTIONS
    rejected = Rejected(arrival.row, reason, _shown(arrival.message))
    told.reject(arrival.source, dataset, arrival.received, rejected)
    if arrival.waited is not None:
        told.ended.append(arrival.waited.id)


def _shown(message: Message) -> str:
    return payload_of(read_body(message.payload.encode(), call="track").calls[0])


def _introduce(
    connection: Connection, arrivals: Sequence[Arrival], known: Known, told: Sorted
) -> None:
    """Store who is who, once; what it tells holds for all calls of this collection."""
    found = [each for each in arrivals if each.message.call not in USAGE]
    contents = people.contents(connection, {each.key for each in found})
    for each in found:
        message, key = each.message, each.key
        if key not in contents:
            contents[key] = message.content
            told.introductions.append(
                Introduction(key, each.received, each.source, each.time, message)
            )
            told.links += links_of(message, time=each.time)
            told.memberships += memberships_of(message, time=each.time)
        elif contents[key] == message.content:
            told.duplicates[each.source, INTRODUCTIONS, each.received] += 1
        else:
            _set_aside(each, CONFLICT, told)
    known.add(told.links, told.memberships)


def _attribute(arrivals: Sequence[Arrival], known: Known, told: Sorted) -> None:
    """Each call of use goes to its account, or waits until it is known."""
    for each in arrivals:
        if each.message.call not in USAGE:
            continue
        account = known.account(each.message, time=each.time)
        if account is not None:
            told.usage.append((each, account, known.user(each.message, time=each.time)))
            if each.waited is not None:
                told.ended.append(each.waited.id)
        elif each.waited is None:
            told.held.append(_held(each))
        elif each.waited.expired:
            _set_aside(each, NOBODY, told)
        else:
            told.resting.append(each.waited.id)


def _held(each: Arrival) -> Held:
    """With the id that was made for it, so that it stays the same call."""
    payload = each.message.payload
    if each.message.message_id is None:
        payload = json.dumps(json.loads(payload) | {"messageId": each.message_id})
    (person, *_) = persons(each.message)
    return Held(each.received, each.source, each.row, person, payload)


def _batch(told: Sorted) -> Batch:
    """The calls of use as facts, a part for each request."""
    groups: dict[PartKey, list[tuple[Arrival, str, str | None]]] = {}
    for found in told.usage:
        each = found[0]
        groups.setdefault((each.source, "events", each.received), []).append(found)
    for key in told.rejected:
        if key[1] == "events":
            groups.setdefault(key, [])
    parts = [
        Part(*key[:2], ORIGIN, key[2], len(rows), tuple(told.rejected.get(key, ())))
        for key, rows in groups.items()
    ]
    ordered = [found for rows in groups.values() for found in rows]
    batch = batch_of([_table(ordered)], parts)
    contents = np.array([each.message.content for each, _, _ in ordered], np.uint64)
    return replace(batch, told=contents)


def _table(found: Sequence[tuple[Arrival, str, str | None]]) -> pa.Table:
    calls = [each.message for each, _, _ in found]
    return pa.table(
        {
            "account": [account for _, account, _ in found],
            "user": [user for _, _, user in found],
            "event": [x.event for x in calls],
            "feature": [x.feature for x in calls],
            "product": [x.product for x in calls],
            "time": [each.time for each, _, _ in found],
            "value": [x.value for x in calls],
            "properties": [x.properties for x in calls],
            "message_id": [each.message_id for each, _, _ in found],
            "row": [each.row for each, _, _ in found],
        },
        schema=FACTS,
    )


def _counted(prepared: Prepared, told: Sorted) -> Prepared:
    """With the introductions, which are no facts, in the ledger and the quarantine."""
    hours: dict[HourKey, Ledger] = dict(prepared.hours)
    quarantined = list(prepared.quarantined)

    def enter(source: str, received: int, entry: Ledger) -> None:
        key = (source, INTRODUCTIONS, received // HOUR_US * HOUR_US)
        hours[key] = hours.get(key, Ledger()) + entry

    for each in told.introductions:
        enter(each.source, each.received, Ledger(received=1, stored=1))
    for (source, _, received), count in told.duplicates.items():
        enter(source, received, Ledger(received=count, duplicate=count))
    for (source, dataset, received), rejected in told.rejected.items():
        if dataset == INTRODUCTIONS:
            count = len(rejected)
            enter(source, received, Ledger(received=count, quarantined=count))
            part = Part(source, dataset, ORIGIN, received, 0)
            quarantined += [(part, each) for each in rejected]
    return replace(prepared, hours=hours, quarantined=tuple(quarantined))
