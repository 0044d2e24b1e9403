"""Contracts of an account, as far as the reader may see them."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from tests.desk.alerts import member

from banso.desk.models import Account, Contract
from banso.desk.queries.contracts import ContractView, account_contracts
from banso.desk.queries.scope import EVERYTHING, NOTHING, scope_of

pytestmark = pytest.mark.django_db

VIEW = ContractView(
    key="c1",
    product="web",
    start_on=date(2026, 4, 1),
    end_on=date(2027, 3, 31),
    signed_on=date(2026, 3, 1),
    seats=10,
    arr=Decimal("1200.50"),
    currency="JPY",
)


def saved(account: Account, *views: ContractView) -> None:
    for view in views:
        Contract.objects.create(account=account, **vars(view))


def test_they_come_by_product_and_start() -> None:
    account = Account.objects.create(key="A")
    later = replace(VIEW, key="c2", start_on=date(2027, 4, 1), end_on=date(2028, 3, 31))
    other = replace(VIEW, key="c0", product="bi", signed_on=None, seats=None, arr=None)
    saved(account, later, VIEW, other)
    saved(Account.objects.create(key="B"), replace(VIEW, key="b"))
    assert account_contracts(EVERYTHING, account.pk) == (other, VIEW, later)


def test_amounts_are_hidden_from_those_who_may_not_see_them() -> None:
    account = Account.objects.create(key="A")
    saved(account, VIEW)
    scope = replace(EVERYTHING, revenue=False)
    assert account_contracts(scope, account.pk) == (replace(VIEW, arr=None),)


def test_those_of_accounts_out_of_reach_are_not_there() -> None:
    owner, somebody = member("owner"), member("somebody")
    account = Account.objects.create(key="A", owner=owner)
    saved(account, VIEW)
    assert account_contracts(scope_of(owner), account.pk) == (VIEW,)
    assert account_contracts(scope_of(somebody), account.pk) == ()
    assert account_contracts(NOTHING, account.pk) == ()


@pytest.mark.parametrize(
    ("day", "runs", "known"),
    [
        (date(2026, 2, 28), False, False),
        (date(2026, 3, 1), False, True),
        (date(2026, 4, 1), True, True),
        (date(2027, 3, 31), True, True),
        (date(2027, 4, 1), False, True),
    ],
)
def test_it_runs_on_both_its_days_and_is_known_once_signed(
    day: date, runs: bool, known: bool
) -> None:
    assert (VIEW.runs_on(day), VIEW.known_on(day)) == (runs, known)


def test_a_contract_without_a_day_of_signing_is_known_from_its_start_on() -> None:
    unsigned = replace(VIEW, signed_on=None)
    assert not unsigned.known_on(date(2026, 3, 31))
    assert unsigned.known_on(date(2026, 4, 1))
