"""By which ids accounts are known elsewhere."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models.functions import Coalesce

from banso.desk.models import Account, AccountId


@dataclass(frozen=True)
class KnownId:
    """name: of the attribute that said so."""

    account: str
    name: str
    value: str
    created_at: datetime


def told_keys(names: Iterable[str]) -> dict[str, str]:
    """Key of the account for those of these names that are another id of it; an account's own key
    is left out. One query. For facts: they stay with the account that they were told of, whatever
    it was merged into, so that the two can be split again."""
    rows = AccountId.objects.filter(value__in=sorted(set(names)))
    return dict(rows.values_list("value", "account__key"))


def account_keys(names: Iterable[str]) -> dict[str, str]:
    """As `told_keys`, of the account that counts by now: also for keys and ids of accounts that
    were merged into others. For all that is not a fact."""
    asked = sorted(set(names))
    ids = AccountId.objects.filter(value__in=asked)
    found = dict(ids.values_list("value", Coalesce("account__merged_into__key", "account__key")))
    merged = Account.every.filter(key__in=asked, merged_into__isnull=False)
    return found | dict(merged.values_list("key", "merged_into__key"))


def key_now(name: str) -> str:
    """Key of the account that this key or id names by now; what names none is left as it is."""
    return account_keys([name]).get(name, name)


def account_ids(*, account: str | None = None) -> Sequence[KnownId]:
    """By account, then name. account: only of this one, by its key or any id."""
    rows = AccountId.objects.order_by("account__key", "name", "value")
    if account is not None:
        rows = rows.filter(account__key=key_now(account))
    return [
        KnownId(*row) for row in rows.values_list("account__key", "name", "value", "created_at")
    ]


def own_keys(names: Iterable[str]) -> frozenset[str]:
    """Those of these names that are accounts of their own."""
    return frozenset(
        Account.objects.filter(key__in=sorted(set(names))).values_list("key", flat=True)
    )
