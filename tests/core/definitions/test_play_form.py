"""A play goes through its form and back: what is changed there is changed, and nothing else."""

import pytest
from ruamel.yaml import YAML
from tests.examples.conftest import KAEDE

from banso.core.definitions.draft import draft_of
from banso.core.definitions.form_fields import Field, Shape
from banso.core.definitions.form_written import (
    NoFormError,
    field_at,
    fields_of,
    filled,
    ordered,
)
from banso.core.definitions.load import texts
from banso.core.definitions.plays import Play
from banso.core.definitions.rule_draft import text_of

FILES = texts(KAEDE / "definitions")
PLAYS = [x.model for x in draft_of(FILES).plays]
TEXT = """\
plays:
  - name: visit  # the first
    label: {en: Visit, ja: 訪問}
    steps:
      # what is done
      - kind: task
        label: {en: Call, ja: 電話する}
        due_in: 3  # business days
      - {kind: wait, days: 9}
      - {kind: webhook, channel: "crm"}
templates:
  - {name: hello, subject: {en: S, ja: 件名}, text: {en: T, ja: 本文}}
"""


def sent(fields: list[Field] | tuple[Field, ...]) -> dict[str, str]:
    """What a browser sends of a form that nobody touched: its lines end in CR LF, and a box that
    is not ticked is not sent."""
    found: dict[str, str] = {}
    for field in fields:
        if field.shape == "flag":
            found |= {field.key: "true"} if field.value == "true" else {}
        elif field.shape not in ("group", "rows", "steps", "other", "n_of_m"):
            found[field.key] = field.value.replace("\n", "\r\n")
        found |= sent(list(field.fields))
        for item in field.items:
            found |= sent(list(item.fields))
    return found


def said(text: str, **changed: str) -> dict[str, str]:
    return sent(list(fields_of(text))) | {k.replace("__", "."): x for k, x in changed.items()}


def play(text: str) -> Play:
    draft = draft_of({"x.yaml": text})
    assert draft.mistakes == []
    return draft.plays[0].model


def every(fields: list[Field]) -> list[Field]:
    found = list(fields)
    for field in fields:
        found += every(list(field.fields))
        for item in field.items:
            found += every(list(item.fields))
    return found


@pytest.mark.parametrize("name", [x.name for x in PLAYS])
def test_a_play_of_kaede_goes_through_the_form_and_back(name: str) -> None:
    text = text_of(FILES, name, "play")
    assert text is not None
    assert filled(text, said(text)) == text
    written = filled(text, said(text, again_days="61"))
    was = next(x for x in PLAYS if x.name == name)
    assert play(written) == was.model_copy(update={"again_days": 61})


def test_there_are_twelve_of_them_and_every_field_has_a_shape() -> None:
    assert len(PLAYS) == 12
    shapes: set[Shape] = set()
    for each in PLAYS:
        found = every(list(fields_of(text_of(FILES, each.name, "play") or "")))
        shapes |= {x.shape for x in found}
    assert "other" not in shapes


def test_a_changed_field_leaves_comments_and_everything_else_alone() -> None:
    changed = filled(TEXT, said(TEXT, steps__0__due_in="5", steps__0__label__ja="訪ねる"))
    assert changed == TEXT.replace("due_in: 3", "due_in: 5").replace("電話する", "訪ねる")


def test_an_emptied_field_is_not_written_and_a_needed_one_is_missed_at_its_place() -> None:
    assert "due_in" not in filled(TEXT, said(TEXT, steps__0__due_in=""))
    without = filled(TEXT, said(TEXT, steps__1__days=""))
    (mistake,) = [x for x in draft_of({"x": without}).mistakes if "steps" in x.message]
    assert mistake.message == "steps[2].days: a whole number is needed"
    assert field_at(without, mistake.line, mistake.column) == "steps.1.days"


def test_a_needed_field_without_a_value_is_named_at_its_own_line() -> None:
    added = ordered(TEXT, "add:steps", "wait")
    empty = filled(added, said(added))
    (mistake,) = draft_of({"x": empty}).mistakes
    assert field_at(empty, mistake.line, mistake.column) == "steps.3.days"


@pytest.mark.parametrize(
    "words", ["5", "true", "nULL", "~", "1e3", "- x: [", "one\r\ntwo", "a: b # c"]
)
def test_a_text_is_a_text_whatever_it_looks_like(words: str) -> None:
    changed = filled(TEXT, said(TEXT, steps__0__label__en=words))
    step = play(changed).model_dump()["steps"][0]
    assert step["label"]["en"].strip() == words.replace("\r\n", "\n")


def test_rows_are_added_changed_and_taken_out() -> None:
    one = {"steps__0__checklist__0__en": "Day", "steps__0__checklist__0__ja": "日程"}
    text = filled(TEXT, said(TEXT, **one))
    assert "checklist: [{en: Day, ja: 日程}]" in text.replace("\n", " ") or "{en: Day" in text
    assert play(text).model_dump()["steps"][0]["checklist"] == ({"en": "Day", "ja": "日程"},)
    assert filled(text, said(text)) == text
    gone = filled(text, said(text, **dict.fromkeys(one, "")))
    assert play(gone) == play(TEXT)


def test_steps_are_added_moved_and_removed() -> None:
    more = ordered(TEXT, "add:steps", "branch")
    inner = ordered(more, "add:steps.3.then", "wait")
    full = said(inner, steps__3__condition="users > 3", steps__3__then__0__days="2")
    made = play(filled(inner, full))
    assert [x.kind for x in made.steps] == ["task", "wait", "webhook", "branch"]
    assert made.model_dump()["steps"][3]["then"] == ({"kind": "wait", "days": 2},)
    up = ordered(TEXT, "up:steps.1")
    assert [x.kind for x in play(up).steps] == ["wait", "task", "webhook"]
    assert play(ordered(up, "down:steps.0")) == play(TEXT)
    assert [x.kind for x in play(ordered(TEXT, "remove:steps.0")).steps] == [
        "wait",
        "webhook",
    ]
    assert "# business days" in up


@pytest.mark.parametrize(
    "order",
    ["up:steps.0", "down:steps.2", "remove:steps.7", "up:name", "add:steps.0.x", "add:", "x"],
)
def test_an_order_that_means_nothing_changes_nothing(order: str) -> None:
    assert ordered(TEXT, order, "wait") == TEXT
    assert ordered(TEXT, "add:steps", "no such kind") == TEXT


def test_what_has_not_the_shape_of_its_field_is_left_alone() -> None:
    text = TEXT.replace("{en: Call, ja: 電話する}", "Call")
    assert [x.key for x in every(list(fields_of(text))) if x.shape == "other"] == ["steps.0.label"]
    assert filled(text, said(text)) == text
    assert "label: Call" in filled(text, said(text, steps__1__days="8"))


@pytest.mark.parametrize(
    "text", ["", "- x", "plays: [", "plays: []", "rules: [{name: x}]", "a: !b c"]
)
def test_what_is_no_play_has_no_form(text: str) -> None:
    with pytest.raises(NoFormError):
        fields_of(text)


def test_what_is_written_is_what_another_reader_of_yaml_reads() -> None:
    text = filled(TEXT, said(TEXT, steps__1__days="12", name="visit_2"))
    read = YAML(typ="safe", pure=True).load(text)
    assert (read["plays"][0]["name"], read["plays"][0]["steps"][1]["days"]) == ("visit_2", 12)
