"""The customer companies: what they are, what they bought, and what is really going on there."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from .days import DAYS, add_years
from .names import (
    INDUSTRIES,
    OWNERS,
    REGIONS,
    SEASONAL_INDUSTRIES,
    company_name,
    company_stems,
)

CASES = {
    "stalled": 12,
    "champion_left": 13,
    "seat_shortage": 12,
    "unused_seats": 20,
    "fading": 15,
    "churned": 35,
    "seasonal": 30,
    "onboarding": 15,
    "on_prem": 8,
    "past_stalled": 8,
    "past_champion_left": 12,
    "past_seat_shortage": 12,
    "past_fading": 8,
    "healthy": 200,
}
"""How many accounts have which plot; 400 in all. `past_` plots are over before the last day."""
GROUPS = 10
"""Pairs of healthy accounts that belong to one group of companies and share some users."""
NEVER = 10 * DAYS
_RENEWALS_AT_RISK = {"fading": 3, "unused_seats": 2}
_SEATS = {"tech": (5, 12), "low": (8, 32), "high": (30, 100)}
_RECENT = {"champion_left": (8, 56), "seat_shortage": (20, 120), "fading": (55, 120)}
"""How many days before the end it began."""
_PAST = {
    "past_champion_left": ("champion_left", 420, 30, 70),
    "past_seat_shortage": ("seat_shortage", 400, 40, 80),
    "past_fading": ("fading", 370, 70, 100),
}
"""Kind, latest day of begin, shortest and longest duration."""


@dataclass(frozen=True)
class Story:
    """Something that is really the case, from a day until another (exclusive; None: still is)."""

    kind: str
    begin: int
    end: int | None = None


@dataclass(frozen=True)
class Product:
    """One product at an account. first_value: the day on which its core use begins."""

    name: str
    start: int
    first_value: int
    seats: int
    demand: float


@dataclass(frozen=True)
class Account:
    """renewal: the day on which the contract running at the end (or the last one) is over, i.e.
    its end date plus one. churn: that day if nothing follows. group: another account's number."""

    number: int
    case: str
    name: str
    start: int
    renewal: int
    churn: int | None
    touch: str
    industry: str
    region: str
    employees: int
    owner: str
    products: tuple[Product, ...]
    story: Story | None
    group: int | None = None

    @property
    def key(self) -> str:
        return f"K{self.number:04d}"

    @property
    def last_day(self) -> int:
        """The first day without any use."""
        return DAYS if self.churn is None else min(DAYS, self.churn)


def _between(rng: np.random.Generator, low: int, high: int) -> int:
    """A day or number from low up to high, both included."""
    return int(rng.integers(low, high + 1))


def _term(rng: np.random.Generator, *, case: str, rank: int) -> tuple[int, int]:
    """Start and renewal day of an account; rank counts the accounts of the same case."""
    if case in ("stalled", "onboarding", "past_stalled"):
        windows = {"stalled": (55, 150), "onboarding": (5, 45), "past_stalled": (220, 520)}
        start = DAYS - _between(rng, *windows[case])
        return start, add_years(start, 1 if start > DAYS - 365 else 2)
    if case == "churned":
        churn = _between(rng, 120, DAYS - 4)
        return add_years(churn, -int(rng.choice((1, 2, 3), p=(0.45, 0.35, 0.2)))), churn
    at_risk = rank < _RENEWALS_AT_RISK.get(case, 0)
    renewal = DAYS + (_between(rng, 12, 80) if at_risk else _between(rng, 1, 365))
    young = renewal <= DAYS + 160 and case not in ("seasonal", "unused_seats")
    long_known = case.startswith("past_") or (case == "seasonal" and renewal > DAYS + 300)
    weights = np.array((0.25 if young and not long_known else 0.0, 0.45, 0.22, 0.08))
    if case == "seasonal" and renewal > DAYS + 300:
        weights[1] = 0.0
    years = int(rng.choice((1, 2, 3, 4), p=weights / weights.sum()))
    return add_years(renewal, -years), renewal


def _story(rng: np.random.Generator, *, case: str, start: int, renewal: int) -> Story | None:
    if case in _RECENT:
        return Story(case, DAYS - _between(rng, *_RECENT[case]))
    if case in _PAST:
        kind, latest, shortest, longest = _PAST[case]
        early = max(60, start + 130)
        begin = _between(rng, early, max(early, latest))
        return Story(kind, begin, begin + _between(rng, shortest, longest))
    if case in ("stalled", "past_stalled"):
        begin = start + _between(rng, 12, 30)
        return Story(
            "stalled", begin, None if case == "stalled" else begin + _between(rng, 60, 110)
        )
    if case == "churned":
        return Story("fading", renewal - _between(rng, 30, 120), renewal)
    if case in ("unused_seats", "seasonal"):
        return Story(case, start + 180 if case == "unused_seats" else start)
    return None


def _first_value(rng: np.random.Generator, *, start: int, story: Story | None) -> int:
    if story is not None and story.kind == "stalled":
        return NEVER if story.end is None else story.end + _between(rng, 5, 12)
    slow = rng.random() < 0.1
    return start + (_between(rng, 48, 62) if slow else _between(rng, 14, 44))


def _demand(rng: np.random.Generator, *, case: str) -> float:
    """Share of the seats whose people really use the product, once it has spread."""
    if case == "unused_seats":
        return float(rng.uniform(0.14, 0.3))
    return float(rng.uniform(0.62, 0.82))


def _seats(rng: np.random.Generator, *, touch: str, case: str) -> int:
    seats = _between(rng, *_SEATS[touch])
    return max(seats, 10) if case.removeprefix("past_") in _NEEDS_PEOPLE else seats


_NEEDS_PEOPLE = ("champion_left", "seat_shortage", "unused_seats")
"""Plots that can't be told of five people."""


def _products(
    rng: np.random.Generator,
    *,
    case: str,
    start: int,
    renewal: int,
    touch: str,
    story: Story | None,
) -> tuple[Product, ...]:
    both = case not in ("stalled", "onboarding", "past_stalled") and rng.random() < 0.33
    first = "delivery" if both or rng.random() < 0.62 else "bi"
    bought = Product(
        name=first,
        start=start,
        first_value=_first_value(rng, start=start, story=story),
        seats=_seats(rng, touch=touch, case=case),
        demand=_demand(rng, case=case),
    )
    later = start if rng.random() < 0.4 else start + _between(rng, 60, 500)
    if not both or later > min(DAYS, renewal) - 150:
        return (bought,)
    second = Product(
        name="bi",
        start=later,
        first_value=_first_value(rng, start=later, story=None),
        seats=max(5, bought.seats // int(rng.integers(1, 4))),
        demand=_demand(rng, case="healthy"),
    )
    return (bought, second)


def _industry(rng: np.random.Generator, *, case: str) -> str:
    every = tuple(INDUSTRIES)
    if case == "seasonal" and rng.random() < 0.8:
        return str(rng.choice(SEASONAL_INDUSTRIES))
    usual = [name for name in every if name not in SEASONAL_INDUSTRIES]
    return str(rng.choice(usual if rng.random() < 0.93 else every))


def _account(rng: np.random.Generator, *, number: int, case: str, rank: int, stem: str) -> Account:
    touch = str(rng.choice(("tech", "low", "high"), p=(0.45, 0.38, 0.17)))
    if case.removeprefix("past_") in _NEEDS_PEOPLE and touch == "tech" and rng.random() < 0.6:
        touch = "low"
    industry = _industry(rng, case=case)
    start, renewal = _term(rng, case=case, rank=rank)
    story = _story(rng, case=case, start=start, renewal=renewal)
    products = _products(rng, case=case, start=start, renewal=renewal, touch=touch, story=story)
    name = company_name(rng, stem=stem, industry=industry)
    region = str(rng.choice(REGIONS, p=(0.1, 0.4, 0.15, 0.2, 0.07, 0.08)))
    if region == "関東" and number % 5 == 0:  # not drawn: nothing else shall change by a name
        name = name.replace(stem, f"東京{stem}")
    return Account(
        number=number,
        case=case,
        name=name,
        start=start,
        renewal=renewal,
        churn=renewal if case == "churned" else None,
        touch=touch,
        industry=industry,
        region=region,
        employees=int(products[0].seats * rng.uniform(2.5, 40)),
        owner=OWNERS[number % len(OWNERS)][0],
        products=products,
        story=story,
    )


def draw_accounts(seed: int) -> tuple[Account, ...]:
    """All accounts in random order; the order of the cases tells nothing about the numbers."""
    rng = np.random.default_rng((seed, 0))
    cases = [(case, rank) for case, count in CASES.items() for rank in range(count)]
    order = rng.permutation(len(cases))
    stems = company_stems(rng, len(cases))
    accounts = [
        _account(
            np.random.default_rng((seed, 1, number)),
            number=number,
            case=cases[position][0],
            rank=cases[position][1],
            stem=stems[number],
        )
        for number, position in enumerate(order)
    ]
    return _grouped(accounts)


def _grouped(accounts: list[Account]) -> tuple[Account, ...]:
    """Pair the first healthy delivery accounts: the younger takes the older one's stem."""
    apt = [a for a in accounts if a.case == "healthy" and a.products[0].name == "delivery"]
    apt = [a for a in apt if a.products[0].seats >= 10][: 2 * GROUPS]
    joined = list(accounts)
    for one, other in zip(apt[::2], apt[1::2], strict=True):
        older, younger = sorted((one, other), key=lambda account: account.start)
        rng = np.random.default_rng((younger.number, older.number))
        stem = next(s for s in company_stems(rng, 462) if s in older.name)
        name = company_name(rng, stem=stem + "東日本", industry=younger.industry)
        joined[younger.number] = replace(younger, name=name, group=older.number)
    return tuple(joined)
