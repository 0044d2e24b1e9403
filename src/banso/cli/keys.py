"""`banso keys`: with which keys applications send live events, and as which source."""

from datetime import UTC, datetime
from typing import Annotated

import typer
from rich.markup import escape

from banso.cli.access_shapes import KeyItem
from banso.cli.links import address
from banso.cli.output import out, print_json, table
from banso.cli.session import open_session
from banso.cli.words import word
from banso.desk.queries.keys import source_keys
from banso.desk.services.keys import RATE, add_key, revoke_key

app = typer.Typer(rich_markup_mode=None, no_args_is_help=True)


@app.callback()
def keys() -> None:
    """Keys with which applications send live events: give out, list, revoke."""


@app.command("add")
def add(
    source: Annotated[
        str, typer.Argument(help="Name of the source, as definitions and pages show it")
    ],
    rate: Annotated[
        int, typer.Option(help="Events a second that are taken with this key", min=1)
    ] = RATE,
) -> None:
    """Give out a key for a source. It is shown once: only its hash is kept."""
    open_session()
    made = add_key(source=source, rate=rate)
    out.print(
        word("key_added").format(source=escape(made.row.source), address=address()), soft_wrap=True
    )
    typer.echo(made.text)


@app.command("list")
def list_keys(
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON instead of a table")] = False,
) -> None:
    """List all keys by source: how each begins, since when, whether it is revoked."""
    open_session()
    items = [
        KeyItem(
            source=x.source,
            start=x.start,
            rate=x.rate,
            created_at=x.created_at,
            revoked_at=x.revoked_at,
        )
        for x in source_keys()
    ]
    if as_json:
        print_json(items)
        return
    rows = table("source", "key", "key_rate", "key_created", "key_revoked", right=("key_rate",))
    for item in items:
        rows.add_row(
            escape(item.source),
            f"{item.start}…",
            f"{item.rate:,}",
            f"{item.created_at:%Y-%m-%d %H:%M}",
            f"{item.revoked_at:%Y-%m-%d %H:%M}" if item.revoked_at else "",
        )
    out.print(rows)


@app.command("revoke")
def revoke(
    key: Annotated[str, typer.Argument(help="How the key begins (see the list), or all of it")],
) -> None:
    """Revoke a key: nothing is accepted with it any more. What it has sent stays."""
    open_session()
    row = revoke_key(key=key, now=datetime.now(tz=UTC))
    out.print(
        word("key_revoked_now").format(start=row.start, source=escape(row.source)), soft_wrap=True
    )
