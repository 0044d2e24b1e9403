"""Step 3, analysis: metrics + definitions -> stage and health of every account, and changes."""

from collections.abc import Iterator, Mapping

import numpy as np

from banso.core.health import COLOURS, JourneyHistory, assess
from banso.core.metrics import Panel
from banso.core.rules.changes import changes
from banso.desk.services.runs import Assessed, Changed
from banso.pipeline.gather import Inputs

Histories = Mapping[str, JourneyHistory]


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
        for change in changes(history, start=start, stop=stop):
            yield Changed(
                account=inputs.key(panel.accounts[change.row]),
                journey=name,
                as_of=inputs.calendar.as_of(change.day),
                what=change.what,
                before=change.before,
                after=change.after,
                score_before=change.score_before,
                score_after=change.score_after,
            )
