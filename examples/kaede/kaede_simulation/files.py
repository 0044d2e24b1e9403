"""The simulated vendor as the files that a real one would export."""

from __future__ import annotations

import csv
import io
import shutil
from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from .accounts import Account
from .contracts import Contract
from .days import on
from .people import Contact
from .records import Record
from .truths import Truth

_COLUMNS = ("account", "user", "event", "feature", "product", "timestamp", "message_id")
_ACCOUNT_HEADER = (
    "会社ID",
    "会社名",
    "利用開始日",
    "担当CSM",
    "業種",
    "従業員数",
    "タッチモデル",
    "地域",
    "提供形態",
    "適用開始日",
)
_CONTRACT_HEADER = (
    "account",
    "contract",
    "product",
    "start_on",
    "end_on",
    "signed_on",
    "seats",
    "arr",
    "currency",
)


def _date(day: int | None) -> str:
    return "" if day is None else on(day).isoformat()


def write_csv(
    path: Path, header: Sequence[str], rows: Iterable[Sequence[object]], *, encoding: str = "utf-8"
) -> None:
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(header)
    writer.writerows(rows)
    path.write_bytes(text.getvalue().encode(encoding))


def write_events(path: Path, tables: Iterable[pa.Table]) -> int:
    """All events in order of time, as a log would have them; how many."""
    table = pa.concat_tables(tables)
    time = table.column("timestamp").cast(pa.int64()).to_numpy()
    table = table.take(pa.array(np.argsort(time, kind="stable")))
    table = table.select([*_COLUMNS, "pages", "seconds"])
    pq.write_table(table, path, compression="zstd", row_group_size=250_000)
    return int(table.num_rows)


def write_accounts(path: Path, accounts: Iterable[Account]) -> None:
    """As Excel saves it: UTF-8 with a byte order mark, headers in Japanese."""
    rows = (
        (
            account.key,
            account.name,
            _date(account.start),
            account.owner,
            account.industry,
            account.employees,
            account.touch,
            account.region,
            "on_prem" if account.case == "on_prem" else "cloud",
            _date(account.start),
        )
        for account in accounts
    )
    write_csv(path, _ACCOUNT_HEADER, rows, encoding="utf-8-sig")


def write_contacts(path: Path, found: Iterable[tuple[Account, Contact]]) -> None:
    header = ("account", "contact", "user", "name", "email", "role", "left_on")
    rows = (
        (
            account.key,
            contact.key,
            contact.user,
            contact.name,
            f"{contact.key.lower()}@example.co.jp",
            contact.role,
            _date(contact.left),
        )
        for account, contact in found
    )
    write_csv(path, header, rows)


def write_contracts(path: Path, ledger: Iterable[Contract]) -> None:
    rows = (
        (
            row.account,
            f"{row.account}-{row.product[0].upper()}{_date(row.start).replace('-', '')}",
            row.product,
            _date(row.start),
            _date(row.after - 1),
            _date(row.signed),
            row.seats,
            row.arr,
            "JPY",
        )
        for row in ledger
    )
    write_csv(path, _CONTRACT_HEADER, rows)


def write_records(path: Path, found: Iterable[Record]) -> None:
    """In the encoding in which many Japanese tools still save: CP932."""
    header = ("id", "kind", "date", "account", "person", "value", "comment")
    rows = (
        (f"R{n:05d}", r.kind, _date(r.day), r.account, r.person, r.value, r.comment)
        for n, r in enumerate(found, start=1)
    )
    write_csv(path, header, rows, encoding="cp932")


def write_truths(path: Path, found: Iterable[Truth]) -> None:
    """from_date and to_date are both included; an empty to_date means to this day."""
    header = ("account", "truth", "from_date", "to_date", "detail")
    rows = (
        (
            t.account,
            t.truth,
            _date(t.begin),
            _date(None if t.until is None else t.until - 1),
            t.detail,
        )
        for t in found
    )
    write_csv(path, header, rows)


def copy_mappings(source: Path, target: Path) -> None:
    """Which column of those files is which field."""
    for mapping in sorted(source.glob("mapping-*.yaml")):
        shutil.copyfile(mapping, target / mapping.name)
