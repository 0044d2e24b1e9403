"""Whole histories against an account that is followed day by day."""

import math

from hypothesis import given

from banso.core.health.assess import assess
from banso.core.health.colour import COLOURS, OFF_JOURNEY
from banso.core.health.history import JourneyHistory
from banso.core.metrics.panel import Panel
from banso.core.unmeasured import Reason

from .conftest import Cell, MakeDefinitions, MakePanel
from .random_journeys import OFF, Case, SlowAccount, cases


def kept(history: JourneyHistory, row: int, day: int) -> dict[str, Cell | None]:
    """A cell of the history; all None off the journey."""
    colour, score = history.colour[row, day], float(history.score[row, day])
    if colour == OFF_JOURNEY:
        assert (history.stage[row, day], history.late[row, day]) == (OFF_JOURNEY, False)
        return dict.fromkeys(("score", "confidence", "colour", "late"))
    return {
        "score": None if math.isnan(score) else score,
        "confidence": float(history.confidence[row, day]),
        "colour": COLOURS[colour],
        "late": bool(history.late[row, day]),
    }


def seen(panel: Panel, row: int, day: int) -> dict[str, Cell | None]:
    """The same cell as rules see it."""
    told: dict[str, Cell | None] = {}
    for name in OFF:
        column = panel.column(f"journey.adoption.{name}")
        reason, value = Reason(column.reasons[row, day]), column.values[row, day].item()
        text = column.categories[value] if column.categories else value
        told[f"sees.{name}"] = reason or text
    return told


@given(case=cases())
def test_every_cell_is_what_following_the_account_day_by_day_gives(
    make_panel: MakePanel, make_definitions: MakeDefinitions, case: Case
) -> None:
    panel = make_panel(case.rows)
    history = assess(make_definitions(case.text), panel)["adoption"]
    for row in range(panel.shape[0]):
        account = SlowAccount(case.journey)
        for day in range(panel.shape[1]):
            cells = {name: rows[row][day] for name, rows in case.rows.items()}
            assert kept(history, row, day) | seen(panel, row, day) == account.live(day, cells)
