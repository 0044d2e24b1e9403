"""What was not taken, and the ledger that proves that nothing else was lost."""

import getpass
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape

from banso.cli.facts_shapes import (
    DeedItem,
    LedgerHour,
    QuarantineDetail,
    QuarantineItem,
    ReplayItem,
)
from banso.cli.output import out, print_json, table
from banso.cli.session import open_session
from banso.cli.words import word
from banso.pipeline.live import replay_now
from banso.pipeline.session import in_force
from banso.store import Store
from banso.store.inspection import ledger_rows
from banso.store.mending import (
    STATES,
    Filter,
    MendingError,
    deeds,
    discard,
    discard_all,
    outcomes,
    quarantine_row,
    quarantine_rows,
    replay,
    replay_all,
    restore,
)

Source = Annotated[str | None, typer.Option(help="Only this source")]
Reason = Annotated[
    str | None,
    typer.Option(help="Only this reason, with … for what differs from row to row"),
]
Limit = Annotated[int, typer.Option(help="At most so many rows", min=1)]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON instead of a table")]
Item = Annotated[int, typer.Argument(help="Number of the row (see the list)")]
Items = Annotated[
    int | None, typer.Argument(help="Number of the row; none: all that --source and --reason name")
]
By = Annotated[str | None, typer.Option(help="Who does it; default: your login")]

app = typer.Typer(rich_markup_mode=None, no_args_is_help=True)


@app.callback()
def quarantine() -> None:
    """Rows that could not become facts: look at them, replay live events, discard with a reason."""


@app.command("list")
def list_rows(
    source: Source = None,
    reason: Reason = None,
    state: Annotated[
        str, typer.Option(help="open, replaying, replayed, discarded, or all")
    ] = "open",
    limit: Limit = 50,
    as_json: AsJson = False,
) -> None:
    """List rows: file or live, reason, content. Newest first."""
    known = next((x for x in STATES if x == state), None)
    if known is None and state != "all":
        raise typer.BadParameter(f"{state} is none of {', '.join(STATES)}, all.")
    wanted = Filter(source=source, alike=reason, state=known)
    rows = quarantine_rows(open_session().store, wanted, limit=limit)
    if as_json:
        print_json([QuarantineItem(**vars(row)) for row in rows])
        return
    found = table("number", "source", "origin", "row", "reason", "payload", right=("number", "row"))
    for row in rows:
        found.add_row(
            str(row.id),
            escape(row.source),
            escape(row.origin),
            f"{row.row:,}",
            escape(row.reason),
            escape(row.payload),
        )
    out.print(found)


@app.command("show")
def show(item: Item, as_json: AsJson = False) -> None:
    """Show one row whole, and what was done with it."""
    store = open_session().store
    row = quarantine_row(store, item)
    if row is None:
        raise MendingError(f"There is no row {item} in quarantine.")
    done = [DeedItem(**vars(deed)) for deed in deeds(store, item)]
    if as_json:
        print_json(QuarantineDetail(**vars(row), deeds=done))
        return
    out.print(f"{row.source} · {row.origin} · {row.received_at:%Y-%m-%d %H:%M} UTC", markup=False)
    out.print(f"{row.state}: {row.reason}", markup=False)
    typer.echo(row.payload)
    for deed in done:
        words = [f"{deed.at:%Y-%m-%d %H:%M} UTC", deed.by, deed.kind, deed.outcome, deed.note]
        out.print(" · ".join(x for x in words if x), markup=False)


@app.command("replay")
def replay_rows(
    item: Items = None,
    payload: Annotated[
        Path | None, typer.Option(help="File with the call as it shall be; only with a number")
    ] = None,
    source: Source = None,
    reason: Reason = None,
    by: By = None,
    as_json: AsJson = False,
) -> None:
    """Try live events again: one, edited or as it is, or all of a source or reason."""
    store, who = open_session().store, by or getpass.getuser()
    _one_or_some(item, source, reason)
    if item is None:
        if payload is not None:
            raise typer.BadParameter("--payload goes with the number of one row.")
        items: Sequence[int] = replay_all(store, Filter(source=source, alike=reason), by=who)
    else:
        text = payload.read_text(encoding="utf-8") if payload else None
        replay(store, item, by=who, payload=text)
        items = [item]
    replay_now(store, in_force)
    _told(store, items, as_json=as_json)


def _told(store: Store, items: Sequence[int], *, as_json: bool) -> None:
    came = outcomes(store, items)
    found = ReplayItem(
        replayed=len(items),
        stored=came["stored"],
        duplicate=came["duplicate"],
        waiting=came["waiting"],
        quarantined=came["quarantined"],
    )
    if as_json:
        print_json(found)
        return
    out.print(word("replayed").format(**found.model_dump()), soft_wrap=True)


@app.command("discard")
def discard_rows(
    item: Items = None,
    why: Annotated[str, typer.Option(help="Why; it is kept with the row")] = "",
    source: Source = None,
    reason: Reason = None,
    by: By = None,
) -> None:
    """Leave rows out, with a reason. They are kept; `restore` takes it back."""
    store, who = open_session().store, by or getpass.getuser()
    _one_or_some(item, source, reason)
    count = 1
    if item is None:
        count = len(discard_all(store, Filter(source=source, alike=reason), by=who, note=why))
    else:
        discard(store, item, by=who, note=why)
    out.print(word("discarded").format(rows=count), soft_wrap=True)


@app.command("restore")
def restore_row(item: Item, by: By = None) -> None:
    """Take a discard back: the row is in quarantine again."""
    restore(open_session().store, item, by=by or getpass.getuser())
    out.print(word("restored").format(row=item), soft_wrap=True)


def _one_or_some(item: int | None, source: str | None, reason: str | None) -> None:
    """Never all there is, by a word forgotten."""
    if (item is None) == (source is None and reason is None):
        raise typer.BadParameter("Name one row by its number, or some by --source and --reason.")


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
