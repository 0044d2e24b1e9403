"""Texts with places: what they say, and what is wrong with them when they are saved."""

import pytest
from tests.core.definitions.test_plays import WITH

from banso.core.definitions import check_texts, loads
from banso.core.definitions.template import (
    BrokenTemplateError,
    Place,
    UnfilledError,
    filled,
    parts,
)

TEMPLATES = """\
templates:
  - name: invitation
    subject: {en: "A session, {{contact.name}}", ja: "{{contact.name}}様 勉強会のご案内"}
    text:
      en: |
        Dear {{ contact.name }},
        {{metric.seats}} seats, {{attribute.業種}}.
      ja: |
        {{account.name}} {{contact.name}}様
"""
MAIL = "      - {kind: mail, template: invitation, role: champion}\n"
WHOLE = WITH + MAIL + TEMPLATES
BEFORE = WITH.count("\n") + 1


def mistakes(old: str, new: str) -> list[str]:
    """Line:column: message -> suggestion; lines counted from `templates:`."""
    assert WHOLE.count(old) == 1
    _, found = check_texts({"set.yaml": WHOLE.replace(old, new)})
    return [
        f"{x.line - BEFORE}:{x.column}: {x.message}"
        + (f" -> {x.suggestion}" if x.suggestion else "")
        for x in found
        if x.level == "error"
    ]


def test_a_text_is_what_is_written_with_its_places_filled() -> None:
    assert list(parts("a {{ x.y }} b{{day}}")) == ["a ", Place("x.y", 5), " b", Place("day", 15)]
    values = {"x.y": "1 < 2", "day": "{{x.y}} %s {0}"}
    assert filled("a {{ x.y }} b{{day}}$x", values.get) == "a 1 < 2 b{{x.y}} %s {0}$x"


@pytest.mark.parametrize("text", ["{{a.b", "a }} b", "{{a.{{b.c}}", "{{}}", "{{if a}}", "{{a}}"])
def test_braces_that_do_not_belong_together_are_no_text(text: str) -> None:
    with pytest.raises(BrokenTemplateError):
        list(parts(text))


@pytest.mark.parametrize("value", [None, "", " \n "])
def test_a_place_without_a_value_is_told_and_not_left_empty(value: str | None) -> None:
    with pytest.raises(UnfilledError) as told:
        filled("Dear {{contact.name}}", lambda _: value)
    assert told.value.place == "contact.name"


def test_a_value_is_one_line_of_a_length_that_fits() -> None:
    spoilt = {"a.b": "x\r\nBcc: all@x.example\u2028y\x00" + "z" * 300}
    told = filled("{{a.b}}", spoilt.get)
    assert told.startswith("x Bcc: all@x.example y zzz")
    assert (len(told), told[-1], "\n" in told) == (200, "…", False)


def test_a_correct_template_is_read_and_changes_no_number() -> None:
    found = loads({"set.yaml": WHOLE})
    assert found.templates["invitation"].text.ja == "{{account.name}} {{contact.name}}様\n"
    assert found.fingerprint == loads({"set.yaml": WITH}).fingerprint
    assert found.metadata_fingerprint != loads({"set.yaml": WITH}).metadata_fingerprint


def test_an_unknown_place_is_named_with_the_nearest() -> None:
    places = (
        "account.name, account.key, owner.name, owner.email, organisation.name, day, contact.name, "
        "contact.email, contact.role, attribute.NAME, metric.NAME"
    )
    assert mistakes("{{metric.seats}}", "{{metric.seat}}") == [
        f"7:11: unknown place 'metric.seat'; there are {places} -> metric.seats"
    ]
    assert mistakes("{{account.name}} {", "{{acount.name}} {") == [
        f"9:11: unknown place 'acount.name'; there are {places} -> account.name"
    ]


def test_broken_braces_are_refused_where_they_begin() -> None:
    assert mistakes("{{ contact.name }},", "{{ contact.name },") == [
        "6:14: {{ opens a place that is not closed"
    ]
    assert mistakes('"A session, {{contact.name}}"', '"A session, contact.name}}"') == [
        "3:43: }} closes a place that was not opened"
    ]


def test_a_mail_names_a_template_that_there_is() -> None:
    assert mistakes("template: invitation", "template: invitations") == [
        "0:32: unknown template 'invitations' -> invitation"
    ]


def test_what_members_are_told_has_places_too_but_not_those_of_a_contact() -> None:
    assert mistakes("en: Offer seats", 'en: "{{account.name}} has {{metric.seats}} seats"') == []
    (told,) = mistakes("en: Offer seats", 'en: "{{contact.name}}"')
    assert "unknown place 'contact.name'" in told


def test_two_templates_of_one_name_are_refused() -> None:
    twice = WHOLE + TEMPLATES.removeprefix("templates:\n")
    _, found = check_texts({"set.yaml": twice})
    assert [x.message for x in found if x.level == "error"] == [
        f"template 'invitation' is defined twice; first in set.yaml, line {BEFORE + 2}"
    ]
