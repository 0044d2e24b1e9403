"""What plays name that only the desk knows: channels and members."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from banso.core.definitions.plays import (
    OWNER,
    AssignStep,
    MessageStep,
    Play,
    WebhookStep,
    every,
)
from banso.core.expressions import nearest
from banso.desk.models import Channel, ChannelKind, Member


@dataclass(frozen=True)
class Missing:
    """kind: `channel`, `webhook` or `member`. meant: the nearest name that there is."""

    play: str
    step: str
    kind: str
    name: str
    meant: str | None


def missing_names(plays: Mapping[str, Play]) -> list[Missing]:
    """What would park a run as things are. Two queries."""
    channels = dict(Channel.objects.values_list("name", "kind"))
    webhooks = [name for name, kind in channels.items() if kind == ChannelKind.WEBHOOK]
    members = list(Member.objects.filter(is_active=True).values_list("handle", flat=True))
    known = {"channel": list(channels), "webhook": webhooks, "member": members}
    return [
        Missing(play.name, step, kind, name, nearest(name, known[kind]))
        for play in plays.values()
        for step, kind, name in _named(play)
        if name not in known[kind]
    ]


def _named(play: Play) -> Iterator[tuple[str, str, str]]:
    for key, step in every(play.steps):
        if isinstance(step, MessageStep) and step.channel is not None:
            yield key, "channel", step.channel
        elif isinstance(step, WebhookStep):
            yield key, "webhook", step.channel
        elif isinstance(step, AssignStep) and step.to != OWNER:
            yield key, "member", step.to
