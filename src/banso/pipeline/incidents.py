"""Data incidents: a source that breaks its promise is told to CS operations, once, with what it
spoils; and again when all is well."""

from collections.abc import Callable, Collection, Mapping
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from banso.core.definitions import Definitions
from banso.core.definitions.model import Label
from banso.core.definitions.uses import Uses
from banso.core.metrics.contract import Fault, watched
from banso.core.metrics.silence import allowed_time
from banso.desk.database import JUDGE_LOCK, one_at_a_time
from banso.desk.queries.keys import speaking_live
from banso.desk.services.incident_news import Spoilt
from banso.desk.services.incidents import keep_incidents
from banso.desk.services.saved import Saved
from banso.pipeline.business_days import quiet_until
from banso.pipeline.freshness import faults, faults_so_far, filling, filling_so_far, last_facts
from banso.pipeline.sources import metric_sources
from banso.store import Snapshot, Store
from banso.store.operations import backlogs

SILENCES = frozenset({Fault.LATE, Fault.SILENT})


def judge_sources(store: Store, definitions: Definitions, *, as_of: date, now: datetime) -> None:
    """Open and close incidents, as of the day that is to be computed. Where that is today, what is
    promised by the clock is judged as of now: otherwise a run would end what a look has opened."""
    at = now if as_of == _today(definitions, now) else None
    with one_at_a_time(JUDGE_LOCK):
        with store.snapshot() as snapshot:
            found = dict(faults(snapshot, definitions, as_of, now=at))
            since = _since(snapshot, definitions, found, now=now) if at else {}
            draining = {*filling(snapshot, definitions, as_of), *_waiting(store)}
            if at:
                draining |= {*filling_so_far(snapshot, definitions, as_of, now=now)}
        keep_incidents(
            found,
            draining=draining,
            as_of=as_of,
            now=now,
            spoilt=_spoilt(store, definitions),
            due_at=quiet_until(definitions, now),
            since=since,
        )


def looked_at(definitions: Definitions) -> Collection[str]:
    """The sources that are judged between two runs: those that promise hours, and those with a key,
    by which they speak as things happen. A file of the night before may come in the morning: only
    the run knows when it should be there."""
    live = speaking_live()
    return {
        x.name
        for x in definitions.sources.values()
        if watched(x) and (allowed_time(x) is not None or x.name in live)
    }


def look_at_sources(store: Store, definitions: Definitions, *, now: datetime) -> Saved:
    """Open and close incidents between two runs: as of the days that are over, and by what can be
    said of today already. What was accepted and is not collected yet is no silence."""
    today = _today(definitions, now)
    with one_at_a_time(JUDGE_LOCK):
        only = looked_at(definitions)
        if not only:
            return Saved(0, 0)
        waiting = _waiting(store)  # before the snapshot: what is collected in between is in there
        with store.snapshot() as snapshot:
            early = dict(faults_so_far(snapshot, definitions, today))
            over = dict(faults(snapshot, definitions, today, now=now))
            tomorrow = dict.fromkeys(early.keys() - over.keys(), today + timedelta(days=1))
            since = tomorrow | _since(snapshot, definitions, over, now=now)
            draining = {
                *waiting,
                *filling(snapshot, definitions, today),
                *filling_so_far(snapshot, definitions, today, now=now),
            }
        found = {x: fault for x, fault in (early | over).items() if x in only}
        for source in waiting & {x for x, fault in found.items() if fault in SILENCES}:
            del found[source]
        return keep_incidents(
            found,
            draining=draining,
            as_of=today,
            now=now,
            spoilt=_spoilt(store, definitions),
            due_at=quiet_until(definitions, now),
            since=since,
            only=only,
        )


def _today(definitions: Definitions, now: datetime) -> date:
    return now.astimezone(ZoneInfo(definitions.organisation.time_zone)).date()


def _waiting(store: Store) -> set[str]:
    """Sources of which something is accepted and not collected."""
    return {x.source for x in backlogs(store)}


def _since(
    snapshot: Snapshot, definitions: Definitions, found: Mapping[str, Fault], *, now: datetime
) -> dict[str, date]:
    """Sources that are silent by the clock, and have spoken today: only the figures of the coming
    midnight lack anything."""
    clock = {
        x
        for x, fault in found.items()
        if fault in SILENCES and allowed_time(definitions.sources[x]) is not None
    }
    if not clock:
        return {}
    today = _today(definitions, now)
    last = last_facts(snapshot, definitions, now=now)
    return {x: today + timedelta(days=1) for x in clock if last.get(x) == today}


def _spoilt(store: Store, definitions: Definitions) -> Callable[[str], Spoilt]:
    """What rests on a source; it is only looked for where there is an incident to tell."""

    def of(source: str) -> Spoilt:
        declared = definitions.sources.get(source)
        known = metric_sources(store, definitions)
        metrics = [name for name, sources in known.items() if source in sources]
        uses = Uses(definitions).resting_on(metrics) if metrics else ()
        return Spoilt(
            label=(declared.label if declared else None) or Label(en=source, ja=source),
            metrics=metrics,
            rules=sorted({x.name for x in uses if x.kind == "rule"}),
        )

    return of
