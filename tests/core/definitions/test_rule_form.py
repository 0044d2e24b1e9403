"""A rule goes through its form and back: what is changed there is changed, and nothing else."""

import pytest
from tests.core.definitions.test_play_form import every, sent
from tests.examples.conftest import KAEDE

from banso.core.definitions.draft import draft_of
from banso.core.definitions.form_written import NoFormError, field_at, fields_of, filled
from banso.core.definitions.load import texts
from banso.core.definitions.model import Rule
from banso.core.definitions.rule_draft import text_of

FILES = texts(KAEDE / "definitions")
RULES = [x.model.name for x in draft_of(FILES).rules]
TEXT = """\
rules:
  - name: fading
    label: {en: Use fades, ja: 利用が減っている}  # what people read
    # agreed in spring
    when: >-
      use_change < -0.4 and users >= 3
      and not segment.new
    for: 3 of 5 days
    clear_days: 3  # a working week
    assign: {in_turn: [ito@example.com, abe@example.com]}
    action: {en: Call, ja: 電話する}
metrics:
  - {name: users, kind: distinct_users, window: 28d}
"""


def said(text: str, **changed: str) -> dict[str, str]:
    return sent(list(fields_of(text, "rule"))) | {
        k.replace("__", "."): x for k, x in changed.items()
    }


def written(text: str, **changed: str) -> str:
    return filled(text, said(text, **changed), "rule")


def rule(text: str) -> Rule:
    draft = draft_of({"x.yaml": text})
    assert draft.mistakes == []
    return draft.rules[0].model


@pytest.mark.parametrize("name", RULES)
def test_a_rule_of_kaede_that_nobody_touched_is_as_it_was(name: str) -> None:
    text = text_of(FILES, name)
    assert text is not None
    assert written(text) == text
    was = draft_of({"x": text}).rules[0].model
    assert rule(written(text, cooldown_days="61")) == was.model_copy(update={"cooldown_days": 61})
    assert "other" not in {x.shape for x in every(list(fields_of(text, "rule")))}


def test_a_threshold_is_changed_and_lines_and_comments_stay() -> None:
    assert written(TEXT, when__0="-0.3") == TEXT.replace("-0.4", "-0.3")
    both = written(TEXT, when__0="-0.25", when__1="12", clear_days="5")
    assert both == TEXT.replace("-0.4", "-0.25").replace(">= 3", ">= 12").replace(
        "clear_days: 3", "clear_days: 5"
    )


def test_who_changes_the_condition_itself_and_a_number_gets_both() -> None:
    text = "use_change < -0.4 and users >= 3 and plan_is_new"
    made = rule(written(TEXT, when=text, when__1="7"))
    assert made.when == "use_change < -0.4 and users >= 7 and plan_is_new"
    moved = "users >= 9 and use_change < -0.2"  # other numbers stand there now
    assert rule(written(TEXT, when=moved, when__0="-0.3", when__1="7")).when == moved


def test_days_are_two_numbers() -> None:
    assert written(TEXT, for__held="2", for__of="7") == TEXT.replace("3 of 5", "2 of 7")
    bare = TEXT.replace("    for: 3 of 5 days\n", "")
    assert written(bare) == bare
    assert rule(written(bare, for__held="2", for__of="4")).for_ == "2 of 4 days"


def test_whose_alerts_they_are_is_changed_and_taken_out() -> None:
    in_turn = {"assign__in_turn": "ito@example.com、 sato@example.com"}
    made = rule(written(TEXT, **in_turn)).assign
    assert made is not None
    assert made.in_turn == ("ito@example.com", "sato@example.com")
    one = rule(written(TEXT, assign__in_turn="", assign__member="ito@example.com")).assign
    assert one is not None
    assert (one.member, one.in_turn) == ("ito@example.com", ())
    assert rule(written(TEXT, assign__in_turn="")).assign is None


def test_a_mistake_is_found_at_its_field() -> None:
    wrong = written(TEXT, for__held="x", clear_days="900")
    places = [field_at(wrong, x.line, x.column, "rule") for x in draft_of({"x": wrong}).mistakes]
    assert sorted(places) == ["clear_days", "for"]


@pytest.mark.parametrize("text", ["", "rules: []", "plays: [{name: x}]", "rules: ["])
def test_what_is_no_rule_has_no_form(text: str) -> None:
    with pytest.raises(NoFormError):
        fields_of(text, "rule")
