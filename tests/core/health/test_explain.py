"""One cell explained: the very numbers of the arrays, and the reason of every condition."""

from datetime import date
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from banso.core.definitions.model import Label
from banso.core.health.assess import assess
from banso.core.health.colour import OFF_JOURNEY, Colour
from banso.core.health.explain import explain
from banso.core.health.ledger import ledger
from banso.core.unmeasured import Reason

from .conftest import Cell, MakeDefinitions, MakePanel

NA, LATE, NONE = Reason.NOT_APPLICABLE, Reason.SOURCE_LATE, Reason.NO_SOURCE

ADOPTION = """
journeys:
  - name: adoption
    sticky: STICKY
    applies: users >= 0
    stages:
      - name: onboarding
        expected_days: 2
        health:
          - {condition: users >= 5, name: enough, weight: 3, of: users, poor: 0, good: 10,
             label: {en: Enough users, ja: 利用者数}}
          - {condition: idle <= 7, critical: true}
      - name: habit
        enter: depth >= 3
        health:
          - {condition: idle <= 7 and users >= 2, weight: 0.7}
          - {condition: not depth < 3, of: depth, poor: 6, good: 1, weight: 0.1}
      - name: mastery
        enter: depth >= 6
"""


def test_an_assessment_tells_all_that_is_known(
    make_panel: MakePanel, make_definitions: MakeDefinitions
) -> None:
    definitions = make_definitions(ADOPTION.replace("STICKY", "true"))
    panel = make_panel({"users": [[1, 2, 2, 3]], "idle": [[1, 2, 3, 9]], "depth": [[0] * 4]})
    found = explain(definitions, panel, journey="adoption", row=0, day=3)
    assert (found.account, found.journey, found.as_of) == (101, "adoption", date(2026, 4, 4))
    assert (found.stage, found.days_in_stage, found.expected_days) == ("onboarding", 3, 2)
    assert (found.overdue, found.late) == (True, False)
    assert (found.score, found.confidence, found.colour) == (22.5, 1.0, Colour.AT_RISK)
    enough, used = found.conditions
    assert (enough.key, enough.condition) == ("enough", "users >= 5")
    assert enough.label == Label(en="Enough users", ja="利用者数")
    assert (enough.holds, enough.points, enough.reason) == (False, 0.3, None)
    assert (enough.of, enough.value, enough.good, enough.poor) == ("users", 3.0, 10.0, 0.0)
    assert (used.key, used.holds, used.points, used.critical) == ("idle <= 7", False, 0.0, True)
    assert (used.of, used.value) == (None, None)


def test_a_condition_carries_its_comparisons_with_their_numbers(
    make_panel: MakePanel, make_definitions: MakeDefinitions
) -> None:
    definitions = make_definitions(ADOPTION.replace("STICKY", "true"))
    panel = make_panel({"users": [[1]], "idle": [[LATE]], "depth": [[3]]})
    first, second = explain(definitions, panel, journey="adoption", row=0, day=0).conditions
    told = [(e.field, e.value, e.operator, e.threshold, e.supports) for e in first.evidence]
    assert told == [("idle", None, "<=", 7.0, None), ("users", 1.0, ">=", 2.0, False)]
    assert [e.reason for e in first.evidence] == [LATE, None]
    (negated,) = second.evidence
    assert (negated.field, negated.operator, negated.threshold) == ("depth", ">=", 3.0)
    assert negated.supports is True


def test_an_unmeasured_condition_has_a_reason_and_no_points(
    make_panel: MakePanel, make_definitions: MakeDefinitions
) -> None:
    definitions = make_definitions(ADOPTION.replace("STICKY", "true"))
    panel = make_panel({"users": [[5, 5]], "idle": [[NONE, LATE]], "depth": [[0, 0]]})
    found = explain(definitions, panel, journey="adoption", row=0, day=0).conditions[1]
    assert (found.holds, found.reason, found.points) == (None, NONE, None)
    late = explain(definitions, panel, journey="adoption", row=0, day=1)
    assert (late.late, late.conditions[1].reason) == (True, LATE)


def test_off_the_journey_nothing_is_known(
    make_panel: MakePanel, make_definitions: MakeDefinitions
) -> None:
    definitions = make_definitions(ADOPTION.replace("STICKY", "true"))
    panel = make_panel({"users": [[NA]], "idle": [[NA]], "depth": [[NA]]})
    found = explain(definitions, panel, journey="adoption", row=0, day=0)
    assert (found.stage, found.days_in_stage, found.expected_days) == (None, None, None)
    assert (found.overdue, found.score, found.confidence) == (None, None, None)
    assert (found.colour, found.late, found.conditions) == (None, False, ())


@pytest.mark.parametrize("with_history", [True, False])
def test_the_row_and_the_day_that_are_asked_for_are_explained(
    with_history: bool, make_panel: MakePanel, make_definitions: MakeDefinitions
) -> None:
    definitions = make_definitions(ADOPTION.replace("STICKY", "true"))
    panel = make_panel(
        {"users": [[0, 0], [4, 8]], "idle": [[1, 1], [1, 1]], "depth": [[0, 0], [0, 0]]}
    )
    history = assess(definitions, panel)["adoption"] if with_history else None
    found = explain(definitions, panel, journey="adoption", row=1, day=1, history=history)
    assert (found.account, found.as_of, found.score) == (102, date(2026, 4, 2), 85.0)


days = st.integers(1, 6)
cells = st.sampled_from([0.0, 1.0, 2.0, 3.0, 5.0, 6.0, 8.0, 9.5, NA, NONE, LATE])


@st.composite
def panels(draw: st.DrawFn) -> dict[str, list[list[Cell]]]:
    accounts, length = draw(st.integers(1, 3)), draw(days)
    row = st.lists(cells, min_size=length, max_size=length)
    rows = st.lists(row, min_size=accounts, max_size=accounts)
    return {name: draw(rows) for name in ("users", "idle", "depth")}


@given(panels(), st.booleans())
def test_every_explanation_agrees_exactly_with_the_arrays(
    make_panel: MakePanel,
    make_definitions: MakeDefinitions,
    columns: dict[str, list[list[Cell]]],
    sticky: bool,
) -> None:
    definitions = make_definitions(ADOPTION.replace("STICKY", str(sticky).lower()))
    panel = make_panel(columns)
    history = assess(definitions, panel)["adoption"]
    names = [stage.name for stage in history.journey.stages]
    for row, day in np.ndindex(panel.shape):
        found = explain(definitions, panel, journey="adoption", row=row, day=day)
        known = explain(definitions, panel, journey="adoption", row=row, day=day, history=history)
        assert found == known
        on = bool(history.applies[row, day])
        stage = int(history.stage[row, day])
        assert found.stage == (names[stage] if on else None)
        assert found.days_in_stage == (int(history.days_in_stage[row, day]) if on else None)
        late = history.overdue.reasons[row, day] != 0
        assert found.overdue == (None if late else bool(history.overdue.values[row, day]))
        assert found.late == bool(history.late[row, day])
        code = int(history.colour[row, day])
        assert found.colour == (None if code == OFF_JOURNEY else Colour(code))
        for told, array in ((found.score, history.score), (found.confidence, history.confidence)):
            np.testing.assert_equal(np.nan if told is None else told, array[row, day])


@given(panels())
def test_the_parts_of_an_explained_score_are_its_conditions(
    make_panel: MakePanel, make_definitions: MakeDefinitions, columns: dict[str, list[list[Cell]]]
) -> None:
    definitions = make_definitions(ADOPTION.replace("STICKY", "true"))
    panel = make_panel(columns)
    history = assess(definitions, panel)["adoption"]
    for row in range(panel.shape[0]):
        told = [
            explain(definitions, panel, journey="adoption", row=row, day=day, history=history)
            for day in range(panel.shape[1])
        ]
        for found in told:
            known = [c for c in found.conditions if c.points is not None]
            weight = sum(condition.weight for condition in known)
            earned = sum(c.weight * (c.points or 0.0) for c in known)
            expected = round(100 * earned / weight, 10) if known else None
            assert found.score == expected
        for before, after in pairwise(told):
            change = ledger(before, after)
            if change.difference is not None:
                parts = sum(part.amount for part in change.parts)
                assert abs(parts - change.difference) < 1e-9
