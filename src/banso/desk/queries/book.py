"""What the desk knows of accounts, in the bulk form in which the pipeline reads it."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db import connection, transaction

from banso.desk.models import Account, AccountAttribute, Contact, Contract


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
    account: str
    user: str
    role: str


@contextmanager
def one_state() -> Iterator[None]:
    """All that is read within shows the book as it was at one instant."""
    with transaction.atomic(durable=True), connection.cursor() as cursor:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        yield


def accounts() -> tuple[BookAccount, ...]:
    """Every account, by key."""
    rows = Account.objects.order_by("key").values_list(
        "id", "key", "name", "started_on", "owner_id"
    )
    return tuple(BookAccount(*row) for row in rows.iterator(chunk_size=10_000))


def contracts() -> tuple[BookContract, ...]:
    rows = Contract.objects.order_by("account__key", "start_on", "key").values_list(
        "account__key", "product", "start_on", "end_on", "signed_on", "seats", "arr", "currency"
    )
    return tuple(BookContract(*row) for row in rows.iterator(chunk_size=10_000))


def attributes() -> tuple[BookAttribute, ...]:
    """Every value, past and present."""
    rows = AccountAttribute.objects.order_by("account__key", "name", "valid_from").values_list(
        "account__key", "name", "value", "valid_from"
    )
    return tuple(BookAttribute(*row) for row in rows.iterator(chunk_size=10_000))


def roles() -> tuple[BookRole, ...]:
    """Contacts that have a role and a key in usage data."""
    rows = (
        Contact.objects.exclude(role="")
        .exclude(user="")
        .order_by("account__key", "user", "key")
        .values_list("account__key", "user", "role")
    )
    return tuple(BookRole(*row) for row in rows.iterator(chunk_size=10_000))
