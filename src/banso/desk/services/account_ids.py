"""Ids by which accounts are known elsewhere: claimed by the attributes that definitions name."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Generic, Protocol, TypeVar

from django.db import transaction

from banso.desk.models import Account, AccountId
from banso.desk.queries.account_ids import account_keys, own_keys

BATCH = 2_000
LONGEST = 200


class NoSuchIdError(LookupError):
    """Nobody is known by that id."""


class _Keyed(Protocol):
    @property
    def row(self) -> int: ...
    @property
    def key(self) -> str: ...
    @property
    def attributes(self) -> Mapping[str, str] | None: ...


class _OfAccount(Protocol):
    @property
    def account(self) -> str: ...


K = TypeVar("K", bound=_Keyed)
A = TypeVar("A", bound=_OfAccount)


def of_accounts(rows: Sequence[A]) -> list[A]:
    """The rows with the key of their account, by whatever id they named it."""
    keys = account_keys(row.account for row in rows)
    return [replace(row, account=keys.get(row.account, row.account)) for row in rows]  # type: ignore[type-var]


@dataclass(frozen=True)
class Claims(Generic[K]):
    """rows: with the key of their account. faults: row number -> why it can't be taken. fresh: id
    -> name and account's key, of those that nobody has yet."""

    rows: Sequence[K]
    faults: Mapping[int, str]
    fresh: Mapping[str, tuple[str, str]]


def claims(rows: Sequence[K], *, names: Collection[str]) -> Claims[K]:
    """What rows of accounts say of other ids, judged: which of two accounts an id belongs to that
    both claim is never guessed. names: of the attributes that are ids."""
    told = [_told(row, names) for row in rows]
    owner = account_keys([*(row.key for row in rows), *(v for x in told for v in x.values())])
    own = own_keys(v for x in told for v in x.values())
    named = [replace(row, key=owner.get(row.key, row.key)) for row in rows]  # type: ignore[type-var]
    fresh: dict[str, tuple[str, str]] = {}
    faults: dict[int, str] = {}
    for row, ids in zip(named, told, strict=True):
        taken = {v: key for v in ids.values() if (key := owner.get(v, row.key)) != row.key}
        wrong = [_fault(n, v, row.key, taken.get(v), v in own) for n, v in ids.items()]
        found = next((x for x in wrong if x), None)
        if found is not None:
            faults[row.row] = found
        else:
            new = {v: n for n, v in ids.items() if v not in owner and v != row.key}
            fresh |= {v: (n, row.key) for v, n in new.items()}
            owner |= dict.fromkeys(new, row.key)
    return Claims(named, faults, fresh)


def _told(row: _Keyed, names: Collection[str]) -> dict[str, str]:
    return {n: v for n, v in (row.attributes or {}).items() if n in names and v}


def _fault(name: str, value: str, key: str, owner: str | None, own: bool) -> str | None:
    if owner is not None:
        return (
            f"{name} '{value}' already belongs to the account '{owner}', and this is of '{key}': "
            f"correct one of the two, or take it from the first with `banso ids remove {value}`"
        )
    if own and value != key:
        return (
            f"{name} '{value}' is an account of its own, so it can't be another id of '{key}': "
            "correct the row, or name both alike where they come from"
        )
    if len(value) > LONGEST:
        return f"{name} is {len(value)} characters long; at most {LONGEST} fit"
    return None


def save_claims(fresh: Mapping[str, tuple[str, str]], accounts: Mapping[str, int]) -> None:
    """Enter ids. accounts: desk ids by key. Inside the transaction that saves the accounts."""
    AccountId.objects.bulk_create(
        [AccountId(account_id=accounts[key], name=n, value=v) for v, (n, key) in fresh.items()],
        batch_size=BATCH,
    )


@transaction.atomic
def remove_id(value: str) -> AccountId:
    """From now on this id is nobody's; what it has brought stays. Raises NoSuchIdError."""
    row = AccountId.objects.select_for_update(of=("self",)).filter(value=value).first()
    if row is None:
        known = Account.objects.filter(key=value).exists()
        more = "; it is the key of an account, which it keeps" if known else ""
        raise NoSuchIdError(f"No account has '{value}' as another id{more}. See `banso ids list`.")
    told = AccountId.objects.select_related("account").get(id=row.id)
    row.delete()
    return told
