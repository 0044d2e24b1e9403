"""One pass through the steps, from facts to alerts."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta

import pyarrow as pa

from banso.core.definitions import Definitions
from banso.desk.database import RUN_LOCK, one_at_a_time
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
)
from banso.desk.services.standings import Standings, tidy_standings
from banso.pipeline.assess import assessed, changed, histories, restated
from banso.pipeline.decide import decide, removed_rules
from banso.pipeline.gather import Inputs, gather
from banso.pipeline.kept_history import Keeping, keeping
from banso.pipeline.live import collect_live
from banso.pipeline.measure import panels
from banso.pipeline.standing import measured, standing
from banso.pipeline.traits import apply_traits
from banso.store import Store

Progress = Callable[[int, int], None]
"""Called with (accounts done, accounts in all)."""


MOST_TAIL_FILES = 16
"""Small files (imports of a day) that may wait before they are folded into buckets."""


@dataclass(frozen=True)
class Days:
    """As_of days on which rules are decided, both included; `first` after `last`: none are.

    again: the one day was decided before, and definitions or facts have changed since.
    """

    first: date
    last: date
    again: bool = False

    @property
    def any(self) -> bool:
        return self.first <= self.last


def collect(store: Store, definitions: Definitions | None = None) -> None:
    """Step 1: bring what has been accepted into segments, and make its accounts known."""
    store.sweep()
    while store.collect().received:
        pass
    collect_live(store, definitions)
    apply_traits(store, definitions)
    if store.tail_files() > MOST_TAIL_FILES:
        store.compact()
    with store.snapshot() as snapshot:
        ids = [account for bucket in snapshot.buckets for account in snapshot.accounts(bucket)]
        ensure_accounts(snapshot.account_keys(ids).values())


def days_to_decide(inputs: Inputs, *, as_of: date, since: date | None) -> Days:
    """The days not decided yet, up to `as_of`. `since` widens the very first run only: a day
    once decided stays as people saw it.

    The last decided day itself is decided once more where definitions or facts are others than
    then, so that a new rule or a file that came after the morning's run need not wait.
    """
    if inputs.snapshot.first_time is None:
        return Days(first=as_of + timedelta(days=1), last=as_of)  # nothing is known to decide on
    last = decided.last_decision()
    if last is None:
        return Days(first=since or as_of, last=as_of)
    version = (inputs.definitions.fingerprint, inputs.generation)
    if as_of == last.as_of and version != (last.fingerprint, last.generation):
        return Days(first=as_of, last=as_of, again=True)
    return Days(first=last.as_of + timedelta(days=1), last=as_of)


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
    Running the same day twice changes nothing, unless definitions or facts have changed. A day
    before the last decided one is assessed, but rules are not decided again. Without any fact
    nothing is decided.
    """
    started = datetime.now(tz=UTC)
    with one_at_a_time(RUN_LOCK):  # another run waits, then goes on from what this one decided
        collect(store, definitions)
        with store.snapshot() as snapshot:
            inputs = gather(store, snapshot, definitions, as_of=as_of)
            days = days_to_decide(inputs, as_of=as_of, since=since)
            with keeping(store.home, inputs) as history:
                findings, standings = _findings(inputs, days, history, progress)
                facts = RunFacts(
                    as_of=as_of,
                    decided_from=days.first if days.any else None,
                    fingerprint=definitions.fingerprint,
                    generation=inputs.generation,
                    started_at=started,
                    finished_at=datetime.now(tz=UTC),
                    accounts=len(inputs.book.accounts),
                )
                recorded = record_run(facts, findings, standings)
                history.finish()
        tidy_standings()
        return recorded


@dataclass
class _Told:
    """What the panels have told so far."""

    assessed: list[Assessed] = field(default_factory=list)
    changed: list[Changed] = field(default_factory=list)
    openings: list[Opening] = field(default_factory=list)
    closings: list[Closing] = field(default_factory=list)
    standing: list[pa.Table] = field(default_factory=list)
    measured: list[pa.Table] = field(default_factory=list)


def _findings(
    inputs: Inputs, days: Days, history: Keeping, progress: Progress
) -> tuple[Findings, Standings]:
    rules = {*inputs.definitions.rules, *decided.open_rules()}
    states = decided.rule_states(sorted(rules))
    start, stop = max(inputs.calendar.index(days.first), 0), inputs.calendar.days
    before = decided.latest_run()
    shown = decided.last_shown(before) if before else {}
    told = _Told()
    accounts = 0
    for bucket, panel in panels(inputs):
        history.add(bucket, panel)
        found = histories(inputs, panel)
        told.assessed += assessed(inputs, panel, found, stop - 1)
        told.standing.append(standing(inputs, panel, found))
        told.measured.append(measured(inputs, panel))
        if days.any:
            if before and before.as_of <= days.last:
                day = max(inputs.calendar.index(before.as_of), 0)
                told.changed += restated(
                    inputs, panel, found, shown=shown, day=day, as_of=days.last
                )
            if not days.again:
                told.changed += changed(inputs, panel, found, start=start, stop=stop)
            outcome = decide(inputs, panel, states=states, start=start, stop=stop)
            told.openings += outcome.openings
            told.closings += outcome.closings
        accounts += len(panel.accounts)
        progress(accounts, len(inputs.book.accounts))
    if days.any:
        told.closings += removed_rules(inputs, states, days.last)
    findings = Findings(told.assessed, told.changed, told.openings, told.closings)
    metrics = tuple(inputs.definitions.metrics)
    return findings, Standings(metrics, told.standing, told.measured)
