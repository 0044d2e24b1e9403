"""Channels: whether they get through, and what could not be delivered. For those who operate."""

from datetime import UTC, datetime

from django.conf import settings
from django.http import HttpRequest
from ninja import Body, Router, Status
from ninja.errors import HttpError

from banso.api.rest.door import OPERATE, caller
from banso.api.rest.new_channels import (
    ChannelAdded,
    ChannelAsked,
    ChannelChange,
    ChannelRefused,
)
from banso.api.rest.shapes import ChannelRow, DeadLetter, Replayed
from banso.desk.models import ChannelKind
from banso.desk.queries.outbox import channels, deliveries
from banso.desk.sealing import SealError
from banso.desk.services.channels import (
    STOPPED,
    NewChannel,
    channel_named,
    enable_channel,
    remove_channel,
    stop_channel,
)
from banso.desk.services.outbox import in_person, owe_test
from banso.desk.services.sending import replay_channel
from banso.pipeline.act.adding import REFUSALS, add, blamed, change

router = Router(tags=["channels"])
MOST = 500


@router.get("channels", auth=OPERATE, response=list[ChannelRow], operation_id="list_channels")
def list_channels(request: HttpRequest) -> list[ChannelRow]:
    """By name. Secrets are never among it."""
    return [ChannelRow(**vars(x)) for x in channels()]


@router.post(
    "channels",
    auth=OPERATE,
    response={201: ChannelAdded, 422: ChannelRefused},
    operation_id="add_channel",
)
def add_one(
    request: HttpRequest, said: Body[ChannelAsked]
) -> Status[ChannelAdded] | Status[ChannelRefused]:
    """With the checks of the page and of `banso channels add-*`; secrets are kept encrypted."""
    _may_tell_money(request, told=said.revenue)
    new = said.channel()
    try:
        added = add(new, key=settings.SECRET_KEY)
    except REFUSALS as error:
        field = blamed(error, new)
        return Status(422, ChannelRefused(detail=str(error), field=field))
    made = (added.secrets or {}).get("signing") if added.kind is ChannelKind.WEBHOOK else None
    return Status(
        201,
        ChannelAdded(name=added.name, kind=added.kind, address=added.address, signing=made),
    )


@router.delete("channels/{name}", auth=OPERATE, response={204: None}, operation_id="remove_channel")
def remove(request: HttpRequest, name: str) -> Status[None]:
    """What it owes is not sent any more; the record of what it sent stays (`GET deliveries`)."""
    remove_channel(name, now=datetime.now(tz=UTC))
    return Status(204, None)


@router.patch(
    "channels/{name}",
    auth=OPERATE,
    response={204: None, 422: ChannelRefused},
    operation_id="change_channel",
)
def change_one(
    request: HttpRequest, name: str, said: ChannelChange
) -> Status[None] | Status[ChannelRefused]:
    """What it tells from now on. What it owes already is sent in any case, in the language and with
    or without the amounts that are said now. Mail to customers also: by which server it leaves and
    from whom, what it owes too."""
    _may_tell_money(request, told=bool(said.revenue))
    kind = ChannelKind(channel_named(name).kind)
    url = said.url.get_secret_value() if said.url else None
    try:
        change(name, key=settings.SECRET_KEY, url=url, **said.model_dump(exclude={"url"}))
    except (*REFUSALS, SealError) as error:
        field = blamed(error, NewChannel(name, kind))
        return Status(422, ChannelRefused(detail=str(error), field=field))
    return Status(204, None)


@router.post(
    "channels/{name}/test", auth=OPERATE, response={204: None}, operation_id="test_channel"
)
def test(request: HttpRequest, name: str) -> Status[None]:
    """Send a test message by it; where it writes to people in person, to the member who calls."""
    channel, me = channel_named(name), caller(request).scope.member
    alone = not in_person(channel) and channel.kind != ChannelKind.CUSTOMERS
    owe_test(channel, member=None if alone else me, now=datetime.now(tz=UTC))
    return Status(204, None)


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
    stop_channel(name, now=datetime.now(tz=UTC), because=STOPPED.format(member=by))
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
    found = deliveries(channel=name, state="failed", in_use=True, limit=MOST)
    return [DeadLetter.model_validate(x, from_attributes=True) for x in found]


@router.post(
    "channels/{name}/replay", auth=OPERATE, response=Replayed, operation_id="replay_dead_letters"
)
def replay(request: HttpRequest, name: str) -> Replayed:
    """Send its dead letters again, with the ids that they had."""
    return Replayed(count=replay_channel(channel_named(name), now=datetime.now(tz=UTC)))


def _may_tell_money(request: HttpRequest, *, told: bool) -> None:
    """Who does not see amounts can't have them sent to where they read."""
    if told and not caller(request).scope.revenue:
        raise HttpError(403, "revenue: for members who see amounts of money themselves")
