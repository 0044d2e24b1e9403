"""`banso outbox`: messages that channels owe, have sent, or could not send."""

from datetime import UTC, datetime
from enum import StrEnum
from typing import Annotated

import typer
from django.db import transaction
from rich.markup import escape

from banso.cli.answers import answer_words
from banso.cli.channel_shapes import DeliveryItem
from banso.cli.links import served_at
from banso.cli.output import out, print_json, table
from banso.cli.session import Session, open_session
from banso.cli.words import word
from banso.core.definitions import Definitions, loads
from banso.desk.queries.outbox import deliveries
from banso.desk.services.sending import replay_one
from banso.pipeline.act.digest import tell_the_day
from banso.pipeline.act.send import Post
from banso.pipeline.home import secret_key
from banso.pipeline.session import in_force

app = typer.Typer(rich_markup_mode=None, no_args_is_help=True)


class Which(StrEnum):
    WAITING = "waiting"
    DELIVERED = "delivered"
    FAILED = "failed"


@app.callback()
def outbox() -> None:
    """Messages to people and other software: list, send, replay."""


@app.command("list")
def list_deliveries(
    channel: Annotated[str | None, typer.Option(help="Only of this channel")] = None,
    state: Annotated[Which | None, typer.Option(help="Only these")] = None,
    limit: Annotated[int, typer.Option(help="At most so many", min=1)] = 50,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON instead of a table")] = False,
) -> None:
    """List messages, the newest first: about whom, by which channel, what the receiver said."""
    open_session()
    items = [
        DeliveryItem(**vars(x))
        for x in deliveries(channel=channel, state=state.value if state else None, limit=limit)
    ]
    if as_json:
        print_json(items)
        return
    rows = table(
        *("number", "channel", "kind", "account", "channel_state", "attempts", "answer"),
        right=("number", "attempts"),
    )
    for item in items:
        rows.add_row(
            f"{item.id}",
            escape(item.channel),
            item.kind,
            escape(item.account or ""),
            word(f"state.{item.state}"),
            f"{item.attempts}",
            escape(answer_words(item.answer)),
        )
    out.print(rows)


@app.command("send")
def send() -> None:
    """Send now what is due, and say how many messages were tried. A server does this by itself."""
    post = post_of(open_session())
    out.print(word("outbox_tried").format(count=post.send_due()), soft_wrap=True)


def post_of(session: Session) -> Post:
    """What sends the messages of a home."""
    return Post(key=secret_key(session.home), base=served_at(), definitions=_definitions)


def _definitions() -> Definitions:
    """Those in force. Before the first ones there is no alert to tell, only a test message."""
    return in_force() or loads({"": "organisation: {name: Banso}"})


@app.command("digest")
def digest() -> None:
    """Owe every owner this morning's mail (channels added with --digest); once a day."""
    count = tell_the_day(open_session().today)
    out.print(word("digests_owed").format(count=count), soft_wrap=True)


@app.command("replay")
def replay(
    ids: Annotated[list[int], typer.Argument(help="Numbers of messages (`outbox list`)")],
) -> None:
    """Send single messages again, with the ids that they had: dead letters, and of webhooks also
    what was delivered."""
    open_session()
    with transaction.atomic():  # all of them, or none
        for number in ids:
            replay_one(number, now=datetime.now(tz=UTC))
    out.print(word("outbox_replayed").format(count=len(ids)), soft_wrap=True)
