"""The list as a whole: its filters, its headings, one page of rows."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext, gettext_noop

from banso.core.definitions import Definitions
from banso.desk.models import Run
from banso.desk.queries.keyset import Page
from banso.desk.queries.listing import (
    Counted,
    Sort,
    accounts_page,
    count_accounts,
    matching,
)
from banso.desk.queries.scope import Scope
from banso.web.accounts.cells import Painter
from banso.web.accounts.columns import KINDS, By, Choices, Columns, choices, metric_word
from banso.web.accounts.filters import Bar, bar
from banso.web.accounts.rows import beside
from banso.web.forms.accounts import Asked, parameters_of, query_of, sort_word

SIZE = 40


@dataclass(frozen=True)
class SortLink:
    """address: of the list sorted by it; once more: the other way round. order: ascending or
    descending where the list is sorted by it now, else empty."""

    label: str
    address: str
    order: str


@dataclass(frozen=True)
class Heading:
    """label: where no link says what the column is."""

    label: str
    number: bool
    links: Sequence[SortLink] = ()

    @property
    def order(self) -> str:
        return next((link.order for link in self.links if link.order), "")


@dataclass(frozen=True)
class Listing:
    """query: of this list without its page and columns, '' or '?...'. export: where the whole of it
    is had as a file. rows: the cells of each."""

    count: Counted
    bar: Bar
    query: str
    headings: Sequence[Heading]
    columns: Choices
    export: str
    rows: Sequence[SafeString]
    page: Page[object]


@dataclass(frozen=True)
class Reading:
    """Whose list it is, and what it is made from. owners: members whose accounts the reader sees,
    by id."""

    scope: Scope
    definitions: Definitions
    run: Run
    owners: Mapping[int, str]


def listing(reading: Reading, asked: Asked, columns: Columns, *, cursor: str | None) -> Listing:
    definitions = reading.definitions
    parameters = parameters_of(asked.filters, asked.sort)
    rows = matching(reading.scope, asked.filters)
    found = accounts_page(reading.scope, asked.filters, asked.sort, cursor, size=SIZE, rows=rows)
    extra = beside(reading.scope, reading.run, columns, found.items)
    painter = Painter(definitions, columns, extra, today=reading.run.as_of)
    return Listing(
        count=count_accounts(rows),
        bar=bar(asked, definitions, reading.owners),
        query=query_of(parameters),
        headings=list(_headings(columns, asked.sort, parameters, definitions)),
        columns=choices(columns, definitions, revenue=reading.scope.revenue),
        export=reverse("accounts_csv") + query_of(parameters, columns=",".join(columns.names)),
        rows=[painter.row(account) for account in found.items],
        page=Page((), found.next, found.previous),
    )


def _headings(
    columns: Columns, sort: Sort, parameters: Mapping[str, str], definitions: Definitions
) -> Iterator[Heading]:
    def link(by: By) -> SortLink:
        current = sort.key == by.sort
        wanted = Sort(by.sort, descending=not sort.descending if current else by.downwards)
        order = ("descending" if sort.descending else "ascending") if current else ""
        query = query_of(parameters, sort=sort_word(wanted))
        return SortLink(gettext(by.label), reverse("accounts") + query, order)

    yield Heading("", number=False, links=[link(By(gettext_noop("Account"), "name"))])
    for kind in KINDS:
        if kind.name in columns.kinds:
            links = [link(by) for by in kind.by]
            said = any(by.label == kind.label for by in kind.by)
            yield Heading("" if said else gettext(kind.label), kind.number, links)
    for name in columns.metrics:
        yield Heading(metric_word(definitions, name), number=True)
