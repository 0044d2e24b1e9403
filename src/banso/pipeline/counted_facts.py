"""The very facts behind a number, page by page."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import cast

import pyarrow as pa

from banso.core.metrics import FactsWindow
from banso.core.metrics.calendar import EPOCH
from banso.pipeline.evidence import where_counted
from banso.pipeline.one_account import OneAccount
from banso.pipeline.timeline import Properties, properties_of
from banso.store import engine
from banso.store.evidence import JOIN_ROLES, roles_table, rows_schema

_COLUMNS = ("user", "action", "time", "value", "properties", "key_lo")
_TEXT = """
    WITH told AS (
        SELECT f.time, f.key_lo, f."user" AS user_id, a.event, a.feature, a.product, a.source,
               a.dataset, coalesce(r.role, '') AS role, f.value, f.properties
        FROM facts f JOIN actions a ON a.id = f.action
        {join_roles}
    ), counted AS (SELECT * FROM told WHERE {where})
    SELECT *, (SELECT count(*) FROM counted) AS total FROM counted WHERE {beyond}
    ORDER BY time {direction}, key_lo {direction} LIMIT {limit}
"""


@dataclass(frozen=True, order=True)
class FactPlace:
    """Where a fact stands among the account's: its instant (UTC microseconds), then its key."""

    at: int
    key: int

    @property
    def cursor(self) -> str:
        return f"{self.at}.{self.key}"

    @classmethod
    def of(cls, cursor: str) -> "FactPlace | None":
        """None where the text is no cursor."""
        at, dot, key = cursor.partition(".")
        plain = at.removeprefix("-")
        if not dot or not all(x.isascii() and x.isdecimal() for x in (plain, key)):
            return None
        return cls(int(at), int(key)) if len(plain) < 19 and int(key) < 2**64 else None


@dataclass(frozen=True)
class CountedFact:
    """user: a key, '' where there is none."""

    place: FactPlace
    at: datetime
    user: str
    event: str
    feature: str
    product: str
    source: str
    role: str
    value: float | None
    properties: Properties


@dataclass(frozen=True)
class CountedFacts:
    """total: of all that count. previous, next: cursors of the newer and the older page, None where
    there is none."""

    total: int
    facts: tuple[CountedFact, ...]
    previous: str | None
    next: str | None


def counted_facts(
    one: OneAccount,
    window: FactsWindow,
    *,
    limit: int,
    after: FactPlace | None = None,
    before: FactPlace | None = None,
) -> CountedFacts:
    """Newest first. after: those that are older than this one; before: the `limit` ones that come
    just before it (they are newer). Reads the account's facts once."""
    backwards = before is not None
    beyond = after or before
    rows = _query(one, window, limit=limit + 1, beyond=beyond, backwards=backwards)
    more = len(rows) > limit
    users = one.inputs.snapshot.user_keys({cast("int", row["user_id"]) for row in rows})
    facts = tuple(_fact(row, users) for row in rows[:limit])
    facts = facts[::-1] if backwards else facts
    newer, older = (more, True) if backwards else (after is not None, more)
    return CountedFacts(
        total=cast("int", rows[0]["total"]) if rows else 0,
        facts=facts,
        previous=facts[0].place.cursor if facts and newer else None,
        next=facts[-1].place.cursor if facts and older else None,
    )


def _query(
    one: OneAccount,
    window: FactsWindow,
    *,
    limit: int,
    beyond: FactPlace | None,
    backwards: bool,
) -> list[Mapping[str, object]]:
    """Rows of the answer, in the direction asked for; `total` in each."""
    sign = ">" if backwards else "<"
    text = _TEXT.format(
        join_roles=JOIN_ROLES,
        where=where_counted(window),
        beyond=f"(time, key_lo) {sign} ({beyond.at}, {beyond.key})" if beyond else "true",
        direction="ASC" if backwards else "DESC",
        limit=limit,
    )
    answer = engine.query(text, _tables(one, window))
    rows: list[Mapping[str, object]] = answer.to_pylist()
    return rows


def _tables(one: OneAccount, window: FactsWindow) -> dict[str, pa.Table]:
    snapshot = one.inputs.snapshot
    batches = snapshot.account_rows(
        one.number, columns=_COLUMNS, start_us=window.start, end_us=window.end
    )
    names = ("event", "feature", "product", "source", "dataset")
    actions = {name: [getattr(x, name) for x in snapshot.actions] for name in names}
    roles = one.inputs.book.role_spans(one.number, one.calendar.zone)
    return {
        "facts": pa.Table.from_batches(batches, schema=rows_schema(_COLUMNS)),
        "actions": pa.table({"id": pa.array(range(len(snapshot.actions)), pa.int32()), **actions}),
        "roles": roles_table(roles, one.inputs.user_ids),
    }


def _fact(row: Mapping[str, object], users: Mapping[int, str]) -> CountedFact:
    at = cast("int", row["time"])
    return CountedFact(
        place=FactPlace(at, cast("int", row["key_lo"])),
        at=EPOCH + timedelta(microseconds=at),
        user=users.get(cast("int", row["user_id"]), ""),
        event=cast("str", row["event"]),
        feature=cast("str", row["feature"]),
        product=cast("str", row["product"]),
        source=cast("str", row["source"]),
        role=cast("str", row["role"]),
        value=cast("float | None", row["value"]),
        properties=properties_of(cast("str | None", row["properties"])),
    )
