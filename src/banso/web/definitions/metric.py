"""The page of one metric: what it is, how it is spread, what it is compared with, who uses it."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from django.utils.translation import gettext

from banso.core.definitions import Definitions
from banso.core.definitions.excerpt import Excerpt
from banso.core.definitions.model import Label
from banso.core.definitions.money import is_money
from banso.core.definitions.uses import Threshold, Uses
from banso.core.health.in_words import metric_in_words
from banso.core.unmeasured import Reason
from banso.desk.queries.distribution import Distribution, Extreme, Mark, distribution
from banso.desk.queries.scope import Scope
from banso.pipeline.sources import metric_sources
from banso.web.account360.labels import metric_label
from banso.web.charts.histogram import Line, Show, bars, options
from banso.web.data.overview import source_label
from banso.web.definitions.course import Developed, developed
from banso.web.definitions.listing import kind_word
from banso.web.definitions.places import Place, named, place, value_words, written
from banso.web.house import Look
from banso.web.tags import number, percent

SIGNS = {">=": "≥", "<=": "≤", ">": ">", "<": "<", "=": "=", "!=": "≠", "not between": "∉"}
COLOURS = {
    "condition": "--chart-3",
    "stage": "--chart-2",
    "rule": "--chart-4",
    "outcome": "--chart-4",
    "play": "--chart-4",
    "segment": "--chart-5",
    "journey": "--chart-5",
}
ENDS = {"good": "--healthy-mark", "poor": "--at-risk-mark"}


@dataclass(frozen=True)
class ThresholdRow:
    """name: its number at the line in the chart. met: accounts that meet it, None where that is no
    question (ends of points) or not known; share: of those measured."""

    name: str
    words: str
    places: Sequence[Place]
    met: int | None
    share: float | None


@dataclass(frozen=True)
class End:
    """One of the lowest or highest accounts."""

    extreme: Extreme
    value: str


@dataclass(frozen=True)
class Ends:
    """shared: how many accounts have the outermost value; more than are listed: then that is all
    there is to say. value: that value."""

    ends: Sequence[End]
    shared: int
    value: str

    @property
    def told(self) -> bool:
        return self.shared <= len(self.ends)


@dataclass(frozen=True)
class Figure:
    word: str
    value: str


@dataclass(frozen=True)
class Spread:
    """How it is spread over the accounts in scope. chart, table: None where nothing is measured as
    a number. texts: of a metric that is text."""

    accounts: int
    measured: int
    share: float | None
    reasons: Sequence[tuple[Reason, int]]
    figures: Sequence[Figure]
    chart: dict[str, Any] | None
    table: tuple[Sequence[str], Sequence[Sequence[str]]] | None
    picture: str
    highest: Ends
    lowest: Ends
    texts: Sequence[tuple[str, int]]


@dataclass(frozen=True)
class MetricPage:
    """spread: None before the first run that knew it, or where it is hidden: amounts of money.
    developed: None for those too who do not see every account."""

    name: str
    label: Label
    description: Label | None
    unit: Label | None
    kind: str
    words: Label
    excerpt: Excerpt | None
    made_from: Sequence[Place]
    sources: Sequence[tuple[str, Label]]
    used: Sequence[Place]
    hidden: bool
    spread: Spread | None
    developed: Developed | None
    thresholds: Sequence[ThresholdRow]


def metric_page(scope: Scope, look: Look, definitions: Definitions, name: str) -> MetricPage:
    metric = definitions.metrics[name]
    uses = Uses(definitions)
    groups = _groups(uses.thresholds(name))
    hidden = not scope.revenue and is_money(definitions, name)
    found = None
    if look.run is not None and not hidden:
        found = distribution(scope, look.run, name, marks=list(groups))
    sources = metric_sources(look.session.store, definitions).get(name, frozenset())
    return MetricPage(
        name=name,
        label=metric_label(metric),
        description=metric.description,
        unit=metric.unit,
        kind=kind_word(metric.kind),
        words=metric_in_words(definitions, name),
        excerpt=written("metric", name),
        made_from=named(definitions, definitions.metric_needs(name)),
        sources=[(x, source_label(definitions.sources.get(x), x)) for x in sorted(sources)],
        used=[place(definitions, use) for use in uses.of(name)],
        hidden=hidden,
        spread=_spread(definitions, name, found, groups) if found else None,
        developed=developed(scope, look, definitions, name) if found else None,
        thresholds=_thresholds(definitions, name, groups, found),
    )


Groups = dict[Mark, list[Threshold]]


def _groups(thresholds: Sequence[Threshold]) -> Groups:
    """The same comparison in several places is one threshold; in order of value."""
    found: Groups = {}
    for threshold in sorted(thresholds, key=lambda x: x.value):
        found.setdefault(Mark(threshold.operator, threshold.value), []).append(threshold)
    return found


def _thresholds(
    definitions: Definitions, metric: str, groups: Groups, found: Distribution | None
) -> list[ThresholdRow]:
    rows = []
    for at, (mark, thresholds) in enumerate(groups.items(), 1):
        met = found.met.get(mark) if found else None
        places = [place(definitions, x.use) for x in thresholds]
        rows.append(
            ThresholdRow(
                name=str(at),
                words=_words(definitions, metric, mark),
                places=list(dict.fromkeys(places)),
                met=met,
                share=None if not found or met is None else met / max(found.measured, 1),
            )
        )
    return rows


def _words(definitions: Definitions, metric: str, mark: Mark) -> str:
    value = value_words(definitions, metric, mark.value)
    if mark.operator == "good":
        return gettext("%(value)s: all points") % {"value": value}
    if mark.operator == "poor":
        return gettext("%(value)s: no points") % {"value": value}
    if mark.operator == "between":
        return gettext("%(value)s: an end of the range") % {"value": value}
    return f"{SIGNS.get(mark.operator, mark.operator)} {value}"


def _spread(definitions: Definitions, name: str, found: Distribution, groups: Groups) -> Spread:
    show = partial(value_words, definitions, name)
    bare = _bare(definitions, name)
    lines = [
        Line(mark.value, mark.operator, str(at), _colour(mark, thresholds))
        for at, (mark, thresholds) in enumerate(groups.items(), 1)
    ]
    histogram = found.histogram
    return Spread(
        accounts=found.accounts,
        measured=found.measured,
        share=found.measured / found.accounts if found.accounts else None,
        reasons=sorted(found.reasons.items(), reverse=True),
        figures=_figures(found, show),
        chart=options(histogram, lines, bare) if histogram else None,
        table=(
            (gettext("Value"), gettext("Accounts")),
            [(bar.label, number(bar.accounts)) for bar in bars(histogram, bare)],
        )
        if histogram
        else None,
        picture=gettext("How many accounts have which value, with the thresholds as lines"),
        highest=_ends(found.highest, found.at_highest, show),
        lowest=_ends(found.lowest, found.at_lowest, show),
        texts=list(found.texts.items()),
    )


def _ends(extremes: Sequence[Extreme], shared: int, show: Show) -> Ends:
    ends = [End(x, show(x.value)) for x in extremes]
    return Ends(ends, shared, ends[0].value if ends else "")


def _bare(definitions: Definitions, name: str) -> Show:
    """Values on the axis go without their unit, but not without their percent sign."""
    unit = definitions.metrics[name].unit
    if unit is None and definitions.metrics[name].kind in ("ratio", "change"):
        return partial(value_words, definitions, name)
    return lambda value: number(value, 0 if value == int(value) else 3)


def _colour(mark: Mark, thresholds: Sequence[Threshold]) -> str:
    return ENDS.get(mark.operator) or COLOURS[thresholds[0].use.kind]


def _figures(found: Distribution, show: Show) -> list[Figure]:
    share = found.measured / found.accounts if found.accounts else None
    figures = [Figure(gettext("Measured for"), percent(share) or "–")]
    if found.quartiles is None:
        return figures
    least, lower, middle, upper, most = (show(x) for x in found.quartiles)
    return [
        *figures,
        Figure(gettext("Median"), middle),
        Figure(gettext("Middle half"), f"{lower} – {upper}"),
        Figure(gettext("Lowest and highest"), f"{least} – {most}"),
    ]
