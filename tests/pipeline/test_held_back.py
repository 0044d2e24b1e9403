"""What the weekly budget held back, counted by hand."""

from collections.abc import Sequence
from datetime import UTC, date, datetime

import pytest
from tests.desk.alerts import account, alert

from banso.core.definitions import Definitions, loads
from banso.core.value.told import After, order
from banso.desk.models import Account, Alert, Followed, Pause
from banso.desk.queries.scope import EVERYTHING, NOTHING, Scope
from banso.pipeline.backtest import Fired, _loads
from banso.pipeline.business_days import telling_days
from banso.pipeline.held_back import (
    Month,
    OfRule,
    held_back_of_rules,
    last_months,
    was_it_right,
)
from banso.pipeline.held_back import held_back as by_month
from banso.pipeline.value_figures import counted

pytestmark = pytest.mark.django_db

MONDAY, FRIDAY, SATURDAY = date(2026, 9, 7), date(2026, 9, 11), date(2026, 9, 12)
NEXT = date(2026, 9, 14)
TODAY = date(2026, 10, 1)


def held_back(scope: Scope, definitions: Definitions, *, as_of: date) -> Sequence[Month]:
    return by_month(counted(scope, definitions, as_of=as_of))


@pytest.fixture
def definitions() -> Definitions:
    text = """\
organisation: {name: T, time_zone: Asia/Tokyo, currency: JPY, holidays: JP}
metrics:
  - {name: days, kind: recency, facts: events}
rules:
  - {name: urgent, when: days >= 3, action: {en: Call, ja: 電話する}, any_time: true}
"""
    return loads({"all.yaml": text})


@pytest.fixture
def customers() -> dict[int, Account]:
    return {n: account(f"A{n}") for n in range(12)}


def opened(
    on: Account,
    day: date,
    *,
    told: date | None,
    came: str = "",
    closed: date | None = None,
    rule: str = "quiet",
) -> None:
    made = alert(on, rule=rule, opened=day, closed=closed)
    Alert.objects.filter(pk=made.pk).update(told_on=told)
    if came:
        Followed.objects.create(episode=made.episode, outcome="gone", came=came)


def test_held_back_and_told_alerts_are_counted_by_what_came_after_them(
    definitions: Definitions, customers: dict[int, Account]
) -> None:
    a = customers
    opened(a[0], MONDAY, told=None, came="yes")  # never told
    opened(a[1], MONDAY, told=NEXT, came="no")  # a week late
    opened(a[2], MONDAY, told=None, came="no")
    opened(a[3], FRIDAY, told=None, came="open")
    opened(a[4], FRIDAY, told=None, came="outside")
    opened(a[5], FRIDAY, told=None)  # its rule names no outcome
    opened(a[6], MONDAY, told=FRIDAY, came="yes")  # late, but in its week
    opened(a[7], MONDAY, told=MONDAY, came="unmeasured")
    opened(a[8], SATURDAY, told=NEXT, came="no")  # a day off, no budget
    opened(a[9], SATURDAY, told=None, came="no", closed=NEXT)  # over before it could be told
    opened(a[10], date(2026, 8, 31), told=None, came="yes")
    found = held_back(EVERYTHING, definitions, as_of=TODAY)
    assert [x.month.month for x in found] == [10, *range(9, 0, -1), 12, 11, 10, 9, 8]
    assert found[1] == Month(
        month=date(2026, 9, 1),
        held_back=After(alerts=6, right=1, wrong=2, open=1, unmeasured=2),
        told=After(alerts=3, right=1, wrong=1, unmeasured=1),
    )
    assert found[1].held_back.share == pytest.approx(1 / 3)
    assert found[2].held_back == After(alerts=1, right=1)
    assert (found[0].told, found[0].told.share) == (After(), None)
    assert held_back(NOTHING, definitions, as_of=TODAY)[1].held_back == After()


def test_by_rule_those_that_held_the_most_right_ones_back_come_first(
    definitions: Definitions, customers: dict[int, Account]
) -> None:
    a = customers
    opened(a[0], MONDAY, told=None, came="no", rule="calm")
    opened(a[1], date(2026, 8, 3), told=None, came="no", rule="calm")
    opened(a[2], MONDAY, told=None, came="yes")
    opened(a[3], MONDAY, told=MONDAY, came="yes")
    opened(a[4], MONDAY, told=MONDAY, came="yes", rule="told")
    figures = counted(EVERYTHING, definitions, as_of=TODAY)
    assert held_back_of_rules(figures) == [
        OfRule("quiet", After(alerts=1, right=1), After(alerts=1, right=1)),
        OfRule("calm", After(alerts=2, wrong=2), After()),
    ]
    told = was_it_right(by_month(figures))
    assert (told.held_back, told.told) == (After(3, right=1, wrong=2), After(2, right=2))
    assert (told.verdict, told.value) == ("too_little", None)


def after(right: int, wrong: int) -> After:
    return After(alerts=right + wrong, right=right, wrong=wrong)


def test_whether_the_order_was_right_is_told_with_its_interval() -> None:
    """Shares and limits as in Newcombe's paper of 1998, table II, (a) and (b), method 10."""
    one = order(after(56, 14), after(48, 32))
    assert (one.verdict, one.value) == ("more_right", pytest.approx(0.2))
    assert (one.low, one.high) == (pytest.approx(0.0524, abs=5e-5), pytest.approx(0.3339, abs=5e-5))
    assert order(after(48, 32), after(56, 14)).verdict == "less_right"
    two = order(after(9, 1), after(3, 7))
    assert (two.low, two.high) == (pytest.approx(0.1705, abs=5e-5), pytest.approx(0.8090, abs=5e-5))
    assert order(after(5, 6), after(6, 6)).verdict == "alike"
    assert order(After(), after(9, 9)).verdict == "nothing"
    assert order(after(9, 0), after(9, 9)).verdict == "too_little"


def test_what_a_pause_held_back_is_not_the_budgets(
    definitions: Definitions, customers: dict[int, Account]
) -> None:
    pause = Pause.objects.create(rule="quiet", reason="x")
    at = datetime(2026, 9, 7, 16, tzinfo=UTC)  # the eighth, in Tokyo
    Pause.objects.filter(pk=pause.pk).update(at=at, ended_at=datetime(2026, 9, 30, tzinfo=UTC))
    opened(customers[0], MONDAY, told=None, came="yes")  # before it was paused
    opened(customers[1], FRIDAY, told=None, came="yes")
    found = held_back(EVERYTHING, definitions, as_of=TODAY)[1]
    assert found.held_back == After(alerts=1, right=1)


CASES: Sequence[tuple[str, date, date | None, date | None, bool]] = [
    ("quiet", MONDAY, None, None, True),
    ("quiet", MONDAY, NEXT, None, True),
    ("quiet", MONDAY, FRIDAY, None, False),
    ("quiet", SATURDAY, NEXT, None, False),  # a day off, no budget
    ("quiet", SATURDAY, None, NEXT, False),  # over before it could be told
    ("quiet", SATURDAY, date(2026, 9, 24), None, True),  # after the holidays of its week
    ("urgent", SATURDAY, NEXT, None, True),  # told on days off too, had there been room
    ("urgent", SATURDAY, SATURDAY, None, False),
    ("quiet", TODAY, TODAY, None, False),
    ("quiet", date(2026, 10, 3), None, None, False),  # its first day is to come
]
"""Rule, day on which it opened, was told and closed; whether the budget held it back."""


@pytest.mark.parametrize("case", CASES, ids=str)
def test_live_and_replay_count_alike(
    definitions: Definitions, case: tuple[str, date, date | None, date | None, bool]
) -> None:
    rule, day, told, closed, expected = case
    until = date(2026, 10, 4)
    opened(account("A1"), day, told=told, closed=closed, rule=rule)
    months = held_back(EVERYTHING, definitions, as_of=until)
    fired = Fired("A1", "A1", None, day, closed, told, None, None, None)
    days = telling_days(definitions, first=date(2026, 9, 1), last=until)
    (load,) = _loads([fired], any_day=rule == "urgent", days=days)
    assert sum(x.held_back.alerts for x in months) == load.held_back == expected


def test_months_go_back_over_the_turn_of_the_year() -> None:
    found = last_months(date(2026, 2, 3))
    assert [f"{x:%Y-%m}" for x in found[:4]] == ["2026-02", "2026-01", "2025-12", "2025-11"]
    assert (len(found), f"{found[-1]:%Y-%m}") == (15, "2024-12")
