"""Contracts and seats of an account."""

import json
from datetime import date
from decimal import Decimal
from itertools import pairwise

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from tests.pipeline.one_vendor import TODAY, ago, fact
from tests.web.conftest import AsMember
from tests.web.house_of_one import card, furnished, page, reader, rows, the_account
from tests.web.site import Site

from banso.cli.session import Session
from banso.desk.services.contracts import ContractRow, save_contracts

SEATS = """
metrics:
  - {name: users, kind: distinct_users, window: 28d}
  - {name: seats, kind: latest, of: contract.seats, where: product = 'web'}
  - {name: bi_seats, kind: latest, of: contract.seats, where: product = 'bi'}
  - {name: share, kind: ratio, of: users, by: seats}
  - {name: bi_share, kind: ratio, of: users, by: bi_seats}
"""


def address(query: str = "") -> str:
    return reverse("account_contracts", args=(the_account(),)) + query


def contract(key: str, first: date, last: date, **others: object) -> None:
    values = {"row": 0, "account": "A1", "key": key, "product": "web", **others}
    assert save_contracts([ContractRow(start_on=first, end_on=last, **values)]).rejected == ()  # type: ignore[arg-type]  # a test's own values


def test_contracts_are_told_by_product_with_their_state_and_how_they_follow(
    session: Session,
) -> None:
    furnished(session, events=[fact(ago(90))])
    contract("w1", date(2024, 6, 1), date(2025, 5, 31), seats=5)
    contract("w2", date(2025, 7, 1), date(2026, 6, 30), signed_on=date(2025, 6, 20), seats=8)
    contract("w3", date(2026, 7, 1), date(2027, 6, 30), signed_on=ago(3), arr=Decimal(1000))
    contract("w4", date(2027, 7, 1), date(2028, 6, 30), signed_on=ago(-9))
    contract("b1", ago(60), ago(30), product="bi")
    contract("b2", ago(40), ago(10), product="bi")
    shown = page(reader(), address())
    web = card(shown, "web")
    assert web.one("p").text == "Signed until 30 Jun 2027, 394 days from now · 8 seats"
    assert [(x[0], x[1], x[-1]) for x in rows(web)] == [
        ("w4", "Not known yet on this day", "without a gap"),
        ("w3", "Signed, begins later", "without a gap"),
        ("w2", "In force", "30 days without a contract"),
        ("w1", "Ended", "the first one"),
    ]
    assert rows(web)[1][2:7] == ["1 Jul 2026", "30 Jun 2027", "29 May 2026", "not told", "¥1,000"]
    bi = card(shown, "bi")
    assert bi.one("p").text == "No contract in force"
    assert [(x[0], x[-1]) for x in rows(bi)] == [
        ("b2", "overlaps by 11 days"),
        ("b1", "the first one"),
    ]


def test_the_end_of_the_chain_is_the_one_that_metrics_tell(session: Session) -> None:
    text = "metrics: [{name: days, kind: latest, of: contract.days_to_end}]"
    furnished(session, text, events=[fact(ago(90))])
    contract("w1", ago(300), ago(-20), signed_on=ago(310))
    contract("w2", ago(-21), ago(-50), signed_on=ago(1))
    contract("w3", ago(-60), ago(-90), signed_on=ago(1))
    client = reader()
    why = page(client, reverse("why", args=(the_account(), "days")))
    assert why.one(class_="why-value").text == "50"
    counted = {x[0]: x[-1] for x in rows(card(why, "Contracts"))}
    assert counted == {"w1": "Yes", "w2": "Yes", "w3": "No"}
    assert "50 days from now" in card(page(client, address()), "web").text


def test_seats_stand_beside_who_uses_them_each_with_its_why(session: Session) -> None:
    events = [fact(ago(day), user=f"u{day % 3}") for day in range(1, 90)]
    furnished(session, SEATS, events=events)
    contract("w1", ago(80), ago(-80), seats=6)
    client = reader()
    shown = page(client, address())
    seats = card(shown, "Seats and who uses them")
    assert rows(seats) == [["share", "3", "6", "50%"]]
    links = [x.attrs["href"] for x in seats.all("a")]
    assert links == [reverse("why", args=(the_account(), x)) for x in ("share", "users", "seats")]
    options = json.loads(shown.one("script", id="seats-0-options").text)
    lines = {x["name"]: x["data"] for x in options["series"]}
    assert sorted(lines) == ["seats", "users"]
    assert lines["seats"][-1] == [TODAY.isoformat(), 6.0]
    assert lines["users"][-1] == [TODAY.isoformat(), 3.0]
    assert lines["seats"][0][1] is None  # before the contract nothing is known
    days = [date.fromisoformat(x[0]) for x in lines["seats"]]
    assert {(b - a).days for a, b in pairwise(days)} == {7}


def test_without_a_ratio_it_is_told_what_would_show_the_use_of_seats(session: Session) -> None:
    furnished(session, events=[fact(ago(90))])
    contract("w1", ago(80), ago(-80), seats=6)
    assert "A metric of kind ratio" in page(reader(), address()).one(class_="notice").text


def test_an_account_without_contracts_teaches_the_next_step(session: Session) -> None:
    furnished(session, SEATS, events=[fact(ago(90))])
    shown = page(reader(), address())
    assert shown.one(class_="empty").one("code").text == "banso import contracts FILE"


def test_amounts_have_no_column_for_those_who_may_not_see_them(session: Session) -> None:
    furnished(session, events=[fact(ago(90))])
    contract("w1", ago(80), ago(-80), arr=Decimal(1_234_567), currency="USD")
    assert (
        "US$1,234,567" in page(reader(), address()).text
        or "$1,234,567" in page(reader(), address()).text
    )
    html = reader(revenue=False).get(address()).content.decode()
    assert "1,234,567" not in html
    assert "ARR" not in html


def test_a_past_day_shows_the_contracts_as_they_stood(session: Session) -> None:
    furnished(session, events=[fact(ago(90))])
    contract("w1", ago(80), ago(20), seats=6)
    client = reader()
    assert rows(card(page(client, address(f"?as_of={ago(30)}")), "web"))[0][1] == "In force"
    assert rows(card(page(client, address()), "web"))[0][1] == "Ended"


def test_the_number_of_queries_is_fixed(session: Session) -> None:
    furnished(session, SEATS, events=[fact(ago(90))])
    for number in range(30):
        contract(f"w{number}", ago(80 - number), ago(-80), seats=6)
    client = reader()
    client.get(address())
    with CaptureQueriesContext(connection) as asked:
        client.get(address())
    assert len(asked) <= 10


@pytest.mark.parametrize("handle", ["csm", "manager"])
def test_an_account_out_of_reach_is_not_found(
    vendor_site: Site, as_member: AsMember, handle: str
) -> None:
    for key in vendor_site.unseen(handle):
        target = reverse("account_contracts", args=(vendor_site.accounts[key],))
        assert as_member(handle).get(target).status_code == 404
