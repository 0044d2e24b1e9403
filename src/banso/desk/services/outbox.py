"""The outbox: what channels owe their receivers, written in the transaction that makes it true.

What becomes of it is in `sending`: exactly once where the receiver heeds the message's id, else at
least once."""

from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime

from django.db.models import Exists, OuterRef, QuerySet

from banso.desk.models import (
    Alert,
    Channel,
    ChannelKind,
    Delivery,
    DeliveryKind,
    Handling,
    Mail,
)
from banso.desk.services.channels import NewChannel

FOLLOWED = (ChannelKind.WEBHOOK, ChannelKind.SLACK)
"""What is told of what became of an alert or a task, too: software, and messages that can be
changed where they lie. Elsewhere each would be one more message."""

ORDER = ("high", "medium", "low")
BATCH = 2_000


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
        "note": handling.note or None,
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
