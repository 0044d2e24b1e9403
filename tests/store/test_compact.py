"""Small files become big ones, and no fact is lost or doubled on the way."""

from datetime import timedelta

import pyarrow.parquet as pq
from tests.store.given import collect_all, expected, facts, files, folder, held, query, spread

from banso.store import Ledger, Store

NOW = timedelta(0)


def test_compaction_keeps_every_row_and_empties_the_tail(store: Store) -> None:
    for start in range(0, 50, 10):
        store.accept(source="app", dataset="events", facts=facts(*range(start, start + 10)))
        store.collect()
    before = held(store)
    assert store.compact() == 5
    assert held(store) == before == expected(*range(50))
    assert query(store, "SELECT count(*) FROM store.segment WHERE bucket IS NULL") == [(0,)]


def test_many_files_of_one_place_become_one(store: Store) -> None:
    for start in range(0, 80, 10):
        store.accept(source="app", dataset="events", facts=facts(*range(start, start + 10)))
        store.collect()
        store.compact()
    places = query(store, "SELECT bucket, month, count(*) FROM store.segment GROUP BY 1, 2")
    assert max(count for _, _, count in places) < 4
    assert held(store) == expected(*range(80))


def test_files_are_sorted_by_account_and_time(store: Store) -> None:
    store.append(spread(40_000), source="file", dataset="events", origin="f")
    store.compact()
    for (path,) in query(store, "SELECT path FROM store.segment"):
        read = pq.read_table(folder(store) / str(path)).select(["account", "time"])
        assert read.equals(read.sort_by([("account", "ascending"), ("time", "ascending")]))


def test_a_replaced_file_stays_for_the_grace_and_then_goes(store: Store) -> None:
    store.accept(source="app", dataset="events", facts=facts(1, 2, 3))
    collect_all(store)
    (old,) = files(store)
    store.compact()
    assert store.sweep() == ()
    assert old in files(store)
    assert store.sweep(grace=NOW) == (old,)
    assert files(store) == {str(p) for (p,) in query(store, "SELECT path FROM store.segment")}
    assert held(store) == expected(1, 2, 3)


def test_a_snapshot_opened_before_compaction_reads_on(store: Store) -> None:
    store.append(spread(30_000), source="file", dataset="events", origin="f")
    store.accept(source="app", dataset="events", facts=facts(1))
    with store.snapshot() as snapshot:
        store.collect()
        store.compact()
        store.sweep()
        rows = sum(b.num_rows for k in snapshot.buckets for b in snapshot.scan(bucket=k))
    assert rows == 30_001


def test_sweep_removes_what_a_crash_left_and_nothing_else(store: Store) -> None:
    store.accept(source="app", dataset="events", facts=facts(1))
    collect_all(store)
    kept = files(store)
    for path in ("tail/left.tmp", "tail/left.parquet", "bucket=001/month=2026-05/x.parquet"):
        orphan = folder(store) / path
        orphan.parent.mkdir(parents=True, exist_ok=True)
        orphan.write_bytes(b"torn")
    assert len(store.sweep()) == 3
    assert files(store) == kept
    assert store.sweep() == ()


def test_duplicates_are_known_after_compaction(store: Store) -> None:
    store.accept(source="app", dataset="events", facts=facts(1, 2))
    collect_all(store)
    store.compact()
    store.accept(source="app", dataset="events", facts=facts(1, 2, 3))
    assert store.collect() == Ledger(received=3, stored=1, duplicate=2)


def test_compacting_an_empty_store_does_nothing(store: Store) -> None:
    assert store.compact() == 0
