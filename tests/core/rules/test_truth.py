"""Where rules hold."""

from banso.core.health.assess import assess
from banso.core.rules.truth import rule_journey, truth
from banso.core.unmeasured import Column, Reason

from ..health.conftest import MakeDefinitions, MakePanel  # noqa: TID252 (beside, not above)

NA, LATE = Reason.NOT_APPLICABLE, Reason.SOURCE_LATE
JOURNEY = """
journeys:
  - name: adoption
    applies: attribute.plan = 'pro'
    stages: [{name: only, expected_days: 1, health: [{condition: users >= 5}]}]
  - name: value
    stages: [{name: only}]
rules:
  - {name: fading, when: WHEN, action: {en: Call, ja: 電話する}}
"""


def told(column: Column) -> list[bool | Reason]:
    cells = zip(column.values[0].tolist(), column.reasons[0], strict=True)
    return [Reason(reason) if reason else value for value, reason in cells]


def holds(
    when: str,
    columns: dict[str, list[list[float | str | Reason]]],
    make_panel: MakePanel,
    make_definitions: MakeDefinitions,
) -> list[bool | Reason]:
    definitions = make_definitions(JOURNEY.replace("WHEN", f'"{when}"'))
    panel = make_panel(columns)
    assess(definitions, panel)
    return told(truth(definitions, definitions.rules["fading"], panel))


def test_a_rule_holds_where_its_condition_does_and_keeps_its_reasons(
    make_panel: MakePanel, make_definitions: MakeDefinitions
) -> None:
    columns = {"users": [[3, 5, LATE]], "attribute.plan": [["pro"] * 3]}
    found = holds("users < 5", columns, make_panel, make_definitions)
    assert found == [True, False, LATE]


def test_a_rule_over_health_is_unmeasured_while_its_source_is_late(
    make_panel: MakePanel, make_definitions: MakeDefinitions
) -> None:
    columns = {"users": [[3, LATE, 8]], "attribute.plan": [["pro"] * 3]}
    when = "journey.adoption.colour in ('at_risk', 'unmeasured')"
    assert holds(when, columns, make_panel, make_definitions) == [True, LATE, False]


def test_a_rule_of_one_journey_is_false_off_that_journey(
    make_panel: MakePanel, make_definitions: MakeDefinitions
) -> None:
    columns = {
        "customer": [[False, True, True]],
        "users": [[NA, 3, 3]],
        "attribute.plan": [["pro", "pro", "free"]],
    }
    when = "journey.adoption.score < 50"
    assert holds(when, columns, make_panel, make_definitions) == [False, True, False]
    when = "journey.adoption.score is unmeasured"
    assert holds(when, columns, make_panel, make_definitions) == [False, False, False]


def test_no_rule_holds_for_who_is_no_customer(
    make_panel: MakePanel, make_definitions: MakeDefinitions
) -> None:
    columns = {
        "customer": [[False, True, False]],
        "users": [[3, 3, NA]],
        "attribute.plan": [["pro"] * 3],
    }
    assert holds("users < 5", columns, make_panel, make_definitions) == [False, True, False]


def test_a_rule_of_two_journeys_or_none_is_left_as_it_is(
    make_panel: MakePanel, make_definitions: MakeDefinitions
) -> None:
    columns = {"users": [[3, NA]], "attribute.plan": [["free", "free"]]}
    when = "journey.adoption.overdue or journey.value.overdue"
    assert holds(when, columns, make_panel, make_definitions) == [NA, NA]
    assert holds("users < 5", columns, make_panel, make_definitions) == [True, NA]


def test_overdue_is_a_condition_of_its_own(
    make_panel: MakePanel, make_definitions: MakeDefinitions
) -> None:
    columns = {"users": [[3] * 3], "attribute.plan": [["pro"] * 3]}
    found = holds("journey.adoption.overdue", columns, make_panel, make_definitions)
    assert found == [False, False, True]


def test_an_episode_belongs_to_the_only_journey_its_rule_names(
    make_definitions: MakeDefinitions,
) -> None:
    for when, journey in {
        "users < 5": "",
        "journey.adoption.stage = 'only' and not journey.adoption.overdue": "adoption",
        "journey.adoption.overdue or journey.value.overdue": "",
    }.items():
        definitions = make_definitions(JOURNEY.replace("WHEN", f'"{when}"'))
        assert rule_journey(definitions, definitions.rules["fading"]) == journey
