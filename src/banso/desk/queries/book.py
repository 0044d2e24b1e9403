"""What the desk knows of accounts, in the bulk form in which the pipeline reads it."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import TypeVar

from django.db import connection, transaction
from django.db.models import Model, Q, QuerySet, Value
from django.db.models.functions import Coalesce

from banso.core.expressions.cast import NUMERIC_TEXT
from banso.desk.models import Account, AccountAttribute, Contact, Contract
from banso.desk.queries.incidents import Incident, incidents

M = TypeVar("M", bound=Model)
Row = TypeVar("Row")
Only = Sequence[int] | None
NUMBER = f"^({NUMERIC_TEXT})$"


@dataclass(frozen=True)
class BookAccount:
    id: int
    key: str
    name: str
    started_on: date | None
    owner: int | None


@dataclass(frozen=True)
class BookContract:
    account: str
    product: str
    start_on: date
    end_on: date
    signed_on: date | None
    seats: int | None
    arr: Decimal | None
    currency: str


@dataclass(frozen=True)
class BookAttribute:
    account: str
    name: str
    value: str
    valid_from: date


@dataclass(frozen=True)
class BookRole:
    """What the user of a contact (its key) has been from a day on; the first one also before."""

    account: str
    user: str
    contact: str
    role: str
    since: date


@contextmanager
def one_state() -> Iterator[None]:
    """All that is read within shows the book as it was at one instant."""
    with transaction.atomic(durable=True), connection.cursor() as cursor:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        yield


def accounts(*, only: Only = None) -> tuple[BookAccount, ...]:
    """Every account, by key. only: desk ids, of these alone (here and below)."""
    rows = _of(Account.objects.order_by("key"), only, path="id").values_list(
        "id", "key", "name", "started_on", "owner_id"
    )
    return tuple(BookAccount(*row) for row in _rows(rows, only))


def contracts(*, only: Only = None) -> tuple[BookContract, ...]:
    ordered = Contract.objects.order_by("account__key", "start_on", "key")
    rows = _of(ordered, only).values_list(
        "account__key", "product", "start_on", "end_on", "signed_on", "seats", "arr", "currency"
    )
    return tuple(BookContract(*row) for row in _rows(rows, only))


def attributes(*, only: Only = None) -> tuple[BookAttribute, ...]:
    """Every value, past and present."""
    ordered = AccountAttribute.objects.order_by("account__key", "name", "valid_from")
    rows = _of(ordered, only).values_list("account__key", "name", "value", "valid_from")
    return tuple(BookAttribute(*row) for row in _rows(rows, only))


def roles(*, only: Only = None) -> tuple[BookRole, ...]:
    """Of contacts that have, or had, a role and have a key in usage data; by contact and day."""
    ordered = _with_role().order_by("account__key", "user", "key", "roles__valid_from")
    rows = _of(ordered, only).values_list(
        "account__key",
        "user",
        "key",
        Coalesce("roles__role", "role"),
        Coalesce("roles__valid_from", Value(date.min)),
    )
    return tuple(BookRole(*row) for row in _rows(rows, only))


def _with_role() -> QuerySet[Contact]:
    return Contact.objects.exclude(user="").filter(~Q(role="") | Q(roles__isnull=False))


def _rows(rows: QuerySet[M, Row], only: Only) -> Iterable[Row]:
    """Many come in chunks, which takes three questions; a few come at once."""
    return rows.iterator(chunk_size=10_000) if only is None else rows


def _of(rows: QuerySet[M], only: Only, *, path: str = "account") -> QuerySet[M]:
    """Of accounts that count by now."""
    if path == "account":
        rows = rows.filter(account__merged_into__isnull=True)
    return rows if only is None else rows.filter(**{f"{path}__in": only})


@dataclass(frozen=True)
class BookFacts:
    """What one account's numbers need to know of all the others.

    roles: of contacts who use the product, sorted. numeric: attribute -> whether every value of
    it in the book is a number; attributes that nobody has are left out. incidents: of sources, also
    closed ones.
    """

    roles: tuple[str, ...]
    numeric: Mapping[str, bool]
    has_contracts: bool
    incidents: tuple[Incident, ...] = ()


def book_facts(*, attributes: Sequence[str]) -> BookFacts:
    """attributes: the names that matter. Counted by the database: no row of it comes here."""
    rows = AccountAttribute.objects.filter(name__in=attributes)
    texts = set(rows.exclude(value__regex=NUMBER).values_list("name", flat=True).distinct())
    names = rows.order_by("name").values_list("name", flat=True).distinct()
    told = Coalesce("roles__role", "role")
    roles = _with_role().annotate(told=told).order_by().values_list("told", flat=True).distinct()
    return BookFacts(
        roles=tuple(sorted(x for x in roles if x)),
        numeric={name: name not in texts for name in names},
        has_contracts=Contract.objects.exists(),
        incidents=tuple(incidents()),
    )
