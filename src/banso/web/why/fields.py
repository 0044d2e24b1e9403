"""The names that a number can have, and where each is explained."""

from collections.abc import Iterator, Sequence
from datetime import date
from difflib import get_close_matches
from typing import Literal

from django.urls import reverse

from banso.core.metrics.measure import CONTRACT
from banso.pipeline.one_account import OneAccount

Kind = Literal["metric", "segment", "attribute", "contract", "journey"]
OF_JOURNEY = (
    *("stage", "colour", "score", "confidence"),
    *("days_in_stage", "days_in_colour", "overdue"),
)


class UnknownFieldError(LookupError):
    """No number has this name. near: names that may have been meant."""

    def __init__(self, name: str, near: Sequence[str]) -> None:
        super().__init__(name)
        self.name, self.near = name, near


def kind_of(one: OneAccount, name: str) -> Kind:
    """Raises UnknownFieldError."""
    definitions = one.definitions
    family, _, rest = name.partition(".")
    if name in definitions.metrics:
        return "metric"
    if family == "segment" and rest in definitions.segments:
        return "segment"
    if name in CONTRACT:
        return "contract"
    journey, _, what = rest.partition(".")
    if family == "journey" and journey in definitions.journeys and what in OF_JOURNEY:
        return "journey"
    if family == "attribute" and rest in _attributes(one):
        return "attribute"
    raise UnknownFieldError(name, _near(one, name))


def _attributes(one: OneAccount) -> frozenset[str]:
    """Those that any definition uses, and those that this account has."""
    own = {x.name for x in one.inputs.book.attributes.get(one.number, ())}
    return frozenset({*one.inputs.plan.attributes, *own})


def _near(one: OneAccount, name: str) -> Sequence[str]:
    known = list(_every(one))
    folded = {x.casefold(): x for x in known}
    found = get_close_matches(name.casefold(), list(folded), n=5, cutoff=0.5)
    part = [x for x in known if name and name.casefold() in x.casefold()]
    return list(dict.fromkeys([*(folded[x] for x in found), *part]))[:5]


def _every(one: OneAccount) -> Iterator[str]:
    yield from one.definitions.metrics
    yield from (f"segment.{x}" for x in one.definitions.segments)
    yield from CONTRACT
    yield from (f"attribute.{x}" for x in sorted(_attributes(one)))
    for journey in one.definitions.journeys:
        yield from (f"journey.{journey}.{x}" for x in OF_JOURNEY)


def why_address(account: int, name: str, *, as_of: date, newest: date) -> str:
    """The day is written only where it is not the newest one."""
    address = reverse("why", args=[account, name])
    return address if as_of == newest else f"{address}?as_of={as_of}"
