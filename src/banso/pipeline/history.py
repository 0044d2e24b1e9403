"""The history of metrics and assessments by account and day, as tables to export."""

from collections.abc import Iterator
from datetime import date

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from banso.core.health import COLOURS, JourneyHistory
from banso.core.metrics import Panel
from banso.core.unmeasured import Column, Reason
from banso.pipeline.assess import histories
from banso.pipeline.gather import Inputs
from banso.pipeline.measure import panels

UNMEASURED = "__unmeasured"
"""Ending of the column that says why a metric has no value (null where it has one)."""

REASONS = pa.array([None, *(x.code for x in Reason if x is not Reason.MEASURED)], pa.string())


def metric_tables(inputs: Inputs, *, since: date, until: date) -> Iterator[pa.Table]:
    """One table a bucket: account, as_of, then each metric with its reason. Days since..until,
    both included; sorted by account id and day."""
    days = _days(inputs, since, until)
    for _, panel in panels(inputs):
        columns = _keys(inputs, panel, days)
        for name in inputs.definitions.metrics:
            column = panel.column(name)
            columns[name] = _values(column, days)
            columns[name + UNMEASURED] = REASONS.take(pa.array(column.reasons[:, days].ravel()))
        yield pa.table(columns)


def assessment_tables(inputs: Inputs, *, since: date, until: date) -> Iterator[pa.Table]:
    """One table a bucket and journey: stage and health of accounts while they are on it."""
    days = _days(inputs, since, until)
    for _, panel in panels(inputs):
        for history in histories(inputs, panel).values():
            yield _assessments(inputs, panel, history, days)


def _days(inputs: Inputs, since: date, until: date) -> slice:
    first = max(inputs.calendar.index(since), 0)
    return slice(first, max(inputs.calendar.index(until) + 1, first))


def _keys(inputs: Inputs, panel: Panel, days: slice) -> dict[str, pa.Array]:
    keys = pa.array([inputs.key(x) for x in panel.accounts], pa.string())
    dates = [inputs.calendar.as_of(i) for i in range(days.start, days.stop)]
    rows = np.repeat(np.arange(len(panel.accounts)), len(dates))
    return {
        "account": keys.take(pa.array(rows)),
        "as_of": pa.array(dates * len(panel.accounts), pa.date32()),
    }


def _values(column: Column, days: slice) -> pa.Array:
    values, missing = column.values[:, days].ravel(), ~column.measured[:, days].ravel()
    if column.categories is None:
        return pa.array(values.astype(np.float64), pa.float64(), mask=missing)
    return _words(values, missing, column.categories)


def _words(
    codes: NDArray[np.int32], missing: NDArray[np.bool_], words: tuple[str, ...]
) -> pa.Array:
    texts = pa.array(words, pa.string())
    return texts.take(pa.array(np.where(missing, 0, codes), pa.int32(), mask=missing))


def _assessments(inputs: Inputs, panel: Panel, history: JourneyHistory, days: slice) -> pa.Table:
    def flat(values: NDArray[np.generic]) -> NDArray[np.generic]:
        return values[:, days].ravel()

    off = flat(~history.applies).astype(np.bool_)
    stages = tuple(stage.name for stage in history.journey.stages)
    overdue = flat(history.overdue.values), flat(~history.overdue.measured)
    score = flat(history.score)
    table = pa.table(
        {
            **_keys(inputs, panel, days),
            "journey": pa.array([history.journey.name] * len(off), pa.string()),
            "stage": _words(flat(history.stage).astype(np.int32), off, stages),
            "days_in_stage": pa.array(flat(history.days_in_stage), pa.int32(), mask=off),
            "overdue": pa.array(overdue[0], pa.bool_(), mask=overdue[1].astype(np.bool_)),
            "score": pa.array(score, pa.float64(), mask=np.isnan(score.astype(np.float64))),
            "confidence": pa.array(flat(history.confidence), pa.float64(), mask=off),
            "colour": _words(flat(history.colour).astype(np.int32), off, COLOURS),
        }
    )
    return table.filter(pa.array(~off))
