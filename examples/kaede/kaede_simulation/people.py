"""Who works with the products at a customer: champions, administrators, users, executives."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from .accounts import NEVER, Account, Product
from .contracts import expansion
from .days import DAYS
from .features import MAKERS
from .names import person_name


@dataclass(frozen=True)
class User:
    """rate: probability of use on an ordinary working day. leave: first day without them.
    steady: goes on longer than the others when the company's use declines."""

    key: str
    product: str
    role: str
    join: int
    leave: int
    rate: float
    maker: bool
    steady: bool = False


@dataclass(frozen=True)
class Contact:
    key: str
    user: str
    name: str
    role: str
    left: int | None


def _rate(rng: np.random.Generator, *, crowded: bool) -> float:
    """Power users, regular and occasional ones; where seats are short nobody keeps one idle."""
    low, high = ((0.5, 0.85), (0.2, 0.5), (0.07, 0.16))[
        int(rng.choice(3, p=(0.35, 0.65, 0.0) if crowded else (0.2, 0.52, 0.28)))
    ]
    return float(rng.uniform(low, high))


def _joins(rng: np.random.Generator, *, account: Account, product: Product) -> list[int]:
    """The day on which each of the product's ordinary users begins."""
    spread = int(rng.integers(50, 140))
    begin = product.first_value
    if begin == NEVER:
        return [product.start + int(rng.integers(3, 20))]
    wanted = max(1, int(product.seats * product.demand) - 2)
    joins = [product.start + int(rng.integers(1, 14))]
    joins += [begin + int(spread * rng.random() ** 1.3) for _ in range(wanted - 1)]
    story = account.story
    if story is not None and story.kind == "seat_shortage" and product is account.products[0]:
        rest = product.seats - wanted - 2
        joins += [story.begin - int(rng.integers(0, 60)) for _ in range(rest)]
        added = expansion(account, product)
        if added:
            joins += [added[0] + int(rng.integers(0, 30)) for _ in range(added[1] // 2)]
    return joins


def _champions(rng: np.random.Generator, account: Account) -> list[tuple[int, int]]:
    """First and last-plus-one day of the champion, and of the successor if there is one."""
    story = account.story
    if story is None or story.kind != "champion_left":
        return [(account.start, NEVER)]
    tenures = [(account.start, story.begin)]
    return tenures if story.end is None else [*tenures, (story.end, NEVER)]


def _crew(rng: np.random.Generator, *, account: Account, product: Product) -> list[User]:
    """The users of one product without keys of their own yet, turnover included."""
    crowded = account.story is not None and account.story.kind == "seat_shortage"
    crew = [
        User("", product.name, "champion", join, leave, float(rng.uniform(0.68, 0.9)), True, True)
        for join, leave in _champions(rng, account)
    ]
    crew.append(
        User("", product.name, "admin", product.start, NEVER, float(rng.uniform(0.35, 0.7)), True)
    )
    for first in _joins(rng, account=account, product=product):
        join = first
        rate, maker = _rate(rng, crowded=crowded), bool(rng.random() < MAKERS[product.name])
        while join < DAYS:  # a seat is handed on when its owner leaves
            leave = join + 60 + int(rng.exponential(1500))
            if not crowded or leave > 0:
                crew.append(User("", product.name, "user", join, leave, rate, maker))
            join = leave + int(rng.integers(2, 30))
    return [user for user in crew if user.leave > 0]


def _with_key(user: User, key: str) -> User:
    return User(
        key, user.product, user.role, user.join, user.leave, user.rate, user.maker, user.steady
    )


def users(account: Account, seed: int) -> list[User]:
    """All users of an account. Champion, administrator and some others work with both products
    under one key; the first of a group company's own users are its sister's."""
    rng = np.random.default_rng((seed, 3, account.number))
    found: list[User] = []
    first_keys: dict[tuple[str, int], str] = {}
    number = 0
    for product in account.products:
        seen: dict[str, int] = {}
        for user in _crew(rng, account=account, product=product):
            nth = seen[user.role] = seen.get(user.role, 0) + 1
            shared = user.role != "user" or rng.random() < 0.35
            key = first_keys.get((user.role, nth)) if shared else None
            if key is None:
                number += 1
                key = f"u{account.number:04d}-{number:03d}"
                first_keys.setdefault((user.role, nth), key)
            found.append(_with_key(user, key))
    return found


def share_with_sister(own: list[User], sister: list[User]) -> list[User]:
    """Two people of the sister company do the work here as well, under their own keys."""
    theirs = [user.key for user in sister if user.role == "user" and user.leave >= DAYS][:2]
    mine = [user.key for user in own if user.role == "user" and user.leave >= DAYS][:2]
    renamed = dict(zip(mine, theirs, strict=False))
    return [_with_key(user, renamed.get(user.key, user.key)) for user in own]


_LISTED = {"high": 6, "low": 3, "tech": 1}


def contacts(account: Account, members: list[User], seed: int) -> list[Contact]:
    """Whom Kaede knows by name: champions and administrators, some users, the executive (who
    never logs in). Half of the champions who left recently are not known to have left."""
    rng = np.random.default_rng((seed, 4, account.number))
    found: list[Contact] = []
    unknown = account.case == "healthy" and rng.random() < 0.03
    budget = _LISTED[account.touch]
    for user in sorted(members, key=lambda user: user.join):
        if user.key in {contact.user for contact in found}:
            continue
        if user.role == "champion" and unknown:
            continue
        if user.role == "user":
            budget -= 1
            if budget < 0:
                continue
        gone = user.leave if user.leave < min(DAYS, account.last_day) else None
        told = account.case != "champion_left" or rng.random() < 0.5
        number = len(found) + 1
        key = f"{account.key}-C{number:02d}"
        left = gone if told else None
        found.append(Contact(key, user.key, person_name(rng), user.role, left))
    if account.touch != "tech":
        found.append(Contact(f"{account.key}-C90", "", person_name(rng), "executive", None))
    return found
