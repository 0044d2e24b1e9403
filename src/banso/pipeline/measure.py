"""Step 2, report: facts -> metrics of every account on every day."""

from collections.abc import Iterator, Mapping

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from banso.core.metrics import Panel, column_names, measure, measure_blocks
from banso.pipeline.gather import Inputs, account_facts

COLUMNS = ("account", "user", "action", "time")
PANEL_BYTES = 256 * 2**20
"""A panel takes 9 bytes per account, day and column; bigger buckets come in several panels."""


def panels(inputs: Inputs) -> Iterator[Panel]:
    """Every account of the desk, in exactly one panel."""
    width = inputs.calendar.days * len(column_names(inputs.plan)) * 9
    rows = max(PANEL_BYTES // width, 1)
    for bucket, accounts in inputs.buckets.items():
        yield from measure_blocks(
            plan=inputs.plan,
            accounts=account_facts(inputs, accounts),
            batches=_scan(inputs, bucket),
            rows=rows,
        )


def account_panel(inputs: Inputs, account: int) -> Panel:
    """One account alone, by its id in the store."""
    only: NDArray[np.int32] = np.array([account], np.int32)
    bucket = inputs.snapshot.bucket_of(inputs.key(account))
    return measure(
        plan=inputs.plan,
        accounts=account_facts(inputs, only),
        batches=_joined(_scan(inputs, bucket, only)),
    )


def _joined(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
    """One batch: a few facts of each of many files cost as much a batch as a hundred thousand."""
    found = list(batches)
    if found:
        yield from pa.Table.from_batches(found).combine_chunks().to_batches()


def _scan(
    inputs: Inputs, bucket: int, accounts: NDArray[np.int32] | None = None
) -> Iterator[pa.RecordBatch]:
    computed: Mapping[str, str] = inputs.plan.computed
    return inputs.snapshot.scan(
        bucket=bucket,
        columns=(*COLUMNS, "value") if inputs.plan.needs_value else COLUMNS,
        computed=computed,
        accounts=accounts,
    )
