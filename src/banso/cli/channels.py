"""`banso channels`: on which ways alerts and tasks reach people and other software."""

import base64
import os
import secrets
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape

from banso.cli.output import out, print_json, table
from banso.cli.session import Session, open_session
from banso.cli.shapes import ChannelItem
from banso.cli.words import word
from banso.desk.models import ChannelKind, Member
from banso.desk.queries.outbox import channels as every_channel
from banso.desk.services.channels import (
    ChannelError,
    NewChannel,
    add_channel,
    change_channel,
    channel_named,
    disable_channel,
    enable_channel,
    remove_channel,
)
from banso.desk.services.outbox import owe_test
from banso.pipeline.act.addresses import check_address
from banso.pipeline.act.line_works import check_key
from banso.pipeline.act.mail import mailbox, mailbox_of
from banso.pipeline.home import secret_key

app = typer.Typer(rich_markup_mode=None, no_args_is_help=True)
TOKEN, SIGNING = "BANSO_SLACK_TOKEN", "BANSO_SLACK_SIGNING_SECRET"
CUSTOMERS = "BANSO_CUSTOMERS_SMTP_URL"
SERVICE, CHATWORK, LINE_WORKS = (
    "BANSO_SERVICE_URL",
    "BANSO_CHATWORK_TOKEN",
    "BANSO_LINE_WORKS_SECRET",
)


class Least(StrEnum):
    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"


class Language(StrEnum):
    EN = "en"
    JA = "ja"


Name = Annotated[str, typer.Argument(help="Name of the channel")]
AtLeast = Annotated[Least, typer.Option("--least", help="Alerts of this priority and above")]
Words = Annotated[
    Language, typer.Option("--language", help="Of the messages, where a member has not chosen one")
]
Tasks = Annotated[
    bool, typer.Option("--tasks/--no-tasks", help="Tell tasks of plays, too, or alerts alone")
]
Revenue = Annotated[bool, typer.Option("--revenue", help="Tell amounts of money, too")]


@app.callback()
def channels() -> None:
    """Channels on which alerts and tasks go out: Slack, e-mail, webhooks, Teams, LINE WORKS,
    Chatwork; one writes to customers. Add, list, change, test, remove."""


@app.command("add-webhook")
def add_webhook(
    name: Name,
    url: Annotated[str, typer.Argument(help="https:// address of the receiver")],
    least: AtLeast = Least.LOW,
    revenue: Revenue = False,
    tasks: Tasks = True,
) -> None:
    """Add a webhook. Prints the secret with which the receiver checks signatures, once."""
    check_address(url)
    secret = "whsec_" + base64.b64encode(secrets.token_bytes(24)).decode()
    new = NewChannel(
        name=name,
        kind=ChannelKind.WEBHOOK,
        address=url,
        secrets={"signing": secret},
        least=least.value,
        revenue=revenue,
        tasks=tasks,
    )
    _add(open_session(), new)
    out.print(word("webhook_secret"), soft_wrap=True)
    typer.echo(secret)


@app.command("add-email")
def add_email(
    name: Name,
    to: Annotated[
        str,
        typer.Option(help="A fixed address; default: each customer's owner", show_default=False),
    ] = "",
    least: AtLeast = Least.LOW,
    language: Words = Language.EN,
    revenue: Revenue = False,
    tasks: Tasks = True,
    digest: Annotated[
        bool,
        typer.Option(
            "--digest",
            help="One mail each morning with all there is to do, instead of one an alert",
        ),
    ] = False,
) -> None:
    """Add e-mail. BANSO_SMTP_URL and BANSO_MAIL_FROM say how it leaves."""
    mailbox()
    if digest and to:
        raise ChannelError("The morning mail goes to owners in person: leave out --to.")
    new = NewChannel(
        name=name,
        kind=ChannelKind.EMAIL,
        digest=digest,
        address=to,
        least=least.value,
        language=language.value,
        revenue=revenue,
        tasks=tasks,
    )
    _add(open_session(), new)


@app.command("add-slack")
def add_slack(
    name: Name,
    to: Annotated[
        str,
        typer.Option(
            help="Id of a Slack channel (C0123456789); default: each customer's owner in person",
            show_default=False,
        ),
    ] = "",
    least: AtLeast = Least.LOW,
    language: Words = Language.EN,
    revenue: Revenue = False,
    tasks: Tasks = True,
) -> None:
    """Add Slack. Asks for the app's bot token and signing secret, or takes them from
    BANSO_SLACK_TOKEN and BANSO_SLACK_SIGNING_SECRET: never from the command line, where others
    see them."""
    token = os.environ.get(TOKEN) or typer.prompt("Bot token (xoxb-...)", hide_input=True)
    signing = os.environ.get(SIGNING) or typer.prompt("Signing secret", hide_input=True)
    new = NewChannel(
        name=name,
        kind=ChannelKind.SLACK,
        address=to,
        secrets={"token": token.strip(), "signing": signing.strip()},
        least=least.value,
        language=language.value,
        revenue=revenue,
        tasks=tasks,
    )
    _add(open_session(), new)


@app.command("add-customers")
def add_customers(
    name: Name,
    sender: Annotated[
        str, typer.Option("--from", help="Address that mail to customers comes from")
    ],
    language: Annotated[
        Language, typer.Option("--language", help="Of mails whose play does not say one")
    ] = Language.JA,
) -> None:
    """Add the mail server by which plays write to customers. Asks for its address
    (smtp://user:password@host:587), or takes it from BANSO_CUSTOMERS_SMTP_URL. It tells members
    nothing."""
    url = os.environ.get(CUSTOMERS) or typer.prompt("Mail server (smtp://...)", hide_input=True)
    mailbox_of(url.strip(), sender, named="The address of the mail server", from_="--from")
    new = NewChannel(
        name=name,
        kind=ChannelKind.CUSTOMERS,
        address=sender,
        secrets={"url": url.strip()},
        language=language.value,
    )
    _add(open_session(), new)


@app.command("add-service")
def add_service(
    name: Name,
    least: AtLeast = Least.LOW,
    language: Words = Language.EN,
    revenue: Revenue = False,
    tasks: Tasks = True,
) -> None:
    """Add Microsoft Teams, Google Chat, Discord, Mattermost, Rocket.Chat, Webex or Zulip. Asks for
    the service's address as apprise writes it (https://appriseit.com/services/), or takes it from
    BANSO_SERVICE_URL: who knows it can write there."""
    from banso.pipeline.act.service import check_service  # noqa: PLC0415  it imports apprise

    url = (os.environ.get(SERVICE) or typer.prompt("Address", hide_input=True)).strip()
    new = NewChannel(
        name=name,
        kind=ChannelKind.SERVICE,
        address=check_service(url),
        secrets={"url": url},
        least=least.value,
        language=language.value,
        revenue=revenue,
        tasks=tasks,
    )
    _add(open_session(), new)


@app.command("add-line-works")
def add_line_works(  # noqa: PLR0913  as many as LINE WORKS asks for
    name: Name,
    client_id: Annotated[str, typer.Option(help="Client ID of the app")],
    service_account: Annotated[
        str, typer.Option(help="Service account of the app (xxxxx.serviceaccount@company)")
    ],
    bot: Annotated[str, typer.Option(help="Id of the bot")],
    key_file: Annotated[
        Path, typer.Option(help="Private key of the service account", exists=True, dir_okay=False)
    ],
    to: Annotated[
        str,
        typer.Option(
            help="Id of a talk room; default: whoever it is for in person", show_default=False
        ),
    ] = "",
    least: AtLeast = Least.LOW,
    language: Words = Language.JA,
    revenue: Revenue = False,
    tasks: Tasks = True,
) -> None:
    """Add LINE WORKS. Asks for the client secret, or takes it from BANSO_LINE_WORKS_SECRET."""
    secret = os.environ.get(LINE_WORKS) or typer.prompt("Client secret", hide_input=True)
    private_key = key_file.read_text(encoding="utf-8")
    check_key(private_key)
    new = NewChannel(
        name=name,
        kind=ChannelKind.LINE_WORKS,
        address=to,
        secrets={
            "client_id": client_id,
            "client_secret": secret.strip(),
            "service_account": service_account,
            "bot": bot,
            "private_key": private_key,
        },
        least=least.value,
        language=language.value,
        revenue=revenue,
        tasks=tasks,
    )
    _add(open_session(), new)


@app.command("add-chatwork")
def add_chatwork(
    name: Name,
    room: Annotated[str, typer.Argument(help="Number of the room (behind #!rid)")],
    least: AtLeast = Least.LOW,
    language: Words = Language.JA,
    revenue: Revenue = False,
    tasks: Tasks = True,
) -> None:
    """Add a room of Chatwork. Asks for an API token, or takes it from BANSO_CHATWORK_TOKEN."""
    token = os.environ.get(CHATWORK) or typer.prompt("API token", hide_input=True)
    new = NewChannel(
        name=name,
        kind=ChannelKind.CHATWORK,
        address=room,
        secrets={"token": token.strip()},
        least=least.value,
        language=language.value,
        revenue=revenue,
        tasks=tasks,
    )
    _add(open_session(), new)


def _add(session: Session, new: NewChannel) -> None:
    add_channel(new, key=secret_key(session.home))
    out.print(word("channel_added").format(name=escape(new.name)), soft_wrap=True)


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
            word("channel_works") if item.disabled_at is None else escape(item.disabled_because),
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
    channel = channel_named(name)
    disable_channel(channel.pk, now=datetime.now(tz=UTC), because=word("disabled_by_hand"))
    out.print(word("channel_disabled").format(name=escape(name)), soft_wrap=True)


@app.command("enable")
def enable(name: Name) -> None:
    """Use a channel again that was disabled; what it owes is sent."""
    open_session()
    enable_channel(name)
    out.print(word("channel_enabled").format(name=escape(name)), soft_wrap=True)


@app.command("remove")
def remove(name: Name) -> None:
    """Remove a channel, with what it owes and the record of what it sent."""
    open_session()
    remove_channel(name)
    out.print(word("channel_removed").format(name=escape(name)), soft_wrap=True)
