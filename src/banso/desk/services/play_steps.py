"""What the steps of a play bring about: tasks, messages, calls of other software. Checked first,
then written; what is missing is a problem, told by a code and a name."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import TypeVar

from banso.core.definitions.plays import (
    OWNER,
    MailStep,
    MessageStep,
    SetFieldStep,
    StartPlayStep,
    TaskStep,
    WebhookStep,
)
from banso.core.definitions.template import BrokenTemplateError, UnfilledError, filled_label
from banso.core.plays.machine import Intent
from banso.desk.models import Account, Channel, ChannelKind, DeliveryKind, Member, PlayRun
from banso.desk.queries.places import values_of
from banso.desk.queries.scope import scope_of, within
from banso.desk.services.accounts import set_attribute
from banso.desk.services.mails import write_mails
from banso.desk.services.outbox import tell_of_play, telling_channels
from banso.desk.services.play_problem import ProblemError
from banso.desk.services.play_world import World
from banso.desk.services.tasks import make_task

S = TypeVar("S", TaskStep, MessageStep)


def carry_out(run: PlayRun, intent: Intent, world: World) -> str | None:
    """Do it, in the transaction that moves the run on. The name of a play that is to be started,
    which is the caller's to do. Raises ProblemError, and has done nothing
    then."""
    step = intent.step
    if isinstance(step, StartPlayStep):
        return step.play
    if isinstance(step, TaskStep):
        member = follow_by(intent.assignee, run.account)
        due_on = world.due(world.day, step.due_in)
        said, tell_at = _with_places(step, run, world), world.quiet_until
        make_task(
            run, intent.key, said, member=member, made_on=world.day, due_on=due_on, tell_at=tell_at
        )
    elif isinstance(step, MessageStep):
        _tell(run, intent.key, _with_places(step, run, world), world.quiet_until)
    elif isinstance(step, MailStep):
        write_mails(run, intent.key, step, world)
    elif isinstance(step, SetFieldStep):
        _set(run, step, world)
    else:
        _call(run, intent.key, step)
    return None


def _with_places(step: S, run: PlayRun, world: World) -> S:
    """The step with the places of its texts filled. Raises ProblemError."""
    values = values_of(run.account, organisation=world.organisation, day=world.day)
    fields = {x: getattr(step, x) for x in ("text", "label", "instructions") if hasattr(step, x)}
    try:
        said = {x: filled_label(y, values) for x, y in fields.items() if y is not None}
    except UnfilledError as error:
        raise ProblemError("empty_place", error.place) from error
    except BrokenTemplateError as error:  # of a version from before such texts were checked
        raise ProblemError("version", run.play) from error
    return step.model_copy(update=said)


def _set(run: PlayRun, step: SetFieldStep, world: World) -> None:
    """From the day after: what was decided as of the day itself stays as people saw it."""
    set_attribute(
        run.account_id,
        step.attribute,
        step.value,
        valid_from=world.day + timedelta(days=1),
        source=f"play:{run.play}",
    )


def follow_by(assignee: str, account: Account) -> Member | None:
    """To whom tasks and messages go: None for the owner, whoever that is. Raises ProblemError where
    there is nobody who could do them."""
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
    member = follow_by(step.to, run.account) or _owner(run.account)
    channels = _channels(step)
    body = {**_told(run, key), "text": step.text.model_dump()}
    tell_of_play(
        channels,
        DeliveryKind.MESSAGE,
        run=run.pk,
        step=key,
        member=member.pk,
        body=body,
        due_at=tell_at,
    )


def _channels(step: MessageStep) -> Sequence[Channel]:
    if step.channel is not None:
        found = Channel.objects.filter(name=step.channel).exclude(kind=ChannelKind.CUSTOMERS)
        if not found:
            raise ProblemError("no_channel", step.channel)
        return list(found)
    usual = telling_channels(digest=False).exclude(kind=ChannelKind.WEBHOOK)
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
