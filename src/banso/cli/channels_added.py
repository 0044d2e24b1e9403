"""`banso channels add-*`: secrets are asked for, never told on the command line."""

import os
from collections.abc import Callable, Mapping
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape

from banso.cli.output import out
from banso.cli.session import open_session
from banso.cli.words import word
from banso.desk.models import ChannelKind
from banso.desk.services.channels import NewChannel
from banso.desk.services.outbox import in_person
from banso.pipeline.act.adding import add
from banso.pipeline.home import secret_key

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


def add_webhook(
    name: Name,
    url: Annotated[str, typer.Argument(help="https:// address of the receiver")],
    least: AtLeast = Least.LOW,
    revenue: Revenue = False,
    tasks: Tasks = True,
) -> None:
    """Add a webhook. Prints the secret with which the receiver checks signatures, once."""
    new = NewChannel(
        name=name,
        kind=ChannelKind.WEBHOOK,
        address=url,
        least=least.value,
        revenue=revenue,
        tasks=tasks,
    )
    added = _add(new)
    out.print(word("webhook_secret"), soft_wrap=True)
    typer.echo((added.secrets or {})["signing"])


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
    _add(new)


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
    _add(new)


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
    new = NewChannel(
        name=name,
        kind=ChannelKind.CUSTOMERS,
        address=sender,
        secrets={"url": url.strip()},
        language=language.value,
    )
    _add(new)


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
    url = (os.environ.get(SERVICE) or typer.prompt("Address", hide_input=True)).strip()
    new = NewChannel(
        name=name,
        kind=ChannelKind.SERVICE,
        secrets={"url": url},
        least=least.value,
        language=language.value,
        revenue=revenue,
        tasks=tasks,
    )
    _add(new)


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
    new = NewChannel(
        name=name,
        kind=ChannelKind.LINE_WORKS,
        address=to,
        secrets={
            "client_id": client_id,
            "client_secret": secret.strip(),
            "service_account": service_account,
            "bot": bot,
            "private_key": key_file.read_text(encoding="utf-8"),
        },
        least=least.value,
        language=language.value,
        revenue=revenue,
        tasks=tasks,
    )
    _add(new)


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
    _add(new)


def _add(new: NewChannel) -> NewChannel:
    session = open_session()
    added = add(new, key=secret_key(session.home))
    said = "customers_added" if new.kind == ChannelKind.CUSTOMERS else "channel_added"
    whom = " --member HANDLE" if in_person(added) else ""
    out.print(word(said).format(name=escape(new.name), whom=whom), soft_wrap=True)
    return added


COMMANDS: Mapping[str, Callable[..., None]] = {
    "add-webhook": add_webhook,
    "add-email": add_email,
    "add-slack": add_slack,
    "add-customers": add_customers,
    "add-service": add_service,
    "add-line-works": add_line_works,
    "add-chatwork": add_chatwork,
}
