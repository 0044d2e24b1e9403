"""All facts as they were at one instant."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from banso.core.events.fact import Dataset
from banso.store import dictionary, evidence
from banso.store.copies import Copies
from banso.store.dictionary import ActionRow, Connection
from banso.store.hashing import BUCKETS, bucket_of
from banso.store.memory import ACTIVITY, Arrived, Memory, Settled
from banso.store.merged import NOBODY, Merged, merged_of
from banso.store.place import Place
from banso.store.scan import Wanted, scan
from banso.store.segments import Segment, batches
from banso.store.users import EVERYBODY, Users

EVER = (-(1 << 62), 1 << 62)


@dataclass(frozen=True)
class OneBucket:
    """The facts of one bucket, to be read where there is no database. rest: its part of the tail,
    with the columns that were asked for."""

    generation: int
    place: Place
    files: Sequence[Segment]
    rest: pa.Table
    users: Users = EVERYBODY

    def scan(
        self,
        *,
        bucket: int,
        columns: Sequence[str],
        computed: Mapping[str, str] | None = None,
        accounts: NDArray[np.int32] | None = None,
    ) -> Iterator[pa.RecordBatch]:
        """As Snapshot.scan tells it of this bucket."""
        if any(each.bucket != bucket for each in self.files):
            raise ValueError(f"These are not the facts of bucket {bucket}.")
        wanted = Wanted(
            columns=tuple(columns), computed=computed or {}, accounts=accounts, users=self.users
        )
        rest = self.rest.select(wanted.read)
        return scan(self.files, rest, place=self.place, wanted=wanted)


@dataclass
class Snapshot:
    """Every fact accepted before it opened, exactly once, wherever it lies by now.

    generation: equal only where the facts are; grows with every change. actions: by id, and
    the id is the index; first_time None where no fact of this snapshot has that action.
    Ids of accounts begin at 1, of users at 1 (0 in a scan: no user).
    """

    generation: int
    actions: tuple[ActionRow, ...]
    place: Place
    _settled: Settled
    _arrived: Arrived
    _frozen: Connection  # inside the snapshot's own transaction
    _dictionary: Connection  # sees ids given out later, which do no harm
    _copies: Copies
    merged: Merged = NOBODY

    @property
    def first_time(self) -> int | None:
        """Instant of the earliest fact, UTC microseconds; None where there is no fact."""
        times = [each.first_time for each in self.actions if each.first_time is not None]
        return min(times, default=None)

    @property
    def rows(self) -> int:
        """How many facts there are."""
        waiting: int = self._arrived.inbox.table.num_rows
        return sum(each.rows for each in self._settled.segments) + waiting

    @cached_property
    def buckets(self) -> tuple[int, ...]:
        """Buckets that hold a known account, with facts or without."""
        return tuple(np.unique(self._hashes[1:] & (BUCKETS - 1)).tolist())

    def bucket_of(self, account_key: str) -> int:
        return bucket_of(account_key)

    def accounts(self, bucket: int) -> NDArray[np.int32]:
        """Ids of all known accounts of a bucket, ascending, also of those without facts; without
        those that were merged into others."""
        ours = (self._hashes & (BUCKETS - 1)) == bucket
        ours[0] = False
        ours[list(self.merged.into)] = False
        return np.flatnonzero(ours).astype(np.int32)

    def account_id(self, key: str) -> int | None:
        """Id of an account; None where the key is unknown."""
        return self.account_ids([key]).get(key)

    def account_ids(self, keys: Iterable[str]) -> dict[str, int]:
        """Ids of those of these accounts that are known; of one that was merged, the other's."""
        found = dictionary.account_ids(self._dictionary, list(keys))
        return {key: self.merged.now(number) for key, number in found.items()}

    def account_keys(self, ids: Iterable[int]) -> dict[int, str]:
        """Keys of those of these ids that exist."""
        return dictionary.account_keys(self._dictionary, [int(each) for each in ids])

    def user_ids(self, keys: Iterable[str]) -> dict[str, int]:
        """Ids of those of these users that are known; of one who has become another user (alias),
        that one's."""
        ids = dictionary.user_ids(self._dictionary, list(keys))
        now = self._settled.users.now(ids.values())
        return {key: now[number] for key, number in ids.items()}

    def users_now(self, keys: Iterable[str]) -> dict[str, str]:
        """Whom these users are called by now: another key where an alias has said so."""
        ids = self.user_ids(keys)
        names = self.user_keys(set(ids.values()))
        return {key: names.get(number, key) for key, number in ids.items()}

    def user_keys(self, ids: Iterable[int]) -> dict[int, str]:
        """Keys of those of these ids that exist."""
        return dictionary.user_keys(self._dictionary, [int(each) for each in ids])

    def activity(self) -> pa.Table:
        """Facts a quarter of an hour: source, dataset, quarter (int64, UTC us), facts; in that
        order."""
        stored = self._settled.activity(self._frozen)
        waiting = self._arrived.inbox.activity
        if not waiting:
            return stored
        rows = [dict(zip(ACTIVITY.names, (*key, n), strict=True)) for key, n in waiting.items()]
        both = pa.concat_tables([stored, pa.Table.from_pylist(rows, schema=ACTIVITY)])
        keys = ACTIVITY.names[:3]
        summed = both.group_by(keys).aggregate([("facts", "sum")]).rename_columns(ACTIVITY.names)
        return summed.sort_by([(name, "ascending") for name in keys])

    def scan(
        self,
        *,
        bucket: int,
        columns: Sequence[str] = ("account", "user", "action", "time"),
        dataset: Dataset | None = None,
        computed: Mapping[str, str] | None = None,
        accounts: NDArray[np.int32] | None = None,
        at: NDArray[np.int64] | None = None,
    ) -> Iterator[pa.RecordBatch]:
        """Facts of a bucket, in no promised order: `columns`, then the computed ones.

        columns: of SEGMENT (account, user, action, time, value, properties, message_id,
        received). computed: name -> DuckDB SQL over account, user, action, value, properties.
        accounts: only these ids. at: instants (UTC us) of all the facts that are wanted, where they
        are known: files of other times are not opened. Empty batches are left out.
        """
        wanted = Wanted(
            columns=tuple(columns),
            computed=computed or {},
            actions=self._actions_of(dataset),
            accounts=None if accounts is None else np.unique(accounts).astype(np.int32),
            users=self._settled.users,
        )
        if not self.merged.touches(bucket):
            return self._told(bucket, wanted, at)
        return self._counted(bucket, wanted, at)

    def _counted(
        self, bucket: int, wanted: Wanted, at: NDArray[np.int64] | None
    ) -> Iterator[pa.RecordBatch]:
        """Also what was told under accounts that were merged into one of the bucket."""
        handed = [*wanted.columns, *wanted.computed]
        asked = replace(wanted, columns=tuple(dict.fromkeys((*wanted.columns, "account"))))
        if wanted.accounts is not None:
            asked = replace(asked, accounts=self.merged.told_as(wanted.accounts))
        parts = {bucket: asked}
        for other, ids in self.merged.elsewhere(bucket).items():
            mine = ids if asked.accounts is None else np.intersect1d(ids, asked.accounts)
            parts[other] = replace(asked, accounts=mine)
        for place, part in parts.items():
            for batch in self._told(place, part, at):
                found = self.merged.follow(batch, bucket=bucket)
                if found.num_rows:
                    yield found.select(handed)

    def _told(
        self, bucket: int, wanted: Wanted, at: NDArray[np.int64] | None
    ) -> Iterator[pa.RecordBatch]:
        files = self._settled.of_bucket(bucket)
        if at is not None:
            files = [x for x in files if ((at >= x.min_time) & (at <= x.max_time)).any()]
        rest = self._arrived.tail.rows(bucket, wanted.read, buckets=self._buckets_of)
        return scan(files, rest, place=self.place, wanted=wanted)

    def scan_accounts(
        self,
        accounts: NDArray[np.int32],
        *,
        columns: Sequence[str],
        computed: Mapping[str, str] | None = None,
    ) -> Iterator[pa.RecordBatch]:
        """What `scan` tells of these accounts, of any buckets, from copies (store/copies.py): for
        one who asks again and again for a few of many accounts."""
        ids = self.merged.told_as(np.unique(accounts).tolist())
        wanted = Wanted(columns=tuple(columns), computed=computed or {}, users=self._settled.users)
        read = tuple(dict.fromkeys(("account", *wanted.read)))
        inbox = self._arrived.inbox.table.select(read)
        tables = [inbox.filter(pc.is_in(inbox.column("account"), pa.array(ids)))]
        tables += self._copies.rows(self._settled.of_bucket(None), columns=read, accounts=ids)
        buckets = self._buckets_of(ids)
        for bucket in np.unique(buckets).tolist():
            mine, files = ids[buckets == bucket], self._settled.of_bucket(bucket)
            tables += self._copies.rows(files, columns=read, accounts=mine)
        facts = self._follow(pa.concat_tables(tables).combine_chunks()).select(wanted.read)
        return scan((), facts, place=self.place, wanted=wanted)

    def _follow(self, facts: pa.Table) -> pa.Table:
        if not self.merged.into:
            return facts
        batches = [self.merged.follow(x) for x in facts.to_batches()]
        return pa.Table.from_batches(batches, schema=facts.schema)

    def tidy_copies(self) -> int:
        """Delete copies of segments that are no more; how many."""
        return self._copies.tidy([each.path for each in self._settled.segments])

    def one_bucket(
        self, bucket: int, *, columns: Sequence[str], computed: Mapping[str, str]
    ) -> OneBucket:
        """What `scan` reads of it, as a value that can be sent elsewhere."""
        users = self._settled.users
        wanted = Wanted(columns=tuple(columns), computed=computed, users=users)
        if self.merged.touches(bucket):  # as one table: what was told elsewhere is among it
            plain = Wanted(columns=wanted.read, users=users)
            batches = list(self._counted(bucket, plain, None))
            empty = self._arrived.inbox.table.select(wanted.read).slice(0, 0)
            tables = [empty, *(pa.Table.from_batches([x]).cast(empty.schema) for x in batches)]
            return OneBucket(
                self.generation, self.place, (), pa.concat_tables(tables).combine_chunks()
            )
        rest = self._arrived.tail.rows(bucket, wanted.read, buckets=self._buckets_of)
        files = tuple(self._settled.of_bucket(bucket))
        return OneBucket(self.generation, self.place, files, rest.combine_chunks(), users)

    def events(
        self,
        *,
        account: int,
        where_sql: str | None = None,
        start_us: int | None = None,
        end_us: int | None = None,
        limit: int = 100,
        newest_first: bool = True,
        roles: Sequence[evidence.RoleSpan] = (),
    ) -> pa.Table:
        """Facts of one account in [start_us, end_us), decoded: the evidence of a number.

        where_sql: DuckDB SQL over event, feature, product, source, dataset, role, value,
        properties, compiled from a typed expression. roles: of users at this account.
        Columns: time, user, event, feature, product, source, dataset, value, properties,
        message_id. Reads all of the account's facts in that time: bounded by one account.
        """
        ids = self.user_ids({x.user for x in roles}) if roles else {}
        answer = evidence.choose(
            self.account_rows(account, start_us=start_us, end_us=end_us),
            actions=self.actions,
            roles=evidence.roles_table(roles, ids),
            where_sql=where_sql,
            limit=limit,
            newest_first=newest_first,
        )
        found = pc.unique(answer.column("user_id")).to_pylist()
        return evidence.decode(answer, users=self.user_keys(found))

    def account_rows(
        self,
        account: int,
        *,
        columns: Sequence[str] = evidence.COLUMNS,
        start_us: int | None = None,
        end_us: int | None = None,
    ) -> Iterator[pa.RecordBatch]:
        """Facts of one account in [start_us, end_us), in no promised order. Files of other times
        are not read. columns: of evidence.COLUMNS, `time` among them, which comes as an integer
        (UTC us)."""
        for told in self.merged.told_as([account]).tolist():
            yield from self._rows_of(told, columns=columns, start_us=start_us, end_us=end_us)

    def _rows_of(
        self, account: int, *, columns: Sequence[str], start_us: int | None, end_us: int | None
    ) -> Iterator[pa.RecordBatch]:
        first = EVER[0] if start_us is None else start_us
        after = EVER[1] if end_us is None else end_us
        hashed = dictionary.account_hashes(self._dictionary, [account]).get(account)
        if hashed is None:
            return
        bucket = hashed & (BUCKETS - 1)
        files = [
            each
            for each in self._settled.of_bucket(bucket)
            if each.min_time < after and each.max_time >= first
        ]
        wanted = Wanted(
            columns=tuple(columns),
            accounts=np.array([account], np.int32),
            users=self._settled.users,
        )
        rest = self._arrived.tail.rows(bucket, wanted.read, buckets=self._buckets_of)
        for batch in scan(files, rest, place=self.place, wanted=wanted):
            time = batch.column("time").cast(pa.int64())
            inside = (time.to_numpy() >= first) & (time.to_numpy() < after)
            place = batch.schema.get_field_index("time")
            yield batch.set_column(place, "time", time).filter(pa.array(inside))

    def contents(self, source: str, *, start_us: int, end_us: int) -> NDArray[np.uint64]:
        """What each fact of a source in [start_us, end_us) says, as 64 bits: of two facts that say
        the same, live ones but for their message ids, they are equal. Without the inbox; files of
        other times are not read."""
        mine = np.array([x.source == source for x in self.actions], np.bool_)
        found = [np.empty(0, np.uint64)]
        for file in self._settled.segments:
            if file.min_time >= end_us or file.max_time < start_us:
                continue
            for batch in batches(file, place=self.place, columns=("action", "time", "content")):
                time = batch.column("time").cast(pa.int64()).to_numpy()
                kept = mine[batch.column("action").to_numpy()] & (time >= start_us)
                found.append(batch.column("content").to_numpy()[kept & (time < end_us)])
        return np.concatenate(found)

    def _actions_of(self, dataset: Dataset | None) -> NDArray[np.bool_] | None:
        if dataset is None or all(each.dataset == dataset for each in self.actions):
            return None
        return np.array([each.dataset == dataset for each in self.actions], np.bool_)

    def _buckets_of(self, accounts: NDArray[np.int32]) -> NDArray[np.int16]:
        ids, places = np.unique(accounts, return_inverse=True)
        hashes = dictionary.account_hashes(self._dictionary, ids.tolist()) if len(ids) else {}
        buckets = np.array([hashes[each] & (BUCKETS - 1) for each in ids.tolist()], np.int16)
        return buckets[places]

    @cached_property
    def _hashes(self) -> NDArray[np.int64]:
        """Hash of each account id; the place 0 belongs to nobody."""
        rows = self._dictionary.execute("SELECT hash FROM store.account ORDER BY id")
        return np.array([0, *(each[0] for each in rows)], np.int64)


@contextmanager
def open_snapshot(
    frozen: Connection, *, place: Place, live: Connection, memory: Memory, copies: Copies
) -> Iterator[Snapshot]:
    """Manifest and inbox in one repeatable-read transaction, which stays open meanwhile.

    frozen: an autocommit connection that nobody else uses meanwhile. The inbox is held in
    memory: collect before you open one. Facts in it are judged against the segments exactly as
    the collector will judge them.
    """
    frozen.execute("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
    try:
        settled, arrived = memory.of(frozen, live=live, place=place)
        yield Snapshot(
            generation=arrived.generation,
            actions=arrived.actions,
            place=place,
            _settled=settled,
            _arrived=arrived,
            _frozen=frozen,
            _dictionary=live,
            _copies=copies,
            merged=merged_of(frozen),
        )
    finally:
        if not frozen.broken:
            frozen.execute("ROLLBACK")
