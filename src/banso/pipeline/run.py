"""One pass through the steps, from facts to alerts."""

from collections import ChainMap
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, date, datetime, timedelta
from itertools import chain
from typing import TypeVar

from banso.core.definitions import Definitions
from banso.core.plays.machine import Facts
from banso.desk.database import RUN_LOCK, one_at_a_time
from banso.desk.models import Run
from banso.desk.queries import decided
from banso.desk.queries.merges import merged_now
from banso.desk.services.accounts import ensure_accounts
from banso.desk.services.runs import (
    Findings,
    RunFacts,
    record_run,
)
from banso.desk.services.standings import Standings, tidy_standings
from banso.pipeline.act.plays import step_plays
from banso.pipeline.decide import removed_rules
from banso.pipeline.engine import Engine, check_whole, in_process
from banso.pipeline.gather import Inputs, gather
from banso.pipeline.incidents import judge_sources
from banso.pipeline.kept_history import Keeping, keeping
from banso.pipeline.live import collect_live
from banso.pipeline.meet import meet_contacts
from banso.pipeline.note_facts import tell_notes
from banso.pipeline.play_facts import questions
from banso.pipeline.room import check_memory
from banso.pipeline.telling import telling_of
from banso.pipeline.told import Asked, Days, Told
from banso.pipeline.traits import apply_traits
from banso.store import Store

X = TypeVar("X")
Progress = Callable[[int, int], None]
"""Called with (accounts done, accounts in all)."""


MOST_TAIL_FILES = 16
"""Small files (imports of a day) that may wait before they are folded into buckets."""


def collect(store: Store, definitions: Definitions | None = None) -> None:
    """Step 1: bring what has been accepted into segments, and make its accounts known."""
    store.sweep()
    store.set_merged(merged_now())
    while store.collect().received:
        pass
    collect_live(store, definitions)
    apply_traits(store, definitions)
    meet_contacts(store, definitions)
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
    engine: Engine = in_process,
    progress: Progress = lambda done, all_: None,
) -> Run:
    """Measure, assess, decide and alert as of a day, and record all of it in one transaction.

    since: first day to decide when nothing has been decided yet; default: `as_of` alone. engine:
    where buckets are computed; what is recorded is the same.
    Running the same day twice changes nothing, unless definitions or facts have changed. A day
    before the last decided one is assessed, but rules are not decided again. Without any fact
    nothing is decided.
    """
    started = datetime.now(tz=UTC)
    with one_at_a_time(RUN_LOCK):  # another run waits, then goes on from what this one decided
        store.place.clear_transit()  # of a run that was killed
        collect(store, definitions)
        tell_notes(store, zone=definitions.organisation.time_zone)
        before = decided.latest_run()
        if before is None or as_of >= before.as_of:  # an earlier day is looked at, not judged
            judge_sources(store, definitions, as_of=as_of, now=started)
        with store.snapshot() as snapshot:
            inputs = gather(store, snapshot, definitions, as_of=as_of)
            check_memory(inputs)
            days = days_to_decide(inputs, as_of=as_of, since=since)
            with keeping(store.home, inputs) as history:
                findings, standings, known = _findings(inputs, days, history, engine, progress)
                first = days.first if days.any else None
                facts = _facts(inputs, as_of=as_of, first=first, started=started)
                telling = telling_of(definitions, first=first, last=days.last)
                recorded = record_run(facts, findings, standings, telling)
                history.finish()
        if before is None or as_of >= before.as_of:
            step_plays(definitions, day=as_of, facts=known)
        tidy_standings()
        return recorded


def _facts(inputs: Inputs, *, as_of: date, first: date | None, started: datetime) -> RunFacts:
    """first: day decided, None where none is."""
    return RunFacts(
        as_of=as_of,
        decided_from=first,
        fingerprint=inputs.definitions.fingerprint,
        generation=inputs.generation,
        started_at=started,
        finished_at=datetime.now(tz=UTC),
        accounts=len(inputs.book.accounts),
    )


def _findings(
    inputs: Inputs, days: Days, history: Keeping, engine: Engine, progress: Progress
) -> tuple[Findings, Standings, Mapping[str, Facts]]:
    """With what plays asked, by account key. Raises SplitAccountsError where an account came back
    twice or not at all."""
    rules = {*inputs.definitions.rules, *decided.open_rules()}
    states = decided.rule_states(sorted(rules), upto=decided.decided_day())
    before = decided.latest_run()
    shown = decided.last_shown(before) if before else {}
    shown_on = before.as_of if before else None
    asked = Asked(days, states, shown, shown_on, questions(inputs.definitions))
    every: list[Told] = []
    done = 0
    for told in engine(inputs, asked, history.writing):
        history.summary.merge(told.summary)
        every.append(told)
        done += sum(map(len, told.accounts))
        progress(done, len(inputs.book.accounts))
    check_whole(inputs, joined(x.accounts for x in every))
    removed = removed_rules(inputs, states, days.last) if days.any else ()
    findings = Findings(
        assessed=joined(x.assessed for x in every),
        changed=joined(x.changed for x in every),
        openings=joined(x.openings for x in every),
        closings=[*joined(x.closings for x in every), *removed],
    )
    standings = Standings(
        metrics=tuple(inputs.definitions.metrics),
        standing=joined(x.standing for x in every),
        measured=joined(x.measured for x in every),
    )
    return findings, standings, dict(ChainMap(*(x.facts for x in every)))


def joined(parts: Iterable[Iterable[X]]) -> list[X]:
    return list(chain.from_iterable(parts))
