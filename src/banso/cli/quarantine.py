"""What was not taken, and the ledger that proves that nothing else was lost."""

from typing import Annotated

import typer
from rich.markup import escape

from banso.cli.output import out, print_json, table
from banso.cli.session import open_session
from banso.cli.shapes import LedgerHour, QuarantineItem
from banso.store.inspection import ledger_rows, quarantine_rows

Source = Annotated[str | None, typer.Option(help="Only this source")]
Limit = Annotated[int, typer.Option(help="At most so many rows", min=1)]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON instead of a table")]


def quarantine(source: Source = None, limit: Limit = 50, as_json: AsJson = False) -> None:
    """Rows that could not become facts: file, row, reason, content. Newest first."""
    rows = quarantine_rows(open_session().store, source=source, limit=limit)
    if as_json:
        print_json([QuarantineItem(**vars(row)) for row in rows])
        return
    found = table("source", "origin", "row", "reason", "payload", right=("row",))
    for row in rows:
        found.add_row(
            row.source, escape(row.origin), f"{row.row:,}", escape(row.reason), escape(row.payload)
        )
    out.print(found)


def ledger(source: Source = None, limit: Limit = 50, as_json: AsJson = False) -> None:
    """Per source and hour: received = stored + duplicate + quarantined."""
    rows = ledger_rows(open_session().store, source=source, limit=limit)
    if as_json:
        print_json([LedgerHour(**vars(row)) for row in rows])
        return
    numbers = ("received", "stored", "duplicate", "quarantined")
    found = table("source", "dataset", "hour", *numbers, right=numbers)
    for row in rows:
        counts = [f"{getattr(row, name):,}" for name in numbers]
        found.add_row(row.source, row.dataset, f"{row.hour:%Y-%m-%d %H:00}", *counts)
    out.print(found)
