"""Files and imports for these tests."""

import csv
import json
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path

import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq

from banso.cli.session import Session
from banso.pipeline.collect import (
    ColumnMap,
    FactImport,
    ImportReport,
    Kind,
    MappedFile,
    import_facts,
    open_file,
    propose_mapping,
    sample_of,
    zone,
)
from banso.pipeline.collect.chunk import Reader

NOW = int(datetime(2026, 11, 1, tzinfo=UTC).timestamp()) * 1_000_000
HEADER = ("account", "user", "event", "timestamp", "plan")
Rows = Sequence[Sequence[object]]


def write_text(path: Path, text: str, encoding: str = "utf-8") -> Path:
    path.write_bytes(text.encode(encoding))
    return path


def write_csv(path: Path, rows: Rows, header: Sequence[str] = HEADER) -> Path:
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([header, *rows])
    return path


def write_xlsx(path: Path, rows: Rows, header: Sequence[str] = HEADER) -> Path:
    book = openpyxl.Workbook()
    for row in (header, *rows):
        book.active.append(list(row))
    book.save(path)
    return path


def write_json_lines(path: Path, rows: Rows, header: Sequence[str] = HEADER) -> Path:
    lines = (json.dumps(dict(zip(header, row, strict=True)), ensure_ascii=False) for row in rows)
    path.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
    return path


def write_parquet(path: Path, rows: Rows, header: Sequence[str] = HEADER) -> Path:
    columns = dict(zip(header, zip(*rows, strict=True), strict=True))
    pq.write_table(pa.table({name: list(cells) for name, cells in columns.items()}), path)
    return path


def contents(reader: Reader) -> list[tuple[int, dict[str, str | None]]]:
    """Every row that could be split into cells, with its number."""
    return [
        (number, row)
        for chunk in reader.chunks()
        for number, row in zip(chunk.rows.tolist(), chunk.table.to_pylist(), strict=True)
    ]


def refused(reader: Reader) -> list[tuple[int, str]]:
    return [(bad.row, bad.reason) for chunk in reader.chunks() for bad in chunk.bad]


def mapped(kind: Kind, path: Path, given: ColumnMap | None = None) -> MappedFile:
    """A file with the mapping that is proposed for it."""
    file = open_file(path)
    proposal = propose_mapping(
        kind, columns=file.reader.columns, sample=sample_of(file.reader), given=given
    )
    assert proposal.missing == ()
    return MappedFile(file, proposal.map)


def import_events(
    session: Session,
    *paths: Path,
    given: ColumnMap | None = None,
    ensure_accounts: Callable[[object], object] = set,
    **options: object,
) -> ImportReport:
    return import_facts(
        [mapped(Kind.EVENTS, path, given) for path in paths],
        options=FactImport(
            **{"dataset": "events", "now": NOW, "zone": zone("Asia/Tokyo"), **options}
        ),
        store=session.store,
        home=session.home,
        ensure_accounts=ensure_accounts,
    )


def counts(report: ImportReport) -> Mapping[str, int]:
    return vars(report.ledger)


def ledger(*, stored: int = 0, duplicate: int = 0, quarantined: int = 0) -> Mapping[str, int]:
    return {
        "received": stored + duplicate + quarantined,
        "stored": stored,
        "duplicate": duplicate,
        "quarantined": quarantined,
    }
