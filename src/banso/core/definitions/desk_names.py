"""What plays name that only the desk knows: channels and members. A folder alone can't tell."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from banso.core.definitions.draft import Item, draft_of
from banso.core.definitions.draft import Step as Place
from banso.core.definitions.mistake import Mistake, in_order
from banso.core.definitions.plays import OWNER, AssignStep, MessageStep, Play, Step, WebhookStep
from banso.core.definitions.written import placed
from banso.core.expressions import nearest
from banso.core.wording import Wording, worded


@dataclass(frozen=True)
class DeskNames:
    """channels: kinds of message go by them. members: the handles of active ones.

    no_channel_yet: there is no channel of any kind, so that the desk is still being set up.
    """

    channels: Sequence[str]
    webhooks: Sequence[str]
    members: Sequence[str]
    no_channel_yet: bool


def unmet_names(files: Mapping[str, str], known: Callable[[], DeskNames]) -> tuple[Mistake, ...]:
    """Each step of a play in texts (file name -> YAML) whose channel or member there is not: its
    runs would be parked. A warning where nothing of the kind is set up yet, else an error.

    known: asked once, where a step names anything at all.
    """
    named = [
        (item, path, step)
        for item in draft_of(files).plays
        for path, step in placed(item.model.steps, ("steps",))
        if _named(step) is not None
    ]
    if not named:
        return ()
    there = known()
    return in_order(x for item, path, step in named for x in _of(item, path, step, there))


def _of(
    item: Item[Play], path: tuple[Place, ...], step: Step, known: DeskNames
) -> Iterator[Mistake]:
    named = _named(step)
    names, none_yet = _known(step, known)
    if named is not None and named[1] not in names:
        yield item.mistake(
            *path,
            named[0],
            message=_said(step, named[1]),
            suggestion=nearest(named[1], names),
            level="warning" if none_yet else "error",
        )


def _named(step: Step) -> tuple[Place, str] | None:
    if isinstance(step, MessageStep) and step.channel is not None:
        return "channel", step.channel
    if isinstance(step, WebhookStep):
        return "channel", step.channel
    if isinstance(step, AssignStep) and step.to != OWNER:
        return "to", step.to
    return None


def _known(step: Step, known: DeskNames) -> tuple[Sequence[str], bool]:
    if isinstance(step, AssignStep):
        return known.members, not known.members
    names = known.webhooks if isinstance(step, WebhookStep) else known.channels
    return names, known.no_channel_yet


def _said(step: Step, name: str) -> Wording:
    if isinstance(step, AssignStep):
        return worded("no active member {name!r}; `banso members` lists them", name=name)
    if isinstance(step, WebhookStep):
        return worded(
            "no webhook channel {name!r}; `banso channels add-webhook` adds one", name=name
        )
    return worded("no channel {name!r} that tells members; `banso channels` adds one", name=name)
