"""What names are called by people."""

import pytest

from banso.core.definitions import loads
from banso.core.definitions.model import Label
from banso.core.health.describe import COLOUR_WORDS, DAYS, Description, describe, describe_field

from .conftest import MakeDefinitions

MORE = """
metrics:
  - {name: share, kind: ratio, of: users, by: depth}
  - {name: each, kind: ratio, of: users, by: depth, unit: {en: per feature, ja: 人/機能}}
  - {name: trend, label: {en: Trend, ja: 傾向}, kind: change, of: users}
segments:
  - {name: large, label: {en: Large accounts, ja: 大口顧客}, where: users > 9}
journeys:
  - name: adoption
    label: {en: Adoption, ja: 定着}
    stages: [{name: first, label: {en: First steps, ja: 導入}}, {name: habit, enter: users > 5}]
"""


def test_what_comes_with_the_data_is_called_as_people_call_it() -> None:
    names = "[{of: attribute.業種, en: Industry, ja: 業種}, {of: record.nps, ja: NPS回答}]"
    definitions = loads({"all.yaml": f"organisation: {{name: Kaede, names: {names}}}"})
    assert describe_field(definitions, "attribute.業種").label == label("Industry", "業種")
    assert definitions.called("record.nps") == label("NPS回答")
    assert definitions.called("record.ticket") == label("ticket")


def label(en: str, ja: str | None = None) -> Label:
    return Label(en=en, ja=en if ja is None else ja)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("users", Description(label("Weekly active users", "週間アクティブユーザー"))),
        ("idle", Description(label("Last used", "最終利用からの経過"), unit=DAYS)),
        ("share", Description(label("share"), "percent")),
        ("each", Description(label("each"), unit=label("per feature", "人/機能"))),
        ("trend", Description(label("Trend", "傾向"), "percent")),
        ("segment.large", Description(label("Large accounts", "大口顧客"), "truth")),
        ("attribute.業種", Description(label("業種"))),
        ("contract.arr", Description(label("ARR"), unit=label("JPY", "円"))),
        ("contract.days_to_end", Description(label("Contract ends in", "契約終了まで"), unit=DAYS)),
        ("contract.seats", Description(label("Contracted seats", "契約ライセンス数"))),
        (
            "journey.adoption.stage",
            Description(
                label("Adoption stage", "定着のステージ"),
                "text",
                words={"first": label("First steps", "導入"), "habit": label("habit")},
            ),
        ),
        (
            "journey.adoption.colour",
            Description(label("Adoption health", "定着のヘルス"), "text", words=COLOUR_WORDS),
        ),
        ("journey.adoption.score", Description(label("Adoption score", "定着のスコア"))),
        (
            "journey.adoption.confidence",
            Description(label("Adoption confidence", "定着の信頼度"), "percent"),
        ),
        (
            "journey.adoption.days_in_stage",
            Description(label("Adoption: time in stage", "定着のステージ滞在日数"), unit=DAYS),
        ),
        (
            "journey.adoption.overdue",
            Description(
                label(
                    "Adoption: longer in its stage than expected", "定着のステージ想定日数を超過"
                ),
                "truth",
            ),
        ),
    ],
)
def test_every_name_has_a_label_and_a_way_to_show_its_values(
    name: str, expected: Description, make_definitions: MakeDefinitions
) -> None:
    assert describe_field(make_definitions(MORE), name) == expected


def test_a_calculation_is_called_by_its_formula_in_labels(
    make_definitions: MakeDefinitions,
) -> None:
    definitions = make_definitions(MORE)
    (comparison,) = [definitions.condition("greatest(users, 1.5) * 2 - trend > 7").root]
    found = describe(definitions, comparison.left)
    assert found.label.en == "((greatest(Weekly active users, 1.5) * 2) - Trend)"
    assert found.label.ja == "((greatest(週間アクティブユーザー, 1.5) * 2) - 傾向)"
