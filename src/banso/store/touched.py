"""Accounts that live calls have brought facts to. They are entered in the transaction that stores
the facts, and leave once somebody has judged them: what is killed in between is judged again."""

from collections.abc import Iterable
from dataclasses import dataclass

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
        "ON CONFLICT (account) DO UPDATE SET generation = excluded.generation",
        [sorted(set(accounts))],
    )


def touched(connection: Connection, *, limit: int) -> tuple[Touched, ...]:
    """Those that wait for longest. All their facts are in a snapshot that is opened after this."""
    rows = connection.execute(
        "SELECT account, generation FROM store.touched ORDER BY generation, account LIMIT %s",
        [limit],
    )
    return tuple(Touched(*row) for row in rows)


def forget(connection: Connection, judged: Iterable[Touched]) -> None:
    """They have been judged. One whose facts came meanwhile stays."""
    rows = [(each.account, each.generation) for each in judged]
    connection.execute(
        "DELETE FROM store.touched USING unnest(%s::int[], %s::bigint[]) AS done (id, upto) "
        "WHERE account = done.id AND generation <= done.upto",
        [[account for account, _ in rows], [upto for _, upto in rows]],
    )
