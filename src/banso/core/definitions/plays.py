"""The fields of a play as they stand in YAML, and the places of its steps.

A step has no name of its own: its place (`2`, `3.then.1`) is its key, which is firm because a run
keeps the version of the play that it was started with.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from typing import Annotated, Literal

from pydantic import ConfigDict, Field, StringConstraints

from banso.core.definitions.model import Definition, Label, Name
from banso.core.definitions.proof import Expect, Reached

Address = Annotated[str, StringConstraints(pattern=r"^https?://\S{1,1990}$")]
OWNER = "owner"
"""Whoever owns the account at the time; else a member's handle."""

Handle = Annotated[str, StringConstraints(min_length=1, max_length=254)]
ContactRole = Annotated[str, StringConstraints(min_length=1, max_length=100)]
AttributeName = Annotated[
    str, StringConstraints(pattern=r"^[^\W\d]\w*$", min_length=1, max_length=100)
]
ChannelName = Annotated[str, StringConstraints(min_length=1, max_length=63)]


class TaskStep(Definition):
    """Makes a task, which stands in Today until it is handled. The run does not wait for it: let a
    `wait_until` follow where it should."""

    kind: Literal["task"]
    label: Label = Field(description="What is to be done")
    instructions: Label | None = Field(
        default=None, description="How: what to say, what to look at"
    )
    link: Address | None = Field(default=None, description="A page that helps: a script, a form")
    due_in: int = Field(
        default=3,
        ge=0,
        le=365,
        description="Due so many business days after it was made (`organisation.holidays`; "
        "without it every day counts)",
    )
    checklist: tuple[Label, ...] = Field(
        default=(), strict=False, description="What belongs to it, in order"
    )


class MessageStep(Definition):
    """Sends a message to a member, by the channels that tell alerts."""

    kind: Literal["message"]
    text: Label = Field(description="What it says")
    to: Handle = Field(
        default=OWNER,
        description="`owner` (of the account, whoever it is then) or a handle, such as the "
        "manager's, who must see the account",
    )
    channel: ChannelName | None = Field(
        default=None,
        description="Only by this channel (`banso channels list`). Default: by every e-mail and "
        "Slack channel that tells alerts one by one",
    )


class MailStep(Definition):
    """Writes a mail to people at the customer, from a template. It is a draft until a member has
    approved it; then it is sent by the channel of kind `customers` on a business day, out of quiet
    hours, and not too soon after another play's mail to the same person (`organisation.mail_days`).
    The run does not wait for it."""

    kind: Literal["mail"]
    template: Name = Field(description="Name of the template")
    role: ContactRole | None = Field(
        default=None, description="Only to contacts with this role. Default: to any contact"
    )
    most: int = Field(
        default=1,
        ge=1,
        le=50,
        description="To so many contacts at most, by their keys",
    )
    language: Literal["en", "ja"] | None = Field(
        default=None, description="Of the mail. Default: the channel's"
    )
    approval: bool = Field(
        default=True,
        description="`false`: it is sent without anybody having looked at it",
    )
    without_contact: Literal["park", "skip"] = Field(
        default="park",
        description="Where nobody can be written to (no address, has left, wants no mail): park "
        "the run until that is mended, or skip the step",
    )


class SetFieldStep(Definition):
    """Sets an attribute of the account, from the day after on: the day itself is decided already.
    What the play has set stands on the timeline."""

    kind: Literal["set_field"]
    attribute: AttributeName = Field(description="Name of the attribute")
    value: str = Field(max_length=200, description="What it is from then on; empty: nothing")


class WaitStep(Definition):
    """Waits so many days."""

    kind: Literal["wait"]
    days: int = Field(ge=1, le=730, description="From the day on which the run came to this step")


class WaitUntilStep(Definition):
    """Waits until a condition holds, as of the day of a run. While it is unmeasured the run waits
    on, also past `within_days`: nobody knows whether it holds."""

    kind: Literal["wait_until"]
    condition: str = Field(description="What is waited for; as in rules")
    within_days: int = Field(ge=1, le=730, description="For so long at most")
    on_timeout: Literal["end", "continue"] = Field(
        default="end", description="What happens when it is known not to have held by then"
    )


class BranchStep(Definition):
    """Goes one of two ways, once."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, populate_by_name=True)

    kind: Literal["branch"]
    condition: str = Field(description="What decides; as in rules")
    then: tuple[Step, ...] = Field(min_length=1, strict=False, description="Steps where it holds")
    else_: tuple[Step, ...] = Field(
        default=(), alias="else", strict=False, description="Steps where it is known not to hold"
    )
    unmeasured: Literal["wait", "else"] = Field(
        default="wait",
        description="Where it is unmeasured: wait until it is known, or take `else`",
    )


class AssignStep(Definition):
    """Says who gets the tasks of the steps that follow."""

    kind: Literal["assign"]
    to: Handle = Field(description="`owner` (of the account, whoever it is then) or a handle")


class WebhookStep(Definition):
    """Tells other software, by a webhook channel."""

    kind: Literal["webhook"]
    channel: ChannelName = Field(description="Name of a webhook channel (`banso channels list`)")


class StartPlayStep(Definition):
    """Starts another play for the account; this run goes on."""

    kind: Literal["start_play"]
    play: Name = Field(description="Name of the other play")


Step = Annotated[
    TaskStep
    | MessageStep
    | MailStep
    | SetFieldStep
    | WaitStep
    | WaitUntilStep
    | BranchStep
    | AssignStep
    | WebhookStep
    | StartPlayStep,
    Field(discriminator="kind"),
]
BranchStep.model_rebuild()


class Play(Definition):
    """What is done about an account, step by step, once its rule's alert has been told, or by
    hand. A run keeps the version of the play that it was started with."""

    name: Name = Field(description="Unique among plays")
    label: Label | None = Field(default=None, description="Shown to people")
    description: Label | None = Field(default=None, description="What it is for, for people")
    steps: tuple[Step, ...] = Field(min_length=1, strict=False, description="In order")
    exit: str | None = Field(
        default=None,
        description="Condition, as in rules: the run ends as soon as it holds as of the day of a "
        "run, and its open tasks are withdrawn. An account for which it holds does not enter",
    )
    conflict_days: int = Field(
        default=0,
        ge=0,
        le=365,
        description="An account that entered another play less than so many days ago is kept out. "
        "Of two plays the longer number counts",
    )
    once: bool = Field(
        default=False,
        description="An account enters only once, for ever. Default: as often as it is started, "
        "but never twice at a time",
    )
    again_days: int = Field(
        default=0,
        ge=0,
        le=3660,
        description="An account enters again at the earliest so many days after its last run ended",
    )
    outcome: Name | None = Field(
        default=None, description="Outcome by which it is judged whether the play changes anything"
    )
    expect: Expect | None = Field(
        default=None,
        description="What should come about in time after an account has entered; judged "
        "run by run",
    )
    holdout: float | None = Field(
        default=None,
        gt=0,
        le=0.5,
        description="Share of accounts, drawn by lot and for good, that never enter, whoever "
        "starts the play, so that one can see what it changes (0.1: one in ten)",
    )
    rollout: tuple[Reached, ...] = Field(
        default=(),
        strict=False,
        description="Stages in which it is rolled out, as in rules: until an account is reached it "
        "does not enter",
    )


def every(steps: Sequence[Step], under: str = "") -> Iterator[tuple[str, Step]]:
    """All steps with their keys, in the order in which they are written."""
    for number, step in enumerate(steps, start=1):
        key = f"{under}{number}"
        yield key, step
        if isinstance(step, BranchStep):
            yield from every(step.then, f"{key}.then.")
            yield from every(step.else_, f"{key}.else.")


def conditions(play: Play) -> tuple[str, ...]:
    """The text of each condition in it, each once."""
    asking = (x for _, x in every(play.steps) if isinstance(x, WaitUntilStep | BranchStep))
    return tuple(
        dict.fromkeys([*([play.exit] if play.exit else []), *(x.condition for x in asking)])
    )


def starts(play: Play) -> tuple[str, ...]:
    """The plays that it starts."""
    found = (x.play for _, x in every(play.steps) if isinstance(x, StartPlayStep))
    return tuple(dict.fromkeys(found))


APART = frozenset({"outcome", "expect", "holdout", "rollout"})
"""Fields that change neither to whom something is done, nor what."""


def fingerprint_of(play: Play) -> str:
    """16 hex digits over all that is done, labels included: people read them."""
    text = play.model_dump_json(by_alias=True, exclude=set(APART))
    return hashlib.sha256(text.encode()).hexdigest()[:16]
