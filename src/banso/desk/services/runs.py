"""Writes what one run found and decided, all of it or nothing."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.db.models import OuterRef, QuerySet, Subquery

from banso.core.definitions.assign import Assign
from banso.desk.models import (
    Account,
    Alert,
    AlertState,
    Assessment,
    Cause,
    Change,
    Episode,
    Run,
    Withheld,
)
from banso.desk.services.arms import Draw, Holdout, draw_arms
from banso.desk.services.outbox import tell_closed, tell_opened
from banso.desk.services.plays import ask_plays
from banso.desk.services.standings import Standings, replace_standings
from banso.desk.services.telling import Telling, tell_alerts
from banso.desk.services.turns import Opened, give, take_back

BATCH = 2_000
_OPENED_ON = Subquery(Episode.objects.filter(pk=OuterRef("episode")).values("opened_on"))


@dataclass(frozen=True)
class Assessed:
    """One account's journey as of the run's day; see models.Assessment."""

    account: str
    journey: str
    stage: str
    days_in_stage: int
    overdue: bool | None
    score: float | None
    confidence: float
    colour: str


@dataclass(frozen=True)
class Changed:
    account: str
    journey: str
    as_of: date
    what: str
    before: str
    after: str
    score_before: float | None
    score_after: float | None
    cause: Cause = Cause.DATA
    parts: Sequence[Mapping[str, object]] = ()


@dataclass(frozen=True)
class Opening:
    """A rule began to hold: one episode and its one alert, with the evidence of that day.

    assign: None where it is the owner's. holdout: None where the rule tells of everybody. The alert
    of an account that is held out is recorded as Withheld.
    """

    rule: str
    account: str
    journey: str
    opened_on: date
    priority: str
    label: Mapping[str, str]
    action: Mapping[str, str]
    why: Sequence[Mapping[str, object]]
    arr: Decimal | None
    holdout: Holdout | None = None
    assign: Assign | None = None


@dataclass(frozen=True)
class Closing:
    rule: str
    account: str
    closed_on: date
    because: str


@dataclass(frozen=True)
class Findings:
    """All that a run has to say."""

    assessed: Sequence[Assessed]
    changed: Sequence[Changed]
    openings: Sequence[Opening]
    closings: Sequence[Closing]

    @property
    def accounts(self) -> frozenset[str]:
        """Keys of all accounts that something was found of."""
        states = {x.account for x in self.assessed} | {x.account for x in self.changed}
        steps = {x.account for x in self.openings} | {x.account for x in self.closings}
        return frozenset(states | steps)


@dataclass(frozen=True)
class RunFacts:
    as_of: date
    decided_from: date | None
    fingerprint: str
    generation: int
    started_at: datetime
    finished_at: datetime
    accounts: int


@transaction.atomic
def record_run(
    facts: RunFacts, findings: Findings, standings: Standings, telling: Telling | None = None
) -> Run:
    """Record a run, and tell its alerts; telling: None: each on its day.

    Rows that an earlier run left are kept as they are, so that running the same day twice changes
    nothing. Standings show the newest day: those of an earlier one than a run has already told are
    left out. Channels are told of the same alerts as owners, and plays are asked for by them; the
    very first run, which finds all that there has been for years, tells and starts nothing.
    """
    newest = Run.objects.first()
    if newest is None or newest.as_of <= facts.as_of:
        replace_standings(standings)
    accounts = Account.objects.in_bulk(sorted(findings.accounts), field_name="key")
    _record_assessed(facts, findings.assessed, accounts)
    _record_changed(facts, findings.changed, accounts)
    take_back()
    opened, closed = _record_episodes(facts, findings, accounts)
    untold = list(Alert.objects.filter(told_on__isnull=True).values_list("pk", flat=True))
    if telling is not None and facts.decided_from is not None:
        tell_alerts(telling)
    elif telling is None:
        Alert.objects.filter(told_on__isnull=True).update(told_on=_OPENED_ON)
    if newest is not None:
        news = _told_now(untold)
        tell_opened(news, due=telling.due if telling else lambda rule: None)
        ask_plays(news, telling.plays if telling else {})
    tell_closed()
    return Run.objects.create(
        as_of=facts.as_of,
        decided_from=facts.decided_from,
        fingerprint=facts.fingerprint,
        generation=facts.generation,
        started_at=facts.started_at,
        finished_at=facts.finished_at,
        accounts=facts.accounts,
        opened=opened,
        closed=closed,
        metrics=list(standings.metrics),
    )


def _told_now(untold: Sequence[int]) -> QuerySet[Alert]:
    """Of those that were untold before this run, those that their owners now have to look at."""
    return Alert.objects.filter(
        pk__in=untold,
        told_on__isnull=False,
        state=AlertState.OPEN,
        episode__closed_on__isnull=True,
    ).select_related("episode__account__owner", "assignee")


def _record_assessed(
    facts: RunFacts, assessed: Sequence[Assessed], accounts: Mapping[str, Account]
) -> None:
    Assessment.objects.bulk_create(
        [
            Assessment(
                account=accounts[x.account],
                journey=x.journey,
                as_of=facts.as_of,
                fingerprint=facts.fingerprint,
                generation=facts.generation,
                stage=x.stage,
                days_in_stage=x.days_in_stage,
                overdue=x.overdue,
                score=x.score,
                confidence=x.confidence,
                colour=x.colour,
            )
            for x in assessed
        ],
        ignore_conflicts=True,
        batch_size=BATCH,
    )


def _record_changed(
    facts: RunFacts, changed: Sequence[Changed], accounts: Mapping[str, Account]
) -> None:
    Change.objects.bulk_create(
        [
            Change(
                account=accounts[x.account],
                journey=x.journey,
                as_of=x.as_of,
                what=x.what,
                before=x.before,
                after=x.after,
                score_before=x.score_before,
                score_after=x.score_after,
                cause=x.cause,
                parts=list(x.parts),
                fingerprint=facts.fingerprint,
                generation=facts.generation,
            )
            for x in changed
        ],
        ignore_conflicts=True,
        batch_size=BATCH,
    )


def _record_episodes(
    facts: RunFacts, findings: Findings, accounts: Mapping[str, Account]
) -> tuple[int, int]:
    """Close and open episodes, in bulk. Returns how many were opened, those held out aside, and
    closed.

    On a day that is decided again an episode that began on it already is not opened twice. An
    episode that opens and closes within the days of one run is written once, closed.
    """
    fresh: list[tuple[Opening, Episode]] = []
    current: dict[tuple[str, str], Episode] = {}
    closed = 0
    known = set(
        Episode.objects.filter(opened_on=facts.as_of).values_list(
            "rule", "account__key", "opened_on"
        )
    )
    openings = [x for x in findings.openings if (x.rule, x.account, x.opened_on) not in known]
    steps: list[Opening | Closing] = [*openings, *findings.closings]
    for step in sorted(steps, key=_order):
        if isinstance(step, Opening):
            episode = Episode(
                rule=step.rule,
                account=accounts[step.account],
                journey=step.journey,
                opened_on=step.opened_on,
            )
            current[step.rule, step.account] = episode
            fresh.append((step, episode))
        elif (episode_here := current.pop((step.rule, step.account), None)) is not None:
            episode_here.closed_on, episode_here.closed_because = step.closed_on, step.because
            closed += 1
        else:
            closed += Episode.objects.filter(
                rule=step.rule, account=accounts[step.account], closed_on__isnull=True
            ).update(closed_on=step.closed_on, closed_because=step.because)
    Episode.objects.bulk_create([episode for _, episode in fresh], batch_size=BATCH)
    return _record_alerts(facts, fresh, accounts), closed


def _record_alerts(
    facts: RunFacts, fresh: Sequence[tuple[Opening, Episode]], accounts: Mapping[str, Account]
) -> int:
    """What these episodes tell, to whom, and what of it is held out. How many tell something."""
    openings = [opening for opening, _ in fresh]
    held = draw_arms(
        [Draw(x.rule, x.account, x.opened_on, x.holdout) for x in openings if x.holdout], accounts
    )
    given = give(
        [((x.rule, x.account, x.opened_on), x.assign) for x in openings if x.assign], accounts
    )
    told = [x for x in fresh if (x[0].rule, x[0].account) not in held]
    kept = [x for x in fresh if (x[0].rule, x[0].account) in held]
    Withheld.objects.bulk_create([Withheld(**_frozen(facts, *x)) for x in kept], batch_size=BATCH)
    Alert.objects.bulk_create(
        [Alert(**_whose(*x, given), **_frozen(facts, *x)) for x in told],
        batch_size=BATCH,
    )
    return len(told)


def _whose(
    opening: Opening, episode: Episode, given: Mapping[Opened, int]
) -> dict[str, int | None]:
    assignee = given.get((opening.rule, opening.account, opening.opened_on))
    return {"owner_id": assignee or episode.account.owner_id, "assignee_id": assignee}


def _order(step: Opening | Closing) -> tuple[date, bool, str, str]:
    """By day; on one day what closes comes before what opens."""
    opens = isinstance(step, Opening)
    day = step.opened_on if isinstance(step, Opening) else step.closed_on
    return day, opens, step.rule, step.account


def _frozen(facts: RunFacts, opening: Opening, episode: Episode) -> dict[str, Any]:
    """What an alert tells, or would have told, as of that moment."""
    return {
        "episode": episode,
        "priority": opening.priority,
        "label": dict(opening.label),
        "action": dict(opening.action),
        "why": [dict(x) for x in opening.why],
        "arr": opening.arr,
        "fingerprint": facts.fingerprint,
        "generation": facts.generation,
    }
