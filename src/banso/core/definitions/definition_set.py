"""The checked set: what every other part of Banso is given."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from banso.core.definitions import scopes
from banso.core.definitions.fingerprint import Sections, of_data, of_metadata
from banso.core.definitions.metrics import Change, Derived, Metric, Ratio
from banso.core.definitions.model import Journey, Label, Organisation, Rule, Segment, Source
from banso.core.definitions.order import topological
from banso.core.definitions.outcomes import Outcome
from banso.core.definitions.plays import Play
from banso.core.definitions.template import Template
from banso.core.expressions import Expression, Scope, Type, fields, parse


@dataclass(frozen=True)
class Definitions:
    """All definitions by name, in file order; every expression in them parses."""

    organisation: Organisation
    sources: Mapping[str, Source] = field(default_factory=dict)
    metrics: Mapping[str, Metric] = field(default_factory=dict)
    segments: Mapping[str, Segment] = field(default_factory=dict)
    journeys: Mapping[str, Journey] = field(default_factory=dict)
    rules: Mapping[str, Rule] = field(default_factory=dict)
    outcomes: Mapping[str, Outcome] = field(default_factory=dict)
    plays: Mapping[str, Play] = field(default_factory=dict)
    templates: Mapping[str, Template] = field(default_factory=dict)
    _parsed: dict[tuple[str, str], Expression] = field(
        default_factory=dict, repr=False, compare=False
    )

    def event_filter(self, text: str) -> Expression:
        """`where` of a metric over events or records. Raises ExpressionError."""
        return self._parse("event", text, scopes.EVENT_FILTER, Type.BOOLEAN)

    def contract_filter(self, text: str) -> Expression:
        """`where` of a metric over contracts. Raises ExpressionError."""
        return self._parse("contract", text, scopes.CONTRACT_FILTER, Type.BOOLEAN)

    def condition(self, text: str) -> Expression:
        """A condition on an account, in the widest scope (that of rules). Raises
        ExpressionError."""
        return self._parse("condition", text, self._rule_scope, Type.BOOLEAN)

    def arithmetic(self, text: str) -> Expression:
        """The expression of a derived metric. Raises ExpressionError."""
        return self._parse("arithmetic", text, self._arithmetic_scope, Type.NUMBER)

    def _parse(self, kind: str, text: str, scope: Scope, expect: Type) -> Expression:
        made = self._parsed.get((kind, text))
        if made is None:
            made = self._parsed[kind, text] = parse(text, scope=scope, expect=expect)
        return made

    @cached_property
    def _rule_scope(self) -> Scope:
        return scopes.rule_scope(self._metric_types, self.segments, self.journeys)

    @cached_property
    def _arithmetic_scope(self) -> Scope:
        return scopes.arithmetic_scope(self._metric_types)

    @cached_property
    def _metric_types(self) -> dict[str, Type]:
        return scopes.metric_types(self.metrics.values())

    def metric_needs(self, name: str) -> tuple[str, ...]:
        """The metrics that a metric is calculated from."""
        return needed_metrics(self.metrics[name], self._arithmetic_scope)

    @cached_property
    def metric_order(self) -> tuple[str, ...]:
        """Every metric after the metrics it is calculated from."""
        return topological({name: self.metric_needs(name) for name in self.metrics})

    @cached_property
    def _names(self) -> dict[str, Label]:
        return {x.of: Label(en=x.en, ja=x.ja) for x in self.organisation.names}

    def called(self, of: str) -> Label:
        """What people call what comes with the data: `record.ticket`, `attribute.industry`. Its
        own name where nobody has said."""
        name = of.partition(".")[2] or of
        return self._names.get(of) or Label(en=name, ja=name)

    @cached_property
    def fingerprint(self) -> str:
        """16 hex digits over everything that can change a number, a colour or an alert."""
        return of_data(self.sections)

    @cached_property
    def metadata_fingerprint(self) -> str:
        """16 hex digits over labels, descriptions, units, actions, priorities, outcomes
        (by which rules are judged but nothing is told) and plays."""
        return of_metadata(self.sections)

    @property
    def sections(self) -> Sections:
        """Everything by kind (in the singular) and name."""
        return {
            "organisation": {"": self.organisation},
            "source": self.sources,
            "metric": self.metrics,
            "segment": self.segments,
            "journey": self.journeys,
            "rule": self.rules,
            "outcome": self.outcomes,
            "play": self.plays,
            "template": self.templates,
        }


def needed_metrics(metric: Metric, scope: Scope) -> tuple[str, ...]:
    """The metrics that a metric is calculated from. Raises ExpressionError."""
    if isinstance(metric, Ratio):
        return metric.of, metric.by
    if isinstance(metric, Change):
        return (metric.of,)
    if isinstance(metric, Derived):
        return tuple(sorted(fields(parse(metric.expression, scope=scope).root)))
    return ()


def needed_segments(condition: Expression) -> Sequence[str]:
    """The segments that a condition names."""
    names = sorted(fields(condition.root))
    return [name.removeprefix("segment.") for name in names if name.startswith("segment.")]
