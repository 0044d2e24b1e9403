"""Since when a contact has had a role."""

from datetime import date

import pytest

from banso.desk.models import Account, Contact, ContactRole
from banso.desk.queries.book import roles
from banso.desk.services.contact_roles import ToldRole, date_roles
from banso.desk.services.contacts import ContactRow, save_contacts

pytestmark = pytest.mark.django_db


def day(number: int) -> date:
    return date(2026, 5, number)


def known() -> list[tuple[str, int]]:
    rows = ContactRole.objects.order_by("contact", "valid_from")
    return [(x.role, x.valid_from.day) for x in rows]


@pytest.mark.parametrize(
    ("told", "wanted"),
    [
        ([("", 1)], []),
        ([("user", 1), ("user", 5)], [("user", 1)]),
        ([("user", 1), ("admin", 5)], [("user", 1), ("admin", 5)]),
        ([("admin", 5), ("user", 1)], [("user", 1), ("admin", 5)]),  # what comes late
        ([("admin", 5), ("user", 5)], [("user", 5)]),
        ([("admin", 5), ("", 7)], [("admin", 5), ("", 7)]),
        ([("admin", 5), ("user", 7), ("admin", 6)], [("admin", 5), ("user", 7)]),
    ],
)
def test_a_role_lasts_until_another_one_is_told(
    told: list[tuple[str, int]], wanted: list[tuple[str, int]]
) -> None:
    contact = Contact.objects.create(account=Account.objects.create(key="A"), key="c")
    for role, on in told:
        date_roles([ToldRole(contact.pk, role, day(on))])
    assert known() == wanted


def test_a_file_that_says_another_role_counts_from_its_day() -> None:
    def imported(role: str, on: int) -> None:
        row = ContactRow(row=1, account="A", key="c", user="ann", role=role)
        save_contacts([row], effective=day(on))

    for role, on in (("user", 1), ("user", 4), ("admin", 9), ("", 20)):
        imported(role, on)
    assert known() == [("user", 1), ("admin", 9), ("", 20)]
    assert [(x.user, x.role, x.since.day) for x in roles()] == [
        *(("ann", "user", 1), ("ann", "admin", 9)),
        ("ann", "", 20),
    ]


def test_a_contact_whose_role_nobody_has_dated_has_it_for_ever() -> None:
    account = Account.objects.create(key="A")
    Contact.objects.create(account=account, key="c", user="ann", role="admin")
    Contact.objects.create(account=account, key="d", user="bob")
    assert [(x.user, x.role, x.since) for x in roles()] == [("ann", "admin", date.min)]
