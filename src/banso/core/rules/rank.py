"""In which order alerts stand in Today."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Literal, TypeVar

T = TypeVar("T")
Priority = Literal["high", "medium", "low"]
Urgency = tuple[int, bool, Decimal, date]
_ORDER: dict[Priority, int] = {"high": 0, "medium": 1, "low": 2}


@dataclass(frozen=True)
class Stake:
    """What an alert is ranked by. arr: at stake, None where unknown. opened: its as_of."""

    priority: Priority
    arr: Decimal | None
    opened: date


def rank(items: Iterable[T], *, stake: Callable[[T], Stake]) -> list[T]:
    """The most urgent first. Items that are alike in all of `urgency` keep their order."""
    return sorted(items, key=lambda item: urgency(stake(item)))


def urgency(stake: Stake) -> Urgency:
    """What is smallest is most urgent: priority first, then the most ARR at stake (unknown last),
    then the oldest."""
    arr = Decimal(0) if stake.arr is None else -stake.arr
    return _ORDER[stake.priority], stake.arr is None, arr, stake.opened
