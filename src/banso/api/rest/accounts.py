"""Accounts: where each stands."""

from django.http import HttpRequest
from ninja import Query, Router

from banso.api.rest.door import READ, caller
from banso.api.rest.shapes import AccountItem, AccountsAsked, AccountsPage
from banso.desk.queries.listing import Filters, ListedAccount, Sort, accounts_page

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
