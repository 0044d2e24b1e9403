"""Accounts brought together and split again: the desk decides, the store follows."""

from datetime import date, datetime

from banso.desk.models import Merge
from banso.desk.queries.merges import merged_now
from banso.desk.queries.scope import Scope
from banso.desk.services import merges
from banso.store import Store


def merge(
    store: Store, *, scope: Scope, account: str, into: str, day: date, now: datetime
) -> Merge:
    """See desk.services.merges. Where this is cut off in between, the next run lets the store
    follow."""
    made = merges.merge(scope=scope, account=account, into=into, day=day, now=now)
    store.set_merged(merged_now())
    return made


def unmerge(store: Store, *, scope: Scope, account: str, now: datetime) -> Merge:
    made = merges.unmerge(scope=scope, account=account, now=now)
    store.set_merged(merged_now())
    return made
