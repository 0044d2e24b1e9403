"""Mails that plays write to customers, and what members decide about them."""

from django.http import HttpRequest
from ninja import Query, Router, Status
from ninja.errors import HttpError

from banso.api.rest.door import ACT, OPERATE, READ, caller
from banso.api.rest.play_shapes import (
    Address,
    Approval,
    MailItem,
    MailsAsked,
    Refusal,
    UnsubscribedItem,
)
from banso.desk.models import Mail
from banso.desk.queries.mails import mails, unsubscribed, where_of
from banso.desk.services.mails import refuse, subscribe, unsubscribe
from banso.pipeline.mails import approve

router = Router(tags=["mails"])
MOST = 500


@router.get("mails", auth=READ, response=list[MailItem], operation_id="list_mails")
def list_mails(request: HttpRequest, asked: Query[MailsAsked]) -> list[MailItem]:
    """Mails to people at the member's accounts; drafts: the oldest first."""
    found = mails(caller(request).scope, where=asked.state, most=asked.limit)
    return [_item(x) for x in found]


@router.post("mails/{mail}/approve", auth=ACT, response=MailItem, operation_id="approve_mail")
def approve_mail(request: HttpRequest, mail: int, said: Approval) -> MailItem:
    """It leaves on the first day on which its reader may be written to."""
    seen = caller(request)
    if seen.definitions is None:
        raise HttpError(409, "no definitions are in force yet")
    return _item(approve(seen.scope, seen.definitions, mail, subject=said.subject, text=said.text))


@router.post("mails/{mail}/refuse", auth=ACT, response=MailItem, operation_id="refuse_mail")
def refuse_mail(request: HttpRequest, mail: int, said: Refusal) -> MailItem:
    """It is not sent."""
    return _item(refuse(scope=caller(request).scope, mail=mail, note=said.note))


@router.get(
    "unsubscribed",
    auth=OPERATE,
    response=list[UnsubscribedItem],
    operation_id="list_unsubscribed",
)
def list_unsubscribed(request: HttpRequest) -> list[UnsubscribedItem]:
    """Addresses to which no play writes, of any account; the newest first, at most 500."""
    return [UnsubscribedItem(address=x.address, at=x.at) for x in unsubscribed(most=MOST)]


@router.post("unsubscribed", auth=OPERATE, response={204: None}, operation_id="unsubscribe")
def unsubscribe_address(request: HttpRequest, said: Address) -> Status[None]:
    """Write to an address no more; what waits for it is taken back."""
    unsubscribe(address=said.address)
    return Status(204, None)


@router.post("unsubscribed/end", auth=OPERATE, response={204: None}, operation_id="subscribe")
def subscribe_address(request: HttpRequest, said: Address) -> Status[None]:
    """Write to an address again, since its owner has asked for it."""
    if not subscribe(address=said.address):
        raise HttpError(404, f"'{said.address}' was not unsubscribed")
    return Status(204, None)


def _item(mail: Mail) -> MailItem:
    delivery = mail.delivery
    return MailItem(
        id=mail.pk,
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
        due_at=delivery.due_at if delivery else None,
        sent_at=delivery.delivered_at if delivery else None,
    )
