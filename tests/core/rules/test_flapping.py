"""A portfolio that flaps: 200 accounts whose numbers jump about, with incidents that are known."""

from collections import Counter
from datetime import date, timedelta
from decimal import Decimal

import numpy as np
from numpy.typing import NDArray

from banso.core.definitions.model import Label, Rule
from banso.core.rules.budget import Candidate, monday, told_on
from banso.core.rules.episodes import NONE, State, fold
from banso.core.rules.rank import Stake, urgency
from banso.core.rules.replay import Episodes, episodes
from banso.core.unmeasured import Column

ACCOUNTS, DAYS, OWNERS, BUDGET = 200, 364, 8, 3
FIRST = date(2026, 1, 5)
RULE = Rule(
    name="fading",
    when="users < 5",
    for_="8 of 10 days",
    clear_days=5,
    action=Label(en="Call", ja="電話する"),
)


def incidents(random: np.random.Generator) -> NDArray[np.bool_]:
    """Where something is really wrong: none to three stretches of 20 to 40 days an account, at
    least 40 days apart."""
    wrong = np.zeros((ACCOUNTS, DAYS), np.bool_)
    for row in range(ACCOUNTS):
        day = int(random.integers(10, 60))
        for _ in range(int(random.integers(0, 4))):
            length = int(random.integers(20, 41))
            if day + length <= DAYS:
                wrong[row, day : day + length] = True
            day += length + int(random.integers(40, 80))
    return wrong


def seen(random: np.random.Generator, wrong: NDArray[np.bool_]) -> Column:
    """What the condition says: true on nine in ten of those days and on one in ten of the others,
    unmeasured on every twentieth."""
    true = np.where(wrong, random.random(wrong.shape) < 0.9, random.random(wrong.shape) < 0.1)
    reasons = (random.random(wrong.shape) < 0.05).astype(np.uint8)
    return Column(true & (reasons == 0), reasons)


def replayed(random: np.random.Generator) -> tuple[NDArray[np.bool_], Episodes]:
    wrong = incidents(random)
    nothing = State.empty(ACCOUNTS)
    return wrong, episodes(fold(RULE, seen(random, wrong), state=nothing, start=0, stop=DAYS))


def test_an_incident_is_one_episode() -> None:
    """Some 300 of them; without `for` and `clear_days` there would be ten times as many alerts."""
    random = np.random.default_rng(6)
    wrong, found = replayed(random)
    begins = wrong & ~np.pad(wrong, ((0, 0), (1, 0)))[:, :-1]
    number = np.cumsum(begins, axis=1) + np.arange(ACCOUNTS)[:, None] * 10
    of = [
        (int(number[r, d]), bool(wrong[r, d])) for r, d in zip(found.row, found.opened, strict=True)
    ]
    told = Counter(incident for incident, real in of if real)
    assert told == Counter(dict.fromkeys((number[begins]).tolist(), 1))
    assert sum(not real for _, real in of) == 0

    plain = RULE.model_copy(update={"for_": "1 of 1 days", "clear_days": 1})
    nothing = State.empty(ACCOUNTS)
    flapping = fold(plain, seen(random, wrong), state=nothing, start=0, stop=DAYS)
    assert int(flapping.opened.sum()) > 10 * begins.sum()


def test_the_budget_is_never_exceeded_and_nothing_that_lasts_is_lost() -> None:
    _, found = replayed(np.random.default_rng(7))
    alerts = [
        Candidate(
            key=(int(row), int(opened)),
            owner=int(row) % OWNERS,
            opened=FIRST + timedelta(days=int(opened)),
            closed=None if closed == NONE else FIRST + timedelta(days=int(closed)),
            urgency=urgency(Stake("high", Decimal(int(row)), FIRST)),
        )
        for row, opened, closed in zip(found.row, found.opened, found.closed, strict=True)
    ]
    days = [FIRST + timedelta(days=x) for x in range(DAYS)]
    told = told_on(alerts, budget=BUDGET, days=days)
    weeks = Counter((key[0] % OWNERS, monday(day)) for key, day in told.items())
    assert max(weeks.values()) == BUDGET
    free = told_on(alerts, budget=None, days=days)
    crowded = Counter((key[0] % OWNERS, monday(day)) for key, day in free.items())
    assert max(crowded.values()) > BUDGET
    late = [x for x in alerts if told.get(x.key) != x.opened]
    assert len(late) > 5
    assert len(told) >= 0.95 * len(alerts)
