"""A few accounts read from copies: the facts that a scan tells, whatever becomes of the copies."""

from collections import Counter
from pathlib import Path

import numpy as np
import pytest
from tests.store.given import facts

from banso.store import Snapshot, Store

COLUMNS = ("account", "user", "time", "value")
COMPUTED = {"number": "CAST(json_extract(properties, '$.number') AS INTEGER)"}
WANTED = ("account-1", "account-4", "nobody")


@pytest.fixture
def many(store: Store) -> Store:
    """Facts in buckets, in the tail and in the inbox."""
    fill(store, 0)
    store.compact()
    fill(store, 40)
    store.accept(source="app", dataset="events", facts=facts(*range(80, 99)))
    return store


def fill(store: Store, start: int) -> None:
    store.accept(source="app", dataset="events", facts=facts(*range(start, start + 40)))
    store.collect()


def ids(snapshot: Snapshot) -> np.ndarray[tuple[int], np.dtype[np.int32]]:
    return np.array([*snapshot.account_ids(WANTED).values()], np.int32)


def copied(store: Store) -> Counter[tuple[object, ...]]:
    with store.snapshot() as snapshot:
        batches = snapshot.scan_accounts(ids(snapshot), columns=COLUMNS, computed=COMPUTED)
        return Counter(tuple(row.values()) for batch in batches for row in batch.to_pylist())


def scanned(store: Store) -> Counter[tuple[object, ...]]:
    with store.snapshot() as snapshot:
        return Counter(
            tuple(row.values())
            for bucket in snapshot.buckets
            for batch in snapshot.scan(
                bucket=bucket, columns=COLUMNS, computed=COMPUTED, accounts=ids(snapshot)
            )
            for row in batch.to_pylist()
        )


def copies(store: Store) -> list[Path]:
    return sorted(store.home.glob("copies/*/*"))


def test_they_tell_what_a_scan_tells_also_when_they_are_torn_or_gone(many: Store, dsn: str) -> None:
    whole = scanned(many)
    assert (len(whole), copied(many)) == (28, whole)
    made = copies(many)
    assert len(made) > 0
    for spoil in (lambda x: x.write_bytes(x.read_bytes()[:99]), Path.unlink):
        for file in made:
            spoil(file)
        anew = Store(many.home, dsn)  # another process
        assert (copied(anew), copies(anew)) == (whole, made)
        anew.close()


def test_a_disk_that_takes_no_copy_costs_time_alone(many: Store) -> None:
    (many.home / "copies").write_text("no folder")
    assert copied(many) == scanned(many)


def test_copies_of_files_that_are_no_more_are_deleted(many: Store) -> None:
    copied(many)
    before = copies(many)
    for start in (100, 140, 180):
        fill(many, start)
        many.compact()
    with many.snapshot() as snapshot:
        assert snapshot.tidy_copies() == len(before)
    assert copies(many) == []
    assert copied(many) == scanned(many)
