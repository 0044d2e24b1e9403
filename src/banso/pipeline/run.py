"""One pass through the steps, from facts to alerts."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from banso.core.definitions import Definitions
from banso.desk.models import Run
from banso.desk.queries import decided
from banso.desk.services.accounts import ensure_accounts
from banso.desk.services.runs import (
    Assessed,
    Changed,
    Closing,
    Findings,
    Opening,
    RunFacts,
    record_run,
    running,
)
from banso.pipeline.assess import assessed, changed, histories
from banso.pipeline.decide import decide, removed_rules
from banso.pipeline.gather import Inputs, gather
from banso.pipeline.measure import panels
from banso.store import Store

Progress = Callable[[int, int], None]
"""Called with (accounts done, accounts in all)."""


@dataclass(frozen=True)
class Days:
    """As_of days on which rules are decided, both included; `first` after `last`: none are."""

    first: date
    last: date

    @property
    def any(self) -> bool:
        return self.first <= self.last


def collect(store: Store) -> None:
    """Step 1: bring what has been accepted into segments, and make its accounts known."""
    store.sweep()
    while store.collect().received:
        pass
    with store.snapshot() as snapshot:
        ids = [account for bucket in snapshot.buckets for account in snapshot.accounts(bucket)]
        ensure_accounts(snapshot.account_keys(ids).values())


def days_to_decide(as_of: date, since: date | None) -> Days:
    """The days not decided yet, up to `as_of`. `since` widens the very first run only: a day
    once decided stays as people saw it."""
    until = decided.decided_until()
    first = since or as_of
    if until is not None:
        first = until + timedelta(days=1)
    return Days(first=first, last=as_of)


def run(
    store: Store,
    definitions: Definitions,
    *,
    as_of: date,
    since: date | None,
    progress: Progress = lambda done, all_: None,
) -> Run:
    """Measure, assess, decide and alert as of a day, and record all of it in one transaction.

    since: first day to decide when nothing has been decided yet; default: `as_of` alone.
    Running the same day twice changes nothing. A day before the last decided one is assessed,
    but rules are not decided again.
    """
    started = datetime.now(tz=UTC)
    with running():
        collect(store)
        days = days_to_decide(as_of, since)
        with store.snapshot() as snapshot:
            inputs = gather(store, snapshot, definitions, as_of=as_of)
            findings = _findings(inputs, days, progress)
            facts = RunFacts(
                as_of=as_of,
                decided_from=days.first if days.any else None,
                fingerprint=definitions.fingerprint,
                generation=snapshot.generation,
                started_at=started,
                finished_at=datetime.now(tz=UTC),
                accounts=len(inputs.book.accounts),
            )
        return record_run(facts, findings)


def _findings(inputs: Inputs, days: Days, progress: Progress) -> Findings:
    rules = {*inputs.definitions.rules, *decided.open_rules()}
    states = decided.rule_states(sorted(rules))
    start = max(inputs.calendar.index(days.first), 0)
    stop = inputs.calendar.days
    assessments: list[Assessed] = []
    movements: list[Changed] = []
    openings: list[Opening] = []
    closings: list[Closing] = []
    accounts = 0
    for panel in panels(inputs):
        found = histories(inputs, panel)
        assessments += assessed(inputs, panel, found, stop - 1)
        if days.any:
            movements += changed(inputs, panel, found, start=start, stop=stop)
            outcome = decide(inputs, panel, states=states, start=start, stop=stop)
            openings += outcome.openings
            closings += outcome.closings
        accounts += len(panel.accounts)
        progress(accounts, len(inputs.book.accounts))
    if days.any:
        closings += removed_rules(inputs, states, days.last)
    return Findings(assessments, movements, openings, closings)
