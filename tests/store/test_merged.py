"""Facts of two accounts that are one company."""

from collections import Counter

import numpy as np
from tests.store.given import facts, query

from banso.store import Snapshot, Store

PAIR = {"account-2": "account-1", "account-5": "account-1"}
COLUMNS = ("time", "message_id")
Counts = Counter[tuple[str, str]]


def counted(snapshot: Snapshot, *, few: bool = False) -> Counts:
    """(account, message) of every fact, as a bucket tells it; few: of some accounts alone."""
    found: Counts = Counter()
    for bucket in snapshot.buckets:
        ids = snapshot.accounts(bucket)
        keys = snapshot.account_keys(ids.tolist())
        for batch in snapshot.scan(
            bucket=bucket, columns=("account", "message_id"), accounts=ids if few else None
        ):
            rows = batch.to_pydict()
            found.update(
                (keys[x], y) for x, y in zip(rows["account"], rows["message_id"], strict=True)
            )
    return found


def expected(store: Store, into: dict[str, str]) -> Counts:
    """By what was sent, and nothing else."""
    return Counter((into.get(x.account, x.account), x.message_id) for x in facts(*range(70)))


def furnish(store: Store) -> None:
    """Some in buckets, some in the tail, some still in the inbox."""
    store.accept(source="app", dataset="events", facts=facts(*range(40)))
    store.collect()
    store.compact()
    store.accept(source="app", dataset="events", facts=facts(*range(40, 60)))
    store.collect()
    store.accept(source="app", dataset="events", facts=facts(*range(60, 70)))


def test_facts_count_for_the_account_that_stays_and_go_back_when_the_two_are_split(
    store: Store,
) -> None:
    furnish(store)
    with store.snapshot() as snapshot:
        before, generation = counted(snapshot), snapshot.generation
    assert before == expected(store, {})
    assert store.set_merged(PAIR) is True
    assert store.set_merged(PAIR) is False
    with store.snapshot() as snapshot:
        assert counted(snapshot) == counted(snapshot, few=True) == expected(store, PAIR)
        assert snapshot.generation > generation
        one, other = (snapshot.account_id(x) for x in ("account-1", "account-5"))
        assert one is not None
        assert other == one
        mine = sorted(y for x, y in expected(store, PAIR) if x == "account-1")
        ids = np.array([one], np.int32)
        some = [x.to_pydict() for x in snapshot.scan_accounts(ids, columns=("account", *COLUMNS))]
        assert sorted(y for x in some for y in x["message_id"]) == mine
        assert {y for x in some for y in x["account"]} == {one}
        rows = [y for x in snapshot.account_rows(one, columns=COLUMNS) for y in x["message_id"]]
        assert sorted(str(x) for x in rows) == mine
        assert snapshot.events(account=one, limit=500).num_rows == len(mine)
        bucket = snapshot.bucket_of("account-1")
        alone = snapshot.one_bucket(bucket, columns=("account", *COLUMNS), computed={})
        sent = [
            y
            for batch in alone.scan(bucket=bucket, columns=("account", "message_id"))
            for x, y in zip(*batch.to_pydict().values(), strict=True)
            if x == one
        ]
        assert sorted(sent) == mine
    store.set_merged({})
    with store.snapshot() as snapshot:
        assert counted(snapshot) == before


def test_nothing_that_was_told_is_written_anew(store: Store) -> None:
    furnish(store)
    paths = query(store, "SELECT path FROM store.segment ORDER BY 1")
    store.set_merged(PAIR)
    assert query(store, "SELECT path FROM store.segment ORDER BY 1") == paths
