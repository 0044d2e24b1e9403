"""Channels: whether they get through, and what could not be delivered. For those who operate."""

from datetime import UTC, datetime

from django.http import HttpRequest
from ninja import Router, Status

from banso.api.rest.door import OPERATE
from banso.api.rest.shapes import ChannelRow, DeadLetter, Replayed
from banso.desk.queries.outbox import channels, deliveries
from banso.desk.services.channels import channel_named, enable_channel, stop_channel
from banso.desk.services.outbox import replay_channel

router = Router(tags=["channels"])
MOST = 500


@router.get("channels", auth=OPERATE, response=list[ChannelRow], operation_id="list_channels")
def list_channels(request: HttpRequest) -> list[ChannelRow]:
    """By name. Secrets are never among it."""
    return [ChannelRow(**vars(x)) for x in channels()]


@router.post(
    "channels/{name}/enable", auth=OPERATE, response={204: None}, operation_id="enable_channel"
)
def enable(request: HttpRequest, name: str) -> Status[None]:
    """Use it again; what it owes is sent."""
    enable_channel(name)
    return Status(204, None)


@router.post(
    "channels/{name}/disable", auth=OPERATE, response={204: None}, operation_id="disable_channel"
)
def disable(request: HttpRequest, name: str) -> Status[None]:
    """Send nothing; what it owes is kept."""
    by = str(request.auth)  # type: ignore[attr-defined]  # the member of the token
    stop_channel(name, now=datetime.now(tz=UTC), because=f"disabled by {by}")
    return Status(204, None)


@router.get(
    "channels/{name}/dead-letters",
    auth=OPERATE,
    response=list[DeadLetter],
    operation_id="list_dead_letters",
)
def list_dead_letters(request: HttpRequest, name: str) -> list[DeadLetter]:
    """What could not be delivered, the newest first; at most 500."""
    channel_named(name)
    found = deliveries(channel=name, state="failed", limit=MOST)
    return [DeadLetter.model_validate(x, from_attributes=True) for x in found]


@router.post(
    "channels/{name}/replay", auth=OPERATE, response=Replayed, operation_id="replay_dead_letters"
)
def replay(request: HttpRequest, name: str) -> Replayed:
    """Send its dead letters again, with the ids that they had."""
    return Replayed(count=replay_channel(channel_named(name), now=datetime.now(tz=UTC)))
