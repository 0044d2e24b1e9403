"""Who the people at an account are."""

from dataclasses import dataclass
from datetime import date

from django.db.models import OuterRef, Subquery
from django.db.models.functions import Coalesce

from banso.desk.models import Contact, ContactRole
from banso.desk.queries.scope import Scope, within


@dataclass(frozen=True)
class Person:
    """A contact. user: the key in usage data, '' where there is none. name: '' where unknown. role:
    on the day that was asked for."""

    key: str
    user: str
    name: str
    role: str
    left_on: date | None


def people(scope: Scope, account: int, *, as_of: date) -> tuple[Person, ...]:
    """All of them, also those who have left, by key. One query."""
    told = ContactRole.objects.filter(contact=OuterRef("pk"))
    then = told.filter(valid_from__lte=as_of).order_by("-valid_from")
    first = told.order_by("valid_from")
    role = Coalesce(Subquery(then.values("role")[:1]), Subquery(first.values("role")[:1]), "role")
    rows = within(scope, Contact.objects.filter(account=account), account="account")
    found = rows.order_by("key").values_list("key", "user", "name", role, "left_on")
    return tuple(Person(*row) for row in found)
