"""Taking facts in: acknowledged means they will be stored, once."""

import threading

import pytest
from tests.store.given import NOON, collect_all, expected, fact, facts, held, ledger, query

from banso.core.events.fact import Fact
from banso.store import FactsError, Ledger, Store


def test_an_accepted_fact_is_seen_before_and_after_it_is_collected(store: Store) -> None:
    assert store.accept(source="app", dataset="events", facts=facts(1, 2, 3)) == 3
    assert held(store) == expected(1, 2, 3)
    assert store.collect() == Ledger(received=3, stored=3)
    assert held(store) == expected(1, 2, 3)
    assert store.collect() == Ledger()


def test_nothing_accepted_is_nothing_to_collect(store: Store) -> None:
    assert store.accept(source="app", dataset="events", facts=[]) == 0
    assert query(store, "SELECT count(*) FROM store.inbox") == [(0,)]


def test_a_batch_sent_again_is_stored_once(store: Store) -> None:
    store.accept(source="app", dataset="events", facts=facts(1, 2))
    store.accept(source="app", dataset="events", facts=facts(2, 3))
    assert held(store) == expected(1, 2, 3)
    assert store.collect() == Ledger(received=4, stored=3, duplicate=1)
    store.accept(source="app", dataset="events", facts=facts(1, 2, 4))
    assert held(store) == expected(1, 2, 3, 4)
    assert store.collect() == Ledger(received=3, stored=1, duplicate=2)
    assert held(store) == expected(1, 2, 3, 4)


def test_collect_takes_the_oldest_batches_up_to_its_limit(store: Store) -> None:
    for first in (1, 11, 21):
        numbers = range(first, first + 10)
        store.accept(source="app", dataset="events", facts=facts(*numbers))
    assert store.collect(limit=15) == Ledger(received=20, stored=20)
    assert store.collect(limit=15) == Ledger(received=10, stored=10)
    assert held(store) == expected(*range(1, 31))


def test_the_same_id_of_another_source_or_dataset_is_another_fact(store: Store) -> None:
    store.accept(source="app", dataset="events", facts=facts(1))
    store.accept(source="web", dataset="events", facts=facts(1))
    store.accept(source="app", dataset="records", facts=facts(1))
    assert collect_all(store) == Ledger(received=3, stored=3)
    assert sum(held(store).values()) == 3


def test_a_known_id_with_other_content_goes_to_quarantine(store: Store) -> None:
    store.accept(source="app", dataset="events", facts=[fact(1)])
    collect_all(store)
    store.accept(source="app", dataset="events", facts=[fact(1, account="somebody-else")])
    assert held(store) == expected(1)
    assert store.collect() == Ledger(received=1, quarantined=1)
    assert held(store) == expected(1)
    rows = query(store, "SELECT source, dataset, reason, payload::json ->> 'account' "
                 "FROM store.quarantine")  # fmt: skip
    reason = "this message_id already stands for a fact of other content"
    assert rows == [("app", "events", reason, "somebody-else")]


def test_of_two_contradicting_facts_in_one_batch_the_first_is_stored(store: Store) -> None:
    both = [fact(1), fact(1, account="somebody-else"), fact(1)]
    store.accept(source="app", dataset="events", facts=both)
    assert store.collect() == Ledger(received=3, stored=1, duplicate=1, quarantined=1)
    assert held(store) == expected(1)


def test_one_poison_fact_does_not_stop_the_rest(store: Store) -> None:
    poison = [
        Fact(account="", event="login", time=NOON),
        Fact(account="a\0b", event="login", time=NOON),
        Fact(account="a", event="", time=NOON),
        Fact(account="a", event="x" * 601, time=NOON),
        Fact(account="a", event="login", time=9_000_000_000_000_000_000),
    ]
    store.accept(source="app", dataset="events", facts=[*poison, *facts(1, 2)])
    assert store.collect() == Ledger(received=7, stored=2, quarantined=5)
    assert held(store) == expected(1, 2)
    assert query(store, 'SELECT "row", reason FROM store.quarantine ORDER BY "row"') == [
        (0, "no account"),
        (1, "account: longer than 1000 bytes, or holds a NUL character"),
        (2, "no event"),
        (3, "event: longer than 600 bytes, or holds a NUL character"),
        (4, "the time lies outside the years 1900 to 2199"),
    ]


def test_text_that_is_no_unicode_is_refused_and_nothing_is_kept(store: Store) -> None:
    broken = Fact(account="\ud800", event="login", time=NOON)
    with pytest.raises(FactsError, match="not Unicode"):
        store.accept(source="app", dataset="events", facts=[fact(1), broken])
    assert held(store) == expected()


@pytest.mark.parametrize("source", ["", "a\0b", "x" * 201])
def test_a_source_that_can_not_be_named_is_refused(store: Store, source: str) -> None:
    with pytest.raises(FactsError, match="The name of a source has 1 to 200 bytes"):
        store.accept(source=source, dataset="events", facts=facts(1))


def test_a_fact_without_feature_product_and_user_takes_what_absence_means(store: Store) -> None:
    bare = Fact(account="a", event="login", time=NOON, user="")
    store.accept(source="app", dataset="events", facts=[bare])
    with store.snapshot() as snapshot:
        (action,) = snapshot.actions
        assert (action.event, action.feature, action.product) == ("login", "login", "")
        assert snapshot.events(account=1).to_pylist()[0]["user"] is None


def test_the_ledger_balances_by_source_and_hour(store: Store) -> None:
    store.accept(source="app", dataset="events", facts=facts(1, 2, 2))
    store.accept(source="crm", dataset="records", facts=facts(1))
    collect_all(store)
    rows = query(
        store,
        "SELECT source, dataset, received, stored, duplicate, quarantined, "
        "hour = date_trunc('hour', hour) FROM store.ledger ORDER BY source",
    )
    assert rows == [("app", "events", 3, 2, 1, 0, True), ("crm", "records", 1, 1, 0, 0, True)]


def test_collectors_and_senders_side_by_side_store_each_fact_once(store: Store) -> None:
    def send(offset: int) -> None:
        for start in range(0, 60, 10):
            numbers = range(offset + start, offset + start + 20)
            store.accept(source="app", dataset="events", facts=facts(*numbers))

    def gather() -> None:
        for _ in range(6):
            store.collect(limit=30)

    threads = [threading.Thread(target=send, args=[n * 30]) for n in range(3)]
    threads += [threading.Thread(target=gather) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    collect_all(store)
    assert held(store) == expected(*range(130))
    assert ledger(store) == Ledger(received=360, stored=130, duplicate=230)
