"""Which facts a number rests on, so that the very events can be shown."""

from dataclasses import dataclass
from datetime import date, timedelta

from banso.core.definitions import Definitions
from banso.core.definitions.metrics import Change
from banso.core.expressions import Expression
from banso.core.metrics.calendar import Calendar
from banso.core.metrics.plan import change_days, series_of, window_days


@dataclass(frozen=True)
class FactsWindow:
    """Facts that count for `metric` as of one day.

    dataset: `events` or `records`. kind: the record's (its `event`), None for events.
    start, end: UTC microseconds, half-open; start None = from the first fact on.
    where: the further condition on a fact, None = all.
    """

    metric: str
    dataset: str
    kind: str | None
    start: int | None
    end: int
    where: Expression | None


def facts_windows(
    *, definitions: Definitions, calendar: Calendar, metric: str, as_of: date
) -> tuple[FactsWindow, ...]:
    """The windows of a metric; of a ratio, change or derived metric those of its inputs (a change
    looks twice). Empty for contracts, attributes and tenure. KeyError for an unknown metric,
    ValueError for an as_of outside the calendar."""
    if not calendar.first <= as_of <= calendar.last:
        raise ValueError(f"{as_of} lies outside {calendar.first} .. {calendar.last}")
    asked = definitions.metrics[metric]
    moments = [(name, as_of) for name in definitions.metric_needs(metric)]
    if isinstance(asked, Change):
        then = as_of - timedelta(days=change_days(asked, definitions.metrics))
        moments += [(asked.of, then)] if then >= calendar.first else []
    found = [
        window
        for name, moment in moments
        for window in facts_windows(
            definitions=definitions, calendar=calendar, metric=name, as_of=moment
        )
    ]
    return (*_own(definitions, calendar, metric, as_of), *dict.fromkeys(found))


def _own(
    definitions: Definitions, calendar: Calendar, name: str, as_of: date
) -> tuple[FactsWindow, ...]:
    metric = definitions.metrics[name]
    series = series_of(metric)
    if series is None:
        return ()
    dataset, _, kind = series.filter.facts.partition(".")
    day = calendar.index(as_of)
    length = window_days(getattr(metric, "window", None))
    where = series.filter.where
    window = FactsWindow(
        metric=name,
        dataset="records" if kind else dataset,
        kind=kind or None,
        start=int(calendar.midnights[max(day - length, 0)]) if length else None,
        end=int(calendar.midnights[day]),
        where=definitions.event_filter(where) if where else None,
    )
    return (window,)
