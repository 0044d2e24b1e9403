"""Definitions at work: who stands where in a journey, who is in a segment, what rules have told."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from django.db.models import (
    Aggregate,
    CharField,
    Count,
    F,
    FloatField,
    Func,
    IntegerField,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
)

from banso.desk.models import (
    Account,
    AlertState,
    DefinitionSet,
    Episode,
    Handling,
    NotUseful,
    Run,
    Standing,
)
from banso.desk.queries.kept import kept
from banso.desk.queries.scope import Scope, within

RECENT_DAYS = 28
WEEKS = 26
MOST_FLAGGED = 10


class Median(Aggregate):
    function = "percentile_cont"
    template = "%(function)s(0.5) WITHIN GROUP (ORDER BY %(expressions)s)"
    output_field = FloatField()


# sets


@dataclass(frozen=True)
class AppliedSet:
    """labels_only: no number can differ from the set before; None for the first one."""

    number: int
    fingerprint: str
    applied_at: datetime
    applied_by: str
    why: str
    labels_only: bool | None


def applied_sets(*, most: int) -> Sequence[AppliedSet]:
    """Newest first; the first one is in force."""
    rows = list(
        DefinitionSet.objects.values_list("pk", "fingerprint", "applied_at", "applied_by", "why")[
            : most + 1
        ]
    )
    before: list[str | None] = [row[1] for row in rows[1:]]
    return [
        AppliedSet(*row, labels_only=None if old is None else old == row[1])
        for row, old in zip(rows, [*before, None], strict=False)
    ][:most]


def files_in_force() -> Mapping[str, str]:
    """File name -> YAML of the set that was applied last; empty before the first one."""
    files = DefinitionSet.objects.values_list("files", flat=True).first()
    return files or {}


# journeys and segments


@dataclass(frozen=True)
class StageStanding:
    """Accounts in a stage by colour. median_days: how long they have been there; overdue: how
    many longer than expected."""

    accounts: int = 0
    colours: Mapping[str, int] = field(default_factory=dict)
    median_days: float | None = None
    overdue: int = 0


def stage_counts(scope: Scope, run: Run) -> Mapping[tuple[str, str], int]:
    """(journey, stage) -> accounts."""
    return kept(scope, run, "stages", lambda: _stage_counts(scope))


def _stage_counts(scope: Scope) -> Mapping[tuple[str, str], int]:
    rows = _standings(scope).exclude(journey="").order_by()
    found = rows.values_list("journey", "stage").annotate(accounts=Count("pk"))
    return {(journey, stage): accounts for journey, stage, accounts in found}


def journey_standing(scope: Scope, run: Run, journey: str) -> Mapping[str, StageStanding]:
    """Stage -> who stands there; stages without anybody are left out."""
    return kept(scope, run, f"journey:{journey}", lambda: _journey_standing(scope, journey))


def _journey_standing(scope: Scope, journey: str) -> Mapping[str, StageStanding]:
    rows = _standings(scope).filter(journey=journey).order_by()
    colours: dict[str, Counter[str]] = {}
    for stage, colour, accounts in rows.values_list("stage", "colour").annotate(n=Count("pk")):
        colours.setdefault(stage, Counter())[colour] = accounts
    days = rows.values_list("stage").annotate(
        median=Median("days_in_stage"), overdue=Count("pk", filter=Q(overdue=True))
    )
    return {
        stage: StageStanding(colours[stage].total(), colours[stage], median, overdue)
        for stage, median, overdue in days
    }


def segment_counts(scope: Scope, run: Run) -> Mapping[str, int]:
    """Segment -> accounts; those without any are left out."""
    return kept(scope, run, "segments", lambda: _segment_counts(scope))


def _segment_counts(scope: Scope) -> Mapping[str, int]:
    names = _standings(scope).filter(lead=True).order_by().annotate(
        segment=Func(F("segments"), function="unnest", output_field=CharField())
    )  # fmt: skip
    return dict(names.values_list("segment").annotate(accounts=Count("pk")))


def _standings(scope: Scope) -> QuerySet[Standing]:
    return within(scope, Standing.objects.all(), account="account")


# rules


@dataclass(frozen=True)
class RuleFigures:
    """open: alerts whose episode is open. Of the alerts of the last RECENT_DAYS days: opened, and
    how many of them members have handled at all, or found of no use."""

    open: int = 0
    opened: int = 0
    handled: int = 0
    not_useful: int = 0


def rule_figures(scope: Scope, *, as_of: date) -> Mapping[str, RuleFigures]:
    """Rule -> figures; rules without any alert are left out."""
    recent = Q(opened_on__gt=as_of - timedelta(days=RECENT_DAYS))
    rows = (
        _episodes(scope)
        .filter(recent | Q(closed_on__isnull=True))
        .order_by()
        .values_list("rule")
        .annotate(
            open=Count("pk", filter=Q(closed_on__isnull=True)),
            opened=Count("pk", filter=recent),
            handled=Count("pk", filter=recent & ~Q(alert__state=AlertState.OPEN)),
            not_useful=Count("pk", filter=recent & Q(alert__state=AlertState.NOT_USEFUL)),
        )
    )
    return {rule: RuleFigures(*figures) for rule, *figures in rows}


@dataclass(frozen=True)
class Flagged:
    account: int
    name: str
    alerts: int


@dataclass(frozen=True)
class RuleHistory:
    """What one rule has done in the last WEEKS weeks up to and including a day.

    open: alerts whose episode is open now. weeks: alerts by the week in which they opened, as
    (last day of the week, alerts), oldest first. states: AlertState -> alerts. reasons: why
    alerts were of no use. flagged: accounts with most alerts. median_days: for how long the
    closed ones were open.
    """

    open: int
    weeks: Sequence[tuple[date, int]]
    states: Mapping[AlertState, int]
    reasons: Mapping[NotUseful, int]
    flagged: Sequence[Flagged]
    closed: int
    median_days: float | None

    @property
    def opened(self) -> int:
        return sum(alerts for _, alerts in self.weeks)


def rule_history(scope: Scope, rule: str, *, as_of: date) -> RuleHistory:
    """Six queries."""
    mine = _episodes(scope).filter(rule=rule).order_by()
    since = as_of - timedelta(weeks=WEEKS)
    recent = mine.filter(opened_on__gt=since, opened_on__lte=as_of)
    states = recent.values_list("alert__state").annotate(alerts=Count("pk"))
    closed, median = _closed(recent)
    return RuleHistory(
        open=mine.filter(closed_on__isnull=True).count(),
        weeks=_weeks(recent, as_of),
        states={AlertState(state): alerts for state, alerts in states if state},
        reasons=_reasons(recent),
        flagged=_flagged(recent),
        closed=closed,
        median_days=median,
    )


def _weeks(episodes: QuerySet[Episode], as_of: date) -> Sequence[tuple[date, int]]:
    found = [0] * WEEKS
    for day, alerts in episodes.values_list("opened_on").annotate(alerts=Count("pk")):
        found[(as_of - day).days // 7] += alerts
    return [(as_of - timedelta(weeks=n), found[n]) for n in range(WEEKS - 1, -1, -1)]


def _reasons(episodes: QuerySet[Episode]) -> Mapping[NotUseful, int]:
    latest = Handling.objects.filter(
        alert__episode=OuterRef("pk"), state=AlertState.NOT_USEFUL
    ).exclude(reason="")
    rows = (
        episodes.filter(alert__state=AlertState.NOT_USEFUL)
        .annotate(reason=Subquery(latest.order_by("-id").values("reason")[:1]))
        .values_list("reason")
        .annotate(alerts=Count("pk"))
    )
    return {NotUseful(reason): alerts for reason, alerts in rows if reason}


def _flagged(episodes: QuerySet[Episode]) -> Sequence[Flagged]:
    rows = episodes.values_list("account_id").annotate(alerts=Count("pk"))
    most = list(rows.order_by("-alerts", "account_id")[:MOST_FLAGGED])
    names = Account.objects.in_bulk([account for account, _ in most])
    return [Flagged(account, str(names[account]), alerts) for account, alerts in most]


def _closed(episodes: QuerySet[Episode]) -> tuple[int, float | None]:
    days = Func(
        F("closed_on"),
        F("opened_on"),
        template="(%(expressions)s)",
        arg_joiner=" - ",
        output_field=IntegerField(),
    )
    found = episodes.filter(closed_on__isnull=False).aggregate(n=Count("pk"), median=Median(days))
    return found["n"], found["median"]


def _episodes(scope: Scope) -> QuerySet[Episode]:
    return within(scope, Episode.objects.all(), account="account")
