"""The same message is found again however long ago it was stored."""

import random
import shutil
from collections import Counter
from pathlib import Path

import pytest
from tests.store.given import DAY, NOON, held, query, table

from banso.store import Ledger, Store, key_index


def append(store: Store, *told: tuple[str, int, str]) -> Ledger:
    """Facts of (message id, day, event)."""
    rows = [
        {"account": f"C{hash_of(m)}", "event": event, "time": NOON + day * DAY, "message_id": m}
        for m, day, event in told
    ]
    return store.append(table(rows), source="app", dataset="events", origin="f")


def hash_of(message: str) -> int:
    return sum(message.encode()) % 5


def test_the_same_id_years_later_is_no_new_fact(store: Store) -> None:
    append(store, ("m1", 0, "login"))
    assert append(store, ("m1", -2_000, "login")) == Ledger(received=1, quarantined=1)
    assert append(store, ("m1", 0, "login")) == Ledger(received=1, duplicate=1)
    assert query(store, "SELECT reason FROM store.quarantine") == [
        ("this message_id already stands for a fact of other content",)
    ]


@pytest.mark.parametrize("at_once", [8, 1 << 20])
def test_any_history_is_judged_as_a_plain_loop_judges_it(
    store: Store, monkeypatch: pytest.MonkeyPatch, at_once: int
) -> None:
    monkeypatch.setattr(key_index, "AT_ONCE", at_once)
    dice = random.Random(at_once)  # noqa: S311
    known: dict[str, list[object]] = {}
    for turn in range(12):
        batch = [
            (f"m{dice.randrange(150)}", dice.choice([0, 0, -400]), dice.choice("ab"))
            for _ in range(30)
        ]
        said: Counter[str] = Counter()
        for message, *rest in batch:
            if message not in known:
                said["stored"] += 1
            else:
                said["duplicate" if known[message] == rest else "quarantined"] += 1
            known.setdefault(message, rest)
        assert append(store, *batch) == Ledger(received=30, **said)
        if turn % 4 == 3:
            store.compact()
    assert len(held(store)) == len(known)
    assert len(index(store)) <= 4


def index(store: Store) -> list[Path]:
    return sorted((store.home / "keys").glob("*.keys"))


def test_an_index_that_is_lost_or_torn_is_made_anew(store: Store) -> None:
    append(store, ("m1", 0, "login"), ("m2", 0, "login"))
    assert append(store, ("m1", 0, "login")).duplicate == 1
    (run,) = index(store)
    run.write_bytes(run.read_bytes()[:10])
    again = Store(store.home, store.dsn)
    assert append(again, ("m1", 0, "login"), ("m2", 5, "login")) == Ledger(2, 0, 1, 1)
    shutil.rmtree(store.home / "keys")
    assert append(store, ("m1", 0, "login"), ("m2", 5, "login")) == Ledger(2, 0, 1, 1)


def test_two_processes_share_the_index(store: Store) -> None:
    other = Store(store.home, store.dsn)
    append(store, ("m1", 0, "login"))
    append(other, ("m2", 0, "login"))
    store.compact()
    assert append(other, ("m1", 0, "login"), ("m3", 0, "login")) == Ledger(2, 1, 1)
    assert append(store, ("m2", 0, "login"), ("m3", 0, "login")) == Ledger(2, 0, 2)


def test_what_a_restored_backup_does_not_hold_is_stored_again(store: Store) -> None:
    append(store, ("m1", 0, "login"))
    append(store, ("m2", 0, "login"))
    assert append(store, ("m2", 0, "login")).duplicate == 1
    query(store, "DELETE FROM store.segment WHERE generation > 1 RETURNING 1")
    assert append(store, ("m2", 0, "login")) == Ledger(received=1, stored=1)
    assert append(store, ("m1", 0, "login")) == Ledger(received=1, duplicate=1)
