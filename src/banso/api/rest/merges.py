"""Accounts that are one company: brought together and split again."""

from datetime import UTC, datetime

from django.http import HttpRequest
from ninja import Router
from ninja.errors import HttpError

from banso.api.rest.door import OPERATE, READ, caller
from banso.api.rest.shapes import MergeItem, NewMerge
from banso.desk.queries.merges import merges
from banso.desk.queries.scope import Scope
from banso.pipeline.merging import merge, unmerge
from banso.pipeline.session import opened

router = Router(tags=["accounts"])


@router.get("merges", auth=READ, response=list[MergeItem], operation_id="list_merges")
def list_merges(request: HttpRequest) -> list[MergeItem]:
    """Which accounts turned out to be another one of the member's, newest first; also those that
    were split again."""
    return _items(caller(request).scope)


@router.post("merges", auth=OPERATE, response=MergeItem, operation_id="merge_accounts")
def merge_accounts(request: HttpRequest, said: NewMerge) -> MergeItem:
    """`account` turned out to be `into`, which stays. 409 where one of them is merged already."""
    seen = caller(request)
    made = merge(
        opened().store,
        scope=seen.scope,
        account=said.account,
        into=said.into,
        day=seen.today,
        now=datetime.now(tz=UTC),
    )
    return _item(seen.scope, made.pk)


@router.post("merges/{number}/undo", auth=OPERATE, response=MergeItem, operation_id="undo_merge")
def undo_merge(request: HttpRequest, number: int) -> MergeItem:
    """The two are two again. 409 where they are already."""
    scope = caller(request).scope
    made = _item(scope, number)
    if made.undone_at is not None:
        raise HttpError(409, f"'{made.account}' was split from '{made.into}' already")
    unmerge(opened().store, scope=scope, account=made.account, now=datetime.now(tz=UTC))
    return _item(scope, number)


def _items(scope: Scope) -> list[MergeItem]:
    return [MergeItem(**vars(x)) for x in merges(scope)]


def _item(scope: Scope, number: int) -> MergeItem:
    found = next((x for x in _items(scope) if x.number == number), None)
    if found is None:
        raise HttpError(404, f"no merge {number}")
    return found
