"""The facts behind a number, as people read them: strings instead of ids."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import pyarrow as pa

from banso.store import engine
from banso.store.dictionary import ActionRow
from banso.store.facts import INSTANT, SEGMENT

COLUMNS = ("account", "user", "action", "time", "value", "properties", "message_id", "key_lo")
ANSWER = (
    "time",
    "user",
    "event",
    "feature",
    "product",
    "source",
    "dataset",
    "value",
    "properties",
    "message_id",
)


@dataclass(frozen=True)
class RoleSpan:
    """A user's role at an account in [start_us, end_us)."""

    user: str
    role: str
    start_us: int
    end_us: int


def roles_table(spans: Sequence[RoleSpan], ids: Mapping[str, int]) -> pa.Table:
    """user_id, role, start_us, end_us of those whose id is known."""
    known = [x for x in spans if x.user in ids]
    return pa.table(
        {
            "user_id": pa.array([ids[x.user] for x in known], pa.int32()),
            "role": pa.array([x.role for x in known], pa.string()),
            "start_us": pa.array([x.start_us for x in known], pa.int64()),
            "end_us": pa.array([x.end_us for x in known], pa.int64()),
        }
    )


JOIN_ROLES = """LEFT JOIN roles r ON r.user_id = f."user"
             AND f.time >= r.start_us AND f.time < r.end_us"""


def choose(
    rows: Iterable[pa.RecordBatch],
    *,
    actions: Sequence[ActionRow],
    roles: pa.Table,
    where_sql: str | None,
    limit: int,
    newest_first: bool,
) -> pa.Table:
    """The first `limit` rows by time that satisfy the condition; user is still an id.

    rows: batches of COLUMNS, time as an integer. roles: see roles_table; no entry is ''.
    """
    table = pa.Table.from_batches(list(rows), schema=rows_schema())
    direction = "DESC" if newest_first else "ASC"
    text = f"""
        SELECT time, user_id, event, feature, product, source, dataset, value, properties,
               message_id
        FROM (SELECT f.time, f."user" AS user_id, a.event, a.feature, a.product, a.source,
                     a.dataset, coalesce(r.role, '') AS role, f.value, f.properties,
                     f.message_id, f.key_lo
              FROM facts f JOIN actions a ON a.id = f.action
              {JOIN_ROLES}) AS told
        WHERE {where_sql or "true"}
        ORDER BY time {direction}, key_lo LIMIT {int(limit)}
    """  # noqa: S608  where_sql is compiled from a typed expression; the engine reaches no file
    return engine.query(
        text,
        {
            "facts": table,
            "actions": pa.Table.from_pylist(
                [vars(each) for each in actions], schema=_action_schema()
            ),
            "roles": roles,
        },
    )


def decode(answer: pa.Table, *, users: Mapping[int, str]) -> pa.Table:
    """The answer with instants and user keys (null where no user)."""
    keys = [users.get(each) for each in answer.column("user_id").to_pylist()]
    told = answer.set_column(0, "time", answer.column("time").cast(INSTANT))
    return told.set_column(1, "user", pa.array(keys, pa.string())).select(ANSWER)


def rows_schema(columns: Sequence[str] = COLUMNS) -> pa.Schema:
    """Of batches of these columns, time as an integer."""
    kinds = {"time": pa.int64()}
    return pa.schema([(name, kinds.get(name, SEGMENT.field(name).type)) for name in columns])


def _action_schema() -> pa.Schema:
    names = ("dataset", "source", "event", "feature", "product")
    return pa.schema(
        [("id", pa.int32()), *((name, pa.string()) for name in names), ("first_time", pa.int64())]
    )
