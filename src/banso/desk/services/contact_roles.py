"""Since when a contact has had a role. In the transaction that saves the contact."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from banso.desk.models import Contact, ContactRole
from banso.desk.services.accounts import BATCH


@dataclass(frozen=True)
class ToldRole:
    """role: '' where they have none any more."""

    contact: int
    role: str
    day: date


def date_roles(told: Iterable[ToldRole]) -> int:
    """Remember what is told of a day; how much of it is new. Of several of one contact and day the
    last one counts. What says nothing new is not written: a role lasts until another one is told.
    """
    said = {(x.contact, x.day): x.role for x in told}
    known = _known({contact for contact, _ in said})
    fresh = []
    for (contact, day), role in sorted(said.items()):
        days = known.setdefault(contact, {})
        before = max((x for x in days if x <= day), default=None)
        if (role == "") if not days else (before is not None and days[before] == role):
            continue
        days[day] = role
        fresh.append(ContactRole(contact_id=contact, role=role, valid_from=day))
    ContactRole.objects.bulk_create(
        fresh,
        update_conflicts=True,
        unique_fields=["contact", "valid_from"],
        update_fields=["role"],
        batch_size=BATCH,
    )
    return len(fresh)


def move_roles(old: Contact, new: Contact) -> None:
    """What was told of one contact is told of another; of a day that both know, the other's own."""
    known = ContactRole.objects.filter(contact=new).values("valid_from")
    ContactRole.objects.filter(contact=old).exclude(valid_from__in=known).update(contact=new)


def forget_roles(contacts: Sequence[Contact]) -> None:
    """Who takes consent back is not kept with what they once were."""
    ContactRole.objects.filter(contact__in=contacts).delete()


def _known(contacts: Iterable[int]) -> dict[int, dict[date, str]]:
    found: dict[int, dict[date, str]] = {}
    rows = ContactRole.objects.filter(contact__in=list(contacts))
    for contact, day, role in rows.values_list("contact", "valid_from", "role"):
        found.setdefault(contact, {})[day] = role
    return found
