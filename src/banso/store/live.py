"""From requests of tracking clients to facts: each call is read, its user and account are found
out, and it is stored, counted as a duplicate, set aside, or waits for the account it belongs to."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

import numpy as np
import pyarrow as pa

from banso.core.events.identity import (
    Known,
    links_of,
    memberships_of,
    person_key,
    persons,
)
from banso.core.events.message import USAGE
from banso.store import people, restate, tracked
from banso.store.arrivals import (
    INTRODUCTIONS,
    Arrival,
    PartKey,
    Rules,
    Sorted,
    arrived,
    of_accounts,
    set_aside,
    waited,
)
from banso.store.batch import Batch, batch_of
from banso.store.dictionary import Connection
from banso.store.facts import FACTS
from banso.store.instants import timed
from banso.store.key_index import StoredKeys
from banso.store.ledger import HourKey, Ledger, Part
from banso.store.people import Introduction
from banso.store.place import Place
from banso.store.prepare import CONFLICT, HOUR_US, Prepared, prepare
from banso.store.segments import Segment
from banso.store.tracked import Held

ORIGIN = "live"
PATIENCE = timedelta(days=30)
"""How long a call waits for its account where its source says nothing else."""

NOBODY = (
    "no account: no group call or context.groupId has said for as long as the source waits where "
    "this person belongs"
)


@dataclass(frozen=True)
class Collected:
    """prepared: what is stored, counted and set aside. Both go into one transaction."""

    prepared: Prepared
    requests: Sequence[int]
    sorted: Sorted
    place: Place

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
        restate.enter_found(connection, self.prepared.encoded.table)
        concerned: set[str] = set()
        if told.links or told.memberships:
            concerned = people.concerned(connection, links=told.links, memberships=told.memberships)
            tracked.wake(connection, concerned)
            people.awake(connection, concerned)
        restate.settle(connection, concerned | told.nameless)
        if concerned:
            restate.move(connection, concerned, place=self.place)


def collect(
    connection: Connection,
    *,
    rules: Rules,
    limit: int,
    segments: Sequence[Segment],
    place: Place,
    index: StoredKeys,
) -> Collected | None:
    """Read and sort the oldest requests and what waits no more; None: there is nothing to do.

    The connection holds the writer lock, so nobody else looks at the same requests.
    """
    found = tracked.requests(connection, limit=limit)
    awake = tracked.waiting(connection, patience=rules.patience, default=PATIENCE, limit=limit)
    if not found and not awake:
        return None
    told = Sorted()
    arrivals = [*waited(awake, rules, told), *arrived(found, rules, told)]
    arrivals = timed(connection, arrivals, told, segments=segments, place=place, index=index)
    arrivals = of_accounts(arrivals, rules)
    known = people.known_of(connection, {x for each in arrivals for x in persons(each.message)})
    _introduce(connection, arrivals, known, told)
    _attribute(arrivals, known, told)
    batch = _batch(told)
    prepared = prepare(batch, segments=segments, place=place, index=index, connection=connection)
    return Collected(_counted(prepared, told), [each.id for each in found], told, place)


def _introduce(
    connection: Connection, arrivals: Sequence[Arrival], known: Known, told: Sorted
) -> None:
    """Store who is who, once; what it tells holds for all calls of this collection."""
    found = [each for each in arrivals if each.message.call not in USAGE]
    contents = people.contents(connection, sorted({each.key for each in found}))
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
            set_aside(each, CONFLICT, told)
    known.add(told.links, told.memberships)


def _attribute(arrivals: Sequence[Arrival], known: Known, told: Sorted) -> None:
    """Each call of use goes to its account, or waits until it is known."""
    for each in arrivals:
        if each.message.call not in USAGE:
            continue
        account = known.account(each.message, time=each.time)
        if account is not None:
            (person, *_) = persons(each.message) or (None,)
            told.usage.append((each, account, person and person_key(person)))
            if person and (person.startswith("a") or person in known.links):
                told.nameless.add(person)
            if each.waited is not None:
                told.ended.append(each.waited.id)
        elif each.waited is None:
            told.held.append(_held(each))
        elif each.waited.expired:
            set_aside(each, NOBODY, told)
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
    guessed = np.array([account != x.message.account for x, account, _ in ordered], np.bool_)
    return replace(batch, told=contents, found=guessed)


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
