"""Saving what belongs to an account and has a key there: contacts, contracts."""

from collections.abc import Callable, Sequence
from typing import Any

from django.db.models import Model

from banso.desk.services.accounts import BATCH, ensure_accounts
from banso.desk.services.revision import changing
from banso.desk.services.saved import R, Saved, Sifted


def save_keyed(
    model: type[Model],
    sifted: Sifted[R],
    *,
    fields: Sequence[str],
    values: Callable[[R], tuple[object, ...]],
) -> Saved:
    """Write the rows whose values differ from what is known under (account, key).

    values: of a row, in the order of `fields`, as the database gives them back.
    """
    with changing() as saved:
        ids = ensure_accounts(row.account for row in sifted.rows)
        rows: Any = model._default_manager.filter(account__in=ids.values())
        known = {
            (account, key): tuple(rest)
            for account, key, *rest in rows.values_list("account_id", "key", *fields)
        }
        changed = []
        for row in sifted.rows:
            told = values(row)
            if known.get((ids[row.account], row.key)) != told:
                named = dict(zip(fields, told, strict=True))
                changed.append(model(account_id=ids[row.account], key=row.key, **named))
        model._default_manager.bulk_create(
            changed,
            update_conflicts=True,
            unique_fields=["account", "key"],
            update_fields=list(fields),
            batch_size=BATCH,
        )
        unchanged = len(sifted.rows) - len(changed)
        saved.append(Saved(len(changed), unchanged + sifted.duplicate, sifted.rejected))
    return saved[0]
