"""`banso mutes`: rules that are to be quiet until a day."""

from datetime import UTC, datetime
from typing import Annotated

import typer
from rich.markup import escape

from banso.cli.backtest_shapes import MuteItem
from banso.cli.output import out, print_json, table
from banso.cli.running import DAY_FORMATS
from banso.cli.session import open_session
from banso.cli.words import word
from banso.core.expressions import nearest
from banso.desk.queries.account import account_number
from banso.desk.queries.mutes import mutes as holding
from banso.desk.queries.scope import EVERYTHING
from banso.desk.services.mutes import mute, unmute

app = typer.Typer(rich_markup_mode=None, no_args_is_help=True)


@app.callback()
def mutes() -> None:
    """Rules that are muted until a day: mute, list, end."""


@app.command("add")
def add(
    rule: Annotated[str, typer.Argument(help="Name of the rule")],
    until: Annotated[
        datetime, typer.Option(help="Day on which its alerts are back", formats=DAY_FORMATS)
    ],
    reason: Annotated[str, typer.Option(help="Why, kept with every alert that comes snoozed")],
    account: Annotated[
        str | None, typer.Option(help="Only for this account (key); default: all accounts")
    ] = None,
) -> None:
    """Mute a rule: its new alerts come snoozed. Alerts that are open already stay."""
    session = open_session()
    rules = session.applied().rules
    if rule not in rules:
        close = nearest(rule, rules)
        meant = f"; did you mean '{close}'?" if close else ""
        raise typer.BadParameter(f"no rule '{rule}'{meant}", param_hint="RULE")
    made = mute(
        scope=EVERYTHING,
        rule=rule,
        account=None if account is None else _account(account),
        until=until.date(),
        reason=reason,
        today=session.today,
    )
    out.print(word("muted").format(rule=rule, until=made.until, number=made.pk), soft_wrap=True)


def _account(key: str) -> int:
    found = account_number(EVERYTHING, key)
    if found is None:
        raise typer.BadParameter(f"no account '{key}'; `banso accounts` lists them")
    return found


@app.command("list")
def list_mutes(
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON instead of a table")] = False,
) -> None:
    """List the rules that are muted today."""
    items = [MuteItem(**vars(x)) for x in holding(EVERYTHING, today=open_session().today)]
    if as_json:
        print_json(items)
        return
    rows = table("number", "rule", "account", "until", "reason", "member")
    for x in items:
        account, member = escape(x.account or "*"), escape(x.member or "")
        rows.add_row(str(x.number), x.rule, account, str(x.until), escape(x.reason), member)
    out.print(rows)


@app.command("end")
def end(number: Annotated[int, typer.Argument(help="Number of the mute (see the list)")]) -> None:
    """End a mute before its day. Alerts that came snoozed stay so until theirs."""
    open_session()
    ended = unmute(scope=EVERYTHING, number=number, now=datetime.now(tz=UTC))
    out.print(word("unmuted").format(rule=ended.rule))
