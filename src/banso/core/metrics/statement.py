"""A metric of one account as one SQL query (DuckDB's) that anybody can read and run.

Only sqlglot writes SQL here: names come from the definitions and are quoted where they must be,
every value is a literal that sqlglot escapes.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from functools import singledispatchmethod
from zoneinfo import ZoneInfo

from sqlglot import exp

from banso.core.definitions import Definitions
from banso.core.definitions.metrics import (
    ActiveDays,
    Average,
    Breadth,
    Change,
    Count,
    Derived,
    DistinctUsers,
    Latest,
    Metric,
    Ratio,
    Recency,
    Sum,
    Tenure,
    TimeToFirst,
)
from banso.core.expressions import to_sql
from banso.core.expressions.readable import readable
from banso.core.metrics import clauses
from banso.core.metrics.plan import change_days, series_of, window_days
from banso.core.unmeasured import Reason

TABLES: Mapping[str, tuple[str, ...]] = {
    "facts": (
        *("account", "user", "dataset", "event", "feature", "product", "source", "role"),
        *("time", "value", "properties"),
    ),
    "contracts": (
        *("account", "product", "start_on", "end_on", "signed_on", "seats", "arr", "currency"),
    ),
    "attributes": ("account", "name", "value", "valid_from"),
    "accounts": ("account", "started_on"),
}
"""The tables that a statement is written over. user: null where there is none; dataset: `events` or
`records`; role: '' where there is none; time: TIMESTAMPTZ; value: DOUBLE; properties: JSON text."""

_DOUBLES = (Ratio, Change, Derived, Average, Sum)
_SINCE = "since"
Moment = tuple[str, date]


def statement(
    definitions: Definitions,
    *,
    metric: str,
    account: str,
    as_of: date,
    unmeasured: Mapping[Moment, Reason] | None = None,
    numbers: Collection[str] = (),
) -> str:
    """The query that gives `value` in one row; null where nothing can be told.

    It tells what the facts say, not whether they may be trusted: that a source is late or began
    too late is not in it. unmeasured: metrics that were unmeasured on a day; where they are
    inputs they are null here too. numbers: attributes that hold numbers. KeyError for an unknown
    metric.
    """
    asked = (metric, as_of)
    inputs = [x for x in _moments(definitions, asked) if x != asked]
    writer = _Writer(
        definitions=definitions,
        account=account,
        numbers=numbers,
        names=_names(inputs, as_of),
    )
    query = writer.told(asked)
    for moment in inputs:
        reason = (unmeasured or {}).get(moment)
        part = writer.told(moment) if not reason else _nothing(reason)
        query = query.with_(writer.names[moment], part, copy=False)
    text: str = readable(query).sql(
        dialect=clauses.DIALECT, pretty=True, normalize_functions="lower"
    )
    return text


def _moments(definitions: Definitions, asked: Moment) -> tuple[Moment, ...]:
    """The metric and all that it is calculated from, each after its inputs and once."""
    found: dict[Moment, None] = {}
    name, day = asked
    for needed in inputs_of(definitions, name, day):
        found |= dict.fromkeys(_moments(definitions, needed))
    return (*found, asked)


def inputs_of(definitions: Definitions, name: str, day: date) -> Iterable[Moment]:
    """What a metric is calculated from, with the day that is looked at: of a change its metric on
    both."""
    metric = definitions.metrics[name]
    if isinstance(metric, Change):
        yield metric.of, day - timedelta(days=change_days(metric, definitions.metrics))
    for needed in definitions.metric_needs(name):
        yield needed, day


def _names(moments: Iterable[Moment], as_of: date) -> dict[Moment, exp.Identifier]:
    """A name in the query for each; unlike the tables' and each other's in any case."""
    taken = {*TABLES, _SINCE, "chain", "kept"}
    names: dict[Moment, exp.Identifier] = {}
    for metric, day in moments:
        wanted = metric if day == as_of else f"{metric}_{day:%Y_%m_%d}"
        name, number = wanted, 2
        while name.casefold() in taken:
            name, number = f"{wanted}_{number}", number + 1
        taken.add(name.casefold())
        names[metric, day] = clauses.identifier(name)
    return names


def _nothing(reason: Reason) -> exp.Select:
    null = exp.cast(exp.null(), "double")
    null.add_comments([f"unmeasured: {reason.code}"])
    return exp.select(exp.alias_(null, "value"))


@dataclass(frozen=True)
class _Writer:
    definitions: Definitions
    account: str
    numbers: Collection[str]
    names: Mapping[Moment, exp.Identifier] = field(default_factory=dict)

    def told(self, moment: Moment) -> exp.Select:
        return self._tell(self.definitions.metrics[moment[0]], moment[1])

    @singledispatchmethod
    def _tell(self, metric: Metric, as_of: date) -> exp.Select:
        raise TypeError(f"metric {metric.name}: no SQL is written for a {type(metric).__name__}")

    # facts

    @_tell.register
    def _count(self, metric: Count, as_of: date) -> exp.Select:
        return self._over_facts(exp.Count(this=exp.Star()), metric, as_of)

    @_tell.register
    def _distinct_users(self, metric: DistinctUsers, as_of: date) -> exp.Select:
        return self._over_facts(clauses.count_different(clauses.column("user")), metric, as_of)

    @_tell.register
    def _active_days(self, metric: ActiveDays, as_of: date) -> exp.Select:
        return self._over_facts(clauses.count_different(self._day()), metric, as_of)

    @_tell.register
    def _breadth(self, metric: Breadth, as_of: date) -> exp.Select:
        named = exp.Nullif(this=clauses.column(metric.of), expression=clauses.text(""))
        return self._over_facts(clauses.count_different(named), metric, as_of)

    @_tell.register
    def _recency(self, metric: Recency, as_of: date) -> exp.Select:
        since_last = exp.Sub(this=clauses.day(as_of), expression=exp.Max(this=self._day()))
        return self._over_facts(since_last, metric, as_of)

    @_tell.register
    def _time_to_first(self, metric: TimeToFirst, as_of: date) -> exp.Select:
        beginning = exp.select(_SINCE).from_("beginning").subquery()
        until_first = exp.Sub(this=exp.Min(this=self._day()), expression=beginning)
        return self._over_facts(until_first, metric, as_of).with_(
            "beginning", self._beginning(), copy=False
        )

    @_tell.register
    def _sum(self, metric: Sum, as_of: date) -> exp.Select:
        total = exp.Sum(this=clauses.number_of_fact(metric.of))
        zero = exp.Literal.number(0)
        return self._over_facts(exp.Coalesce(this=total, expressions=[zero]), metric, as_of)

    @_tell.register
    def _average(self, metric: Average, as_of: date) -> exp.Select:
        return self._over_facts(exp.Avg(this=clauses.number_of_fact(metric.of)), metric, as_of)

    def _over_facts(self, what: exp.Expr, metric: Metric, as_of: date) -> exp.Select:
        return (
            clauses.value(what)
            .from_("facts", copy=False)
            .where(*self._counted(metric, as_of), copy=False)
        )

    def _counted(self, metric: Metric, as_of: date) -> Iterable[exp.Expr]:
        """Conditions on the facts that count."""
        series = series_of(metric)
        if series is None:
            raise TypeError(f"metric {metric.name} reads no facts")
        dataset, _, kind = series.filter.facts.partition(".")
        yield self._of_account()
        yield clauses.column("dataset").eq(clauses.text("records" if kind else dataset))
        if kind:
            yield clauses.column("event").eq(clauses.text(kind))
        if series.filter.where:
            yield clauses.condition(self.definitions.event_filter(series.filter.where))
        if length := window_days(getattr(metric, "window", None)):
            first = as_of - timedelta(days=length)
            yield exp.GTE(this=clauses.column("time"), expression=self._midnight(first))
        yield exp.LT(this=clauses.column("time"), expression=self._midnight(as_of))

    def _of_account(self) -> exp.Expr:
        return clauses.column("account").eq(clauses.text(self.account))

    def _midnight(self, day: date) -> exp.Expr:
        """With its offset from UTC. Where the zone skips midnight: the instant of the change."""
        zone = ZoneInfo(self.definitions.organisation.time_zone)
        instant = datetime.combine(day, time.min, tzinfo=zone)
        return exp.cast(clauses.text(instant.isoformat(sep=" ")), "timestamptz")

    def _day(self) -> exp.Expr:
        zone = clauses.text(self.definitions.organisation.time_zone)
        return exp.cast(exp.AtTimeZone(this=clauses.column("time"), zone=zone), "date")

    # the account's beginning

    @_tell.register
    def _tenure(self, _metric: Tenure, as_of: date) -> exp.Select:
        lived = exp.Sub(this=clauses.day(as_of), expression=clauses.column(_SINCE))
        return (
            clauses.value(lived)
            .from_("beginning", copy=False)
            .with_("beginning", self._beginning(), copy=False)
        )

    def _beginning(self) -> exp.Select:
        """The earliest of the declared start, the first contract and the first fact."""
        firsts = {"accounts": clauses.column("started_on"), "contracts": clauses.column("start_on")}
        days = [
            exp.select(exp.alias_(what, "day")).from_(table).where(self._of_account())
            for table, what in {**firsts, "facts": self._day()}.items()
        ]
        every = exp.union(*days, distinct=False).subquery("beginnings")
        return exp.select(exp.alias_(exp.Min(this=clauses.column("day")), _SINCE)).from_(every)

    # contracts, attributes, records

    @_tell.register
    def _latest(self, metric: Latest, as_of: date) -> exp.Select:
        family, _, name = metric.of.partition(".")
        if family == "record":
            some = exp.Not(this=exp.Is(this=clauses.column("value"), expression=exp.null()))
            newest = clauses.newest("value", "time", "value")
            return self._over_facts(newest, metric, as_of).where(some, copy=False)
        if family == "attribute":
            return self._attribute(name, as_of)
        if name == "days_to_end":
            return self._days_to_end(metric.where, as_of)
        return self._in_force(name, metric.where, as_of)

    def _attribute(self, name: str, as_of: date) -> exp.Select:
        newest = clauses.newest("value", "valid_from")
        told = exp.TryCast(this=newest, to=exp.DataType.build("double"))
        known = exp.LTE(this=clauses.column("valid_from"), expression=clauses.day(as_of))
        return (
            clauses.value(told if name in self.numbers else newest)
            .from_("attributes")
            .where(self._of_account(), clauses.column("name").eq(clauses.text(name)), known)
        )

    def _contracts(self, where: str | None) -> list[exp.Expr]:
        if where is None:
            return [self._of_account()]
        return [self._of_account(), clauses.condition(self.definitions.contract_filter(where))]

    def _in_force(self, amount: str, where: str | None, as_of: date) -> exp.Select:
        """A part of the seats or of the revenue is not the whole: one unknown makes it null."""
        known: exp.Expr = clauses.column(amount)
        if amount == "arr":
            own = [clauses.text(""), clauses.text(self.definitions.organisation.currency)]
            here = exp.In(this=clauses.column("currency"), expressions=own)
            known = exp.Case(ifs=[exp.If(this=here, true=known)])
        whole = exp.Count(this=exp.Star()).eq(exp.Count(this=known.copy()))
        total = exp.Case(ifs=[exp.If(this=whole, true=exp.Sum(this=known))])
        return (
            clauses.value(total)
            .from_("contracts")
            .where(*self._contracts(where), *clauses.in_force(as_of))
        )

    def _days_to_end(self, where: str | None, as_of: date) -> exp.Select:
        """The last day of the chain: a contract signed by then that starts by the day after the
        chain's end extends it."""
        kept = exp.select("start_on", "end_on", "signed_on").from_("contracts")
        now = exp.select("end_on").from_("kept").where(*clauses.in_force(as_of))
        later = clauses.fragment(
            "SELECT later.end_on FROM chain JOIN kept AS later "
            "ON later.start_on <= chain.end_on + 1 AND later.end_on > chain.end_on"
        )
        signed = exp.LTE(this=clauses.fragment("later.signed_on"), expression=clauses.day(as_of))
        last = exp.Sub(this=exp.Max(this=clauses.column("end_on")), expression=clauses.day(as_of))
        return (
            clauses.value(last)
            .from_("chain")
            .with_("kept", kept.where(*self._contracts(where)), recursive=True)
            .with_("chain", exp.union(now, later.where(signed)), recursive=True)  # type: ignore[attr-defined]  # a SELECT was parsed
        )

    # metrics over metrics

    @_tell.register
    def _ratio(self, metric: Ratio, as_of: date) -> exp.Select:
        above, below = (self._input(x, as_of) for x in (metric.of, metric.by))
        return self._calculated(
            clauses.quotient(above, below), [(metric.of, as_of), (metric.by, as_of)]
        )

    @_tell.register
    def _change(self, metric: Change, as_of: date) -> exp.Select:
        before = as_of - timedelta(days=change_days(metric, self.definitions.metrics))
        now, then = (self._input(metric.of, day) for day in (as_of, before))
        gained = exp.paren(exp.Sub(this=now, expression=then))
        return self._calculated(
            clauses.quotient(gained, then.copy()), [(metric.of, as_of), (metric.of, before)]
        )

    @_tell.register
    def _derived(self, metric: Derived, as_of: date) -> exp.Select:
        needed = self.definitions.metric_needs(metric.name)
        columns = {x: self._input(x, as_of).sql(dialect=clauses.DIALECT) for x in needed}
        sql = to_sql(self.definitions.arithmetic(metric.expression), columns=columns)
        doubles = [columns[x] for x in needed if isinstance(self.definitions.metrics[x], _DOUBLES)]
        return self._calculated(
            clauses.uncast(clauses.fragment(sql), doubles), [(x, as_of) for x in needed]
        )

    def _input(self, name: str, day: date) -> exp.Column:
        return exp.column("value", table=self.names[name, day].copy())

    def _calculated(self, what: exp.Expr, moments: Iterable[Moment]) -> exp.Select:
        tables = [
            exp.to_table(self.names[x].sql(dialect=clauses.DIALECT)) for x in dict.fromkeys(moments)
        ]
        query = clauses.value(what)
        for number, table in enumerate(tables):
            query = (
                query.join(table, join_type="cross", copy=False)
                if number
                else query.from_(table, copy=False)
            )
        return query
