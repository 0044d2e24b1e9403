"""Whole histories against an account that is followed day by day."""

import math

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from banso.core.health.assess import assess, remember
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


@given(case=cases(), upto=st.integers(0, 12))
def test_the_last_days_are_told_alone_from_what_is_remembered_of_those_before(
    make_panel: MakePanel, make_definitions: MakeDefinitions, case: Case, upto: int
) -> None:
    definitions, panel = make_definitions(case.text), make_panel(case.rows)
    whole = assess(definitions, panel)["adoption"]
    days = panel.shape[1]
    begin = min(upto, days - 1)
    memory = remember(definitions, panel, whole, upto=begin)
    last = make_panel({name: [x[begin:] for x in rows] for name, rows in case.rows.items()})
    found = assess(definitions, last, before={"adoption": memory})["adoption"]
    assert np.array_equal(
        found.entered[found.applies], (whole.entered - begin)[:, begin:][found.applies]
    )
    for row in range(panel.shape[0]):
        for day in range(days - begin):
            then = kept(whole, row, begin + day) | seen(panel, row, begin + day)
            assert kept(found, row, day) | seen(last, row, day) == then
