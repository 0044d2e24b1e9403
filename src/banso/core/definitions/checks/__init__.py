"""One rule of a correct set per file. Each takes the draft and tells what breaks its rule."""

from collections.abc import Callable, Iterator

from banso.core.definitions.checks import (
    circles,
    expressions,
    journeys,
    names,
    organisation,
    outcomes,
    plays,
    references,
    rules,
    sources,
    templates,
    unused,
    windows,
)
from banso.core.definitions.draft import Draft
from banso.core.definitions.mistake import Mistake

Check = Callable[[Draft], Iterator[Mistake]]

CHECKS: tuple[Check, ...] = (
    organisation.check,
    sources.check,
    names.check,
    expressions.check,
    references.check,
    circles.check,
    windows.check,
    journeys.check,
    rules.check,
    outcomes.check,
    plays.check,
    templates.check,
    unused.check,
)
