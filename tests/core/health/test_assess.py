"""Journeys on panels written down cell by cell."""

import numpy as np
import pytest

from banso.core.health.assess import assess
from banso.core.health.colour import COLOURS, OFF_JOURNEY
from banso.core.health.history import JourneyHistory
from banso.core.metrics.panel import Panel
from banso.core.unmeasured import Reason

from .conftest import MakeDefinitions, MakePanel

NA, LATE, NONE = Reason.NOT_APPLICABLE, Reason.SOURCE_LATE, Reason.NO_SOURCE
MEASURED = Reason.MEASURED

ADOPTION = """
journeys:
  - name: adoption
    stages:
      - name: onboarding
        expected_days: 2
        health:
          - {condition: users >= 5, of: users, poor: 0, good: 10, weight: 3}
          - {condition: idle <= 7}
      - name: habit
        enter: depth >= 3
        health:
          - {condition: idle <= 7, critical: true, weight: 1}
          - {condition: users >= 5, weight: 1}
"""


def words(history: JourneyHistory, row: int = 0) -> list[str | None]:
    codes = history.colour[row].tolist()
    return [None if code == OFF_JOURNEY else COLOURS[code] for code in codes]


def cells(panel: Panel, name: str, row: int = 0) -> list[float | bool | str | Reason]:
    """The panel's column as a list: values where measured, else the reason."""
    column = panel.column(f"journey.adoption.{name}")
    told: list[float | bool | str | Reason] = []
    for value, reason in zip(column.values[row].tolist(), column.reasons[row], strict=True):
        text = column.categories[value] if column.categories is not None else value
        told.append(Reason(reason) if reason else text)
    return told


def test_the_score_is_the_weighted_mean_of_the_points(
    make_panel: MakePanel, make_definitions: MakeDefinitions
) -> None:
    panel = make_panel({"users": [[10, 6, 0]], "idle": [[1, 9, 9]], "depth": [[0, 0, 0]]})
    history = assess(make_definitions(ADOPTION), panel)["adoption"]
    assert history.score.tolist() == [[100.0, 45.0, 0.0]]
    assert history.confidence.tolist() == [[1.0, 1.0, 1.0]]
    assert words(history) == ["healthy", "watch", "at_risk"]


def test_only_the_conditions_of_the_stage_the_account_is_in_count(
    make_panel: MakePanel, make_definitions: MakeDefinitions
) -> None:
    panel = make_panel({"users": [[4, 4]], "idle": [[1, 1]], "depth": [[2, 3]]})
    history = assess(make_definitions(ADOPTION), panel)["adoption"]
    assert history.stage.tolist() == [[0, 1]]
    assert history.score.tolist() == [[55.0, 50.0]]


def test_thresholds_belong_to_the_better_colour(
    make_panel: MakePanel, make_definitions: MakeDefinitions
) -> None:
    definitions = make_definitions(
        "journeys: [{name: adoption, healthy: 57, watch: 7, stages: [{name: only, health: ["
        "{condition: users > 0, of: users, poor: 0, good: 100}]}]}]"
    )
    panel = make_panel({"users": [[57, 56.9, 7, 6.9]]})
    history = assess(definitions, panel)["adoption"]
    assert words(history) == ["healthy", "watch", "watch", "at_risk"]


def test_sums_that_rounding_disturbs_still_reach_their_threshold(
    make_panel: MakePanel, make_definitions: MakeDefinitions
) -> None:
    definitions = make_definitions(
        "journeys: [{name: adoption, healthy: 100, minimum_confidence: 0.5, stages: [{name: only, "
        "health: [{condition: users > 0, weight: 0.1}, {condition: users > 1, weight: 0.2}, "
        "{condition: idle > 0, weight: 0.3}]}]}]"
    )
    panel = make_panel({"users": [[2]], "idle": [[NONE]]})
    history = assess(definitions, panel)["adoption"]
    assert (history.score.tolist(), history.confidence.tolist()) == ([[100.0]], [[0.5]])
    assert words(history) == ["healthy"]


def test_points_of_an_attribute_whose_values_are_texts_come_from_those_that_are_numbers(
    make_panel: MakePanel, make_definitions: MakeDefinitions
) -> None:
    definitions = make_definitions(
        "metrics: [{name: level, kind: latest, of: attribute.level}]\n"
        "journeys: [{name: adoption, stages: [{name: only, health: ["
        "{condition: users > 0, of: level, poor: 0, good: 10}]}]}]"
    )
    panel = make_panel({"users": [[1, 1]], "level": [["4", "unknown"]]})
    history = assess(definitions, panel)["adoption"]
    assert history.score[0, 0] == 40.0
    assert history.confidence.tolist() == [[1.0, 0.0]]


def test_what_is_unmeasured_lowers_the_confidence_and_not_the_score(
    make_panel: MakePanel, make_definitions: MakeDefinitions
) -> None:
    panel = make_panel({"users": [[8, NONE]], "idle": [[NONE, 1]], "depth": [[0, 0]]})
    history = assess(make_definitions(ADOPTION), panel)["adoption"]
    assert history.score.tolist() == [[80.0, 100.0]]
    assert history.confidence.tolist() == [[0.75, 0.25]]
    assert words(history) == ["healthy", "unmeasured"]


def test_nothing_measured_has_no_score_and_is_unmeasured(
    make_panel: MakePanel, make_definitions: MakeDefinitions
) -> None:
    panel = make_panel({"users": [[NONE]], "idle": [[NONE]], "depth": [[NONE]]})
    history = assess(make_definitions(ADOPTION), panel)["adoption"]
    assert np.isnan(history.score).tolist() == [[True]]
    assert words(history) == ["unmeasured"]
    assert cells(panel, "score") == [NA]
    assert cells(panel, "confidence") == [0.0]
    assert cells(panel, "colour") == ["unmeasured"]


def test_a_stage_without_conditions_has_neither_score_nor_confidence(
    make_panel: MakePanel, make_definitions: MakeDefinitions
) -> None:
    panel = make_panel({"users": [[5]]})
    definitions = make_definitions("journeys: [{name: adoption, stages: [{name: only}]}]")
    history = assess(definitions, panel)["adoption"]
    assert history.confidence.tolist() == [[0.0]]
    assert words(history) == ["unmeasured"]
    assert cells(panel, "score") == [NA]
    assert cells(panel, "confidence") == [NA]
    assert cells(panel, "stage") == ["only"]


def test_a_critical_condition_that_fails_is_at_risk_whatever_the_score(
    make_panel: MakePanel, make_definitions: MakeDefinitions
) -> None:
    definitions = make_definitions(
        "journeys: [{name: adoption, stages: [{name: only, health: ["
        "{condition: idle <= 7, critical: true}, {condition: users > 0, weight: 9}]}]}]"
    )
    panel = make_panel({"users": [[5, 5, 5]], "idle": [[7, 8, NONE]]})
    history = assess(definitions, panel)["adoption"]
    assert history.score.tolist() == [[100.0, 90.0, 100.0]]
    assert words(history) == ["healthy", "at_risk", "healthy"]


def test_a_critical_failure_shows_even_under_the_minimum_confidence(
    make_panel: MakePanel, make_definitions: MakeDefinitions
) -> None:
    definitions = make_definitions(
        "journeys: [{name: adoption, stages: [{name: only, health: ["
        "{condition: idle <= 7, critical: true}, {condition: users > 0, weight: 9}]}]}]"
    )
    panel = make_panel({"users": [[NONE, NONE]], "idle": [[8, 7]]})
    history = assess(definitions, panel)["adoption"]
    assert history.confidence.tolist() == [[0.1, 0.1]]
    assert words(history) == ["at_risk", "unmeasured"]


def test_nobody_is_assessed_before_becoming_a_customer(
    make_panel: MakePanel, make_definitions: MakeDefinitions
) -> None:
    panel = make_panel(
        {
            "customer": [[False, True, True]],
            "users": [[NA, NA, 10]],
            "idle": [[NA, Reason.BEFORE_FIRST_DATA, 1]],
            "depth": [[NA, NA, 0]],
            "contract.seats": [[5, 5, 5]],
        }
    )
    history = assess(make_definitions(ADOPTION), panel)["adoption"]
    assert history.applies.tolist() == [[False, True, True]]
    assert history.stage.tolist() == [[-1, 0, 0]]
    assert history.days_in_stage.tolist() == [[-1, 0, 1]]
    assert np.isnan(history.confidence).tolist() == [[True, False, False]]
    assert words(history) == [None, "unmeasured", "healthy"]
    for name in ("stage", "days_in_stage", "overdue", "score", "confidence", "colour"):
        assert cells(panel, name)[0] is NA


def test_a_customer_stays_one_when_all_metrics_stop_applying(
    make_panel: MakePanel, make_definitions: MakeDefinitions
) -> None:
    panel = make_panel({"users": [[5, NA]], "idle": [[1, NA]], "depth": [[0, NA]]})
    history = assess(make_definitions(ADOPTION), panel)["adoption"]
    assert history.applies.tolist() == [[True, True]]


def test_applies_decides_who_is_on_the_journey_and_is_kept_while_unmeasured(
    make_panel: MakePanel, make_definitions: MakeDefinitions
) -> None:
    definitions = make_definitions(
        "journeys: [{name: adoption, applies: \"attribute.plan = 'pro'\", stages: [{name: only}]}]"
    )
    panel = make_panel({"users": [[1] * 5], "attribute.plan": [[NA, "pro", NA, "free", NA]]})
    history = assess(definitions, panel)["adoption"]
    assert history.applies.tolist() == [[False, True, True, False, False]]


def test_overdue_is_past_the_expected_days(
    make_panel: MakePanel, make_definitions: MakeDefinitions
) -> None:
    panel = make_panel({"users": [[1] * 5], "idle": [[1] * 5], "depth": [[0, 0, 0, 0, 3]]})
    history = assess(make_definitions(ADOPTION), panel)["adoption"]
    assert history.days_in_stage.tolist() == [[0, 1, 2, 3, 0]]
    assert cells(panel, "overdue") == [False, False, False, True, False]
    assert cells(panel, "days_in_stage") == [0.0, 1.0, 2.0, 3.0, 0.0]


def test_a_late_source_that_may_hide_the_next_stage_leaves_overdue_unmeasured(
    make_panel: MakePanel, make_definitions: MakeDefinitions
) -> None:
    panel = make_panel({"users": [[1] * 5], "idle": [[1] * 5], "depth": [[0, LATE, 0, LATE, NONE]]})
    assess(make_definitions(ADOPTION), panel)
    assert cells(panel, "overdue") == [False, False, False, LATE, True]
    assert cells(panel, "days_in_stage") == [0.0, LATE, 2.0, LATE, 4.0]
    assert cells(panel, "stage") == ["onboarding"] * 5


@pytest.mark.parametrize("name", ["score", "confidence", "colour"])
def test_health_is_unmeasured_for_rules_while_a_source_of_the_stage_is_late(
    name: str, make_panel: MakePanel, make_definitions: MakeDefinitions
) -> None:
    panel = make_panel({"users": [[10, 10, LATE]], "idle": [[1, LATE, LATE]], "depth": [[0, 0, 0]]})
    history = assess(make_definitions(ADOPTION), panel)["adoption"]
    assert history.late.tolist() == [[False, True, True]]
    assert words(history) == ["healthy", "healthy", "unmeasured"]
    assert cells(panel, name)[1:] == [LATE, LATE]
    assert cells(panel, name)[0] in (100.0, 1.0, "healthy")


def test_a_late_source_of_another_stage_does_not_matter(
    make_panel: MakePanel, make_definitions: MakeDefinitions
) -> None:
    definitions = make_definitions(
        "journeys: [{name: adoption, stages: [{name: first, health: [{condition: users > 0}]}, "
        "{name: second, enter: users > 9, health: [{condition: depth > 0}]}]}]"
    )
    panel = make_panel({"users": [[1]], "depth": [[LATE]]})
    assert assess(definitions, panel)["adoption"].late.tolist() == [[False]]


def test_every_account_has_its_own_history(
    make_panel: MakePanel, make_definitions: MakeDefinitions
) -> None:
    panel = make_panel(
        {"users": [[10, 10], [0, 0]], "idle": [[1, 1], [9, 9]], "depth": [[0, 3], [0, 0]]}
    )
    history = assess(make_definitions(ADOPTION), panel)["adoption"]
    assert history.stage.tolist() == [[0, 1], [0, 0]]
    assert history.score.tolist() == [[100.0, 100.0], [0.0, 0.0]]


def test_all_journeys_are_assessed_and_each_has_its_columns(
    make_panel: MakePanel, make_definitions: MakeDefinitions
) -> None:
    definitions = make_definitions(
        "journeys: [{name: one, stages: [{name: a}]}, {name: two, stages: [{name: b}]}]"
    )
    panel = make_panel({"users": [[1]]})
    assert list(assess(definitions, panel)) == ["one", "two"]
    names = ("stage", "days_in_stage", "overdue", "score", "confidence", "colour")
    assert set(panel.columns) == {
        "users",
        *(f"journey.{journey}.{name}" for journey in ("one", "two") for name in names),
    }
