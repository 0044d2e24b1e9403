"""`banso tokens`: with which tokens programs call the REST API, and as which member."""

from datetime import UTC, datetime
from typing import Annotated

import typer
from rich.markup import escape

from banso.cli.access_shapes import TokenItem
from banso.cli.links import served_at
from banso.cli.output import out, print_json, table
from banso.cli.session import open_session
from banso.cli.words import word
from banso.desk.queries.tokens import member_tokens
from banso.desk.services.tokens import add_token, revoke_token

app = typer.Typer(rich_markup_mode=None, no_args_is_help=True)


@app.callback()
def tokens() -> None:
    """Tokens with which programs call the REST API as a member: give out, list, revoke."""


@app.command("add")
def add(
    member: Annotated[str, typer.Argument(help="Handle of the member whose rights it has")],
    name: Annotated[str, typer.Option(help="What it is for")],
) -> None:
    """Give out a token of a member. It is shown once: only its hash is kept."""
    open_session()
    made = add_token(handle=member, name=name)
    handle = escape(made.row.member.handle)
    out.print(word("token_added").format(member=handle, address=served_at()), soft_wrap=True)
    typer.echo(made.text)


@app.command("list")
def list_tokens(
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON instead of a table")] = False,
) -> None:
    """List all tokens: whose, what for, how each begins, since when, whether it is revoked."""
    open_session()
    items = [
        TokenItem(
            member=x.member.handle,
            name=x.name,
            start=x.start,
            created_at=x.created_at,
            revoked_at=x.revoked_at,
        )
        for x in member_tokens()
    ]
    if as_json:
        print_json(items)
        return
    rows = table("member", "token_name", "token", "key_created", "key_revoked")
    for x in items:
        revoked = f"{x.revoked_at:%Y-%m-%d %H:%M}" if x.revoked_at else ""
        created = f"{x.created_at:%Y-%m-%d %H:%M}"
        rows.add_row(escape(x.member), escape(x.name), f"{x.start}…", created, revoked)
    out.print(rows)


@app.command("revoke")
def revoke(
    token: Annotated[str, typer.Argument(help="How the token begins (see the list), or all of it")],
) -> None:
    """Revoke a token: nothing is answered to it any more."""
    open_session()
    row = revoke_token(token=token, now=datetime.now(tz=UTC))
    member = escape(row.member.handle)
    out.print(word("token_revoked").format(start=row.start, member=member), soft_wrap=True)
