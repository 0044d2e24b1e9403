"""The weekly budget: never exceeded, the most urgent first, nothing lost that is still open."""

from collections import Counter
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from banso.core.rules.budget import Candidate, monday, told_on
from banso.core.rules.rank import Priority, Stake, urgency

MONDAY = date(2026, 4, 6)
DAYS = [MONDAY + timedelta(days=x) for x in range(28)]


def alert(
    name: str,
    opened: int,
    closed: int | None = None,
    *,
    owner: str | None = "sato",
    priority: Priority = "medium",
    arr: int = 0,
) -> Candidate:
    day = MONDAY + timedelta(days=opened)
    stake = Stake(priority, Decimal(arr), day)
    over = None if closed is None else MONDAY + timedelta(days=closed)
    return Candidate((name,), owner, day, over, urgency(stake))


def told(*alerts: Candidate, budget: int | None, days: list[date] = DAYS) -> dict[str, int]:
    found = told_on(alerts, budget=budget, days=days)
    return {name: (day - MONDAY).days for (name,), day in found.items()}


def test_without_a_budget_each_is_told_on_its_day() -> None:
    assert told(alert("a", 1), alert("b", 1), budget=None) == {"a": 1, "b": 1}


def test_of_one_day_the_most_urgent_are_told_and_the_others_wait_for_the_next_week() -> None:
    low = alert("low", 1, priority="low", arr=9)
    small, large = alert("small", 1, arr=1), alert("large", 1, arr=9)
    assert told(low, small, large, budget=2) == {"large": 1, "small": 1, "low": 7}


def test_one_that_closes_while_it_waits_is_never_told() -> None:
    assert told(alert("a", 1, arr=9), alert("b", 2, 6), alert("c", 2), budget=1) == {"a": 1, "c": 7}


def test_what_waits_goes_before_less_urgent_news() -> None:
    first, waits = alert("first", 0), alert("waits", 1, priority="high")
    assert told(first, waits, alert("news", 7), budget=1) == {"first": 0, "waits": 7, "news": 14}


def test_everybody_has_a_budget_of_their_own_and_nobody_has_none() -> None:
    alerts = [alert("a", 0), alert("b", 0, owner="ito"), alert("c", 0, owner=None)]
    assert told(*alerts, alert("d", 0, owner=None), budget=1) == {"a": 0, "b": 0, "c": 0, "d": 0}


def test_on_days_off_nothing_is_told() -> None:
    weekdays = [day for day in DAYS if day.weekday() < 5]
    assert told(alert("a", 5), budget=None, days=weekdays) == {"a": 7}


@st.composite
def portfolios(draw: st.DrawFn) -> list[Candidate]:
    """Alerts that flap: many short episodes, some open."""
    spans = st.tuples(st.integers(0, 27), st.one_of(st.none(), st.integers(1, 9)))
    owners, priorities = st.sampled_from(["sato", "ito"]), st.sampled_from(["high", "low"])
    drawn = draw(st.lists(st.tuples(spans, owners, priorities), max_size=40))
    return [
        alert(str(at), opened, None if length is None else opened + length, owner=owner,
              priority=priority)
        for at, ((opened, length), owner, priority) in enumerate(drawn)
    ]  # fmt: skip


@given(portfolios(), st.integers(1, 5))
def test_the_budget_is_never_exceeded_and_nobody_is_told_of_what_is_over(
    alerts: list[Candidate], budget: int
) -> None:
    found = told_on(alerts, budget=budget, days=DAYS)
    by_key = {x.key: x for x in alerts}
    weeks = Counter((by_key[key].owner, monday(day)) for key, day in found.items())
    assert max(weeks.values(), default=0) <= budget
    for key, day in found.items():
        one = by_key[key]
        assert one.opened <= day
        assert one.closed is None or day < one.closed
    for one in alerts:  # left out only where the budget of every week it was open is used up
        if one.key not in found:
            last = DAYS[-1] if one.closed is None else one.closed - timedelta(days=1)
            open_weeks = {monday(day) for day in DAYS if one.opened <= day <= last}
            assert all(weeks[one.owner, week] == budget for week in open_weeks)


@given(portfolios(), st.integers(1, 5))
def test_a_day_at_a_time_is_the_same_as_all_at_once(alerts: list[Candidate], budget: int) -> None:
    by_key = {x.key: x for x in alerts}
    live: dict[tuple[object, ...], date] = {}
    for day in DAYS:
        # what live knows in the evening of that day: nothing of later openings and closings
        known = [
            Candidate(x.key, x.owner, x.opened, x.closed if x.closed and x.closed <= day else None,
                      x.urgency)
            for x in alerts
            if x.opened <= day and x.key not in live
        ]  # fmt: skip
        used = Counter((by_key[key].owner, monday(told)) for key, told in live.items())
        live |= told_on(known, budget=budget, days=[day], given=used)
    assert live == told_on(alerts, budget=budget, days=DAYS)


def test_on_days_off_only_those_that_can_not_wait_are_told_and_count_for_the_week() -> None:
    """The first Saturday and Sunday are off."""
    saturday, sunday = MONDAY + timedelta(days=5), MONDAY + timedelta(days=6)
    work = [x for x in DAYS if x not in {saturday, sunday}]
    waits, urgent = alert("waits", 5, arr=9), replace(alert("urgent", 5), any_day=True)
    later = replace(alert("later", 6), any_day=True)

    def days(budget: int | None) -> dict[str, int]:
        found = told_on([waits, urgent, later], budget=budget, days=work, off=[saturday, sunday])
        return {name: (day - MONDAY).days for (name,), day in found.items()}

    assert days(None) == {"urgent": 5, "later": 6, "waits": 7}
    assert days(1) == {"urgent": 5, "waits": 7, "later": 14}
