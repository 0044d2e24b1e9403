"""Accounts that live calls have brought facts to. They are entered in the transaction that stores
the facts, and leave once somebody has judged them: what is killed in between is judged again.

Those that are judged while a source is not as promised are held: nothing could be said of what
rests on it.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import LiteralString

from banso.store.dictionary import Connection


@dataclass(frozen=True)
class Touched:
    """account: the id in the store. generation: of its newest facts."""

    account: int
    generation: int


def touch(connection: Connection, accounts: Iterable[int]) -> None:
    """Inside the transaction that stores their facts, once it has its generation."""
    connection.execute(
        "INSERT INTO store.touched (account, generation) "
        "SELECT account, number FROM unnest(%s::int[]) AS account, store.generation "
        "ON CONFLICT (account) DO UPDATE SET generation = excluded.generation, state = 'new'",
        [sorted(set(accounts))],
    )


def touched(connection: Connection, *, limit: int) -> tuple[Touched, ...]:
    """Those with new facts first, of them those that wait for longest. All their facts are in a
    snapshot that is opened after this."""
    rows = connection.execute(
        "SELECT account, generation FROM store.touched WHERE state <> 'held' "
        "ORDER BY state = 'again', generation, account LIMIT %s",
        [limit],
    )
    return tuple(Touched(*row) for row in rows)


def forget(connection: Connection, judged: Iterable[Touched]) -> None:
    """They have been judged. One whose facts came meanwhile stays."""
    _change(connection, "DELETE FROM store.touched USING", judged)


def hold(connection: Connection, judged: Iterable[Touched]) -> None:
    """They have been judged as far as can be: they wait for `release`, or for new facts."""
    _change(connection, "UPDATE store.touched SET state = 'held' FROM", judged)


def release(connection: Connection) -> None:
    """Those that are held are to be judged again."""
    connection.execute("UPDATE store.touched SET state = 'again' WHERE state = 'held'")


def _change(connection: Connection, what: LiteralString, judged: Iterable[Touched]) -> None:
    rows = [(each.account, each.generation) for each in judged]
    connection.execute(
        f"{what} unnest(%s::int[], %s::bigint[]) AS done (id, upto) "
        "WHERE account = done.id AND generation <= done.upto",
        [[account for account, _ in rows], [upto for _, upto in rows]],
    )
