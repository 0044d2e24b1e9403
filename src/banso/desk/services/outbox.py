"""The outbox: what channels owe their receivers, from the transaction that makes it true until it
has been taken. Exactly once where the receiver heeds the message's id, else at least once."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta

from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from banso.core.wording import worded
from banso.desk.models import (
    Alert,
    Channel,
    ChannelKind,
    Delivery,
    DeliveryKind,
    Handling,
    Mail,
    Task,
)
from banso.desk.services.channels import NewChannel, disable_channel, rest_channel
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

FOLLOWED = (ChannelKind.WEBHOOK, ChannelKind.SLACK)
"""What is told of what became of an alert or a task, too: software, and messages that can be
changed where they lie. Elsewhere each would be one more message."""

AGAIN = Q(channel__removed_at__isnull=True) & (
    Q(failed_at__isnull=False) | Q(delivered_at__isnull=False, channel__kind=ChannelKind.WEBHOOK)
)
"""What can be sent again: dead letters, and what a webhook has taken."""

ORDER = ("high", "medium", "low")
BATCH = 2_000


class UnknownDeliveryError(LookupError):
    """There is no such message."""


class NothingToReplayError(Exception):
    """It is no dead letter; says what it is."""


def tell_opened(
    alerts: Iterable[Alert], *, due: Callable[[str], datetime | None] = lambda rule: None
) -> int:
    """Every channel owes its receiver these alerts. In the transaction that records them.

    due: of a rule, when people may be sent its alerts; None: at once, as webhooks are always.
    """
    channels = list(telling_channels(digest=False))
    return owe(
        Delivery(
            channel=channel,
            kind=DeliveryKind.OPENED,
            subject=f"{DeliveryKind.OPENED}:{alert.pk}",
            alert=alert,
            member_id=owner if in_person(channel) else None,
            body=_opened(alert),
            **not_before(channel, due(alert.episode.rule)),
        )
        for alert in (alerts if channels else ())
        for channel in channels
        for owner in [alert.assignee_id or alert.episode.account.owner_id]
        if ORDER.index(alert.priority) <= ORDER.index(channel.least)
        and (owner is not None or not in_person(channel))
    )


def not_before(channel: Channel, due_at: datetime | None) -> dict[str, datetime]:
    """Fields of a delivery. due_at: when people may be sent it; webhooks are at once, always."""
    at_once = due_at is None or channel.kind == ChannelKind.WEBHOOK
    return {} if at_once or due_at is None else {"due_at": due_at}


def tell_closed(*, upto: date | None = None) -> int:
    """Of every alert that a channel was told of, or will be, and that is over since then. upto: the
    day, where episodes close that are of the day after it."""
    told = Exists(Delivery.objects.filter(alert=OuterRef("pk"), kind=DeliveryKind.OPENED))
    over = Exists(Delivery.objects.filter(alert=OuterRef("pk"), kind=DeliveryKind.CLOSED))
    alerts = Alert.objects.filter(told, ~over, episode__closed_on__isnull=False)
    return _follow(
        {alert.pk: f"{DeliveryKind.CLOSED}:{alert.pk}" for alert in alerts},
        DeliveryKind.CLOSED,
        lambda body, alert: {
            **body,
            "closed_on": str(min(x for x in (alert.episode.closed_on, upto) if x is not None)),
            "because": alert.episode.closed_because,
        },
    )


def tell_handled(handling: Handling) -> int:
    """What a member has done with an alert, wherever it was told."""
    told = {
        "state": str(handling.state),
        "until": str(handling.until) if handling.until else None,
        "by": str(handling.member) if handling.member else None,
        "reason": handling.reason or None,
        "undone": handling.undoes_id is not None,
        "handling": handling.pk,
    }
    return _follow(
        {handling.alert_id: f"{DeliveryKind.HANDLED}:{handling.pk}"},
        DeliveryKind.HANDLED,
        lambda body, _: {**body, **told},
    )


def owe_digests(day: date, bodies: Mapping[int, Mapping[str, object]]) -> int:
    """What members have to do on a day, to each who has something. bodies: by member's id."""
    subjects = {member: f"{DeliveryKind.DIGEST}:{day}:{member}" for member in bodies}
    owed = Delivery.objects.filter(subject__in=subjects.values())
    before = set(owed.values_list("channel_id", "subject"))
    return owe(
        Delivery(
            channel=channel,
            kind=DeliveryKind.DIGEST,
            subject=subject,
            member_id=member,
            body=dict(bodies[member]),
        )
        for channel in telling_channels(digest=True)
        for member, subject in subjects.items()
        if (channel.pk, subject) not in before
    )


def tell_of_play(
    channels: Iterable[Channel],
    kind: DeliveryKind,
    *,
    run: int,
    step: str,
    member: int | None,
    body: Mapping[str, object],
    due_at: datetime | None = None,
) -> int:
    """What a step of a play says, once for each channel and step of a run. member: to whom,
    for channels that write to people. due_at: when these may be sent it, None: at once."""
    return owe(
        Delivery(
            channel=channel,
            kind=kind,
            subject=f"{kind}:{run}:{step}",
            member_id=member if in_person(channel) else None,
            body=dict(body),
            **not_before(channel, due_at),
        )
        for channel in channels
    )


def telling_channels(*, digest: bool) -> QuerySet[Channel]:
    """Those that tell members: not the one that writes to customers."""
    return Channel.objects.filter(digest=digest).exclude(kind=ChannelKind.CUSTOMERS)


def owe_mail(channel: Channel, mail: Mail, *, due_at: datetime) -> Delivery:
    """A mail to a person at a customer, once. The body is frozen; whether they still want it is
    asked once more when it is sent."""
    owner = mail.account.owner
    return Delivery.objects.create(
        channel=channel,
        kind=DeliveryKind.MAIL,
        subject=f"{DeliveryKind.MAIL}:{mail.pk}",
        due_at=due_at,
        body={
            "mail": mail.pk,
            "to": mail.to,
            "name": mail.contact.name if mail.contact else "",
            "language": mail.language,
            "subject": mail.subject,
            "text": mail.text,
            "reply_to": owner.email if owner is not None and owner.is_active else "",
        },
    )


def take_back(delivery: int) -> bool:
    """A message that is not to be sent after all; False: it is being sent, or has been."""
    rows = Delivery.objects.filter(pk=delivery, delivered_at=None, failed_at=None)
    return rows.filter(leased_until=None).delete()[0] > 0


def owe_test(channel: Channel, *, member: int | None, now: datetime) -> Delivery:
    """A message by which one sees that the channel works."""
    return Delivery.objects.create(
        channel=channel,
        kind=DeliveryKind.TEST,
        subject=f"{DeliveryKind.TEST}:{now.isoformat()}",
        member_id=member,
        body={"channel": channel.name},
    )


def _follow(
    subjects: Mapping[int, str],
    kind: DeliveryKind,
    body: Callable[[Mapping[str, object], Alert], Mapping[str, object]],
) -> int:
    """Further news of alerts: after, and to the same people as, the news of their opening."""
    opened = Delivery.objects.filter(
        alert__in=subjects,
        kind=DeliveryKind.OPENED,
        failed_at__isnull=True,
        channel__removed_at__isnull=True,
    ).select_related("alert__episode", "channel")
    return owe(
        Delivery(
            channel=x.channel,
            kind=kind,
            subject=subjects[x.alert_id or 0],
            alert_id=x.alert_id,
            member_id=x.member_id,
            body=dict(body(x.body, x.alert)),
        )
        for x in opened
        if x.alert is not None and x.channel.kind in FOLLOWED
    )


def owe(deliveries: Iterable[Delivery]) -> int:
    """How many; a subject that its channel owes already, or has sent, is not owed twice."""
    rows = list(deliveries)
    Delivery.objects.bulk_create(rows, batch_size=BATCH, ignore_conflicts=True)
    return len(rows)


def in_person(channel: Channel | NewChannel) -> bool:
    """Whether it writes to whoever something is for, and not to one place."""
    return channel.kind != ChannelKind.WEBHOOK and not channel.address


def _opened(alert: Alert) -> dict[str, object]:
    """Also the documented content of a webhook (docs: how-to/channels). The sender leaves amounts
    of money out for those who may not see them."""
    episode = alert.episode
    account, owner = episode.account, alert.holder
    return {
        "alert": alert.pk,
        "rule": episode.rule,
        "journey": episode.journey or None,
        "label": alert.label,
        "action": alert.action,
        "priority": alert.priority,
        "opened_on": str(alert.since),
        "account": {"id": account.pk, "key": account.key, "name": str(account)},
        "owner": owner.handle if owner else None,
        "owner_name": str(owner) if owner else None,
        "why": alert.why,
        "arr": None if alert.arr is None else str(alert.arr),
    }


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
