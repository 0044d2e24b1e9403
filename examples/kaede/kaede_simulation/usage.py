"""Usage logs: who did what, when. One account at a time, as columns."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from . import days
from .accounts import NEVER, Account, Product
from .days import DAYS
from .features import PRODUCTS, Feature
from .people import User

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]

_HOURS = np.array((1, 6, 11, 12, 10, 4, 9, 12, 12, 10, 8, 4, 1), dtype=np.float64)
"""Weights of the hours from 7 to 19, Tokyo time; the lunch break shows."""
_HOUR_US = 3_600_000_000
_FIRST_MIDNIGHT_US = (
    np.datetime64(days.FIRST, "us").astype(np.int64) - days.UTC_OFFSET_HOURS * _HOUR_US
)


@dataclass(frozen=True)
class Climate:
    """Factors common to all accounts, each of shape (DAYS,)."""

    office: Floats
    rush: Floats
    season: Floats

    @classmethod
    def of_japan(cls) -> Climate:
        return cls(days.office_rhythm(), days.month_end_rush(), days.fiscal_season())


@dataclass(frozen=True)
class Usage:
    """Events of one account and product, one array element an event, not in order.

    user: index into the list of users. feature: index into the product's features, -1 a login,
    -2 an invitation refused for want of a seat. time: UTC microseconds. quantity: 0 means none.
    """

    product: str
    user: Ints
    feature: Ints
    time: Ints
    quantity: Ints


def story_factor(account: Account, climate: Climate) -> Floats:
    """How much of its ordinary use the account shows each day, shape (DAYS,)."""
    day = np.arange(DAYS, dtype=np.float64)
    story = account.story
    if story is None:
        return np.ones(DAYS)
    rng = np.random.default_rng((7, account.number))
    if story.kind == "seasonal":
        return climate.season
    if story.kind == "stalled":
        stop = NEVER if story.end is None else story.end
        return np.where((day >= story.begin) & (day < stop), rng.uniform(0.04, 0.12), 1.0)
    if story.kind == "fading":
        length = rng.uniform(45, 90)
        if account.churn is not None:
            length = max(15.0, account.churn - story.begin - 10)
        floor = rng.uniform(0.06, 0.22)
        factor = 1 - (1 - floor) * np.clip((day - story.begin) / length, 0, 1)
        if story.end is not None and account.churn is None:
            return np.maximum(factor, np.clip((day - story.end) / 30, 0, 1))
        return factor
    return np.ones(DAYS)


def _noise(rng: np.random.Generator) -> Floats:
    """A slow wobble of about 10%, week by week, shape (DAYS,)."""
    weeks = DAYS // 7 + 2
    shocks = rng.normal(0, 0.07, weeks)
    level = np.zeros(weeks)
    for before, week in pairwise(range(weeks)):
        level[week] = 0.7 * level[before] + shocks[week]
    return np.interp(np.arange(DAYS) / 7, np.arange(weeks), np.exp(level))


def training_boost(trainings: list[int]) -> Floats:
    """Use goes up by a quarter after a training and wears off in some six weeks, shape (DAYS,)."""
    day = np.arange(DAYS)
    boost = np.ones(DAYS)
    for held in trainings:
        boost += np.where(day > held, 0.25 * np.exp(-(day - held) / 40.0), 0)
    return np.minimum(boost, 1.4)


def _present(
    rng: np.random.Generator, *, crew: list[User], account: Account, product: Product
) -> Bools:
    """Whether each user is there on each day, shape (users, DAYS): between joining and leaving,
    and not on one of two holidays a year."""
    day = np.arange(DAYS)
    join = np.array([max(user.join, product.start) for user in crew])[:, None]
    leave = np.array([min(user.leave, account.last_day) for user in crew])[:, None]
    here = (day >= join) & (day < leave)
    for begin in rng.integers(0, DAYS, size=(3, len(crew), 1)):
        here &= (day < begin) | (day >= begin + 7)
    return here


def _active(
    rng: np.random.Generator,
    *,
    crew: list[User],
    account: Account,
    product: Product,
    company: Floats,
    story: Floats,
) -> Bools:
    """Who uses the product on which day, shape (users, DAYS)."""
    rate = np.array([user.rate for user in crew])[:, None]
    steady = np.array([user.steady for user in crew])[:, None]
    if account.story is not None and account.story.kind == "stalled":
        steady = np.zeros_like(steady)  # where the set-up stops, it is the champion who stops
    own = np.where(steady, np.sqrt(np.minimum(story, 1.0)), story)
    chance = np.minimum(rate * company * own, 0.96)
    here = _present(rng, crew=crew, account=account, product=product)
    return here & (rng.random(chance.shape) < chance)


def adoption_days(rng: np.random.Generator, *, product: Product, eager: bool) -> Ints:
    """The day from which each feature of a product is used; NEVER for those not adopted."""
    found = []
    for rank, feature in enumerate(PRODUCTS[product.name]):
        if feature.phase == "setup":
            found.append(product.start)
        elif feature.phase == "core":
            found.append(product.first_value)
        elif rank > 6 and rng.random() < (0.2 if eager else 0.5):
            found.append(NEVER)
        else:
            found.append(product.first_value + int(rng.exponential(30 * (rank - 5))))
    return np.array(found, dtype=np.int64)


def _chosen(
    rng: np.random.Generator,
    *,
    features: tuple[Feature, ...],
    adopted: Ints,
    day: Ints,
    maker: Bools,
) -> Ints:
    """A feature for each event, drawn among those adopted by its day."""
    makers = np.array([feature.maker for feature in features])
    viewers = np.array([feature.viewer for feature in features])
    weights = np.where(maker[:, None], makers, viewers) * (day[:, None] >= adopted)
    weights[:, 2] += 1e-9  # looking at a preview is possible for everybody
    shares = weights.cumsum(axis=1)
    draw = rng.random(len(day)) * shares[:, -1]
    chosen: Ints = (shares <= draw[:, None]).sum(axis=1).astype(np.int64)
    return chosen


def _quantities(rng: np.random.Generator, *, features: tuple[Feature, ...], chosen: Ints) -> Ints:
    kinds = np.array([feature.quantity or "" for feature in features] + [""])
    kind = kinds[np.where(chosen >= 0, chosen, len(features))]
    pages = np.ceil(np.exp(rng.normal(2.2, 1.1, len(chosen)))).astype(np.int64)
    seconds = np.ceil(np.exp(rng.normal(4.0, 0.9, len(chosen)))).astype(np.int64)
    return np.where(kind == "pages", pages, np.where(kind == "seconds", seconds, 0))


def _times(rng: np.random.Generator, *, day: Ints, session: Ints, login: Bools) -> Ints:
    """Instants: a session begins with the login, the rest follows within ninety minutes."""
    sessions = int(session.max()) + 1 if len(session) else 0
    hour = 7 + rng.choice(len(_HOURS), size=sessions, p=_HOURS / _HOURS.sum())
    begin = hour * _HOUR_US + rng.integers(0, _HOUR_US, sessions)
    later = rng.integers(1_000_000, _HOUR_US * 3 // 2, len(day))
    return _FIRST_MIDNIGHT_US + day * 24 * _HOUR_US + begin[session] + np.where(login, 0, later)


def _refusals(rng: np.random.Generator, *, account: Account, climate: Climate) -> Ints:
    """Days on which the administrator could not invite somebody: no seat was left."""
    story = account.story
    if story is None or story.kind != "seat_shortage":
        return np.zeros(0, dtype=np.int64)
    end = DAYS if story.end is None else story.end
    day = np.arange(DAYS)
    open_ = (day >= story.begin) & (day < end) & (climate.office > 0.5)
    return np.flatnonzero(open_ & (rng.random(DAYS) < 0.15)).astype(np.int64)


def product_usage(
    *,
    account: Account,
    product: Product,
    crew: list[User],
    trainings: list[int],
    climate: Climate,
    seed: int,
) -> Usage:
    """All events of one product at one account; crew: that product's users."""
    rng = np.random.default_rng((seed, 5, account.number, len(product.name)))
    features = PRODUCTS[product.name]
    story = story_factor(account, climate)
    company = climate.office * _noise(rng) * training_boost(trainings)
    active = _active(rng, crew=crew, account=account, product=product, company=company, story=story)
    user, day = (index.astype(np.int64) for index in np.nonzero(active))
    rate = np.array([member.rate for member in crew])[user]
    rush = climate.rush if product.name == "delivery" else np.ones(DAYS)
    done = rng.poisson((0.4 + 1.6 * rate) * rush[day] * np.sqrt(story[day])) + 1
    session = np.repeat(np.arange(len(user), dtype=np.int64), done)
    login = np.concatenate(([True], session[1:] != session[:-1]))[: len(session)]
    day, user = day[session], user[session]
    maker = np.array([member.maker for member in crew])[user]
    adopted = adoption_days(rng, product=product, eager=account.case != "unused_seats")
    chosen = _chosen(rng, features=features, adopted=adopted, day=day, maker=maker)
    chosen = np.where(login, -1, chosen)
    quantity = _quantities(rng, features=features, chosen=chosen)
    time = _times(rng, day=day, session=session, login=login)
    usage = Usage(product.name, user, chosen, time, quantity)
    if product is not account.products[0]:
        return usage
    admin = next(i for i, member in enumerate(crew) if member.role == "admin")
    refused = _refusals(rng, account=account, climate=climate)
    return _with_refusals(rng, usage=usage, refused=refused, admin=admin)


def _with_refusals(rng: np.random.Generator, *, usage: Usage, refused: Ints, admin: int) -> Usage:
    """refused: days on which the administrator's invitation was refused."""
    count = len(refused)
    hours = 24 * refused + rng.integers(10, 17, count)
    return Usage(
        usage.product,
        np.concatenate((usage.user, np.full(count, admin))),
        np.concatenate((usage.feature, np.full(count, -2))),
        np.concatenate((usage.time, _FIRST_MIDNIGHT_US + hours * _HOUR_US)),
        np.concatenate((usage.quantity, np.zeros(count, dtype=np.int64))),
    )


def as_table(account: Account, usages: list[tuple[Usage, list[User]]]) -> pa.Table:
    """The account's events in order of time, with message ids counted in that order."""
    parts = [_product_table(usage, crew) for usage, crew in usages]
    table = pa.concat_tables(parts)
    time = table.column("timestamp").cast(pa.int64()).to_numpy()
    table = table.take(pa.array(np.argsort(time, kind="stable")))
    ids = [f"{account.key}-{n:06d}" for n in range(1, table.num_rows + 1)]
    account_column = pa.array([account.key] * table.num_rows)
    return table.add_column(0, "account", account_column).append_column("message_id", pa.array(ids))


def _product_table(usage: Usage, crew: list[User]) -> pa.Table:
    features = PRODUCTS[usage.product]
    extra = ("invitation_refused", "login")  # at -2 and -1, from the end of the lists
    events = np.array([feature.event for feature in features] + list(extra))
    names = np.array([feature.name for feature in features] + list(extra))
    kinds = np.array([feature.quantity or "" for feature in features] + ["", ""])
    keys = np.array([member.key for member in crew])
    kind = kinds[usage.feature]
    quantity = usage.quantity.astype(np.int32)
    return pa.table(
        {
            "user": keys[usage.user],
            "event": events[usage.feature],
            "feature": names[usage.feature],
            "product": pa.array([usage.product] * len(usage.user)),
            "timestamp": pa.array(usage.time, pa.timestamp("us", tz="UTC")),
            "pages": pa.array(quantity, pa.int32(), mask=kind != "pages"),
            "seconds": pa.array(quantity, pa.int32(), mask=kind != "seconds"),
        }
    )
