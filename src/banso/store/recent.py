"""What became of the newest live calls, kept for people who look on: so many of each source and
outcome, however many come."""

import json
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from banso.store import quarantine
from banso.store.arrivals import Arrival, Sorted
from banso.store.dictionary import Connection
from banso.store.ledger import Part, Rejected
from banso.store.people import Introduction
from banso.store.prepare import Prepared
from banso.store.quarantine import Outcome

KEPT = 100
"""Of each source and outcome."""

LONGEST = 200
"""Characters of what is shown of a call that can't be taken."""

T = TypeVar("T")


@dataclass(frozen=True)
class Fate:
    """What became of one call. received: UTC microseconds. call, event: empty where they could not
    be read. key: of its source and id. quarantine: fingerprint of its row there."""

    received: int
    source: str
    call: str
    event: str
    user_id: str | None
    account: str | None
    outcome: Outcome
    key: str | None = None
    quarantine: str | None = None


def fates(
    prepared: Prepared,
    usage: Sequence[tuple[Arrival, str, str | None]],
    told: Sorted,
    *,
    parts: Sequence[Part],
    part: NDArray[np.int32],
) -> Sequence[Fate]:
    """The newest KEPT of each source and outcome, in the order in which they came.

    usage: the calls of the batch that was prepared; part: of each, an index into parts. What a
    replay that was refused again said, is told by its row of quarantine.
    """
    found = [
        *(_of(each, "stored") for each in _newest(told.introductions, lambda x: x.source)),
        *(_of(each, "duplicate") for each in _newest(told.duplicates, lambda x: x.source)),
        *(_of(each, "waiting") for each in _newest(told.held, lambda x: x.source)),
        *(_of_rejected(*x) for x in _newest(prepared.quarantined, lambda x: x[0].source)),
    ]
    outcome = np.zeros(len(usage), np.int8)
    outcome[prepared.duplicate], outcome[prepared.aside] = 1, 2
    names = sorted({each.source for each in parts})
    source = np.array([names.index(each.source) for each in parts], np.int32)[part]
    words: tuple[Outcome, ...] = ("stored", "duplicate")
    for code, word in enumerate(words):
        for name in range(len(names)):
            rows = np.flatnonzero((outcome == code) & (source == name))[-KEPT:]
            for each, account, user in (usage[row] for row in rows.tolist()):
                found.append(replace(_of(each, word), account=account, user_id=user))
    return sorted(found, key=lambda each: each.received)


def _newest(found: Sequence[T], source: Callable[[T], str]) -> Iterator[T]:
    """The last KEPT of each source."""
    counted: Counter[str] = Counter()
    for each in reversed(found):
        counted[source(each)] += 1
        if counted[source(each)] <= KEPT:
            yield each


def _of(each: Arrival | Introduction, outcome: Outcome) -> Fate:
    message = each.message
    return Fate(
        received=each.received,
        source=each.source,
        call=message.call,
        event=message.event,
        user_id=message.user,
        account=message.account,
        outcome=outcome,
        key=each.key,
    )


def _of_rejected(part: Part, rejected: Rejected) -> Fate:
    """As far as it can be read."""
    try:
        call = json.loads(rejected.payload)
    except (ValueError, RecursionError):
        call = None
    said = call if isinstance(call, dict) else {}
    return Fate(
        received=part.received,
        source=part.source,
        call=_word(said.get("type")),
        event=_word(said.get("event")),
        user_id=_word(said.get("userId")) or None,
        account=None,
        outcome="quarantined",
        quarantine=quarantine.fingerprint(part, rejected),
    )


def _word(value: object) -> str:
    """A text that can be shown and stored."""
    text = value if isinstance(value, str) else ""
    return text[:LONGEST].replace("\0", "").encode(errors="replace").decode()


def record(connection: Connection, found: Sequence[Fate], *, answered: Sequence[str]) -> None:
    """answered: keys of calls that wait no more."""
    if answered:
        connection.execute(
            "DELETE FROM store.recent_call WHERE outcome = 'waiting' AND key = ANY(%s::uuid[])",
            [list(answered)],
        )
    if not found:
        return
    connection.execute(
        "INSERT INTO store.recent_call "
        "(received_at, source, call, event, user_id, account, outcome, key, quarantine) "
        "SELECT to_timestamp(received / 1e6), source, call, event, user_id, account, outcome, key, "
        "quarantine FROM jsonb_to_recordset(%s::jsonb) AS new (received bigint, source text, "
        "call text, event text, user_id text, account text, outcome text, key uuid, "
        "quarantine uuid)",
        [json.dumps([vars(each) for each in found])],
    )
    connection.execute(
        "DELETE FROM store.recent_call AS old USING unnest(%s::text[], %s::text[]) "
        "AS fresh (source, outcome) WHERE (old.source, old.outcome) = (fresh.source, fresh.outcome)"
        " AND old.id <= (SELECT id FROM store.recent_call AS beyond "
        " WHERE (beyond.source, beyond.outcome) = (fresh.source, fresh.outcome) "
        " ORDER BY id DESC OFFSET %s LIMIT 1)",
        [*map(list, zip(*{(each.source, each.outcome) for each in found}, strict=True)), KEPT],
    )
