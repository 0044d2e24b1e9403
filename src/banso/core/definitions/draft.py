"""A set of definitions as far as it could be read, with the place of everything."""

from __future__ import annotations

from collections.abc import Iterator
from collections.abc import Mapping as Keyed
from dataclasses import dataclass, field
from typing import Generic, Literal, TypeVar

from pydantic import TypeAdapter, ValidationError

from banso.core.definitions.file import DefinitionFile
from banso.core.definitions.metrics import Metric
from banso.core.definitions.mistake import Mistake
from banso.core.definitions.model import Journey, Organisation, Rule, Segment, Source
from banso.core.definitions.outcomes import Outcome
from banso.core.definitions.plain_words import mistakes_of
from banso.core.definitions.plays import Play
from banso.core.definitions.template import Template
from banso.core.definitions.yaml_tree import (
    Listing,
    Mapping,
    Node,
    Scalar,
    place_in,
    plain,
    read_tree,
)
from banso.core.expressions import nearest
from banso.core.wording import Wording, worded

T = TypeVar("T")
Step = str | int


@dataclass(frozen=True)
class Item(Generic[T]):
    """One definition that has the right fields, and its YAML."""

    model: T
    file: str
    text: str
    node: Node

    def mistake(
        self,
        *path: Step,
        message: Wording,
        suggestion: str | None = None,
        level: Literal["error", "warning"] = "error",
        offset: int | None = None,
    ) -> Mistake:
        """A mistake at a field (or at the definition, where it does not write that field).

        offset: character of the field's text, for expressions.
        """
        node = self.node
        for step in path:
            if isinstance(node, Mapping) and isinstance(step, str) and step in node.entries:
                node = node.entries[step]
            elif isinstance(node, Listing) and isinstance(step, int) and step < len(node.items):
                node = node.items[step]
            else:
                break
        place = (node.line, node.column)
        if offset is not None and isinstance(node, Scalar):
            place = place_in(node, self.text, offset)
        return Mistake(self.file, *place, message, suggestion, level)


@dataclass
class Draft:
    """Valid definitions in file order. broken: names of those that could not be read, so that
    what refers to them is not told to be wrong as well."""

    files: tuple[str, ...] = ()
    organisations: list[Item[Organisation]] = field(default_factory=list)
    sources: list[Item[Source]] = field(default_factory=list)
    metrics: list[Item[Metric]] = field(default_factory=list)
    segments: list[Item[Segment]] = field(default_factory=list)
    journeys: list[Item[Journey]] = field(default_factory=list)
    rules: list[Item[Rule]] = field(default_factory=list)
    outcomes: list[Item[Outcome]] = field(default_factory=list)
    plays: list[Item[Play]] = field(default_factory=list)
    templates: list[Item[Template]] = field(default_factory=list)
    broken: dict[str, set[str]] = field(default_factory=dict)
    mistakes: list[Mistake] = field(default_factory=list)

    @property
    def whole(self) -> bool:
        """Everything could be read: a name that is not here is nowhere."""
        return not self.broken.get("files")


_KINDS: dict[str, object] = {
    "organisation": Organisation,
    "sources": Source,
    "metrics": Metric,
    "segments": Segment,
    "journeys": Journey,
    "rules": Rule,
    "outcomes": Outcome,
    "plays": Play,
    "templates": Template,
}


def draft_of(files: Keyed[str, str]) -> Draft:
    """Everything that could be read of the texts, in order of file names."""
    draft = Draft(tuple(sorted(files)))
    for file in draft.files:
        root, mistakes = read_tree(file, files[file])
        draft.mistakes.extend(mistakes)
        if isinstance(root, Mapping):
            _read_file(draft, file, files[file].removeprefix("\ufeff"), root)
        elif root is not None:
            message = worded(
                "a file is a mapping of {fields}", fields=", ".join(DefinitionFile.model_fields)
            )
            draft.mistakes.append(Mistake(file, root.line, root.column, message))
        if root is None and mistakes:
            draft.broken.setdefault("files", set()).add(file)
    return draft


def _read_file(draft: Draft, file: str, text: str, root: Mapping) -> None:
    for key, node in root.entries.items():
        if key not in _KINDS:
            place = root.keys[key]
            message = worded(
                "unknown field {key!r}; a file has {fields}", key=key, fields=", ".join(_KINDS)
            )
            draft.mistakes.append(
                Mistake(file, place.line, place.column, message, nearest(key, _KINDS))
            )
            draft.broken.setdefault("files", set()).add(file)
        elif key == "organisation":
            _read_item(draft, "organisation", Item(None, file, text, node))
        else:
            for item in _items(draft, file, key, node):
                _read_item(draft, key, Item(None, file, text, item))


def _items(draft: Draft, file: str, key: str, node: Node) -> Iterator[Node]:
    if isinstance(node, Listing):
        yield from node.items
    elif not (isinstance(node, Scalar) and node.value is None):  # `rules:` alone is an empty list
        message = worded("{key}: a list is needed (lines that begin with -)", key=key)
        draft.mistakes.append(Mistake(file, node.line, node.column, message))
        draft.broken.setdefault("files", set()).add(file)


def _read_item(draft: Draft, section: str, item: Item[None]) -> None:
    data = plain(item.node)
    try:
        if section == "organisation":
            draft.organisations.append(_made(Organisation, data, item))
        elif section == "sources":
            draft.sources.append(_made(Source, data, item))
        elif section == "metrics":
            metric: Metric = _METRIC.validate_python(data)
            draft.metrics.append(Item(metric, item.file, item.text, item.node))
        elif section == "segments":
            draft.segments.append(_made(Segment, data, item))
        elif section == "journeys":
            draft.journeys.append(_made(Journey, data, item))
        elif section == "outcomes":
            outcome: Outcome = _OUTCOME.validate_python(data)
            draft.outcomes.append(Item(outcome, item.file, item.text, item.node))
        elif section == "plays":
            draft.plays.append(_made(Play, data, item))
        elif section == "templates":
            draft.templates.append(_made(Template, data, item))
        else:
            draft.rules.append(_made(Rule, data, item))
    except ValidationError as error:
        model = _KINDS[section]
        draft.mistakes.extend(mistakes_of(error, model=model, file=item.file, node=item.node))
        name = str(data.get("name", "")) if isinstance(data, dict) else ""
        draft.broken.setdefault(section, set()).add(name)


_METRIC: TypeAdapter[Metric] = TypeAdapter(Metric)
_OUTCOME: TypeAdapter[Outcome] = TypeAdapter(Outcome)
_Model = TypeVar("_Model", Organisation, Source, Segment, Journey, Rule, Play, Template)


def _made(model: type[_Model], data: object, item: Item[None]) -> Item[_Model]:
    return Item(model.model_validate(data), item.file, item.text, item.node)
