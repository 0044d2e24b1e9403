"""Mails to people at customers: written by a play, approved, refused or changed by a member, taken
back. The one writer of `mail` and `unsubscribed`."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta

from django.db import transaction
from django.db.models import Q, QuerySet

from banso.core.definitions.plays import MailStep
from banso.core.definitions.template import BrokenTemplateError, Template, UnfilledError, filled
from banso.desk.models import (
    Account,
    Channel,
    ChannelKind,
    Contact,
    DeliveryKind,
    Language,
    Mail,
    MailState,
    PlayRun,
    Unsubscribed,
)
from banso.desk.queries.mails import unwanted_among
from banso.desk.queries.places import values_of
from banso.desk.queries.scope import Scope, within
from banso.desk.services.alerts import MayNotActError, NoReasonError
from banso.desk.services.outbox import owe, owe_mail, take_back
from banso.desk.services.play_news import news_of_mail
from banso.desk.services.play_problem import ProblemError
from banso.desk.services.play_world import World

LONGEST_SUBJECT, LONGEST_TEXT = 300, 20_000


class UnknownMailError(LookupError):
    """There is no such mail among the accounts of this scope."""


class MailOvertakenError(Exception):
    """The mail is no draft any more: somebody has decided, or its play is over."""


class UnfitMailError(ValueError):
    """What a member has written can't be sent; field: subject or text."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field = field


def write_mails(run: PlayRun, key: str, step: MailStep, world: World) -> None:
    """One to each person who can be written to, once for each step of a run. Raises ProblemError,
    and has written nothing then."""
    channel = Channel.objects.filter(kind=ChannelKind.CUSTOMERS).first()
    if channel is None:
        raise ProblemError("no_customers")
    template = world.templates.get(step.template)
    if template is None:
        raise ProblemError("no_template", step.template)
    try:
        people = reachable(run.account, step)
    except ProblemError:
        if step.without_contact == "skip":
            return
        raise
    language = Language(step.language or channel.language)
    told = [(x, *texts(template, run.account, x, language, world)) for x in people]
    for contact, subject, text in told:
        mail, made = Mail.objects.get_or_create(
            run=run,
            step=key,
            to=contact.email,
            defaults={
                "account_id": run.account_id,
                "contact": contact,
                "language": language,
                "subject": subject[:LONGEST_SUBJECT],
                "text": text,
                "made_on": world.day,
            },
        )
        if made and step.approval:
            owe(news_of_mail(DeliveryKind.MAIL_DRAFTED, mail))
        elif made:
            _approve(mail, None, mail_days=world.mail_days, sends=world.sends)


def reachable(account: Account, step: MailStep) -> Sequence[Contact]:
    """Whom a step writes to, each address once. Raises ProblemError that tells what is missing."""
    role = step.role or ""
    rows = Contact.objects.filter(account=account).order_by("key")
    found = list(rows.filter(role=role) if role else rows)
    if not found:
        raise ProblemError("no_contact", role)
    found = [x for x in found if x.left_on is None]
    if not found:
        raise ProblemError("contacts_left", role)
    by_address = {x.email.lower(): x for x in reversed(found) if x.email}
    if not by_address:
        raise ProblemError("no_address", role)
    unwanted = unwanted_among(by_address)
    wanted = [x for x in found if by_address.get(x.email.lower()) is x]
    wanted = [x for x in wanted if x.email.lower() not in unwanted]
    if not wanted:
        raise ProblemError("unsubscribed", role)
    return wanted[: step.most]


def texts(
    template: Template, account: Account, contact: Contact | None, language: str, world: World
) -> tuple[str, str]:
    """Subject and text. Raises ProblemError where a place has nothing in it."""
    values = values_of(account, organisation=world.organisation, day=world.day, contact=contact)
    subject, text = (getattr(x, language) for x in (template.subject, template.text))
    try:
        line = " ".join(filled(subject, values[language]).split())
        return line, filled(text, values[language]).strip()
    except UnfilledError as error:
        raise ProblemError("empty_place", error.place) from error
    except BrokenTemplateError as error:
        raise ProblemError("no_template", template.name) from error


@transaction.atomic
def change(*, scope: Scope, mail: int, subject: str, text: str) -> Mail:
    """Say it otherwise; it stays a draft. UnfitMailError, MailOvertakenError, UnknownMailError."""
    found = _draft(scope, mail)
    subject, text = subject.strip(), text.replace("\r\n", "\n").strip()
    for field, said, longest in (
        ("subject", subject, LONGEST_SUBJECT),
        ("text", text, LONGEST_TEXT),
    ):
        if not said:
            raise UnfitMailError(field, f"the {field} of the mail is empty; write it")
        if len(said) > longest:
            raise UnfitMailError(field, f"the {field} has more than {longest:,} characters")
    if not subject.isprintable():
        raise UnfitMailError("subject", "the subject is one line, without control characters")
    found.edited |= (found.subject, found.text) != (subject, text)
    found.subject, found.text = subject, text
    found.save(update_fields=("subject", "text", "edited"))
    return found


@transaction.atomic
def approve(
    *, scope: Scope, mail: int, mail_days: int, sends: Callable[[datetime], datetime]
) -> Mail:
    """Let it leave, on the first day on which its reader may be written to. Doing so again changes
    nothing. mail_days, sends: see World."""
    found = _locked(scope, mail)
    if found.state == MailState.APPROVED:
        return found
    if found.state != MailState.DRAFT:
        raise MailOvertakenError(f"the mail is {found.state}, no draft any more")
    return _approve(found, scope.member, mail_days=mail_days, sends=sends)


def _approve(
    mail: Mail, member: int | None, *, mail_days: int, sends: Callable[[datetime], datetime]
) -> Mail:
    channel = Channel.objects.filter(kind=ChannelKind.CUSTOMERS).first()
    if channel is None:
        raise ProblemError("no_customers")
    now = datetime.now(tz=UTC)
    mail.state, mail.member_id, mail.decided_at = MailState.APPROVED, member, now
    mail.delivery = owe_mail(channel, mail, due_at=sends(_free(mail, now, mail_days)))
    mail.save(update_fields=("state", "member", "decided_at", "delivery"))
    owe(news_of_mail(DeliveryKind.MAIL_APPROVED, mail))
    return mail


def _free(mail: Mail, now: datetime, mail_days: int) -> datetime:
    """From when on the last mail of another run to this address no longer stands in the way. Of two
    that are approved at once, the second waits for the first: the person's contacts are locked."""
    list(Contact.objects.select_for_update().filter(email__iexact=mail.to).order_by("pk"))
    others = Mail.objects.filter(to__iexact=mail.to, state=MailState.APPROVED).exclude(run=mail.run)
    sent = others.filter(delivery__failed_at__isnull=True, delivery__isnull=False)
    last = [x.delivery for x in sent.select_related("delivery") if x.delivery is not None]
    days = [x.delivered_at or x.due_at for x in last]
    return max([now, *(x + timedelta(days=mail_days) for x in days)])


@transaction.atomic
def refuse(*, scope: Scope, mail: int, note: str) -> Mail:
    """Do not send it; why is kept. NoReasonError, MailOvertakenError, UnknownMailError."""
    if not note.strip():
        raise NoReasonError("say in a few words why it is not sent")
    found = _draft(scope, mail)
    found.state, found.member_id, found.note = MailState.REFUSED, scope.member, note.strip()[:500]
    found.decided_at = datetime.now(tz=UTC)
    found.save(update_fields=("state", "member", "decided_at", "note"))
    owe(news_of_mail(DeliveryKind.MAIL_REFUSED, found))
    return found


def withdraw_mails(run: PlayRun) -> None:
    """The run is over before its end, so what has not left is not sent."""
    _take_back(Mail.objects.filter(run=run), MailState.WITHDRAWN)


@transaction.atomic
def unsubscribe(*, address: str, mail: int | None = None) -> None:
    """No mail by plays to this address any more, of any account; what waits is taken back."""
    Unsubscribed.objects.get_or_create(address=address.lower(), defaults={"mail_id": mail})
    _take_back(Mail.objects.filter(to__iexact=address), MailState.UNWANTED)


def subscribe(*, address: str) -> bool:
    """Its owner wants them again; whether it had been unsubscribed."""
    return Unsubscribed.objects.filter(address=address.lower()).delete()[0] > 0


def _take_back(mails: QuerySet[Mail], state: MailState) -> None:
    waiting = mails.filter(
        Q(state=MailState.DRAFT)
        | Q(state=MailState.APPROVED, delivery__delivered_at=None, delivery__failed_at=None)
    )
    for mail in waiting.select_for_update(of=("self",)):
        delivery = mail.delivery_id
        if delivery is not None and not take_back(delivery):
            continue  # it is being sent just now
        mail.state, mail.delivery = state, None
        mail.save(update_fields=("state", "delivery"))
        owe(news_of_mail(DeliveryKind.MAIL_WITHDRAWN, mail))


def _draft(scope: Scope, mail: int) -> Mail:
    found = _locked(scope, mail)
    if found.state != MailState.DRAFT:
        raise MailOvertakenError(f"the mail is {found.state}, no draft any more")
    return found


def _locked(scope: Scope, mail: int) -> Mail:
    if not scope.acts:
        raise MayNotActError("this member may look, not act")
    rows = within(scope, Mail.objects.all(), account="account")
    found = rows.select_for_update(of=("self",)).filter(pk=mail).first()
    if found is None:
        raise UnknownMailError(f"no mail {mail} here")
    return found
