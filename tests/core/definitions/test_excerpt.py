"""The lines of one definition, as they stand in its file."""

from pathlib import Path

import pytest
from tests.core.definitions.sets import SET

from banso.core.definitions import loads
from banso.core.definitions.draft import draft_of
from banso.core.definitions.excerpt import SECTIONS, Excerpt, source_of
from banso.core.definitions.load import texts

KAEDE = Path(__file__).parents[3] / "examples/kaede/definitions"


def test_a_definition_is_its_lines_without_their_indent() -> None:
    assert source_of({"set.yaml": SET}, "metric", "weekly_users") == Excerpt(
        "set.yaml",
        5,
        "- name: weekly_users\n"
        "  label: {en: Weekly users, ja: 週間利用者}\n"
        "  kind: distinct_users\n"
        "  where: event in ('login', 'report_viewed')\n"
        "  window: 7d",
    )


def test_one_line_in_braces_is_that_line() -> None:
    assert source_of({"set.yaml": SET}, "metric", "last_use") == Excerpt(
        "set.yaml", 12, "- {name: last_use, kind: recency}"
    )


def test_definitions_that_share_a_line_are_told_apart() -> None:
    text = "metrics: [{name: a, kind: recency}, {name: b,\n  kind: tenure}] # both\n"
    assert source_of({"x": text}, "metric", "a") == Excerpt("x", 1, "{name: a, kind: recency}")
    assert source_of({"x": text}, "metric", "b") == Excerpt("x", 1, "{name: b,\n  kind: tenure}")


def test_comments_inside_belong_to_it_and_those_behind_it_do_not() -> None:
    text = (
        "rules:\n"
        "  # before\n"
        "  - name: a\n"
        "    # inside\n"
        "    when: >-\n"
        "      x > 1\n"
        "      and y > 2\n"
        "\n"
        "  # of the next\n"
        "  - name: b\n"
    )
    assert source_of({"x": text}, "rule", "a") == Excerpt(
        "x", 3, "- name: a\n  # inside\n  when: >-\n    x > 1\n    and y > 2"
    )
    assert source_of({"x": text}, "rule", "b") == Excerpt("x", 10, "- name: b")


def test_names_inside_a_definition_are_not_its_own() -> None:
    text = "journeys:\n- stages:\n  - name: habit\n  name: adoption\n"
    assert source_of({"x": text}, "journey", "adoption") == Excerpt(
        "x", 2, "- stages:\n  - name: habit\n  name: adoption"
    )
    assert source_of({"x": text}, "journey", "habit") is None


def test_the_organisation_has_no_name_to_be_found_by() -> None:
    assert source_of({"set.yaml": SET}, "organisation", "") == Excerpt(
        "set.yaml", 1, "{name: Kaede, time_zone: Asia/Tokyo}"
    )


def test_it_is_found_in_whichever_file_it_stands() -> None:
    files = {"b.yaml": "\ufeffrules:\n- name: r\n", "a.yaml": "metrics:\n- name: r\n"}
    assert source_of(files, "rule", "r") == Excerpt("b.yaml", 2, "- name: r")
    assert source_of(files, "metric", "r") == Excerpt("a.yaml", 2, "- name: r")


def test_what_is_nowhere_is_none() -> None:
    assert source_of({"set.yaml": SET}, "rule", "weekly_users") is None
    assert source_of({}, "rule", "x") is None
    assert source_of({"x": "rules:\n"}, "rule", "x") is None


@pytest.mark.parametrize("kind", ["metric", "journey", "rule", "segment", "source"])
def test_every_definition_of_the_example_says_the_same_alone(kind: str) -> None:
    files = texts(KAEDE)
    for name, definition in loads(files).sections[kind].items():
        found = source_of(files, kind, name)
        assert found is not None
        assert files[found.file].split("\n")[found.line - 1].strip() == found.text.split("\n")[0]
        alone = draft_of({"x": f"{SECTIONS[kind]}:\n{found.text}\n"})
        assert [item.model for item in getattr(alone, SECTIONS[kind])] == [definition]
