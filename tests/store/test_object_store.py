"""Segments in an object store: the same facts, and never fewer without a word."""

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest
from tests.object_store import address, ask, fresh_bucket, name_it, object_store
from tests.store.given import collect_all, expected, facts, files, held, ledger, query, spread

from banso.store import Ledger, PlaceError, SegmentError, Store, WrongDatabaseError

COLLECT = """
import sys
from pathlib import Path
from banso.store import Store
Store(Path(sys.argv[1]), sys.argv[2]).collect()
"""


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    with object_store() as found:
        yield found


@dataclass(frozen=True)
class Objects:
    """The bucket as others see it."""

    port: int
    bucket: str

    @property
    def address(self) -> str:
        return address(self.port, self.bucket)

    def path(self, segment: str) -> str:
        return f"/{self.bucket}/vendor/banso/{segment}"

    def read(self, segment: str) -> bytes:
        return ask(self.port, "GET", self.path(segment))

    def write(self, segment: str, content: bytes) -> None:
        ask(self.port, "PUT", self.path(segment), content)

    def delete(self, segment: str) -> None:
        ask(self.port, "DELETE", self.path(segment))


@pytest.fixture
def objects(port: int, monkeypatch: pytest.MonkeyPatch) -> Objects:
    made = Objects(port, fresh_bucket(port))
    name_it(monkeypatch, made.address)
    return made


@pytest.fixture
def store(objects: Objects, dsn: str, tmp_path: Path) -> Iterator[Store]:
    made = Store(tmp_path, dsn)
    made.migrate()
    yield made
    made.close()


def known(store: Store) -> list[str]:
    return [str(path) for (path,) in query(store, "SELECT path FROM store.segment ORDER BY path")]


def test_facts_come_back_as_they_went_in(store: Store, objects: Objects) -> None:
    store.accept(source="app", dataset="events", facts=facts(*range(40)))
    collect_all(store)
    store.accept(source="app", dataset="events", facts=facts(*range(30, 60)))
    assert store.collect() == Ledger(received=30, stored=20, duplicate=10)
    assert held(store) == expected(*range(60))
    assert files(store) == set(known(store))
    assert [x.name for x in store.home.iterdir()] == ["keys"]  # the index
    assert objects.read("DATABASE").decode().strip() == str(
        query(store, "SELECT id::text FROM store.identity")[0][0]
    )


def test_one_account_of_many_is_read_by_its_row_groups(store: Store) -> None:
    store.append(spread(40_000), source="file", dataset="events", origin="f")
    with store.snapshot() as snapshot:
        account = snapshot.account_id("account-7")
        assert account is not None
        assert sum(x.num_rows for x in snapshot.account_rows(account)) == 800


def test_compaction_and_sweeping_work_there(store: Store, objects: Objects) -> None:
    for start in range(0, 50, 10):
        store.accept(source="app", dataset="events", facts=facts(*range(start, start + 10)))
        store.collect()
    old = files(store)
    objects.write("tail/left.parquet", b"torn")
    assert store.compact() == 5
    assert store.sweep() == ("tail/left.parquet",)
    assert store.sweep(grace=timedelta(0)) == tuple(sorted(old))
    assert files(store) == set(known(store))
    assert held(store) == expected(*range(50))
    assert store.sweep(grace=timedelta(0)) == ()


@pytest.mark.parametrize("step", ["read", "collect", "compact"])
@pytest.mark.parametrize(
    ("damage", "why"),
    [("missing", "does not exist"), ("torn", "bytes, not"), ("foreign", "was written as")],
)
def test_a_damaged_object_stops_the_work_and_is_named(
    store: Store, objects: Objects, damage: str, why: str, step: str
) -> None:
    for start in (0, 10):
        store.accept(source="app", dataset="events", facts=facts(*range(start, start + 10)))
        store.collect()
    first, second = known(store)
    whole = objects.read(first)
    if damage == "missing":
        objects.delete(first)
    elif damage == "torn":
        objects.write(first, whole[: len(whole) // 2])
    else:
        content = objects.read(second)
        query(store, f"UPDATE store.segment SET bytes = {len(content)} RETURNING 1")
        objects.write(first, content)
    store.accept(source="app", dataset="events", facts=facts(5, 99))

    shutil.rmtree(store.home / "keys")  # it would be made anew from all files

    work = {"read": lambda: held(store), "collect": store.collect, "compact": store.compact}[step]
    with pytest.raises(SegmentError, match=why) as told:
        work()

    assert first in str(told.value)
    assert objects.address in str(told.value)
    assert "restore the segments and the database from the same backup" in str(told.value)
    assert ledger(store) == Ledger(received=20, stored=20)


def test_half_an_object_of_the_right_length_is_found_out(store: Store, objects: Objects) -> None:
    store.accept(source="app", dataset="events", facts=facts(1))
    collect_all(store)
    (path,) = known(store)
    whole = objects.read(path)
    objects.write(path, whole[: len(whole) // 2] + bytes(len(whole) - len(whole) // 2))
    with pytest.raises(SegmentError, match=path):
        held(store)


def test_broken_files_are_told_without_opening_any(store: Store, objects: Objects) -> None:
    for start in (0, 10, 20):
        store.accept(source="app", dataset="events", facts=facts(*range(start, start + 10)))
        store.collect()
    missing, torn, _ = known(store)
    assert store.broken_files() == ()
    objects.delete(missing)
    objects.write(torn, b"torn")
    assert store.broken_files() == (missing, torn)


@pytest.mark.parametrize(
    "point",
    ["segment_written", "segment_synced", "segment_renamed", "commit_inside", "commit_after"],
)
def test_a_writer_killed_in_the_midst_loses_and_doubles_nothing(store: Store, point: str) -> None:
    store.accept(source="app", dataset="events", facts=facts(*range(10)))
    store.collect()
    store.accept(source="app", dataset="events", facts=facts(*range(10, 20)))
    command = [sys.executable, "-c", COLLECT, str(store.home), store.dsn]
    died = subprocess.run(command, env={**os.environ, "BANSO_CRASH_AT": point}, check=False)
    assert died.returncode == -signal.SIGKILL

    assert held(store) == expected(*range(20))
    store.sweep()
    assert files(store) == set(known(store))
    collect_all(store)
    assert held(store) == expected(*range(20))
    assert ledger(store) == Ledger(received=20, stored=20)


def test_another_database_is_refused_and_every_object_stays(
    store: Store, dsn: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store.accept(source="app", dataset="events", facts=facts(1))
    collect_all(store)
    monkeypatch.delenv("BANSO_SEGMENTS")
    with pytest.raises(WrongDatabaseError, match="BANSO_SEGMENTS likewise"):
        Store(tmp_path, dsn).migrate()
    assert files(store) == set(known(store))


def test_a_folder_named_by_its_path_holds_the_segments(
    dsn: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BANSO_SEGMENTS", str(tmp_path / "shared"))
    store = Store(tmp_path / "home", dsn)
    store.migrate()
    store.accept(source="app", dataset="events", facts=facts(1, 2))
    collect_all(store)
    assert held(store) == expected(1, 2)
    lying = {str(x.relative_to(tmp_path)) for x in tmp_path.rglob("*") if x.is_file()}
    assert lying == {"shared/DATABASE", *(f"shared/{x}" for x in known(store))}
    store.close()


@pytest.mark.parametrize(
    ("where", "why"),
    [
        ("segments", "the absolute path of a folder"),
        ("gs://bucket/prefix", "it takes s3://BUCKET/PREFIX"),
        ("s3://key:secret@bucket/prefix?endpoint_override=x:1", "holds a key or a password"),
        ("s3://bucket/prefix?colour=red", "can't be opened .*colour"),
        ("s3://?endpoint_override=x:1", "(names no bucket|can't be opened)"),
    ],
)
def test_a_wrong_setting_is_told_with_its_mend(
    where: str, why: str, dsn: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BANSO_SEGMENTS", where)
    with pytest.raises(PlaceError, match=why) as told:
        Store(tmp_path, dsn)
    assert "BANSO_SEGMENTS" in str(told.value)
    assert "secret@" not in str(told.value)


def test_a_bucket_that_is_not_there_and_a_server_that_is_silent_are_told(
    port: int, dsn: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for where in (address(port, "no-such-bucket"), address(1, "any")):
        name_it(monkeypatch, where)
        with pytest.raises(PlaceError, match="does the bucket exist") as told:
            Store(tmp_path, dsn).migrate()
        assert where in str(told.value)
