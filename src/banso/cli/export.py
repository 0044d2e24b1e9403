"""Write history to a file: metrics, assessments, changes, alerts."""

import csv
import json
from collections.abc import Iterable, Iterator
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from itertools import chain
from pathlib import Path
from typing import Annotated

import pyarrow as pa
import pyarrow.parquet as pq
import typer

from banso.cli.output import out
from banso.cli.running import DAY_FORMATS, refuse_future
from banso.cli.session import Session, open_session
from banso.desk.queries import record
from banso.desk.queries.scope import EVERYTHING
from banso.pipeline.gather import gather
from banso.pipeline.history import assessment_tables, metric_tables
from banso.pipeline.run import collect

FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")
CHUNK = 10_000

RECORD_TYPES = {
    "score_before": pa.float64(),
    "score_after": pa.float64(),
    "as_of": pa.date32(),
    "opened_on": pa.date32(),
    "closed_on": pa.date32(),
    "arr": pa.decimal128(24, 2),
}
"""Types of the columns of changes and alerts; the others are text."""


class What(StrEnum):
    METRICS = "metrics"
    ASSESSMENTS = "assessments"
    CHANGES = "changes"
    ALERTS = "alerts"


class ExportError(Exception):
    """The file can't be written as asked."""


def export(
    what: Annotated[What, typer.Argument(help="What to write")],
    file: Annotated[Path, typer.Argument(help="FILE.parquet or FILE.csv")],
    since: Annotated[datetime, typer.Option(help="First day", formats=DAY_FORMATS)],
    until: Annotated[datetime, typer.Option(help="Last day (included)", formats=DAY_FORMATS)],
) -> None:
    """Write the history of metrics or assessments (one row per account and day), or what was
    recorded: changes, alerts."""
    if file.suffix not in {".parquet", ".csv"}:
        raise ExportError(f"{file}: the name must end in .parquet or .csv, to say the format.")
    if not file.parent.is_dir():
        raise ExportError(f"There is no folder {file.parent}.")
    if until < since:
        raise ExportError(f"--until {until.date()} is before --since {since.date()}.")
    session = open_session()
    aside = file.with_name(f".{file.name}.part")
    tables = _tables(session, what, since.date(), until.date())
    write = _write_csv if file.suffix == ".csv" else _write_parquet
    try:
        first = next(tables, None)
        if first is None:
            raise ExportError("There is nothing in those days to write.")
        rows = write(first.schema, chain([first], tables), aside)
        aside.replace(file)
    finally:
        aside.unlink(missing_ok=True)
    out.print(f"{file}: {rows:,} rows", markup=False)


def _tables(session: Session, what: What, since: date, until: date) -> Iterator[pa.Table]:
    if what is What.CHANGES:
        yield from _record_tables(record.changes(EVERYTHING, since=since, until=until))
        return
    if what is What.ALERTS:
        yield from _record_tables(record.alerts(EVERYTHING, since=since, until=until))
        return
    make = metric_tables if what is What.METRICS else assessment_tables
    definitions = session.applied()
    refuse_future(until, session)
    collect(session.store, session.definitions)
    with session.store.snapshot() as snapshot:
        inputs = gather(session.store, snapshot, definitions, as_of=until)
        yield from make(inputs, since=since, until=until)


def _record_tables(rows: Iterable[record.Row]) -> Iterator[pa.Table]:
    batch: list[record.Row] = []
    for row in rows:
        batch.append({name: _plain(value) for name, value in row.items()})
        if len(batch) == CHUNK:
            yield _record_table(batch)
            batch = []
    if batch:
        yield _record_table(batch)


def _plain(value: object) -> object:
    return json.dumps(value, ensure_ascii=False) if isinstance(value, list | dict) else value


def _record_table(rows: list[record.Row]) -> pa.Table:
    schema = pa.schema([(name, RECORD_TYPES.get(name, pa.string())) for name in rows[0]])
    return pa.Table.from_pylist(rows, schema=schema)


def _write_parquet(schema: pa.Schema, tables: Iterable[pa.Table], file: Path) -> int:
    rows = 0
    with pq.ParquetWriter(file, schema, compression="zstd") as writer:
        for table in tables:
            writer.write_table(table)
            rows += table.num_rows
    return rows


def _write_csv(schema: pa.Schema, tables: Iterable[pa.Table], file: Path) -> int:
    """UTF-8 with a byte order mark, so that Excel reads Japanese."""
    rows = 0
    with file.open("w", encoding="utf-8-sig", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(schema.names)
        for table in tables:
            for batch in table.to_batches(max_chunksize=CHUNK):
                columns = [column.to_pylist() for column in batch.columns]
                writer.writerows([_safe(x) for x in row] for row in zip(*columns, strict=True))
            rows += table.num_rows
    return rows


def _safe(value: object) -> object:
    """A text that a spreadsheet would run as a formula gets a leading apostrophe."""
    if isinstance(value, str) and value.startswith(FORMULA_STARTS):
        return "'" + value
    if isinstance(value, float | Decimal) and value == int(value):
        return int(value)
    return value
