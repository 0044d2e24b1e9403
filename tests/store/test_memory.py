"""What a process remembers of the store is never out of date."""

from datetime import timedelta

import numpy as np
import psycopg
import pytest
from tests.store.given import collect_all, expected, facts, held, spread, told

from banso.core.recent import Recent
from banso.store import Store, memory, segments


def test_what_has_been_read_is_not_read_again(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    store.accept(source="app", dataset="events", facts=facts(1, 2))
    collect_all(store)
    store.accept(source="app", dataset="events", facts=facts(3))
    held(store)  # gives the inbox's actions their ids, which is a state of its own
    before = held(store)

    def refuse(*_: object) -> None:
        raise AssertionError("read again")

    monkeypatch.setattr(memory, "_settled", refuse)
    monkeypatch.setattr(memory, "prepare", refuse)
    assert held(store) == before == expected(1, 2, 3)


def test_a_process_sees_what_another_one_has_done(store: Store) -> None:
    """Accepted, collected, compacted and swept by a second store over the same home."""
    other = Store(store.home, store.dsn)
    store.accept(source="app", dataset="events", facts=facts(1))
    assert held(store) == expected(1)
    other.accept(source="app", dataset="events", facts=facts(2))
    assert held(store) == expected(1, 2)
    collect_all(other)
    assert held(store) == expected(1, 2)
    other.compact()
    other.sweep(grace=timedelta(0))
    assert held(store) == expected(1, 2)
    with store.snapshot() as snapshot:
        assert snapshot.activity().column("facts").to_pylist() == [2]
    other.close()


def test_two_snapshots_of_one_state_share_what_was_read_and_read_alike(store: Store) -> None:
    store.accept(source="app", dataset="events", facts=facts(*range(20)))
    collect_all(store)
    store.accept(source="app", dataset="events", facts=facts(30))
    with store.snapshot() as first:
        with store.snapshot() as second:
            assert told(second) == expected(*range(20), 30)
        assert told(first) == expected(*range(20), 30)
        assert first.generation == second.generation


def test_a_connection_is_given_back_without_a_transaction(store: Store) -> None:
    with store.snapshot():
        pass
    with pytest.raises(RuntimeError), store.snapshot():
        raise RuntimeError
    for connection in store._idle:
        assert connection.info.transaction_status is psycopg.pq.TransactionStatus.IDLE
    store.accept(source="app", dataset="events", facts=facts(1))
    assert held(store) == expected(1)


def test_one_account_is_read_from_the_row_groups_that_may_hold_it(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(segments, "ROW_GROUP", 100)
    store.append(spread(40_000), source="file", dataset="events", origin="f")
    store.compact()
    with store.snapshot() as snapshot:
        ids = snapshot.account_ids([f"account-{n}" for n in range(50)])
        for key, number in ids.items():
            bucket = snapshot.bucket_of(key)
            only = np.array([number], np.int32)
            alone = list(snapshot.scan(bucket=bucket, accounts=only))
            assert sum(x.num_rows for x in alone) == 800
            assert {y for x in alone for y in x.column("account").to_pylist()} == {number}


def test_a_footer_names_the_groups_that_may_hold_an_account() -> None:
    lowest, highest = np.array([1, 5, 5, 9], np.int64), np.array([5, 5, 8, 12], np.int64)
    footer = segments.Footer(None, lowest, highest)

    def holding(*accounts: int) -> list[int]:
        return footer.holding(np.array(accounts, np.int32))

    assert holding() == []
    assert holding(0) == []
    assert holding(5) == [0, 1, 2]
    assert holding(7) == [2]
    assert holding(13) == []
    assert holding(0, 12) == [3]
    assert holding(3, 10) == [0, 3]


def test_only_the_most_recent_are_kept() -> None:
    made: list[int] = []

    def make(number: int) -> int:
        made.append(number)
        return number * 10

    kept: Recent[int, int] = Recent(2)
    asked = [1, 2, 1, 3, 1, 2]
    assert [kept.get(n, lambda n=n: make(n)) for n in asked] == [n * 10 for n in asked]  # type: ignore[misc]  # the default binds the number
    assert made == [1, 2, 3, 2]
