"""Old facts go for good; what is left tells of the source as if it had begun later."""

import pytest
from tests.store.given import DAY, NOON, expected, facts, held, ledger, query, spread, told

from banso.store import Ledger, Store
from banso.store.encode import QUARTER_US

MINUTE = 60_000_000


@pytest.mark.parametrize("compacted", [False, True])
def test_facts_from_before_an_instant_are_deleted(store: Store, compacted: bool) -> None:
    store.append(spread(3_000), source="file", dataset="events", origin="f")
    if compacted:
        store.compact()
    before = (NOON - 20 * DAY) // QUARTER_US * QUARTER_US
    kept = {x: n for x, n in held(store).items() if int(str(x[3])) >= before}
    (gone,) = store.expire({"file": before + MINUTE})  # within the quarter of an hour
    assert (gone.facts, gone.before, dict(held(store))) == (3_000 - len(kept), before, kept)
    assert query(store, "SELECT sum(facts)::int FROM store.activity") == [(len(kept),)]
    assert query(store, "SELECT DISTINCT first_time FROM store.action") == [(before,)]


def test_other_sources_the_ledger_and_open_snapshots_keep_all(store: Store) -> None:
    for source in ("app", "other"):
        store.accept(source=source, dataset="events", facts=facts(*range(5)))
        store.collect()
    with store.snapshot() as snapshot:
        (gone,) = store.expire({"app": NOON + DAY})
        seen = told(snapshot).total()
    assert (gone.source, gone.facts, seen) == ("app", 5, 10)
    assert held(store) == expected(*range(5))
    assert ledger(store) == Ledger(received=10, stored=10)
    assert store.expire({"app": NOON + DAY}) == ()
