"""Who is held out: by hash alone, so that nothing can change it."""

import subprocess
import sys

import pytest

from banso.core.definitions.model import Expect, Label, Rule
from banso.core.definitions.plays import Play
from banso.core.value.arms import APART, held_out, version

KEYS = [f"account-{n}" for n in range(20_000)]


def test_arms_are_what_they_were_when_this_was_written() -> None:
    # a change here would move accounts from one arm to the other in every install
    drawn = [key for key in KEYS[:40] if held_out(key, "habit_fading", share=0.1)]
    assert drawn == ["account-0", "account-10", "account-20"]


def test_another_process_draws_the_same() -> None:
    code = (
        "from banso.core.value.arms import held_out;"
        "print(sum(held_out(f'account-{n}', 'r', share=0.2) for n in range(5000)))"
    )
    there = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert int(there.stdout) == sum(held_out(x, "r", share=0.2) for x in KEYS[:5000])


@pytest.mark.parametrize("share", [0.0, 0.05, 0.1, 0.3, 0.5])
def test_as_many_are_held_out_as_was_said(share: float) -> None:
    found = sum(held_out(x, "rule", share=share) for x in KEYS) / len(KEYS)
    assert abs(found - share) <= 4 * (share * (1 - share) / len(KEYS)) ** 0.5


def test_a_larger_share_keeps_whom_the_smaller_one_held_out() -> None:
    small = {x for x in KEYS if held_out(x, "rule", share=0.1)}
    large = {x for x in KEYS if held_out(x, "rule", share=0.2)}
    assert small - large == set()


def test_two_rules_draw_independently() -> None:
    both = sum(held_out(x, "a", share=0.5) and held_out(x, "b", share=0.5) for x in KEYS)
    assert abs(both / len(KEYS) - 0.25) < 0.013


def test_more_than_half_is_refused() -> None:
    with pytest.raises(ValueError, match=r"a holdout is a share from 0 to 0\.5, not 0\.6"):
        held_out("x", "rule", share=0.6)


RULE = Rule(name="r", when="seats > 5", action=Label(en="Call", ja="電話する"))


def test_only_what_is_done_to_whom_makes_another_version() -> None:
    expect = Expect(condition="seats > 6", within_days=3)
    words = {"label": Label(en="Seats", ja="席"), "description": Label(en="Why", ja="理由")}
    same = {"when": " seats  >5", "holdout": 0.2, "priority": "high", "expect": expect, **words}
    assert version(RULE.model_copy(update=same), {}) == version(RULE, {})
    others = [{"when": "seats > 6"}, {"cooldown_days": 3}, {"action": Label(en="Visit", ja="訪問")}]
    found = {version(RULE.model_copy(update=x), {}) for x in others} | {version(RULE, {})}
    assert len(found) == 4


def test_somebody_has_said_of_each_field_whether_it_counts() -> None:
    to_whom = {"name", "when", "for_", "clear_days", "cooldown_days", "duty_of_care"}
    what = {"action", "play", "assign", "any_time"}
    assert set(Rule.model_fields) - APART == to_whom | what


def a_play(name: str, *steps: object) -> Play:
    label = {"en": name, "ja": name}
    return Play.model_validate({"name": name, "label": label, "steps": list(steps)})


def test_what_its_plays_say_makes_another_version() -> None:
    wait, longer = {"kind": "wait", "days": 3}, {"kind": "wait", "days": 4}
    start = {"kind": "start_play", "play": "second"}
    rule = RULE.model_copy(update={"play": "first"})

    def of(first: list[object], second: list[object]) -> str:
        plays = {x.name: x for x in (a_play("first", *first), a_play("second", *second))}
        return version(rule, plays)

    assert of([wait], [wait]) == of([wait], [longer])
    assert len({of([wait, start], [x]) for x in (wait, longer)} | {of([wait], [wait])}) == 3
