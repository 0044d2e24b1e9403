"""Mails to people at customers, and who wants none."""

from collections.abc import Iterable, Mapping, Sequence
from itertools import groupby
from typing import Literal

from django.db.models import Q, QuerySet

from banso.desk.models import Mail, MailState, Unsubscribed
from banso.desk.queries.briefs import NOBODY
from banso.desk.queries.scope import Scope, within

Where = Literal["draft", "waiting", "sent", "failed", "refused", "withdrawn", "unwanted"]
"""Where a mail stands, its delivery included."""
PLACES: tuple[Where, ...] = (
    *("draft", "waiting", "sent", "failed", "refused", "withdrawn", "unwanted"),
)


def mails(
    scope: Scope,
    *,
    where: Where | None = None,
    account: int | None = None,
    owner: int | None = None,
    most: int,
) -> Sequence[Mail]:
    """Drafts: the oldest first; others the newest first. owner: whose accounts; NOBODY: those of
    nobody. One query."""
    rows = _joined(within(scope, Mail.objects.all(), account="account"))
    rows = rows.filter(_q(where)) if where is not None else rows
    rows = rows.filter(account=account) if account is not None else rows
    if owner is not None:
        rows = rows.filter(account__owner=None if owner == NOBODY else owner)
    return list(rows.order_by("pk" if where == "draft" else "-pk")[:most])


def mail_in_scope(scope: Scope, mail: int) -> Mail | None:
    return _joined(within(scope, Mail.objects.all(), account="account")).filter(pk=mail).first()


def drafts_to_approve(scope: Scope, *, owner: int | None = None) -> int:
    """How many. One query."""
    rows = within(scope, Mail.objects.filter(state=MailState.DRAFT), account="account")
    if owner is not None:
        rows = rows.filter(account__owner=None if owner == NOBODY else owner)
    return rows.count()


def drafts_by_owner(scope: Scope) -> Mapping[int, Sequence[Mail]]:
    """Member -> drafts for customers of theirs, the oldest first; those of nobody are left out.
    One query."""
    rows = within(scope, Mail.objects.filter(state=MailState.DRAFT), account="account")
    rows = rows.filter(account__owner__isnull=False).order_by("account__owner", "pk")
    found = rows.select_related("account")
    return {
        owner: list(mine)
        for owner, mine in groupby(found, key=lambda x: x.account.owner_id)
        if owner is not None
    }


def where_of(mail: Mail) -> Where:
    delivery = mail.delivery
    if mail.state != MailState.APPROVED:
        return next(x for x in PLACES if x == mail.state)
    if delivery is not None and delivery.failed_at is None:
        return "waiting" if delivery.delivered_at is None else "sent"
    return "failed"


def _q(where: Where) -> Q:
    sent, failed = Q(delivery__delivered_at__isnull=False), Q(delivery__failed_at__isnull=False)
    there, approved = Q(delivery__isnull=False), Q(state=MailState.APPROVED)
    if where == "waiting":
        return approved & there & ~sent & ~failed
    if where == "sent":
        return approved & sent
    if where == "failed":
        return approved & (failed | ~there)
    return Q(state=where)


def _joined(rows: QuerySet[Mail]) -> QuerySet[Mail]:
    return rows.select_related("account__owner", "contact", "member", "delivery", "run")


def unwanted_among(addresses: Iterable[str]) -> set[str]:
    """Of these, in small letters, those that want no mail."""
    rows = Unsubscribed.objects.filter(address__in=[x.lower() for x in addresses])
    return set(rows.values_list("address", flat=True))


def unsubscribed(*, most: int) -> Sequence[Unsubscribed]:
    """The newest first."""
    return list(Unsubscribed.objects.all()[:most])


def address_of_mail(mail: int) -> str | None:
    """To whom it was written: asked by the link in the mail itself."""
    return Mail.objects.filter(pk=mail).values_list("to", flat=True).first()
