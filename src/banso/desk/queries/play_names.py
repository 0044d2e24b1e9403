"""Whether there is what plays and rules name that only the desk knows: channels, members, teams."""

from collections.abc import Mapping

from banso.core.definitions.desk_names import DeskNames, unmet_names
from banso.core.definitions.mistake import Mistake
from banso.desk.models import Channel, ChannelKind, Member
from banso.desk.queries.scope import ACTING


def unmet(files: Mapping[str, str]) -> tuple[Mistake, ...]:
    """What is not there, with its place in the files (name -> YAML). Four queries, where anything
    is named at all."""
    return unmet_names(files, _known)


def _known() -> DeskNames:
    active = Member.objects.filter(is_active=True)
    teams = active.filter(team__isnull=False)
    channels = dict(Channel.objects.values_list("name", "kind"))
    return DeskNames(
        channels=[x for x, kind in channels.items() if kind != ChannelKind.CUSTOMERS],
        webhooks=[x for x, kind in channels.items() if kind == ChannelKind.WEBHOOK],
        members=list(active.values_list("handle", flat=True)),
        no_channel_yet=not channels,
        assignees=list(active.filter(role__in=ACTING).values_list("handle", flat=True)),
        teams=list(teams.values_list("team__name", flat=True).distinct().order_by()),
    )
