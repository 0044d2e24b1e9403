"""The page of one segment: what its accounts have in common, and who uses it."""

from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from django.urls import reverse

from banso.core.definitions import Definitions
from banso.core.definitions.excerpt import Excerpt
from banso.core.definitions.model import Label
from banso.core.definitions.uses import Uses
from banso.core.expressions import fields
from banso.core.health.in_words import requirements
from banso.desk.queries.definitions import segment_counts
from banso.desk.queries.scope import Scope
from banso.web.account360.labels import segment_label
from banso.web.definitions.places import Place, named, place, written
from banso.web.house import Look


@dataclass(frozen=True)
class SegmentPage:
    """accounts: in it, None before the first run."""

    name: str
    label: Label
    where: str
    requirements: Sequence[Label]
    names: Sequence[Place]
    used: Sequence[Place]
    excerpt: Excerpt | None
    accounts: int | None
    address: str


def segment_page(scope: Scope, look: Look, definitions: Definitions, name: str) -> SegmentPage:
    segment = definitions.segments[name]
    return SegmentPage(
        name=name,
        label=segment_label(segment),
        where=" ".join(segment.where.split()),
        requirements=requirements(definitions, segment.where),
        names=named(definitions, sorted(fields(definitions.condition(segment.where).root))),
        used=[place(definitions, use) for use in Uses(definitions).of(f"segment.{name}")],
        excerpt=written("segment", name),
        accounts=segment_counts(scope, look.run).get(name, 0) if look.run else None,
        address=f"{reverse('accounts')}?{urlencode({'segment': name})}",
    )
