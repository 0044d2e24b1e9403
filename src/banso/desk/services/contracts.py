from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from banso.desk.models import Contract
from banso.desk.services.account_ids import of_accounts
from banso.desk.services.keyed import save_keyed
from banso.desk.services.saved import Saved, sift, too_long

FIELDS = ("product", "start_on", "end_on", "signed_on", "seats", "arr", "currency")
MOST_SEATS = 2**31 - 1
MOST_ARR = Decimal(10) ** 13
CENT = Decimal("0.01")


@dataclass(frozen=True)
class ContractRow:
    """A contract, in force from `start_on` to `end_on`, both included."""

    row: int
    account: str
    key: str
    product: str
    start_on: date
    end_on: date
    signed_on: date | None = None
    seats: int | None = None
    arr: Decimal | None = None
    currency: str | None = None


def _fault(row: ContractRow) -> str | None:
    if not row.account or not row.key:
        return "account is empty" if not row.account else "contract is empty"
    if row.end_on < row.start_on:
        return f"end_on {row.end_on} is before start_on {row.start_on}"
    if row.seats is not None and not 0 <= row.seats <= MOST_SEATS:
        return f"seats {row.seats} is not between 0 and {MOST_SEATS}"
    if row.arr is not None and not (row.arr.is_finite() and 0 <= row.arr < MOST_ARR):
        return f"arr {row.arr} is not between 0 and {MOST_ARR:f}"
    if row.currency and not (len(row.currency) == 3 and row.currency.isascii()):
        return f"currency '{row.currency}' is not an ISO 4217 code such as JPY"
    return too_long(row, {"account": 200, "key": 200, "product": 200})


def save_contracts(rows: Sequence[ContractRow]) -> Saved:
    """Save contracts; a contract is the same where account and key are."""
    sifted = sift(of_accounts(rows), key=lambda row: (row.account, row.key), fault=_fault)
    return save_keyed(Contract, sifted, fields=FIELDS, values=_values)


def _values(row: ContractRow) -> tuple[object, ...]:
    arr = None if row.arr is None else row.arr.quantize(CENT)
    currency = (row.currency or "").upper()
    return (row.product, row.start_on, row.end_on, row.signed_on, row.seats, arr, currency)
