"""The page of quarantine: rows that could not become facts, why, and what to do about them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from django.http import QueryDict

from banso.core.definitions.model import Label, Source
from banso.store.inspection import (
    GROUPED,
    QuarantineRow,
    counts,
    quarantine_groups,
    quarantine_rows,
)
from banso.store.store import Store
from banso.web.data.overview import source_label
from banso.web.data.pages import Pages, pages, plain
from banso.web.data.refusal import Refusal, refusal
from banso.web.house import Look

ROWS = 30


@dataclass(frozen=True)
class Group:
    """Rows of one source refused alike. chosen: only they are shown."""

    source: str
    label: Label
    alike: str
    refusal: Refusal
    rows: int
    chosen: bool


@dataclass(frozen=True)
class Refused:
    label: Label
    at: datetime
    refusal: Refusal
    row: QuarantineRow


@dataclass(frozen=True)
class QuarantinePage:
    """groups: of the newest `grouped` rows. rows: in quarantine altogether."""

    groups: Sequence[Group]
    grouped: int
    refused: Sequence[Refused]
    rows: int
    sources: Sequence[tuple[str, Label]]
    source: str
    alike: str
    pages: Pages


def quarantine_page(look: Look, asked: QueryDict) -> QuarantinePage:
    store, definitions = look.session.store, look.definitions
    declared = definitions.sources if definitions else {}
    zone = ZoneInfo(definitions.organisation.time_zone if definitions else "UTC")
    source, alike = plain(asked.get("source", "")), plain(asked.get("reason", ""))
    below, above = _number(asked.get("after", "")), _number(asked.get("before", ""))
    chosen = {"source": source or None, "alike": alike or None}
    found = quarantine_rows(store, **chosen, before=below, after=above, limit=ROWS + 1)
    around = {"below": below is not None, "above": above is not None}
    rows, steps = pages(found, most=ROWS, key=lambda row: str(row.id), **around)
    labels = _Labels(declared)
    groups = _groups(store, labels, source, alike)
    return QuarantinePage(
        groups=groups,
        grouped=GROUPED,
        refused=[
            Refused(
                label=labels[row.source],
                at=row.received_at.astimezone(zone),
                refusal=refusal(row.reason),
                row=row,
            )
            for row in rows
        ],
        rows=counts(store).quarantined,
        sources=[(name, labels[name]) for name in _names(groups)],
        source=source,
        alike=alike,
        pages=steps,
    )


class _Labels(dict[str, Label]):
    """Of sources by name, declared ones or not."""

    def __init__(self, declared: Mapping[str, Source]) -> None:
        self._declared = declared

    def __missing__(self, name: str) -> Label:
        return source_label(self._declared.get(name), name)


def _groups(store: Store, labels: Mapping[str, Label], source: str, alike: str) -> list[Group]:
    """Those of that source and reason are chosen."""
    return [
        Group(
            source=x.source,
            label=labels[x.source],
            alike=x.alike,
            refusal=refusal(x.alike),
            rows=x.rows,
            chosen=(x.source, x.alike) == (source, alike),
        )
        for x in quarantine_groups(store)
    ]


def _names(groups: Sequence[Group]) -> Sequence[str]:
    return sorted({group.source for group in groups})


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 19 else None
