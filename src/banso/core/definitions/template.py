"""Texts with places (`{{account.name}}`), and nothing but places: no conditions, no loops, no code.

A place is filled with the value as it is. Whoever sends the text escapes the whole of it for its
channel, so that no value becomes markup; see pipeline.act. A value is one line and of a length
that fits, so that none can pretend to be a paragraph or a header of the mail.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from pydantic import Field

from banso.core.definitions.model import Definition, Label, Name
from banso.core.wording import Wording, worded

PLACE = re.compile(r"[^\W\d]\w*(\.[^\W\d][\w-]*)+")
_BRACES = re.compile(r"\{\{|\}\}")
LONGEST_VALUE = 200

ACCOUNT_PLACES = (
    "account.name",
    "account.key",
    "owner.name",
    "owner.email",
    "organisation.name",
    "day",
)
CONTACT_PLACES = ("contact.name", "contact.email", "contact.role")
"""Of the person whom a mail goes to: in templates only."""
ATTRIBUTE, METRIC = "attribute.", "metric."


class Template(Definition):
    """A mail to people at the customer, with places that are filled for each of them:
    `{{account.name}}`, `{{account.key}}`, `{{owner.name}}`, `{{owner.email}}`,
    `{{organisation.name}}`, `{{day}}`, `{{contact.name}}`, `{{contact.email}}`,
    `{{contact.role}}`, `{{attribute.NAME}}` and `{{metric.NAME}}`."""

    name: Name = Field(description="Unique among templates")
    label: Label | None = Field(default=None, description="Shown to people")
    subject: Label = Field(description="The mail's subject; places are filled")
    text: Label = Field(description="The mail's text; places are filled, lines are kept")


class BrokenTemplateError(ValueError):
    """Braces that don't belong together; offset: the character where it begins."""

    def __init__(self, wording: Wording, offset: int) -> None:
        super().__init__(wording)
        self.wording, self.offset = wording, offset


class UnfilledError(LookupError):
    """There is nothing to put in this place."""

    def __init__(self, place: str) -> None:
        super().__init__(place)
        self.place = place


@dataclass(frozen=True)
class Place:
    """offset: of its name in the text."""

    name: str
    offset: int


def parts(text: str) -> Iterator[str | Place]:
    """The text as it is written, and the places in it. Raises BrokenTemplateError."""
    at = 0
    while (opening := _BRACES.search(text, at)) is not None:
        if opening[0] == "}}":
            raise BrokenTemplateError(
                worded("{braces} closes a place that was not opened", braces="}}"), opening.start()
            )
        closing = _BRACES.search(text, opening.end())
        if closing is None or closing[0] == "{{":
            raise BrokenTemplateError(
                worded("{braces} opens a place that is not closed", braces="{{"), opening.start()
            )
        if opening.start() > at:
            yield text[at : opening.start()]
        inside = text[opening.end() : closing.start()]
        name = inside.strip()
        if not (PLACE.fullmatch(name) or name == "day"):
            example = "{{account.name}}"
            message = worded(
                "{name!r} is no place; write it as {example}", name=name, example=example
            )
            raise BrokenTemplateError(message, opening.start())
        yield Place(name, opening.end() + inside.index(name))
        at = closing.end()
    if at < len(text):
        yield text[at:]


def filled(text: str, values: Callable[[str], str | None]) -> str:
    """values: what stands in a place; None or empty: nothing is known. Raises UnfilledError."""

    def of(part: str | Place) -> str:
        if isinstance(part, str):
            return part
        value = _one_line(values(part.name) or "")
        if not value:
            raise UnfilledError(part.name)
        return value

    return "".join(map(of, parts(text)))


def filled_label(label: Label, values: Mapping[str, Callable[[str], str | None]]) -> Label:
    """values: by language."""
    return Label(en=filled(label.en, values["en"]), ja=filled(label.ja, values["ja"]))


def _one_line(value: str) -> str:
    plain = "".join(x if x.isprintable() else " " for x in value)
    plain = " ".join(plain.split())
    return plain if len(plain) <= LONGEST_VALUE else plain[: LONGEST_VALUE - 1] + "…"
