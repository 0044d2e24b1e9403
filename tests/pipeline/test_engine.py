"""Whatever computes the buckets: accounts that come back twice, or not at all, stop the run."""

from collections.abc import Callable, Iterator

import numpy as np
import pyarrow as pa
import pytest
from tests.pipeline.vendor import LAST, apply, furnish

from banso.cli.session import Session
from banso.desk.models import Assessment, Run
from banso.pipeline.engine import Engine, SplitAccountsError, in_process
from banso.pipeline.gather import Inputs
from banso.pipeline.kept_history import folder_of
from banso.pipeline.run import run
from banso.pipeline.spark import check_buckets
from banso.pipeline.spark_worker import OtherVersionError, Work
from banso.pipeline.told import Asked, Told
from banso.store.histories import Writing, current


@pytest.fixture
def vendor(session: Session) -> Session:
    furnish(session)
    return session


def changed(change: Callable[[list[Told]], list[Told]]) -> Engine:
    """The real engine, and something that goes wrong on its way back."""

    def engine(inputs: Inputs, asked: Asked, history: Writing) -> Iterator[Told]:
        yield from change(list(in_process(inputs, asked, history)))

    return engine


def twice(told: list[Told]) -> list[Told]:
    return [*told, told[0]]


def lost(told: list[Told]) -> list[Told]:
    return told[1:]


def strange(told: list[Told]) -> list[Told]:
    told[0].accounts.append(np.array([777], np.int32))
    return told


@pytest.mark.parametrize(
    ("change", "what"),
    [(twice, "told more than once: A"), (lost, "not told at all: A"), (strange, "book: id 777")],
)
def test_accounts_that_do_not_come_back_once_stop_the_run_and_are_named(
    vendor: Session, change: Callable[[list[Told]], list[Told]], what: str
) -> None:
    definitions = apply()
    with pytest.raises(SplitAccountsError, match=what):
        run(vendor.store, definitions, as_of=LAST, since=None, engine=changed(change))
    assert Run.objects.count() == Assessment.objects.count() == 0
    assert current(folder_of(vendor.home)) is None
    run(vendor.store, definitions, as_of=LAST, since=None)
    assert Run.objects.count() == 1


@pytest.mark.parametrize(
    ("came", "what"),
    [([1, 2, 2, 3], r"lost: \[\], too many: \[2\]"), ([1, 3], r"lost: \[2\], too many: \[\]")],
)
def test_buckets_that_do_not_come_back_once_are_named(came: list[int], what: str) -> None:
    with pytest.raises(SplitAccountsError, match=what):
        check_buckets([1, 2, 3], came)
    check_buckets([1, 2, 3], [3, 1, 2])


def test_a_worker_with_another_version_computes_nothing() -> None:
    work = Work(b"")
    work.version = "0.0.1"
    task = pa.RecordBatch.from_pydict({"bucket": [4], "task": [b""]})
    (answer,) = work(iter([task]))
    assert answer["bucket"].to_pylist() == [4]
    assert answer["told"].to_pylist() == [None]
    error = pa.py_buffer(answer["failed"][0].as_py())
    assert OtherVersionError.__name__.encode() in error.to_pybytes()
