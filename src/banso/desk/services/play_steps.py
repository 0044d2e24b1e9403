"""What the steps of a play bring about: tasks, messages, calls of other software. Checked first,
then written; what is missing is a problem, told by a code and a name."""

from collections.abc import Callable, Sequence
from datetime import date, datetime
from typing import Literal

from banso.core.definitions.plays import (
    OWNER,
    MessageStep,
    StartPlayStep,
    TaskStep,
    WebhookStep,
)
from banso.core.plays.machine import Intent
from banso.desk.models import Account, Channel, ChannelKind, DeliveryKind, Member, PlayRun
from banso.desk.queries.scope import scope_of, within
from banso.desk.services.outbox import tell_of_play
from banso.desk.services.tasks import make_task

Code = Literal[
    "no_owner",
    "owner_left",
    "no_member",
    "member_left",
    "member_blind",
    "no_channel",
    "no_webhook",
    "no_channels",
    "no_play",
    "condition",
    "version",
]


class ProblemError(Exception):
    """A step can't be done as things are. name: of what is missing."""

    def __init__(self, code: Code, name: str = "") -> None:
        super().__init__(f"{code} {name}".strip())
        self.code = code
        self.name = name


def carry_out(
    run: PlayRun,
    intent: Intent,
    *,
    day: date,
    due: Callable[[date, int], date],
    tell_at: datetime | None = None,
) -> str | None:
    """Do it, in the transaction that moves the run on. The name of a play that is to be started,
    which is the caller's to do. tell_at: when members may be sent what it says, None: at once.
    Raises ProblemError, and has done nothing then."""
    step = intent.step
    if isinstance(step, StartPlayStep):
        return step.play
    if isinstance(step, TaskStep):
        member = follow_by(intent.assignee, run.account)
        due_on = due(day, step.due_in)
        make_task(run, intent.key, step, member=member, made_on=day, due_on=due_on, tell_at=tell_at)
    elif isinstance(step, MessageStep):
        _tell(run, intent.key, step, tell_at)
    else:
        _call(run, intent.key, step)
    return None


def follow_by(assignee: str, account: Account) -> Member | None:
    """To whom tasks go: None for the owner, whoever that is. Raises ProblemError where there is
    nobody who could do them."""
    if assignee == OWNER:
        _owner(account)
        return None
    member = Member.objects.filter(handle=assignee).first()
    if member is None:
        raise ProblemError("no_member", assignee)
    if not member.is_active:
        raise ProblemError("member_left", assignee)
    if not within(scope_of(member), Account.objects.filter(pk=account.pk)).exists():
        raise ProblemError("member_blind", assignee)
    return member


def _owner(account: Account) -> Member:
    if account.owner is None:
        raise ProblemError("no_owner")
    if not account.owner.is_active:
        raise ProblemError("owner_left", account.owner.handle)
    return account.owner


def _tell(run: PlayRun, key: str, step: MessageStep, tell_at: datetime | None) -> None:
    owner, channels = _owner(run.account), _channels(step)
    body = {**_told(run, key), "text": step.text.model_dump()}
    tell_of_play(
        channels,
        DeliveryKind.MESSAGE,
        run=run.pk,
        step=key,
        member=owner.pk,
        body=body,
        due_at=tell_at,
    )


def _channels(step: MessageStep) -> Sequence[Channel]:
    if step.channel is not None:
        found = Channel.objects.filter(name=step.channel)
        if not found:
            raise ProblemError("no_channel", step.channel)
        return list(found)
    usual = Channel.objects.filter(digest=False).exclude(kind=ChannelKind.WEBHOOK)
    if not usual:
        raise ProblemError("no_channels")
    return list(usual)


def _call(run: PlayRun, key: str, step: WebhookStep) -> None:
    channel = Channel.objects.filter(name=step.channel, kind=ChannelKind.WEBHOOK).first()
    if channel is None:
        raise ProblemError("no_webhook", step.channel)
    tell_of_play(
        [channel], DeliveryKind.STEP, run=run.pk, step=key, member=None, body=_told(run, key)
    )


def _told(run: PlayRun, key: str) -> dict[str, object]:
    """Also the documented content of a webhook (docs: how-to/plays)."""
    account, owner = run.account, run.account.owner
    label = run.version.get("label") or {"en": run.play, "ja": run.play}
    return {
        "run": run.pk,
        "play": run.play,
        "step": key,
        "label": label,
        "account": {"id": account.pk, "key": account.key, "name": str(account)},
        "owner": owner.handle if owner else None,
    }
