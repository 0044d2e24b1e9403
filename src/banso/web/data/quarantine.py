"""The page of quarantine: rows that could not become facts, why, and what to do about them."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from django.http import QueryDict
from django.utils.translation import gettext

from banso.core.definitions.model import Label, Source
from banso.store.inspection import counts
from banso.store.mending import (
    GROUPED,
    STATES,
    Deed,
    Filter,
    QuarantineRow,
    State,
    deeds,
    quarantine_groups,
    quarantine_row,
    quarantine_rows,
)
from banso.store.store import Store
from banso.web.data.live import fate_word
from banso.web.data.overview import Chip, source_label
from banso.web.data.pages import Pages, pages
from banso.web.data.refusal import Refusal, refusal
from banso.web.data.refused_calls import refused_call
from banso.web.forms.quarantine import filter_of
from banso.web.house import Look, zone_of

ROWS = 30
MOST_LINES = 28
CHIPS: Mapping[State, tuple[str, str]] = {
    "open": ("state-at-risk", "alert-octagon-filled"),
    "replaying": ("state-none", "refresh"),
    "replayed": ("state-healthy", "circle-check-filled"),
    "discarded": ("state-unmeasured", "ban"),
}


@dataclass(frozen=True)
class Group:
    """Open rows of one source refused alike. live: how many can be replayed. chosen: only they are
    shown."""

    source: str
    label: Label
    alike: str
    refusal: Refusal
    rows: int
    live: int
    chosen: bool


@dataclass(frozen=True)
class Refused:
    label: Label
    at: datetime
    refusal: Refusal
    chip: Chip
    row: QuarantineRow


@dataclass(frozen=True)
class QuarantinePage:
    """groups: of the newest `grouped` open rows; group: the chosen one. rows: open ones altogether.
    any: whether there has ever been one. since, until: as they were asked for."""

    groups: Sequence[Group]
    group: Group | None
    grouped: int
    refused: Sequence[Refused]
    rows: int
    any: bool
    sources: Sequence[tuple[str, Label]]
    states: Sequence[tuple[str, str]]
    wanted: Filter
    state: str
    since: str
    until: str
    narrowed: bool
    pages: Pages


@dataclass(frozen=True)
class Done:
    """A deed in words. at: in the organisation's zone."""

    at: datetime
    clock: str
    words: str
    deed: Deed


@dataclass(frozen=True)
class RowPage:
    """text: the payload as one edits it. came: the first time it came, in the organisation's zone;
    clock: the hour."""

    refused: Refused
    text: str
    came: datetime
    clock: str
    done: Sequence[Done]

    @property
    def lines(self) -> int:
        """Of the field in which it is edited."""
        return min(max(self.text.count("\n") + 2, MOST_LINES // 4), MOST_LINES)


def quarantine_page(look: Look, asked: QueryDict) -> QuarantinePage:
    store = look.session.store
    zone = zone_of(look.definitions)
    wanted = filter_of(asked, zone=zone)
    below, above = _number(asked.get("after", "")), _number(asked.get("before", ""))
    found = quarantine_rows(store, wanted, before=below, after=above, limit=ROWS + 1)
    around = {"below": below is not None, "above": above is not None}
    rows, steps = pages(found, most=ROWS, key=lambda row: str(row.id), **around)
    labels = _Labels(look.definitions.sources if look.definitions else {})
    groups = _groups(store, labels, wanted)
    names = {x.source for x in groups} | {row.source for row in rows}
    names |= {wanted.source} if wanted.source else set()
    return QuarantinePage(
        groups=groups,
        group=next((x for x in groups if x.chosen), None),
        grouped=GROUPED,
        refused=[_refused(row, labels, zone) for row in rows],
        rows=counts(store).quarantined,
        any=bool(rows) or bool(quarantine_rows(store, limit=1)),
        sources=[(name, labels[name]) for name in sorted(names)],
        states=[*((x, state_word(x)) for x in STATES), ("all", gettext("All"))],
        wanted=wanted,
        state=wanted.state or "all",
        since=asked.get("since", "") if wanted.since else "",
        until=asked.get("until", "") if wanted.until else "",
        narrowed=wanted != Filter(state="open"),
        pages=steps,
    )


def row_page(look: Look, item: int) -> RowPage | None:
    """None: there is no such row."""
    store, zone = look.session.store, zone_of(look.definitions)
    row = quarantine_row(store, item)
    if row is None:
        return None
    labels = _Labels(look.definitions.sources if look.definitions else {})
    came = row.came_at.astimezone(zone)
    return RowPage(
        refused=_refused(row, labels, zone),
        text=_editable(row.payload),
        came=came,
        clock=f"{came:%H:%M:%S}",
        done=[_done(deed, zone) for deed in deeds(store, item)],
    )


def state_word(state: State) -> str:
    return {
        "open": gettext("In quarantine"),
        "replaying": gettext("Is being replayed"),
        "replayed": gettext("Replayed"),
        "discarded": gettext("Discarded"),
    }[state]


class _Labels(dict[str, Label]):
    """Of sources by name, declared ones or not."""

    def __init__(self, declared: Mapping[str, Source]) -> None:
        self._declared = declared

    def __missing__(self, name: str) -> Label:
        return source_label(self._declared.get(name), name)


def _refused(row: QuarantineRow, labels: Mapping[str, Label], zone: ZoneInfo) -> Refused:
    kind, icon = CHIPS[row.state]
    return Refused(
        label=labels[row.source],
        at=row.received_at.astimezone(zone),
        refusal=refused_call(row.reason) if row.live else refusal(row.reason),
        chip=Chip(kind, icon, state_word(row.state)),
        row=row,
    )


def _groups(store: Store, labels: Mapping[str, Label], wanted: Filter) -> list[Group]:
    """Those of that source and reason are chosen."""
    return [
        Group(
            source=x.source,
            label=labels[x.source],
            alike=x.alike,
            refusal=refused_call(x.alike) if x.live else refusal(x.alike),
            rows=x.rows,
            live=x.live,
            chosen=(x.source, x.alike) == (wanted.source, wanted.alike),
        )
        for x in quarantine_groups(store)
    ]


def _editable(payload: str) -> str:
    """JSON over several lines; what is none as it is."""
    try:
        found = json.loads(payload)
        text = json.dumps(found, ensure_ascii=False, indent=2)
        text.encode()
    except UnicodeEncodeError:  # half a character
        return json.dumps(found, indent=2)
    except (ValueError, RecursionError):
        return payload
    return text


def _done(deed: Deed, zone: ZoneInfo) -> Done:
    at = deed.at.astimezone(zone)
    words = {
        "replay": gettext("Replayed"),
        "discard": gettext("Discarded"),
        "restore": gettext("Discard taken back"),
    }[deed.kind]
    if deed.kind == "replay" and deed.payload is not None:
        words = gettext("Edited and replayed")
    if deed.outcome:
        words += f" → {fate_word(deed.outcome)}"
    return Done(at=at, clock=f"{at:%H:%M:%S}", words=words, deed=deed)


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 19 else None
