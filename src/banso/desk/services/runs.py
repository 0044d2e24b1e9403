"""Writes what one run found and decided, all of it or nothing."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction
from django.db.models import OuterRef, QuerySet, Subquery

from banso.desk.database import begin_recording
from banso.desk.models import (
    Account,
    Alert,
    AlertState,
    Assessment,
    Cause,
    Change,
    Episode,
    Run,
)
from banso.desk.queries.decided import decided_day
from banso.desk.services.early import set_aside
from banso.desk.services.episodes import (
    Closing,
    Opening,
    Recorded,
    Version,
    record_episodes,
)
from banso.desk.services.mutes import back_from_mutes
from banso.desk.services.outbox import tell_closed, tell_opened
from banso.desk.services.plays import ask_plays
from banso.desk.services.standings import Standings, replace_standings
from banso.desk.services.telling import Telling, tell_alerts
from banso.desk.services.turns import take_back

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
    left out. Channels are told of the same alerts as owners, and plays are asked for by them, those
    that a mute kept back when it ends; the very first run, which finds all that there has been for
    years, tells and starts nothing.
    """
    begin_recording()
    newest, decided = Run.objects.first(), decided_day()
    if newest is None or newest.as_of <= facts.as_of:
        replace_standings(standings)
    accounts = Account.objects.in_bulk(sorted(findings.accounts), field_name="key")
    _record_assessed(facts, findings.assessed, accounts)
    _record_changed(facts, findings.changed, accounts)
    take_back()
    recorded = _record_episodes(facts, findings, accounts, decided)
    untold = list(Alert.objects.filter(told_on__isnull=True).values_list("pk", flat=True))
    if telling is not None and facts.decided_from is not None:
        tell_alerts(telling)
    elif telling is None:
        Alert.objects.filter(told_on__isnull=True).update(told_on=_OPENED_ON)
    if newest is not None:
        news = [*told_now(untold), *_back(facts, decided)]
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
        opened=recorded.opened,
        closed=recorded.closed,
        metrics=list(standings.metrics),
    )


def _back(facts: RunFacts, decided: date | None) -> Iterable[Alert]:
    """Those whose mute has ended since the day that was decided last."""
    if facts.decided_from is None or decided is None:
        return ()
    return back_from_mutes(after=decided, upto=facts.as_of)


def told_now(untold: Sequence[int]) -> QuerySet[Alert]:
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
    facts: RunFacts, findings: Findings, accounts: Mapping[str, Account], decided: date | None
) -> Recorded:
    if facts.decided_from is None:
        decided = None  # it decides no day, so that nothing can be confirmed or taken back
    early = set_aside(after=decided, last=facts.as_of, accounts=None, sure=None)
    return record_episodes(
        findings.openings,
        findings.closings,
        early=early,
        version=Version(facts.fingerprint, facts.generation),
        accounts=accounts,
    )
