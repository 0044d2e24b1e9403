"""`banso ids`: by which other ids accounts are known."""

from typing import Annotated

import typer
from rich.markup import escape

from banso.cli.account_shapes import AccountIdItem
from banso.cli.output import out, print_json, table
from banso.cli.session import open_session
from banso.cli.words import word
from banso.desk.queries.account_ids import account_ids
from banso.desk.services.account_ids import remove_id

app = typer.Typer(rich_markup_mode=None, no_args_is_help=True)


@app.callback()
def ids() -> None:
    """Other ids of accounts (of the CRM, the product, the billing): list, remove."""


@app.command("list")
def list_ids(
    account: Annotated[
        str | None, typer.Option(help="Only of this account, by its key or any id")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON instead of a table")] = False,
) -> None:
    """List other ids by account: the attribute that said so, the id, since when."""
    open_session()
    items = [AccountIdItem(**vars(x)) for x in account_ids(account=account)]
    if as_json:
        print_json(items)
        return
    rows = table("account", "id_name", "id_value", "id_created")
    for item in items:
        told = (item.account, item.name, item.value)
        rows.add_row(*(escape(x) for x in told), f"{item.created_at:%Y-%m-%d %H:%M}")
    out.print(rows)


@app.command("remove")
def remove(
    value: Annotated[str, typer.Argument(help="The id, as `banso ids list` shows it")],
) -> None:
    """Take an id from its account: nothing finds the account by it any more. What it has brought
    stays."""
    open_session()
    row = remove_id(value)
    told = word("id_removed").format(value=escape(value), account=escape(row.account.key))
    out.print(told, soft_wrap=True)
