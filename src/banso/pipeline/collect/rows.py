"""Import of accounts, contacts and contracts: rows of the desk, saved by its services."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import assert_never

from banso.desk.services.accounts import AccountRow, save_accounts
from banso.desk.services.contacts import ContactRow, save_contacts
from banso.desk.services.contracts import ContractRow, save_contracts
from banso.desk.services.saved import Saved
from banso.pipeline.collect.chunk import BadRow, row_payload
from banso.pipeline.collect.facts import MappedFile
from banso.pipeline.collect.fields import DeskKind, Kind
from banso.pipeline.collect.mapping import check_columns
from banso.pipeline.collect.properties import safe_names
from banso.pipeline.collect.report import FileReport, ImportReport, Progress, Watch, unwatched
from banso.pipeline.collect.row_fields import Cells, RowError, RowFields
from banso.store import Ledger, Rejected, Store

DeskRow = AccountRow | ContactRow | ContractRow


@dataclass(frozen=True)
class RowImport:
    """kind: accounts, contacts or contracts. source: as in FactImport; None: `accounts_file` etc.

    effective: the day from which owners and attributes of accounts hold, where no column says.
    today: no later day is taken; default: `effective`. ids: attributes that are other ids.
    """

    kind: DeskKind
    effective: date
    today: date | None = None
    source: str | None = None
    date_format: str | None = None
    dry_run: bool = False
    ids: Sequence[str] = ()

    @property
    def source_name(self) -> str:
        return self.source or f"{self.kind}_file"


@dataclass(frozen=True)
class _Read:
    """A file read to its end. cells: by row number."""

    path: Path
    rows: Sequence[DeskRow]
    cells: Mapping[int, Cells]
    bad: Sequence[BadRow]


def import_rows(
    files: Sequence[MappedFile],
    *,
    options: RowImport,
    store: Store,
    watch: Watch = unwatched,
) -> ImportReport:
    """Read, check and save files of accounts, contacts or contracts.

    Nothing is saved before every file has been read; then each file is saved in one
    transaction. A row that changes nothing is a duplicate.
    Raises ImportFileError (nothing saved) where a person has to mend something first.
    """
    for each in files:
        check_columns(each.map, each.file.reader.columns, where=str(each.file.path))
    read = [_read(each, options, watch) for each in files]
    reports = tuple(
        FileReport(
            file=str(each.path),
            good=len(each.rows),
            refused=len(each.bad),
            first_refused=tuple(each.bad[:10]),
            ledger=None if options.dry_run else _save(each, options, store, watch),
        )
        for each in read
    )
    return ImportReport(options.source_name, reports, options.dry_run)


def _read(each: MappedFile, options: RowImport, watch: Watch) -> _Read:
    rows: list[DeskRow] = []
    cells: dict[int, Cells] = {}
    bad: list[BadRow] = []
    watch(Progress(each.file.path, "reading", 0.0, 0))
    for chunk in each.file.reader.chunks():
        bad.extend(chunk.bad)
        attributes = _attributes(each, chunk.table.column_names)
        for row, content in zip(chunk.rows.tolist(), chunk.table.to_pylist(), strict=True):
            fields = RowFields(content, each.map, options.date_format)
            try:
                rows.append(_row(row, fields, options, attributes))
                cells[row] = content
            except RowError as error:
                bad.append(BadRow(row, str(error), row_payload(content)))
        watch(Progress(each.file.path, "reading", chunk.done, len(rows) + len(bad)))
    return _Read(each.file.path, rows, cells, sorted(bad, key=lambda each: each.row))


def _attributes(each: MappedFile, columns: Iterable[str]) -> Mapping[str, str]:
    return safe_names(each.map.extra_columns(columns))


def _row(row: int, fields: RowFields, options: RowImport, attributes: Mapping[str, str]) -> DeskRow:
    if options.kind is Kind.ACCOUNTS:
        return _account(row, fields, attributes)
    return _contact(row, fields) if options.kind is Kind.CONTACTS else _contract(row, fields)


def _account(row: int, fields: RowFields, attributes: Mapping[str, str]) -> AccountRow:
    return AccountRow(
        row=row,
        key=fields.needed_key("account"),
        name=fields.text("name"),
        started_on=fields.day("started_on"),
        owner=fields.text("owner"),
        attributes={
            name: value
            for column, name in attributes.items()
            if (value := fields.cells.get(column))
        },
        effective_on=fields.day("effective_on"),
    )


def _contact(row: int, fields: RowFields) -> ContactRow:
    """A contact without a key of its own is known by its user key, else by its e-mail address."""
    user, email = fields.key("user"), fields.key("email")
    key = fields.key("key") or user or email
    if key is None:
        raise RowError("nothing to know the person by: no key, user or email")
    return ContactRow(
        row=row,
        account=fields.needed_key("account"),
        key=key,
        user=user,
        name=fields.text("name") or "",
        email=email or "",
        role=fields.text("role") or "",
        left_on=fields.day("left_on"),
    )


def _contract(row: int, fields: RowFields) -> ContractRow:
    """A contract without a number is known by its product and first day."""
    product, start_on = fields.key("product") or "", fields.needed_day("start_on")
    return ContractRow(
        row=row,
        account=fields.needed_key("account"),
        key=fields.key("key") or f"{product} {start_on}".strip(),
        product=product,
        start_on=start_on,
        end_on=fields.needed_day("end_on"),
        signed_on=fields.day("signed_on"),
        seats=fields.whole("seats"),
        arr=fields.number("arr"),
        currency=fields.text("currency"),
    )


def _save(read: _Read, options: RowImport, store: Store, watch: Watch) -> Ledger:
    """Save a file's rows, put the refused ones into the quarantine, count all of them once."""
    saved = _saved(options, read.rows)
    refused = [
        Rejected(each.row, each.reason, row_payload(read.cells[each.row]))
        for each in saved.rejected
    ]
    refused += [Rejected(each.row, each.reason, each.payload) for each in read.bad]
    ledger = Ledger(
        received=len(read.rows) + len(read.bad),
        stored=saved.stored,
        duplicate=saved.duplicate,
        quarantined=len(refused),
    )
    store.reject(
        source=options.source_name,
        dataset=options.kind,
        origin=read.path.name,
        rejected=sorted(refused, key=lambda each: each.row),
        ledger=ledger,
    )
    watch(Progress(read.path, "storing", 1.0, len(read.rows)))
    return ledger


def _saved(options: RowImport, rows: Sequence[DeskRow]) -> Saved:
    match options.kind:
        case Kind.ACCOUNTS:
            accounts = [row for row in rows if isinstance(row, AccountRow)]
            return save_accounts(
                accounts, effective=options.effective, today=options.today, ids=options.ids
            )
        case Kind.CONTACTS:
            contacts = [row for row in rows if isinstance(row, ContactRow)]
            return save_contacts(contacts, effective=options.effective)
        case Kind.CONTRACTS:
            return save_contracts([row for row in rows if isinstance(row, ContractRow)])
        case _:
            assert_never(options.kind)
