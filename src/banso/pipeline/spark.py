"""The engine of many machines: Spark hands out bucket ids, and workers read and write their bucket.

No row of facts passes through Spark: a shuffle of 50 million costs ten times the whole work.
"""

import os
import pickle
import shutil
import sys
import warnings
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, cast

import pyarrow as pa

from banso.pipeline.engine import EngineError, SplitAccountsError
from banso.pipeline.gather import Inputs
from banso.pipeline.spark_task import common, rows_of, tasks
from banso.pipeline.spark_worker import Work
from banso.pipeline.told import Asked, Told
from banso.store.histories import Writing

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

MOST_LINES = 25
LEAST_JAVA = "Java 17 or newer"
SETTINGS = {
    "spark.ui.enabled": "false",
    "spark.ui.showConsoleProgress": "false",
    "spark.driver.maxResultSize": "0",
    "spark.sql.execution.arrow.maxRecordsPerBatch": "1",  # one bucket a partition, so a task
}
LOOPBACK = "127.0.0.1"
LOCAL = {"spark.driver.host": LOOPBACK, "spark.driver.bindAddress": LOOPBACK}


@dataclass(frozen=True)
class Spark:
    """An engine: call it as engine.Engine says."""

    session: "SparkSession"

    def __call__(self, inputs: Inputs, asked: Asked, history: Writing) -> Iterator[Told]:
        """Raises EngineError, SplitAccountsError, and what a worker's reading raised."""
        place = inputs.snapshot.place
        try:
            for told in self._told(inputs, asked):
                _check_history(inputs, told)
                for file in told.files:
                    history.adopt(file, place=place)
                yield told
        finally:
            place.clear_transit()

    def _told(self, inputs: Inputs, asked: Asked) -> Iterator[Told]:
        sent = [(x.bucket, pickle.dumps(x)) for x in tasks(inputs, asked)]
        if not sent:
            return
        answers = self._answers(sent, Work(pickle.dumps(common(inputs, asked))))
        check_buckets([bucket for bucket, _ in sent], answers["bucket"].to_pylist())
        for answer in answers.sort_by("bucket").to_batches(max_chunksize=1):
            failed, told = answer["failed"][0].as_py(), answer["told"][0].as_py()
            if failed is not None:
                raise cast("Exception", pickle.loads(failed))  # noqa: S301  our worker's own
            yield pickle.loads(told)  # noqa: S301

    def _answers(self, sent: list[tuple[int, bytes]], work: Work) -> pa.Table:
        from py4j.protocol import Py4JError  # noqa: PLC0415  an extra
        from pyspark.errors import PySparkException  # noqa: PLC0415
        from pyspark.sql import types as t  # noqa: PLC0415

        buckets, pickled = zip(*sent, strict=True)
        task = {"bucket": pa.array(buckets, pa.int32()), "task": pa.array(pickled, pa.binary())}
        answer = t.StructType(
            [
                t.StructField("bucket", t.IntegerType()),
                t.StructField("told", t.BinaryType()),
                t.StructField("failed", t.BinaryType()),
            ]
        )
        try:
            with _quiet():
                frame = self.session.createDataFrame(pa.table(task))
                return frame.mapInArrow(work, answer).toArrow()
        except (PySparkException, Py4JError) as error:
            raise EngineError(
                f"Spark could not do the run, and nothing was recorded. Run again, or with "
                f"`--engine local`. Spark says:\n{_said(error)}"
            ) from error


def check_buckets(sent: list[int], came: list[int]) -> None:
    """Raises SplitAccountsError where a bucket came back twice, or never."""
    if Counter(sent) != Counter(came):
        lost, more = Counter(sent) - Counter(came), Counter(came) - Counter(sent)
        raise SplitAccountsError(
            f"Buckets did not come back once each (lost: {sorted(lost)}, too many: {sorted(more)})."
            " Nothing was recorded. Run again, or with `--engine local`."
        )


def _check_history(inputs: Inputs, told: Told) -> None:
    cells = sum(map(len, told.accounts)) * inputs.calendar.days
    if rows_of(told.files) != cells:
        raise SplitAccountsError(
            f"The history of bucket {told.bucket} has {rows_of(told.files):,} rows, not {cells:,}. "
            "Nothing was recorded. Run again, or with `--engine local`."
        )


@contextmanager
def spark(master: str) -> Iterator[Spark]:
    """An engine on a Spark master, such as local[2] or spark://HOST:7077. Raises EngineError."""
    session = _session(master)
    try:
        yield Spark(session)
    finally:
        session.stop()


def _session(master: str) -> "SparkSession":
    try:
        from py4j.protocol import Py4JError  # noqa: PLC0415  an extra
        from pyspark.errors import PySparkException  # noqa: PLC0415
        from pyspark.sql import SparkSession  # noqa: PLC0415
    except ImportError as error:
        raise EngineError(
            "`--engine spark` needs PySpark, which is not installed: pip install 'banso[spark]'"
        ) from error
    _check_java()
    builder = SparkSession.builder.master(master).appName("banso run")
    for name, value in _settings(master).items():
        builder = builder.config(name, value)
    try:
        with _quiet():
            session = builder.getOrCreate()
    except (PySparkException, Py4JError, RuntimeError, OSError) as error:
        raise EngineError(
            f"Spark does not start on {master!r}. Is the address right, and is there "
            f"{LEAST_JAVA}? Spark says:\n{_said(error)}"
        ) from error
    session.sparkContext.setLogLevel("ERROR")
    return session


def _settings(master: str) -> Mapping[str, str]:
    """A Spark of this machine alone: the same Python, and nobody else can reach it."""
    if not master.startswith("local"):
        return SETTINGS
    os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
    os.environ.setdefault("SPARK_LOCAL_IP", LOOPBACK)
    return {**SETTINGS, **LOCAL}


def _said(error: Exception) -> str:
    """Without the lines of Java's stack."""
    lines = [x.strip() for x in str(error).splitlines()]
    told = [x for x in lines if x and not x.startswith(("at ", "... "))]
    return "\n".join(told[:MOST_LINES])


@contextmanager
def _quiet() -> Iterator[None]:
    """Spark warns of the version of pandas, which it asks for and we do not use."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", FutureWarning)
        yield


def _check_java() -> None:
    home = os.environ.get("JAVA_HOME")
    found = Path(home) / "bin" / "java" if home else shutil.which("java")
    if not found or not Path(found).exists():
        raise EngineError(
            f"`--engine spark` needs {LEAST_JAVA}, and there is none here"
            + (f" (JAVA_HOME is {home})" if home else "")
            + ". On Debian: apt-get install openjdk-17-jre-headless. Or set JAVA_HOME."
        )
