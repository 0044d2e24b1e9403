"""YAML text as a tree that remembers where everything stands.

Only what definitions need: mappings, lists, plain values, and aliases as long as what they repeat
stays small. Tags and several documents are refused.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.events import (
    AliasEvent,
    DocumentStartEvent,
    Event,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
)
from ruamel.yaml.reader import ReaderError

from banso.core.definitions.mistake import Mistake
from banso.core.expressions import nearest
from banso.core.wording import Wording, worded

LARGEST_FILE = 2_000_000
_DEEPEST = 20
_MOST_REPEATED = 20_000
"""Values that all aliases of a file may stand for: nested ones multiply (billion laughs)."""

Plain = str | int | float | bool | None


@dataclass(frozen=True)
class Scalar:
    """start, end: where it stands in the text, quotes and block header included."""

    value: Plain
    line: int
    column: int
    start: int
    end: int
    style: str = ""


@dataclass
class Listing:
    line: int
    column: int
    items: list[Node] = field(default_factory=list)


@dataclass
class Mapping:
    """entries: key -> value; keys: key -> where the key stands."""

    line: int
    column: int
    entries: dict[str, Node] = field(default_factory=dict)
    keys: dict[str, Scalar] = field(default_factory=dict)


Node = Scalar | Listing | Mapping


class _YamlError(Exception):
    def __init__(self, message: Wording, line: int, column: int, suggestion: str | None = None):
        super().__init__(message)
        self.message, self.line, self.column, self.suggestion = message, line, column, suggestion


@dataclass
class _Open:
    """A mapping or list whose end has not come yet. before: values read before it."""

    node: Listing | Mapping
    before: int
    anchor: str | None
    key: Scalar | None = None


def read_tree(file: str, text: str) -> tuple[Node | None, tuple[Mistake, ...]]:
    """The tree of one file (None where it is empty or can't be read) and what is wrong in it."""
    if len(text.encode("utf-8", "surrogatepass")) > LARGEST_FILE:
        message = worded(
            "larger than {largest:,} bytes; split it into several files",
            largest=LARGEST_FILE,
        )
        return None, (Mistake(file, 1, 1, message),)
    mistakes: list[Mistake] = []
    try:
        return _Builder(file, mistakes).build(_events(text.removeprefix("\ufeff"))), tuple(mistakes)
    except _YamlError as problem:
        place = (problem.line, problem.column)
        mistakes.append(Mistake(file, *place, problem.message, problem.suggestion))
    return None, tuple(mistakes)


def plain(node: Node | None) -> object:
    """The same data as dictionaries, lists and values."""
    if isinstance(node, Mapping):
        return {key: plain(value) for key, value in node.entries.items()}
    if isinstance(node, Listing):
        return [plain(item) for item in node.items]
    return node.value if node is not None else None


def _events(text: str) -> Iterator[Event]:
    yaml = YAML(typ="safe", pure=True)
    try:
        yield from yaml.parse(text)
    except ReaderError as error:
        at = error.position or 0
        line = text.count("\n", 0, at) + 1
        column = at - (text.rfind("\n", 0, at) + 1) + 1
        message = worded("invisible character U+{code:04X} is not allowed", code=ord(text[at]))
        raise _YamlError(message, line, column) from error
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line, column = (mark.line + 1, mark.column + 1) if mark else (1, 1)
        raise _YamlError(_reworded(error), line, column) from error
    except (YAMLError, ValueError) as error:
        raise _YamlError(worded("not YAML: {error}", error=error), 1, 1) from error


_WORDS = {
    "'\\t'": worded("a tab can't indent YAML; use spaces"),
    "mapping values are not allowed": worded(
        "a second ': ' on this line, or an indent that does not fit; put the text in quotes"
    ),
    "expected <block end>": worded("the indent does not fit the lines above"),
    "while scanning a quoted scalar": worded("a quote is not closed"),
    "while parsing a flow sequence": worded("a list in [ ] is not closed or lacks a comma"),
    "while parsing a flow node": worded("a [ or {{ is not closed"),
    "while parsing a flow mapping": worded("a mapping in {{ }} is not closed or lacks a comma"),
    "could not find expected ':'": worded("a ':' is missing after the name"),
    "cannot start any token": worded("a text can't begin with this character; put it in quotes"),
}


def _reworded(error: MarkedYAMLError) -> Wording:
    told = f"{error.context or ''} {error.problem or ''}".strip()
    words = next((words for part, words in _WORDS.items() if part in told), None)
    return worded("not YAML: {error}", error=words or told)


@dataclass
class _Builder:
    file: str
    mistakes: list[Mistake]
    stack: list[_Open] = field(default_factory=list)
    anchors: dict[str, tuple[Node, int]] = field(default_factory=dict)
    root: Node | None = None
    values: int = 0
    repeated: int = 0

    def build(self, events: Iterator[Event]) -> Node | None:
        documents = 0
        for event in events:
            place = (event.start_mark.line + 1, event.start_mark.column + 1)
            if isinstance(event, DocumentStartEvent):
                documents += 1
                if documents > 1:
                    message = worded("a second document begins here; write it to a file of its own")
                    raise _YamlError(message, *place)
            elif isinstance(event, MappingEndEvent | SequenceEndEvent):
                done = self.stack.pop()
                self._name(done.anchor, done.node, self.values - done.before)
            elif isinstance(event, AliasEvent):
                self._attach(self._repeated(event.anchor, place))
            elif node := _node(event, *place):
                self._add(node, event)
        return self.root

    def _add(self, node: Node, event: Event) -> None:
        self.values += 1
        anchor: str | None = getattr(event, "anchor", None)
        self._attach(node)
        if isinstance(node, Scalar):
            self._name(anchor, node, 1)
            return
        self.stack.append(_Open(node, self.values - 1, anchor))
        if len(self.stack) > _DEEPEST:
            raise _YamlError(
                worded("nested deeper than {deepest}", deepest=_DEEPEST), node.line, node.column
            )

    def _name(self, anchor: str | None, node: Node, size: int) -> None:
        if anchor is not None:
            self.anchors[anchor] = (node, size)

    def _repeated(self, anchor: str, place: tuple[int, int]) -> Node:
        if anchor not in self.anchors:
            message = worded(
                "alias *{anchor} repeats nothing: no &{anchor} stands complete before it",
                anchor=anchor,
            )
            raise _YamlError(message, *place, nearest(anchor, self.anchors))
        node, size = self.anchors[anchor]
        self.values += size
        self.repeated += size
        if self.repeated > _MOST_REPEATED:
            message = worded(
                "aliases repeat more than {most_repeated:,} values; write the text out",
                most_repeated=_MOST_REPEATED,
            )
            raise _YamlError(message, *place)
        return node

    def _attach(self, node: Node) -> None:
        if not self.stack:
            self.root = node
            return
        parent = self.stack[-1]
        if isinstance(parent.node, Listing):
            parent.node.items.append(node)
        elif parent.key is None:
            parent.key = _key(node)
        else:
            self._enter(parent.node, parent.key, node)
            parent.key = None

    def _enter(self, parent: Mapping, key: Scalar, node: Node) -> None:
        name = str(key.value)
        if name in parent.entries:
            message = worded(
                "{name!r} stands here twice; first on line {line}",
                name=name,
                line=parent.keys[name].line,
            )
            self.mistakes.append(Mistake(self.file, key.line, key.column, message))
        else:
            if isinstance(node, Scalar) and node.start == node.end:  # else at what follows
                node = replace(node, line=key.line, column=key.column)
            parent.entries[name] = node
            parent.keys[name] = key


def _node(event: Event, line: int, column: int) -> Node | None:
    if (tag := getattr(event, "ctag", None)) is not None and tag.trval is not None:
        message = worded("tags (!) are not supported; write plain text, or quote it")
        raise _YamlError(message, line, column)
    if isinstance(event, MappingStartEvent):
        return Mapping(line, column)
    if isinstance(event, SequenceStartEvent):
        return Listing(line, column)
    if isinstance(event, ScalarEvent):
        value = resolved(event.value) if event.implicit[0] else event.value
        span = (event.start_mark.index, event.end_mark.index)
        return Scalar(value, line, column, *span, event.style or "")
    return None


def _key(node: Node) -> Scalar:
    if not isinstance(node, Scalar):
        message = worded("a field's name must be a text, not a list or mapping")
        raise _YamlError(message, node.line, node.column)
    return node


_INTEGER = re.compile(r"[-+]?[0-9]{1,18}")
_DECIMAL = re.compile(r"[-+]?(?:[0-9]+\.[0-9]*|\.[0-9]+|[0-9]+)(?:[eE][-+]?[0-9]+)?")
_WORD_VALUES: dict[str, Plain] = {"": None, "~": None, "null": None, "true": True, "false": False}


def resolved(text: str) -> Plain:
    """YAML 1.2's core types: on, off, yes, no and dates stay text."""
    if text.lower() in _WORD_VALUES:
        return _WORD_VALUES[text.lower()]
    if _INTEGER.fullmatch(text):
        return int(text)
    return float(text) if _DECIMAL.fullmatch(text) else text


def path_to(root: Node, line: int, column: int) -> tuple[str | int, ...]:
    """The innermost key or item that begins at a place of the text, or last before it."""
    found: tuple[str | int, ...] = ()
    for path, at in _places(root, ()):
        if at > (line, column):
            break
        found = path
    return found


def _places(
    node: Node, path: tuple[str | int, ...]
) -> Iterator[tuple[tuple[str | int, ...], tuple[int, int]]]:
    yield path, (node.line, node.column)
    if isinstance(node, Mapping):
        for name, entry in node.entries.items():
            yield (*path, name), (node.keys[name].line, node.keys[name].column)
            yield from _places(entry, (*path, name))
    elif isinstance(node, Listing):
        for at, item in enumerate(node.items):
            yield from _places(item, (*path, at))


def place_in(scalar: Scalar, text: str, offset: int) -> tuple[int, int]:
    """Line and column of the character at `offset` of a scalar's value, in the file's text.

    The value is what YAML made of the text: quotes and indents gone, lines folded. Both are read
    side by side; where they can't be matched, the last place that could is given.
    """
    at = scalar.start
    if scalar.style in ("|", ">"):
        at = text.find("\n", at) + 1 or at
    elif scalar.style:
        at += 1
    value = str(scalar.value)
    for wanted in value[:offset]:
        at = _match(wanted, text, at, scalar.end) + 1
    if offset < len(value):
        at = _match(value[offset], text, at, scalar.end)
    at = min(at, max(scalar.start, scalar.end - 1))
    return text.count("\n", 0, at) + 1, at - (text.rfind("\n", 0, at) + 1) + 1


def _match(wanted: str, text: str, at: int, end: int) -> int:
    """Where the character of the value stands in the text, from `at` on."""
    if wanted.isspace():
        return at
    while at < end and text[at] != wanted and (text[at].isspace() or text[at] in "'\\\""):
        at += 1
    return at
