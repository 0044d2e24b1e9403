"""The draft of a rule: what it may say, and how it is written into the files in force."""

import pytest

from banso.core.definitions import DefinitionError, loads
from banso.core.definitions.rule_draft import (
    DRAFT,
    UnplaceableError,
    lost,
    rule_draft,
    text_of,
    written_into,
)

METRICS = """\
organisation: {name: Test, time_zone: UTC}
metrics:
  - {name: idle, kind: recency}
"""
RULES = """\
# agreed on in spring
rules:
  - name: quiet  # the first one
    when: idle >= 14
    action: {en: Call, ja: 電話する}

  # for those who never begin
  - {name: cold, when: idle >= 90, action: {en: Write, ja: 手紙}}
"""
FILES = {"metrics.yaml": METRICS, "rules.yaml": RULES}
SHARPER = """\
rules:
  - name: quiet
    when: idle >= 7
    for: 2 of 3 days
    action: {en: Call, ja: 電話する}
"""


def mistakes(text: str) -> list[tuple[str, int, str]]:
    with pytest.raises(DefinitionError) as caught:
        rule_draft(FILES, text)
    return [(x.file, x.line, x.message) for x in caught.value.mistakes]


def test_a_draft_takes_the_place_of_its_rule_and_comments_around_it_stay() -> None:
    assert written_into(FILES, SHARPER) == {
        "metrics.yaml": METRICS,
        "rules.yaml": RULES.replace(
            "name: quiet  # the first one\n    when: idle >= 14\n",
            "name: quiet\n    when: idle >= 7\n    for: 2 of 3 days\n",
        ),
    }


def test_a_rule_in_brackets_may_become_one_in_lines() -> None:
    text = SHARPER.replace("quiet", "cold")
    made = written_into(FILES, text)
    assert made["rules.yaml"].endswith(
        "begin\n  - name: cold\n    when: idle >= 7\n    for: 2 of 3 days\n"
        "    action: {en: Call, ja: 電話する}\n"
    )
    assert loads(made).rules["cold"] == rule_draft(FILES, text).definitions.rules["cold"]


def test_what_is_new_stands_in_a_file_of_its_own() -> None:
    text = (
        "metrics: [{name: ever, kind: count}]\n"
        "rules: [{name: never, when: ever = 0, action: {en: Ask, ja: 聞く}}]\n"
    )
    made = written_into(FILES, text)
    assert {name: made[name] for name in FILES} == FILES
    assert made["on_screen/never.yaml"] == (
        "metrics:\n  - {name: ever, kind: count}\n"
        "rules:\n  - {name: never, when: ever = 0, action: {en: Ask, ja: 聞く}}\n"
    )
    again = written_into(
        made, text.replace("ever = 0", "ever < 2").replace("name: ever", "name: e2")
    )
    assert sorted(again) == [
        "metrics.yaml",
        "on_screen/never.yaml",
        "on_screen/never_2.yaml",
        "rules.yaml",
    ]
    assert loads(again).rules["never"].when == "ever < 2"


def test_lists_in_brackets_are_written_into_too() -> None:
    files = {"all.yaml": METRICS + "rules: [{name: quiet, when: idle >= 14, "
             "action: {en: Call, ja: 電話する}}]\n"}  # fmt: skip
    flat = "rules: [{name: quiet, when: idle >= 7, action: {en: Call, ja: 電話する}}]\n"
    assert written_into(files, flat) == {"all.yaml": files["all.yaml"].replace("14", "7")}
    with pytest.raises(UnplaceableError, match="by hand"):
        written_into(files, SHARPER)


def test_mistakes_are_named_by_line_of_the_draft() -> None:
    assert mistakes(SHARPER.replace("idle >=", "idel >=")) == [
        (DRAFT, 3, "when: unknown name idel"),
    ]


def test_a_draft_is_of_one_rule_and_only_adds() -> None:
    assert mistakes("rules: []\n") == [
        (DRAFT, 1, "a draft is of one rule, this has 0: `rules:` and one item")
    ]
    assert mistakes(SHARPER + "metrics:\n  - {name: idle, kind: tenure}\n") == [
        (DRAFT, 7, "'idle' is in force already; a draft only adds what is not its own")
    ]
    assert mistakes(SHARPER + "organisation: {name: Other}\n") == [
        (DRAFT, 6, "a draft can't change the organisation")
    ]


def test_the_text_of_a_rule_in_force_is_a_draft_that_changes_nothing() -> None:
    for rule in ("quiet", "cold"):
        text = text_of(FILES, rule)
        assert text is not None
        assert rule_draft(FILES, text).definitions.fingerprint == loads(FILES).fingerprint
    assert text_of(FILES, "cold") == (
        "rules:\n  - {name: cold, when: idle >= 90, action: {en: Write, ja: 手紙}}\n"
    )
    assert text_of(FILES, "warm") is None


def test_what_a_folder_would_take_back_is_named() -> None:
    """Neither what the folder has changed itself, nor what it has taken over."""
    base, in_force = loads(FILES), loads(written_into(FILES, SHARPER))
    other = loads({**FILES, "rules.yaml": RULES.replace(">= 14", ">= 21")})
    added = loads({**FILES, "new.yaml": "metrics: [{name: uses, kind: count}]\n"})
    assert lost(base, in_force, base) == (("rule", "quiet"),)
    assert lost(base, in_force, added) == (("rule", "quiet"),)
    assert lost(base, in_force, in_force) == ()
    assert lost(base, in_force, other) == ()
    assert lost(base, added, base) == (("metric", "uses"),)
