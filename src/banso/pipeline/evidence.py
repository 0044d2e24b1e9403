"""From a metric to the very facts that count."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import pyarrow as pa

from banso.core.definitions.model import Change, Derived, Latest, Metric, Ratio, Tenure
from banso.core.expressions import fields, to_sql
from banso.core.metrics import Panel
from banso.core.unmeasured import Reason
from banso.pipeline.gather import Inputs

FACT_COLUMNS = ("event", "feature", "product", "source", "dataset", "role", "value", "properties")


@dataclass(frozen=True)
class MetricView:
    """A metric of one account as of one day.

    inputs: metrics it is made of; where there are some, it has no facts of its own. since,
    until: its window, UTC microseconds, half-open; None where it has none. where: the condition
    on facts, as SQL. facts: the newest of them, as the store decodes them.
    """

    name: str
    metric: Metric
    value: float | str | None
    reason: Reason
    inputs: tuple[str, ...]
    since: int | None
    until: int | None
    where: str | None
    facts: pa.Table | None


def metric_views(
    inputs: Inputs, panel: Panel, names: Sequence[str], *, day: int, limit: int
) -> Iterator[MetricView]:
    """Views of the panel's only account; of what a metric is made of, directly after it.

    limit: at most so many facts each; 0: none are looked up.
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
            inputs=input_metrics(inputs, metric),
            **_facts(inputs, panel, metric, day=day, limit=limit),
        )


def input_metrics(inputs: Inputs, metric: Metric) -> tuple[str, ...]:
    """Metrics that a ratio, change or derived metric is computed from."""
    if isinstance(metric, Ratio):
        return (metric.of, metric.by)
    if isinstance(metric, Change):
        return (metric.of,)
    if isinstance(metric, Derived):
        return tuple(sorted(fields(inputs.definitions.arithmetic(metric.expression).root)))
    return ()


def _with_inputs(inputs: Inputs, names: Sequence[str]) -> tuple[str, ...]:
    """The names and, after each, all that it is made of; each once."""
    found: dict[str, None] = {}
    waiting = list(reversed(names))
    while waiting:
        name = waiting.pop()
        if name not in found:
            found[name] = None
            waiting += reversed(input_metrics(inputs, inputs.definitions.metrics[name]))
    return tuple(found)


def _value(panel: Panel, name: str, day: int) -> float | str | None:
    column = panel.column(name)
    if not column.measured[0, day]:
        return None
    value = column.values[0, day]
    return column.categories[int(value)] if column.categories is not None else float(value)


def _facts(
    inputs: Inputs, panel: Panel, metric: Metric, *, day: int, limit: int
) -> Mapping[str, object]:
    """since, until, where and facts of a view."""
    dataset_and_kind = _dataset(metric)
    if dataset_and_kind is None:
        return {"since": None, "until": None, "where": None, "facts": None}
    where = _where(inputs, metric, *dataset_and_kind)
    midnights = inputs.calendar.midnights
    window = getattr(metric, "window", None)
    since = None
    if window is not None:
        since = int(midnights[max(day - int(window.removesuffix("d")), 0)])
    until = int(midnights[day])
    facts = None
    if limit:
        account = int(panel.accounts[0])
        facts = inputs.snapshot.events(
            account=account,
            where_sql=where,
            start_us=since,
            end_us=until,
            limit=limit,
            roles={x.user: x.role for x in inputs.book.roles.get(account, ())},
        )
    return {"since": since, "until": until, "where": where, "facts": facts}


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
