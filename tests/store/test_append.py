"""The bulk way in: files of facts."""

import pyarrow as pa
import pytest
from tests.store.given import NOON, files, ledger, query, spread, table

from banso.store import FactsError, Ledger, Rejected, Store

LINE = {"account": "a", "user": "u", "event": "login", "time": NOON}


def append(store: Store, facts: pa.Table, *, source: str = "file") -> Ledger:
    return store.append(facts, source=source, dataset="events", origin="facts.csv")


def count(store: Store) -> int:
    with store.snapshot() as snapshot:
        return sum(
            batch.num_rows for bucket in snapshot.buckets for batch in snapshot.scan(bucket=bucket)
        )


def test_a_file_imported_twice_is_stored_once(store: Store) -> None:
    assert append(store, spread(30_000)) == Ledger(received=30_000, stored=30_000)
    assert append(store, spread(30_000)) == Ledger(received=30_000, duplicate=30_000)
    assert count(store) == 30_000


def test_two_equal_lines_without_id_are_two_facts_but_not_three_when_read_again(
    store: Store,
) -> None:
    lines = [LINE, {**LINE, "user": "v"}, LINE]
    assert append(store, table(lines)) == Ledger(received=3, stored=3)
    assert append(store, table(lines)) == Ledger(received=3, duplicate=3)
    assert append(store, table([*lines, LINE])) == Ledger(received=4, stored=1, duplicate=3)


def test_lines_without_id_differ_by_every_field(store: Store) -> None:
    variants = [
        LINE,
        {**LINE, "account": "b"},
        {**LINE, "user": None},
        {**LINE, "event": "logout"},
        {**LINE, "feature": "f"},
        {**LINE, "product": "p"},
        {**LINE, "time": NOON + 1},
        {**LINE, "value": 0.0},
        {**LINE, "value": 1.0},
        {**LINE, "properties": "{}"},
    ]
    for variant in variants:
        assert append(store, table([variant])) == Ledger(received=1, stored=1)
    assert append(store, table(variants)) == Ledger(received=10, duplicate=10)


def test_the_same_lines_of_another_source_are_other_facts(store: Store) -> None:
    append(store, table([LINE]), source="one")
    assert append(store, table([LINE]), source="two") == Ledger(received=1, stored=1)


def test_minus_zero_is_zero(store: Store) -> None:
    append(store, table([{**LINE, "message_id": "1", "value": 0.0}]))
    again = append(store, table([{**LINE, "message_id": "1", "value": -0.0}]))
    assert again == Ledger(received=1, duplicate=1)


def test_rejected_rows_are_counted_and_set_aside_with_the_rest(store: Store) -> None:
    rejected = [Rejected(row=7, reason="no date", payload="x;y"), Rejected(9, "no date", "\0")]
    for times in (1, 2):
        store.append(
            table([LINE]), source="file", dataset="events", origin="f.csv", rejected=rejected
        )
        assert query(
            store,
            'SELECT origin, "row", reason, payload, seen FROM store.quarantine ORDER BY "row"',
        ) == [
            ("f.csv", 7, "no date", "x;y", times),
            ("f.csv", 9, "no date", "\\u0000", times),
        ]
    assert ledger(store) == Ledger(received=6, stored=1, duplicate=1, quarantined=4)


def test_a_file_of_nothing_but_rejected_rows_leaves_no_segment(store: Store) -> None:
    got = store.append(
        spread(0), source="file", dataset="events", origin="f", rejected=[Rejected(1, "bad", "")]
    )
    assert got == Ledger(received=1, quarantined=1)
    assert files(store) == set()


def test_a_row_without_account_or_time_is_set_aside(store: Store) -> None:
    rows = [{**LINE, "row": 5}, {**LINE, "account": None, "row": 6}, {**LINE, "time": None}]
    assert append(store, table(rows)) == Ledger(received=3, stored=1, quarantined=2)
    assert query(store, 'SELECT "row", reason FROM store.quarantine ORDER BY "row"') == [
        (0, "no time"),
        (6, "no account"),
    ]


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"account": ["a"], "event": ["e"]}, "lacks the column 'time'"),
        ({"account": ["a"], "event": ["e"], "time": ["monday"]}, "The column 'time' is string"),
        (
            {"account": ["a"], "event": ["e"], "time": pa.array([0], pa.timestamp("us"))},
            "'time' has no zone",
        ),
    ],
)
def test_a_table_of_another_shape_is_refused(
    store: Store, wrong: dict[str, object], message: str
) -> None:
    with pytest.raises(FactsError, match=message):
        append(store, pa.table(wrong))


def test_a_small_batch_is_one_tail_file_and_a_big_one_goes_to_its_buckets(store: Store) -> None:
    append(store, spread(100))
    assert {path.split("/")[0] for path in files(store)} == {"tail"}
    assert len(files(store)) == 1
    append(store, spread(40_000), source="other")
    places = {path.rsplit("/", 1)[0] for path in files(store)}
    manifest = query(store, "SELECT bucket, month FROM store.segment WHERE bucket IS NOT NULL")
    assert places - {"tail"} == {f"bucket={b:03d}/month={m}" for b, m in manifest}
    # two days of March, a few rows a bucket, stay together in the tail
    assert {month for _, month in manifest} == {"2026-04", "2026-05"}
    assert count(store) == 40_100


def test_duplicates_are_found_in_memory_bounded_by_the_batch(store: Store) -> None:
    """What is read from disk to find duplicates of 10 facts does not grow with the store."""
    append(store, spread(100_000))
    before = pa.total_allocated_bytes()
    assert append(store, spread(100_000).slice(0, 10)) == Ledger(received=10, duplicate=10)
    assert pa.total_allocated_bytes() - before < 2**20
