"""The one writer of the quarantine: rows come in, are replayed by the collector, or discarded by
people. No row is ever deleted."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Literal

from psycopg.rows import class_row

from banso.store.dictionary import Connection
from banso.store.ledger import HourKey, Ledger, Part, Rejected

Outcome = Literal["stored", "duplicate", "waiting", "quarantined"]
"""What becomes of a call."""


@dataclass(frozen=True)
class Replay:
    """A live call that is taken out of quarantine to be tried again.

    received: when it came first, UTC microseconds. sightings: hour (UTC microseconds) -> how often
    it was counted as quarantined then. expired: it may not wait for its account any more.
    """

    id: int
    received: int
    source: str
    dataset: str
    row: int
    payload: str
    expired: bool
    sightings: Mapping[int, int]


@dataclass(frozen=True)
class Result:
    """What a replay came to. reason: why it is in quarantine still."""

    outcome: Outcome
    reason: str | None = None


def add(connection: Connection, quarantined: Sequence[tuple[Part, Rejected]]) -> None:
    """The same row refused again (the file came once more, a client sent again) only counts up. One
    that was replayed meanwhile is open again; one that was discarded stays so."""
    with connection.cursor() as cursor:
        cursor.executemany(
            "WITH entered AS (INSERT INTO store.quarantine AS old "
            "(received_at, came_at, source, dataset, origin, row, reason, payload, fingerprint) "
            "VALUES (to_timestamp(%(at)s), to_timestamp(%(at)s), %(source)s, %(dataset)s,"
            " %(origin)s, %(row)s, %(reason)s, %(payload)s, %(fingerprint)s::uuid) "
            "ON CONFLICT (fingerprint) DO UPDATE SET "
            "seen = old.seen + 1, received_at = excluded.received_at,"
            " came_at = CASE old.state WHEN 'replayed' THEN excluded.came_at ELSE old.came_at END,"
            " state = CASE old.state WHEN 'replayed' THEN 'open' ELSE old.state END "
            "RETURNING id) "
            "INSERT INTO store.sighting AS old (quarantine, hour, times) "
            "SELECT id, date_trunc('hour', to_timestamp(%(at)s), 'UTC'), 1 FROM entered "
            "ON CONFLICT (quarantine, hour) DO UPDATE SET times = old.times + 1",
            [_row(part, rejected) for part, rejected in quarantined],
        )


def fingerprint(part: Part, rejected: Rejected) -> str:
    """By which the same row is known when it comes again; 32 hex digits."""
    said = rejected.payload if rejected.identity is None else rejected.identity
    told = [part.source, part.dataset, part.origin, str(rejected.row), rejected.reason, said]
    name = "\x1f".join(_storable(text) for text in told)
    return hashlib.md5(name.encode(), usedforsecurity=False).hexdigest()


def _row(part: Part, rejected: Rejected) -> dict[str, object]:
    return {
        "at": part.received / 1_000_000,
        "source": _storable(part.source),
        "dataset": _storable(part.dataset),
        "origin": _storable(part.origin),
        "row": rejected.row,
        "reason": _storable(rejected.reason),
        "payload": _storable(rejected.payload),
        "fingerprint": fingerprint(part, rejected),
    }


def _storable(text: str) -> str:
    """Text as PostgreSQL takes it: no NUL, no half of a surrogate pair."""
    return text.replace("\0", "\\u0000").encode(errors="backslashreplace").decode()


def replays(
    connection: Connection, *, patience: Mapping[str, timedelta], default: timedelta, limit: int
) -> Sequence[Replay]:
    """The oldest rows that people have asked to replay. patience: how long a source's calls may
    wait for their account (other sources: default)."""
    cursor = connection.cursor(row_factory=class_row(_Asked))
    asked = cursor.execute(
        "SELECT id, (extract(epoch FROM came_at) * 1000000)::bigint AS received, source, dataset, "
        "row, payload, came_at < clock_timestamp() - coalesce("
        " make_interval(secs => (%(patience)s::jsonb ->> source)::float), %(default)s) AS expired, "
        "(SELECT jsonb_object_agg((extract(epoch FROM hour) * 1000000)::bigint, times)"
        " FROM store.sighting WHERE sighting.quarantine = quarantine.id) AS hours "
        "FROM store.quarantine WHERE state = 'replaying' ORDER BY id LIMIT %(limit)s",
        {
            "patience": json.dumps({x: each.total_seconds() for x, each in patience.items()}),
            "default": default,
            "limit": limit,
        },
    ).fetchall()
    return [each.replay() for each in asked]


@dataclass(frozen=True)
class _Asked:
    id: int
    received: int
    source: str
    dataset: str
    row: int
    payload: str
    expired: bool
    hours: Mapping[str, int] | None

    def replay(self) -> Replay:
        fields = {name: value for name, value in vars(self).items() if name != "hours"}
        hours = {int(hour): times for hour, times in (self.hours or {}).items()}
        return Replay(**fields, sightings=hours)


def moved(replay: Replay) -> dict[HourKey, Ledger]:
    """What leaves the ledger when a replay succeeds, beside the entry that the call itself makes in
    the hour in which it came first: each further time it came is a duplicate from now on."""
    found: dict[HourKey, Ledger] = {}
    first = True
    for hour, times in sorted(replay.sightings.items()):
        again = times - 1 if first else times
        first = False
        found[replay.source, replay.dataset, hour] = Ledger(
            received=again - times, duplicate=again, quarantined=-times
        )
    return found


def settle(connection: Connection, results: Mapping[int, Result]) -> None:
    """Enter what replays have come to, in the transaction that stores what they brought."""
    if not results:
        return
    rows = [(item, x.outcome, _storable(x.reason or "")) for item, x in results.items()]
    left = [item for item, x in results.items() if x.outcome != "quarantined"]
    with connection.cursor() as cursor:
        cursor.executemany(
            "UPDATE store.deed SET outcome = %s WHERE outcome IS NULL AND kind = 'replay' "
            "AND quarantine = %s",
            [(outcome, item) for item, outcome, _ in rows],
        )
        cursor.executemany(
            "UPDATE store.quarantine SET state = CASE WHEN %(outcome)s = 'quarantined' THEN 'open' "
            "ELSE 'replayed' END, reason = coalesce(nullif(%(reason)s, ''), reason) "
            "WHERE id = %(id)s AND state = 'replaying'",
            [{"id": item, "outcome": outcome, "reason": reason} for item, outcome, reason in rows],
        )
    connection.execute("DELETE FROM store.sighting WHERE quarantine = ANY(%s)", [left])
