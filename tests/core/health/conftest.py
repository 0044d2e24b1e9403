"""Panels and definitions written down cell by cell."""

from collections.abc import Callable, Sequence
from datetime import date

import numpy as np
import pytest

from banso.core.definitions import Definitions, loads
from banso.core.metrics.calendar import Calendar
from banso.core.metrics.panel import Panel
from banso.core.unmeasured import Column, Reason

Cell = float | bool | str | Reason
Rows = Sequence[Sequence[Cell]]
MakePanel = Callable[[dict[str, Rows]], Panel]
MakeDefinitions = Callable[[str], Definitions]

BASE = """
organisation: {name: Kaede, time_zone: Asia/Tokyo}
metrics:
  - {name: users, label: {en: Weekly active users, ja: 週間アクティブユーザー},
     kind: distinct_users, window: 7d}
  - {name: depth, label: {en: Features used, ja: 利用機能数}, kind: breadth, window: 28d}
  - {name: idle, label: {en: Last used, ja: 最終利用からの経過}, kind: recency}
"""


def column(rows: Rows) -> Column:
    """A cell is a number, a truth, a text, or the Reason why there is none."""
    reasons = [[cell if isinstance(cell, Reason) else 0 for cell in row] for row in rows]
    plain = [cell for row in rows for cell in row if not isinstance(cell, Reason)]
    shown = np.array(reasons, dtype=np.uint8)
    if plain and isinstance(plain[0], str):
        words = tuple(dict.fromkeys(str(cell) for cell in plain))
        codes = [[words.index(c) if isinstance(c, str) else -1 for c in row] for row in rows]
        return Column(np.array(codes, dtype=np.int32), shown, words)
    if plain and isinstance(plain[0], bool):
        truths = [[cell is True for cell in row] for row in rows]
        return Column(np.array(truths, dtype=np.bool_), shown)
    numbers = [[np.nan if isinstance(c, Reason) else float(c) for c in row] for row in rows]
    return Column(np.array(numbers, dtype=np.float64), shown)


@pytest.fixture(scope="session")
def make_panel() -> MakePanel:
    """From rows of cells by name: one row an account, one cell an as_of day from 2026-04-01.
    The rows named `customer` say when each is one; without them all are, always."""

    def make(columns: dict[str, Rows]) -> Panel:
        accounts, days = np.shape(next(iter(columns.values())))[:2]
        columns = dict(columns)
        customer = columns.pop("customer", [[True] * days] * accounts)
        return Panel(
            accounts=np.arange(101, 101 + accounts, dtype=np.int32),
            calendar=Calendar(zone="Asia/Tokyo", first=date(2026, 4, 1), days=days),
            customer=np.array(customer, dtype=np.bool_),
            columns={name: column(rows) for name, rows in columns.items()},
        )

    return make


@pytest.fixture(scope="session")
def make_definitions() -> MakeDefinitions:
    """The three metrics users, depth and idle, and what the text adds to them."""
    return lambda text: loads({"base.yaml": BASE, "more.yaml": text})
