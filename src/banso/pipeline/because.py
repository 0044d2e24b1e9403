"""Why a number is unmeasured: which of the rules made it so, and what it would take."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import singledispatch
from typing import Literal

import numpy as np
import pyarrow.compute as pc

from banso.core.definitions import Definitions
from banso.core.definitions.metrics import (
    Average,
    Change,
    Derived,
    Latest,
    Metric,
    Ratio,
    Recency,
    Tenure,
    TimeToFirst,
)
from banso.core.expressions import evaluate
from banso.core.metrics import change_days
from banso.core.metrics.plan import Origin, window_days
from banso.core.unmeasured import Column, Reason
from banso.pipeline.one_account import OneAccount

Code = Literal[
    "not_begun",
    "late",
    "no_facts",
    "not_covered",
    "window_too_early",
    "none_yet",
    "no_number",
    "no_record",
    "no_contracts_at_all",
    "no_contract",
    "amount_unknown",
    "nobody_has_attribute",
    "no_attribute",
    "inputs",
    "too_early",
    "divided_by_zero",
]


@dataclass(frozen=True)
class LateSource:
    """last_day: of its last fact before the day."""

    name: str
    last_day: date


@dataclass(frozen=True)
class Because:
    """code: the rule. reason: what it makes of the number.

    inputs: metrics that were unmeasured, with their day. late: sources. sources: those that do not
    cover the account. first: the day of the first fact of its kind, None where there is none yet.
    start: the first day of the window. name: of the attribute.
    """

    code: Code
    reason: Reason
    inputs: tuple[tuple[str, date], ...] = ()
    late: tuple[LateSource, ...] = ()
    sources: tuple[str, ...] = ()
    first: date | None = None
    start: date | None = None
    name: str = ""


def because(one: OneAccount, metric: str, as_of: date) -> Because | None:
    """None where the metric is measured. as_of: a day of the axis."""
    reason = one.told(metric, as_of).reason
    if reason is Reason.MEASURED:
        return None
    return _tell(one.definitions.metrics[metric], one, as_of, reason)


@singledispatch
def _tell(metric: Metric, one: OneAccount, as_of: date, reason: Reason) -> Because:
    """Metrics over facts, in the order of the kernel's own rules (core.metrics.coverage)."""
    if not _begun(one, as_of):
        return Because("not_begun", reason)
    origin = one.inputs.plan.origins[one.inputs.plan.series[metric.name].filter]
    if reason is Reason.SOURCE_LATE:
        return Because("late", reason, late=tuple(_late(one, origin, one.index(as_of))))
    first = one.calendar.as_of(origin.first) if origin.first < one.calendar.days else None
    if reason is Reason.NO_SOURCE:
        return Because("no_facts", reason, first=first)
    if reason is Reason.BEFORE_FIRST_DATA:
        return _too_early(metric, as_of, reason, first)
    return _does_not_apply(metric, one, as_of, origin)


def _too_early(metric: Metric, as_of: date, reason: Reason, first: date | None) -> Because:
    if isinstance(metric, Recency | TimeToFirst):
        return Because("none_yet", reason, first=first)
    start = as_of - timedelta(days=window_days(getattr(metric, "window", None)))
    return Because("window_too_early", reason, first=first, start=start)


def _does_not_apply(metric: Metric, one: OneAccount, as_of: date, origin: Origin) -> Because:
    if isinstance(metric, Latest):
        return Because("no_record", Reason.NOT_APPLICABLE)
    silent = tuple(_not_covering(one, origin, one.index(as_of)))
    if isinstance(metric, Average) and (not silent or _sent(one, silent, as_of)):
        return Because("no_number", Reason.NOT_APPLICABLE)
    return Because("not_covered", Reason.NOT_APPLICABLE, sources=silent)


@_tell.register
def _tenure(_metric: Tenure, _one: OneAccount, _as_of: date, reason: Reason) -> Because:
    return Because("not_begun", reason)


@_tell.register
def _latest(metric: Latest, one: OneAccount, as_of: date, reason: Reason) -> Because:
    family, _, name = metric.of.partition(".")
    if family == "record":
        return _tell.dispatch(object)(metric, one, as_of, reason)
    if family == "attribute":
        nobody = reason is Reason.NO_SOURCE
        return Because("nobody_has_attribute" if nobody else "no_attribute", reason, name=name)
    return contract_because(one, as_of, reason, where=metric.where)


def contract_because(
    one: OneAccount, as_of: date, reason: Reason, *, where: str | None = None
) -> Because:
    """Of seats, ARR and days to the end. where: a condition over product."""
    if reason is Reason.NO_SOURCE:
        return Because("no_contracts_at_all", reason)
    in_force = [
        x.product
        for x in one.inputs.book.contracts.get(one.number, ())
        if x.start_on <= as_of <= x.end_on
    ]
    if any(product_holds(one.definitions, where, product) for product in in_force):
        return Because("amount_unknown", reason)
    return Because("no_contract", reason)


def product_holds(definitions: Definitions, where: str | None, product: str) -> bool:
    """Whether a contract of this product satisfies the `where` of a metric over contracts."""
    if where is None:
        return True
    column = Column(np.zeros(1, np.int32), np.zeros(1, np.uint8), (product,))
    root = definitions.contract_filter(where).root
    return bool(evaluate(root, lambda _name: column, (1,)).values[0])


@_tell.register
def _ratio(metric: Ratio, one: OneAccount, as_of: date, reason: Reason) -> Because:
    return _calculated(one, [(metric.of, as_of), (metric.by, as_of)], reason)


@_tell.register
def _derived(metric: Derived, one: OneAccount, as_of: date, reason: Reason) -> Because:
    needs = one.definitions.metric_needs(metric.name)
    return _calculated(one, [(name, as_of) for name in needs], reason)


@_tell.register
def _change(metric: Change, one: OneAccount, as_of: date, reason: Reason) -> Because:
    then = as_of - timedelta(days=change_days(metric, one.definitions.metrics))
    if then < one.calendar.first:
        return Because("too_early", reason, first=one.calendar.first, start=then)
    return _calculated(one, [(metric.of, as_of), (metric.of, then)], reason)


def _calculated(one: OneAccount, inputs: list[tuple[str, date]], reason: Reason) -> Because:
    missing = tuple(x for x in inputs if one.told(*x).reason is not Reason.MEASURED)
    if missing:
        return Because("inputs", reason, inputs=missing)
    return Because("divided_by_zero", reason)


def _begun(one: OneAccount, as_of: date) -> bool:
    """Whether any day before this one belongs to the account's time."""
    started = [one.desk.started_on] if one.desk.started_on else []
    contracts = one.inputs.book.contracts.get(one.number, ())
    if any(day < as_of for day in (*started, *(x.start_on for x in contracts))):
        return True
    return bool(one.panel.customer[0, : one.index(as_of) + 1].any())


def _late(one: OneAccount, origin: Origin, today: int) -> Iterator[LateSource]:
    for name, first in origin.sources:
        declared = one.inputs.org.source_late.get(name)
        if declared is None or first >= today or not declared[today]:
            continue
        yield LateSource(name, _last_fact(one, name, today))


def _last_fact(one: OneAccount, source: str, today: int) -> date:
    """The day of its last fact before a day, of any account."""
    activity = one.inputs.snapshot.activity()
    mine = activity.filter(pc.equal(activity["source"], source))
    days = one.calendar.day_index(mine["quarter"].to_numpy())
    return one.calendar.as_of(int(days[days < today].max()))


def _not_covering(one: OneAccount, origin: Origin, today: int) -> Iterator[str]:
    """Sources that say of themselves that they do not see the account."""
    for name, first in origin.sources:
        source = one.definitions.sources.get(name)
        if source is None or source.covers is None or first >= today:
            continue
        root = one.definitions.condition(source.covers).root
        column = evaluate(root, one.panel.column, one.panel.shape)
        if column.measured[0, today] and not column.values[0, today]:
            yield name


def _sent(one: OneAccount, sources: tuple[str, ...], as_of: date) -> bool:
    """Whether a fact of these sources has come of the account: then they cover it after all."""
    facts = one.facts()
    theirs = np.array([x.source in sources for x in one.inputs.org.actions], np.bool_)
    day = one.calendar.day_index(facts["time"].cast("int64").to_numpy())
    return bool((theirs[facts["action"].to_numpy()] & (day < one.index(as_of))).any())
