from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db import transaction

from banso.desk.models import Contact
from banso.desk.services.accounts import BATCH, ensure_accounts
from banso.desk.services.saved import Saved, sift, too_long

FIELDS = ("user", "name", "email", "role", "left_on")
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


@transaction.atomic
def save_contacts(rows: Sequence[ContactRow]) -> Saved:
    """Save contacts; a contact is the same where account and key are."""
    sifted = sift(rows, key=lambda row: (row.account, row.key), fault=_fault)
    ids = ensure_accounts(row.account for row in sifted.rows)
    known = {
        (account, key): tuple(rest)
        for account, key, *rest in Contact.objects.filter(account__in=ids.values()).values_list(
            "account_id", "key", *FIELDS
        )
    }
    changed = []
    for row in sifted.rows:
        values = (row.user or "", row.name, row.email, row.role, row.left_on)
        if known.get((ids[row.account], row.key)) != values:
            fields = dict(zip(FIELDS, values, strict=True))
            changed.append(Contact(account_id=ids[row.account], key=row.key, **fields))
    Contact.objects.bulk_create(
        changed,
        update_conflicts=True,
        unique_fields=["account", "key"],
        update_fields=list(FIELDS),
        batch_size=BATCH,
    )
    unchanged = len(sifted.rows) - len(changed)
    return Saved(len(changed), unchanged + sifted.duplicate, sifted.rejected)
