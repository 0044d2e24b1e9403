"""How a metric has developed: its mean over the customers, week by week, and in segments."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import isnan
from typing import Any

from django.utils.translation import gettext

from banso.core.definitions import Definitions
from banso.core.metrics.summary import EVERYBODY
from banso.desk.models import Reach
from banso.desk.queries.scope import Scope
from banso.pipeline.kept_history import Course, courses
from banso.store.histories import HistoryError
from banso.web.account360.labels import segment_label
from banso.web.definitions.places import value_words
from banso.web.house import Look
from banso.web.tags import day, text

MOST = 5
"""Lines in one picture: everybody, and the largest segments."""
WEEK = 7
DECIMALS = 4


@dataclass(frozen=True)
class Developed:
    """options: of the chart, None where the kept history can't be read. table: headings and rows,
    newest first."""

    options: Mapping[str, Any] | None
    table: tuple[Sequence[str], Sequence[Sequence[str]]]


def developed(scope: Scope, look: Look, definitions: Definitions, metric: str) -> Developed | None:
    """None for readers who do not see every account, since it is of all; before the first run; and
    for a metric that is a text."""
    if scope.reach is not Reach.ALL:
        return None
    try:
        found = _largest(courses(look.session.home, metric))
    except HistoryError:
        return Developed(None, ((), ()))
    if not found or not any(x.measured.any() for x in found):
        return None
    names = [_name(definitions, x.segment) for x in found]
    at = range(len(found[0].days) - 1, -1, -WEEK)
    rows = [
        [day(found[0].days[x]), *(_words(definitions, metric, c.mean[x]) for c in found)]
        for x in at
    ]
    return Developed(_options(found, names), ([gettext("Day"), *names], rows))


def _largest(found: Sequence[Course]) -> Sequence[Course]:
    """Everybody, then the segments with most customers on the last day."""
    order = sorted(found, key=lambda x: (x.segment != EVERYBODY, -int(x.customers[-1]), x.segment))
    return order[:MOST]


def _name(definitions: Definitions, segment: str) -> str:
    if segment == EVERYBODY:
        return gettext("All customers")
    known = definitions.segments.get(segment)
    return text(segment_label(known)) if known else segment


def _words(definitions: Definitions, metric: str, mean: float) -> str:
    return "" if isnan(mean) else value_words(definitions, metric, float(mean))


def _options(found: Sequence[Course], names: Sequence[str]) -> Mapping[str, Any]:
    series = []
    for course, name in zip(found, names, strict=True):
        at = range((len(course.days) - 1) % WEEK, len(course.days), WEEK)
        means = [float(course.mean[x]) for x in at]
        points = [
            [str(course.days[x]), None if isnan(mean) else round(mean, DECIMALS)]
            for x, mean in zip(at, means, strict=True)
        ]
        series.append({"type": "line", "name": name, "data": points, "showSymbol": False})
    return {
        "legend": {"type": "scroll", "left": 40, "right": 12},
        "xAxis": {"type": "time"},
        "yAxis": {"type": "value", "scale": True},
        "series": series,
    }
