"""What the facts tell of an account's history: answers, trainings, tickets, and first times."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import cast

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from banso.pipeline.one_account import OneAccount
from banso.pipeline.outcome_facts import SOURCE

Properties = tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class RecordTold:
    """A record. id: unlike any other of the account. user: a key, '' where there is none."""

    id: int
    at: datetime
    kind: str
    user: str
    value: float | None
    source: str
    properties: Properties


@dataclass(frozen=True)
class FirstTime:
    """The first use of a feature; feature '': the first use of all. id: unlike any other's."""

    id: int
    at: datetime
    feature: str
    product: str
    user: str


@dataclass(frozen=True)
class Told:
    records: tuple[RecordTold, ...]
    firsts: tuple[FirstTime, ...]


def told_by_facts(one: OneAccount, *, until: datetime) -> Told:
    """Records and first times before that instant, newest first."""
    records = one.records("user", "action", "time", "value", "properties", "key_lo")
    records = records.filter(_of_others(one, records))
    records = _before(records, until).sort_by([("time", "descending"), ("key_lo", "descending")])
    facts = _before(one.facts(), until)
    facts = facts.sort_by([(x, "ascending") for x in ("time", "action", "user")])
    firsts = facts.take(pa.array(_first_rows(one, facts)))
    met = {*records["user"].to_pylist(), *firsts["user"].to_pylist()}
    users = one.inputs.snapshot.user_keys(sorted(x for x in met if x))
    return Told(
        records=tuple(_record(one, x, users) for x in records.to_pylist()),
        firsts=tuple(_firsts(one, firsts.to_pylist(), users)),
    )


def _of_others(one: OneAccount, records: pa.Table) -> pa.Array:
    """Not those that Banso has sent itself: the desk tells these with more words."""
    ours = np.array([x.source == SOURCE for x in one.inputs.snapshot.actions], np.bool_)
    return pa.array(~ours[records["action"].to_numpy()])


def _before(facts: pa.Table, until: datetime) -> pa.Table:
    return facts.filter(pc.less(facts["time"], pa.scalar(until, facts["time"].type)))


def _first_rows(one: OneAccount, facts: pa.Table) -> NDArray[np.int64]:
    """Rows of the first event of every feature, newest first; the last one is the first of all."""
    is_event = np.array([x.dataset == "events" for x in one.inputs.snapshot.actions], np.bool_)
    at = np.flatnonzero(is_event[facts["action"].to_numpy()])
    pairs = [(x.product, x.feature) for x in one.inputs.snapshot.actions]
    codes = {pair: i for i, pair in enumerate(dict.fromkeys(pairs))}
    of_action = np.array([codes[x] for x in pairs], np.int64)
    _, first = np.unique(of_action[facts["action"].to_numpy()[at]], return_index=True)
    return at[np.sort(first)[::-1]]


def _record(one: OneAccount, row: dict[str, object], users: dict[int, str]) -> RecordTold:
    action = one.inputs.snapshot.actions[cast("int", row["action"])]
    return RecordTold(
        id=cast("int", row["key_lo"]),
        at=_instant(row),
        kind=action.event,
        user=users.get(cast("int", row["user"]), ""),
        value=cast("float | None", row["value"]),
        source=action.source,
        properties=properties_of(cast("str | None", row["properties"])),
    )


def _firsts(
    one: OneAccount, rows: list[dict[str, object]], users: dict[int, str]
) -> Iterator[FirstTime]:
    for number, row in enumerate(rows):
        action = one.inputs.snapshot.actions[cast("int", row["action"])]
        yield FirstTime(
            id=len(rows) - number,
            at=_instant(row),
            feature=action.feature,
            product=action.product,
            user=users.get(cast("int", row["user"]), ""),
        )
    if rows:
        first = rows[-1]
        user = users.get(cast("int", first["user"]), "")
        yield FirstTime(id=0, at=_instant(first), feature="", product="", user=user)


def _instant(row: dict[str, object]) -> datetime:
    return cast("datetime", row["time"]).astimezone(UTC)


def properties_of(text: str | None) -> Properties:
    """A fact's flat JSON object as people read it, name by name."""
    found = json.loads(text) if text else {}
    return tuple((name, _plain(value)) for name, value in found.items())


def _plain(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
