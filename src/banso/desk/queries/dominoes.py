"""The six dominoes: how far accounts have come from data to value, and where they stop."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from statistics import median
from typing import Any, Literal
from zoneinfo import ZoneInfo

from django.db.models import (
    Case,
    CharField,
    Count,
    DateField,
    Exists,
    F,
    FilteredRelation,
    Func,
    Min,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    When,
)
from django.db.models.functions import Least, TruncDate, TruncMonth

from banso.desk.models import Account, Episode, Handling, Standing, TaskHandling, TaskState
from banso.desk.queries.briefs import NOBODY
from banso.desk.queries.scope import Scope, within

Step = Literal["accounts", "measured", "flagged", "decided", "acted", "reached"]
STEPS: tuple[Step, ...] = ("accounts", "measured", "flagged", "decided", "acted", "reached")
By = Literal["rule", "play", "owner", "segment", "month"]
SECONDS = 86_400


@dataclass(frozen=True)
class Wish:
    """Alerts that opened on the days since..until, both included; of one rule, one play that they
    started, one owner's accounts (0: of nobody), one segment. Empty: all. proven, proven_plays:
    rules and plays whose effect is proven. zone: of days."""

    since: date
    until: date
    rule: str = ""
    play: str = ""
    owner: int | None = None
    segment: str = ""
    proven: frozenset[str] = frozenset()
    proven_plays: frozenset[str] = frozenset()
    zone: str = "UTC"


@dataclass(frozen=True)
class Fallen:
    """Accounts by the furthest domino that has fallen in them, each counted at every earlier one.

    measured: health is known as of the newest run, or a rule spoke. flagged: an alert opened.
    decided: a member has done anything about one, or about a task of the play that it started.
    acted: one, or such a task, is done. reached: what was expected came true after that, in time;
    proven: by a rule or play whose effect is proven.
    held_out, held_back: those with an alert that nobody was told, by lot or for the weekly budget.
    """

    accounts: int = 0
    measured: int = 0
    flagged: int = 0
    decided: int = 0
    acted: int = 0
    reached: int = 0
    proven: int = 0
    held_out: int = 0
    held_back: int = 0

    def at(self, step: Step) -> int:
        found: int = getattr(self, step)
        return found


@dataclass(frozen=True)
class Pace:
    """Median days from one domino to the next, None where none has fallen. decided: from the alert
    to the first thing that a member did; acted: from then until it was done; reached: from then
    until what was expected came true."""

    decided: float | None
    acted: float | None
    reached: float | None

    @property
    def slowest(self) -> Step | None:
        steps: tuple[tuple[Step, float | None], ...] = (
            ("decided", self.decided),
            ("acted", self.acted),
            ("reached", self.reached),
        )
        known = [(days, step) for step, days in steps if days is not None]
        return max(known)[1] if known else None


def fallen(scope: Scope, wish: Wish) -> Fallen:
    """Two queries."""
    here = _accounts(scope, wish)
    flagged = _episodes(scope, wish).filter(account=OuterRef("pk"))
    lead = Standing.objects.filter(account=OuterRef("pk"), lead=True)
    known = Exists(lead.exclude(colour__in=("", "unmeasured")))
    counts = here.aggregate(
        accounts=Count("pk"), measured=Count("pk", filter=Q(known) | Q(Exists(flagged)))
    )
    return Fallen(**counts, **_episodes(scope, wish).aggregate(**_counted(wish)))


def fallen_by(scope: Scope, wish: Wish, by: By) -> Mapping[str | int | date, Fallen]:
    """Of rules, plays that an alert started, owners (ids; 0: nobody), segments or months (their
    first days) with any alert. An account with several counts in each. accounts and measured are
    left 0. One query."""
    rows = _episodes(scope, wish)
    groups: Mapping[By, Any] = {
        "rule": F("rule"),
        "play": F("alert__play_run__play"),
        "owner": F("account__owner"),
        "month": TruncMonth("opened_on"),
    }
    if by == "segment":
        lead = FilteredRelation("account__standings", condition=Q(account__standings__lead=True))
        group = Func(F("lead__segments"), function="unnest", output_field=CharField())
        rows = rows.annotate(lead=lead).annotate(group=group)
    else:
        rows = rows.annotate(group=groups[by])
    if by == "play":
        rows = rows.filter(group__isnull=False)
    counted = _counted(wish)
    told = rows.order_by().values("group").annotate(**counted).values_list("group", *counted)
    return {
        NOBODY if group is None else group: Fallen(**dict(zip(counted, counts, strict=True)))
        for group, *counts in told
    }


def pace(scope: Scope, wish: Wish) -> Pace:
    """An alert opens at the beginning of its day. One query, of what members have handled."""
    zone = ZoneInfo(wish.zone)
    rows = (
        _episodes(scope, wish)
        .filter(taken=True)
        .annotate(
            first=Least(*(_earliest(path) for path in STEPS_OF_MEMBERS)),
            done=Least(*(_earliest(path, done=True) for path in STEPS_OF_MEMBERS)),
        )
    )
    told = rows.filter(first__isnull=False).values_list(
        "opened_on", "first", "done", "expectation__reached_on"
    )
    decided, acted, reached = list[float](), list[float](), list[float]()
    for opened_on, first, done_at, reached_on in told:
        opened = datetime.combine(opened_on, time.min, tzinfo=zone)
        decided.append(_days(opened, first))
        if done_at is not None:
            acted.append(_days(first, done_at))
            day = done_at.astimezone(zone).date()
            reached += [(reached_on - day).days] if reached_on and reached_on > day else []
    return Pace(*(median(x) if x else None for x in (decided, acted, reached)))


def _days(since: datetime, until: datetime) -> float:
    return max((until - since).total_seconds() / SECONDS, 0.0)


def _accounts(scope: Scope, wish: Wish) -> QuerySet[Account]:
    rows = within(scope, Account.objects.order_by())
    if wish.owner is not None:
        rows = rows.filter(owner=wish.owner or None) if wish.owner else rows.filter(owner=None)
    if wish.segment:
        rows = rows.filter(standings__lead=True, standings__segments__contains=[wish.segment])
    return rows


def _episodes(scope: Scope, wish: Wish) -> QuerySet[Any]:
    """With what became of each."""
    rows = within(scope, Episode.objects.order_by(), account="account")
    rows = rows.filter(opened_on__gte=wish.since, opened_on__lte=wish.until)
    if wish.rule:
        rows = rows.filter(rule=wish.rule)
    if wish.play:
        rows = rows.filter(alert__play_run__play=wish.play)
    if wish.owner is not None or wish.segment:
        rows = rows.filter(account__in=_accounts(scope, wish).values("pk"))
    alerts = _standing(Handling)
    tasks = _standing(TaskHandling).filter(task__run__alert__isnull=False)
    tasks = tasks.exclude(state=TaskState.WITHDRAWN)  # by the machine, when a run ends
    by_alert, by_task = "alert__episode", "task__run__alert__episode"
    # few are taken: those are sought once, and only of them it is asked when
    taken = Q(pk__in=alerts.values(by_alert)) | Q(pk__in=tasks.values(by_task))
    at = TruncDate(
        Least(_done_at(alerts, by_alert), _done_at(tasks, by_task)), tzinfo=ZoneInfo(wish.zone)
    )
    return rows.annotate(taken=taken, done_on=Case(When(taken, then=at), output_field=DateField()))


def _standing(table: type[Handling] | type[TaskHandling]) -> QuerySet[Any]:
    """What was done and not taken back."""
    rows: QuerySet[Any] = table.objects.filter(undoes__isnull=True).order_by()
    return rows.filter(~Exists(table.objects.filter(undoes=OuterRef("pk"))))


def _done_at(steps: QuerySet[Any], episode: str) -> Subquery:
    mine = steps.filter(**{episode: OuterRef("pk")})
    done = mine.filter(state="done").values(episode).annotate(first=Min("at"))
    return Subquery(done.values("first")[:1])


def _counted(wish: Wish) -> dict[str, Count]:
    """Accounts, each once."""
    done = Q(done_on__isnull=False)
    # as of the day on which it was done, nothing of the action is in the figures yet
    came = done & Q(expectation__reached_on__gt=F("done_on"))
    waits = Q(alert__isnull=False, alert__told_on__isnull=True)
    # of an empty list Django concludes that nothing at all need be asked
    proven = Q(rule__in=("", *wish.proven))
    if wish.proven_plays:
        proven |= Q(alert__play_run__play__in=wish.proven_plays)
    wanted = {
        "flagged": Q(),
        "decided": Q(taken=True),
        "acted": done,
        "reached": came,
        "proven": came & proven,
        "held_out": Q(withheld__because="lot"),
        "held_back": waits,
    }
    return {name: Count("account", distinct=True, filter=x) for name, x in wanted.items()}


STEPS_OF_MEMBERS: Mapping[str, str] = {
    "alert__handlings": "handling",
    "alert__play_run__tasks__handlings": "taskhandling",
}
"""Path from an episode to what was done about its alert, or about a task of its play -> name of the
step that takes one back."""


def _earliest(path: str, *, done: bool = False) -> Min:
    """Of steps that were not taken back, and take nothing back."""
    kept = Q(**{f"{path}__undoes__isnull": True, f"{path}__{STEPS_OF_MEMBERS[path]}__isnull": True})
    state = Q(**{f"{path}__state": "done"}) if done else ~Q(**{f"{path}__state": "withdrawn"})
    return Min(f"{path}__at", filter=kept & state)
