"""Data incidents: a source that breaks its promise is told to CS operations, once, with what it
spoils; and again when all is well."""

from collections.abc import Callable
from datetime import date, datetime

from banso.core.definitions import Definitions
from banso.core.definitions.model import Label
from banso.core.definitions.uses import Uses
from banso.desk.services.incident_news import Spoilt
from banso.desk.services.incidents import keep_incidents
from banso.pipeline.business_days import quiet_until
from banso.pipeline.freshness import faults, filling
from banso.pipeline.sources import metric_sources
from banso.store import Store
from banso.store.operations import backlogs


def judge_sources(store: Store, definitions: Definitions, *, as_of: date, now: datetime) -> None:
    """Open and close incidents, as of the day that is to be computed."""
    with store.snapshot() as snapshot:
        found = dict(faults(snapshot, definitions, as_of))
        draining = {*filling(snapshot, definitions, as_of), *(x.source for x in backlogs(store))}
    keep_incidents(
        found,
        draining=draining,
        as_of=as_of,
        now=now,
        spoilt=_spoilt(store, definitions),
        due_at=quiet_until(definitions, now),
    )


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
