"""What runs inside a Spark task. Importing this needs neither Django nor Spark: a worker reads it
before anything is set up there."""

import os
import pickle
from collections.abc import Iterator

import pyarrow as pa

from banso import __version__

ANSWER = pa.schema([("bucket", pa.int32()), ("told", pa.binary()), ("failed", pa.binary())])
"""told: a pickled Told; failed: the pickled error of Banso's that came instead."""


class OtherVersionError(RuntimeError):
    """Driver and worker run different versions of Banso."""


class Work:
    """The function of mapInArrow. common: what all tasks share, pickled; see spark.Shipped.

    Both ways go pickles, through Spark's own channels, by which it sends its code too.
    """

    def __init__(self, common: bytes) -> None:
        self.common = common
        self.version = __version__

    def __call__(self, batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        for batch in batches:
            for bucket, task in zip(*(x.to_pylist() for x in batch.columns), strict=True):
                told, failed = self._answer(task)
                row = {"bucket": [bucket], "told": [told], "failed": [failed]}
                yield pa.RecordBatch.from_pydict(row, schema=ANSWER)

    def _answer(self, task: bytes) -> tuple[bytes | None, bytes | None]:
        try:
            if __version__ != self.version:
                raise OtherVersionError(
                    f"A Spark worker has Banso {__version__}, the driver {self.version}. Install "
                    "the same version everywhere (PYSPARK_PYTHON names the workers' Python)."
                )
            return pickle.dumps(self._told(task)), None
        except Exception as error:
            if not type(error).__module__.startswith("banso."):
                raise  # Spark tells it, with the worker's traceback
            return None, pickle.dumps(error)

    def _told(self, task: bytes) -> object:
        os.environ.setdefault("DJANGO_SETTINGS_MODULE", "banso.project.settings")
        import django  # noqa: PLC0415  a worker is nobody's Django process before this

        django.setup()
        from banso.pipeline.spark_task import tell_task  # noqa: PLC0415  needs the models

        return tell_task(pickle.loads(self.common), pickle.loads(task))  # noqa: S301  see the class
