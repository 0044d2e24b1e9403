"""What channels have sent and owe."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, get_args

from django.db.models import Count, Max, Q, QuerySet

from banso.desk.models import Channel, Delivery, Member

State = Literal["waiting", "delivered", "failed"]
STATES: Sequence[State] = get_args(State)
WAITING = Q(delivered_at__isnull=True, failed_at__isnull=True)
OF_STATE = {
    "waiting": WAITING,
    "delivered": Q(delivered_at__isnull=False),
    "failed": Q(failed_at__isnull=False),
}


@dataclass(frozen=True)
class ChannelView:
    """A channel and how many of its messages are in which state. Secrets are never among it."""

    name: str
    kind: str
    address: str
    least: str
    language: str
    revenue: bool
    tasks: bool
    disabled_at: datetime | None
    disabled_because: str
    waiting: int
    delivered: int
    failed: int
    last_delivered_at: datetime | None
    last_failed_at: datetime | None


@dataclass(frozen=True)
class DeliveryView:
    """A message. account: key of the customer that it is about, None for a test."""

    id: int
    message: str
    channel: str
    kind: str
    account: str | None
    member: str | None
    state: State
    attempts: int
    created_at: datetime
    due_at: datetime
    answer: str


def channels() -> Sequence[ChannelView]:
    """By name."""
    rows = Channel.objects.annotate(
        **{name: Count("deliveries", filter=_of(name)) for name in OF_STATE},
        last_delivered_at=Max("deliveries__delivered_at"),
        last_failed_at=Max("deliveries__failed_at"),
    )
    return [
        ChannelView(**{name: getattr(x, name) for name in ChannelView.__dataclass_fields__})
        for x in rows
    ]


def shut_out() -> Sequence[str]:
    """Names of channels by which nothing gets through until somebody mends it; those that were
    stopped by hand are none. One query."""
    rows = Channel.objects.filter(disabled_at__isnull=False, stopped=False)
    return list(rows.values_list("name", flat=True))


def _of(state: str) -> Q:
    """The same, seen from a channel."""
    children = [(f"deliveries__{name}", value) for name, value in OF_STATE[state].children]  # type: ignore[misc]
    return Q(*children)


def deliveries(
    *,
    channel: str | None = None,
    state: State | None = None,
    before: int | None = None,
    in_use: bool = False,
    limit: int,
) -> Sequence[DeliveryView]:
    """The newest first. before: only those with a lower number. in_use: not of channels that were
    removed."""
    rows = _delivery_rows()
    if channel is not None:
        rows = rows.filter(channel__name=channel)
    if state is not None:
        rows = rows.filter(OF_STATE[state])
    if before is not None:
        rows = rows.filter(id__lt=before)
    if in_use:
        rows = rows.filter(channel__removed_at__isnull=True)
    return [_view(x) for x in rows.order_by("-id")[:limit]]


def delivery(number: int) -> DeliveryView | None:
    row = _delivery_rows().filter(pk=number).first()
    return _view(row) if row else None


def _delivery_rows() -> QuerySet[Delivery]:
    return Delivery.objects.select_related(
        "channel", "member", "alert__episode__account", "task__account"
    )


def _account(row: Delivery) -> str | None:
    if row.task is not None:
        return row.task.account.key
    return row.alert.episode.account.key if row.alert else None


def _view(row: Delivery) -> DeliveryView:
    ended: State = "delivered" if row.delivered_at else "failed"
    return DeliveryView(
        id=row.pk,
        message=str(row.message),
        channel=row.channel.name,
        kind=row.kind,
        account=_account(row),
        member=row.member.handle if row.member else None,
        state=ended if row.delivered_at or row.failed_at else "waiting",
        attempts=row.attempts,
        created_at=row.created_at,
        due_at=row.due_at,
        answer=row.answer,
    )


def channels_in_use(kind: str) -> Sequence[Channel]:
    """Of a kind, by name; their secrets are sealed."""
    return list(Channel.objects.filter(kind=kind, disabled_at__isnull=True))


def member_of_email(email: str) -> Member | None:
    """Who may act under this address; None where nobody, or more than one, has it."""
    found = list(Member.objects.filter(email__iexact=email, is_active=True)[:2]) if email else []
    return found[0] if len(found) == 1 else None
