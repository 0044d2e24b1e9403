"""What is dated but not clicked: survey answers, trainings, tickets, hearings."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from . import days
from .accounts import NEVER, Account
from .days import DAYS
from .people import Contact, User


@dataclass(frozen=True)
class Record:
    """value: NPS 0-10; people at the training; hours until the ticket was solved; 1-5 in the
    hearing."""

    kind: str
    day: int
    account: str
    person: str
    value: int
    comment: str


_TRAININGS_A_YEAR = {"high": 1.6, "low": 0.8, "tech": 0.25}
_NPS_MEAN = {
    "stalled": 6.2,
    "fading": 6.3,
    "champion_left": 7.6,
    "unused_seats": 7.2,
    "seat_shortage": 8.7,
}
_COMMENTS = {
    "good": (
        "社内の評判も良く助かっています。",
        "郵送の手間がなくなりました。",
        "ダッシュボードが会議の前提になりました。",
    ),
    "neutral": (
        "特に困ってはいませんが、使いこなせていない機能があります。",
        "もう少し事例を知りたいです。",
    ),
    "bad": (
        "担当が異動してから使い方が分かりません。",
        "問い合わせの回答に時間がかかります。",
        "費用に見合う効果を社内で説明できません。",
    ),
}


def _workday(day: int) -> int:
    """That day, or the next one on which offices are open."""
    while not days.is_workday(day):
        day += 1
    return day


def trainings(account: Account, seed: int) -> list[int]:
    """Days on which people were trained: at the beginning, and now and then. A training is also
    what ended a past decline or a past stall."""
    rng = np.random.default_rng((seed, 6, account.number))
    held = [product.start + int(rng.integers(6, 16)) for product in account.products]
    story = account.story
    quiet = (account.last_day, account.last_day)
    if story is not None and story.kind in ("fading", "stalled"):
        quiet = (story.begin - 60, account.last_day if story.end is None else story.end - 1)
        if story.end is not None and account.churn is None:
            held.append(story.end)
    count = rng.poisson(_TRAININGS_A_YEAR[account.touch] * DAYS / 365)
    free = rng.integers(
        max(0, account.start + 60), max(1, account.last_day, account.start + 61), count
    )
    held += [int(day) for day in free if not quiet[0] <= day <= quiet[1]]
    return sorted(_workday(day) for day in held if 0 <= day < account.last_day - 1)


def _mood(account: Account, day: int) -> float:
    """Mean of the NPS answers at an account on a day."""
    story = account.story
    if story is None or day < story.begin or (story.end is not None and day >= story.end):
        return 8.6
    return _NPS_MEAN.get(story.kind, 8.6)


def _comment(rng: np.random.Generator, score: int) -> str:
    if rng.random() < 0.45:
        return ""
    band = "bad" if score <= 6 else "neutral" if score <= 8 else "good"
    return str(rng.choice(_COMMENTS[band]))


def _answers(rng: np.random.Generator, *, account: Account, people: list[str]) -> list[Record]:
    """Half-yearly NPS survey: at most eight people are asked, about one in eight answers."""
    found = []
    first_wave = 10 + 30 * (account.number % 6)
    for wave in range(first_wave, DAYS, 182):
        if not account.start + 45 <= wave < account.last_day:
            continue
        for person in people[:8]:
            if rng.random() >= 0.12:
                continue
            day = _workday(wave + int(rng.exponential(4)))
            score = int(np.clip(round(rng.normal(_mood(account, day), 1.2)), 0, 10))
            if day < account.last_day:
                comment = _comment(rng, score)
                found.append(Record("nps", day, account.key, person, score, comment))
    return found


def _tickets(rng: np.random.Generator, *, account: Account, people: list[str]) -> list[Record]:
    """About one ticket a year and seven seats, more in the first months."""
    seats = sum(product.seats for product in account.products)
    begin = max(0, account.start)
    count = rng.poisson(seats / 7 * max(0, account.last_day - begin) / 365)
    at = list(rng.integers(begin, max(begin + 1, account.last_day), count))
    if account.start >= 0:
        at += list(account.start + rng.integers(3, 50, rng.poisson(2)))
    return [
        Record(
            "ticket",
            _workday(int(day)),
            account.key,
            str(rng.choice(people)),
            int(np.ceil(rng.exponential(9))),
            "",
        )
        for day in at
        if _workday(int(day)) < account.last_day
    ]


def _hearing(rng: np.random.Generator, *, account: Account, people: list[str]) -> list[Record]:
    """A hearing at the close of onboarding, with high and low touch; now and then forgotten."""
    closed = account.products[0].first_value
    if closed == NEVER or account.touch == "tech" or rng.random() < 0.2:
        return []
    day = _workday(closed + int(rng.integers(5, 24)))
    if not 0 <= day < account.last_day:
        return []
    return [Record("hearing", day, account.key, people[0], int(rng.integers(3, 6)), "")]


def records(
    account: Account, members: list[User], known: list[Contact], held: list[int], seed: int
) -> list[Record]:
    """All records of an account in order of their day."""
    rng = np.random.default_rng((seed, 7, account.number))
    listed = [c.user or c.key for c in known if c.left is None]
    regular = sorted({u.key for u in members if u.rate > 0.4 and u.leave >= DAYS})
    people = listed + [key for key in regular if key not in listed] or [account.key]
    found = [
        Record("training", day, account.key, "", int(rng.integers(3, 4 + len(members))), "")
        for day in held
    ]
    found += _answers(rng, account=account, people=people)
    found += _tickets(rng, account=account, people=people)
    found += _hearing(rng, account=account, people=people)
    return sorted(found, key=lambda record: (record.day, record.kind, record.person))
