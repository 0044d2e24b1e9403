"""What webhooks are told of plays and of the mails they write to customers: that a run has begun,
stands still, goes on or is over; that a mail waits, and what became of it. People see that in
Today; this is for other software that follows it.

Nothing is written here: whoever makes it true puts the deliveries into the outbox (`owe`), in the
same transaction.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime

from banso.core.plays.in_words import play_label, problem_words, reason_words
from banso.desk.models import (
    Account,
    Channel,
    ChannelKind,
    Delivery,
    DeliveryKind,
    Mail,
    PlayRun,
    RunState,
)
from banso.desk.queries.mails import where_of

AGAIN = frozenset({DeliveryKind.RUN_PARKED, DeliveryKind.RUN_RESUMED, DeliveryKind.MAIL_FAILED})
"""What may be told of the same run or mail more than once."""


def news_of_run(kind: DeliveryKind, run: PlayRun) -> Sequence[Delivery]:
    return _news(kind, run.pk, lambda: _run(run))


def news_of_mail(
    kind: DeliveryKind, mail: Mail, *, answer: str | None = None
) -> Sequence[Delivery]:
    """answer: of the mail server that did not take it."""
    return _news(kind, mail.pk, lambda: {**_mail(mail), "answer": answer})


def _news(
    kind: DeliveryKind, number: int, body: Callable[[], Mapping[str, object]]
) -> Sequence[Delivery]:
    channels = list(Channel.objects.filter(kind=ChannelKind.WEBHOOK, tasks=True))
    if not channels:
        return ()
    told = dict(body())
    again = f":{datetime.now(tz=UTC):%Y%m%dT%H%M%S%f}" if kind in AGAIN else ""
    return [
        Delivery(channel=x, kind=kind, subject=f"{kind}:{number}{again}", body=told)
        for x in channels
    ]


def _run(run: PlayRun) -> dict[str, object]:
    """Also the documented content of a webhook (docs: how-to/plays)."""
    about, alert = run.about or {}, run.alert
    parked = problem_words(about) if run.state == RunState.PARKED and about else None
    ended = reason_words(run.because, about) if run.because else None
    return {
        "run": run.pk,
        "play": run.play,
        "play_label": play_label(run.version, run.play),
        "account": account_of(run.account),
        **_owner(run.account),
        "state": str(run.state),
        "at": run.at or None,
        "started_by": run.member.handle if run.member else None,
        "alert": run.alert_id,
        "rule": alert.episode.rule if alert else None,
        "parent": run.parent_id,
        "entered_on": str(run.entered_on) if run.entered_on else None,
        "ended_on": str(run.ended_on) if run.ended_on else None,
        "because": run.because or None,
        "because_words": ended.model_dump() if ended else None,
        "problem": about.get("code") if parked else None,
        "problem_words": parked.model_dump() if parked else None,
    }


def _mail(mail: Mail) -> dict[str, object]:
    """Also the documented content of a webhook (docs: how-to/customer-mail)."""
    run, delivery = mail.run, mail.delivery
    due = delivery.due_at if delivery else None
    return {
        "mail": mail.pk,
        "run": run.pk,
        "play": run.play,
        "play_label": play_label(run.version, run.play),
        "step": mail.step,
        "account": account_of(mail.account),
        **_owner(mail.account),
        "to": mail.to,
        "language": mail.language,
        "subject": mail.subject,
        "state": where_of(mail),
        "member": mail.member.handle if mail.member else None,
        "note": mail.note or None,
        "due_at": due.astimezone(UTC).isoformat() if due else None,
    }


def account_of(account: Account) -> dict[str, object]:
    return {"id": account.pk, "key": account.key, "name": str(account)}


def _owner(account: Account) -> dict[str, object]:
    owner = account.owner
    return {
        "owner": owner.handle if owner else None,
        "owner_name": str(owner) if owner else None,
    }
