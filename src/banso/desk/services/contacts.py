from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db import transaction

from banso.desk.models import Contact
from banso.desk.services.account_ids import of_accounts
from banso.desk.services.contact_roles import ToldRole, date_roles, move_roles
from banso.desk.services.keyed import save_keyed
from banso.desk.services.saved import Saved, sift, too_long

FIELDS = ("user", "name", "email", "role", "left_on", "introduced")
LIMITS = {"account": 200, "key": 200, "user": 200, "name": 200, "email": 254, "role": 100}


@dataclass(frozen=True)
class ContactRow:
    """A person at an account. user: the person's key in usage data, where known."""

    row: int
    account: str
    key: str
    user: str | None = None
    name: str = ""
    email: str = ""
    role: str = ""
    left_on: date | None = None


def _fault(row: ContactRow) -> str | None:
    if not row.account or not row.key:
        return "account is empty" if not row.account else "contact is empty"
    return too_long(row, LIMITS)


def save_contacts(rows: Sequence[ContactRow], *, effective: date) -> Saved:
    """Save contacts; a contact is the same where account and key are. effective: the day from which
    on a role counts that is another one than before."""
    sifted = sift(of_accounts(rows), key=lambda row: (row.account, row.key), fault=_fault)
    with transaction.atomic():
        saved = save_keyed(Contact, sifted, fields=FIELDS, values=_values)
        _replace_introduced(sifted.rows)
        _date(sifted.rows, effective)
    return saved


def _date(rows: Sequence[ContactRow], effective: date) -> None:
    named = {(row.account, row.key) for row in rows}
    found = Contact.objects.filter(
        account__key__in={account for account, _ in named}, key__in={key for _, key in named}
    ).values_list("id", "account__key", "key", "role")
    date_roles(
        ToldRole(number, role, effective)
        for number, account, key, role in found
        if (account, key) in named
    )


def _replace_introduced(rows: Sequence[ContactRow]) -> None:
    """Who now comes from a file is no second contact beside the one the product introduced, whose
    roles so far become theirs."""
    keys = {(row.account, row.user): row.key for row in rows if row.user}
    found = Contact.objects.filter(introduced=True, user__in={user for _, user in keys})
    for old in found.select_related("account"):
        if key := keys.get((old.account.key, old.user)):
            move_roles(old, Contact.objects.get(account=old.account_id, key=key))
            old.delete()


def _values(row: ContactRow) -> tuple[object, ...]:
    return (row.user or "", row.name, row.email, row.role, row.left_on, False)
