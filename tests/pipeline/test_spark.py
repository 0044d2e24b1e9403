"""Spark computes what this machine computes: the same numbers, cell by cell, or nothing at all."""

import os
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from importlib.util import find_spec
from pathlib import Path

import pyarrow as pa
import pytest
from tests.object_store import CREDENTIALS, address, fresh_bucket, name_it, object_store
from tests.pipeline.test_one_account import MORE, vendor  # noqa: F401  a fixture
from tests.pipeline.vendor import FIRST, LAST, apply, furnish, send, usage
from tests.store.given import query

from banso.cli.session import Session, open_session
from banso.desk.models import Alert, Assessment, Change, Episode, Measured, Run, Standing
from banso.desk.queries import decided
from banso.pipeline.engine import EngineError, in_process
from banso.pipeline.gather import Inputs, gather
from banso.pipeline.kept_history import folder_of
from banso.pipeline.run import run
from banso.pipeline.spark import Spark, spark
from banso.pipeline.told import Asked, Days, Told
from banso.store import SegmentError
from banso.store.histories import current, writing
from banso.store.place import TRANSIT

START = FIRST + timedelta(days=10)
pytestmark = [
    pytest.mark.slow,
    pytest.mark.timeout(400),
    pytest.mark.skipif(
        (shutil.which("java") is None or find_spec("pyspark") is None)
        and os.environ.get("CI") != "true",
        reason="needs Java (Debian: apt-get install openjdk-17-jre-headless) and pyspark "
        "(.venv/bin/uv sync --extra spark); ./run test brings both",
    ),
]


@pytest.fixture(scope="module")
def engine() -> Iterator[Spark]:
    """Its workers have an object store's credentials in their environment, as on a cluster."""
    with pytest.MonkeyPatch.context() as environment:
        for name, value in CREDENTIALS.items():
            environment.setenv(name, value)
        with spark("local[2]") as made:
            yield made


@contextmanager
def asked(session: Session) -> Iterator[tuple[Inputs, Asked]]:
    """What a run would ask of the engine now."""
    definitions = session.applied()
    states = decided.rule_states(sorted({*definitions.rules, *decided.open_rules()}))
    before = decided.latest_run()
    shown = decided.last_shown(before) if before else {}
    with session.store.snapshot() as snapshot:
        inputs = gather(session.store, snapshot, definitions, as_of=LAST)
        days = Days(START, LAST)
        yield inputs, Asked(days, states, shown, before.as_of if before else None)


@dataclass(frozen=True)
class Answer:
    told: list[Told]
    history: list[tuple[int, pa.Table]]


def answer(engine: object, inputs: Inputs, question: Asked, folder: Path) -> Answer:
    """All that an engine says, and the history it leaves."""
    assert callable(engine)
    with writing(folder, bytes_needed=0) as made:
        told = list(engine(inputs, question, made))
        history = made.finish(pa.table({"metric": pa.array([], pa.string())}), {})
    columns = list(pa.parquet.read_schema(history.folder / history.files[0].path).names)
    return Answer(
        told, [(x.bucket, t) for x, t in zip(history.files, history.tables(columns), strict=True)]
    )


def plain(told: Told) -> list[object]:
    """Everything but the way its history was carried, as values that can be compared."""
    summary = told.summary
    return [
        told.bucket,
        [x.tolist() for x in told.accounts],
        told.assessed,
        told.changed,
        told.openings,
        told.closings,
        *(x.to_pylist() for x in told.standing),
        *(x.to_pylist() for x in told.measured),
        (summary.metrics, summary.segments),
        *(x.tolist() for x in (summary.sums, summary.counts, summary.customers)),
    ]


def same(left: Answer, right: Answer) -> None:
    assert repr([plain(x) for x in left.told]) == repr([plain(x) for x in right.told])
    assert [x for x, _ in left.history] == [x for x, _ in right.history]
    for (_, ours), (_, theirs) in zip(left.history, right.history, strict=True):
        assert ours.equals(theirs)


def waiting_everywhere(session: Session) -> None:
    """Facts in buckets, in the tail and in the inbox."""
    store = session.store
    while store.collect().received:
        pass
    store.compact()
    send(session, usage(LAST - timedelta(days=20), LAST, seed=2), source="second")
    store.collect()
    send(session, usage(LAST - timedelta(days=3), LAST, seed=3), source="third")
    places = "SELECT count(bucket) > 0, count(*) > count(bucket) FROM store.segment"
    assert query(store, places) == [(True, True)]
    assert query(store, "SELECT count(*) > 0 FROM store.inbox") == [(True,)]


def test_every_number_change_alert_and_cell_is_the_same(
    vendor: Session,  # noqa: F811
    engine: Spark,
    tmp_path: Path,
) -> None:
    definitions = apply(MORE)
    run(vendor.store, definitions, as_of=LAST - timedelta(days=10), since=START)
    waiting_everywhere(vendor)
    session = open_session()
    with asked(session) as (inputs, question):
        assert question.shown
        assert any(x.opened_on for x in question.states.values())
        here = answer(in_process, inputs, question, tmp_path / "here")
        there = answer(engine, inputs, question, tmp_path / "there")
    assert len(here.told) > 1
    assert sum(len(x.changed) for x in here.told) > 0
    assert sum(len(x.openings) for x in here.told) > 0
    same(here, there)
    session.store.close()


def recorded() -> list[object]:
    """All that a run writes, but for ids and clocks."""
    skipped = {"id", "run_id", "started_at", "finished_at", "created_at", "opened_run_id"}
    return [
        sorted(
            (
                {k: v for k, v in row.items() if k not in skipped and not k.endswith("_id")}
                for row in model.objects.values()
            ),
            key=repr,
        )
        for model in (Run, Assessment, Change, Episode, Alert, Standing, Measured)
    ]


def test_a_run_records_the_same_rows_and_keeps_the_same_history(
    vendor: Session,  # noqa: F811
    engine: Spark,
) -> None:
    definitions = apply(MORE)
    rows, kept = [], []
    for way in (engine, in_process):
        run(vendor.store, definitions, as_of=LAST, since=START, engine=way)
        history = current(folder_of(vendor.home))
        assert history is not None
        rows.append(recorded())
        about = {k: v for k, v in history.about.items() if k != "generation"}
        names = ["account", "day", *definitions.metrics]
        kept.append((about, list(history.tables(names)), history.summary("orders_seen")))
        Run.objects.all().delete()
        Episode.objects.all().delete()
    assert [len(x) > 0 for x in rows[0]] == [True] * len(rows[0])
    assert rows[0] == rows[1]
    assert kept[0] == kept[1]


@pytest.mark.parametrize("damage", ["missing", "torn", "foreign"])
def test_a_damaged_segment_stops_spark_and_the_last_complete_state_stays(
    vendor: Session,  # noqa: F811
    engine: Spark,
    damage: str,
) -> None:
    definitions = apply(MORE)
    run(vendor.store, definitions, as_of=LAST - timedelta(days=1), since=START, engine=engine)
    vendor.store.compact()
    root = Path(vendor.store.place.root)
    first, second, *_ = [root / x for x in sorted(vendor.store.place.lying()) if "bucket" in x]
    if damage == "missing":
        first.unlink()
    elif damage == "torn":
        first.write_bytes(first.read_bytes()[:-20])
    else:
        size = second.stat().st_size
        query(vendor.store, f"UPDATE store.segment SET bytes = {size} RETURNING 1")
        first.write_bytes(second.read_bytes())
    before = current(folder_of(vendor.home))

    with pytest.raises(SegmentError, match="restore the segments and the database") as told:
        run(vendor.store, definitions, as_of=LAST, since=None, engine=engine)

    assert str(first.relative_to(root)) in str(told.value)
    assert Run.objects.count() == 1
    assert current(folder_of(vendor.home)) == before
    assert not (root / TRANSIT).exists()


def test_workers_read_and_write_an_object_store(
    home: Path,
    engine: Spark,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    with object_store() as port:
        name_it(monkeypatch, address(port, fresh_bucket(port)))
        session = open_session(create=True)
        furnish(session)
        definitions = apply(MORE)
        run(session.store, definitions, as_of=LAST, since=START, engine=engine)
        assert not home.joinpath("segments").exists()
        found = current(folder_of(home))
        assert found is not None
        with asked(open_session()) as (inputs, question):
            here = answer(in_process, inputs, question, tmp_path / "here")
        kept = list(found.tables(here.history[0][1].column_names))
        assert [x for _, x in here.history] == kept
        session.store.compact()
        lost = min(x for x in session.store.place.lying() if x.startswith("bucket"))
        session.store.place.remove(lost)
        with pytest.raises(SegmentError, match=lost):
            run(session.store, definitions, as_of=LAST, since=START, engine=engine)
        session.store.close()


def test_what_an_earlier_run_left_in_transit_is_cleared_away_and_no_sweep_touches_it(
    vendor: Session,  # noqa: F811
) -> None:
    place = vendor.store.place
    place.put(f"{TRANSIT}/left.parquet", lambda file: file.write(b"torn"))
    vendor.store.sweep()
    assert [x.name for x in (Path(place.root) / TRANSIT).iterdir()] == ["left.parquet"]
    run(vendor.store, apply(MORE), as_of=LAST, since=START)
    assert not (Path(place.root) / TRANSIT).exists()


def test_what_is_missing_is_named_with_its_mend(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JAVA_HOME", "/nowhere")
    with pytest.raises(EngineError, match="apt-get install openjdk-17-jre-headless"):
        spark("local[2]").__enter__()
    monkeypatch.setitem(sys.modules, "pyspark.sql", None)
    with pytest.raises(EngineError, match=r"pip install 'banso\[spark\]'"):
        spark("local[2]").__enter__()
