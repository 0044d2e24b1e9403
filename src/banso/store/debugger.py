"""What comes in, as it comes: the newest calls and what became of each."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, get_args

from psycopg.rows import class_row

from banso.core.events.body import Broken, read_body
from banso.core.events.message import merged_call
from banso.store.store import Store
from banso.store.tracked import body_of

Fate = Literal["arrived", "stored", "duplicate", "waiting", "quarantined"]
"""arrived: accepted, and not collected yet."""

FATES: tuple[Fate, ...] = get_args(Fate)
LARGEST_SHOWN = 64 << 10
"""Bytes of a request that is not collected yet, above which it is one row and not opened."""

MOST_REQUESTS = 20


@dataclass(frozen=True)
class Call:
    """One call. id: its place; None while it is not collected. call: empty where it could not be
    read; `batch`: a large request that is not collected yet, with so many calls.

    quarantine: its row there, with reason and state; None unless that is its fate.
    """

    id: int | None
    received_at: datetime
    source: str
    call: str
    event: str
    user_id: str | None
    account: str | None
    fate: Fate
    calls: int = 1
    quarantine: int | None = None
    reason: str | None = None
    state: str | None = None


def newest_calls(
    store: Store, *, source: str | None = None, fate: Fate | None = None, limit: int
) -> Sequence[Call]:
    """The newest ones, newest first; what is not collected yet stands above. Of the rest only so
    many of each source and fate are kept (store.recent)."""
    waiting = _arrived(store, source=source) if fate in (None, "arrived") else ()
    if fate == "arrived":
        return waiting[:limit]
    with store.connection() as connection:
        cursor = connection.cursor(row_factory=class_row(Call))
        found = cursor.execute(
            "SELECT call.id, call.received_at, call.source, call, event, user_id, account, "
            "outcome AS fate, kept.id AS quarantine, reason, state "
            "FROM store.recent_call AS call "
            "LEFT JOIN store.quarantine AS kept ON kept.fingerprint = call.quarantine "
            "WHERE (%(source)s::text IS NULL OR call.source = %(source)s) "
            "AND (%(fate)s::text IS NULL OR outcome = %(fate)s) "
            "ORDER BY call.id DESC LIMIT %(limit)s",
            {"source": source, "fate": fate, "limit": limit},
        ).fetchall()
    return [*waiting, *found][:limit]


def live_sources(store: Store) -> Sequence[str]:
    """Sources of which calls are shown."""
    with store.connection() as connection:
        rows = connection.execute(
            "SELECT source FROM store.recent_call UNION SELECT source FROM store.tracked ORDER BY 1"
        ).fetchall()
    return [source for (source,) in rows]


@dataclass(frozen=True)
class _Request:
    received_at: datetime
    source: str
    call: str
    events: int
    payload: bytes | None
    size: int | None


def _arrived(store: Store, *, source: str | None) -> Sequence[Call]:
    with store.connection() as connection:
        cursor = connection.cursor(row_factory=class_row(_Request))
        found = cursor.execute(
            "SELECT received_at, source, call, events, "
            "size, CASE WHEN coalesce(size, octet_length(payload)) <= %(largest)s "
            "THEN payload END AS payload "
            "FROM store.tracked WHERE %(source)s::text IS NULL OR source = %(source)s "
            "ORDER BY id DESC LIMIT %(most)s",
            {"largest": LARGEST_SHOWN, "source": source, "most": MOST_REQUESTS},
        ).fetchall()
    return [call for request in found for call in _calls(request)]


def _calls(request: _Request) -> Iterator[Call]:
    """Those of a request, the last one first."""
    at, source = request.received_at, request.source
    if request.payload is None:
        yield Call(None, at, source, "batch", "", None, None, "arrived", request.events)
        return
    try:
        body = read_body(body_of(request.payload, request.size), call=request.call)
    except ValueError:  # told when it is collected
        yield Call(None, at, source, "", "", None, None, "arrived", request.events)
        return
    for raw in reversed(body.calls):
        said = (
            {}
            if isinstance(raw, Broken)
            else merged_call(raw, call=request.call, common=body.common)
        )
        user = said.get("userId")
        yield Call(
            None,
            at,
            source,
            call=_text(said.get("type")),
            event=_text(said.get("event")),
            user_id=_text(user) if user else None,
            account=None,
            fate="arrived",
        )


def _text(value: object) -> str:
    if value is None:
        return ""
    text = value if isinstance(value, str) else json.dumps(value)
    return text[:200].encode(errors="replace").decode()
