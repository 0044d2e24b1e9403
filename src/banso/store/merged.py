"""Whose facts count for another account, as now known. Applied when facts are read: nothing that
was told is written anew, so two accounts can be split again."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from banso.store import dictionary
from banso.store.dictionary import Connection
from banso.store.hashing import BUCKETS

Ids = NDArray[np.int32]


@dataclass(frozen=True)
class Merged:
    """into: account -> the one that its facts count for; buckets: of all these accounts."""

    into: Mapping[int, int] = field(default_factory=dict)
    buckets: Mapping[int, int] = field(default_factory=dict)

    def now(self, account: int) -> int:
        return self.into.get(account, account)

    def told_as(self, accounts: Iterable[int]) -> Ids:
        """The accounts under which facts of these were told, themselves among them."""
        wanted = {int(x) for x in accounts} - self.into.keys()
        found = wanted | {x for x, into in self.into.items() if into in wanted}
        return np.array(sorted(found), np.int32)

    def elsewhere(self, bucket: int) -> dict[int, Ids]:
        """Other buckets in which facts of this one's accounts lie, and under which accounts."""
        found: dict[int, list[int]] = {}
        for account, into in self.into.items():
            other = self.buckets[account]
            if self.buckets[into] == bucket and other != bucket:
                found.setdefault(other, []).append(account)
        return {other: np.array(sorted(ids), np.int32) for other, ids in sorted(found.items())}

    def touches(self, bucket: int) -> bool:
        return any(self.buckets[x] == bucket for pair in self.into.items() for x in pair)

    def follow(self, batch: pa.RecordBatch, *, bucket: int | None = None) -> pa.RecordBatch:
        """With the accounts that its facts count for. bucket: without those of other buckets."""
        place = batch.schema.get_field_index("account")
        account = batch.column(place).to_numpy().copy()
        kept = np.ones(len(account), np.bool_)
        for told, into in self.into.items():
            mine = account == told
            if bucket is not None and self.buckets[into] != bucket:
                kept &= ~mine
            account[mine] = into
        known = batch.set_column(place, "account", pa.array(account, pa.int32()))
        return known if kept.all() else known.filter(pa.array(kept))


NOBODY = Merged()


def merged_of(connection: Connection) -> Merged:
    rows = connection.execute("SELECT account, into_account FROM store.merged").fetchall()
    if not rows:
        return NOBODY
    into = {int(account): int(other) for account, other in rows}
    hashes = dictionary.account_hashes(connection, sorted({*into, *into.values()}))
    return Merged(into, {number: each & (BUCKETS - 1) for number, each in hashes.items()})


def set_merged(connection: Connection, wanted: Mapping[str, str]) -> bool:
    """From now on exactly these accounts (by key) count for others; whether anything changed."""
    ids = dictionary.encode_accounts(connection, [*wanted, *wanted.values()])
    told = {(ids[account], ids[into]) for account, into in wanted.items()}
    with connection.transaction():
        connection.execute("LOCK TABLE store.merged IN EXCLUSIVE MODE")
        before = set(connection.execute("SELECT account, into_account FROM store.merged"))
        if told == before:
            return False
        with connection.cursor() as cursor:
            gone = [(account,) for account, _ in before - told]
            cursor.executemany("DELETE FROM store.merged WHERE account = %s", gone)
            cursor.executemany("INSERT INTO store.merged VALUES (%s, %s)", sorted(told - before))
        connection.execute("UPDATE store.generation SET number = number + 1, people = people + 1")
    return True
