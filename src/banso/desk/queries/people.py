"""Who the people at an account are."""

from dataclasses import dataclass
from datetime import date

from banso.desk.models import Contact
from banso.desk.queries.scope import Scope, within


@dataclass(frozen=True)
class Person:
    """A contact. user: the key in usage data, '' where there is none. name: '' where unknown."""

    key: str
    user: str
    name: str
    role: str
    left_on: date | None


def people(scope: Scope, account: int) -> tuple[Person, ...]:
    """All of them, also those who have left, by key. One query."""
    rows = within(scope, Contact.objects.filter(account=account), account="account")
    found = rows.order_by("key").values_list("key", "user", "name", "role", "left_on")
    return tuple(Person(*row) for row in found)
