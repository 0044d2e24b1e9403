"""What was done for whom, and what is kept of whether it helped."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.db.models import Count, Min, Q, QuerySet
from django.db.models.functions import Coalesce, Least

from banso.desk.models import (
    Alert,
    AlertState,
    Arm,
    Effect,
    Episode,
    Expectation,
    PlayRun,
    TaskState,
    ValueFigures,
)
from banso.desk.models.episode import TAKEN_BACK
from banso.desk.queries.decided import decided_upto
from banso.desk.queries.scope import Scope, within


@dataclass(frozen=True)
class Action:
    """One alert, told or withheld. done_on: the day on which a member marked it, or a task of the
    play that it started, as done, and did not take it back; None where nobody has. settled: whether
    its expectation is settled. followed: by which outcome it is judged for good; empty: by none."""

    episode: int
    account: str
    opened_on: date
    withheld: bool
    done_on: date | None
    settled: bool
    followed: str


def actions(scope: Scope, rule: str, *, zone: str) -> Mapping[str, Sequence[Action]]:
    """Of one rule, by account key, oldest first; those that runs have confirmed. zone: of the days.
    One query."""
    # an undone handling has another that undoes it
    kept = Q(alert__handlings__state=AlertState.DONE, alert__handlings__handling__isnull=True)
    step = "alert__play_run__tasks__handlings"
    task = Q(**{f"{step}__state": TaskState.DONE, f"{step}__taskhandling__isnull": True})
    sure = Episode.objects.filter(rule=rule, opened_on__lte=decided_upto())
    rows = within(scope, sure.exclude(closed_because=TAKEN_BACK), account="account")
    told = (
        rows.annotate(
            done=Least(Min("alert__handlings__at", filter=kept), Min(f"{step}__at", filter=task))
        )
        .order_by("opened_on", "id")
        .values_list(
            *("id", "account__key", "opened_on", "withheld", "done"),
            *("expectation__came", "followed__came", "followed__outcome"),
        )
    )
    found: dict[str, list[Action]] = {}
    for number, account, opened_on, withheld, done, came, after, outcome in told:
        done_on = _day(done, zone)
        settled = came not in (None, "open")
        followed = outcome if after not in (None, "open") else ""
        held = withheld is not None
        one = Action(number, account, opened_on, held, done_on, settled, followed)
        found.setdefault(account, []).append(one)
    return found


def _day(at: datetime | None, zone: str) -> date | None:
    return at.astimezone(ZoneInfo(zone)).date() if at else None


NOT_MEANT = ("exit", "not_customer", "not_yet", "held_out")
"""Why an account was kept out that is compared with nobody: the play was not for it; or the lot,
or the roll-out, tells more of it (grades A and B)."""


def entries_of_play(scope: Scope, play: str) -> Mapping[str, Sequence[date]]:
    """By account key, the days on which it entered, oldest first. One query."""
    runs = PlayRun.objects.filter(play=play, entered_on__isnull=False)
    found: dict[str, list[date]] = {}
    rows = within(scope, runs, account="account").order_by("entered_on", "id")
    for key, on in rows.values_list("account__key", "entered_on"):
        found.setdefault(key, []).extend([on] if on else [])
    return found


def chances_of_play(
    scope: Scope, rules: Sequence[str], entries: Mapping[str, Sequence[date]]
) -> Mapping[str, Sequence[Action]]:
    """Told alerts of the rules that start a play, as actions that are done once the account
    entered, whoever began it; by account key, oldest first. Without alerts for which it was not
    meant, and without accounts that were in it before. One query."""
    sure = Alert.objects.filter(
        told_on__isnull=False,
        episode__rule__in=rules,
        episode__opened_on__lte=decided_upto(),
    ).exclude(Q(episode__closed_because=TAKEN_BACK) | Q(play_run__because__in=NOT_MEANT))
    rows = within(scope, sure, account="episode__account").order_by("told_on", "pk")
    found: dict[str, list[Action]] = {}
    for key, episode, told_on in rows.values_list("episode__account__key", "episode", "told_on"):
        mine = entries.get(key, ())
        if told_on is None or (key not in found and mine and mine[0] < told_on):
            continue
        done_on = next((x for x in mine if x >= told_on), None)
        one = Action(episode, key, told_on, withheld=False, done_on=done_on, settled=True,
            followed="")  # fmt: skip
        found.setdefault(key, []).append(one)
    return found


@dataclass(frozen=True)
class Drawn:
    """See models.Arm."""

    held_out: bool
    drawn_on: date
    version: str


def drawn(scope: Scope, *, rule: str = "", play: str = "") -> Mapping[str, Drawn]:
    """Arms of one rule or play, by account key. One query."""
    sure = Arm.objects.filter(rule=rule, play=play, drawn_on__lte=decided_upto())
    rows = within(scope, sure, account="account")
    found = rows.values_list("account__key", "held_out", "drawn_on", "version")
    return {account: Drawn(held, on, told) for account, held, on, told in found}


def merged_arms(scope: Scope, *, rule: str = "", play: str = "") -> int:
    """Accounts that were drawn and have been merged into another since: they keep their arm, and
    count no longer."""
    rows = Arm.objects.filter(rule=rule, play=play, account__merged_into__isnull=False)
    return within(scope, rows, account="account").count()


def arm_sizes(scope: Scope) -> Mapping[str, tuple[int, int]]:
    """Rule -> accounts drawn into the arm that is told, and held out."""
    return _sizes(scope, Arm.objects.filter(play=""), "rule")


def play_arm_sizes(scope: Scope) -> Mapping[str, tuple[int, int]]:
    """Play -> accounts drawn into the arm that enters, and held out."""
    return _sizes(scope, Arm.objects.exclude(play=""), "play")


def due_of_play(scope: Scope, play: str) -> Mapping[str, Sequence[tuple[date, bool]]]:
    """By account key, oldest first: days on which it entered the play (True), or was kept out of it
    only because the play had not come to it yet (False)."""
    asked = PlayRun.objects.filter(play=play).filter(
        Q(entered_on__isnull=False) | Q(because="not_yet", ended_on__isnull=False)
    )
    rows = within(scope, asked, account="account").annotate(on=Coalesce("entered_on", "ended_on"))
    found: dict[str, list[tuple[date, bool]]] = {}
    for key, on, entered in rows.order_by("on", "id").values_list(
        "account__key", "on", "entered_on"
    ):
        found.setdefault(key, []).append((on, entered is not None))
    return found


def arms_of_play(scope: Scope, play: str) -> Mapping[str, bool]:
    """Account key -> whether it is held out from the play, of those drawn so far."""
    rows = within(scope, Arm.objects.filter(play=play), account="account")
    return dict(rows.values_list("account__key", "held_out"))


def _sizes(scope: Scope, arms: QuerySet[Arm], of: str) -> Mapping[str, tuple[int, int]]:
    out = Count("pk", filter=Q(held_out=True))
    rows = within(scope, arms.order_by(), account="account")
    told = rows.values_list(of).annotate(every=Count("pk"), out=out)
    return {name: (every - held, held) for name, every, held in told}


@dataclass(frozen=True)
class Outcomes:
    """Alerts of one rule by what became of what was expected; held_out: those withheld."""

    told: Mapping[str, int]
    held_out: Mapping[str, int]


def expectations_of(scope: Scope, rule: str) -> Outcomes:
    """As it is now, of one rule. One query."""
    rows = Expectation.objects.filter(episode__rule=rule).order_by()
    counts = within(scope, rows, account="episode__account").values_list("came")
    found = counts.annotate(
        told=Count("pk", filter=Q(episode__withheld__isnull=True)),
        held_out=Count("pk", filter=Q(episode__withheld__isnull=False)),
    )
    told: dict[str, int] = {}
    held_out: dict[str, int] = {}
    for came, *counted in found:
        for into, n in zip((told, held_out), counted, strict=True):
            if n:
                into[came] = n
    return Outcomes(told, held_out)


def effects_of(rule: str | None = None) -> Sequence[Effect]:
    """Kept last, of one rule or of all: by rule, the best grade first. Of no single account, so
    that every member may read it."""
    rows = Effect.objects.filter(play="").order_by("rule", "grade", "target")
    return list(rows if rule is None else rows.filter(rule=rule))


def effects_of_plays() -> Mapping[str, Sequence[Effect]]:
    """As `effects_of`, by play; plays of which none is kept are left out."""
    found: dict[str, list[Effect]] = {}
    for x in Effect.objects.exclude(play="").order_by("play", "grade", "target"):
        found.setdefault(x.play, []).append(x)
    return found


def proven() -> frozenset[str]:
    """Rules that help: shown by a holdout, on their outcome or on what they expect."""
    rows = Effect.objects.filter(grade="A", verdict="helps", play="")
    return frozenset(rows.values_list("rule", flat=True))


def proven_plays() -> frozenset[str]:
    """As `proven`, of plays that hold accounts out by themselves."""
    rows = Effect.objects.filter(grade="A", verdict="helps").exclude(play="")
    return frozenset(rows.values_list("play", flat=True))


def proven_at() -> datetime | None:
    """When `banso prove` looked last; None: never. One query, of a table of one row."""
    return ValueFigures.objects.values_list("made_at", flat=True).first()
