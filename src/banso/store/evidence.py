"""The facts behind a number, as people read them: strings instead of ids."""

from collections.abc import Iterable, Mapping, Sequence

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


def choose(
    rows: Iterable[pa.RecordBatch],
    *,
    actions: Sequence[ActionRow],
    roles: Mapping[int, str],
    where_sql: str | None,
    limit: int,
    newest_first: bool,
) -> pa.Table:
    """The first `limit` rows by time that satisfy the condition; user is still an id.

    rows: batches of COLUMNS, time as an integer. roles: by user id; no entry is ''.
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
              LEFT JOIN roles r ON r.user_id = f."user") AS told
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
            "roles": pa.table(
                {
                    "user_id": pa.array(list(roles), pa.int32()),
                    "role": pa.array(list(roles.values()), pa.string()),
                }
            ),
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
