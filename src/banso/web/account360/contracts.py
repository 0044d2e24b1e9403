"""Contracts and seats of an account, ready to be shown."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import groupby
from typing import Any, Literal

import numpy as np

from banso.core.definitions.metrics import DistinctUsers, Latest, Ratio
from banso.core.definitions.model import Label
from banso.core.health.describe import describe_field
from banso.desk.queries.contracts import ContractView, account_contracts
from banso.web.account360.visit import Visit
from banso.web.tags import day, number, text
from banso.web.why.made_of import address, value_of
from banso.web.why.values import Shown

State = Literal["in_force", "to_come", "ended", "not_known"]
WEEK = 7


@dataclass(frozen=True)
class Row:
    """state: as of the day; not_known: it was signed later. gap: days without a contract before
    it, overlap: days on which the one before ran too; 0 where it follows."""

    contract: ContractView
    state: State
    gap: int
    overlap: int


@dataclass(frozen=True)
class Product:
    """Contracts of one product ('' where none is named), newest first. until: the last day of what
    has been signed as of the day without a gap; None where none is in force. seats: in force."""

    name: str
    rows: Sequence[Row]
    until: date | None
    days_left: int | None
    seats: int | None
    unnamed_seats: bool


@dataclass(frozen=True)
class SeatUse:
    """A ratio of users to seats. share: from 0; None where unmeasured."""

    label: Label
    ratio: Shown
    users: Shown
    seats: Shown
    share: float | None
    ratio_address: str
    users_address: str
    seats_address: str


@dataclass(frozen=True)
class SeatChart:
    """id: unlike any other's on the page. table: the same figures, as {% chart %} takes them."""

    id: str
    label: str
    title: Label
    options: Mapping[str, Any]
    table: tuple[Sequence[str], Sequence[Sequence[str]]]


@dataclass(frozen=True)
class ContractsTab:
    products: Sequence[Product]
    seats: Sequence[SeatUse]
    charts: Sequence[SeatChart]
    currency: str


def contracts_tab(visit: Visit) -> ContractsTab:
    found = account_contracts(visit.scope, visit.head.id)
    ratios = tuple(_ratios(visit))
    return ContractsTab(
        products=[
            _product(_called(visit, name), tuple(rows), visit.as_of)
            for name, rows in groupby(found, key=lambda x: x.product)
        ],
        seats=[_seat_use(visit, x) for x in ratios],
        charts=list(_charts(visit, ratios)),
        currency=visit.definitions.organisation.currency,
    )


def _called(visit: Visit, product: str) -> str:
    return text(visit.definitions.called(f"product.{product}")) if product else ""


def _product(name: str, contracts: Sequence[ContractView], as_of: date) -> Product:
    """contracts: by start."""
    in_force = [x for x in contracts if x.runs_on(as_of)]
    until = _until(contracts, as_of)
    return Product(
        name=name,
        rows=list(_rows(contracts, as_of))[::-1],
        until=until,
        days_left=(until - as_of).days if until is not None else None,
        seats=sum(x.seats or 0 for x in in_force) if in_force else None,
        unnamed_seats=any(x.seats is None for x in in_force),
    )


def _until(contracts: Sequence[ContractView], as_of: date) -> date | None:
    """The end of the chain, as core.metrics.standing tells it."""
    until = max((x.end_on for x in contracts if x.runs_on(as_of)), default=None)
    if until is None:
        return None
    for x in contracts:
        signed = x.signed_on is not None and x.signed_on <= as_of
        if signed and x.start_on <= until + timedelta(days=1):
            until = max(until, x.end_on)
    return until


def _rows(contracts: Sequence[ContractView], as_of: date) -> Iterator[Row]:
    covered: date | None = None
    for x in contracts:
        between = (x.start_on - covered).days - 1 if covered is not None else 0
        last = min(covered, x.end_on) if covered is not None else x.start_on
        yield Row(
            contract=x,
            state=_state(x, as_of),
            gap=max(between, 0),
            overlap=(last - x.start_on).days + 1 if between < 0 else 0,
        )
        covered = max(covered, x.end_on) if covered is not None else x.end_on


def _state(contract: ContractView, as_of: date) -> State:
    if contract.runs_on(as_of):
        return "in_force"
    if contract.end_on < as_of:
        return "ended"
    return "to_come" if contract.known_on(as_of) else "not_known"


def _ratios(visit: Visit) -> Iterator[Ratio]:
    """Ratios of users to seats that the account ever had, in the definitions' order."""
    metrics = visit.definitions.metrics
    for metric in metrics.values():
        if not isinstance(metric, Ratio):
            continue
        below = metrics[metric.by]
        seats = isinstance(below, Latest) and below.of == "contract.seats"
        ever = visit.one.panel.column(metric.by).measured.any()
        if seats and ever and isinstance(metrics[metric.of], DistinctUsers):
            yield metric


def _seat_use(visit: Visit, ratio: Ratio) -> SeatUse:
    as_of = visit.as_of
    share = visit.one.told(ratio.name, as_of).value
    return SeatUse(
        label=describe_field(visit.definitions, ratio.name).label,
        ratio=value_of(visit, ratio.name, as_of),
        users=value_of(visit, ratio.of, as_of),
        seats=value_of(visit, ratio.by, as_of),
        share=share if isinstance(share, float) else None,
        ratio_address=address(visit, ratio.name, as_of),
        users_address=address(visit, ratio.of, as_of),
        seats_address=address(visit, ratio.by, as_of),
    )


def _charts(visit: Visit, ratios: Sequence[Ratio]) -> Iterator[SeatChart]:
    """One for each metric of seats, with every metric of users that is set against it."""
    by_seats: dict[str, list[str]] = {}
    for ratio in ratios:
        by_seats.setdefault(ratio.by, []).append(ratio.of)
    last = visit.one.index(visit.as_of)
    weeks = np.arange(last % WEEK, last + 1, WEEK)
    for at, (seats, users) in enumerate(by_seats.items()):
        yield _chart(visit, f"seats-{at}", seats, users, weeks)


def _chart(
    visit: Visit, name: str, seats: str, users: Sequence[str], weeks: "np.ndarray[Any, Any]"
) -> SeatChart:
    days = [visit.one.calendar.as_of(int(x)) for x in weeks]
    lines = {x: _points(visit, x, weeks) for x in (seats, *users)}
    title = describe_field(visit.definitions, seats).label
    words = {x: text(describe_field(visit.definitions, x).label) for x in lines}
    series = [
        {
            "type": "line",
            "name": words[x],
            "showSymbol": False,
            **({"step": "end"} if x == seats else {}),
            "data": [[d.isoformat(), value] for d, value in zip(days, points, strict=True)],
        }
        for x, points in lines.items()
    ]
    options = {
        "xAxis": {"type": "time"},
        "yAxis": {"type": "value", "minInterval": 1, "min": 0},
        "legend": {"left": 0, "top": 0},
        "grid": {"top": 64},
        "series": series,
    }
    columns = zip(*lines.values(), strict=True)
    rows = [
        (day(d), *("" if value is None else number(value) for value in values))
        for d, values in zip(days, columns, strict=True)
    ]
    label = ", ".join(words.values())
    return SeatChart(name, label, title, options, (["", *words.values()], rows[::-1]))


def _points(visit: Visit, name: str, weeks: "np.ndarray[Any, Any]") -> list[float | None]:
    column = visit.one.panel.column(name)
    pairs = zip(column.values[0, weeks].tolist(), column.measured[0, weeks].tolist(), strict=True)
    return [value if measured else None for value, measured in pairs]
