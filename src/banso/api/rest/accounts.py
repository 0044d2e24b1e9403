"""Accounts: where each stands."""

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import reverse
from ninja import Query, Router
from ninja.errors import HttpError

from banso.api.rest.door import READ, caller
from banso.api.rest.shapes import (
    AccountElsewhere,
    AccountItem,
    AccountsAsked,
    AccountsPage,
    AccountWhole,
)
from banso.desk.queries.account import account_head, account_number
from banso.desk.queries.listing import (
    Filters,
    ListedAccount,
    Sort,
    account_rows,
    accounts_page,
)
from banso.desk.queries.merges import merged_here

router = Router(tags=["accounts"])


@router.get("accounts", auth=READ, response=AccountsPage, operation_id="list_accounts")
def list_accounts(request: HttpRequest, asked: Query[AccountsAsked]) -> AccountsPage:
    """The member's accounts, the most urgent first; one line each, or one for each on `journey`."""
    seen = caller(request)
    if seen.run is None:
        return AccountsPage(as_of=None, items=[], next=None)
    filters = Filters(
        today=seen.today,
        as_of=seen.run.as_of,
        search=asked.search,
        journey=asked.journey,
        stage=asked.stage,
        colour=asked.colour,
        segment=asked.segment,
    )
    found = accounts_page(seen.scope, filters, Sort.of(asked.sort), asked.cursor, size=asked.limit)
    return AccountsPage(
        as_of=seen.run.as_of, items=[_item(x) for x in found.items], next=found.next
    )


@router.get(
    "accounts/{path:account}",
    auth=READ,
    response={200: AccountWhole, 308: AccountElsewhere},
    operation_id="read_account",
    url_name="read_account",
)
def read_account(request: HttpRequest, account: str) -> AccountWhole | HttpResponse:
    """One account by its key. 308 to the account that stays, where it was merged into another, or
    the key is another id of one."""
    seen = caller(request)
    number = account_number(seen.scope, account)
    head = account_head(seen.scope, number) if number is not None else None
    if head is None:
        raise HttpError(404, f"no account '{account}'")
    if head.key != account:
        return _elsewhere(head.key)
    return AccountWhole(
        key=head.key,
        name=head.name,
        owner=head.owner,
        merged=list(merged_here(seen.scope, head.id)),
        as_of=seen.run.as_of if seen.run else None,
        items=[_item(x) for x in account_rows(seen.scope, head.id, today=seen.today)],
    )


def _elsewhere(key: str) -> HttpResponse:
    told = AccountElsewhere(detail=f"this account is '{key}' by now", account=key)
    there = reverse("api:read_account", kwargs={"account": key})
    return JsonResponse(told.model_dump(), status=308, headers={"Location": there})


def _item(x: ListedAccount) -> AccountItem:
    return AccountItem(
        key=x.key,
        name=x.name,
        owner=x.owner,
        journey=x.journey,
        stage=x.stage,
        days_in_stage=x.days_in_stage,
        overdue=x.overdue,
        colour=x.colour,
        score=x.score,
        confidence=x.confidence,
        arr=x.arr,
        seats=x.seats,
        contract_ends_on=x.ends_on,
        alerts=x.alerts,
    )
