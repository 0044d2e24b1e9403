"""Deletes facts that are older than their source is to be kept."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from banso.store import dictionary, layout, manifest, segments
from banso.store.compaction import buckets_of
from banso.store.dictionary import ActionRow, Connection
from banso.store.encode import QUARTER_US
from banso.store.place import Place
from banso.store.segments import Segment


@dataclass(frozen=True)
class Expired:
    """What was deleted. before: UTC microseconds."""

    source: str
    dataset: str
    before: int
    facts: int


def expire(
    connection: Connection, *, before: Mapping[str, int], place: Place
) -> tuple[Expired, ...]:
    """Delete the facts of each source that happened before its instant (UTC microseconds), file
    after file, each in a transaction of its own; the caller holds the writer lock.

    The ledger keeps what was received. What is left tells of the source as if it had begun at that
    instant: what came before is unmeasured then, not zero.
    """
    before = {source: at // QUARTER_US * QUARTER_US for source, at in before.items()}
    actions = dictionary.actions(connection)
    limits = np.array([before.get(x.source, np.iinfo(np.int64).min) for x in actions], np.int64)
    if not before or not len(limits):
        return ()
    gone: Counter[tuple[str, str]] = Counter()
    for segment in manifest.segments_of(connection):
        if segment.min_time < limits.max():
            gone += _shortened(connection, segment, limits, actions, place=place)
    return tuple(
        Expired(source, dataset, before[source], facts) for (source, dataset), facts in gone.items()
    )


def _shortened(
    connection: Connection,
    segment: Segment,
    limits: NDArray[np.int64],
    actions: Sequence[ActionRow],
    *,
    place: Place,
) -> Counter[tuple[str, str]]:
    table = segments.read(segment, place=place)
    action = table.column("action").to_numpy()
    old = table.column("time").cast(pa.int64()).to_numpy() < limits[action]
    if not old.any():
        return Counter()
    counts = np.bincount(action[old], minlength=len(actions))
    gone: Counter[tuple[str, str]] = Counter()
    for row in np.flatnonzero(counts).tolist():
        gone[actions[row].source, actions[row].dataset] += int(counts[row])
    kept = table.filter(pa.array(~old))
    bucket = buckets_of(connection, kept.column("account").to_numpy())
    new = layout.write_all(kept, bucket, place=place, whole=segment.bucket is not None)
    expired = [
        Expired(source, dataset, int(_limit(limits, actions, source)), facts)
        for (source, dataset), facts in gone.items()
    ]
    manifest.replace(
        connection, old=[segment], new=new, also=lambda inside: _record(inside, expired)
    )
    return gone


def _limit(limits: NDArray[np.int64], actions: Sequence[ActionRow], source: str) -> int:
    return int(next(limits[x.id] for x in actions if x.source == source))


def _record(connection: Connection, expired: Sequence[Expired]) -> None:
    connection.execute("UPDATE store.generation SET number = number + 1")
    with connection.cursor() as cursor:
        for each in expired:
            cursor.execute(
                "INSERT INTO store.expired (source, dataset, before, facts) "
                "VALUES (%s, %s, %s, %s)",
                [each.source, each.dataset, each.before, each.facts],
            )
            cursor.execute(
                "DELETE FROM store.activity WHERE source = %s AND quarter < %s",
                [each.source, each.before],
            )
            cursor.execute(
                "UPDATE store.action SET first_time = %s WHERE source = %s AND first_time < %s",
                [each.before, each.source, each.before],
            )
