"""What plays and rules name that only the desk knows: channels, members, teams. A folder alone
can't tell."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from banso.core.definitions.draft import Draft, Item, draft_of
from banso.core.definitions.draft import Step as Place
from banso.core.definitions.mistake import Mistake, in_order
from banso.core.definitions.model import Rule
from banso.core.definitions.plays import (
    OWNER,
    AssignStep,
    MailStep,
    MessageStep,
    Play,
    Step,
    WebhookStep,
)
from banso.core.definitions.written import placed
from banso.core.expressions import nearest
from banso.core.wording import Wording, worded

Kind = Literal["channel", "webhook", "member", "assignee", "team"]


@dataclass(frozen=True)
class DeskNames:
    """channels: kinds of message go by them. members: the handles of active ones; assignees: of
    those who may act. teams: that have members.

    no_channel_yet: there is no channel of any kind, so that the desk is still being set up.
    """

    channels: Sequence[str]
    webhooks: Sequence[str]
    members: Sequence[str]
    no_channel_yet: bool
    assignees: Sequence[str] = ()
    teams: Sequence[str] = ()

    def of(self, kind: Kind) -> tuple[Sequence[str], bool]:
        """The names, and whether there is nothing of the kind yet."""
        names: Mapping[Kind, Sequence[str]] = {
            "channel": self.channels,
            "webhook": self.webhooks,
            "member": self.members,
            "assignee": self.assignees,
            "team": self.teams,
        }
        channel = kind in ("channel", "webhook")
        return names[kind], self.no_channel_yet if channel else not self.members


@dataclass(frozen=True)
class _Named:
    item: Item[Play] | Item[Rule]
    path: tuple[Place, ...]
    kind: Kind
    name: str


def unmet_names(files: Mapping[str, str], known: Callable[[], DeskNames]) -> tuple[Mistake, ...]:
    """What is named in texts (file name -> YAML) and is not there: a run of the play would be
    parked, alerts of the rule would be somebody else's. A warning where nothing of the kind is set
    up yet, else an error.

    known: asked once, where anything is named at all.
    """
    named = list(_all(draft_of(files)))
    if not named:
        return ()
    there = known()
    return in_order(x for one in named for x in _of(one, there))


def _of(one: _Named, known: DeskNames) -> Iterator[Mistake]:
    names, none_yet = known.of(one.kind)
    if one.name not in names:
        yield one.item.mistake(
            *one.path,
            message=_said(one.kind, one.name),
            suggestion=nearest(one.name, names),
            level="warning" if none_yet else "error",
        )


def _all(draft: Draft) -> Iterator[_Named]:
    for play in draft.plays:
        for path, step in placed(play.model.steps, ("steps",)):
            for field, kind, name in _in_step(step):
                yield _Named(play, (*path, field), kind, name)
    for rule in draft.rules:
        assign = rule.model.assign
        if assign is not None and assign.member is not None:
            yield _Named(rule, ("assign", "member"), "assignee", assign.member)
        for at, name in enumerate(assign.in_turn if assign else ()):
            yield _Named(rule, ("assign", "in_turn", at), "assignee", name)
        if assign is not None and assign.team is not None:
            yield _Named(rule, ("assign", "team"), "team", assign.team)


def _in_step(step: Step) -> Iterator[tuple[Place, Kind, str]]:
    if isinstance(step, MessageStep) and step.channel is not None:
        yield "channel", "channel", step.channel
    if isinstance(step, WebhookStep):
        yield "channel", "webhook", step.channel
    if isinstance(step, AssignStep | MessageStep) and step.to != OWNER:
        yield "to", "member", step.to


def plays_by(plays: Iterable[Play], channel: str, *, to_customers: bool) -> Sequence[Play]:
    """Those with a step that writes by a channel. to_customers: it is the one by which mail to
    customers leaves, which no step names."""
    return [
        play
        for play in plays
        if any(
            isinstance(step, MailStep)
            if to_customers
            else ("channel", channel) in {(at, name) for at, _, name in _in_step(step)}
            for _, step in placed(play.steps, ("steps",))
        )
    ]


def _said(kind: Kind, name: str) -> Wording:
    if kind == "webhook":
        return worded(
            "no webhook channel {name!r}; `banso channels add-webhook` adds one", name=name
        )
    if kind == "channel":
        return worded(
            "no channel {name!r} that tells members; `banso channels` adds one", name=name
        )
    if kind == "assignee":
        return worded(
            "no active member {name!r} who may act; `banso members` lists them", name=name
        )
    if kind == "team":
        return worded("no team {name!r} with members; `banso members` lists them", name=name)
    return worded("no active member {name!r}; `banso members` lists them", name=name)
