"""Contacts that the product itself introduces, by what identify calls say of its users.

What a file or a person has entered comes first: of such a contact only what is empty is filled in.
A contact that was introduced follows the newest call.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from banso.desk.models import Contact
from banso.desk.services.account_ids import of_accounts
from banso.desk.services.accounts import ensure_accounts
from banso.desk.services.contact_roles import ToldRole, date_roles, forget_roles
from banso.desk.services.revision import changing
from banso.desk.services.saved import Saved

TOLD = ("user", "name", "email", "role")


@dataclass(frozen=True)
class Introduced:
    """A user of an account, as a call told at an instant. allowed: False where the person has not
    consented: then no contact is made, and what calls had told of one is taken out. day: of the
    call, from which on the role counts."""

    account: str
    user: str
    name: str
    email: str
    role: str
    told_at: datetime
    allowed: bool
    day: date


Person = tuple[int, str]
"""Desk id of the account, key of the user."""


def save_introduced(rows: Sequence[Introduced]) -> Saved:
    """Save what calls told; older than what is known: only which role they had then changes."""
    with changing() as saved:
        told = of_accounts(sorted(rows, key=lambda row: row.told_at))
        ids = ensure_accounts(row.account for row in told)
        people = _people(ids.values())
        fresh: dict[Person, Contact] = {}
        changed: dict[int, Contact] = {}
        seen: dict[int, Contact] = {}
        roles: list[tuple[Contact, str, date]] = []
        for row in told:
            person = ids[row.account], row.user
            contact = people.get(person) or _by_email(people, ids[row.account], row.email)
            if contact is None and row.allowed:
                contact = Contact(account_id=person[0], key=row.user, introduced=True)
                fresh[person] = people[person] = contact
            if contact is None:
                continue
            if contact.told_at and contact.told_at > row.told_at:
                if contact.introduced and contact.role and row.role and row.allowed:
                    roles.append((contact, row.role, row.day))
                continue
            before = _told(contact)
            _take(contact, row)
            if contact.role and contact.role == row.role:
                roles.append((contact, row.role, row.day))
            if contact.id is not None:
                seen[contact.id] = contact
                if _told(contact) != before:
                    changed[contact.id] = contact
        Contact.objects.bulk_create(fresh.values())
        Contact.objects.bulk_update(seen.values(), [*TOLD, "told_at"])
        dated = date_roles(ToldRole(x.pk, role, day) for x, role, day in roles)
        forget_roles([x for x in seen.values() if not x.role])
        stored = max(len(fresh) + len(changed), dated)
        saved.append(Saved(stored, len(rows) - stored))
    return saved[0]


def _people(accounts: Iterable[int]) -> dict[Person, Contact]:
    """Contacts by user; of several of one user, one that a file or a person has entered."""
    rows = Contact.objects.filter(account__in=list(accounts)).order_by("introduced", "key")
    found: dict[Person, Contact] = {}
    for contact in rows:
        found.setdefault((contact.account_id, contact.user or contact.key), contact)
    return found


def _by_email(people: dict[Person, Contact], account: int, email: str) -> Contact | None:
    """The contact with this address whose user nobody knows yet."""
    return next(
        (
            x
            for (place, _), x in people.items()
            if place == account and email and not x.user and x.email.lower() == email.lower()
        ),
        None,
    )


def _take(contact: Contact, row: Introduced) -> None:
    contact.told_at = row.told_at
    contact.user = contact.user or row.user
    if not row.allowed:
        if contact.introduced:
            contact.name = contact.email = contact.role = ""
        return
    for name in ("name", "email", "role"):
        told = getattr(row, name)
        if told and (contact.introduced or not getattr(contact, name)):
            setattr(contact, name, told)


def _told(contact: Contact) -> tuple[str, ...]:
    return tuple(getattr(contact, name) for name in TOLD)
