"""`banso mails`: what plays write to people at customers, and who wants none of it."""

from typing import Annotated

import typer
from rich.markup import escape

from banso.cli.answers import answer_words
from banso.cli.output import out, print_json, table
from banso.cli.plays_shapes import MailItem, UnsubscribedItem
from banso.cli.session import open_session
from banso.cli.words import word
from banso.desk.models import Mail
from banso.desk.queries.mails import PLACES, Where, mail_in_scope, where_of
from banso.desk.queries.mails import mails as mails_
from banso.desk.queries.mails import unsubscribed as unsubscribed_
from banso.desk.queries.scope import EVERYTHING
from banso.desk.services import mails as services
from banso.desk.services.mails import UnknownMailError
from banso.pipeline import mails as decided

app = typer.Typer(rich_markup_mode=None, no_args_is_help=True)
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON instead of a table")]
Number = Annotated[int, typer.Argument(metavar="MAIL", help="Number of the mail (see `list`)")]
Address = Annotated[str, typer.Argument(help="E-mail address")]
MOST = 500


@app.callback()
def mails() -> None:
    """Mail to people at customers: list, show, approve, refuse; who wants none."""


@app.command("list")
def list_mails(
    state: Annotated[
        str, typer.Option(help=f"One of: {', '.join(PLACES)}; `all` for every one")
    ] = "draft",
    as_json: AsJson = False,
) -> None:
    """List mails: the drafts that wait for approval, or others."""
    open_session()
    where: Where | None = next((x for x in PLACES if x == state), None)
    if where is None and state != "all":
        raise typer.BadParameter(f"one of {', '.join(PLACES)}, all", param_hint="--state")
    items = [_item(x) for x in mails_(EVERYTHING, where=where, most=MOST)]
    if as_json:
        print_json(items)
        return
    rows = table("number", "account", "to", "subject", "play", "mail_state")
    for x in items:
        told = word(f"mail.{x.state}")
        told = f"{told}: {answer_words(x.answer)}" if x.state == "failed" else told
        said = (str(x.mail), x.account_name, x.to, x.subject, x.play, told)
        rows.add_row(*map(escape, said))
    out.print(rows)


@app.command()
def show(mail: Number) -> None:
    """Show a mail as its reader will see it."""
    open_session()
    found = mail_in_scope(EVERYTHING, mail)
    if found is None:
        raise UnknownMailError(f"no mail {mail}; `banso mails list` lists them")
    out.print(escape(f"{found.to}\n{found.subject}\n\n{found.text}"), soft_wrap=True)


@app.command()
def approve(mail: Number) -> None:
    """Let a draft leave, on the first day on which its reader may be written to."""
    session = open_session()
    made = decided.approve(EVERYTHING, session.applied(), mail)
    due = made.delivery.due_at if made.delivery else ""
    out.print(word("mail_approved").format(to=escape(made.to), due=due), soft_wrap=True)


@app.command()
def refuse(
    mail: Number, note: Annotated[str, typer.Option(help="Why it is not to be sent")]
) -> None:
    """Do not send a draft."""
    open_session()
    made = services.refuse(scope=EVERYTHING, mail=mail, note=note)
    out.print(word("mail_refused").format(to=escape(made.to)), soft_wrap=True)


@app.command("unsubscribed")
def list_unsubscribed(as_json: AsJson = False) -> None:
    """List addresses that want no mail by plays."""
    open_session()
    items = [UnsubscribedItem(address=x.address, at=x.at) for x in unsubscribed_(most=MOST)]
    if as_json:
        print_json(items)
        return
    rows = table("to", "at")
    for x in items:
        rows.add_row(escape(x.address), f"{x.at:%Y-%m-%d %H:%M}")
    out.print(rows)


@app.command()
def unsubscribe(address: Address) -> None:
    """Write to an address no more; what waits for it is taken back."""
    open_session()
    services.unsubscribe(address=address)
    out.print(word("mail_unsubscribed").format(to=escape(address)), soft_wrap=True)


@app.command()
def subscribe(address: Address) -> None:
    """Write to an address again, since its owner has asked for it."""
    open_session()
    there = services.subscribe(address=address)
    said = "mail_subscribed" if there else "mail_never_unsubscribed"
    out.print(word(said).format(to=escape(address)), soft_wrap=True)


def _item(mail: Mail) -> MailItem:
    delivery = mail.delivery
    return MailItem(
        mail=mail.pk,
        account=mail.account.key,
        account_name=str(mail.account),
        to=mail.to,
        language=mail.language,
        subject=mail.subject,
        text=mail.text,
        edited=mail.edited,
        play=mail.run.play,
        run=mail.run_id,
        state=where_of(mail),
        member=mail.member.handle if mail.member else None,
        note=mail.note,
        made_on=mail.made_on,
        due_at=delivery.due_at if delivery else None,
        sent_at=delivery.delivered_at if delivery else None,
        answer=delivery.answer if delivery else "",
    )
