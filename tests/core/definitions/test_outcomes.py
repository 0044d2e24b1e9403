"""Outcomes are definitions like the others: checked, found by their uses, compared."""

import pytest
from tests.core.definitions.sets import SET, told

from banso.core.definitions import compare, loads
from banso.core.definitions.excerpt import source_of
from banso.core.definitions.uses import Use, Uses

OUTCOMES = """\
outcomes:
  - {name: churned, label: {en: Churned, ja: 解約}, kind: churn, lead_days: 30, within_days: 120}
  - {name: fewer_seats, kind: downgrade, of: seats, where: product = 'core'}
  - {name: renewed, kind: renewal}
  - {name: reached_habit, kind: stage_advance, journey: adoption, to: habit}
  - {name: silent, kind: silence, of: last_use, days: 30}
  - {name: shrunk, kind: condition, when: users_change < -0.8}
"""
WITH = SET + OUTCOMES


def test_every_kind_is_read_with_its_fields_and_the_usual_lead() -> None:
    outcomes = loads({"set.yaml": WITH}).outcomes
    assert [(x.name, x.kind, x.lead_days, x.within_days) for x in outcomes.values()] == [
        ("churned", "churn", 30, 120),
        ("fewer_seats", "downgrade", 14, 90),
        ("renewed", "renewal", 14, 90),
        ("reached_habit", "stage_advance", 14, 90),
        ("silent", "silence", 14, 90),
        ("shrunk", "condition", 14, 90),
    ]


@pytest.mark.parametrize(
    ("old", "new", "mistake"),
    [
        (
            "lead_days: 30",
            "lead_days: 120",
            "37:75: lead_days (120) must be less than within_days (120): alerts between the two "
            "count",
        ),
        ("adoption, to", "adaption, to", "40:57: unknown journey 'adaption' -> adoption"),
        ("to: habit", "to: habits", "40:71: journey 'adoption' has no stage 'habits' -> habit"),
        (
            "of: last_use, days",
            "of: weekly_users, days",
            "41:39: silence needs a metric of kind recency; 'weekly_users' is of kind "
            "distinct_users",
        ),
        ("last_use, days", "lost_use, days", "41:39: unknown metric 'lost_use' -> last_use"),
        ("kind: renewal", "kind: renewel", "39:27: unknown kind 'renewel'; there are churn, "
         "downgrade, renewal, stage_advance, stage_regress, silence, condition -> renewal"),
        ("name: renewed", "name: churned", "39:12: outcome 'churned' is defined twice; first in "
         "set.yaml, line 37"),
        ("product = 'core'}\n  - {name: renewed", "products = 'core'}\n  - {name: renewed",
         "38:60: where: unknown name products -> product"),
        ("users_change < -0.8", "users_chance < -0.8",
         "42:43: when: unknown name users_chance -> users_change"),
        (
            "kind: stage_advance",
            "kind: stage_regress",
            "40:57: journey 'adoption' is sticky: a stage once reached is kept, so nobody falls "
            "back; write sticky: false there, or take an outcome of kind condition",
        ),
    ],
)  # fmt: skip
def test_a_mistake_is_told_with_its_place(old: str, new: str, mistake: str) -> None:
    assert told(old, new, text=WITH) == [mistake]


def test_a_metric_that_only_an_outcome_reads_is_used() -> None:
    unused = SET.replace(
        "last_use <= 7, weight: 2, of: last_use", "seats > 0, weight: 2, of: seats"
    )
    assert told(text=unused) == [
        "12:12: warning: metric 'last_use' is not used by any other definition"
    ]
    assert told(text=unused + OUTCOMES) == []


def test_its_uses_are_found() -> None:
    uses = Uses(loads({"set.yaml": WITH}))
    assert uses.of("journey.adoption")[-1] == Use("outcome", "reached_habit")
    assert uses.of("last_use")[-1] == Use("outcome", "silent")
    assert uses.of("users_change")[-1] == Use("outcome", "shrunk", text="users_change < -0.8")
    assert uses.thresholds("users_change")[-1].value == -0.8


def test_outcomes_change_no_number_but_are_a_difference() -> None:
    old, new = loads({"set.yaml": SET}), loads({"set.yaml": WITH})
    assert old.fingerprint == new.fingerprint
    assert old.metadata_fingerprint != new.metadata_fingerprint
    later = loads({"set.yaml": WITH.replace("days: 30}", "days: 60}")})
    (difference,) = compare(new, later)
    assert (difference.kind, difference.name, difference.field) == ("outcome", "silent", "days")
    assert (difference.old, difference.new, difference.affects_numbers) == (30, 60, False)


def test_its_own_lines_are_found_in_the_file() -> None:
    found = source_of({"set.yaml": WITH}, "outcome", "renewed")
    assert found is not None
    assert (found.line, found.text) == (39, "- {name: renewed, kind: renewal}")


def test_a_rule_names_an_outcome_that_there_is() -> None:
    first = WITH.index("    action:", WITH.index("rules:"))
    named = f"{WITH[:first]}    outcome: churned\n{WITH[first:]}"
    rule = next(iter(loads({"set.yaml": named}).rules.values()))
    assert rule.outcome == "churned"
    (mistake,) = told("outcome: churned", "outcome: churnd", text=named)
    assert mistake == "35:14: unknown outcome 'churnd' -> churned"


def test_by_which_outcome_a_rule_is_judged_changes_no_number() -> None:
    first = WITH.index("    action:", WITH.index("rules:"))
    named = f"{WITH[:first]}    outcome: churned\n{WITH[first:]}"
    assert loads({"set.yaml": named}).fingerprint == loads({"set.yaml": WITH}).fingerprint
