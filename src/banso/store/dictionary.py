"""Strings to small integers: accounts, users, actions. Ids are dense and never reused."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import LiteralString

import psycopg
from psycopg.rows import TupleRow, class_row

from banso.store import crash
from banso.store.hashing import account_hash

Connection = psycopg.Connection[TupleRow]
LOCK = 0x62616E7301  # advisory: one giver of ids at a time


@dataclass(frozen=True)
class ActionRow:
    """What can happen. The id is also the index in Snapshot.actions.

    first_time: earliest fact, UTC microseconds; None while no fact of it is stored.
    """

    id: int
    dataset: str
    source: str
    event: str
    feature: str
    product: str
    first_time: int | None = None


ActionKey = tuple[str, str, str, str, str]  # dataset, source, event, feature, product


def encode_accounts(connection: Connection, keys: Iterable[str]) -> dict[str, int]:
    """Ids of these account keys, new ones given out and committed. Starts at 1."""
    wanted = sorted(set(keys))
    known = account_ids(connection, wanted)
    fresh = [key for key in wanted if key not in known]
    if fresh:
        with connection.transaction():
            _lock(connection)
            connection.execute(
                "INSERT INTO store.account (id, key, hash) "
                "SELECT (SELECT coalesce(max(id), 0) FROM store.account) "
                "       + row_number() OVER (), key, hash::bigint "
                "FROM jsonb_to_recordset(%s::jsonb) AS new (key text, hash text) "
                "WHERE NOT EXISTS (SELECT 1 FROM store.account old WHERE old.key = new.key)",
                [json.dumps([{"key": key, "hash": str(account_hash(key))} for key in fresh])],
            )
        crash.point("dictionary_committed")
        known |= account_ids(connection, fresh)
    return known


def encode_users(connection: Connection, keys: Iterable[str]) -> dict[str, int]:
    """Ids of these user keys, new ones given out and committed. Starts at 1; 0 is 'no user'."""
    wanted = sorted(set(keys))
    known = user_ids(connection, wanted)
    fresh = [key for key in wanted if key not in known]
    if fresh:
        with connection.transaction():
            _lock(connection)
            connection.execute(
                "INSERT INTO store.user_key (id, key) "
                "SELECT (SELECT coalesce(max(id), 0) FROM store.user_key) "
                "       + row_number() OVER (), key "
                "FROM jsonb_array_elements_text(%s::jsonb) AS new (key) "
                "WHERE NOT EXISTS (SELECT 1 FROM store.user_key old WHERE old.key = new.key)",
                [json.dumps(fresh)],
            )
        known |= user_ids(connection, fresh)
    return known


def encode_actions(connection: Connection, keys: Iterable[ActionKey]) -> dict[ActionKey, int]:
    """Ids of these actions, new ones given out and committed. Starts at 0."""
    wanted = set(keys)
    known = _action_ids(connection)
    if wanted - known.keys():
        with connection.transaction():
            _lock(connection)
            known = _action_ids(connection)
            fresh = sorted(wanted - known.keys())
            with connection.cursor() as cursor:
                cursor.executemany(
                    "INSERT INTO store.action (id, dataset, source, event, feature, product) "
                    "VALUES (%s, %s, %s, %s, %s, %s)",
                    [(len(known) + n, *key) for n, key in enumerate(fresh)],
                )
        known = _action_ids(connection)
    return {key: known[key] for key in wanted}


def account_ids(connection: Connection, keys: Sequence[str]) -> dict[str, int]:
    """Ids of those of these accounts that are known."""
    return _ids(
        connection,
        "SELECT key, id FROM store.account "
        "JOIN jsonb_array_elements_text(%s::jsonb) AS asked (key) USING (key)",
        keys,
    )


def user_ids(connection: Connection, keys: Sequence[str]) -> dict[str, int]:
    """Ids of those of these users that are known."""
    return _ids(
        connection,
        "SELECT key, id FROM store.user_key "
        "JOIN jsonb_array_elements_text(%s::jsonb) AS asked (key) USING (key)",
        keys,
    )


def account_keys(connection: Connection, ids: Sequence[int]) -> dict[int, str]:
    """Keys of those of these account ids that exist."""
    return _keys(connection, "SELECT id, key FROM store.account WHERE id = ANY(%s)", ids)


def account_hashes(connection: Connection, ids: Sequence[int]) -> dict[int, int]:
    """Hashes of those of these accounts that exist; the bucket is their low bits."""
    return dict(connection.execute("SELECT id, hash FROM store.account WHERE id = ANY(%s)", [ids]))


def user_keys(connection: Connection, ids: Sequence[int]) -> dict[int, str]:
    """Keys of those of these user ids that exist."""
    return _keys(connection, "SELECT id, key FROM store.user_key WHERE id = ANY(%s)", ids)


def actions(connection: Connection) -> tuple[ActionRow, ...]:
    """All actions, by id."""
    cursor = connection.cursor(row_factory=class_row(ActionRow))
    return tuple(
        cursor.execute(
            "SELECT id, dataset, source, event, feature, product, first_time "
            "FROM store.action ORDER BY id"
        )
    )


def _lock(connection: Connection) -> None:
    connection.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])


def _action_ids(connection: Connection) -> dict[ActionKey, int]:
    return {
        (row.dataset, row.source, row.event, row.feature, row.product): row.id
        for row in actions(connection)
    }


# Long lists travel as one JSON text: psycopg writes an array element by element, 5x slower.
def _ids(connection: Connection, statement: LiteralString, keys: Sequence[str]) -> dict[str, int]:
    return dict(connection.execute(statement, [json.dumps(list(keys))]))


def _keys(connection: Connection, statement: LiteralString, ids: Sequence[int]) -> dict[int, str]:
    return dict(connection.execute(statement, [list(ids)]))


def first_times(connection: Connection, times: Mapping[int, int]) -> None:
    """Move the first time of actions (by id) back where these are earlier."""
    connection.execute(
        "UPDATE store.action SET first_time = least(first_time, new.time) "
        "FROM unnest(%s::integer[], %s::bigint[]) AS new (id, time) WHERE action.id = new.id",
        [list(times), list(times.values())],
    )
