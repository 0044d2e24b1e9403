"""The page of the ledger: what became of everything that came, by hour or day of receipt."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from django.http import QueryDict

from banso.core.definitions.model import Label
from banso.store import Ledger, Store
from banso.store.inspection import LedgerPlace, LedgerRow, Step, arrived, ledger_rows
from banso.web.data.overview import kind_word, source_label
from banso.web.data.pages import Pages, pages, plain
from banso.web.house import Look

ROWS = 50


@dataclass(frozen=True)
class Entry:
    """kind: the dataset in words. clock: the hour in the organisation's zone; empty where the row
    is a day."""

    label: Label
    kind: str
    at: datetime
    clock: str
    row: LedgerRow


@dataclass(frozen=True)
class LedgerPage:
    """total: of all that is shown and further pages, with the same filter."""

    entries: Sequence[Entry]
    total: Ledger
    sources: Sequence[tuple[str, Label]]
    source: str
    step: Step
    zone: str
    pages: Pages


def ledger_page(look: Look, asked: QueryDict) -> LedgerPage:
    store, definitions = look.session.store, look.definitions
    zone = definitions.organisation.time_zone if definitions else "UTC"
    step: Step = "hour" if asked.get("step") == "hour" else "day"
    declared = definitions.sources if definitions else {}
    came = arrived(store)
    source = plain(asked.get("source", ""))
    rows, around = _rows(store, asked, source=source, step=step, zone=zone)
    return LedgerPage(
        entries=[
            Entry(
                label=source_label(declared.get(row.source), row.source),
                kind=kind_word(row.dataset),
                at=row.hour.astimezone(ZoneInfo(zone)),
                clock=f"{row.hour.astimezone(ZoneInfo(zone)):%H:%M}" if step == "hour" else "",
                row=row,
            )
            for row in rows
        ],
        total=sum(
            (
                Ledger(x.received, x.stored, x.duplicate, x.quarantined)
                for x in came
                if source in ("", x.source)
            ),
            Ledger(),
        ),
        sources=[
            (name, source_label(declared.get(name), name))
            for name in dict.fromkeys(x.source for x in came)
        ],
        source=source,
        step=step,
        zone=zone,
        pages=around,
    )


def _rows(
    store: Store, asked: QueryDict, *, source: str, step: Step, zone: str
) -> tuple[Sequence[LedgerRow], Pages]:
    """One row more than is shown tells whether the pages go on."""
    below, above = _place(asked.get("after", "")), _place(asked.get("before", ""))
    found = ledger_rows(
        store,
        source=source or None,
        step=step,
        zone=zone,
        before=below,
        after=above,
        limit=ROWS + 1,
    )
    return pages(found, most=ROWS, key=_key, below=below is not None, above=above is not None)


def _key(row: LedgerRow) -> str:
    return json.dumps([row.hour.isoformat(), row.source, row.dataset], ensure_ascii=False)


def _place(text: str) -> LedgerPlace | None:
    """A place that can't be read is none: the page begins anew."""
    try:
        hour, source, dataset = json.loads(text)
        place = LedgerPlace(datetime.fromisoformat(hour), plain(source), plain(dataset))
    except (ValueError, TypeError, AttributeError):
        return None
    return place if place.hour.tzinfo else None
