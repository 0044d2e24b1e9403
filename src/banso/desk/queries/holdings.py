"""How much the book holds, of all that a reader sees."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import Count, Max

from banso.desk.models import Account, AccountAttribute, Contact, Contract
from banso.desk.queries.kept import kept_of_book
from banso.desk.queries.scope import Scope, within


@dataclass(frozen=True)
class HeldAttribute:
    """values: different ones that any account has or had. latest: from when the newest holds."""

    name: str
    accounts: int
    values: int
    latest: date


@dataclass(frozen=True)
class Holdings:
    accounts: int
    contacts: int
    contracts: int
    attributes: Sequence[HeldAttribute]


def holdings(scope: Scope) -> Holdings:
    return kept_of_book(scope, "holdings", lambda: _holdings(scope))


def _holdings(scope: Scope) -> Holdings:
    rows = within(scope, AccountAttribute.objects.all(), account="account").order_by()
    attributes = rows.values_list("name").annotate(
        accounts=Count("account", distinct=True),
        values=Count("value", distinct=True),
        latest=Max("valid_from"),
    )
    return Holdings(
        accounts=within(scope, Account.objects.all()).count(),
        contacts=within(scope, Contact.objects.all(), account="account").count(),
        contracts=within(scope, Contract.objects.all(), account="account").count(),
        attributes=[HeldAttribute(*row) for row in attributes.order_by("name")],
    )
