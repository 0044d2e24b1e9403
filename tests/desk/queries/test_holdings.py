"""How much the book holds."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from pytest_django import DjangoAssertNumQueries
from tests.desk.alerts import member

from banso.desk.models import Run
from banso.desk.queries.holdings import HeldAttribute, Holdings, holdings
from banso.desk.queries.kept import kept, memory
from banso.desk.queries.scope import EVERYTHING, scope_of
from banso.desk.services.accounts import BEGINNING, AccountRow, save_accounts
from banso.desk.services.contacts import ContactRow, save_contacts
from banso.desk.services.contracts import ContractRow, save_contracts

EFFECTIVE = date(2026, 1, 1)
pytestmark = pytest.mark.django_db
MARCH, APRIL = date(2026, 3, 1), date(2026, 4, 1)


@pytest.fixture(autouse=True)
def nothing_kept() -> Iterator[None]:
    memory.clear()
    yield
    memory.clear()


def fill() -> None:
    for day, plan in ((MARCH, "free"), (APRIL, "pro")):
        save_accounts(
            [
                AccountRow(row=1, key="A", owner="csm", attributes={"plan": plan}),
                AccountRow(row=2, key="B", attributes={"plan": "pro", "trade": "retail"}),
            ],
            effective=day,
        )
    save_contacts(
        [ContactRow(row=n, account="AB"[n % 2], key=f"C{n}") for n in range(3)], effective=EFFECTIVE
    )
    save_contracts(
        [ContractRow(row=1, account="B", key="1", product="", start_on=MARCH, end_on=APRIL)]
    )


def test_everything_is_counted() -> None:
    fill()
    assert holdings(EVERYTHING) == Holdings(
        accounts=2,
        contacts=3,
        contracts=1,
        attributes=[
            HeldAttribute("plan", accounts=2, values=2, latest=APRIL),
            HeldAttribute("trade", accounts=1, values=1, latest=BEGINNING),
        ],
    )


def test_a_reader_is_told_what_their_accounts_hold() -> None:
    mine = member("csm")
    fill()
    assert holdings(scope_of(mine)) == Holdings(
        accounts=1,
        contacts=2,
        contracts=0,
        attributes=[HeldAttribute("plan", accounts=1, values=2, latest=APRIL)],
    )


def test_it_is_counted_once_until_the_book_changes(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    fill()
    with django_assert_num_queries(5):
        before = holdings(EVERYTHING)
    with django_assert_num_queries(1):
        assert holdings(EVERYTHING) == before
    save_accounts([AccountRow(row=1, key="C")], effective=MARCH)
    assert holdings(EVERYTHING).accounts == 3


def test_one_who_may_not_see_amounts_never_gets_what_was_kept_for_another() -> None:
    run = Run(pk=1, finished_at=datetime(2026, 3, 1, tzinfo=UTC))
    assert kept(EVERYTHING, run, "arr", lambda: 1_000) == 1_000
    assert kept(replace(EVERYTHING, revenue=False), run, "arr", lambda: 0) == 0
