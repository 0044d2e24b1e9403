"""Whom an alert reaches when: a member gets at most so many new alerts a week, the most urgent
first; the others wait for as long as their episode is open.

The same function for live, a day at a time, and for replay.
"""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from heapq import heappop, heappush
from typing import Any

from banso.core.rules.rank import Urgency

Owner = Hashable
Queue = list[tuple[Urgency, tuple[Any, ...], "Candidate"]]


@dataclass(frozen=True)
class Candidate:
    """An alert that is to be told. owner: None is nobody's budget. closed: None while open. key:
    decides between alerts that are alike in urgency, unlike any other's. any_day: on days off
    too."""

    key: tuple[Any, ...]
    owner: Owner | None
    opened: date
    closed: date | None
    urgency: Urgency
    any_day: bool = False


def monday(day: date) -> date:
    """The week that a day belongs to, by its Monday."""
    return day - timedelta(days=day.weekday())


def told_on(
    candidates: Iterable[Candidate],
    *,
    budget: int | None,
    days: Sequence[date],
    off: Sequence[date] = (),
    given: Mapping[tuple[Owner, date], int] | None = None,
) -> dict[tuple[Any, ...], date]:
    """Key -> the day on which an alert is told; those that never were are left out.

    days: on which alerts may be told (business days), ascending. off: days off among and around
    them, on which only those of `any_day` may. budget: new alerts for each owner
    and week, None: no limit. given: how many an owner got in a week (by its Monday) before the
    first of the days.
    """
    found: dict[tuple[Any, ...], date] = {}
    left = sorted(candidates, key=lambda x: x.opened, reverse=True)
    used = defaultdict(int, given or {})
    waiting: dict[Owner | None, tuple[Queue, Queue]] = {}
    closed_days = {*off}
    for day in sorted({*days, *off}):
        while left and left[-1].opened <= day:
            one = left.pop()
            queues = waiting.setdefault(one.owner, ([], []))
            heappush(queues[one.any_day], (one.urgency, one.key, one))
        for owner, (others, urgent) in waiting.items():
            limit = None if owner is None else budget
            may = [urgent] if day in closed_days else [others, urgent]
            while any(may) and (limit is None or used[owner, monday(day)] < limit):
                *_, one = heappop(min((x for x in may if x), key=lambda x: x[0][:2]))
                if one.closed is None or one.closed > day:
                    found[one.key] = day
                    used[owner, monday(day)] += 1
    return found


def first_day(opened: date, *, any_day: bool, days: Sequence[date]) -> date | None:
    """The first day on which an alert could be told; None: it is to come. days: as of `told_on`,
    any_day: as of Candidate."""
    if any_day:
        return opened
    at = bisect_left(days, opened)
    return days[at] if at < len(days) else None


def held_back(told: date | None, closed: date | None, *, first: date | None) -> bool:
    """Whether the budget kept an alert from being told in the week (from Monday) in which it could
    have been first. What was over by its first day was held back by nothing."""
    if first is None:
        return False
    if told is not None:
        return monday(told) > monday(first)
    return closed is None or closed > first
