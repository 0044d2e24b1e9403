"""E-mail, in plain text and as a page, by the server that BANSO_SMTP_URL names."""

import os
import smtplib
from dataclasses import dataclass
from email.headerregistry import Address
from html import escape
from urllib.parse import unquote, urlsplit

from django.core.mail import EmailMultiAlternatives
from django.core.mail.backends.smtp import EmailBackend

from banso.core.wording import worded
from banso.desk.models import Delivery, DeliveryKind
from banso.pipeline.act import mail_markup as markup
from banso.pipeline.act.digest_letter import digest_letter
from banso.pipeline.act.refusals import (
    NO_ADDRESS,
    NO_SENDER,
    NO_SERVER,
    NO_SUCH_ADDRESS,
    NOT_SET,
    THE_OWNER,
)
from banso.pipeline.act.task_letter import task_letter
from banso.pipeline.act.told import Said, Told, language_of, said, told
from banso.pipeline.act.told_incident import INCIDENTS, told_incident
from banso.pipeline.act.verdict import NotNowError, RefusedError, ShutOutError
from banso.pipeline.act.words import Language, say

SECONDS = 15
SERVER, SENDER = "BANSO_SMTP_URL", "BANSO_MAIL_FROM"


class MailSettingsError(ValueError):
    """The mail server's settings are missing or wrong; says why and what to do. field: `url` or
    `address`."""

    def __init__(self, said: str, *, field: str) -> None:
        super().__init__(said)
        self.field = field


@dataclass(frozen=True)
class Mailbox:
    """How mail leaves: smtp:// (with STARTTLS unless it says ?starttls=no) or smtps://."""

    host: str
    port: int
    user: str
    password: str
    tls: bool
    starttls: bool
    sender: str


def mailbox() -> Mailbox:
    """By which mail to members leaves. Raises MailSettingsError."""
    return mailbox_of(os.environ.get(SERVER, ""), os.environ.get(SENDER, ""))


def mailbox_of(url: str, sender: str, *, named: str = SERVER, from_: str = SENDER) -> Mailbox:
    """named, from_: what both are called where they are set. Raises MailSettingsError."""
    parts = urlsplit(url)
    if parts.scheme not in ("smtp", "smtps") or not parts.hostname:
        state = worded(NO_SUCH_ADDRESS) if url else worded(NOT_SET)
        raise MailSettingsError(
            worded(NO_SERVER, named=named, state=state),
            field="url",
        )
    try:
        Address(addr_spec=sender)
    except Exception:
        raise MailSettingsError(
            worded(NO_SENDER, named=from_),
            field="address",
        ) from None
    tls = parts.scheme == "smtps"
    return Mailbox(
        host=parts.hostname,
        port=parts.port or (465 if tls else 587),
        user=unquote(parts.username or ""),
        password=unquote(parts.password or ""),
        tls=tls,
        starttls=not tls and "starttls=no" not in parts.query,
        sender=sender,
    )


def send(delivery: Delivery, *, base: str, currency: str) -> str:
    """What the mail server answered. Raises NotNowError, RefusedError, ShutOutError."""
    to = delivery.channel.address or (delivery.member.email if delivery.member else "")
    if not to:
        raise RefusedError(NO_ADDRESS.format(member=delivery.member or THE_OWNER))
    try:
        box = mailbox()
    except MailSettingsError as error:
        raise ShutOutError(str(error)) from None
    return post(_message(delivery, box.sender, to, base=base, currency=currency), box)


def post(message: EmailMultiAlternatives, box: Mailbox) -> str:
    """As `send`, of a mail that is written."""
    message.connection = EmailBackend(
        host=box.host,
        port=box.port,
        username=box.user,
        password=box.password,
        use_tls=box.starttls,
        use_ssl=box.tls,
        timeout=SECONDS,
    )
    try:
        message.send()
    except smtplib.SMTPAuthenticationError as error:
        raise ShutOutError(_said(error.smtp_code, error.smtp_error)) from None
    except smtplib.SMTPRecipientsRefused as error:
        (code, answer) = next(iter(error.recipients.values()))
        raise _verdict(code, answer) from None
    except smtplib.SMTPResponseException as error:
        raise _verdict(error.smtp_code, error.smtp_error) from None
    except (OSError, smtplib.SMTPException) as error:
        raise NotNowError(f"{type(error).__name__}: {error}") from None
    return f"taken by {box.host}"


def _verdict(code: int, answer: bytes | str) -> Exception:
    """RFC 5321: 4yz is for now, 5yz for good."""
    said = _said(code, answer)
    return NotNowError(said) if code < 500 else RefusedError(said)


def _said(code: int, answer: bytes | str) -> str:
    text = answer.decode(errors="replace") if isinstance(answer, bytes) else answer
    return f"{code} {text}"


def _message(
    delivery: Delivery, sender: str, to: str, *, base: str, currency: str
) -> EmailMultiAlternatives:
    subject, text, page = written(delivery, base=base, currency=currency)
    domain = sender.rpartition("@")[2]
    mail = EmailMultiAlternatives(
        subject=subject,
        body=text,
        from_email=str(Address("Banso", addr_spec=sender)),
        to=[to],
        headers={
            "Message-ID": f"<{delivery.message}@{domain}>",
            "Auto-Submitted": "auto-generated",
        },
    )
    mail.attach_alternative(page, "text/html")
    return mail


def written(delivery: Delivery, *, base: str, currency: str) -> tuple[str, str, str]:
    """Subject, plain text and page of a mail."""
    language = language_of(delivery)
    if delivery.kind == DeliveryKind.TEST:
        text = say("test", language, channel=delivery.body["channel"])
        return say("test.subject", language), text, markup.page(language, f"<p>{escape(text)}</p>")
    if delivery.kind == DeliveryKind.DIGEST:
        return digest_letter(delivery, base=base)
    if delivery.kind == DeliveryKind.MESSAGE:
        return _message_of_play(delivery, language, base)
    if delivery.kind in INCIDENTS:
        footer = say("incident.footer", language) if not delivery.channel.address else ""
        opens = say("incident.open", language)
        return _letter(told_incident(delivery, base=base), opens, footer, language)
    if delivery.task_id is not None:
        return task_letter(delivery, base=base, currency=currency)
    alert = told(delivery, base=base, currency=currency)
    subject = f"{alert.account}: {alert.title}".replace("\n", " ")
    footer = say("footer", language) if not delivery.channel.address else ""
    why = "\n".join(f"- {x}" for x in alert.why)
    text = (
        f"{alert.account}\n{alert.title}\n{alert.state}\n\n{say('why', language)}\n{why}\n\n"
        f"{say('do', language)}\n{alert.action}\n\n{say('open', language)}: {alert.address}\n"
    )
    return (
        subject,
        f"{text}\n{footer}\n" if footer else text,
        markup.page(language, _html(alert, language, footer)),
    )


def _message_of_play(delivery: Delivery, language: Language, base: str) -> tuple[str, str, str]:
    to = delivery.member.handle if delivery.member else None
    owns = delivery.body.get("owner") in (None, to)
    name = "footer" if owns else "message.footer"
    footer = say(name, language) if not delivery.channel.address else ""
    return _letter(said(delivery, base=base), say("open", language), footer, language)


def _letter(message: Said, opens: str, footer: str, language: Language) -> tuple[str, str, str]:
    text = f"{message.title}\n\n{message.text}\n\n{opens}: {message.address}\n"
    page = (
        markup.title(message.title)
        + markup.said(message.text)
        + markup.button(message.address, opens)
        + markup.footer(footer)
    )
    subject = message.title.replace("\n", " ")
    return subject, f"{text}\n{footer}\n" if footer else text, markup.page(language, page)


def _html(alert: Told, language: Language, footer: str) -> str:
    return (
        markup.quiet(alert.account)
        + markup.title(alert.title)
        + markup.quiet(alert.state, below=16)
        + markup.part(say("why", language))
        + markup.lines(alert.why)
        + markup.part(say("do", language))
        + markup.said(alert.action)
        + markup.button(alert.address, say("open", language))
        + markup.footer(footer)
    )
