"""Whether there is what plays name that only the desk knows: channels and members."""

from collections.abc import Mapping

from banso.core.definitions.desk_names import DeskNames, unmet_names
from banso.core.definitions.mistake import Mistake
from banso.desk.models import Channel, ChannelKind, Member


def unmet(files: Mapping[str, str]) -> tuple[Mistake, ...]:
    """What would park a run as things are, with its place in the files (name -> YAML). Two queries,
    where anything is named at all."""
    return unmet_names(files, _known)


def _known() -> DeskNames:
    channels = dict(Channel.objects.values_list("name", "kind"))
    return DeskNames(
        channels=[x for x, kind in channels.items() if kind != ChannelKind.CUSTOMERS],
        webhooks=[x for x, kind in channels.items() if kind == ChannelKind.WEBHOOK],
        members=list(Member.objects.filter(is_active=True).values_list("handle", flat=True)),
        no_channel_yet=not channels,
    )
