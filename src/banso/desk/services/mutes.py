"""Mute a rule until a day: its new alerts come snoozed, by the member who muted it."""

from datetime import date, datetime

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet

from banso.desk.models import (
    Account,
    Alert,
    AlertState,
    Delivery,
    DeliveryKind,
    Handling,
    Mute,
    Reach,
)
from banso.desk.queries.scope import Scope, within
from banso.desk.services.alerts import MayNotActError, NoReasonError, PastDateError


class UnknownAccountError(Exception):
    """There is no such account in this scope."""


class UnknownMuteError(Exception):
    """There is no such mute that still holds, or it reaches beyond this scope."""


def mute(
    *, scope: Scope, rule: str, account: int | None, until: date, reason: str, today: date
) -> Mute:
    """account: desk id; None: all accounts, for those only who see all. Alerts that are open
    already stay: snooze those. The episodes go on, and the alerts are back on `until`."""
    if not scope.acts or (account is None and scope.reach is not Reach.ALL):
        raise MayNotActError("this member may not mute that")
    if until <= today:
        raise PastDateError(f"{until} is not after {today}")
    if not reason.strip():
        raise NoReasonError("say why the rule is muted")
    if account is not None and not within(scope, Account.objects.filter(pk=account)).exists():
        raise UnknownAccountError(f"no account {account} here")
    return Mute.objects.create(
        rule=rule, account_id=account, until=until, reason=reason.strip(), member_id=scope.member
    )


def unmute(*, scope: Scope, number: int, now: datetime) -> Mute:
    """End a mute before its day. Alerts that came snoozed stay so; members may take that back."""
    if not scope.acts:
        raise MayNotActError("this member may look, not act")
    rows = Mute.objects.filter(pk=number, ended_at__isnull=True)
    found = within(scope, rows, account="account").first()
    if found is None:
        raise UnknownMuteError(f"no mute {number} here")
    found.ended_at = now
    found.save(update_fields=("ended_at",))
    return found


@transaction.atomic
def snooze_muted(alerts: list[Alert], *, day: date) -> set[int]:
    """Snooze those of these new alerts whose rule is muted on a day, by the member who muted it
    for longest. Returns their ids."""
    found: dict[tuple[str, int | None], Mute] = {}
    for one in Mute.objects.filter(until__gt=day, ended_at__isnull=True).order_by("until"):
        found[one.rule, one.account_id] = one
    quiet: set[int] = set()
    for alert in alerts:
        episode = alert.episode
        mine = (found.get((episode.rule, x)) for x in (episode.account_id, None))
        holding = max((x for x in mine if x), key=lambda x: x.until, default=None)
        if holding is not None:
            _snooze(alert, holding)
            quiet.add(alert.pk)
    return quiet


def back_from_mutes(*, after: date, upto: date) -> QuerySet[Alert]:
    """Alerts that came snoozed by a mute, are back on one of these days (`after` is none of them),
    and hold still: nobody has been told of them yet."""
    mutes = Mute.objects.filter(
        Q(account__isnull=True) | Q(account=OuterRef("alert__episode__account")),
        rule=OuterRef("alert__episode__rule"),
        until=OuterRef("until"),
        reason=OuterRef("note"),
    )
    came = Handling.objects.filter(Exists(mutes), alert=OuterRef("pk"), until=OuterRef("until"))
    told = Delivery.objects.filter(alert=OuterRef("pk"), kind=DeliveryKind.OPENED)
    return Alert.objects.filter(
        Exists(came),
        ~Exists(told),
        state=AlertState.SNOOZED,
        until__gt=after,
        until__lte=upto,
        episode__closed_on__isnull=True,
    ).select_related("episode__account__owner", "assignee")


def _snooze(alert: Alert, mute_: Mute) -> None:
    Handling.objects.create(
        alert=alert,
        member=mute_.member,
        state=AlertState.SNOOZED,
        until=mute_.until,
        before=alert.state,
        before_until=alert.until,
        note=mute_.reason,
    )
    alert.state, alert.until = AlertState.SNOOZED, mute_.until
    alert.save(update_fields=("state", "until"))
