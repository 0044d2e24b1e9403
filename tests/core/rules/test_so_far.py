"""What a rule says while the day goes on: what the rest of the day can't turn, and what today's
facts have turned."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.core.metrics.given import (
    ContractRow,
    FactRow,
    World,
    accounts_of,
    batches,
    organisation,
)

from banso.core.definitions import Definitions, loads
from banso.core.expressions import evaluate
from banso.core.health import assess
from banso.core.metrics import Calendar, Panel, measure, plan
from banso.core.rules.so_far import Drift, drift_of_field, judged, so_far
from banso.core.rules.truth import truth
from banso.core.unmeasured import Reason

from ..health.conftest import Cell, MakeDefinitions, MakePanel  # noqa: TID252 (beside, not above)

LATE = Reason.SOURCE_LATE
JOURNEY = """
segments:
  - {name: used, where: users >= 5}
journeys:
  - name: adoption
    applies: depth is not unmeasured
    stages:
      - {name: first, expected_days: 3, health: [{condition: users >= 5}]}
      - {name: habit, enter: users >= 5}
rules:
  - {name: one, when: "WHEN", action: {en: Call, ja: 電話する}}
"""


@pytest.fixture
def say(make_panel: MakePanel, make_definitions: MakeDefinitions):  # type: ignore[no-untyped-def]
    """What a rule says as of the coming midnight: a truth, or None: nothing yet."""

    def said(when: str, **columns: list[Cell]) -> bool | None:
        definitions = make_definitions(JOURNEY.replace("WHEN", when))
        rows = {"users": [7, 7], "depth": [1, 1], "idle": [1, 1]} | columns
        panel = make_panel({name: [cells] for name, cells in rows.items()})
        panel.columns["segment.used"] = evaluate(
            definitions.condition("users >= 5").root, panel.column, panel.shape
        )
        assess(definitions, panel)
        found = so_far(definitions, definitions.rules["one"], panel)
        last = panel.shape[1] - 1
        whole = truth(definitions, definitions.rules["one"], panel)
        assert found.values[:, :-1].tolist() == whole.values[:, :-1].tolist()
        return bool(found.values[0, last]) if found.measured[0, last] else None

    return said


def test_a_number_that_can_only_grow_is_high_at_once_and_low_only_when_the_day_is_over(
    say,  # type: ignore[no-untyped-def]
) -> None:
    assert say("users >= 5", users=[3, 5]) is True
    assert say("users < 5", users=[3, 5]) is False
    assert say("users < 5", users=[5, 3]) is None
    assert say("users >= 5", users=[5, 3]) is None
    assert say("segment.used", users=[3, 5]) is True


def test_a_day_without_use_is_none_before_it_is_over(
    say,  # type: ignore[no-untyped-def]
) -> None:
    assert say("idle >= 3", idle=[2, 3]) is None
    assert say("idle >= 3", idle=[3, 4]) is None  # it held this morning: the run knows
    assert say("idle >= 3", idle=[9, 1]) is False
    assert say("idle <= 2", idle=[9, 1]) is True


def test_what_the_rest_of_the_day_could_turn_counts_as_it_stood_this_morning(
    say,  # type: ignore[no-untyped-def]
) -> None:
    """Few users, this morning and so far; what is new is the depth of today."""
    assert say("users < 5 and depth >= 3", users=[2, 2], depth=[1, 3]) is True
    assert say("users < 5 and depth >= 3", users=[6, 2], depth=[1, 3]) is None
    assert say("users < 5 and depth >= 3", users=[2, 2], depth=[3, 3]) is None
    assert say("users < 5 and depth >= 3", users=[2, 6], depth=[1, 3]) is False


def test_stage_and_health_wait_for_the_end_of_the_day_but_stand_meanwhile(
    say,  # type: ignore[no-untyped-def]
) -> None:
    stage = "journey.adoption.stage = 'first'"
    assert say(stage, users=[3, 3]) is None
    assert say(f"{stage} and depth >= 3", users=[3, 3], depth=[1, 3]) is True
    assert say("journey.adoption.colour = 'at_risk'", users=[5, 3]) is None
    assert say("journey.adoption.overdue", users=[3, 3, 3, 3], depth=[1] * 4, idle=[1] * 4) is None


def test_nothing_is_said_of_a_source_that_is_late(
    say,  # type: ignore[no-untyped-def]
) -> None:
    assert say("users >= 5", users=[7, LATE]) is None
    assert say("users is unmeasured", users=[7, Reason.NO_SOURCE]) is None


def test_who_leaves_tonight_has_not_left_yet(
    say,  # type: ignore[no-untyped-def]
) -> None:
    assert say("users >= 5", customer=[True, False]) is None
    assert say("users >= 5", customer=[False, False]) is False


def test_a_day_without_another_before_it_says_nothing(
    say,  # type: ignore[no-untyped-def]
) -> None:
    assert say("users >= 5", users=[7], depth=[1], idle=[1]) is None


METRICS = """
organisation: {name: Test, time_zone: Asia/Tokyo}
metrics:
  - {name: users, kind: distinct_users, window: 3d}
  - {name: facts, kind: count, window: 2d}
  - {name: days, kind: active_days, window: 4d}
  - {name: kinds, kind: breadth, window: 3d}
  - {name: quiet, kind: recency}
  - {name: spent, kind: sum, of: value, window: 3d}
  - {name: age, kind: tenure}
  - {name: began, kind: time_to_first, where: event = 'report'}
  - {name: change, kind: change, of: facts}
  - {name: seats, kind: latest, of: contract.seats}
  - {name: share, kind: ratio, of: users, by: seats}
  - {name: each, kind: ratio, of: facts, by: users}
  - {name: rest, kind: derived, expression: 10 - 2 * facts}
  - {name: most, kind: derived, expression: "greatest(users, kinds) / 2"}
"""
DRIFTS = {
    "users": Drift.UP,
    "quiet": Drift.DOWN,
    "age": Drift.EITHER,
    "began": Drift.NONE,
    "change": Drift.UP,
    "seats": Drift.NONE,
    "share": Drift.UP,
    "each": Drift.EITHER,
    "rest": Drift.DOWN,
    "most": Drift.UP,
    "contract.days_to_end": Drift.EITHER,
    "attribute.plan": Drift.NONE,
    "journey.adoption.score": Drift.EITHER,
}
NAMES = ("users", "facts", "days", "kinds", "quiet", "spent", "change", "share", "rest", "most")
ATOMS = st.builds(
    "{} {} {}".format,
    st.sampled_from(NAMES),
    st.sampled_from(("<", "<=", ">", ">=", "=", "!=")),
    st.sampled_from((-0.5, 0, 1, 2, 3, 0.5)),
)
CONDITIONS = st.recursive(
    ATOMS,
    lambda inner: st.one_of(
        st.builds("({} and {})".format, inner, inner),
        st.builds("({} or {})".format, inner, inner),
        st.builds("(not {})".format, inner),
    ),
    max_leaves=4,
)


def test_which_way_a_number_can_still_go() -> None:
    definitions = loads({"all.yaml": METRICS})
    assert {name: drift_of_field(definitions, name) for name in DRIFTS} == DRIFTS


@st.composite
def worlds(draw: st.DrawFn) -> World:
    days = draw(st.integers(3, 8))
    uses = st.tuples(
        st.sampled_from(("A", "B")),
        st.integers(0, days - 2),
        st.integers(1, 3),
        st.sampled_from(("login", "report")),
        st.sampled_from((None, 1.0, 2.5)),
    )
    facts = [
        FactRow(
            account,
            datetime(2026, 4, 1, 3, tzinfo=UTC) + timedelta(days=day),
            user=f"{user}",
            event=event,
            value=value,
        )
        for account, day, user, event, value in draw(st.lists(uses, max_size=30))
    ]
    contracts = [ContractRow("A", date(2026, 3, 1), date(2026, 12, 31), seats=2)]
    calendar = Calendar("Asia/Tokyo", date(2026, 4, 1), days)
    return World(calendar, {"A": date(2026, 3, 1), "B": None}, facts, contracts)


def panel_of(world: World, definitions: Definitions) -> Panel:
    made = plan(definitions, org=organisation(world, definitions))
    facts = batches(world, computed=made.computed)
    return measure(plan=made, accounts=accounts_of(world), batches=facts)


@settings(max_examples=60)
@given(worlds(), CONDITIONS, st.data())
def test_what_is_sure_is_what_the_whole_day_says(
    world: World, condition: str, data: st.DataObject
) -> None:
    """The last day with some of its facts, and with some that are late, against all of them."""
    definitions = loads({"all.yaml": METRICS})
    last = world.calendar.days - 2
    come = [x for x in world.facts if world.local_day(x) < last or data.draw(st.booleans())]
    early, whole = panel_of(replace(world, facts=come), definitions), panel_of(world, definitions)
    root = definitions.condition(condition).root
    so_far_ = judged(definitions, condition, early)
    final = evaluate(root, whole.column, whole.shape)
    known = so_far_.sure.measured[:, 0] & final.measured[:, -1]
    assert np.array_equal(so_far_.sure.values[known, 0], final.values[known, -1])
