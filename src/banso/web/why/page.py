"""Everything that the page about one number shows."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import cast

from django.utils.translation import gettext

from banso.core.definitions.excerpt import Excerpt, source_of
from banso.core.definitions.metrics import Latest
from banso.core.definitions.model import Label
from banso.core.expressions import Type
from banso.core.health.describe import describe_field
from banso.core.health.in_words import condition_in_words, metric_in_words
from banso.core.metrics.statement import TABLES, statement
from banso.core.unmeasured import Reason
from banso.desk.queries.account import account_alerts
from banso.desk.queries.definitions import applied_sets, files_in_force
from banso.pipeline.because import Because, Code, because, contract_because
from banso.web.account360.visit import Visit
from banso.web.house import zone_of
from banso.web.tags import day
from banso.web.why.facts import Facts, facts, facts_window
from banso.web.why.fields import Kind, kind_of
from banso.web.why.journey import Journey, standing
from banso.web.why.made_of import (
    AttributeValue,
    Compared,
    CountedContract,
    Part,
    attribute_of,
    attribute_values,
    condition,
    contract_filter_of,
    contracts,
    parts,
    told,
    unmeasured_inputs,
    value_of,
)
from banso.web.why.used import Used, used
from banso.web.why.values import Shown
from banso.web.why.words import Unmeasured, reason_in_words, unmeasured

NEWEST = 20
SHORT = 8
"""Digits of a fingerprint that people are shown."""


@dataclass(frozen=True)
class Written:
    """A definition as it was applied. fingerprint: of the whole set, shortened. moment: when, in
    the organisation's zone."""

    excerpt: Excerpt | None
    fingerprint: str
    moment: str
    by: str


@dataclass(frozen=True)
class Said:
    """What an alert of that very day said of the number. differs: it is known otherwise now."""

    alert: Mapping[str, str]
    text: Mapping[str, str]
    differs: bool


@dataclass(frozen=True)
class Why:
    """name: as definitions write it. sentence: how it is made, None where nothing is reckoned.
    unmeasured: None where there is a value. colour: of the health, where that is asked for. sql: ''
    where no query makes it; tables: those that it reads, with their columns."""

    name: str
    kind: Kind
    label: Label
    description: Label | None
    value: Shown
    unmeasured: Unmeasured | None
    sentence: Label | None
    said: Sequence[Said]
    parts: Sequence[Part]
    facts: Facts | None
    contracts: Sequence[CountedContract] | None
    attribute: Sequence[AttributeValue] | None
    condition: Sequence[Compared]
    journey: Journey | None
    colour: str
    written: Written | None
    sql: str
    tables: Mapping[str, Sequence[str]]
    used: Sequence[Used]


def why(visit: Visit, name: str) -> Why:
    """Raises UnknownFieldError."""
    kind = kind_of(visit.one, name)
    value = value_of(visit, name, visit.as_of)
    below = parts(visit, name, visit.as_of) if kind == "metric" else ()
    journey = standing(visit, name) if kind == "journey" else None
    held = _condition(visit, name) if kind == "segment" else ()
    sql = "" if value.hidden else _sql(visit, name, kind, below)
    metric = visit.definitions.metrics.get(name)
    by = contract_filter_of(visit, name)
    attribute = attribute_of(visit, name)
    return Why(
        name=name,
        kind=kind,
        label=describe_field(visit.definitions, name).label,
        description=metric.description if metric else None,
        value=value,
        unmeasured=None if value.hidden else _unmeasured(visit, name, kind, value.reason),
        sentence=_sentence(visit, name, kind),
        said=() if value.hidden else tuple(_said(visit, name)),
        parts=below,
        facts=_facts(visit, name) if kind == "metric" else None,
        contracts=contracts(visit, *by) if by else None,
        attribute=attribute_values(visit, attribute) if attribute else None,
        condition=held,
        journey=journey,
        colour=journey.colour if journey and name.endswith(".colour") else "",
        written=_written(visit, name, kind),
        sql=sql,
        tables={x: columns for x, columns in TABLES.items() if f"FROM {x}" in sql},
        used=tuple(used(visit, name)),
    )


def _facts(visit: Visit, name: str) -> Facts | None:
    window = facts_window(visit, name)
    return facts(visit, name, window, limit=NEWEST) if window else None


def _condition(visit: Visit, name: str) -> Sequence[Compared]:
    segment = visit.definitions.segments[name.removeprefix("segment.")]
    return condition(visit, segment.where)[1]


def _sentence(visit: Visit, name: str, kind: Kind) -> Label | None:
    if kind == "metric":
        return metric_in_words(visit.definitions, name)
    if kind == "segment":
        segment = visit.definitions.segments[name.removeprefix("segment.")]
        return condition_in_words(visit.definitions, segment.where)
    return None


def _unmeasured(visit: Visit, name: str, kind: Kind, reason: Reason) -> Unmeasured | None:
    if reason is Reason.MEASURED:
        return None
    metric = visit.definitions.metrics.get(name)
    found: Because | None = None
    if metric is not None:
        found = because(visit.one, name, visit.as_of)
    elif kind == "contract":
        found = contract_because(visit.one, visit.as_of, reason)
    elif kind == "attribute":
        code: Code = "nobody_has_attribute" if reason is Reason.NO_SOURCE else "no_attribute"
        found = Because(code, reason, name=name.removeprefix("attribute."))
    elif kind == "journey" and not visit.one.told(_stage_of(name), visit.as_of).value:
        return Unmeasured(gettext("The account is not on this journey on that day."), "")
    if found is None:
        return Unmeasured(reason_in_words(reason), "")
    return unmeasured(visit.one, metric, found)


def _stage_of(name: str) -> str:
    return f"journey.{name.split('.')[1]}.stage"


def _sql(visit: Visit, name: str, kind: Kind, below: Sequence[Part]) -> str:
    """Contracts and attributes themselves are told like a metric that asks for the latest."""
    definitions = visit.definitions
    if kind in ("contract", "attribute"):
        plain = name.replace(".", "_")
        own = Latest(name=plain, kind="latest", of=name)
        definitions, name = replace(definitions, metrics={plain: own}), plain
    elif kind != "metric":
        return ""
    types = visit.one.inputs.org.attribute_types
    return statement(
        definitions,
        metric=name,
        account=visit.head.key,
        as_of=visit.as_of,
        unmeasured=unmeasured_inputs(visit, below),
        numbers=[x for x, type_ in types.items() if type_ is Type.NUMBER],
    )


def _said(visit: Visit, name: str) -> Iterator[Said]:
    for alert in account_alerts(visit.scope, visit.head.id, until=visit.as_of):
        if alert.opened_on != visit.as_of:
            continue
        for reason in alert.why:
            if reason["metric"] == name:
                now = told(visit, name, visit.as_of).value
                yield Said(
                    alert=alert.label,
                    text=cast("Mapping[str, str]", reason["text"]),
                    differs=not _alike(reason["value"], now),
                )
                break


def _alike(then: object, now: object) -> bool:
    if isinstance(then, float | int) and isinstance(now, float | int):
        return abs(then - now) <= 1e-9 * max(1.0, abs(then))
    return then == now


def _written(visit: Visit, name: str, kind: Kind) -> Written | None:
    newest = next(iter(applied_sets(most=1)), None)
    if newest is None:
        return None
    at = newest.applied_at.astimezone(zone_of(visit.definitions))
    excerpt = None
    if kind in ("metric", "segment", "journey"):
        own = name if kind == "metric" else name.split(".")[1]
        excerpt = source_of(files_in_force(), kind, own)
    return Written(
        excerpt=excerpt,
        fingerprint=newest.fingerprint[:SHORT],
        moment=f"{day(at.date())} {at:%H:%M}",
        by=newest.applied_by,
    )
