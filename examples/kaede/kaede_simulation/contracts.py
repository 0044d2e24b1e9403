"""The contract ledger: yearly terms, renewals signed before the end, seats added in between."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from .accounts import Account, Product
from .days import DAYS, add_years

_PRICE = {"delivery": 36_000, "bi": 72_000}
"""Yearly yen a seat."""
_BASE = {"delivery": 480_000, "bi": 360_000}
_LATE_SIGNERS = ("fading", "unused_seats", "champion_left")


@dataclass(frozen=True)
class Contract:
    """after: the first day on which it is no longer in force (the file has the day before)."""

    account: str
    product: str
    start: int
    after: int
    signed: int
    seats: int
    arr: int


def expansion(account: Account, product: Product) -> tuple[int, int] | None:
    """Day and number of the seats added where a shortage has been ended."""
    story = account.story
    if story is None or story.kind != "seat_shortage" or story.end is None:
        return None
    return (story.end, -(-product.seats // 2)) if product is account.products[0] else None


def _signing(rng: np.random.Generator, *, account: Account, after: int) -> int:
    """The day on which the next term was agreed; accounts in trouble wait until the last week."""
    troubled = account.case in _LATE_SIGNERS and after >= DAYS
    return after - int(rng.integers(1, 6) if troubled else rng.integers(20, 75))


def _terms(account: Account, product: Product) -> list[tuple[int, int]]:
    """Start and end of each term; a product bought later ends with the account's other one."""
    terms = []
    after = account.renewal
    while after > product.start:
        start = add_years(after, -1)
        terms.append((max(start, product.start), after))
        after = start
    return terms[::-1]


def _row(
    account: Account, product: Product, term: tuple[int, int], *, signed: int, seats: int, base: int
) -> Contract:
    price = seats * _PRICE[product.name] + base
    return Contract(account.key, product.name, *term, signed, seats, price)


def _ledger(
    rng: np.random.Generator, *, account: Account, product: Product, signings: dict[int, int]
) -> list[Contract]:
    """signings: the day on which the terms from each day on were agreed, for all products."""
    found: list[Contract] = []
    added = expansion(account, product)
    terms = _terms(account, product)
    if account.churn is None:
        terms.append((account.renewal, add_years(account.renewal, 1)))
    for start, after in terms:
        if start not in signings:
            signings[start] = _signing(rng, account=account, after=start)
        signed = start - 14 if start == product.start else signings[start]
        seats = product.seats + (added[1] if added and added[0] <= start else 0)
        base = _BASE[product.name]
        term = (start, after)
        found.append(_row(account, product, term, signed=signed, seats=seats, base=base))
        if added and start < added[0] < after:
            rest = (added[0], after)
            signed = added[0] - 7
            found.append(_row(account, product, rest, signed=signed, seats=added[1], base=0))
    return found


def contracts(account: Account, seed: int) -> list[Contract]:
    """Every contract known on the last day: signed before the end of the simulation."""
    rng = np.random.default_rng((seed, 2, account.number))
    signings: dict[int, int] = {}
    ledger: list[Contract] = []
    for product in account.products:
        ledger += _ledger(rng, account=account, product=product, signings=signings)
    return [row for row in ledger if row.signed < DAYS]
