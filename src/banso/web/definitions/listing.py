"""The page of definitions: the set in force, and everything in it with live counts."""

from collections.abc import Container, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.utils.translation import gettext

from banso.core.definitions import Definitions
from banso.core.definitions.model import Journey, Label
from banso.core.definitions.uses import Uses
from banso.core.health.in_words import condition_in_words, metric_in_words
from banso.core.plays.in_words import steps_in_words
from banso.core.rules.precision import Share
from banso.core.unmeasured import Reason
from banso.desk.models import Backtest, DraftKind, RuleDraft
from banso.desk.queries.backtests import judged_backtests
from banso.desk.queries.definitions import (
    AppliedSet,
    applied_sets,
    segment_counts,
    stage_counts,
)
from banso.desk.queries.distribution import unmeasured
from banso.desk.queries.drafts import drafts
from banso.desk.queries.mutes import muted_rules
from banso.desk.queries.pauses import paused_rules
from banso.desk.queries.plays import PlayFigures, play_figures
from banso.desk.queries.rules import RuleFigures, found_useful, rule_figures
from banso.desk.queries.scope import Scope
from banso.desk.search import matches
from banso.pipeline.sources import metric_sources
from banso.web.account360.labels import journey_label, metric_label, segment_label, stage_label
from banso.web.data.overview import source_label
from banso.web.definitions.places import condition_label, play_label, rule_label
from banso.web.house import Look, zone_of
from banso.web.tags import text

HISTORY = 20


@dataclass(frozen=True)
class SetRow:
    """at: when it was applied, in the organisation's zone."""

    applied: AppliedSet
    at: datetime


@dataclass(frozen=True)
class MetricRow:
    """share: of the accounts in scope that it is measured for; None before the first run that knew
    it. uses: places that name it."""

    name: str
    label: Label
    kind: str
    words: Label
    measured: int
    share: float | None
    uses: int


@dataclass(frozen=True)
class StageCount:
    name: str
    label: Label
    accounts: int


@dataclass(frozen=True)
class JourneyRow:
    name: str
    label: Label
    words: Label | None
    stages: Sequence[StageCount]
    accounts: int


@dataclass(frozen=True)
class RuleRow:
    """handled: share of the alerts opened lately; None where there were none. useful: share that
    members found useful; None where nobody has said anything.
    replayed: over history, judged by the outcome that the rule is there for; None where it names
    none or has not been replayed yet. outdated: with other definitions than those in force. muted:
    for all accounts until that day. draft: whether it has one."""

    name: str
    label: Label
    words: Label
    priority: str
    figures: RuleFigures
    handled: float | None
    useful: Share | None
    replayed: Backtest | None
    outdated: bool
    muted: date | None
    paused: bool
    draft: bool


@dataclass(frozen=True)
class SegmentRow:
    name: str
    label: Label
    words: Label
    accounts: int


@dataclass(frozen=True)
class PlayRow:
    """words: its first steps. draft: whether there is one of it."""

    name: str
    label: Label
    words: str
    figures: PlayFigures
    draft: bool


@dataclass(frozen=True)
class Listing:
    """in_force: None before the first set. counted: whether there are live counts (a run was done).
    source: label of the source to whose metrics the page is narrowed, None for all. drafts: of
    rules that are not in force; play_drafts: of such plays."""

    in_force: SetRow | None
    history: Sequence[SetRow]
    search: str
    source: Label | None
    counted: bool
    journeys: Sequence[JourneyRow]
    rules: Sequence[RuleRow]
    drafts: Sequence[RuleDraft]
    play_drafts: Sequence[RuleDraft]
    plays: Sequence[PlayRow]
    segments: Sequence[SegmentRow]
    metrics: Sequence[MetricRow]

    @property
    def found(self) -> int:
        return sum(map(len, (self.journeys, self.rules, self.plays, self.segments, self.metrics)))


def listing(scope: Scope, look: Look, *, search: str, source: str) -> Listing:
    """search: words that must all stand in the name, label or description. source: only metrics
    that rest on it."""
    definitions = look.definitions
    if definitions is None:
        return Listing(None, (), search, None, False, (), (), (), (), (), (), ())
    zone = zone_of(definitions)
    sets = [SetRow(x, x.applied_at.astimezone(zone)) for x in applied_sets(most=HISTORY)]
    return Listing(
        in_force=sets[0] if sets else None,
        history=sets[1:],
        search=search,
        source=source_label(definitions.sources.get(source), source) if source else None,
        counted=look.run is not None,
        journeys=() if source else _journeys(scope, look, definitions, search),
        rules=() if source else _rules(scope, look, definitions, search),
        drafts=() if source else _new(DraftKind.RULE, definitions.rules),
        play_drafts=() if source else _new(DraftKind.PLAY, definitions.plays),
        plays=() if source else _plays(scope, definitions, search),
        segments=() if source else _segments(scope, look, definitions, search),
        metrics=_metrics(scope, look, definitions, search, source),
    )


def _new(kind: DraftKind, in_force: Container[str]) -> Sequence[RuleDraft]:
    return [x for x in drafts(kind).values() if x.rule not in in_force]


def _hit(search: str, name: str, *labels: Label | None) -> bool:
    texts = [x for label in labels if label for x in (label.en, label.ja)]
    return not search or matches(search, name, *texts)


def _journeys(scope: Scope, look: Look, definitions: Definitions, search: str) -> list[JourneyRow]:
    counts = stage_counts(scope, look.run) if look.run else {}
    rows = []
    for name, journey in definitions.journeys.items():
        applies = condition_in_words(definitions, journey.applies) if journey.applies else None
        labels = [stage_label(journey, stage.name) for stage in journey.stages]
        asked = _asked(definitions, journey) if search else ()
        if not _hit(search, name, journey_label(journey), applies, *labels, *asked):
            continue
        stages = [
            StageCount(stage.name, label, counts.get((name, stage.name), 0))
            for stage, label in zip(journey.stages, labels, strict=True)
        ]
        accounts = sum(stage.accounts for stage in stages)
        rows.append(JourneyRow(name, journey_label(journey), applies, stages, accounts))
    return rows


def _asked(definitions: Definitions, journey: Journey) -> Iterator[Label]:
    """The words of all that is asked for in its stages."""
    for stage in journey.stages:
        if stage.enter:
            yield condition_in_words(definitions, stage.enter)
        for condition in stage.health:
            yield condition_label(condition)
            yield condition_in_words(definitions, condition.condition)


def _rules(scope: Scope, look: Look, definitions: Definitions, search: str) -> list[RuleRow]:
    figures = rule_figures(scope, look.run) if look.run else {}
    said = found_useful(scope, look.run) if look.run else {}
    replays = judged_backtests(definitions.rules)
    muted = muted_rules(scope, today=look.today)
    paused, drafted = paused_rules(), drafts()
    rows = []
    for name, rule in definitions.rules.items():
        words = condition_in_words(definitions, rule.when)
        if _hit(search, name, rule_label(rule), words, rule.action):
            mine = figures.get(name, RuleFigures())
            rows.append(
                RuleRow(
                    name=name,
                    label=rule_label(rule),
                    words=words,
                    priority=rule.priority,
                    figures=mine,
                    handled=mine.handled / mine.opened if mine.opened else None,
                    useful=said.get(name),
                    replayed=replays.get(name),
                    outdated=name in replays
                    and replays[name].fingerprint != definitions.fingerprint,
                    muted=muted.get(name),
                    paused=name in paused,
                    draft=name in drafted,
                )
            )
    return rows


def _plays(scope: Scope, definitions: Definitions, search: str) -> list[PlayRow]:
    figures = play_figures(scope) if definitions.plays else {}
    drafted = drafts(DraftKind.PLAY)
    rows = []
    for name, play in definitions.plays.items():
        titles = [x.title for x in steps_in_words(definitions, play) if not x.depth]
        if _hit(search, name, play_label(play), play.description, *titles):
            words = " → ".join(text(x) for x in titles)
            mine = figures.get(name, PlayFigures())
            rows.append(PlayRow(name, play_label(play), words, mine, draft=name in drafted))
    return rows


def _segments(scope: Scope, look: Look, definitions: Definitions, search: str) -> list[SegmentRow]:
    counts = segment_counts(scope, look.run) if look.run else {}
    rows = [
        SegmentRow(
            name=name,
            label=segment_label(segment),
            words=condition_in_words(definitions, segment.where),
            accounts=counts.get(name, 0),
        )
        for name, segment in definitions.segments.items()
    ]
    return [row for row in rows if _hit(search, row.name, row.label, row.words)]


def _metrics(
    scope: Scope, look: Look, definitions: Definitions, search: str, source: str
) -> list[MetricRow]:
    counts = unmeasured(scope, look.run) if look.run else {}
    sources = metric_sources(look.session.store, definitions) if source else {}
    uses = Uses(definitions)
    rows = []
    for name, metric in definitions.metrics.items():
        words = metric_in_words(definitions, name)
        if source and source not in sources.get(name, ()):
            continue
        if not _hit(search, name, metric_label(metric), words, metric.description):
            continue
        mine = counts.get(name, {})
        accounts, measured = sum(mine.values()), mine.get(Reason.MEASURED, 0)
        rows.append(
            MetricRow(
                name=name,
                label=metric_label(metric),
                kind=kind_word(metric.kind),
                words=words,
                measured=measured,
                share=measured / accounts if accounts else None,
                uses=len(uses.of(name)),
            )
        )
    return rows


def kind_word(kind: str) -> str:
    """How a metric is measured."""
    return {
        "count": gettext("Count"),
        "distinct_users": gettext("Different users"),
        "active_days": gettext("Active days"),
        "breadth": gettext("Breadth"),
        "recency": gettext("Days since"),
        "tenure": gettext("Days as a customer"),
        "time_to_first": gettext("Days to the first"),
        "sum": gettext("Sum"),
        "avg": gettext("Mean"),
        "latest": gettext("Latest value"),
        "ratio": gettext("Ratio"),
        "change": gettext("Relative change"),
        "derived": gettext("Calculated"),
    }[kind]
