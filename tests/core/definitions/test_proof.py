"""How a rule is to be proven right: what may be written, and what it leaves as it was."""

import pytest

from banso.core.definitions import Definitions, compare
from banso.core.definitions import loads as loads_files

from .sets import SET, told

ACTION = "    action: {en: Call them, ja: 電話する}\n"
EXPECT = "    expect: {condition: weekly_users >= 5, within_days: 28}\n"


def loads(text: str) -> Definitions:
    return loads_files({"set.yaml": text})


def test_a_rule_may_say_what_it_expects_and_hold_accounts_out() -> None:
    rule = loads(SET + EXPECT + "    holdout: 0.1\n").rules["fading"]
    assert rule.expect is not None
    assert (rule.expect.condition, rule.expect.within_days) == ("weekly_users >= 5", 28)
    assert (rule.holdout, rule.duty_of_care) == (0.1, False)


@pytest.mark.parametrize(
    ("added", "mistakes"),
    [
        (
            EXPECT + "    holdout: 0.1\n    duty_of_care: true\n",
            [
                "37:14: a rule with duty_of_care holds nobody out; remove holdout, or "
                "duty_of_care where an account may be left alone for a while"
            ],
        ),
        (
            "    holdout: 0.1\n",
            ["36:14: a holdout proves nothing without an outcome; add outcome or expect"],
        ),
        (
            EXPECT + "    holdout: 0.1\n    rollout: [{segment: lrge, from: 2026-02-30}]\n",
            ["38:37: rollout[1].from: '2026-02-30' is no day of the calendar"],
        ),
        (
            EXPECT + "    holdout: 0.1\n    rollout: [{segment: lrge, from: 2026-02-01}]\n",
            [
                "38:14: either a holdout or a rollout: each would blur what the other shows",
                "38:25: unknown segment 'lrge' -> large",
            ],
        ),
        (EXPECT + "    holdout: 0.6\n", ["37:14: holdout: must be at most 0.5"]),
        (EXPECT + "    holdout: 0\n", ["37:14: holdout: must be more than 0"]),
        (
            "    expect: {condition: weekly_user >= 5, within_days: 28}\n",
            ["36:25: condition: unknown name weekly_user -> weekly_users"],
        ),
        (
            "    expect: {condition: weekly_users >= 5}\n",
            ["36:13: field 'within_days' is missing"],
        ),
    ],
)
def test_what_can_not_be_is_told_at_its_place(added: str, mistakes: list[str]) -> None:
    assert told(text=SET + added) == mistakes


def test_how_a_rule_is_proven_changes_no_number() -> None:
    before, after = loads(SET), loads(SET + EXPECT + "    holdout: 0.1\n")
    assert before.fingerprint == after.fingerprint
    assert before.metadata_fingerprint != after.metadata_fingerprint
    assert [(x.field, x.affects_numbers) for x in compare(before, after)] == [
        ("expect", False),
        ("holdout", False),
    ]
