"""Hashes that lie in files for ever."""

import hashlib

import numpy as np
import pyarrow as pa
import pytest
from tests.store.given import NOON, fact

from banso.store.batch import batch_of
from banso.store.facts import FACTS, table_of
from banso.store.hashing import BUCKETS, Keys, account_hash, bucket_of, codes_of, keys_of
from banso.store.ledger import Part


def part(source: str = "app", rows: int = 1) -> Part:
    return Part(source=source, dataset="events", origin="test", received=NOON, rows=rows)


def keys(*tables: pa.Table, source: str = "app") -> Keys:
    batch = batch_of(tables, [part(source, each.num_rows) for each in tables])
    return keys_of(batch.facts, part=batch.part, parts=batch.parts)


def nameless(*values: float) -> pa.Table:
    rows = [
        {"account": "a", "event": "e", "time": NOON, "value": value, "row": n}
        for n, value in enumerate(values)
    ]
    return pa.Table.from_pylist(rows, schema=FACTS)


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("acme", 1734778495129014592),
        ("株式会社カエデ", 1347989051663762709),
        ("", 8238016292129134938),
    ],
)
def test_the_hash_of_an_account_never_changes(key: str, value: int) -> None:
    assert account_hash(key) == value


def test_bucket_counts_nest() -> None:
    for n in range(500):
        fine = bucket_of(f"account-{n}", buckets=1024)
        assert fine % BUCKETS == bucket_of(f"account-{n}")


def test_buckets_fill_evenly() -> None:
    counts = np.bincount([bucket_of(f"account-{n}") for n in range(32_000)], minlength=BUCKETS)
    assert counts.min() > 880
    assert counts.max() < 1120


def test_the_key_of_a_fact_is_the_md5_of_dataset_source_and_id() -> None:
    got = keys(table_of([fact(1)]))
    digest = hashlib.md5(b"events\x1fapp\x1fmessage-1", usedforsecurity=False).digest()
    number = int.from_bytes(digest, "little")
    assert (int(got.hi[0]), int(got.lo[0])) == (number >> 64, number % 2**64)


def test_the_content_of_a_fact_never_changes() -> None:
    assert hex(keys(table_of([fact(1)])).content[0]) == "0x232c378eeee19e03"


def test_the_derived_key_of_a_fact_never_changes() -> None:
    got = keys(nameless(1.5))
    assert (hex(got.hi[0]), hex(got.lo[0]), hex(got.content[0])) == (
        "0xaf52752177c569df",
        "0xa46d6613536738c8",
        "0xf42925f637bc39c9",
    )


def test_equal_content_without_id_is_told_apart_by_its_turn_within_its_part() -> None:
    once = keys(nameless(1.0, 2.0, 1.0, 1.0))
    assert len(set(zip(once.hi.tolist(), once.lo.tolist(), strict=True))) == 4
    twice = keys(nameless(1.0, 1.0), nameless(1.0))
    codes = codes_of(twice.hi, twice.lo)
    assert codes.tolist() == [0, 1, 0]


def test_the_source_is_part_of_the_key_and_not_of_the_content() -> None:
    one, two = keys(table_of([fact(1)]), source="a"), keys(table_of([fact(1)]), source="b")
    assert one.lo[0] != two.lo[0]
    assert one.hi[0] != two.hi[0]
    assert one.content[0] == two.content[0]


def test_codes_number_pairs_in_order_of_appearance() -> None:
    hi = np.array([5, 5, 6, 5], np.uint64)
    lo = np.array([1, 2, 1, 1], np.uint64)
    assert codes_of(hi, lo).tolist() == [0, 1, 2, 0]
