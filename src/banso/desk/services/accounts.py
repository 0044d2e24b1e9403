from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from django.db import transaction

from banso.desk.models import Account, AccountAttribute, Assignment, Member
from banso.desk.services.saved import Saved, sift, too_long

BEGINNING = date(1900, 1, 1)
"""The first value ever known of an attribute counts from here: as far as anybody knows it was
always so. Later values count from the day they were given for."""

BATCH = 2_000


@dataclass(frozen=True)
class AccountRow:
    """An account as a file tells it; None and absent attributes leave what is known."""

    row: int
    key: str
    name: str | None = None
    started_on: date | None = None
    owner: str | None = None
    attributes: Mapping[str, str] | None = None


@transaction.atomic
def ensure_accounts(keys: Iterable[str]) -> dict[str, int]:
    """Desk ids of accounts by key; accounts not met before are made."""
    wanted = sorted(set(keys))
    Account.objects.bulk_create(
        [Account(key=key) for key in wanted], ignore_conflicts=True, batch_size=BATCH
    )
    return dict(Account.objects.filter(key__in=wanted).values_list("key", "id"))


def _fault(row: AccountRow) -> str | None:
    if not row.key:
        return "account is empty"
    long = too_long(row, {"key": 200, "name": 300, "owner": 254})
    names = [name for name in row.attributes or {} if len(name) > 100]
    return long or (f"attribute name '{names[0]}' is longer than 100 characters" if names else None)


@transaction.atomic
def save_accounts(rows: Sequence[AccountRow], *, effective: date) -> Saved:
    """Save accounts with their owners and attributes.

    effective: the day from which a changed owner or attribute is true.
    """
    sifted = sift(rows, key=lambda row: row.key, fault=_fault)
    ids = ensure_accounts(row.key for row in sifted.rows)
    accounts = {x.key: x for x in Account.objects.filter(id__in=ids.values())}
    members = _members(row.owner for row in sifted.rows if row.owner)
    known = _attributes_as_of(list(ids.values()), effective)
    changed: set[str] = set()
    new_attributes: list[AccountAttribute] = []
    for row in sifted.rows:
        account = accounts[row.key]
        found = _changed_attributes(row, account, known.get(account.id, {}), effective)
        new_attributes += found
        if _change(account, row, members, effective) or found:
            changed.add(row.key)
    Account.objects.bulk_update(
        [accounts[key] for key in changed], ["name", "started_on", "owner"], batch_size=BATCH
    )
    AccountAttribute.objects.bulk_create(
        new_attributes,
        update_conflicts=True,
        unique_fields=["account", "name", "valid_from"],
        update_fields=["value"],
        batch_size=BATCH,
    )
    unchanged = len(sifted.rows) - len(changed)
    return Saved(len(changed), unchanged + sifted.duplicate, sifted.rejected)


def _members(handles: Iterable[str]) -> dict[str, Member]:
    wanted = sorted(set(handles))
    fresh = []
    for handle in wanted:
        member = Member(handle=handle, name=handle, email=handle if "@" in handle else "")
        member.set_unusable_password()
        fresh.append(member)
    Member.objects.bulk_create(fresh, ignore_conflicts=True)
    return {member.handle: member for member in Member.objects.filter(handle__in=wanted)}


def _attributes_as_of(accounts: list[int], day: date) -> dict[int, dict[str, str]]:
    known: dict[int, dict[str, str]] = {}
    rows = AccountAttribute.objects.filter(account__in=accounts, valid_from__lte=day)
    for account, name, value in rows.order_by("valid_from").values_list(
        "account_id", "name", "value"
    ):
        known.setdefault(account, {})[name] = value
    return known


def _changed_attributes(
    row: AccountRow, account: Account, known: Mapping[str, str], effective: date
) -> list[AccountAttribute]:
    return [
        AccountAttribute(
            account=account,
            name=name,
            value=value,
            valid_from=effective if name in known else BEGINNING,
        )
        for name, value in (row.attributes or {}).items()
        if known.get(name) != value
    ]


def _change(
    account: Account, row: AccountRow, members: Mapping[str, Member], effective: date
) -> bool:
    before = (account.name, account.started_on, account.owner_id)
    account.name = row.name or account.name
    account.started_on = row.started_on or account.started_on
    if row.owner and members[row.owner].id != account.owner_id:
        _assign(account, members[row.owner], effective)
    return before != (account.name, account.started_on, account.owner_id)


def _assign(account: Account, member: Member, day: date) -> None:
    """From `day` on the account is `member`'s; the assignment before it ends there."""
    Assignment.objects.filter(account=account, ended_on__isnull=True).update(ended_on=day)
    Assignment.objects.create(account=account, member=member, started_on=day)
    account.owner = member
