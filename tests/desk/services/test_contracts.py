from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from banso.desk.models import Contract
from banso.desk.services.contacts import ContactRow, save_contacts
from banso.desk.services.contracts import ContractRow, save_contracts
from banso.desk.services.saved import RejectedRow, Saved

EFFECTIVE = date(2026, 1, 1)
pytestmark = pytest.mark.django_db

CONTRACT = ContractRow(
    row=2,
    account="A1",
    key="K1",
    product="delivery",
    start_on=date(2026, 4, 1),
    end_on=date(2027, 3, 31),
    seats=50,
    arr=Decimal(1200000),
    currency="JPY",
)
CONTACT = ContactRow(row=2, account="A1", key="C1", user="u1", name="田中", role="champion")


def test_a_contract_is_stored_once_and_a_changed_one_again() -> None:
    assert save_contracts([CONTRACT]) == Saved(1, 0)
    assert save_contracts([CONTRACT]) == Saved(0, 1)
    assert save_contracts([replace(CONTRACT, seats=80)]) == Saved(1, 0)
    assert list(Contract.objects.values_list("account__key", "seats", "arr")) == [
        ("A1", 80, Decimal("1200000.00"))
    ]


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"account": ""}, "account is empty"),
        ({"key": ""}, "contract is empty"),
        ({"end_on": date(2026, 3, 31)}, "end_on 2026-03-31 is before start_on 2026-04-01"),
        ({"seats": -1}, "seats -1 is not between 0 and 2147483647"),
        ({"arr": Decimal("NaN")}, "arr NaN is not between 0 and 10000000000000"),
        ({"currency": "円"}, "currency '円' is not an ISO 4217 code such as JPY"),
    ],
)
def test_an_impossible_contract_is_rejected_with_its_reason(
    change: dict[str, object], reason: str
) -> None:
    bad = replace(CONTRACT, **change)  # type: ignore[arg-type]

    assert save_contracts([bad]) == Saved(0, 0, (RejectedRow(2, reason),))


def test_a_contact_is_stored_once_and_a_changed_one_again() -> None:
    left = replace(CONTACT, left_on=date(2026, 9, 30))

    assert save_contacts([CONTACT], effective=EFFECTIVE) == Saved(1, 0)
    assert save_contacts([CONTACT], effective=EFFECTIVE) == Saved(0, 1)
    assert save_contacts([left], effective=EFFECTIVE) == Saved(1, 0)


def test_a_contact_without_account_or_key_is_rejected() -> None:
    rows = [replace(CONTACT, row=2, account=""), replace(CONTACT, row=3, key="")]

    assert save_contacts(rows, effective=EFFECTIVE) == Saved(
        0, 0, (RejectedRow(2, "account is empty"), RejectedRow(3, "contact is empty"))
    )
