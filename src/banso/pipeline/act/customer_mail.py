"""Mail to people at customers, by the vendor's own server: what a play wrote and a member approved,
with a link by which its reader wants no more of them (RFC 8058)."""

from email.headerregistry import Address
from html import escape

from django.core.mail import EmailMultiAlternatives

from banso.desk.models import Contact, Delivery, DeliveryKind
from banso.desk.queries.mails import unwanted_among
from banso.desk.services.sending import WAITS
from banso.desk.unsubscribe import write_token
from banso.pipeline.act import mail_markup as markup
from banso.pipeline.act.mail import Mailbox, MailSettingsError, mailbox_of, post
from banso.pipeline.act.refusals import NO_CONTACT, TEST_TO_NOBODY, UNWANTED
from banso.pipeline.act.told import language_of
from banso.pipeline.act.verdict import NotNowError, RefusedError, ShutOutError
from banso.pipeline.act.words import Language, say


def send(delivery: Delivery, url: str, *, key: str, base: str, organisation: str) -> str:
    """What the mail server answered. url: of the server. key: the home's, which signs the link.
    base: where Banso is reached. Raises NotNowError, RefusedError, ShutOutError."""
    try:
        box = mailbox_of(url, delivery.channel.address, named="The channel", from_="Its address")
    except MailSettingsError as error:
        raise ShutOutError(str(error)) from None
    if delivery.kind == DeliveryKind.TEST:
        return post(_test(delivery, box, organisation), box)
    _still_wanted(delivery)
    mail = written(delivery, box, key=key, base=base, organisation=organisation)
    try:
        return post(mail, box)
    except NotNowError as error:
        if delivery.attempts > len(WAITS):  # one full mailbox must not shut the others out
            raise RefusedError(str(error)) from None
        raise


def _still_wanted(delivery: Delivery) -> None:
    """Asked at the last moment: days may lie between approval and now."""
    to = delivery.body["to"]
    if unwanted_among([to]):
        raise RefusedError(UNWANTED.format(to=to))
    there = Contact.objects.filter(email__iexact=to)
    if not there.filter(left_on__isnull=True).exists():
        raise RefusedError(NO_CONTACT.format(to=to))


def written(
    delivery: Delivery, box: Mailbox, *, key: str, base: str, organisation: str
) -> EmailMultiAlternatives:
    body = delivery.body
    language: Language = body["language"]
    address = f"{base}/unsubscribe/{write_token(body['mail'], key=key)}/"
    footer = say("unsubscribe", language, organisation=organisation, address=address)
    mail = EmailMultiAlternatives(
        subject=body["subject"],
        body=f"{body['text']}\n\n--\n{footer}\n",
        from_email=_named(organisation, box.sender),
        to=[_named(body["name"], body["to"])],
        reply_to=[body["reply_to"]] if body["reply_to"] else None,
        headers={
            "Message-ID": f"<{delivery.message}@{box.sender.rpartition('@')[2]}>",
            "List-Unsubscribe": f"<{address}>",
            "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
        },
    )
    mail.attach_alternative(_page(body["text"], address, organisation, language), "text/html")
    return mail


def _page(text: str, address: str, organisation: str, language: Language) -> str:
    """Nothing of the text is markup: it holds what customers have told of themselves."""
    words = say("unsubscribe.page", language, organisation=organisation)
    link = f'<a href="{escape(address)}">{escape(say("unsubscribe.link", language))}</a>'
    return markup.page(
        language,
        f'<div style="white-space:pre-line">{escape(text)}</div>'
        f'<p style="font-size:12px;color:#5b6472;margin-top:24px">{escape(words)} {link}</p>',
    )


def _test(delivery: Delivery, box: Mailbox, organisation: str) -> EmailMultiAlternatives:
    language = language_of(delivery)
    member = delivery.member
    if member is None or not member.email:
        raise RefusedError(TEST_TO_NOBODY)
    text = say("test.customers", language, channel=delivery.body["channel"])
    return EmailMultiAlternatives(
        subject=say("test.subject", language),
        body=f"{text}\n",
        from_email=_named(organisation, box.sender),
        to=[member.email],
        headers={"Message-ID": f"<{delivery.message}@{box.sender.rpartition('@')[2]}>"},
    )


def _named(name: str, address: str) -> str:
    """A name is one line: whatever stands in it, it is no further header."""
    return str(Address(" ".join(name.split()), addr_spec=address))
