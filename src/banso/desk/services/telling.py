"""When alerts are told: those that the weekly budget holds back wait, snoozed, for room."""

from collections import defaultdict
from collections.abc import Hashable, Mapping, Sequence, Set
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import cast

from django.db.models import Count, Exists, OuterRef, Q

from banso.core.definitions.plays import Play
from banso.core.rules.budget import Candidate, monday
from banso.core.rules.budget import told_on as told_on_days
from banso.core.rules.rank import Priority, Stake, urgency
from banso.desk.models import Alert, AlertState, Handling
from banso.desk.queries.pauses import paused_rules
from banso.desk.services.mutes import snooze_muted

WAIT = timedelta(weeks=5)
"""A waiting alert would be back by itself after so long without any run."""


@dataclass(frozen=True)
class Telling:
    """days: those of a run on which alerts may be told, ascending. budget: new alerts for each
    owner and week, None: no limit. last: day of the run. plays: by rule, what is started for an
    account when an alert of it is told. off: days off of the run. any_time: rules whose alerts are
    told on them too, and sent in quiet hours. quiet_until: when these end, None: they are not now.
    """

    days: Sequence[date]
    budget: int | None
    last: date
    plays: Mapping[str, Play] = field(default_factory=dict)
    off: Sequence[date] = ()
    any_time: Set[str] = frozenset()
    quiet_until: datetime | None = None

    def due(self, rule: str) -> datetime | None:
        """When a message about an alert of a rule may be sent; None: at once."""
        return None if rule in self.any_time else self.quiet_until


def tell_alerts(telling: Telling) -> None:
    """Tell what there is room for, the most urgent first; snooze the rest. Within a transaction.

    One that a member has handled while it waited was seen, so it waits no longer; nor does one
    whose rule is muted, which comes snoozed. One whose rule is paused waits until it is resumed.
    """
    handled = Exists(Handling.objects.filter(alert=OuterRef("pk")))
    rows = Alert.objects.filter(told_on__isnull=True).annotate(handled=handled)
    paused = paused_rules()
    first = min([*telling.days, *telling.off], default=telling.last)
    still = Q(episode__closed_on__isnull=True) | Q(episode__closed_on__gt=first)
    waiting = list(rows.filter(still).select_related("episode").order_by("id"))
    seen = {x.pk for x in waiting if x.handled}
    asked: list[Alert] = [x for x in waiting if x.pk not in seen and x.episode.rule not in paused]
    seen |= snooze_muted(asked, day=telling.last)
    found = told_on_days(
        [_candidate(x, telling) for x in asked if x.pk not in seen],
        budget=telling.budget,
        days=telling.days,
        off=telling.off,
        given=_given(first),
    )
    for alert in waiting:
        if alert.pk in seen:
            alert.told_on = telling.last
        elif (alert.pk,) in found:
            alert.told_on, alert.state, alert.until = found[alert.pk,], AlertState.OPEN, None
        else:
            alert.state, alert.until = AlertState.SNOOZED, telling.last + WAIT
    _save(waiting)


def _save(alerts: Sequence[Alert]) -> None:
    """Most of them say the same: a statement for each would cost more than all else."""
    alike: dict[tuple[date | None, str, date | None], list[int]] = defaultdict(list)
    for x in alerts:
        alike[x.told_on, x.state, x.until].append(x.pk)
    for (told_on, state, until), numbers in alike.items():
        rows = Alert.objects.filter(pk__in=numbers)
        rows.update(told_on=told_on, state=state, until=until)


def _candidate(alert: Alert, telling: Telling) -> Candidate:
    episode = alert.episode
    priority = cast("Priority", alert.priority)  # the run wrote it from the rule
    return Candidate(
        key=(alert.pk,),
        owner=alert.owner_id,
        opened=min(episode.opened_on, telling.last),  # of a day that is not over: from now on
        closed=episode.closed_on,
        urgency=urgency(Stake(priority, alert.arr, episode.opened_on)),
        any_day=episode.rule in telling.any_time,
    )


def _given(first: date) -> Mapping[tuple[Hashable, date], int]:
    """How many each owner was told in the week of that day, up to it and with it."""
    week = monday(first)
    rows = Alert.objects.filter(told_on__gte=week, told_on__lt=week + timedelta(weeks=1))
    counts = rows.order_by().values_list("owner").annotate(alerts=Count("pk"))
    return {(owner, week): alerts for owner, alerts in counts}
