"""Pages of a list that goes on from a row, not from a number."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeVar

R = TypeVar("R")


@dataclass(frozen=True)
class Pages:
    """Where the pager's links go on from; None: there is no such page."""

    previous: str | None
    next: str | None


def pages(
    found: Sequence[R], *, most: int, key: Callable[[R], str], below: bool, above: bool
) -> tuple[Sequence[R], Pages]:
    """The rows to show and what lies around them.

    found: up to most + 1 rows in the list's order: the first ones, or (below) those below a row,
    or (above) the last ones above a row.
    """
    more = len(found) > most
    rows = found[-most:] if above else found[:most]
    before = more if above else below
    after = True if above else more
    if not rows:
        return rows, Pages(None, None)
    return rows, Pages(key(rows[0]) if before else None, key(rows[-1]) if after else None)


def plain(text: str) -> str:
    """Text from an address without the one character that PostgreSQL does not take."""
    return text.replace("\0", "")
