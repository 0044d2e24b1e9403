"""What is true of the whole organisation and shapes every account's numbers: which facts there are,
since when, and which sources are late."""

from collections.abc import Sequence
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import numpy as np
import pyarrow.compute as pc
from numpy.typing import NDArray

from banso.core.definitions import Definitions
from banso.core.definitions.model import Source
from banso.core.expressions.tree import Type
from banso.core.metrics import NEVER, Action, Calendar, OrgFacts
from banso.core.metrics.contract import Fault, late, quiet_by_clock, watched
from banso.core.metrics.silence import allowed_time
from banso.desk.queries.book import BookFacts
from banso.desk.queries.incidents import Incident
from banso.store import Snapshot


def organisation_facts(
    snapshot: Snapshot, definitions: Definitions, book: BookFacts, *, as_of: date, over: bool = True
) -> OrgFacts:
    """`as_of` is the last day of the axis. over: whether its midnight has come; before it, what a
    source promises by the clock is broken by its incident alone."""
    calendar = _calendar(snapshot, definitions.organisation.time_zone, as_of)
    return OrgFacts(
        calendar=calendar,
        actions=_actions(snapshot),
        action_first=_action_first(snapshot, calendar),
        source_late=_source_late(snapshot, definitions, calendar, book.incidents, over=over),
        roles=("", *book.roles),
        attribute_types={
            name: Type.NUMBER if numeric else Type.TEXT for name, numeric in book.numeric.items()
        },
        has_contracts=book.has_contracts,
    )


def _calendar(snapshot: Snapshot, zone: str, as_of: date) -> Calendar:
    """From the day of the first fact; from `as_of` where there is none before it."""
    first = as_of
    if snapshot.first_time is not None:
        instant = datetime.fromtimestamp(snapshot.first_time / 1e6, tz=UTC)
        first = min(instant.astimezone(ZoneInfo(zone)).date(), as_of)
    return Calendar(zone=zone, first=first, days=(as_of - first).days + 1)


def _actions(snapshot: Snapshot) -> tuple[Action, ...]:
    """Position = id, as in the store."""
    return tuple(
        Action(
            dataset=x.dataset, source=x.source, event=x.event, feature=x.feature, product=x.product
        )
        for x in snapshot.actions
    )


def _action_first(snapshot: Snapshot, calendar: Calendar) -> NDArray[np.int32]:
    times = np.array([x.first_time or 0 for x in snapshot.actions], np.int64)
    known = np.array([x.first_time is not None for x in snapshot.actions], np.bool_)
    return np.where(known, calendar.day_index(times), NEVER).astype(np.int32)


def _source_late(
    snapshot: Snapshot,
    definitions: Definitions,
    calendar: Calendar,
    found: Sequence[Incident],
    *,
    over: bool,
) -> dict[str, NDArray[np.bool_]]:
    """Days on which a source breaks its promise: those that can be told from its facts, and those
    of its incidents."""
    declared = [x for x in definitions.sources.values() if watched(x)]
    if not declared:
        return {}
    activity = snapshot.activity()
    silent = {}
    for source in declared:
        mine = activity.filter(pc.equal(activity["source"], source.name))
        silent[source.name] = _late(source, mine["quarter"].to_numpy(), calendar, over=over)
    for incident in found:
        if incident.until is not None and incident.fault in (Fault.LATE, Fault.SILENT):
            continue  # what came late is there by now: the facts tell which days they lack
        if incident.source in silent:
            start = max(calendar.index(incident.since), 0)
            end = calendar.days if incident.until is None else calendar.index(incident.until)
            silent[incident.source][start : max(end, start)] = True
    return silent


def _late(
    source: Source, quarters: NDArray[np.int64], calendar: Calendar, *, over: bool
) -> NDArray[np.bool_]:
    if allowed_time(source) is None:
        return late(source, calendar.day_index(quarters), calendar)
    at = calendar.midnights[:-1]
    quiet = quiet_by_clock(source, np.unique(quarters), calendar, at=at)
    quiet[-1] &= over
    return quiet
