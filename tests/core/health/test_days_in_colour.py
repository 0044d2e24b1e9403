"""How long an account has had its colour, as a condition of rules."""

from banso.core.expressions import evaluate
from banso.core.health.assess import assess

from .conftest import MakeDefinitions, MakePanel
from .test_assess import LATE, NA, cells, words

BY_IDLE = """
journeys:
  - name: adoption
    stages:
      - name: use
        health:
          - {condition: idle <= 7}
rules:
  - name: long_red
    when: journey.adoption.colour = 'at_risk' and journey.adoption.days_in_colour >= 2
    action: {en: Call, ja: 電話}
"""


def test_days_count_from_the_day_a_colour_is_first_seen(
    make_panel: MakePanel, make_definitions: MakeDefinitions
) -> None:
    panel = make_panel({"idle": [[1, 2, 9, 9, 9, 1, 9]]})
    history = assess(make_definitions(BY_IDLE), panel)["adoption"]
    assert words(history) == [
        *("healthy", "healthy", "at_risk", "at_risk", "at_risk"),
        *("healthy", "at_risk"),
    ]
    assert cells(panel, "days_in_colour") == [0, 1, 0, 1, 2, 0, 0]


def test_a_late_source_hides_the_days_and_they_go_on_where_the_colour_is_the_same_after_it(
    make_panel: MakePanel, make_definitions: MakeDefinitions
) -> None:
    panel = make_panel({"idle": [[9, 9, LATE, LATE, 9, 9], [9, 9, LATE, LATE, 1, 1]]})
    assess(make_definitions(BY_IDLE), panel)
    assert cells(panel, "days_in_colour") == [0, 1, LATE, LATE, 4, 5]
    assert cells(panel, "days_in_colour", row=1) == [0, 1, LATE, LATE, 0, 1]


def test_off_the_journey_there_are_none_and_they_begin_anew(
    make_panel: MakePanel, make_definitions: MakeDefinitions
) -> None:
    panel = make_panel({"idle": [[9, 9, 9, 9, 9]], "customer": [[True, True, False, True, True]]})
    assess(make_definitions(BY_IDLE), panel)
    assert cells(panel, "days_in_colour") == [0, 1, NA, 0, 1]


def test_a_rule_may_ask_for_days_in_a_colour(
    make_panel: MakePanel, make_definitions: MakeDefinitions
) -> None:
    definitions = make_definitions(BY_IDLE)
    panel = make_panel({"idle": [[9, 9, 9, 1, 9]]})
    assess(definitions, panel)
    root = definitions.condition(definitions.rules["long_red"].when).root
    assert evaluate(root, panel.column, panel.shape).values.tolist() == [
        [False, False, True, False, False]
    ]
