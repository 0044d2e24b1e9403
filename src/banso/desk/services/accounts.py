from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from django.db import transaction
from django.db.models.functions import Coalesce

from banso.desk.models import Account, AccountAttribute, AccountGrams, Assignment, Member
from banso.desk.search import fold_name, grams
from banso.desk.services.account_ids import claims, save_claims
from banso.desk.services.revision import changing
from banso.desk.services.saved import Saved, Sifted, sift, too_long

BEGINNING = date(1900, 1, 1)
"""The first value ever known of an attribute counts from here: as far as anybody knows it was
always so. Later values count from the day they were given for."""

BATCH = 2_000


@dataclass(frozen=True)
class AccountRow:
    """An account as a file tells it; None and absent attributes leave what is known.

    effective_on: the day from which owner and attributes are true, where the row says it.
    """

    row: int
    key: str
    name: str | None = None
    started_on: date | None = None
    owner: str | None = None
    attributes: Mapping[str, str] | None = None
    effective_on: date | None = None


@transaction.atomic
def ensure_accounts(keys: Iterable[str]) -> dict[str, int]:
    """Desk ids of accounts by key; accounts not met before are made."""
    wanted = set(keys)
    known = _ids(wanted)
    fresh = sorted(wanted - known.keys())
    Account.objects.bulk_create(
        [Account(key=key, folded=fold_name("", key)) for key in fresh],
        ignore_conflicts=True,  # another process may have met them too
        batch_size=BATCH,
    )
    made = {x.key: x for x in Account.objects.filter(key__in=fresh)}
    AccountGrams.objects.bulk_create(
        [_grams(x) for x in made.values()], ignore_conflicts=True, batch_size=BATCH
    )
    return known | {key: x.id for key, x in made.items()}


def _grams(account: Account) -> AccountGrams:
    told = grams(f"{account.name} {account.key}")
    return AccountGrams(account=account, folded=account.folded, grams=told)


def _ids(keys: Collection[str]) -> dict[str, int]:
    """Of one that was merged into another, the other's."""
    rows = Account.every.filter(key__in=keys)
    return dict(rows.values_list("key", Coalesce("merged_into", "id")))


def _fault(row: AccountRow, *, latest: date) -> str | None:
    if not row.key:
        return "account is empty"
    if row.effective_on and row.effective_on > latest:
        return f"takes effect on {row.effective_on}, after {latest}; import it on that day"
    long = too_long(row, {"key": 200, "name": 300, "owner": 254})
    names = [name for name in row.attributes or {} if len(name) > 100]
    return long or (f"attribute name '{names[0]}' is longer than 100 characters" if names else None)


def save_accounts(
    rows: Sequence[AccountRow],
    *,
    effective: date,
    today: date | None = None,
    ids: Collection[str] = (),
) -> Saved:
    """Save accounts with their owners and attributes, in one transaction.

    effective: the day from which a changed owner or attribute is true, where its row says none.
    today: no row may say a later day (default: than `effective`). An account may come several
    times with days of its own, oldest first in effect. ids: names of attributes that are other ids
    of the account; a row with one that belongs to somebody else is rejected.
    """
    with changing() as saved:
        claimed = claims(rows, names=ids)
        sifted = sift(
            claimed.rows,
            key=lambda row: (row.key, row.effective_on),
            fault=lambda row: _fault(row, latest=today or effective) or claimed.faults.get(row.row),
        )
        saved.append(_save(sifted, effective))
        kept = {row.key for row in sifted.rows}
        fresh = {x: told for x, told in claimed.fresh.items() if told[1] in kept}
        save_claims(fresh, ensure_accounts(kept) if fresh else {})
    return saved[0]


def _save(sifted: Sifted[AccountRow], effective: date) -> Saved:
    ids = ensure_accounts(row.key for row in sifted.rows)
    accounts = {x.key: x for x in Account.objects.filter(id__in=ids.values())}
    members = _members(row.owner for row in sifted.rows if row.owner)
    known = _known_attributes(list(ids.values()))
    owners = _known_owners(list(ids.values()))
    changed = 0
    renamed: dict[int, Account] = {}
    moved: set[int] = set()
    new_attributes: list[AccountAttribute] = []
    for row in sorted(sifted.rows, key=lambda row: row.effective_on or effective):
        account, day = accounts[row.key], row.effective_on or effective
        found = _changed_attributes(row, account, known[account.id], day)
        new_attributes += found
        new_owner = bool(row.owner) and _own(owners[account.id], members[row.owner or ""].id, day)
        moved |= {account.id} if new_owner else set()
        if new_name := _rename(account, row):
            renamed[account.id] = account
        changed += any((new_name, found, new_owner))
    _write_owners(moved, owners, accounts.values())
    _write_accounts(renamed, [x for x in accounts.values() if x.id in moved | renamed.keys()])
    AccountAttribute.objects.bulk_create(
        new_attributes,
        update_conflicts=True,
        unique_fields=["account", "name", "valid_from"],
        update_fields=["value"],
        batch_size=BATCH,
    )
    unchanged = len(sifted.rows) - changed
    return Saved(changed, unchanged + sifted.duplicate, sifted.rejected)


def _write_accounts(renamed: Mapping[int, Account], changed: Sequence[Account]) -> None:
    for account in renamed.values():
        account.folded = fold_name(account.name, account.key)
    Account.objects.bulk_update(
        changed, ["name", "folded", "started_on", "owner"], batch_size=BATCH
    )
    AccountGrams.objects.bulk_create(
        [_grams(x) for x in renamed.values()],
        update_conflicts=True,
        unique_fields=["account"],
        update_fields=["folded", "grams"],
        batch_size=BATCH,
    )


def _members(handles: Iterable[str]) -> dict[str, Member]:
    wanted = sorted(set(handles))
    fresh = []
    for handle in wanted:
        member = Member(handle=handle, name=handle, email=handle if "@" in handle else "")
        member.set_unusable_password()
        fresh.append(member)
    Member.objects.bulk_create(fresh, ignore_conflicts=True)
    return {member.handle: member for member in Member.objects.filter(handle__in=wanted)}


def set_attribute(account: int, name: str, value: str, *, valid_from: date, source: str) -> None:
    """What is so of one account from a day on, as its newest value; what was before stays. (That a
    play is the first to know of it does not mean that it was always so.)"""
    rows = AccountAttribute.objects.filter(account=account, name=name)
    newest = rows.filter(valid_from__lte=valid_from).order_by("-valid_from").first()
    if newest is not None and newest.value == value:
        return
    with changing() as saved:
        saved.append(Saved(1, 0))
        AccountAttribute.objects.update_or_create(
            account_id=account,
            name=name,
            valid_from=valid_from,
            defaults={"value": value, "source": source},
        )


Dated = dict[str, dict[date, str]]
"""Attribute -> day -> the value true from then on."""


def _known_attributes(accounts: list[int]) -> defaultdict[int, Dated]:
    known: defaultdict[int, Dated] = defaultdict(dict)
    rows = AccountAttribute.objects.filter(account__in=accounts)
    for account, name, value, day in rows.values_list("account_id", "name", "value", "valid_from"):
        known[account].setdefault(name, {})[day] = value
    return known


def _changed_attributes(
    row: AccountRow, account: Account, known: Dated, effective: date
) -> list[AccountAttribute]:
    """Rows for what is not so yet on that day; they are entered into `known`."""
    changed = []
    for name, value in (row.attributes or {}).items():
        days = known.setdefault(name, {})
        before = max((day for day in days if day <= effective), default=None)
        if before is None or days[before] != value:
            day = effective if days else BEGINNING
            days[day] = value
            changed.append(
                AccountAttribute(account=account, name=name, value=value, valid_from=day)
            )
    return changed


def _rename(account: Account, row: AccountRow) -> bool:
    """Whether name or start became another."""
    before = (account.name, account.started_on)
    account.name = row.name or account.name
    account.started_on = row.started_on or account.started_on
    return before != (account.name, account.started_on)


Owners = dict[date, int]
"""Day -> id of the member who owns the account from then on."""


def _known_owners(accounts: list[int]) -> defaultdict[int, Owners]:
    known: defaultdict[int, Owners] = defaultdict(dict)
    rows = Assignment.objects.filter(account__in=accounts)
    for account, day, member in rows.values_list("account_id", "started_on", "member_id"):
        known[account][day] = member
    return known


def _own(owners: Owners, member: int, day: date) -> bool:
    """From `day` on (until the next change that is known) the account is the member's."""
    before = max((start for start in owners if start <= day), default=None)
    if before is not None and owners[before] == member:
        return False
    owners[day] = member
    return True


def _write_owners(
    moved: Iterable[int], owners: Mapping[int, Owners], accounts: Iterable[Account]
) -> None:
    """Rewrite the assignments of accounts whose owners changed; each ends where the next begins."""
    moved = set(moved)
    Assignment.objects.filter(account__in=moved).delete()
    spans = []
    for account in accounts:
        if account.id in moved:
            starts = sorted(owners[account.id])
            for start, end in zip(starts, [*starts[1:], None], strict=True):
                member = owners[account.id][start]
                spans.append(
                    Assignment(account=account, member_id=member, started_on=start, ended_on=end)
                )
            account.owner_id = owners[account.id][starts[-1]]
    Assignment.objects.bulk_create(spans, batch_size=BATCH)
