"""From a metric to the very facts that count."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import pyarrow as pa

from banso.core.definitions.metrics import Change, Metric
from banso.core.expressions import to_sql
from banso.core.metrics import FactsWindow, Panel, change_days, facts_windows
from banso.core.unmeasured import Reason
from banso.pipeline.gather import Inputs

FACT_COLUMNS = ("event", "feature", "product", "source", "role", "value")


@dataclass(frozen=True)
class CountedFacts:
    """Which facts count. since, until: UTC microseconds, half-open; since None: from the first
    fact on. where: the whole condition as SQL. facts: the newest of them, as the store decodes
    them."""

    since: int | None
    until: int
    where: str
    facts: pa.Table


@dataclass(frozen=True)
class MetricView:
    """A metric of one account as of one day. inputs: metrics it is made of. counted: the facts
    it is counted from; None where it is made of other metrics, or of contracts and attributes."""

    name: str
    metric: Metric
    as_of: date
    value: float | str | None
    reason: Reason
    inputs: tuple[str, ...]
    counted: CountedFacts | None


def metric_views(
    inputs: Inputs, panel: Panel, names: Sequence[str], *, as_of: date, limit: int
) -> Iterator[MetricView]:
    """Views of the panel's only account; of what a metric is made of, directly after it (of a
    change: its metric on both days).

    limit: at most so many facts each.
    """
    for name, moment in _with_inputs(inputs, names, as_of):
        day = inputs.calendar.index(moment)
        yield MetricView(
            name=name,
            metric=inputs.definitions.metrics[name],
            as_of=moment,
            value=_value(panel, name, day),
            reason=Reason(int(panel.column(name).reasons[0, day])),
            inputs=inputs.definitions.metric_needs(name),
            counted=_counted(inputs, panel, name, as_of=moment, limit=limit),
        )


def _with_inputs(inputs: Inputs, names: Sequence[str], as_of: date) -> tuple[tuple[str, date], ...]:
    """The names and, after each, all that it is made of, with the day that is looked at; each
    once."""
    found: dict[tuple[str, date], None] = {}
    waiting = [(name, as_of) for name in reversed(names)]
    while waiting:
        name, moment = waiting.pop()
        if (name, moment) in found:
            continue
        found[name, moment] = None
        metric = inputs.definitions.metrics[name]
        waiting += [(x, moment) for x in reversed(inputs.definitions.metric_needs(name))]
        if isinstance(metric, Change):
            then = moment - timedelta(days=change_days(metric, inputs.definitions.metrics))
            if then >= inputs.calendar.first:
                waiting.insert(len(waiting) - 1, (metric.of, then))
    return tuple(found)


def _value(panel: Panel, name: str, day: int) -> float | str | None:
    column = panel.column(name)
    if not column.measured[0, day]:
        return None
    value = column.values[0, day]
    return column.categories[int(value)] if column.categories is not None else float(value)


def _counted(
    inputs: Inputs, panel: Panel, name: str, *, as_of: date, limit: int
) -> CountedFacts | None:
    if inputs.definitions.metric_needs(name):
        return None
    windows = facts_windows(
        definitions=inputs.definitions, calendar=inputs.calendar, metric=name, as_of=as_of
    )
    if not windows:
        return None
    (window,) = windows
    account, where = int(panel.accounts[0]), where_counted(window)
    facts = inputs.snapshot.events(
        account=account,
        where_sql=where,
        start_us=window.start,
        end_us=window.end,
        limit=limit,
        roles=inputs.book.role_spans(account, inputs.calendar.zone),
    )
    return CountedFacts(window.start, window.end, where, facts)


def where_counted(window: FactsWindow) -> str:
    """SQL of the facts that count, compiled from the definition's typed expression."""
    parts = [f"dataset = '{window.dataset}'"]
    if window.kind is not None:
        # a name of word characters only: see definitions.model
        parts.append(f"event = '{window.kind}'")
    if window.where is not None:
        columns = {name: name for name in FACT_COLUMNS}
        parts.append(to_sql(window.where, columns=columns, properties="properties"))
    return " AND ".join(parts)
