"""When live calls happened, so that a call that is sent again happened at the same instant."""

from collections.abc import Sequence

import numpy as np
import pyarrow as pa

from banso.core.events.message import MessageError, skew, when
from banso.store import people
from banso.store.arrivals import Arrival, Sorted, set_aside
from banso.store.dictionary import Connection
from banso.store.facts import FACTS
from banso.store.hashing import keys_of
from banso.store.key_index import StoredKeys
from banso.store.ledger import Part
from banso.store.place import Place
from banso.store.segments import Segment


def timed(
    connection: Connection,
    arrivals: Sequence[Arrival],
    told: Sorted,
    *,
    segments: Sequence[Segment],
    place: Place,
    index: StoredKeys,
) -> list[Arrival]:
    """Each call with its instant; those whose instant is impossible are set aside.

    An instant that rests on the receipt is remembered in told.times. What came before under the
    same id keeps its own, whatever is known of clocks by now: only so are the two compared.
    """
    known = people.remembered(connection, [each.key for each in arrivals])
    moving = {x.key for x in arrivals if _moves(x) and x.key not in known}
    moved = [x for x in arrivals if x.key in moving and x.message.time is not None and _moves(x)]
    if moved:
        known |= _stored_as_told(moved, segments=segments, place=place, index=index)
    found = []
    for each in arrivals:
        key = each.key
        if key not in known:
            try:
                known[key] = when(each.message, received=each.received)
            except MessageError as error:
                set_aside(each, str(error), told)
                continue
            if key in moving and _moves(each):
                told.times[key] = known[key]
        each.time = known[key]
        found.append(each)
    return found


def _moves(each: Arrival) -> bool:
    """Whether its instant rests on when it was received."""
    return each.message.time is None or skew(each.message, received=each.received) != 0


def _stored_as_told(
    moved: Sequence[Arrival], *, segments: Sequence[Segment], place: Place, index: StoredKeys
) -> dict[str, int]:
    """Those that are stored with the time that their source told: an earlier delivery gave no cause
    to correct it."""
    times = np.array([each.message.time for each in moved], np.int64)
    parts = [Part(x.source, "events", "", x.received, 1) for x in moved]
    columns: dict[str, Sequence[object]] = {name: [None] * len(moved) for name in FACTS.names}
    columns |= {name: [""] * len(moved) for name in ("account", "event", "feature", "product")}
    columns |= {
        "time": times.tolist(),
        "message_id": [each.message_id for each in moved],
        "row": range(len(moved)),
    }
    facts = pa.table(columns, schema=FACTS)
    keys = keys_of(facts, part=np.arange(len(moved), dtype=np.int32), parts=parts)
    stored = index.find(keys, segments=segments, place=place)
    rows = np.flatnonzero(np.isin(keys.lo, stored.lo)).tolist()
    return {moved[row].key: int(times[row]) for row in rows}
