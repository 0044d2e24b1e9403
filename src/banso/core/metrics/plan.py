"""From definitions to what must be read and kept: which series, fed by which facts."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import Enum
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from banso.core.definitions import Definitions
from banso.core.definitions.metrics import (
    ActiveDays,
    Average,
    Breadth,
    Change,
    Count,
    DistinctUsers,
    Latest,
    Metric,
    Recency,
    Sum,
    TimeToFirst,
)
from banso.core.definitions.outcomes import BecameTrue
from banso.core.definitions.plays import conditions
from banso.core.expressions import Type, fields, property_sql
from banso.core.metrics.facts import NEVER, OrgFacts
from banso.core.metrics.filters import FactFilter, PlanError, Table, tabulate


class SeriesKind(Enum):
    """What is kept: facts a day, days with a fact, the same by user or by feature, sums a day,
    or every fact (for the last one)."""

    COUNT = "count"
    DAYS = "days"
    USERS = "users"
    BREADTH = "breadth"
    SUM = "sum"
    LAST = "last"


@dataclass(frozen=True)
class Series:
    """Something kept per day that one or more metrics are read from.

    of: the counted field (BREADTH) or the number (SUM, LAST); '' for the others.
    """

    kind: SeriesKind
    filter: FactFilter
    of: str = ""


@dataclass(frozen=True)
class Route:
    """How facts find their way into a series.

    atoms: columns of conditions (bit j of the state is column j). roles: how many role codes
    matter, 1 = none. accepts: bool, flattened (2 ** atoms, roles, actions). number: the column
    that is summed or kept (SUM, LAST). codes: int32 per action, what is counted (BREADTH), -1 =
    nothing.
    """

    atoms: tuple[str, ...]
    roles: int
    accepts: NDArray[np.bool_]
    number: str
    codes: NDArray[np.int32]

    @cached_property
    def accepted_codes(self) -> NDArray[np.int32]:
        """`codes`, and -1 for actions not accepted; where nothing but the action matters."""
        return np.where(self.accepts[: len(self.codes)], self.codes, -1).astype(np.int32)


@dataclass(frozen=True)
class Origin:
    """Where the facts that a filter can match come from.

    first: day index of the first one in the organisation, NEVER where there is none.
    sources: (name, day index of its first one), those with any, in order of name.
    """

    first: int
    sources: tuple[tuple[str, int], ...]


def window_days(window: str | None) -> int:
    """Days of a window like `7d`; 0 for none (all days before)."""
    return int(window.removesuffix("d")) if window else 0


def change_days(metric: Change, metrics: Mapping[str, Metric]) -> int:
    """How long before a change looks; PlanError where neither metric says it."""
    own: str | None = metric.against or getattr(metrics[metric.of], "window", None)
    if own is None:
        raise PlanError(
            f"metric {metric.name}: {metric.of} has no window; say in `against` how long before"
        )
    return window_days(own)


_KIND_OF = {Count: SeriesKind.COUNT, DistinctUsers: SeriesKind.USERS}


def series_of(metric: Metric) -> Series | None:
    """The series behind a metric; None where it reads no facts."""
    if isinstance(metric, Latest):
        if not metric.of.startswith("record."):
            return None
        return Series(SeriesKind.LAST, FactFilter(metric.of, metric.where), "value")
    if isinstance(metric, Count | DistinctUsers | ActiveDays | Recency | TimeToFirst):
        kind = _KIND_OF.get(type(metric), SeriesKind.DAYS)
        return Series(kind, FactFilter(metric.facts, metric.where))
    if isinstance(metric, Breadth | Sum | Average):
        kind = SeriesKind.BREADTH if isinstance(metric, Breadth) else SeriesKind.SUM
        return Series(kind, FactFilter(metric.facts, metric.where), metric.of)
    return None


@dataclass(frozen=True)
class MetricPlan:
    """What to read and keep so that every metric, attribute and segment can be told.

    needs_value: whether batches must carry `value`. computed: column name -> DuckDB SQL over
    `value` and `properties` (JSON text) that batches must carry under that name: BOOLEAN where
    the name starts with `is_`, else DOUBLE. series: by metric. routes: every series once.
    attributes: names that any condition or metric reads.
    """

    definitions: Definitions
    org: OrgFacts
    series: Mapping[str, Series]
    routes: Mapping[Series, Route]
    origins: Mapping[FactFilter, Origin]
    computed: Mapping[str, str]
    attributes: tuple[str, ...]

    @cached_property
    def numbers(self) -> tuple[str, ...]:
        """Columns of numbers that facts must carry."""
        return tuple(sorted({route.number for route in self.routes.values()} - {""}))

    @property
    def needs_value(self) -> bool:
        return "value" in self.numbers

    @cached_property
    def needs_user(self) -> bool:
        return any(
            series.kind is SeriesKind.USERS or route.roles > 1
            for series, route in self.routes.items()
        )

    @cached_property
    def sources(self) -> Mapping[str, int]:
        """Number of each source in State.first."""
        return {name: i for i, name in enumerate(sorted({x.source for x in self.org.actions}))}

    @cached_property
    def source_of_action(self) -> NDArray[np.int32]:
        return np.array([self.sources[x.source] for x in self.org.actions], np.int32)

    def of_kind(self, kind: SeriesKind) -> tuple[Series, ...]:
        return tuple(series for series in self.routes if series.kind is kind)


def plan(definitions: Definitions, *, org: OrgFacts) -> MetricPlan:
    """Make the plan. Anew whenever definitions, actions or roles have changed.

    PlanError (with the metric's name) where a filter cannot be measured.
    """
    tables: dict[FactFilter, Table] = {}
    series: dict[str, Series] = {}
    for metric in definitions.metrics.values():
        found = series_of(metric)
        if found is None:
            continue
        series[metric.name] = found
        if found.filter not in tables:
            tables[found.filter] = _table(metric, found.filter, definitions, org)
    columns = _Computed()
    return MetricPlan(
        definitions=definitions,
        org=org,
        series=series,
        routes={x: _route(x, tables[x.filter], columns, org) for x in series.values()},
        origins={key: _origin(table, org) for key, table in tables.items()},
        computed=columns.sql,
        attributes=wanted_attributes(definitions),
    )


def _table(metric: Metric, key: FactFilter, definitions: Definitions, org: OrgFacts) -> Table:
    where = None if key.where is None else definitions.event_filter(key.where)
    try:
        return tabulate(key.facts, where, org)
    except PlanError as error:
        raise PlanError(f"metric {metric.name}, where: {error}") from error


def _origin(table: Table, org: OrgFacts) -> Origin:
    firsts: dict[str, int] = {}
    for action in np.flatnonzero(table.matchable):
        source, first = org.actions[action].source, int(org.action_first[action])
        if first < NEVER:
            firsts[source] = min(first, firsts.get(source, NEVER))
    return Origin(min(firsts.values(), default=NEVER), tuple(sorted(firsts.items())))


def _conditions(definitions: Definitions) -> Iterable[str]:
    yield from (x.covers for x in definitions.sources.values() if x.covers)
    yield from (x.where for x in definitions.segments.values())
    yield from (x.when for x in definitions.rules.values())
    expected = [x.expect for x in definitions.rules.values()]
    expected += [x.expect for x in definitions.plays.values()]
    yield from (x.condition for x in expected if x is not None)
    yield from (x.when for x in definitions.outcomes.values() if isinstance(x, BecameTrue))
    yield from (text for x in definitions.plays.values() for text in conditions(x))
    for journey in definitions.journeys.values():
        if journey.applies:
            yield journey.applies
        for stage in journey.stages:
            if stage.enter:
                yield stage.enter
            yield from (x.condition for x in stage.health)


def wanted_attributes(definitions: Definitions) -> tuple[str, ...]:
    """Names of the attributes that any condition or metric reads, sorted."""
    prefix = "attribute."
    names = {
        name.removeprefix(prefix)
        for text in _conditions(definitions)
        for name in fields(definitions.condition(text).root)
        if name.startswith(prefix)
    }
    for metric in definitions.metrics.values():
        if isinstance(metric, Latest) and metric.of.startswith(prefix):
            names.add(metric.of.removeprefix(prefix))
    return tuple(sorted(names))


@dataclass
class _Computed:
    """Columns that the store computes: name -> SQL, each SQL once."""

    sql: dict[str, str] = field(default_factory=dict)

    def column(self, prefix: str, sql: str) -> str:
        for name, known in self.sql.items():
            if known == sql and name.startswith(prefix):
                return name
        name = f"{prefix}{len(self.sql)}"
        self.sql[name] = sql
        return name

    def number(self, of: str) -> str:
        """The column of `value` or `properties.NAME`."""
        if of == "value":
            return of
        return self.column("number_", property_sql(of.removeprefix("properties."), Type.NUMBER))


def _route(series: Series, table: Table, columns: _Computed, org: OrgFacts) -> Route:
    numeric = series.kind in (SeriesKind.SUM, SeriesKind.LAST)
    counted = series.of if series.kind is SeriesKind.BREADTH else None
    return Route(
        atoms=tuple(columns.column("is_", sql) for sql in table.atoms),
        roles=table.accepts.shape[1],
        accepts=np.ascontiguousarray(table.accepts).ravel(),
        number=columns.number(series.of) if numeric else "",
        codes=_codes(counted, org) if counted else np.zeros(0, np.int32),
    )


def _codes(of: str, org: OrgFacts) -> NDArray[np.int32]:
    """A number for each text of a field, the same for the same text; -1 for no text."""
    seen: dict[str, int] = {}
    codes = np.full(len(org.actions), -1, np.int32)
    for i, action in enumerate(org.actions):
        text: str = getattr(action, of)
        if of == "feature":
            text = text or action.event
        if text:
            codes[i] = seen.setdefault(text, len(seen))
    return codes
