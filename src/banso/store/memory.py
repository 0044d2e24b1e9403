"""What a process remembers of the store between two snapshots, so that opening one costs a question
and not a reading of the manifest. Every state is read once; states never change, they end."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import numpy as np
import psycopg
import pyarrow as pa

from banso.core.recent import Recent
from banso.store import dictionary, inbox, manifest
from banso.store.dictionary import ActionRow, Connection
from banso.store.encode import Encoded
from banso.store.facts import SEGMENT
from banso.store.key_index import StoredKeys
from banso.store.place import Place
from banso.store.prepare import prepare
from banso.store.scan import Tail
from banso.store.segments import Segment
from banso.store.users import Users, users_of

INBOX_BITS = 32
ACTIVITY = pa.schema(
    [
        ("source", pa.string()),
        ("dataset", pa.string()),
        ("quarter", pa.int64()),  # begins, UTC us
        ("facts", pa.int64()),
    ]
)
NOTHING = Encoded(
    table=SEGMENT.empty_table(), bucket=np.empty(0, np.int16), first_times={}, activity={}
)


@dataclass(frozen=True)
class State:
    """number: of changes to what is stored. files: a sum over their names, as compaction changes
    these alone. letters: waiting in the inbox; while `number` is the same there come only more."""

    number: int
    files: str
    actions: int
    letters: int
    people: int


@dataclass(frozen=True)
class Settled:
    """What is in the manifest."""

    segments: tuple[Segment, ...]
    actions: tuple[ActionRow, ...]
    users: Users
    _by_bucket: Mapping[int | None, list[Segment]]
    _activity: list[pa.Table] = field(default_factory=list)

    def of_bucket(self, bucket: int | None) -> list[Segment]:
        """Files of a bucket; None: of the tail."""
        return self._by_bucket.get(bucket, [])

    def activity(self, frozen: Connection) -> pa.Table:
        """Rows of ACTIVITY. frozen: in a snapshot of this state. There are 35,000 quarters of an
        hour a year: as rows they would cost a tenth of a second."""
        if not self._activity:
            rows = frozen.execute(
                "SELECT source, dataset, string_agg(quarter::text, ',' ORDER BY quarter), "
                "string_agg(facts::text, ',' ORDER BY quarter) "
                "FROM store.activity GROUP BY source, dataset ORDER BY source, dataset"
            )
            tables = [_activity_of(*row) for row in rows]
            self._activity.append(pa.concat_tables([ACTIVITY.empty_table(), *tables]))
        return self._activity[0]


@dataclass(frozen=True)
class Arrived:
    """What is in the manifest or in the inbox. actions: with their first time in both."""

    generation: int
    actions: tuple[ActionRow, ...]
    inbox: Encoded
    tail: Tail


class Memory:
    """Of one store. Two states of each are kept: the newest, and one that others still read."""

    def __init__(self, index: StoredKeys) -> None:
        self._index = index
        self._settled: Recent[State, Settled] = Recent(2)
        self._arrived: Recent[State, Arrived] = Recent(2)
        self._users: Recent[int, Users] = Recent(2)

    def of(self, frozen: Connection, *, live: Connection, place: Place) -> tuple[Settled, Arrived]:
        """frozen: in a transaction that sees one state. live: sees, and gives, newer ids."""
        state = _state(frozen)
        users = self._users.get(state.people, lambda: users_of(frozen))
        settled = self._settled.get(replace(state, letters=0), lambda: _settled(frozen, users))
        arrived = self._arrived.get(
            state,
            lambda: _arrived(state, settled, frozen, live=live, place=place, index=self._index),
        )
        return settled, arrived


def _activity_of(source: str, dataset: str, quarters: str, facts: str) -> pa.Table:
    quarter = np.fromstring(quarters, np.int64, sep=",")
    count = np.fromstring(facts, np.int64, sep=",")
    names = ([x] * len(quarter) for x in (source, dataset))
    return pa.table([*names, quarter, count], schema=ACTIVITY)


def _state(frozen: Connection) -> State:
    row = frozen.execute(
        "SELECT coalesce((SELECT number FROM store.generation), 0), "
        "(SELECT coalesce(sum(hashtextextended(path, 0)), 0)::text FROM store.segment), "
        "(SELECT count(*) FROM store.action), (SELECT count(*) FROM store.inbox), "
        "coalesce((SELECT people FROM store.generation), 0)"
    ).fetchone()
    if row is None:
        raise psycopg.OperationalError("PostgreSQL does not say what is stored.")
    return State(*row)


def _settled(frozen: Connection, users: Users) -> Settled:
    found = manifest.segments_of(frozen)
    by_bucket: dict[int | None, list[Segment]] = {}
    for each in found:
        by_bucket.setdefault(each.bucket, []).append(each)
    return Settled(found, dictionary.actions(frozen), users, by_bucket)


def _arrived(
    state: State,
    settled: Settled,
    frozen: Connection,
    *,
    live: Connection,
    place: Place,
    index: StoredKeys,
) -> Arrived:
    waiting, actions = NOTHING, settled.actions
    if state.letters:
        letters = inbox.letters(frozen)
        waiting = prepare(
            inbox.batch_from(letters),
            segments=settled.segments,
            place=place,
            index=index,
            connection=live,
        ).encoded
        actions = _actions(settled.actions, waiting, live=live)
    return Arrived(
        generation=(state.number << INBOX_BITS) + state.letters,
        actions=actions,
        inbox=waiting,
        tail=Tail(files=settled.of_bucket(None), place=place, inbox=waiting.table),
    )


def _actions(
    settled: tuple[ActionRow, ...], waiting: Encoded, *, live: Connection
) -> tuple[ActionRow, ...]:
    """Actions with their first time: of segments, then of the inbox."""
    times = {row.id: row.first_time for row in settled}
    for action, time in waiting.first_times.items():
        known = times.get(action)
        times[action] = time if known is None else min(known, time)
    return tuple(replace(row, first_time=times.get(row.id)) for row in dictionary.actions(live))
