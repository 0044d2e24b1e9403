"""From requests of tracking clients to facts: each call is read, its user and account are found
out, and it is stored, counted as a duplicate, set aside, or waits for the account it belongs to."""

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
from banso.store import people, quarantine, recent, restate, tracked
from banso.store.arrivals import (
    INTRODUCTIONS,
    ORIGIN,
    Arrival,
    PartKey,
    Rules,
    Sorted,
    arrived,
    of_accounts,
    replayed,
    set_aside,
    shown,
    waited,
    whole,
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
from banso.store.quarantine import Result
from banso.store.segments import Segment
from banso.store.touched import touch
from banso.store.tracked import Held

PATIENCE = timedelta(days=30)
"""How long a call waits for its account where its source says nothing else."""

NOBODY = (
    "no account: no group call or context.groupId has said for as long as the source waits where "
    "this person belongs"
)


@dataclass(frozen=True)
class Collected:
    """prepared: what is stored, counted and set aside. fates: what people are shown of it. All go
    into one transaction."""

    prepared: Prepared
    requests: Sequence[int]
    sorted: Sorted
    place: Place
    fates: Sequence[recent.Fate]

    def write(self, connection: Connection) -> None:
        """The tables of live calls, inside the transaction that stores the facts."""
        told = self.sorted
        people.introduce(
            connection, told.introductions, links=told.links, memberships=told.memberships
        )
        people.remember(connection, told.times)
        tracked.remove(connection, requests=self.requests, waiting=told.ended)
        tracked.rest(connection, told.resting)
        tracked.hold(connection, [_held(each) for each in told.held])
        restate.enter_found(connection, self.prepared.encoded.table)
        concerned: set[str] = set()
        if told.links or told.memberships:
            concerned = people.concerned(connection, links=told.links, memberships=told.memberships)
            tracked.wake(connection, concerned)
            people.awake(connection, concerned)
        restate.settle(connection, concerned | told.nameless)
        if concerned:
            restate.move(connection, concerned, place=self.place)
        quarantine.settle(connection, told.results)
        accounts = np.unique(self.prepared.encoded.table.column("account").to_numpy())
        touch(connection, accounts.tolist())
        recent.record(connection, self.fates, answered=told.answered)


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
    again = quarantine.replays(connection, patience=rules.patience, default=PATIENCE, limit=limit)
    if not found and not awake and not again:
        return None
    told = Sorted()
    arrivals = [
        *waited(awake, rules, told),
        *replayed(again, rules, told),
        *arrived(found, rules, told),
    ]
    arrivals = timed(connection, arrivals, told, segments=segments, place=place, index=index)
    arrivals = of_accounts(arrivals, rules)
    known = people.known_of(connection, {x for each in arrivals for x in persons(each.message)})
    _introduce(connection, arrivals, known, told)
    _attribute(arrivals, known, told)
    usage, batch = _batch(told)
    prepared = _replayed(
        prepare(batch, segments=segments, place=place, index=index, connection=connection),
        usage,
        told,
    )
    prepared = _counted(prepared, told)
    fates = recent.fates(prepared, usage, told, parts=batch.parts, part=batch.part)
    return Collected(prepared, [each.id for each in found], told, place, fates)


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
            told.settle(each, Result("stored"))
            told.links += links_of(message, time=each.time)
            told.memberships += memberships_of(message, time=each.time)
        elif contents[key] == message.content:
            told.settle(each, Result("duplicate"))
            told.duplicates.append(each)
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
                told.end(each.waited, each.key)
        elif each.expired:
            set_aside(each, NOBODY, told)
        elif each.waited is None:
            told.held.append(each)
            told.settle(each, Result("waiting"))
        else:
            told.resting.append(each.waited.id)


def _held(each: Arrival) -> Held:
    (person, *_) = persons(each.message)
    return Held(each.received, each.source, each.row, person, whole(each))


Usage = tuple[Arrival, str, str | None]  # account, user


def _batch(told: Sorted) -> tuple[Sequence[Usage], Batch]:
    """The calls of use, and the same as facts, a part for each request."""
    groups: dict[PartKey, list[Usage]] = {}
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
    said = lambda row: shown(whole(ordered[row][0]))  # noqa: E731
    return ordered, replace(batch, told=contents, found=guessed, said=said)


def _table(found: Sequence[Usage]) -> pa.Table:
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


def _replayed(prepared: Prepared, usage: Sequence[Usage], told: Sorted) -> Prepared:
    """What has become of calls of use that were replayed. One that is refused again stays where it
    is in quarantine, and in the ledger."""
    if not told.replays:
        return prepared
    hours, kept = dict(prepared.hours), []
    aside, duplicate = set(prepared.aside.tolist()), set(prepared.duplicate.tolist())
    for row, (each, _, _) in enumerate(usage):
        if each.replay is not None and row not in aside:
            told.settle(each, Result("duplicate" if row in duplicate else "stored"))
    first = len(prepared.quarantined) - len(prepared.aside)
    for row, (part, rejected) in zip(
        prepared.aside.tolist(), prepared.quarantined[first:], strict=True
    ):
        each = usage[row][0]
        if each.replay is None:
            kept.append((part, rejected))
            continue
        told.settle(each, Result("quarantined", rejected.reason))
        _enter(hours, each.part, Ledger(received=-1, quarantined=-1))
    for item, result in told.results.items():
        if result.outcome != "quarantined":
            for key, entry in quarantine.moved(told.replays[item]).items():
                _enter(hours, key, entry)
    return replace(prepared, hours=hours, quarantined=(*prepared.quarantined[:first], *kept))


def _counted(prepared: Prepared, told: Sorted) -> Prepared:
    """With the introductions, which are no facts, in the ledger and the quarantine."""
    hours: dict[HourKey, Ledger] = dict(prepared.hours)
    quarantined = []
    for new in told.introductions:
        part = (new.source, INTRODUCTIONS, new.received)
        _enter(hours, part, Ledger(received=1, stored=1))
    for again in told.duplicates:
        _enter(hours, again.part, Ledger(received=1, duplicate=1))
    for part, rejected in told.rejected.items():
        if part[1] == INTRODUCTIONS:
            count = len(rejected)
            _enter(hours, part, Ledger(received=count, quarantined=count))
            whole_part = Part(part[0], part[1], ORIGIN, part[2], 0)
            quarantined += [(whole_part, each) for each in rejected]
    return replace(prepared, hours=hours, quarantined=(*quarantined, *prepared.quarantined))


def _enter(hours: dict[HourKey, Ledger], part: PartKey, entry: Ledger) -> None:
    source, dataset, instant = part
    key = (source, dataset, instant // HOUR_US * HOUR_US)
    hours[key] = hours.get(key, Ledger()) + entry
