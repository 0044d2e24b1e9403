"""Mails to customers: those that wait for approval, what became of others, and one of them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext

from banso.desk.models import Mail
from banso.desk.queries.mails import PLACES, Where, mails, where_of
from banso.desk.queries.scope import Scope
from banso.desk.queries.to_do import Wanted
from banso.pipeline.act.refusals import in_words
from banso.web.house import Look, zone_of
from banso.web.tags import day, text
from banso.web.today.desk import Desk
from banso.web.today.tasks import wanted_tasks

MOST, AT_ONCE = 200, 5


@dataclass(frozen=True)
class MailRow:
    """told: where it stands, in words."""

    number: int
    address: str
    subject: str
    to: str
    account: str
    account_address: str
    owner: str
    play: str
    told: str
    failed: bool


@dataclass(frozen=True)
class Tab:
    word: str
    address: str
    current: bool


@dataclass(frozen=True)
class MailList:
    """nothing: what comes here and how, where there is none."""

    tabs: Sequence[Tab]
    nothing: str
    rows: Sequence[MailRow]


@dataclass(frozen=True)
class MailPage:
    """subject, said: as they are, or as they were sent and could not be kept. edits: it can be
    changed and decided by this reader. wrong: by field."""

    row: MailRow
    subject: str
    said: str
    language: str
    edited: bool
    edits: bool
    note: str
    wrong: Mapping[str, str]


def mail_list(scope: Scope, look: Look, *, wanted: str) -> MailList:
    where: Where = next((x for x in PLACES if x == wanted), "draft")
    found = mails(scope, where=where, most=MOST)
    words = where_words()
    return MailList(
        tabs=[Tab(words[x], f"{reverse('mails')}?state={x}", x == where) for x in PLACES],
        nothing=_nothing()[where],
        rows=[_row(x, look) for x in found],
    )


def to_approve(of: Desk, look: Look, wanted: Wanted) -> Sequence[MailRow]:
    """For Today: the oldest drafts. One query, where there are any."""
    if not of.drafts or wanted.tab != "todo" or not wanted_tasks(wanted):
        return ()
    found = mails(of.scope, where="draft", owner=wanted.owner, most=AT_ONCE)
    return [_row(x, look) for x in found]


def mail_page(
    scope: Scope,
    look: Look,
    mail: Mail,
    *,
    sent: Mapping[str, str] | None = None,
    wrong: Mapping[str, str],
) -> MailPage:
    said = sent or {"subject": mail.subject, "text": mail.text}
    return MailPage(
        row=_row(mail, look),
        subject=said["subject"],
        said=said["text"],
        language=mail.language,
        edited=mail.edited,
        edits=scope.acts and where_of(mail) == "draft",
        note=mail.note,
        wrong=wrong,
    )


def _nothing() -> dict[Where, str]:
    return {
        "draft": gettext(
            "A play's step of kind “Mail to the customer” writes a draft; it waits here until a "
            "member has looked at it."
        ),
        "waiting": gettext(
            "An approved mail waits here for a business day, out of quiet hours, and not too soon "
            "after another mail to the same person."
        ),
        "sent": gettext("Mails that the mail server took stand here, with the day."),
        "failed": gettext(
            "Mails that could not be delivered stand here, with what the mail server said."
        ),
        "refused": gettext("Drafts that a member decided not to send stand here, with why."),
        "withdrawn": gettext(
            "Drafts whose play ended before anybody approved them are taken back and stand here."
        ),
        "unwanted": gettext(
            "Mails to people who have ended these mails by the link below them stand here; they "
            "are not sent."
        ),
    }


def where_words() -> dict[Where, str]:
    return {
        "draft": gettext("To be approved"),
        "waiting": gettext("Waits to be sent"),
        "sent": gettext("Sent"),
        "failed": gettext("Not delivered"),
        "refused": gettext("Refused"),
        "withdrawn": gettext("Withdrawn"),
        "unwanted": gettext("Unsubscribed"),
    }


def _row(mail: Mail, look: Look) -> MailRow:
    account = mail.account
    where = where_of(mail)
    label = mail.run.version.get("label")
    return MailRow(
        number=mail.pk,
        address=reverse("mail", args=[mail.pk]),
        subject=mail.subject,
        to=f"{mail.contact} <{mail.to}>" if mail.contact else mail.to,
        account=str(account),
        account_address=reverse("account", args=[account.pk]),
        owner=str(account.owner or ""),
        play=text(label) if label else mail.run.play,
        told=_told(mail, where, look),
        failed=where == "failed",
    )


def _told(mail: Mail, where: Where, look: Look) -> str:
    delivery = mail.delivery
    said = {
        "day": day(mail.made_on),
        "member": str(mail.member or "Banso"),
        "answer": in_words(delivery.answer, gettext) if delivery else "",
    }
    if where == "draft":
        return gettext("Written %(day)s") % said
    if delivery is not None and where in ("waiting", "sent"):
        said["day"] = day(_here(delivery.delivered_at or delivery.due_at, look).date())
        words = {
            "waiting": gettext("Approved by %(member)s, sent from %(day)s on"),
            "sent": gettext("Approved by %(member)s, sent %(day)s"),
        }
        return words[where] % said
    words = {
        "failed": gettext("Not delivered: %(answer)s"),
        "refused": gettext("Refused by %(member)s"),
        "withdrawn": gettext("Withdrawn: its play is over"),
        "unwanted": gettext("Its reader wants no mail any more"),
    }
    return words[where] % said


def _here(at: datetime, look: Look) -> datetime:
    return at.astimezone(zone_of(look.definitions))
