"""A draft laid over a set: what it names takes the place of the set's own, the rest stays."""

from collections.abc import Mapping
from typing import Any, TypeVar

from banso.core.definitions.definition_set import Definitions
from banso.core.definitions.draft import Draft, Item, draft_of
from banso.core.definitions.load import checked
from banso.core.definitions.mistake import DefinitionError

T = TypeVar("T")


def overlaid(files: Mapping[str, str], over: Mapping[str, str]) -> Definitions:
    """Both: file name -> YAML. `over` may hold rules alone, and anything else that they need.
    Raises DefinitionError with all mistakes of the whole."""
    under, upper = draft_of(files), draft_of(over)
    whole = Draft(
        files=(*under.files, *upper.files),
        organisations=upper.organisations or under.organisations,
        sources=_over(under.sources, upper.sources),
        metrics=_over(under.metrics, upper.metrics),
        segments=_over(under.segments, upper.segments),
        journeys=_over(under.journeys, upper.journeys),
        rules=_over(under.rules, upper.rules),
        outcomes=_over(under.outcomes, upper.outcomes),
        plays=_over(under.plays, upper.plays),
        templates=_over(under.templates, upper.templates),
        broken={
            kind: under.broken.get(kind, set()) | upper.broken.get(kind, set())
            for kind in {**under.broken, **upper.broken}
        },
        mistakes=[*under.mistakes, *upper.mistakes],
    )
    definitions, mistakes = checked(whole)
    if definitions is None:
        raise DefinitionError(mistakes)
    return definitions


def _over(under: list[Item[T]], upper: list[Item[T]]) -> list[Item[T]]:
    """In the place of what it replaces; what is new comes last."""
    mine = {_name(x): x for x in upper}
    known = {_name(x) for x in under}
    return [mine.get(_name(x), x) for x in under] + [x for x in upper if _name(x) not in known]


def _name(item: Item[Any]) -> str:
    name: str = item.model.name
    return name
