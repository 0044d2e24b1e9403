"""From a metric to the very facts that count."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import pyarrow as pa

from banso.core.definitions.model import Change, Derived, Latest, Metric, Ratio, Tenure
from banso.core.expressions import to_sql
from banso.core.metrics import Panel
from banso.core.unmeasured import Reason
from banso.pipeline.gather import Inputs

FACT_COLUMNS = ("event", "feature", "product", "source", "dataset", "role", "value", "properties")


@dataclass(frozen=True)
class FactWindow:
    """Which facts count. since, until: UTC microseconds, half-open; since None: from the first
    fact on. where: the condition, as SQL. facts: the newest of them, as the store decodes them."""

    since: int | None
    until: int
    where: str
    facts: pa.Table


@dataclass(frozen=True)
class MetricView:
    """A metric of one account as of one day.

    inputs: metrics it is made of; where there are some, it has no facts of its own (window None).
    """

    name: str
    metric: Metric
    value: float | str | None
    reason: Reason
    inputs: tuple[str, ...]
    window: FactWindow | None


def metric_views(
    inputs: Inputs, panel: Panel, names: Sequence[str], *, day: int, limit: int
) -> Iterator[MetricView]:
    """Views of the panel's only account; of what a metric is made of, directly after it.

    limit: at most so many facts each.
    """
    for name in _with_inputs(inputs, names):
        metric = inputs.definitions.metrics[name]
        column = panel.column(name)
        reason = Reason(int(column.reasons[0, day]))
        yield MetricView(
            name=name,
            metric=metric,
            value=_value(panel, name, day),
            reason=reason,
            inputs=inputs.definitions.metric_needs(name),
            window=_window(inputs, panel, metric, day=day, limit=limit),
        )


def _with_inputs(inputs: Inputs, names: Sequence[str]) -> tuple[str, ...]:
    """The names and, after each, all that it is made of; each once."""
    found: dict[str, None] = {}
    waiting = list(reversed(names))
    while waiting:
        name = waiting.pop()
        if name not in found:
            found[name] = None
            waiting += reversed(inputs.definitions.metric_needs(name))
    return tuple(found)


def _value(panel: Panel, name: str, day: int) -> float | str | None:
    column = panel.column(name)
    if not column.measured[0, day]:
        return None
    value = column.values[0, day]
    return column.categories[int(value)] if column.categories is not None else float(value)


def _window(
    inputs: Inputs, panel: Panel, metric: Metric, *, day: int, limit: int
) -> FactWindow | None:
    read = _dataset(metric)
    if read is None:
        return None
    midnights = inputs.calendar.midnights
    length: str | None = getattr(metric, "window", None)
    since = None
    if length is not None:
        since = int(midnights[max(day - int(length.removesuffix("d")), 0)])
    until = int(midnights[day])
    where = _where(inputs, metric, *read)
    account = int(panel.accounts[0])
    facts = inputs.snapshot.events(
        account=account,
        where_sql=where,
        start_us=since,
        end_us=until,
        limit=limit,
        roles={x.user: x.role for x in inputs.book.roles.get(account, ())},
    )
    return FactWindow(since, until, where, facts)


def _dataset(metric: Metric) -> tuple[str, str | None] | None:
    """(dataset, kind of record) that a metric reads; None where it reads no facts."""
    if isinstance(metric, Latest):
        facts = metric.of
    elif isinstance(metric, Ratio | Change | Derived | Tenure):
        return None
    else:
        facts = metric.facts
    if facts == "events":
        return "events", None
    return ("records", facts.removeprefix("record.")) if facts.startswith("record.") else None


def _where(inputs: Inputs, metric: Metric, dataset: str, kind: str | None) -> str:
    """SQL of the facts that count, compiled from the definition's typed expression."""
    parts = [f"dataset = '{dataset}'"]
    if kind is not None:
        parts.append(f"event = '{kind}'")  # a name of word characters only: see definitions.model
    text = getattr(metric, "where", None)
    if text is not None:
        columns = {name: name for name in FACT_COLUMNS}
        expression = inputs.definitions.event_filter(text)
        parts.append(f"({to_sql(expression, columns=columns, properties='properties')})")
    return " AND ".join(parts)
