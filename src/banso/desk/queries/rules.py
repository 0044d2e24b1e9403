"""Rules at work: what they have told, and what members made of it."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
from django.db.models import Count, F, Func, IntegerField, OuterRef, Q, QuerySet, Subquery

from banso.core.rules.precision import Share, share_by_account
from banso.desk.models import Account, Alert, AlertState, Episode, Handling, NotUseful, Run
from banso.desk.queries.definitions import Median
from banso.desk.queries.kept import kept
from banso.desk.queries.scope import Scope, within

RECENT_DAYS = 28
WEEKS = 26
MOST_FLAGGED = 10


@dataclass(frozen=True)
class RuleFigures:
    """open: alerts whose episode is open. Of the alerts of the last RECENT_DAYS days: opened, and
    how many of them members have handled at all, or found of no use."""

    open: int = 0
    opened: int = 0
    handled: int = 0
    not_useful: int = 0


def found_useful(scope: Scope, run: Run) -> Mapping[str, Share]:
    """Rule -> which share of its alerts of the last WEEKS weeks members found useful: marked done,
    of those marked done or not useful (for whatever reason). Rules of which nobody has said
    anything are left out. One query."""
    since = run.as_of - timedelta(weeks=WEEKS)
    said = _handled(scope, since=since, until=run.as_of).order_by()
    rows = (
        said.filter(state__in=(AlertState.DONE, AlertState.NOT_USEFUL))
        .values_list("episode__rule", "episode__account")
        .annotate(useful=Count("pk", filter=Q(state=AlertState.DONE)), all=Count("pk"))
    )
    counts: dict[str, list[tuple[int, int]]] = {}
    for rule, _, useful, every in rows:
        counts.setdefault(rule, []).append((useful, every))
    return {rule: share_by_account(*np.array(x, np.float64).T) for rule, x in counts.items()}


def rule_figures(scope: Scope, run: Run) -> Mapping[str, RuleFigures]:
    """Rule -> figures as of the newest run; rules without any alert are left out."""
    since = run.as_of - timedelta(days=RECENT_DAYS)
    states: dict[str, Counter[str]] = {}
    recent = _handled(scope, since=since, until=run.as_of).order_by()
    for rule, state, n in recent.values_list("episode__rule", "state").annotate(n=Count("pk")):
        states.setdefault(rule, Counter())[state] = n
    told = kept(scope, run, "rules", lambda: _opened(scope, since))
    return {
        rule: RuleFigures(
            open=still,
            opened=opened,
            handled=states.get(rule, Counter()).total(),
            not_useful=states.get(rule, Counter())[AlertState.NOT_USEFUL],
        )
        for rule, (still, opened) in told.items()
    }


def _opened(scope: Scope, since: date) -> dict[str, tuple[int, int]]:
    """Rule -> how many are open, and how many opened after `since`. Only runs change that."""
    recent, still = Q(opened_on__gt=since), Q(closed_on__isnull=True)
    rows = _episodes(scope).filter(recent | still).order_by().values_list("rule")
    found = rows.annotate(still=Count("pk", filter=still), opened=Count("pk", filter=recent))
    return {rule: (open_, opened) for rule, open_, opened in found}


@dataclass(frozen=True)
class Flagged:
    account: int
    name: str
    alerts: int


@dataclass(frozen=True)
class _Told:
    """What only runs change of a rule's history."""

    open: int
    weeks: Sequence[tuple[date, int]]
    flagged: Sequence[tuple[int, int]]
    closed: int
    median_days: float | None


@dataclass(frozen=True)
class RuleHistory:
    """What one rule has done in the last WEEKS weeks up to and including a day.

    open: alerts whose episode is open now. weeks: alerts by the week in which they opened, as
    (last day of the week, alerts), oldest first. states: AlertState -> alerts. reasons: why
    alerts were of no use. flagged: accounts with most alerts, of those with more than one.
    median_days: for how long the closed ones were open.
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


def rule_history(scope: Scope, rule: str, run: Run) -> RuleHistory:
    """Up to the day of the newest run. Three queries, and four more once a run."""
    since = run.as_of - timedelta(weeks=WEEKS)
    told = kept(scope, run, f"rule:{rule}", lambda: _told(scope, rule, since, run.as_of))
    handled = _handled(scope, since=since, until=run.as_of).filter(episode__rule=rule).order_by()
    states = {
        AlertState(state): alerts
        for state, alerts in handled.values_list("state").annotate(alerts=Count("pk"))
    }
    waiting = sum(alerts for _, alerts in told.weeks) - sum(states.values())
    names = within(scope, Account.objects.all()).in_bulk([account for account, _ in told.flagged])
    return RuleHistory(
        open=told.open,
        weeks=told.weeks,
        states={**({AlertState.OPEN: waiting} if waiting else {}), **states},
        reasons=_reasons(handled),
        flagged=[Flagged(x, str(names[x]), n) for x, n in told.flagged if x in names],
        closed=told.closed,
        median_days=told.median_days,
    )


def _told(scope: Scope, rule: str, since: date, until: date) -> _Told:
    mine = _episodes(scope).filter(rule=rule).order_by()
    recent = mine.filter(opened_on__gt=since, opened_on__lte=until)
    closed, median = _closed(recent)
    return _Told(
        open=mine.filter(closed_on__isnull=True).count(),
        weeks=_weeks(recent, until),
        flagged=_flagged(recent),
        closed=closed,
        median_days=median,
    )


def _weeks(episodes: QuerySet[Episode], as_of: date) -> Sequence[tuple[date, int]]:
    found = [0] * WEEKS
    for day, alerts in episodes.values_list("opened_on").annotate(alerts=Count("pk")):
        found[(as_of - day).days // 7] += alerts
    return [(as_of - timedelta(weeks=n), found[n]) for n in range(WEEKS - 1, -1, -1)]


def _flagged(episodes: QuerySet[Episode]) -> Sequence[tuple[int, int]]:
    rows = episodes.values_list("account_id").annotate(alerts=Count("pk"))
    return list(rows.filter(alerts__gt=1).order_by("-alerts", "account_id")[:MOST_FLAGGED])


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


def _reasons(alerts: QuerySet[Alert]) -> Mapping[NotUseful, int]:
    latest = Handling.objects.filter(alert=OuterRef("pk"), state=AlertState.NOT_USEFUL)
    latest = latest.exclude(reason="").order_by("-id")
    rows = (
        alerts.filter(state=AlertState.NOT_USEFUL)
        .annotate(reason=Subquery(latest.values("reason")[:1]))
        .values_list("reason")
        .annotate(alerts=Count("pk"))
    )
    return {NotUseful(reason): alerts for reason, alerts in rows if reason}


def _handled(scope: Scope, *, since: date, until: date) -> QuerySet[Alert]:
    """Alerts that opened after `since` and with which members have done something. One that waits
    for the weekly budget is snoozed by nobody."""
    seen = within(scope, Alert.objects.all(), account="episode__account")
    days = {"episode__opened_on__gt": since, "episode__opened_on__lte": until}
    return seen.filter(**days, told_on__isnull=False).exclude(state=AlertState.OPEN)


def _episodes(scope: Scope) -> QuerySet[Episode]:
    return within(scope, Episode.objects.all(), account="account")
