"""What became of the rows that a service was asked to save."""

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass, replace
from typing import Any, Generic, TypeVar

R = TypeVar("R", bound=Any)
"""A frozen dataclass with `row`: its number in the file, as a person sees it."""


@dataclass(frozen=True)
class RejectedRow:
    row: int
    reason: str


@dataclass(frozen=True)
class Saved:
    """stored: new or changed. duplicate: nothing new in them. rejected: not taken, and why."""

    stored: int
    duplicate: int
    rejected: tuple[RejectedRow, ...] = ()


@dataclass(frozen=True)
class Sifted(Generic[R]):
    rows: tuple[R, ...]
    duplicate: int
    rejected: tuple[RejectedRow, ...]


def too_long(row: object, limits: dict[str, int]) -> str | None:
    """The first text of `row` that is longer than its column; None where all fit."""
    for name, limit in limits.items():
        text = getattr(row, name)
        if text and len(text) > limit:
            return f"{name} is {len(text)} characters long; at most {limit} fit"
    return None


def sift(
    rows: Sequence[R], *, key: Callable[[R], Hashable], fault: Callable[[R], str | None]
) -> Sifted[R]:
    """Rows that can be saved, one for each key.

    fault: what is wrong with a row, or None. A key that comes again with the same content is a
    duplicate; with other content it is rejected, because nobody can tell which row is right.
    """
    first: dict[Hashable, R] = {}
    rejected: list[RejectedRow] = []
    duplicate = 0
    for row in rows:
        if (reason := fault(row)) is not None:
            rejected.append(RejectedRow(row.row, reason))
        elif (other := first.setdefault(key(row), row)) is row:
            continue
        elif replace(row, row=other.row) == other:
            duplicate += 1
        else:
            rejected.append(
                RejectedRow(row.row, f"the same key stands in row {other.row} with other content")
            )
    return Sifted(tuple(first.values()), duplicate, tuple(rejected))
