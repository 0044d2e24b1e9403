import json
from base64 import urlsafe_b64encode
from datetime import date
from itertools import pairwise

import pytest
from django.db.models import F, Q
from hypothesis import given
from hypothesis import strategies as st

from banso.desk.models import Contract
from banso.desk.queries.keyset import Key, Kind, Order, page, pages
from banso.desk.services.contracts import ContractRow, save_contracts

pytestmark = pytest.mark.django_db

PLACES: dict[Kind, object] = {
    "text": "K2",
    "integer": 2,
    "number": 0.5,
    "day": "2026-04-02",
}
FIELDS = ("key",)


def by(path: str, kind: Kind, *, descending: bool = False) -> Order:
    return Order(
        path,
        (Key(F(path), kind),),
        "id",
        present=Q((f"{path}__isnull", False)),
        absent=Q((f"{path}__isnull", True)),
        descending=descending,
    )


BY_SEATS = by("seats", "integer")


def contracts(*seats: int | None) -> None:
    rows = [
        ContractRow(
            row=n,
            account="A1",
            key=f"K{n}",
            product="",
            start_on=date(2026, 4, 1),
            end_on=date(2026, 4, 1),
            seats=number,
        )
        for n, number in enumerate(seats)
    ]
    assert save_contracts(rows).stored == len(rows)


def keys(order: Order, cursor: str | None = None, size: int = 2) -> list[str]:
    found = page(Contract.objects.all(), order, fields=FIELDS, cursor=cursor, size=size)
    return [row["key"] for row in found.items]


def cursor(content: object) -> str:
    return urlsafe_b64encode(json.dumps(content).encode()).decode()


def test_pages_follow_one_another_and_lead_back() -> None:
    contracts(30, None, 10, 20, None)
    rows = Contract.objects.all()
    first = page(rows, BY_SEATS, fields=FIELDS, size=2)
    second = page(rows, BY_SEATS, fields=FIELDS, cursor=first.next, size=2)
    third = page(rows, BY_SEATS, fields=FIELDS, cursor=second.next, size=2)

    assert [[x["key"] for x in p.items] for p in (first, second, third)] == [
        ["K2", "K3"],
        ["K0", "K1"],
        ["K4"],
    ]
    assert (first.previous, third.next) == (None, None)
    assert keys(BY_SEATS, third.previous) == ["K0", "K1"]
    assert keys(BY_SEATS, second.previous) == ["K2", "K3"]


def test_rows_without_a_value_come_last_in_both_directions() -> None:
    contracts(30, None, 10)

    assert keys(BY_SEATS, size=5) == ["K2", "K0", "K1"]
    assert keys(by("seats", "integer", descending=True), size=5) == ["K0", "K2", "K1"]


def test_a_row_that_comes_before_moves_none_into_the_next_page() -> None:
    contracts(10, 20, 30, 40)
    after = page(Contract.objects.all(), BY_SEATS, fields=FIELDS, size=2).next

    Contract.objects.filter(key="K3").update(seats=5)

    assert keys(BY_SEATS, after) == ["K2"]


def test_a_page_whose_rows_are_gone_is_the_first_one() -> None:
    contracts(10, 20, 30)
    first = page(Contract.objects.all(), BY_SEATS, fields=FIELDS, size=2)
    second = page(Contract.objects.all(), BY_SEATS, fields=FIELDS, cursor=first.next, size=2)

    Contract.objects.filter(key="K2").delete()
    assert keys(BY_SEATS, first.next) == ["K0", "K1"]

    Contract.objects.filter(key="K0").delete()
    assert keys(BY_SEATS, second.previous) == ["K1"]


def test_no_page_has_no_cursors() -> None:
    found = page(Contract.objects.all(), BY_SEATS, fields=FIELDS)
    assert (found.items, found.next, found.previous) == ((), None, None)


def test_all_pages_are_all_rows() -> None:
    contracts(3, 1, None, 2, 1)
    found = pages(Contract.objects.all(), BY_SEATS, fields=FIELDS, size=2)
    assert [row["key"] for one in found for row in one.items] == ["K1", "K4", "K3", "K0", "K2"]


@pytest.mark.parametrize(
    "text",
    [
        "nonsense",
        "é",
        "=",
        "A" * 10_000,
        cursor([]),
        cursor({"seats": 1}),
        cursor("seats"),
        cursor(["-seats", False, [20], 1]),
        cursor(["id", False, [20], 1]),
        cursor(["seats", "no", [20], 1]),
        cursor(["seats", False, [20, 1], 1]),
        cursor(["seats", False, [], 1]),
        cursor(["seats", False, ["20"], 1]),
        cursor(["seats", False, [2**63], 1]),
        cursor(["seats", False, [[20]], 1]),
        cursor(["seats", False, ["x'; DROP TABLE contract"], 1]),
        cursor(["seats", False, [20], "1"]),
        cursor(["seats", False, [20], True]),
        cursor(["seats", False, [20], 2**63]),
        cursor(["seats", False, None, None]),
        "WyJhcnIi" * 500,
    ],
)
def test_what_is_no_cursor_of_this_order_gives_the_first_page(text: str) -> None:
    contracts(10, 20, 30)
    assert keys(BY_SEATS, text) == ["K0", "K1"]


@pytest.mark.parametrize(
    ("path", "kind", "bad"),
    [
        ("key", "text", "a\0b"),
        ("key", "text", "\ud800"),
        ("key", "text", 1),
        ("seats", "integer", 1.5),
        ("seats", "integer", 10**30),
        ("seats", "number", float("nan")),
        ("seats", "number", float("inf")),
        ("seats", "number", "1"),
        ("seats", "number", True),
        pytest.param("seats", "number", 10**400, id="too big for a float"),
        ("start_on", "day", "2026-13-01"),
        ("start_on", "day", 20260401),
    ],
)
def test_what_postgresql_would_not_take_never_reaches_it(
    path: str, kind: Kind, bad: object
) -> None:
    contracts(10, 20, 30)
    order = by(path, kind)

    assert keys(order, cursor([path, False, [bad], 0])) == ["K0", "K1"]
    assert keys(order, cursor([path, False, [PLACES[kind]], 0])) != []


@given(
    seats=st.lists(st.none() | st.integers(0, 3), max_size=9),
    size=st.integers(1, 4),
    descending=st.booleans(),
)
def test_pages_one_after_the_other_are_the_sorted_list_and_so_they_are_backwards(
    seats: list[int | None], size: int, descending: bool
) -> None:
    Contract.objects.all().delete()
    contracts(*seats)
    order = by("seats", "integer", descending=descending)
    known = [(x, n) for n, x in enumerate(seats) if x is not None]
    unknown = [n for n, x in enumerate(seats) if x is None]
    wanted = [n for _, n in sorted(known, reverse=descending)]
    wanted += sorted(unknown, reverse=descending)

    found = list(pages(Contract.objects.all(), order, fields=FIELDS, size=size))

    assert [row["key"] for one in found for row in one.items] == [f"K{n}" for n in wanted]
    for before, after in pairwise(found):
        assert keys(order, after.previous, size) == [row["key"] for row in before.items]
