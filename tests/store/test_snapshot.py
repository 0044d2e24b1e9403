"""One consistent state of all facts, whatever happens meanwhile."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import duckdb
import numpy as np
import pyarrow as pa
import pytest
from tests.store.given import DAY, NOON, collect_all, expected, fact, facts, held, told

from banso.core.events.fact import Fact
from banso.store import Snapshot, Store, engine
from banso.store.evidence import RoleSpan
from banso.store.scan import ScanError

COLLECTOR = """
import sys
from pathlib import Path
from banso.store import Store
store = Store(Path(sys.argv[1]), sys.argv[2])
while True:
    store.collect(limit=20)
    store.compact()
"""
QUARTER = 15 * 60 * 1_000_000


@contextmanager
def collecting(store: Store) -> Iterator[None]:
    """Another process collects and compacts all the time."""
    home = str(store.home)
    process = subprocess.Popen([sys.executable, "-c", COLLECTOR, home, store.dsn])
    try:
        yield
        assert process.poll() is None
    finally:
        process.kill()
        process.wait()


def test_a_fact_is_seen_exactly_once_while_another_process_collects(store: Store) -> None:
    with collecting(store):
        for count in range(1, 11):
            store.accept(source="app", dataset="events", facts=facts(2 * count, 2 * count + 1))
            assert held(store) == expected(*range(2, 2 * count + 2))


def test_facts_accepted_later_are_not_seen(store: Store) -> None:
    store.accept(source="app", dataset="events", facts=facts(1))
    with store.snapshot() as snapshot:
        store.accept(source="app", dataset="events", facts=facts(2))
        collect_all(store)
        assert told(snapshot) == expected(1)
        assert snapshot.activity().column("facts").to_pylist() == [1]
        assert snapshot.rows == 1


def test_the_generation_grows_with_every_change_and_only_then(store: Store) -> None:
    def generation() -> int:
        with store.snapshot() as snapshot:
            return snapshot.generation

    seen = [generation()]
    for number in (1, 2):
        store.accept(source="app", dataset="events", facts=facts(number))
        seen.append(generation())
    collect_all(store)
    seen.append(generation())
    store.append(pa.table({"account": ["a"], "event": ["e"], "time": pa.array([NOON])}),
                 source="f", dataset="events", origin="f")  # fmt: skip
    seen.append(generation())
    assert seen == sorted(set(seen))
    store.compact()
    store.sweep()
    assert generation() == seen[-1]


def test_actions_are_indexed_by_id_and_know_their_first_time(store: Store) -> None:
    store.accept(source="app", dataset="events", facts=[fact(4), fact(1), fact(2)])
    collect_all(store)
    store.accept(source="crm", dataset="records", facts=[fact(7), fact(1)])
    with store.snapshot() as snapshot:
        assert [action.id for action in snapshot.actions] == [0, 1, 2]
        got = {(a.dataset, a.source, a.event): a.first_time for a in snapshot.actions}
        assert got == {
            ("events", "app", "event-1"): fact(1).time,
            ("events", "app", "event-2"): fact(2).time,
            ("records", "crm", "event-1"): fact(1).time,
        }
        assert snapshot.first_time == fact(1).time


def test_an_earlier_fact_moves_the_first_time_back(store: Store) -> None:
    for number in (4, 1):
        store.accept(source="app", dataset="events", facts=[fact(number)])
        collect_all(store)
    with store.snapshot() as snapshot:
        assert [action.first_time for action in snapshot.actions] == [fact(1).time]


def test_an_empty_store_has_an_empty_snapshot(store: Store) -> None:
    with store.snapshot() as snapshot:
        assert (snapshot.generation, snapshot.actions, snapshot.buckets) == (0, (), ())
        assert snapshot.first_time is None
        assert list(snapshot.scan(bucket=3)) == []
        assert snapshot.activity().num_rows == 0
        assert snapshot.events(account=1).num_rows == 0


def test_accounts_without_facts_have_an_id_and_a_bucket(store: Store) -> None:
    ids = store.encode_accounts(["quiet", "silent", "quiet"])
    assert store.encode_accounts(["silent"]) == {"silent": ids["silent"]}
    with store.snapshot() as snapshot:
        bucket = snapshot.bucket_of("quiet")
        assert bucket in snapshot.buckets
        assert ids["quiet"] in snapshot.accounts(bucket).tolist()
        assert snapshot.account_id("quiet") == ids["quiet"]
        assert snapshot.account_id("nobody") is None
        assert snapshot.account_keys(ids.values()) == {n: key for key, n in ids.items()}


def test_every_account_lies_in_exactly_one_bucket(store: Store) -> None:
    store.accept(source="app", dataset="events", facts=facts(*range(30)))
    collect_all(store)
    with store.snapshot() as snapshot:
        ids = np.concatenate([snapshot.accounts(bucket) for bucket in snapshot.buckets])
        assert sorted(ids.tolist()) == list(range(1, 8))
        for bucket in snapshot.buckets:
            inside = {n for b in snapshot.scan(bucket=bucket) for n in b["account"].to_pylist()}
            assert inside <= set(snapshot.accounts(bucket).tolist())


def test_one_accounts_records_are_found_in_whatever_files_they_lie(store: Store) -> None:
    """Whether or not it is said when they were: then files of other times are not opened."""
    for month in range(4):
        times = [NOON + month * 30 * DAY + n * 1_000_000 for n in range(20)]
        events = [fact(100 * month + n, time=time) for n, time in enumerate(times)]
        store.accept(source="app", dataset="events", facts=events)
        whose = f"account-{month % 2}"
        answers = [fact(100 * month + n, time=times[n], account=whose) for n in range(3)]
        store.accept(source="crm", dataset="records", facts=answers)
    collect_all(store)
    store.compact()
    with store.snapshot() as snapshot:
        for number in (0, 1):
            account = snapshot.account_id(f"account-{number}")
            assert account is not None
            bucket = snapshot.bucket_of(f"account-{number}")
            expected = [
                NOON + month * 30 * DAY + n * 1_000_000
                for month in (number, number + 2)
                for n in range(3)
            ]
            for at in (None, np.array(expected, np.int64)):
                found = snapshot.scan(
                    bucket=bucket,
                    columns=("time",),
                    dataset="records",
                    accounts=np.array([account], np.int32),
                    at=at,
                )
                times = [x for b in found for x in b["time"].cast("int64").to_pylist()]
                assert sorted(times) == expected
            first = snapshot.scan(
                bucket=bucket, columns=("time",), at=np.array(expected[:1], np.int64)
            )
            months = {f"{x:%m}" for b in first for x in b["time"].to_pylist()}
            assert months == {f"{5 + number:02}"}


def test_activity_counts_quarters_of_an_hour_by_source(store: Store) -> None:
    def at(time: int) -> Fact:
        return Fact(account="a", event="e", time=time)

    start = NOON // QUARTER * QUARTER
    store.accept(source="app", dataset="events", facts=[at(start), at(start + QUARTER - 1)])
    collect_all(store)
    store.accept(source="app", dataset="events", facts=[at(start + 1), at(start + QUARTER)])
    with store.snapshot() as snapshot:
        assert snapshot.activity().to_pylist() == [
            {"source": "app", "dataset": "events", "quarter": start, "facts": 3},
            {"source": "app", "dataset": "events", "quarter": start + QUARTER, "facts": 1},
        ]


@pytest.fixture
def everywhere(store: Store) -> Store:
    """One account's facts in a bucket file, in a tail file, and in the inbox."""
    for number in (1, 2, 3):
        person = f"person-{number}"
        made = Fact(
            account="acme", user=person, event="rated", product="pro", time=NOON + number * DAY,
            value=float(number), properties=f'{{"plan":"p{number}","n":{number}}}',
            message_id=f"id-{number}",
        )  # fmt: skip
        other = Fact(account="other", event="rated", time=NOON + number * DAY)
        store.accept(source="app", dataset="events", facts=[made, other])
        if number < 3:
            collect_all(store)
        if number == 1:
            store.compact()
    store.append(
        pa.table({"account": ["acme"], "event": ["nps"], "time": pa.array([NOON])}),
        source="crm",
        dataset="records",
        origin="f",
    )
    return store


def rows(snapshot: Snapshot, **wanted: object) -> list[dict[str, object]]:
    bucket = snapshot.bucket_of("acme")
    batches = list(snapshot.scan(bucket=bucket, **wanted))  # type: ignore[arg-type]  passed on
    return sorted((row for b in batches for row in b.to_pylist()), key=str)


def test_a_scan_hands_out_just_the_columns_asked_for(everywhere: Store) -> None:
    with everywhere.snapshot() as snapshot:
        acme = np.array([snapshot.account_id("acme")], np.int32)
        got = rows(snapshot, columns=["value", "message_id"], accounts=acme, dataset="events")
    assert got == [{"value": float(n), "message_id": f"id-{n}"} for n in (1, 2, 3)]


def test_a_scan_of_one_dataset_leaves_the_other_out(everywhere: Store) -> None:
    with everywhere.snapshot() as snapshot:
        acme = np.array([snapshot.account_id("acme")], np.int32)
        for dataset, count in (("events", 3), ("records", 1), (None, 4)):
            assert len(rows(snapshot, dataset=dataset, accounts=acme)) == count


def test_computed_columns_come_from_properties_and_value(everywhere: Store) -> None:
    computed = {
        "plan": "json_extract_string(properties, '$.plan')",
        "big": "value >= 2",
    }
    with everywhere.snapshot() as snapshot:
        acme = np.array([snapshot.account_id("acme")], np.int32)
        found = rows(snapshot, columns=["time"], computed=computed, accounts=acme, dataset="events")
    assert [(row["plan"], row["big"]) for row in found] == [
        ("p1", False),
        ("p2", True),
        ("p3", True),
    ]
    assert [row["time"].timestamp() for row in found] == [
        (NOON + n * DAY) / 1_000_000 for n in (1, 2, 3)
    ]


def test_a_scan_for_no_account_finds_nothing(everywhere: Store) -> None:
    with everywhere.snapshot() as snapshot:
        assert rows(snapshot, accounts=np.array([], np.int32)) == []


def test_an_unknown_column_is_named(everywhere: Store) -> None:
    with everywhere.snapshot() as snapshot, pytest.raises(ScanError, match="'colour'"):
        rows(snapshot, columns=["colour"])


def test_events_show_the_newest_facts_of_an_account_as_people_read_them(
    everywhere: Store,
) -> None:
    with everywhere.snapshot() as snapshot:
        acme = snapshot.account_id("acme")
        assert acme is not None
        first, second = snapshot.events(account=acme, limit=2).to_pylist()
    assert first.pop("time").timestamp() == (NOON + 3 * DAY) / 1_000_000
    assert first == {
        "user": "person-3",
        "event": "rated",
        "feature": "rated",
        "product": "pro",
        "source": "app",
        "dataset": "events",
        "value": 3.0,
        "properties": '{"plan":"p3","n":3}',
        "message_id": "id-3",
    }
    assert second["message_id"] == "id-2"


@pytest.mark.parametrize(
    ("where", "users"),
    [
        ("value >= 2", ["person-3", "person-2"]),
        ("role = 'admin'", ["person-2"]),
        ("role = '' and dataset = 'events'", ["person-3", "person-1"]),
        ("event = 'nps' and source = 'crm'", [None]),
        ("json_extract_string(properties, '$.plan') = 'p1'", ["person-1"]),
        ("product = 'none'", []),
    ],
)
def test_events_are_chosen_by_a_condition(
    everywhere: Store, where: str, users: list[str | None]
) -> None:
    with everywhere.snapshot() as snapshot:
        acme = snapshot.account_id("acme")
        assert acme is not None
        day = (NOON + DAY, NOON + 2 * DAY)
        roles = [
            RoleSpan("person-2", "admin", 0, 2**62),
            RoleSpan("person-1", "admin", day[1], 2**62),  # not yet, when they did what they did
            RoleSpan("stranger", "admin", 0, 2**62),
        ]
        found = snapshot.events(account=acme, where_sql=where, roles=roles)
    assert found.column("user").to_pylist() == users


def test_events_lie_within_the_half_open_time_asked_for(everywhere: Store) -> None:
    with everywhere.snapshot() as snapshot:
        acme = snapshot.account_id("acme")
        assert acme is not None
        found = snapshot.events(
            account=acme, start_us=NOON + DAY, end_us=NOON + 3 * DAY, newest_first=False
        )
    assert found.column("message_id").to_pylist() == ["id-1", "id-2"]


@pytest.mark.parametrize(
    "statement",
    [
        "SELECT * FROM read_csv('/etc/passwd')",
        "COPY (SELECT 1) TO '/tmp/banso-leak'",
        "ATTACH '/tmp/banso-leak.db'",
        "INSTALL httpfs",
        "SET enable_external_access = true",
        "SELECT * FROM variable",
    ],
)
def test_the_engine_reaches_no_file_no_net_and_no_variable(statement: str) -> None:
    variable = pa.table({"secret": [1]})  # a table that DuckDB could find by name, if it looked
    assert variable.num_rows == 1
    with engine.connect() as connection, pytest.raises(duckdb.Error):
        connection.execute(statement).fetchall()
