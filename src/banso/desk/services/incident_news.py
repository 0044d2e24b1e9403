"""A data incident as it is told: to CS operations in person, to those who read along where alerts
are told, and to other software. No alert fires meanwhile, so they need to know why it is still."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet

from banso.core.definitions.model import Label
from banso.desk.models import Channel, DataIncident, Delivery, DeliveryKind, Member, Role
from banso.desk.services.outbox import FOLLOWED, in_person, not_before, owe, telling_channels


@dataclass(frozen=True)
class Spoilt:
    """What rests on a source: its metrics, and the rules that do not fire meanwhile, by name."""

    label: Label
    metrics: Sequence[str]
    rules: Sequence[str]


def tell_incident_opened(
    incident: DataIncident, spoilt: Spoilt, *, due_at: datetime | None = None
) -> int:
    """In the transaction that opens it. due_at: when people may be sent it, None: at once."""
    channels = list(telling_channels(digest=False))
    if not any(in_person(x) for x in channels):  # then those that else write in the morning
        channels += telling_channels(digest=True)
    return owe(_to(channels, DeliveryKind.INCIDENT_OPENED, incident, spoilt, due_at))


def tell_incident_closed(
    incident: DataIncident, spoilt: Spoilt, *, due_at: datetime | None = None
) -> int:
    """To software, and below the message in Slack; elsewhere it would be one more message."""
    channels = telling_channels(digest=False).filter(kind__in=FOLLOWED)
    return owe(_to(channels, DeliveryKind.INCIDENT_CLOSED, incident, spoilt, due_at))


def _to(
    channels: Sequence[Channel] | QuerySet[Channel],
    kind: DeliveryKind,
    incident: DataIncident,
    spoilt: Spoilt,
    due_at: datetime | None,
) -> Iterator[Delivery]:
    body = _body(incident, spoilt)
    for channel in channels:
        for member in _operating() if in_person(channel) else (None,):
            yield Delivery(
                channel=channel,
                kind=kind,
                subject=f"{kind}:{incident.pk}:{member or ''}".rstrip(":"),
                member_id=member,
                body=body,
                **not_before(channel, due_at),
            )


def _operating() -> Sequence[int]:
    """Members of CS operations; administrators where there are none."""
    active = Member.objects.filter(is_active=True).order_by("pk")
    for role in (Role.CS_OPS, Role.ADMIN):
        found = list(active.filter(role=role).values_list("pk", flat=True))
        if found:
            return found
    return ()


def _body(incident: DataIncident, spoilt: Spoilt) -> dict[str, object]:
    """Also the documented content of a webhook (docs: how-to/channels)."""
    return {
        "incident": incident.pk,
        "source": incident.source,
        "label": spoilt.label.model_dump(),
        "fault": str(incident.fault),
        "since": str(incident.since),
        "until": str(incident.until) if incident.until else None,
        "metrics": list(spoilt.metrics),
        "rules": list(spoilt.rules),
    }
