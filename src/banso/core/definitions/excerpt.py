"""A definition's own lines, as they stand in the file that was applied."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache

from ruamel.yaml import YAML
from ruamel.yaml.events import (
    AliasEvent,
    Event,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
)

SECTIONS: Mapping[str, str] = {
    "organisation": "organisation",
    "source": "sources",
    "metric": "metrics",
    "segment": "segments",
    "journey": "journeys",
    "rule": "rules",
    "outcome": "outcomes",
    "play": "plays",
    "template": "templates",
}
"""Kind, as in `Definitions.sections` -> the key in a file."""


@dataclass(frozen=True)
class Excerpt:
    """line: of the first of its lines in the file, from 1. text: without the indent that all of
    them share, comments inside included."""

    file: str
    line: int
    text: str


def source_of(files: Mapping[str, str], kind: str, name: str) -> Excerpt | None:
    """Where a definition of a set (file name -> YAML) that was applied is written.

    kind: metric, journey ... as in `Definitions.sections`. name: '' for the organisation. None
    where no file has it. The first question about a text reads it (0.3 s for 40 metrics); later
    ones are answered at once.
    """
    for file in sorted(files):
        found = _excerpts(files[file]).get((SECTIONS[kind], name))
        if found is not None:
            return Excerpt(file, *found)
    return None


@lru_cache(maxsize=64)
def _excerpts(text: str) -> Mapping[tuple[str, str], tuple[int, str]]:
    """Line and text of everything in one file, by section and name."""
    text = text.removeprefix("\ufeff")
    return {
        (place.section, place.name): (place.line, lines(text, place.start, place.end))
        for place in places(text)
    }


@dataclass
class PlaceOf:
    """Where a definition is written. start, end: characters of the text."""

    section: str
    line: int
    start: int
    end: int = 0
    name: str = ""


@dataclass
class _Open:
    """A mapping or list that has begun. key: the mapping's key whose value comes next."""

    mapping: bool
    key: str | None = None


def places(text: str) -> Iterator[PlaceOf]:
    """Every definition of one file, without its byte order mark. Block mappings end where the next
    thing begins, after comments that are not theirs; so what counts is the end of the last thing
    that is written in them."""
    stack: list[_Open] = []
    place: PlaceOf | None = None
    depth = end = 0
    for event in YAML(typ="safe", pure=True).parse(text):
        if isinstance(event, MappingStartEvent | SequenceStartEvent):
            section = _section(stack, event)
            if section is not None:
                depth = len(stack)
                place = PlaceOf(section, event.start_mark.line + 1, event.start_mark.index)
            stack.append(_Open(isinstance(event, MappingStartEvent)))
        elif isinstance(event, MappingEndEvent | SequenceEndEvent):
            stack.pop()
            end = _written_end(event, end)
            if place is not None and len(stack) == depth:
                place.end = end
                yield place
                place = None
            _value_read(stack)
        elif isinstance(event, ScalarEvent | AliasEvent):
            end = event.end_mark.index
            if place is not None and len(stack) == depth + 1 and _names(stack, place):
                place.name = str(getattr(event, "value", ""))
            _scalar_read(stack, event)


def _section(stack: list[_Open], event: Event) -> str | None:
    """The section whose definition begins with this event, None where none does."""
    if not isinstance(event, MappingStartEvent) or not stack:
        return None
    section = stack[0].key
    wanted = 1 if section == "organisation" else 2
    return section if section in SECTIONS.values() and len(stack) == wanted else None


def _names(stack: list[_Open], place: PlaceOf) -> bool:
    """Whether the value that comes now is the definition's name; the organisation's is no key."""
    return place.section != "organisation" and stack[-1].key == "name"


def _written_end(event: Event, end: int) -> int:
    """A closing bracket is written; the end of a block is not."""
    return max(end, event.end_mark.index) if event.end_mark.index > event.start_mark.index else end


def _scalar_read(stack: list[_Open], event: Event) -> None:
    if stack and stack[-1].mapping and stack[-1].key is None:
        stack[-1].key = str(getattr(event, "value", ""))
    else:
        _value_read(stack)


def _value_read(stack: list[_Open]) -> None:
    if stack:
        stack[-1].key = None


def with_dash(text: str, start: int) -> int:
    """Where a definition begins whose mapping begins at `start`: at its dash, where nothing else
    stands before that."""
    begin = text.rfind("\n", 0, start) + 1
    before = text[begin:start]
    return begin + before.index("-") if before.strip() == "-" else start


def lines(text: str, start: int, end: int) -> str:
    """The text with its dash, where nothing else stands before it, less its first line's indent."""
    begin = text.rfind("\n", 0, start) + 1
    before = text[begin:start]
    start = with_dash(text, start)
    indent = len(before) - len(before.lstrip(" "))
    first, *rest = text[start:end].rstrip().split("\n")
    return "\n".join([first, *(_dedented(line, indent) for line in rest)])


def _dedented(line: str, indent: int) -> str:
    spaces = len(line) - len(line.lstrip(" "))
    return line[min(indent, spaces) :]
