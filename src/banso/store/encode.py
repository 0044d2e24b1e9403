"""Facts to rows of a segment: strings to ids, the bucket of each row, counts per quarter."""

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from banso.store.batch import Batch, distinct
from banso.store.dictionary import (
    ActionKey,
    Connection,
    encode_accounts,
    encode_actions,
    encode_users,
)
from banso.store.facts import INSTANT, SEGMENT
from banso.store.hashing import BUCKETS, Keys, bucket_of

QUARTER_US = 15 * 60 * 1_000_000
Activity = dict[tuple[str, str, int], int]  # (source, dataset, quarter of an hour) -> facts


@dataclass(frozen=True)
class Encoded:
    """Rows of schema SEGMENT, in the order they came; bucket: of each row.

    first_times: earliest fact of each action among them, UTC microseconds.
    """

    table: pa.Table
    bucket: NDArray[np.int16]
    first_times: dict[int, int]
    activity: Activity


def encode(batch: Batch, *, keys: Keys, connection: Connection) -> Encoded:
    """Give every string its id (new ids are committed at once, which is harmless)."""
    accounts, account_codes = distinct(batch.facts.column("account"))
    account_keys = accounts.to_pylist()
    ids = encode_accounts(connection, account_keys)
    account = np.array([ids[key] for key in account_keys], np.int32)[account_codes]
    buckets = np.array([bucket_of(key) for key in account_keys], np.int16)
    action = _actions(batch, connection=connection)
    time = batch.facts.column("time").to_numpy()
    received = np.array([part.received for part in batch.parts], np.int64)[batch.part]
    table = pa.table(
        {
            "account": account,
            "user": _users(batch, connection=connection),
            "action": action,
            "time": pa.array(time).cast(INSTANT),
            "value": batch.facts.column("value"),
            "properties": batch.facts.column("properties"),
            "message_id": batch.facts.column("message_id"),
            "key_hi": keys.hi,
            "key_lo": keys.lo,
            "content": keys.content,
            "received": pa.array(received).cast(INSTANT),
            "found": np.zeros(len(time), np.bool_) if batch.found is None else batch.found,
        },
        schema=SEGMENT,
    )
    return Encoded(
        table=table,
        bucket=buckets[account_codes],
        first_times=_first_times(action, time),
        activity=_activity(batch, time),
    )


def _users(batch: Batch, *, connection: Connection) -> NDArray[np.int32]:
    users, codes = distinct(batch.facts.column("user"))
    keys = users.to_pylist()
    ids = encode_users(connection, keys)
    known = np.array([*(ids[key] for key in keys), 0], np.int32)
    return known[codes]  # code -1, no user, takes the 0 at the end


def _actions(batch: Batch, *, connection: Connection) -> NDArray[np.int32]:
    names, codes = zip(
        *(distinct(batch.facts.column(name)) for name in ("event", "feature", "product")),
        strict=True,
    )
    origins = {(each.dataset, each.source): n for n, each in enumerate(batch.parts)}
    origin = np.array([origins[each.dataset, each.source] for each in batch.parts], np.int64)
    combined = origin[batch.part]  # of a hundred requests of one source all parts are alike
    for values, each in zip(names, codes, strict=True):
        combined = combined * max(1, len(values)) + each
    _, places, inverse = np.unique(combined, return_index=True, return_inverse=True)
    found: list[ActionKey] = []
    for place in places.tolist():
        part = batch.parts[batch.part[place]]
        event, feature, product = (
            values[int(each[place])].as_py() for values, each in zip(names, codes, strict=True)
        )
        found.append((part.dataset, part.source, event, feature, product))
    ids = encode_actions(connection, found)
    actions: NDArray[np.int32] = np.array([ids[key] for key in found], np.int32)[inverse]
    return actions


def _first_times(action: NDArray[np.int32], time: NDArray[np.int64]) -> dict[int, int]:
    ids, inverse = np.unique(action, return_inverse=True)
    first = np.full(len(ids), np.iinfo(np.int64).max)
    np.minimum.at(first, inverse, time)
    return dict(zip(ids.tolist(), first.tolist(), strict=True))


def _activity(batch: Batch, time: NDArray[np.int64]) -> Activity:
    counts: Activity = {}
    quarter = time // QUARTER_US
    origin = quarter.min(initial=0)
    span = int(quarter.max(initial=0) - origin) + 1
    places, facts = np.unique(batch.part * np.int64(span) + (quarter - origin), return_counts=True)
    for place, count in zip(places.tolist(), facts.tolist(), strict=True):
        part = batch.parts[place // span]
        key = (part.source, part.dataset, (place % span + int(origin)) * QUARTER_US)
        counts[key] = counts.get(key, 0) + count
    return counts


def months_of(table: pa.Table) -> tuple[NDArray[np.str_], NDArray[np.int64]]:
    """The UTC months (YYYY-MM) that occur, and for each row the index of its own."""
    times = table.column("time").to_numpy().astype("datetime64[us]")
    months, inverse = np.unique(times.astype("datetime64[M]"), return_inverse=True)
    return months.astype(np.str_), inverse.astype(np.int64)


def partition(bucket: NDArray[np.int16], month: NDArray[np.int64]) -> NDArray[np.int64]:
    """One number for a bucket and a month: month index * BUCKETS + bucket."""
    return month * BUCKETS + bucket
