"""Where every account of a panel stands on the last day: what lists, boards and pages read."""

import json
from collections.abc import Iterable, Sequence
from datetime import timedelta
from itertools import accumulate

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from banso.core.health import COLOURS, JourneyHistory
from banso.core.metrics import Panel
from banso.core.unmeasured import Column
from banso.desk.models.standing import URGENCY
from banso.desk.services.standings import MEASURED, STANDING
from banso.pipeline.assess import Histories
from banso.pipeline.gather import Inputs

WEEKS = 13
TREND_DAYS = 28
DECIMALS = 10
"""As scores are rounded, so that a difference of two shows no more than they do."""

URGENCY_OF = np.array([*(URGENCY[colour] for colour in COLOURS), URGENCY[""]], np.int16)
"""By colour code; -1, off the journey, takes the last one."""

Numbers = NDArray[np.float64]


def standing(inputs: Inputs, panel: Panel, found: Histories) -> pa.Table:
    """Rows of STANDING: one for each journey that an account is on; one for an account that is on
    none."""
    of_account = _of_account(inputs, panel)
    rows = len(panel.accounts)
    colours = [history.colour[:, -1] for history in found.values()]
    urgency = np.full((len(found) + 1, rows), URGENCY[""], np.int16)
    for number, colour in enumerate(colours):
        urgency[number] = URGENCY_OF[colour]
    lead = urgency.argmin(axis=0)  # of several alike the first
    tables = [
        _on_journey(history, lead == number, urgency[number], of_account)
        for number, history in enumerate(found.values())
    ]
    nowhere = (urgency == URGENCY[""]).all(axis=0)
    return pa.concat_tables([*tables, _on_none(nowhere, of_account)])


def _on_journey(
    history: JourneyHistory,
    lead: NDArray[np.bool_],
    urgency: NDArray[np.int16],
    of_account: pa.Table,
) -> pa.Table:
    on = np.flatnonzero(history.applies[:, -1])
    stage = history.stage[on, -1]
    names = pa.array([x.name for x in history.journey.stages], pa.string())
    scores = _weekly(history.score[on])
    own = {
        "journey": pa.array([history.journey.name] * len(on), pa.string()),
        "lead": lead[on],
        "stage": names.take(pa.array(stage)),
        "position": stage,
        "days_in_stage": history.days_in_stage[on, -1],
        "overdue": _flags(history.overdue, on),
        "score": _known(scores[:, -1]),
        "confidence": _known(history.confidence[on, -1]),
        "colour": pa.array(COLOURS, pa.string()).take(pa.array(history.colour[on, -1])),
        "urgency": urgency[on],
        "scores": _lists(scores),
        "trend": _known(_trend(history.score[on])),
    }
    return _joined(own, of_account.take(pa.array(on)))


def _on_none(nowhere: NDArray[np.bool_], of_account: pa.Table) -> pa.Table:
    count = int(nowhere.sum())
    none = {name: pa.nulls(count, STANDING.field(name).type) for name in STANDING.names}
    empty = pa.array([""] * count, pa.string())
    own = {
        **{name: none[name] for name in ("days_in_stage", "overdue", "score", "confidence")},
        **dict.fromkeys(("journey", "stage", "colour"), empty),
        "lead": pa.array([True] * count, pa.bool_()),
        "position": np.full(count, -1),
        "urgency": np.full(count, URGENCY[""]),
        "scores": _lists(np.full((count, WEEKS), np.nan)),
        "trend": none["trend"],
    }
    return _joined(own, of_account.filter(pa.array(nowhere)))


def _joined(own: dict[str, object], of_account: pa.Table) -> pa.Table:
    columns = own | dict(zip(of_account.column_names, of_account.columns, strict=True))
    return pa.table([columns[x] for x in STANDING.names], names=STANDING.names).cast(STANDING)


def _of_account(inputs: Inputs, panel: Panel) -> pa.Table:
    """What is the same on all journeys of an account, one row for each account of the panel."""
    to_end = panel.column("contract.days_to_end")
    as_of = inputs.calendar.last
    ends = [
        as_of + timedelta(days=int(days)) if measured else None
        for days, measured in zip(to_end.values[:, -1], to_end.measured[:, -1], strict=True)
    ]
    return pa.table(
        {
            "account_id": _desk_ids(inputs, panel),
            "arr": _numbers(panel.column("contract.arr")),
            "seats": _numbers(panel.column("contract.seats")),
            "ends_on": pa.array(ends, pa.date32()),
            "segments": _segments(inputs, panel),
        }
    )


def _desk_ids(inputs: Inputs, panel: Panel) -> pa.Array:
    return pa.array([inputs.book.accounts[int(x)].id for x in panel.accounts], pa.int64())


def _segments(inputs: Inputs, panel: Panel) -> pa.Array:
    """Names of the segments that are known to be true, in the order of the definitions."""
    names = list(inputs.definitions.segments)
    true = np.zeros((len(panel.accounts), len(names)), np.bool_)
    for number, name in enumerate(names):
        column = panel.column(f"segment.{name}")
        true[:, number] = column.values[:, -1] & column.measured[:, -1]
    chosen = pa.array(names, pa.string()).take(pa.array(np.nonzero(true)[1]))
    return pa.ListArray.from_arrays(_starts(true.sum(axis=1)), chosen)


def _starts(lengths: Iterable[int]) -> pa.Array:
    return pa.array([0, *accumulate(int(x) for x in lengths)], pa.int32())


def _weekly(score: Numbers) -> Numbers:
    """Scores of the last day and of as many weeks before it; NaN before the first day."""
    days = score.shape[1] - 1 - 7 * np.arange(WEEKS - 1, -1, -1)
    return np.where(days >= 0, score[:, np.maximum(days, 0)], np.nan)


def _trend(score: Numbers) -> Numbers:
    if score.shape[1] <= TREND_DAYS:
        return np.full(len(score), np.nan)
    return np.round(score[:, -1] - score[:, -1 - TREND_DAYS], DECIMALS)


def _known(values: Numbers) -> pa.Array:
    return pa.array(values, pa.float64(), mask=np.isnan(values))


def _numbers(column: Column) -> pa.Array:
    return pa.array(column.values[:, -1], pa.float64(), mask=~column.measured[:, -1])


def _flags(column: Column, rows: NDArray[np.intp]) -> pa.Array:
    return pa.array(column.values[rows, -1], pa.bool_(), mask=~column.measured[rows, -1])


def _lists(values: Numbers) -> pa.Array:
    return pa.ListArray.from_arrays(
        _starts([values.shape[1]] * len(values)), _known(values.ravel())
    )


def measured(inputs: Inputs, panel: Panel) -> pa.Table:
    """Rows of MEASURED: every metric of each account on the last day."""
    names = list(inputs.definitions.metrics)
    columns = [panel.column(name) for name in names]
    shape = len(panel.accounts), len(names)
    numbers, reasons = np.full(shape, np.nan), np.zeros(shape, np.int16)
    for number, column in enumerate(columns):
        reasons[:, number] = column.reasons[:, -1]
        if column.categories is None:
            known = column.measured[:, -1]
            numbers[known, number] = column.values[known, -1]
    return pa.table(
        {
            "account_id": _desk_ids(inputs, panel),
            "numbers": _lists(numbers),
            "reasons": pa.ListArray.from_arrays(
                _starts([len(names)] * shape[0]), pa.array(reasons.ravel())
            ),
            "texts": pa.array(_texts(names, columns, shape[0]), pa.string()),
        },
    ).cast(MEASURED)


def _texts(names: Sequence[str], columns: Sequence[Column], rows: int) -> list[str]:
    """A JSON object for each row: metric -> its text, of the metrics that are one."""
    told: list[dict[str, str]] = [{} for _ in range(rows)]
    for name, column in zip(names, columns, strict=True):
        if column.categories is None:
            continue
        for row in np.flatnonzero(column.measured[:, -1]).tolist():
            told[row][name] = column.categories[int(column.values[row, -1])]
    return [json.dumps(x, ensure_ascii=False) if x else "{}" for x in told]
