"""`banso channels`: on which ways alerts and tasks reach people and other software."""

from datetime import UTC, datetime
from typing import Annotated

import typer
from rich.markup import escape

from banso.cli.answers import answer_words
from banso.cli.channel_shapes import ChannelItem
from banso.cli.channels_added import COMMANDS, Language, Least, Name
from banso.cli.output import out, print_json, table
from banso.cli.session import open_session
from banso.cli.words import word
from banso.desk.models import ChannelKind, Member
from banso.desk.queries.outbox import channels as every_channel
from banso.desk.services.channels import (
    ChannelError,
    change_channel,
    channel_named,
    enable_channel,
    remove_channel,
    stop_channel,
)
from banso.desk.services.outbox import owe_test

app = typer.Typer(rich_markup_mode=None, no_args_is_help=True)


@app.callback()
def channels() -> None:
    """Channels on which alerts and tasks go out: Slack, e-mail, webhooks, Teams, LINE WORKS,
    Chatwork; one writes to customers. Add, list, change, test, remove."""


for _name, _command in COMMANDS.items():
    app.command(_name)(_command)


@app.command("list")
def list_channels(
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON instead of a table")] = False,
) -> None:
    """List all channels: where to, what they owe, what is wrong with them."""
    open_session()
    items = [ChannelItem(**vars(x)) for x in every_channel()]
    if as_json:
        print_json(items)
        return
    numbers = ("waiting", "delivered", "failed")
    rows = table("channel", "kind", "to", "channel_state", *numbers, right=numbers)
    for item in items:
        rows.add_row(
            escape(item.name),
            item.kind,
            escape(item.address) or word("in_person"),
            word("channel_works")
            if item.disabled_at is None
            else escape(answer_words(item.disabled_because)),
            *(f"{getattr(item, name):,}" for name in numbers),
        )
    out.print(rows)


@app.command("test")
def try_out(
    name: Name,
    member: Annotated[
        str | None, typer.Option(help="Whom to write to, where the channel goes to owners")
    ] = None,
) -> None:
    """Owe a test message; `banso outbox send`, or the server, sends it."""
    open_session()
    channel = channel_named(name)
    reader = Member.objects.filter(handle=member).first() if member else None
    if member and reader is None:
        raise ChannelError(f"There is no member '{member}'. `banso members` lists them.")
    in_person = not channel.address and channel.kind != ChannelKind.WEBHOOK
    if reader is None and (in_person or channel.kind == ChannelKind.CUSTOMERS):
        raise ChannelError(
            f"'{name}' writes to people in person: say to whom with --member HANDLE."
        )
    owe_test(channel, member=reader.pk if reader else None, now=datetime.now(tz=UTC))
    out.print(word("test_owed"), soft_wrap=True)


@app.command("set")
def set_channel(
    name: Name,
    least: Annotated[
        Least | None, typer.Option("--least", help="Alerts of this priority and above")
    ] = None,
    language: Annotated[
        Language | None,
        typer.Option("--language", help="Of the messages, where a member has not chosen one"),
    ] = None,
    revenue: Annotated[
        bool | None, typer.Option("--revenue/--no-revenue", help="Whether amounts are told, too")
    ] = None,
    tasks: Annotated[
        bool | None, typer.Option("--tasks/--no-tasks", help="Whether tasks are told, too")
    ] = None,
) -> None:
    """Change what a channel tells; what is not named stays."""
    open_session()
    change_channel(
        name,
        least=least.value if least else None,
        language=language.value if language else None,
        revenue=revenue,
        tasks=tasks,
    )
    out.print(word("channel_changed").format(name=escape(name)), soft_wrap=True)


@app.command("disable")
def disable(name: Name) -> None:
    """Send nothing by a channel; what it owes is kept until it is enabled."""
    open_session()
    stop_channel(name, now=datetime.now(tz=UTC), because=word("disabled_by_hand"))
    out.print(word("channel_disabled").format(name=escape(name)), soft_wrap=True)


@app.command("enable")
def enable(name: Name) -> None:
    """Use a channel again that was disabled; what it owes is sent."""
    open_session()
    enable_channel(name)
    out.print(word("channel_enabled").format(name=escape(name)), soft_wrap=True)


@app.command("remove")
def remove(name: Name) -> None:
    """Remove a channel. What it owes is not sent any more; the record of what it sent stays."""
    open_session()
    remove_channel(name, now=datetime.now(tz=UTC))
    out.print(word("channel_removed").format(name=escape(name)), soft_wrap=True)
