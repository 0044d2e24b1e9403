"""Why a rule holds."""

from banso.core.health.assess import assess
from banso.core.rules.evidence import evidence
from banso.core.rules.sentence import sentence
from banso.core.unmeasured import Reason

from ..health.conftest import MakeDefinitions, MakePanel  # noqa: TID252 (beside, not above)

MORE = """
segments:
  - {name: large, label: {en: Large accounts, ja: 大口顧客}, where: users > 9}
journeys:
  - name: adoption
    label: {en: Adoption, ja: 定着}
    stages:
      - {name: first, label: {en: First steps, ja: 導入}, expected_days: 1}
      - {name: habit, label: {en: Habit, ja: 習慣}, enter: users > 50}
rules:
  - {name: fading, when: WHEN, action: {en: Call, ja: 電話する}}
"""


def found(
    when: str, make_panel: MakePanel, make_definitions: MakeDefinitions, *, day: int = 2
) -> list[tuple[str, object]]:
    """(field, value) on one day, of the second of two accounts."""
    definitions = make_definitions(MORE.replace("WHEN", f'"{when}"'))
    panel = make_panel(
        {
            "users": [[8, 8, 8], [3, 2, 4]],
            "idle": [[1, 1, 1], [20, 21, 22]],
            "depth": [[1, 1, 1], [Reason.NO_SOURCE, Reason.NO_SOURCE, Reason.NO_SOURCE]],
            "segment.large": [[False, False, False], [True, True, True]],
            "attribute.plan": [["free", "free", "free"], ["pro", "pro", "pro"]],
        }
    )
    assess(definitions, panel)
    items = evidence(definitions, definitions.rules["fading"], panel, row=1, day=day)
    return [(item.field, item.value) for item in items]


def test_the_numbers_are_those_of_the_account_and_day(
    make_panel: MakePanel, make_definitions: MakeDefinitions
) -> None:
    assert found("users < 5", make_panel, make_definitions) == [("users", 4.0)]
    assert found("users < 5", make_panel, make_definitions, day=1) == [("users", 2.0)]


def test_where_the_rule_does_not_hold_there_is_no_evidence(
    make_panel: MakePanel, make_definitions: MakeDefinitions
) -> None:
    assert found("users > 5", make_panel, make_definitions) == []
    assert found("users < 5 and depth > 3", make_panel, make_definitions) == []


def test_numbers_stand_in_the_order_of_the_rule(
    make_panel: MakePanel, make_definitions: MakeDefinitions
) -> None:
    when = "users < 5 and idle > 7"
    assert found(when, make_panel, make_definitions) == [("users", 4.0), ("idle", 22.0)]
    when = "idle > 21 and users < 400"
    assert found(when, make_panel, make_definitions) == [("idle", 22.0), ("users", 4.0)]


def test_what_is_held_against_two_thresholds_is_told_once_against_the_furthest(
    make_panel: MakePanel, make_definitions: MakeDefinitions
) -> None:
    when = "users < 9 and (idle > 100 or users < 5) and idle > 7 and idle >= 20"
    definitions = make_definitions(MORE.replace("WHEN", f'"{when}"'))
    panel = make_panel({"users": [[4]], "idle": [[22]]})
    assess(definitions, panel)
    items = evidence(definitions, definitions.rules["fading"], panel, row=0, day=0)
    assert [(x.field, x.operator, x.threshold) for x in items] == [
        ("users", "<", 5.0),
        ("idle", ">=", 20.0),
    ]
    inside = "users > 2 and users < 5"  # both ends of a span say something
    definitions = make_definitions(MORE.replace("WHEN", f'"{inside}"'))
    assert [
        x.operator for x in evidence(definitions, definitions.rules["fading"], panel, row=0, day=0)
    ] == [">", "<"]


def test_numbers_come_before_yes_and_no_then_what_is_unmeasured_and_texts_last(
    make_panel: MakePanel, make_definitions: MakeDefinitions
) -> None:
    when = (
        "attribute.plan = 'pro' and depth is unmeasured and journey.adoption.overdue "
        "and segment.large and journey.adoption.stage = 'first' and users < 5"
    )
    assert found(when, make_panel, make_definitions) == [
        ("users", 4.0),
        ("journey.adoption.overdue", True),
        ("segment.large", True),
        ("depth", None),
        ("attribute.plan", "pro"),
        ("journey.adoption.stage", "first"),
    ]


def test_the_reason_reads_as_a_sentence(
    make_panel: MakePanel, make_definitions: MakeDefinitions
) -> None:
    when = "journey.adoption.stage != 'habit' and users < 5 and idle between 20 and 30"
    definitions = make_definitions(MORE.replace("WHEN", f'"{when}"'))
    panel = make_panel({"users": [[3.0]], "idle": [[22.0]]})
    assess(definitions, panel)
    items = evidence(definitions, definitions.rules["fading"], panel, row=0, day=0)
    assert sentence(items, "en") == (
        "Weekly active users 3 (below 5); Last used 22 days (20 to 30); "
        "Adoption stage: First steps (not Habit)"
    )
    assert sentence(items, "ja") == (
        "週間アクティブユーザー 3(5未満)、最終利用からの経過 22日(20日〜30日)、"
        "定着のステージ:導入(習慣以外)"
    )
