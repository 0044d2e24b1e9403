"""A panel's metrics as one Arrow table: a row for each account and day."""

from collections.abc import Mapping

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from banso.core.definitions.metrics import (
    ActiveDays,
    Breadth,
    Count,
    DistinctUsers,
    Metric,
    Recency,
    TimeToFirst,
)
from banso.core.metrics.panel import Panel
from banso.core.unmeasured import Column

WHY = "__why"
"""Ending of the column that has the reason's number (0: measured) beside the metric's."""
WHOLE = (ActiveDays, Breadth, Count, DistinctUsers, Recency, TimeToFirst)
"""Kinds whose values are whole numbers."""


def history_table(panel: Panel, metrics: Mapping[str, Metric]) -> pa.Table:
    """account (its id), day (0 is the calendar's first), and each metric with its reason; sorted
    by account and day. Whole numbers are int32, texts dictionaries, others float64."""
    accounts, days = panel.shape
    columns: dict[str, pa.Array | NDArray[np.generic]] = {
        "account": np.repeat(panel.accounts, days),
        "day": np.tile(np.arange(days, dtype=np.int16), accounts),
    }
    for name, metric in metrics.items():
        column = panel.column(name)
        columns[name] = _cells(column, whole=isinstance(metric, WHOLE))
        columns[name + WHY] = column.reasons.ravel()
    return pa.table(columns)


def _cells(column: Column, *, whole: bool) -> pa.Array:
    missing = ~column.measured.ravel()
    values = column.values.ravel()
    if column.categories is not None:
        codes = pa.array(np.where(missing, 0, values).astype(np.int32), mask=missing)
        return pa.DictionaryArray.from_arrays(codes, pa.array(column.categories, pa.string()))
    if whole:
        return pa.array(np.where(missing, 0, values).astype(np.int32), mask=missing)
    return pa.array(values.astype(np.float64), mask=missing)
