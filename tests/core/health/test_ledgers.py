"""Many ledgers at once are the very ledgers of the cells one by one."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from banso.core.health.assess import assess
from banso.core.health.explain import explain
from banso.core.health.ledger import Ledger, ledger
from banso.core.health.ledgers import Move, ledgers

from .conftest import Cell, MakeDefinitions, MakePanel
from .test_explain import ADOPTION, panels


def without_evidence(found: Ledger) -> Ledger:
    parts = tuple(
        replace(
            part,
            before=part.before and replace(part.before, evidence=()),
            after=part.after and replace(part.after, evidence=()),
        )
        for part in found.parts
    )
    return replace(found, parts=parts)


@given(panels(), st.booleans())
def test_each_is_the_ledger_of_its_two_explanations(
    make_panel: MakePanel,
    make_definitions: MakeDefinitions,
    columns: dict[str, list[list[Cell]]],
    sticky: bool,
) -> None:
    definitions = make_definitions(ADOPTION.replace("STICKY", str(sticky).lower()))
    panel = make_panel(columns)
    history = assess(definitions, panel)["adoption"]
    rows, days = panel.shape
    moves = [Move(r, b, a) for r, b, a in np.ndindex(rows, days, days)]

    def told(row: int, day: int) -> object:
        return explain(definitions, panel, journey="adoption", row=row, day=day, history=history)

    assert ledgers(definitions, panel, history, moves) == [
        without_evidence(ledger(told(x.row, x.before), told(x.row, x.after)))  # type: ignore[arg-type]
        for x in moves
    ]


def test_no_moves_have_no_ledgers_and_none_starts_before_the_first_day(
    make_panel: MakePanel, make_definitions: MakeDefinitions
) -> None:
    definitions = make_definitions(ADOPTION.replace("STICKY", "true"))
    panel = make_panel({"users": [[1, 2]], "idle": [[1, 2]], "depth": [[0, 0]]})
    history = assess(definitions, panel)["adoption"]

    assert ledgers(definitions, panel, history, []) == []
    with pytest.raises(IndexError, match="before the first day"):
        ledgers(definitions, panel, history, [Move(0, -1, 1)])
