"""Two accounts that turned out to be one company, brought together and split again: the one writer
of `merge`.

What people see goes over to the account that stays: contacts, contracts, alerts, tasks, runs of
plays, mails. What was drawn or shown of the other one stays with it: arms, past assessments,
owners, attributes. Its facts stay as they were told (banso.store.merged).
"""

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.db import models

from banso.core.wording import Wording, worded
from banso.desk.models import (
    Account,
    Contact,
    Contract,
    DeliveryKind,
    Episode,
    Mail,
    Measured,
    Member,
    Merge,
    Mute,
    Note,
    PlayRun,
    Standing,
    Task,
)
from banso.desk.models.play_run import ACTIVE
from banso.desk.queries.scope import Scope, within
from banso.desk.services.alerts import MayNotActError
from banso.desk.services.mails import withdraw_mails
from banso.desk.services.outbox import owe
from banso.desk.services.play_news import news_of_run
from banso.desk.services.revision import changing
from banso.desk.services.saved import Saved
from banso.desk.services.tasks import withdraw

MERGED = "merged"
"""Why an episode closed, or a run of a play ended: the other account had the same going on."""
FOLLOW: Sequence[type[models.Model]] = (
    Contact, Contract, Episode, PlayRun, Task, Mail, Mute, Note,
)  # fmt: skip
KEYED = (Contact, Contract)


class MergeError(ValueError):
    """These two can't be brought together, or split; said: why, for people."""

    def __init__(self, said: Wording) -> None:
        super().__init__(said)
        self.said = said


class NoAccountError(MergeError):
    """There is none of that key, or none that the reader may see."""


def merge(*, scope: Scope, account: str, into: str, day: date, now: Any) -> Merge:
    """`account` turned out to be `into`, both by key. MergeError, MayNotActError."""
    if not scope.operates:
        raise MayNotActError("accounts are merged by administrators and CS operations")
    with changing() as saved:
        one, other = _found(scope, account), _found(scope, into)
        _check(one, other)
        ended = _end_doubles(one, other, day, member=scope.member)
        renamed = {x._meta.db_table: _rename(x, one, other) for x in KEYED}
        moved = {x._meta.db_table: _move(x, one, other) for x in FOLLOW}
        for table in (Standing, Measured):
            table.objects.filter(account=one).delete()
        one.merged_into = other
        one.save(update_fields=("merged_into",))
        made = Merge.objects.create(
            account=one,
            into=other,
            at=now,
            member_id=scope.member,
            moved=moved,
            renamed=renamed,
            ended=ended,
        )
        saved.append(Saved(1, 0))
    return made


def unmerge(*, scope: Scope, account: str, now: Any) -> Merge:
    """The two are two again: what had gone over goes back, alerts that the merge closed are open
    again until a run finds otherwise, what came since stays. Runs of plays that it ended stay
    ended: their tasks were withdrawn long ago. MergeError."""
    if not scope.operates:
        raise MayNotActError("accounts are split by administrators and CS operations")
    with changing() as saved:
        mine = within(scope, Merge.objects.filter(undone_at__isnull=True), account="into")
        made = mine.select_related("account", "into").filter(account__key=account).first()
        if made is None:
            raise MergeError(
                worded(
                    "'{key}' is not merged into any account; see `banso accounts merges`",
                    key=account,
                )
            )
        for table in FOLLOW:
            ids = made.moved.get(table._meta.db_table, ())
            rows = table._default_manager.filter(pk__in=ids, account=made.into)
            if table is Episode:  # both may have opened one since: then it stays
                rows = rows.exclude(pk__in=_taken(ids, made.account))
            rows.update(account=made.account)
            for number, key in made.renamed.get(table._meta.db_table, {}).items():
                table._default_manager.filter(pk=int(number)).update(key=key)
        _reopen(made)
        Account.every.filter(pk=made.account_id).update(merged_into=None)
        made.undone_at, made.undone_by = now, _member(scope)
        made.save(update_fields=("undone_at", "undone_by"))
        saved.append(Saved(1, 0))
    return made


def _member(scope: Scope) -> Member | None:
    return Member.objects.filter(pk=scope.member).first() if scope.member else None


def _found(scope: Scope, key: str) -> Account:
    rows = Account.every.select_for_update(of=("self",)).filter(key=key)
    found: Account | None = within(scope, rows).first()
    if found is None:
        raise NoAccountError(worded("there is no account '{key}'", key=key))
    return found


def _check(one: Account, other: Account) -> None:
    if one.pk == other.pk:
        raise MergeError(worded("'{key}' is that account already", key=one.key))
    for account in (one, other):
        if account.merged_into is not None:
            raise MergeError(
                worded(
                    "'{key}' was merged into '{into}'; name that one, or split them first with "
                    "`banso accounts unmerge {key}`",
                    key=account.key,
                    into=account.merged_into.key,
                )
            )
    into = Account.every.filter(merged_into=one).order_by("key").values_list("key", flat=True)
    if into:
        raise MergeError(
            worded(
                "{others} was merged into '{key}': merge '{into}' into that one instead, or split "
                "them first",
                others=", ".join(into),
                key=one.key,
                into=other.key,
            )
        )


def _end_doubles(
    one: Account, other: Account, day: date, *, member: int | None
) -> dict[str, list[int]]:
    """Of a rule or a play that goes on at both, what goes on at the one that stays goes on. What
    was ended, by table."""
    ended: dict[str, list[int]] = {"episode": [], "play_run": []}
    here = Episode.objects.filter(account=other, closed_on__isnull=True)
    taken = set(here.values_list("rule", "journey"))
    for episode in Episode.objects.filter(account=one, closed_on__isnull=True):
        if (episode.rule, episode.journey) in taken:
            episode.closed_on, episode.closed_because = max(day, episode.opened_on), MERGED
            episode.save(update_fields=("closed_on", "closed_because"))
            ended["episode"].append(episode.pk)
    plays = set(
        PlayRun.objects.filter(account=other, state__in=ACTIVE).values_list("play", flat=True)
    )
    for run in PlayRun.objects.filter(account=one, state__in=ACTIVE, play__in=plays):
        run.state, run.because, run.ended_on = "ended", MERGED, day
        run.waits, run.about = "", None
        run.save()
        withdraw(run, member=member)
        withdraw_mails(run)
        owe(news_of_run(DeliveryKind.RUN_ENDED, run))
        ended["play_run"].append(run.pk)
    return ended


def _reopen(made: Merge) -> None:
    """Episodes that the merge closed, where none of the rule has opened at the account since."""
    mine = Episode.objects.filter(account=made.account_id)
    going = set(mine.filter(closed_on__isnull=True).values_list("rule", "journey"))
    ended = mine.filter(pk__in=made.ended.get("episode", ()), closed_because=MERGED)
    again = [x.pk for x in ended if (x.rule, x.journey) not in going]
    Episode.objects.filter(pk__in=again).update(closed_on=None, closed_because="")


def _rename(table: type[models.Model], one: Account, other: Account) -> dict[str, str]:
    """Rows whose key the other account has too get its key behind theirs."""
    rows: Any = table._default_manager
    taken = set(rows.filter(account=other).values_list("key", flat=True))
    found = {x.pk: x.key for x in rows.filter(account=one, key__in=taken)}
    for number, key in found.items():
        rows.filter(pk=number).update(key=f"{key} ({one.key})"[:200])
    return {str(number): key for number, key in found.items()}


def _move(table: type[models.Model], one: Account, other: Account) -> list[int]:
    rows: Any = table._default_manager.filter(account=one)
    if table is Episode:  # one opening a day of a rule: the earlier one stays where it is told
        rows = rows.exclude(pk__in=_taken(list(rows.values_list("pk", flat=True)), other))
    ids = list(rows.order_by("pk").values_list("pk", flat=True))
    table._default_manager.filter(pk__in=ids).update(account=other)
    return ids


def _taken(episodes: Sequence[int], account: Account) -> list[int]:
    """Those of these episodes that the account has too: of the same rule and day, or still open."""
    theirs = list(
        Episode.objects.filter(account=account).values_list(
            "rule", "journey", "opened_on", "closed_on"
        )
    )
    days = {(rule, journey, opened) for rule, journey, opened, _ in theirs}
    going = {(rule, journey) for rule, journey, _, closed in theirs if closed is None}
    return [
        x.pk
        for x in Episode.objects.filter(pk__in=episodes)
        if (x.rule, x.journey, x.opened_on) in days
        or (x.closed_on is None and (x.rule, x.journey) in going)
    ]
