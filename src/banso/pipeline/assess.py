"""Step 3, analysis: metrics + definitions -> stage and health of every account, and changes."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date

import numpy as np

from banso.core.health import (
    COLOURS,
    ConditionResult,
    JourneyHistory,
    Move,
    Part,
    assess,
    ledgers,
)
from banso.core.metrics import Panel
from banso.core.rules.changes import Change, changes
from banso.desk.models import Cause
from banso.desk.queries.decided import Shown
from banso.desk.services.runs import Assessed, Changed
from banso.pipeline.gather import Inputs

Histories = Mapping[str, JourneyHistory]
NOBODY = Shown(stage="", colour="", score=None)
EXPLAINED_DAYS = 14
"""So many of a run's last days have their changes explained; older ones can be asked for."""
MOST_PARTS = 5
DECIMALS = 10


def histories(inputs: Inputs, panel: Panel) -> Histories:
    """Journeys of the panel's accounts; their columns join the panel, where rules find them."""
    return assess(inputs.definitions, panel)


def assessed(inputs: Inputs, panel: Panel, found: Histories, day: int) -> Iterator[Assessed]:
    """What is shown as of one day: accounts that are on a journey then."""
    for name, history in found.items():
        for row in np.flatnonzero(history.applies[:, day]).tolist():
            yield Assessed(
                account=inputs.key(panel.accounts[row]),
                journey=name,
                stage=history.journey.stages[history.stage[row, day]].name,
                days_in_stage=int(history.days_in_stage[row, day]),
                overdue=_truth(history, row, day),
                score=_number(history.score[row, day]),
                confidence=float(history.confidence[row, day]),
                colour=COLOURS[history.colour[row, day]],
            )


def _truth(history: JourneyHistory, row: int, day: int) -> bool | None:
    measured = history.overdue.measured[row, day]
    return bool(history.overdue.values[row, day]) if measured else None


def _number(value: float) -> float | None:
    return None if np.isnan(value) else float(value)


def changed(
    inputs: Inputs, panel: Panel, found: Histories, *, start: int, stop: int
) -> Iterator[Changed]:
    """Stages and colours that became others on the days [start, stop)."""
    for name, history in found.items():
        those = changes(history, start=start, stop=stop)
        parts = _parts(inputs, panel, history, those)
        for change in those:
            yield Changed(
                account=inputs.key(panel.accounts[change.row]),
                journey=name,
                as_of=inputs.calendar.as_of(change.day),
                what=change.what,
                before=change.before,
                after=change.after,
                score_before=change.score_before,
                score_after=change.score_after,
                parts=parts.get(_move(change), ()),
            )


def _move(change: Change) -> Move:
    return Move(row=change.row, before=change.day_before, after=change.day)


def _parts(
    inputs: Inputs, panel: Panel, history: JourneyHistory, changes: Sequence[Change]
) -> Mapping[Move, Sequence[Mapping[str, object]]]:
    """What made the differences of the scores on the last days, as kept in the changes; largest
    first."""
    first = inputs.calendar.days - EXPLAINED_DAYS
    scored = [x for x in changes if x.score_before is not None and x.score_after is not None]
    moves = list(dict.fromkeys(_move(x) for x in scored if x.day >= first))
    found = ledgers(inputs.definitions, panel, history, moves)
    return {
        move: [_part(part) for part in ledger.parts[:MOST_PARTS]]
        for move, ledger in zip(moves, found, strict=True)
    }


def _part(part: Part) -> Mapping[str, object]:
    return {
        "kind": part.kind,
        "condition": part.key,
        "label": part.label.model_dump() if part.label else {"en": part.key, "ja": part.key},
        "metric": _metric(part.after or part.before),
        "amount": round(part.amount, DECIMALS),
        "before": _value(part.before),
        "after": _value(part.after),
    }


def _metric(result: ConditionResult | None) -> str | None:
    return result.of if result is not None else None


def _value(result: ConditionResult | None) -> float | None:
    """The number of the metric where one gives the points, else the points themselves."""
    if result is None:
        return None
    return result.value if result.value is not None else result.points


def restated(
    inputs: Inputs,
    panel: Panel,
    found: Histories,
    *,
    shown: Mapping[tuple[str, str], Shown],
    day: int,
    as_of: date,
) -> Iterator[Changed]:
    """Where what was shown of a day is another now, under these definitions and facts.

    day: index of the day that was shown. as_of: the day on which this is told. A colour that a
    late source hides is no news.
    """
    for name, history in found.items():
        for row in range(len(panel.accounts)):
            account = inputs.key(panel.accounts[row])
            old, new = shown.get((account, name), NOBODY), _shown(history, row, day)
            pairs = {"stage": (old.stage, new.stage)}
            if old.stage and new.stage and not history.late[row, day]:
                pairs["colour"] = (old.colour, new.colour)
            for what, (before, after) in pairs.items():
                if before != after:
                    yield Changed(
                        *(account, name, as_of, what, before, after),
                        score_before=old.score,
                        score_after=new.score,
                        cause=Cause.RESTATED,
                    )


def _shown(history: JourneyHistory, row: int, day: int) -> Shown:
    if not history.applies[row, day]:
        return NOBODY
    return Shown(
        stage=history.journey.stages[history.stage[row, day]].name,
        colour=COLOURS[history.colour[row, day]],
        score=_number(history.score[row, day]),
    )
