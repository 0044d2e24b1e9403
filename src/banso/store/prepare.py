"""From a batch as it came in to what will be stored, counted and set aside. Changes no fact."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from banso.core.events.identity import ANONYMOUS
from banso.store.batch import REASONS, Batch, reasons
from banso.store.dictionary import Connection
from banso.store.duplicates import judge
from banso.store.encode import Encoded, encode
from banso.store.hashing import Keys, keys_of
from banso.store.key_index import StoredKeys
from banso.store.ledger import HourKey, Ledger, Part, Rejected
from banso.store.place import Place
from banso.store.segments import Segment

HOUR_US = 3_600 * 1_000_000
CONFLICT = "this message_id already stands for a fact of other content"
Rows = NDArray[np.int64]


@dataclass(frozen=True)
class Prepared:
    """What a batch comes to. hours: the ledger entries of all that was received.

    duplicate, aside: rows of the batch that are not stored; the last ones of quarantined are those
    of aside, in the same order.
    """

    encoded: Encoded
    quarantined: tuple[tuple[Part, Rejected], ...]
    hours: Mapping[HourKey, Ledger]
    duplicate: Rows
    aside: Rows

    @property
    def ledger(self) -> Ledger:
        return sum(self.hours.values(), Ledger())


def prepare(
    batch: Batch,
    *,
    segments: Sequence[Segment],
    place: Place,
    index: StoredKeys,
    connection: Connection,
) -> Prepared:
    """Set aside what can't be stored or contradicts, drop what is stored, encode the rest.

    segments: the whole manifest, which `index` follows. Memory is bounded by the batch.
    """
    why = reasons(batch)
    usable = np.flatnonzero(why == 0)
    good = batch.take(usable)
    keys = keys_of(good.facts, part=good.part, parts=good.parts)
    if good.told is not None:
        keys = replace(keys, content=good.told)
    verdict = judge(keys, stored=index.find(keys, segments=segments, place=place))
    fresh, conflict = usable[verdict.fresh], usable[verdict.conflict]
    encoded = encode(batch.take(fresh), keys=_take(keys, verdict.fresh), connection=connection)
    refused = np.flatnonzero(why != 0)
    quarantined = [
        *((part, rejected) for part in batch.parts for rejected in part.rejected),
        *_set_aside(batch, refused, [REASONS[code] for code in why[refused]]),
        *_set_aside(batch, conflict, [CONFLICT] * len(conflict)),
    ]
    hours = _hours(
        batch,
        stored=fresh,
        duplicate=usable[verdict.duplicate],
        quarantined=np.concatenate([refused, conflict]),
    )
    return Prepared(
        encoded=encoded,
        quarantined=tuple(quarantined),
        hours=hours,
        duplicate=usable[verdict.duplicate],
        aside=np.concatenate([refused, conflict]),
    )


def _take(keys: Keys, rows: Rows) -> Keys:
    return keys if len(rows) == len(keys.lo) else keys.take(rows)


def _set_aside(batch: Batch, rows: Rows, why: Sequence[str]) -> list[tuple[Part, Rejected]]:
    """The facts of these rows as people will read them."""
    told = [_shown(fact) for fact in batch.facts.take(rows).to_pylist()]
    found = []
    for row, fact, reason in zip(rows.tolist(), told, why, strict=True):
        place = fact.pop("row") or 0
        text = json.dumps(fact, ensure_ascii=False, default=str)
        said = batch.said(row) if batch.said else text
        found.append((batch.parts[batch.part[row]], Rejected(place, reason, said, identity=text)))
    return found


def _shown(fact: dict[str, Any]) -> dict[str, Any]:
    user = fact["user"]
    if isinstance(user, str) and user.startswith(ANONYMOUS):
        return fact | {"user": None, "anonymous": user.removeprefix(ANONYMOUS)}
    return fact


def _hours(
    batch: Batch, *, stored: Rows, duplicate: Rows, quarantined: Rows
) -> dict[HourKey, Ledger]:
    count = len(batch.parts)
    counts = [
        np.bincount(batch.part[rows], minlength=count).tolist()
        for rows in (stored, duplicate, quarantined)
    ]
    hours: dict[HourKey, Ledger] = {}
    for part, kept, again, aside in zip(batch.parts, *counts, strict=True):
        rejected = len(part.rejected)
        entry = Ledger(
            received=part.rows + rejected,
            stored=kept,
            duplicate=again,
            quarantined=aside + rejected,
        )
        key = (part.source, part.dataset, part.received // HOUR_US * HOUR_US)
        hours[key] = hours.get(key, Ledger()) + entry
    return hours
