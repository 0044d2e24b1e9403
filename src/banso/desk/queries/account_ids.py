"""By which ids accounts are known elsewhere."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from banso.desk.models import Account, AccountId


@dataclass(frozen=True)
class KnownId:
    """name: of the attribute that said so."""

    account: str
    name: str
    value: str
    created_at: datetime


def account_keys(names: Iterable[str]) -> dict[str, str]:
    """Key of the account for those of these names that are another id of it; an account's own key
    is left out. One query."""
    rows = AccountId.objects.filter(value__in=sorted(set(names)))
    return dict(rows.values_list("value", "account__key"))


def account_ids(*, account: str | None = None) -> Sequence[KnownId]:
    """By account, then name. account: only of this one, by its key or any id."""
    rows = AccountId.objects.order_by("account__key", "name", "value")
    if account is not None:
        rows = rows.filter(account__key=account_keys([account]).get(account, account))
    return [
        KnownId(*row) for row in rows.values_list("account__key", "name", "value", "created_at")
    ]


def own_keys(names: Iterable[str]) -> frozenset[str]:
    """Those of these names that are accounts of their own."""
    return frozenset(
        Account.objects.filter(key__in=sorted(set(names))).values_list("key", flat=True)
    )
