"""What identify, group and alias have told: who is who, and since when."""

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from banso.core.events.identity import Known, Link, Membership, user_key
from banso.core.events.message import Message
from banso.store.dictionary import Connection

MOST_STEPS = 10


@dataclass(frozen=True)
class Introduction:
    """A call of identify, group or alias. time, received: UTC microseconds."""

    key: str
    received: int
    source: str
    time: int
    message: Message


def key_of(source: str, message_id: str) -> str:
    """Identity of a call: its source and message id; 32 hex digits."""
    name = f"{source}\x1f{message_id}".encode()
    return hashlib.md5(name, usedforsecurity=False).hexdigest()


def signed(content: int) -> int:
    """64 bits as PostgreSQL holds them."""
    return content - (1 << 64) if content >= 1 << 63 else content


def known_of(connection: Connection, persons: Iterable[str]) -> Known:
    """All that is known of these persons, and of the users they are tied to."""
    known, fresh = Known(), set(persons)
    asked: set[str] = set()
    for _ in range(MOST_STEPS):
        asked |= fresh
        found = [
            Link(*row)
            for row in connection.execute(
                "SELECT person, since, user_id FROM store.link "
                "JOIN jsonb_array_elements_text(%s::jsonb) AS asked (person) USING (person)",
                [json.dumps(sorted(fresh))],
            )
        ]
        known.add(found, ())
        fresh = {user_key(each.user) for each in found} - asked
        if not fresh:
            break
    known.add((), _memberships(connection, asked))
    return known


def _memberships(connection: Connection, persons: set[str]) -> list[Membership]:
    return [
        Membership(*row)
        for row in connection.execute(
            "SELECT person, since, account FROM store.membership "
            "JOIN jsonb_array_elements_text(%s::jsonb) AS asked (person) USING (person)",
            [json.dumps(sorted(persons))],
        )
    ]


def contents(connection: Connection, keys: Sequence[str]) -> dict[str, int]:
    """Contents of those of these introductions that are stored."""
    rows = connection.execute(
        "SELECT translate(key::text, '-', ''), content FROM store.introduction "
        "JOIN jsonb_array_elements_text(%s::jsonb) AS asked (hex) ON key = hex::uuid",
        [json.dumps(keys)],
    )
    return {key: content & 0xFFFFFFFFFFFFFFFF for key, content in rows}


def remembered(connection: Connection, keys: Sequence[str]) -> dict[str, int]:
    """When those of these calls happened whose time rests on their first receipt."""
    if connection.execute("SELECT 1 FROM store.remembered LIMIT 1").fetchone() is None:
        return {}
    return dict(
        connection.execute(
            "SELECT translate(key::text, '-', ''), time FROM store.remembered "
            "JOIN jsonb_array_elements_text(%s::jsonb) AS asked (hex) ON key = hex::uuid",
            [json.dumps(keys)],
        )
    )


def remember(connection: Connection, times: Mapping[str, int]) -> None:
    with connection.cursor() as cursor:
        cursor.executemany(
            "INSERT INTO store.remembered (key, time) VALUES (%s, %s) ON CONFLICT DO NOTHING",
            list(times.items()),
        )


def introduce(
    connection: Connection,
    introductions: Sequence[Introduction],
    *,
    links: Sequence[Link],
    memberships: Sequence[Membership],
) -> None:
    """Store introductions and what follows from them."""
    with connection.cursor() as cursor:
        cursor.executemany(
            "INSERT INTO store.introduction "
            "(key, content, received_at, source, call, time, user_id, account, payload) "
            "VALUES (%s, %s, to_timestamp(%s), %s, %s, %s, %s, %s, %s)",
            [_row(each) for each in introductions],
        )
        cursor.executemany(
            "INSERT INTO store.link (person, since, user_id) VALUES (%s, %s, %s) "
            "ON CONFLICT DO NOTHING",
            [(x.person, x.since, x.user) for x in links],
        )
        cursor.executemany(
            "INSERT INTO store.membership (person, since, account) VALUES (%s, %s, %s) "
            "ON CONFLICT DO NOTHING",
            [(x.person, x.since, x.account) for x in memberships],
        )


def _row(each: Introduction) -> tuple[object, ...]:
    message = each.message
    return (
        each.key,
        signed(message.content),
        each.received / 1_000_000,
        each.source,
        message.call,
        each.time,
        message.user,
        message.account,
        message.payload,
    )


def awake(connection: Connection, persons: Iterable[str]) -> None:
    """Something has become known of these persons: look at what their identify calls say."""
    users = sorted(person[1:] for person in persons if person.startswith("u"))
    connection.execute(
        "UPDATE store.introduction SET waits = false WHERE waits AND user_id = ANY(%s)", [users]
    )


def concerned(
    connection: Connection, *, links: Sequence[Link], memberships: Sequence[Membership]
) -> set[str]:
    """All persons of whom these tell something, also those tied to them by earlier links."""
    fresh = {each.person for each in links} | {each.person for each in memberships}
    found: set[str] = set()
    for _ in range(MOST_STEPS):
        found |= fresh
        users = sorted(person[1:] for person in fresh if person.startswith("u"))
        rows = connection.execute(
            "SELECT DISTINCT person FROM store.link WHERE user_id = ANY(%s)", [users]
        )
        fresh = {person for (person,) in rows} - found
        if not fresh:
            break
    return found
