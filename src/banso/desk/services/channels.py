"""Adds, changes and switches off channels."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.utils.translation import gettext_noop

from banso.core.wording import worded
from banso.desk.models import Channel, ChannelKind
from banso.desk.sealing import seal

NAME = re.compile(r"[^\W\d][\w-]{0,62}")
ROOM = re.compile(r"[0-9]{1,20}")
REMOVED = gettext_noop("the channel was removed")
STOPPED = gettext_noop("Disabled by {member}")
SLACK_PLACE = re.compile(r"[CGD][A-Z0-9]{2,30}")


class ChannelError(Exception):
    """The channel can't be added or found; says why and what to do.

    field: of NewChannel, or the name of a secret; empty where no one field is to blame.
    """

    def __init__(self, said: str, *, field: str = "") -> None:
        super().__init__(said)
        self.field = field


@dataclass(frozen=True)
class NewChannel:
    """What a channel is made of; fields as in models.Channel. secrets: in clear."""

    name: str
    kind: ChannelKind
    address: str = ""
    secrets: Mapping[str, str] | None = None
    least: Literal["high", "medium", "low"] = "low"
    language: Literal["en", "ja"] = "en"
    digest: bool = False
    revenue: bool = False
    tasks: bool = True


def add_channel(new: NewChannel, *, key: str) -> Channel:
    """key: what its secrets are sealed with (the home's). Raises ChannelError."""
    if not NAME.fullmatch(new.name):
        raise ChannelError(
            worded(
                "A channel's name has letters, digits, '_' and '-' and begins with a letter, "
                "not {name!r}.",
                name=new.name,
            ),
            field="name",
        )
    _check_address(new)
    row, made = Channel.objects.get_or_create(
        name=new.name,
        defaults={
            "kind": new.kind,
            "address": new.address,
            "secrets": seal(new.secrets, key=key) if new.secrets else "",
            "least": new.least,
            "language": new.language,
            "digest": new.digest,
            "revenue": new.revenue,
            "tasks": new.tasks,
        },
    )
    if not made:
        said = worded(
            "There is a channel '{name}' already. Remove it or take another name.", name=new.name
        )
        raise ChannelError(said, field="name")
    return row


def _check_address(new: NewChannel) -> None:
    if new.kind in (ChannelKind.EMAIL, ChannelKind.CUSTOMERS) and new.address:
        try:
            validate_email(new.address)
        except ValidationError:
            said = worded("'{address}' is no e-mail address.", address=new.address)
            raise ChannelError(said, field="address") from None
    if new.kind is ChannelKind.CUSTOMERS:
        others = Channel.objects.filter(kind=new.kind).exclude(name=new.name).first()
        if others is not None:
            raise ChannelError(
                worded(
                    "There is the channel '{name}' for mail to customers already. Remove it first.",
                    name=others.name,
                )
            )
    if new.kind is ChannelKind.CHATWORK and not ROOM.fullmatch(new.address):
        raise ChannelError(
            worded(
                "'{address}' is no room of Chatwork. It is the number behind #!rid in the room's "
                "address, such as 123456789.",
                address=new.address,
            ),
            field="address",
        )
    if new.kind is ChannelKind.SLACK and new.address and not SLACK_PLACE.fullmatch(new.address):
        raise ChannelError(
            worded(
                "'{address}' is no id of a Slack channel. Slack shows it at the bottom of the "
                "channel's details, such as C0123456789; leave it out to write to the owner in "
                "person.",
                address=new.address,
            ),
            field="address",
        )


def channel_named(name: str) -> Channel:
    """Raises ChannelError."""
    found = Channel.objects.filter(name=name).first()
    if found is None:
        names = ", ".join(Channel.objects.values_list("name", flat=True)) or "none yet"
        raise ChannelError(
            worded("There is no channel '{name}'. Channels: {names}.", name=name, names=names)
        )
    return found


@transaction.atomic
def remove_channel(name: str, *, now: datetime) -> int:
    """Its name is free and its secrets are gone. What it has sent stays in the record; what it owes
    is not sent any more, and stands there as not delivered; how many these were."""
    row = channel_named(name)
    owed = row.deliveries.filter(delivered_at__isnull=True, failed_at__isnull=True)
    count = owed.update(failed_at=now, answer=REMOVED)
    row.removed_at, row.secrets = now, ""
    row.save(update_fields=("removed_at", "secrets"))
    return count


def enable_channel(name: str) -> Channel:
    """Send again, at once, what the channel owes."""
    row = channel_named(name)
    row.disabled_at, row.disabled_because, row.resting_until = None, "", None
    row.stopped = False
    row.save(update_fields=("disabled_at", "disabled_because", "resting_until", "stopped"))
    return row


def disable_channel(channel: int, *, now: datetime, because: str) -> None:
    """Nothing gets through: what the channel owes waits until somebody has mended it."""
    Channel.objects.filter(pk=channel, disabled_at__isnull=True).update(
        disabled_at=now, disabled_because=because[:500]
    )


def stop_channel(name: str, *, now: datetime, because: str) -> None:
    """Somebody wants it to be still; what it owes waits. because: by whom, in words. One that was
    shut out keeps why, and counts as stopped: whoever stops it knows."""
    row = channel_named(name)
    disable_channel(row.pk, now=now, because=because)
    Channel.objects.filter(pk=row.pk).update(stopped=True)


def change_channel(
    name: str,
    *,
    least: Literal["high", "medium", "low"] | None = None,
    language: Literal["en", "ja"] | None = None,
    revenue: bool | None = None,
    tasks: bool | None = None,
) -> Channel:
    """None: stays as it is. What is owed already is sent in any case; language and amounts are
    looked up when it is sent."""
    row = channel_named(name)
    said = {"least": least, "language": language, "revenue": revenue, "tasks": tasks}
    changed = {field: value for field, value in said.items() if value is not None}
    for field, value in changed.items():
        setattr(row, field, value)
    row.save(update_fields=tuple(changed))
    return row


def change_sender(new: NewChannel, *, key: str) -> Channel:
    """Another mail server or sender of the channel that writes to customers; what is owed goes out
    by it, too. key: as for `add_channel`. Raises ChannelError."""
    _check_address(new)
    row = channel_named(new.name)
    row.address, row.secrets = new.address, seal(new.secrets or {}, key=key)
    row.save(update_fields=("address", "secrets"))
    return row


def rest_channel(channel: int, *, until: datetime | None) -> None:
    """Leave the receiver in peace until then; None: it answers again."""
    Channel.objects.filter(pk=channel).update(resting_until=until)
