"""Step 2, report: facts -> metrics of every account on every day."""

import os
from collections import deque
from collections.abc import Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from banso.core.metrics import Bucket, Panel, blocks, column_names, fold, measure
from banso.pipeline.gather import Inputs, account_facts
from banso.store.facts import SEGMENT

COLUMNS = ("account", "user", "action", "time")
CORES = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
PANEL_BYTES = 256 * 2**20
"""A panel takes 9 bytes per account, day and column; bigger buckets come in several panels."""


def panels(inputs: Inputs) -> Iterator[tuple[int, Panel]]:
    """Every account of the desk, in exactly one panel, with the bucket it lies in.

    Buckets are read and folded ahead, on all cores, while the caller works on those before; no
    more of them wait than there are cores, whatever the number of facts.
    """
    width = inputs.calendar.days * len(column_names(inputs.plan)) * 9
    rows = max(PANEL_BYTES // width, 1)
    with ThreadPoolExecutor(CORES) as threads:
        waiting: deque[tuple[int, Future[Bucket]]] = deque()
        for bucket, accounts in inputs.buckets.items():
            waiting.append((bucket, threads.submit(_fold, inputs, bucket, accounts)))
            if len(waiting) > CORES:
                yield from _told(waiting, rows)
        while waiting:
            yield from _told(waiting, rows)


def _fold(inputs: Inputs, bucket: int, accounts: NDArray[np.int32]) -> Bucket:
    facts = account_facts(inputs, accounts)
    return fold(plan=inputs.plan, accounts=facts, batches=_scan(inputs, bucket))


def _told(waiting: deque[tuple[int, Future[Bucket]]], rows: int) -> Iterator[tuple[int, Panel]]:
    number, folded = waiting.popleft()
    for panel in blocks(folded.result(), rows=rows):
        yield number, panel


def account_panel(inputs: Inputs, account: int, facts: pa.Table | None = None) -> Panel:
    """One account alone, by its id in the store. facts: `facts_of`, where they have been read."""
    return measure(
        plan=inputs.plan,
        accounts=account_facts(inputs, np.array([account], np.int32)),
        batches=(facts_of(inputs, account) if facts is None else facts).to_batches(),
    )


def facts_of(inputs: Inputs, account: int) -> pa.Table:
    """All that measuring reads of one account, as one batch: a few facts of each of many files cost
    as much a batch as a hundred thousand."""
    bucket = inputs.snapshot.bucket_of(inputs.key(account))
    found = list(_scan(inputs, bucket, np.array([account], np.int32)))
    if not found:
        return pa.schema([SEGMENT.field(name) for name in columns_of(inputs)]).empty_table()
    return pa.Table.from_batches(found).combine_chunks()


def columns_of(inputs: Inputs) -> tuple[str, ...]:
    """Columns of facts that measuring reads as they are."""
    return (*COLUMNS, "value") if inputs.plan.needs_value else COLUMNS


def _scan(
    inputs: Inputs, bucket: int, accounts: NDArray[np.int32] | None = None
) -> Iterator[pa.RecordBatch]:
    computed: Mapping[str, str] = inputs.plan.computed
    return inputs.snapshot.scan(
        bucket=bucket,
        columns=columns_of(inputs),
        computed=computed,
        accounts=accounts,
    )
