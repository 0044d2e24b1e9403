"""Sending what is owed: claimed by one sender at a time, then taken, put off or refused."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce

from banso.core.wording import worded
from banso.desk.models import Alert, Channel, ChannelKind, Delivery, DeliveryKind, Mail, Task
from banso.desk.services.channels import disable_channel, rest_channel
from banso.desk.services.outbox import owe
from banso.desk.services.play_news import news_of_mail

LEASE = timedelta(seconds=90)
"""Longer than any attempt takes. What a sender that died had in hand is sent again after it."""

WAITS = tuple(
    timedelta(seconds=x) for x in (5, 30, 120, 600, 1_800, 3_600, 10_800, 21_600, 43_200, 86_400)
)
"""Before each further attempt; after the last one it is a dead letter."""

AT_ONCE = 20
"""Messages of one channel that a sender takes in one go."""

LONGEST_REST = timedelta(minutes=10)
"""One message that never gets through holds the others of its channel up for no longer."""

AGAIN = Q(channel__removed_at__isnull=True) & (
    Q(failed_at__isnull=False) | Q(delivered_at__isnull=False, channel__kind=ChannelKind.WEBHOOK)
)
"""What can be sent again: dead letters, and what a webhook has taken."""


class UnknownDeliveryError(LookupError):
    """There is no such message."""


class NothingToReplayError(Exception):
    """It is no dead letter; says what it is."""


@transaction.atomic
def claim(*, now: datetime, lease: timedelta = LEASE, limit: int = AT_ONCE) -> Sequence[Delivery]:
    """The oldest messages that are due, of one channel that nobody is sending by; empty: there are
    none.

    A channel's messages go out one after the other, so that news of one alert arrive in order and
    a receiver in trouble is asked by one sender alone.
    """
    waits = Delivery.objects.filter(delivered_at__isnull=True, failed_at__isnull=True)
    due = waits.filter(due_at__lte=now)
    due = due.filter(Q(leased_until__isnull=True) | Q(leased_until__lte=now))
    busy = Delivery.objects.filter(channel=OuterRef("pk"), leased_until__gt=now)
    channel = (
        Channel.objects.select_for_update(skip_locked=True)
        .filter(Exists(due.filter(channel=OuterRef("pk"))), ~Exists(busy), disabled_at__isnull=True)
        .filter(Q(resting_until__isnull=True) | Q(resting_until__lte=now))
        .first()
    )
    # asked once more: another sender may have taken the channel just before it was locked here
    if channel is None or channel.deliveries.filter(leased_until__gt=now).exists():
        return []
    same = Q(alert=OuterRef("alert")) | Q(task=OuterRef("task"))
    put_off_before = waits.filter(same, channel=channel, id__lt=OuterRef("id"), due_at__gt=now)
    found = list(
        due.filter(~Exists(put_off_before), channel=channel).select_related("member")[:limit]
    )
    until = now + lease
    Delivery.objects.filter(pk__in=[x.pk for x in found]).update(
        attempts=F("attempts") + 1, leased_until=until
    )
    for each in found:
        each.channel, each.leased_until = channel, until
        each.attempts += 1
    return found


def release(deliveries: Sequence[Delivery]) -> None:
    """They were claimed, and not tried."""
    if deliveries:
        rows = Delivery.objects.filter(pk__in=[x.pk for x in deliveries])
        rows.update(attempts=F("attempts") - 1, leased_until=None)


@transaction.atomic
def delivered(
    delivery: Delivery, *, now: datetime, answer: str, place: Mapping[str, str] | None = None
) -> None:
    """The receiver has taken it."""
    delivery.delivered_at, delivery.leased_until, delivery.answer = now, None, answer[:500]
    delivery.failed_at = None  # its channel was removed while this one was on its way
    delivery.place = dict(place) if place else None
    fields = ("delivered_at", "failed_at", "leased_until", "answer", "place")
    delivery.save(update_fields=fields)
    _tell_mail(DeliveryKind.MAIL_SENT, delivery)
    if delivery.channel.resting_until is not None:
        rest_channel(delivery.channel_id, until=None)


@transaction.atomic
def put_off(
    delivery: Delivery, *, now: datetime, answer: str, wait: timedelta | None = None
) -> None:
    """The receiver did not take it now; it is tried again, after `wait` where the receiver said so.
    After the last attempt it is a dead letter and its channel is disabled."""
    if delivery.attempts > len(WAITS):
        disable_channel(delivery.channel_id, now=now, because=answer)
        refused(delivery, now=now, answer=answer)
        return
    usual = WAITS[delivery.attempts - 1]
    delivery.due_at = now + max(wait or usual, timedelta(seconds=1))
    delivery.leased_until, delivery.answer = None, answer[:500]
    delivery.save(update_fields=("due_at", "leased_until", "answer"))
    rest_channel(delivery.channel_id, until=now + min(wait or usual, LONGEST_REST))


@transaction.atomic
def refused(delivery: Delivery, *, now: datetime, answer: str) -> None:
    """The receiver will never take this one: a dead letter. Others still go their way."""
    delivery.failed_at, delivery.leased_until, delivery.answer = now, None, answer[:500]
    delivery.save(update_fields=("failed_at", "leased_until", "answer"))
    _tell_mail(DeliveryKind.MAIL_FAILED, delivery)


def _tell_mail(kind: DeliveryKind, delivery: Delivery) -> None:
    """What became of a mail to a customer is news for webhooks."""
    if delivery.kind != DeliveryKind.MAIL:
        return
    mail = Mail.objects.filter(delivery=delivery).first()
    if mail is not None:
        answer = delivery.answer if kind == DeliveryKind.MAIL_FAILED else None
        owe(news_of_mail(kind, mail, answer=answer))


@transaction.atomic
def shut_out(delivery: Delivery, *, now: datetime, answer: str) -> None:
    """The receiver takes nothing of this channel any more: it is disabled, with what it owes kept
    for when it has been mended."""
    delivery.leased_until, delivery.answer = None, answer[:500]
    delivery.attempts -= 1
    delivery.save(update_fields=("leased_until", "answer", "attempts"))
    disable_channel(delivery.channel_id, now=now, because=answer)


def replay(ids: Sequence[int], *, now: datetime) -> int:
    """Send dead letters again, with the ids that they had; how many there were. Those to the owner
    of an alert, or to whoever has a task, go to whose it is by now. Of webhooks also what was
    delivered: the receiver knows its id, and may have lost it."""
    rows = Delivery.objects.filter(pk__in=ids).filter(AGAIN)
    holder = Alert.objects.filter(pk=OuterRef("alert")).annotate(
        whose=Coalesce("assignee", "episode__account__owner")
    )
    somebody = Q(alert__assignee__isnull=False) | Q(alert__episode__account__owner__isnull=False)
    of_holder = rows.filter(somebody, member__isnull=False)
    of_holder.update(member=Subquery(holder.values("whose")))
    task = Task.objects.filter(pk=OuterRef("task"))
    doer = Coalesce(Subquery(task.values("member")), Subquery(task.values("account__owner")))
    of_task = rows.filter(task__isnull=False, member__isnull=False)
    of_task.update(member=Coalesce(doer, F("member")))
    # by number: whose they are by now says nothing of whether they may be sent again
    return Delivery.objects.filter(pk__in=list(rows.values_list("pk", flat=True))).update(
        failed_at=None, delivered_at=None, due_at=now, attempts=0, answer=""
    )


@transaction.atomic
def replay_one(number: int, *, now: datetime) -> None:
    """As `replay`. Raises UnknownDeliveryError, NothingToReplayError."""
    row = Delivery.objects.select_for_update(of=("self",)).select_related("channel")
    found = row.filter(pk=number).first()
    if found is None:
        raise UnknownDeliveryError(worded("There is no message {number}.", number=number))
    if replay([number], now=now):
        return
    if found.channel.removed_at is not None:
        said = worded("Message {number}: its channel was removed.", number=number)
    elif found.delivered_at is None:
        said = worded("Message {number} is on its way.", number=number)
    else:
        said = worded(
            "Message {number} was delivered; only webhooks are sent such a one again.",
            number=number,
        )
    raise NothingToReplayError(said)


def replay_channel(channel: Channel, *, now: datetime) -> int:
    """All dead letters of a channel."""
    dead = channel.deliveries.filter(failed_at__isnull=False)
    return replay(list(dead.values_list("pk", flat=True)), now=now)
