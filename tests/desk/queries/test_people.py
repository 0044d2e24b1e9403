"""People at an account, as far as the reader reaches it."""

from datetime import date

import pytest
from tests.desk.alerts import member

from banso.desk.models import Account, Contact, ContactRole
from banso.desk.queries.people import Person, people
from banso.desk.queries.scope import EVERYTHING, scope_of

pytestmark = pytest.mark.django_db

LEFT = date(2026, 5, 1)


def test_everybody_is_told_by_key_also_who_has_left() -> None:
    owner = member("owner")
    account = Account.objects.create(key="A", owner=owner)
    Contact.objects.create(account=account, key="c2", name="坂東", role="head", left_on=LEFT)
    Contact.objects.create(account=account, key="c1", user="ann")
    Contact.objects.create(account=Account.objects.create(key="B"), key="c3")
    told = (Person("c1", "ann", "", "", None), Person("c2", "", "坂東", "head", LEFT))
    assert people(EVERYTHING, account.pk, as_of=LEFT) == told
    assert people(scope_of(owner), account.pk, as_of=LEFT) == told
    assert people(scope_of(member("somebody")), account.pk, as_of=LEFT) == ()


def test_their_role_is_that_of_the_day_and_the_first_one_counts_before_it_too() -> None:
    account = Account.objects.create(key="A")
    ann = Contact.objects.create(account=account, key="ann", role="admin")
    for role, day in (("user", 3), ("", 10), ("admin", 20)):
        ContactRole.objects.create(contact=ann, role=role, valid_from=date(2026, 5, day))

    def role(day: int) -> str:
        (found,) = people(EVERYTHING, account.pk, as_of=date(2026, 5, day))
        return found.role

    assert [role(x) for x in (1, 3, 9, 10, 19, 20, 31)] == [
        *("user", "user", "user", "", ""),
        *("admin", "admin"),
    ]
