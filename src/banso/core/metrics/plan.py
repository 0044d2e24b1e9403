"""From definitions to what must be read and kept: which series, fed by which facts."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Protocol

import numpy as np

from banso.core.definitions.model import (
    ActiveDays,
    Average,
    Breadth,
    Change,
    Count,
    DistinctUsers,
    Journey,
    Latest,
    Metric,
    Organisation,
    Recency,
    Rule,
    Segment,
    Source,
    Sum,
    TimeToFirst,
)
from banso.core.expressions import Expression, Type, fields, property_sql
from banso.core.metrics.facts import NEVER, OrgFacts
from banso.core.metrics.filters import FactFilter, PlanError, Table, tabulate
from banso.core.metrics.kernel import BREADTH, COUNT, DAYS, LAST, SUM, USERS, Routes


class DefinitionSet(Protocol):
    """What is needed of core.definitions.Definitions."""

    @property
    def organisation(self) -> Organisation: ...
    @property
    def sources(self) -> Mapping[str, Source]: ...
    @property
    def metrics(self) -> Mapping[str, Metric]: ...
    @property
    def segments(self) -> Mapping[str, Segment]: ...
    @property
    def journeys(self) -> Mapping[str, Journey]: ...
    @property
    def rules(self) -> Mapping[str, Rule]: ...
    def event_filter(self, text: str) -> Expression: ...
    def contract_filter(self, text: str) -> Expression: ...
    def condition(self, text: str) -> Expression: ...
    def arithmetic(self, text: str) -> Expression: ...


@dataclass(frozen=True)
class Series:
    """Something kept per day that one or more metrics are read from.

    kind: COUNT, DAYS, USERS, BREADTH, SUM or LAST of the kernel. of: the counted field (BREADTH)
    or the number (SUM, LAST); '' for the others.
    """

    kind: int
    filter: FactFilter
    of: str = ""


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


def series_of(metric: Metric) -> Series | None:
    """The series behind a metric; None where it reads no facts."""
    if isinstance(metric, Latest):
        if not metric.of.startswith("record."):
            return None
        return Series(LAST, FactFilter(metric.of, metric.where), "value")
    if isinstance(metric, Count | DistinctUsers | ActiveDays | Recency | TimeToFirst):
        kind = {Count: COUNT, DistinctUsers: USERS}.get(type(metric), DAYS)
        return Series(kind, FactFilter(metric.facts, metric.where))
    if isinstance(metric, Breadth | Sum | Average):
        kind = BREADTH if isinstance(metric, Breadth) else SUM
        return Series(kind, FactFilter(metric.facts, metric.where), metric.of)
    return None


@dataclass(frozen=True)
class MetricPlan:
    """What to read and keep so that every metric, attribute and segment can be told.

    needs_value: whether batches must carry `value`. computed: column name -> DuckDB SQL over
    `value` and `properties` (JSON text) that batches must carry under that name: BOOLEAN where
    the name starts with `is_`, else DOUBLE. series: by metric. indices: series -> its number
    among its kind. attributes: names that any condition or metric reads.
    """

    definitions: DefinitionSet
    org: OrgFacts
    series: Mapping[str, Series]
    indices: Mapping[Series, int]
    origins: Mapping[FactFilter, Origin]
    computed: Mapping[str, str]
    atom_sets: tuple[tuple[str, ...], ...]
    numbers: tuple[str, ...]
    routes: Routes
    attributes: tuple[str, ...]

    @property
    def needs_value(self) -> bool:
        return "value" in self.numbers

    @cached_property
    def sources(self) -> Mapping[str, int]:
        """Number of each source in State.first."""
        return source_numbers(self.org)

    def count(self, kind: int) -> int:
        return sum(1 for series in self.indices if series.kind == kind)


def source_numbers(org: OrgFacts) -> dict[str, int]:
    return {name: i for i, name in enumerate(sorted({action.source for action in org.actions}))}


def plan(definitions: DefinitionSet, *, org: OrgFacts) -> MetricPlan:
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
    indices = _number(dict.fromkeys(series.values()))
    layout = _Layout(org, tables)
    routes = layout.routes(indices)
    return MetricPlan(
        definitions=definitions,
        org=org,
        series=series,
        indices=indices,
        origins={key: _origin(table, org) for key, table in tables.items()},
        computed=layout.computed,
        atom_sets=tuple(layout.atom_columns(atoms) for atoms, _ in layout.sets),
        numbers=tuple(layout.numbers),
        routes=routes,
        attributes=wanted_attributes(definitions),
    )


def _table(metric: Metric, key: FactFilter, definitions: DefinitionSet, org: OrgFacts) -> Table:
    where = None if key.where is None else definitions.event_filter(key.where)
    try:
        return tabulate(key.facts, where, org)
    except PlanError as error:
        raise PlanError(f"metric {metric.name}, where: {error}") from error


def _number(series: Iterable[Series]) -> dict[Series, int]:
    used = dict.fromkeys(range(LAST + 1), 0)
    indices: dict[Series, int] = {}
    for one in series:
        indices[one] = used[one.kind]
        used[one.kind] += 1
    return indices


def _origin(table: Table, org: OrgFacts) -> Origin:
    firsts: dict[str, int] = {}
    for action in np.flatnonzero(table.matchable):
        source, first = org.actions[action].source, int(org.action_first[action])
        if first < NEVER:
            firsts[source] = min(first, firsts.get(source, NEVER))
    return Origin(min(firsts.values(), default=NEVER), tuple(sorted(firsts.items())))


def _conditions(definitions: DefinitionSet) -> Iterable[str]:
    yield from (x.covers for x in definitions.sources.values() if x.covers)
    yield from (x.where for x in definitions.segments.values())
    yield from (x.when for x in definitions.rules.values())
    for journey in definitions.journeys.values():
        if journey.applies:
            yield journey.applies
        for stage in journey.stages:
            if stage.enter:
                yield stage.enter
            yield from (x.condition for x in stage.health)


def wanted_attributes(definitions: DefinitionSet) -> tuple[str, ...]:
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
class _Layout:
    """Gathers the columns that facts must carry and lays the routes out as flat arrays."""

    org: OrgFacts
    tables: Mapping[FactFilter, Table]
    computed: dict[str, str] = field(default_factory=dict)
    numbers: list[str] = field(default_factory=list)

    @cached_property
    def sets(self) -> tuple[tuple[tuple[str, ...], int], ...]:
        """(atoms, role codes) that some filter is looked up by."""
        found = {(x.atoms, x.accepts.shape[1]): None for x in self.tables.values()}
        return tuple(found) or (((), 1),)

    def _column(self, prefix: str, sql: str) -> str:
        for name, known in self.computed.items():
            if known == sql and name.startswith(prefix):
                return name
        name = f"{prefix}{len(self.computed)}"
        self.computed[name] = sql
        return name

    def atom_columns(self, atoms: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(self._column("is_", sql) for sql in atoms)

    def _number(self, series: Series) -> int:
        """Column of Batch.numbers."""
        if series.kind not in (SUM, LAST):
            return -1
        name = series.of
        if name != "value":
            sql = property_sql(name.removeprefix("properties."), Type.NUMBER)
            name = self._column("number_", sql)
        if name not in self.numbers:
            self.numbers.append(name)
        return self.numbers.index(name)

    def _breadth(
        self, indices: Mapping[Series, int]
    ) -> np.ndarray[tuple[int, int], np.dtype[np.int32]]:
        wanted = [series for series in indices if series.kind == BREADTH]
        codes = np.full((len(wanted), len(self.org.actions)), -1, np.int32)
        for series in wanted:
            seen: dict[str, int] = {}
            for i, action in enumerate(self.org.actions):
                text: str = getattr(action, series.of)
                if series.of == "feature":
                    text = text or action.event
                if text:
                    codes[indices[series], i] = seen.setdefault(text, len(seen))
        return codes

    def routes(self, indices: Mapping[Series, int]) -> Routes:
        cells: list[tuple[int, int, int, int]] = []  # key, kind, index, number
        bases = []
        base = 0
        for atoms, roles in self.sets:
            bases.append(base)
            for series, index in indices.items():
                table = self.tables[series.filter]
                if (table.atoms, table.accepts.shape[1]) == (atoms, roles):
                    entry = (series.kind, index, self._number(series))
                    keys = np.flatnonzero(table.accepts.ravel()) + base
                    cells.extend((int(key), *entry) for key in keys)
            base += 2 ** len(atoms) * roles * len(self.org.actions)
        cells.sort()
        table_of = np.array(cells, np.int64).reshape(-1, 4)
        start = np.searchsorted(table_of[:, 0], np.arange(base + 1)).astype(np.int32)
        roles_read = any(roles > 1 for _, roles in self.sets)
        numbers = source_numbers(self.org)
        return Routes(
            source=np.array([numbers[x.source] for x in self.org.actions], np.int32),
            needs_user=np.array([roles_read or any(x.kind == USERS for x in indices)]),
            base=np.array(bases, np.int64),
            roles=np.array([roles for _, roles in self.sets], np.int64),
            start=start,
            kind=table_of[:, 1].astype(np.uint8),
            series=table_of[:, 2].astype(np.int32),
            number=table_of[:, 3].astype(np.int32),
            breadth=self._breadth(indices),
        )
