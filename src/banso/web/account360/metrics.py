"""All numbers of an account in one table: now, against four weeks ago, half a year as a line."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta

import numpy as np
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext

from banso.core.definitions.model import Label
from banso.core.definitions.money import is_money
from banso.core.health.describe import describe_field
from banso.core.health.in_words import metric_in_words
from banso.core.unmeasured import Reason
from banso.desk.search import matches
from banso.web.account360.labels import metric_label
from banso.web.account360.visit import Visit
from banso.web.components import spark
from banso.web.tags import number
from banso.web.why.made_of import address, value_of
from banso.web.why.values import Shown

WEEKS = 26
BACK = timedelta(days=28)


@dataclass(frozen=True)
class MetricRow:
    """change: against four weeks before, signed; '' where one side is unmeasured. rises: None
    where nothing changed or is unknown. why: address of its why. chart, page: of its history, as
    a part and as a whole page."""

    name: str
    label: Label
    about: Label
    value: Shown
    change: str
    rises: bool | None
    line: SafeString | str
    why: str
    chart: str
    page: str


@dataclass(frozen=True)
class Choice:
    """A score whose history can be shown. page, chart: as of MetricRow."""

    name: str
    label: Label
    chart: str
    page: str


@dataclass(frozen=True)
class MetricsTab:
    query: str
    rows: Sequence[MetricRow]
    total: int
    scores: Sequence[Choice]


def metrics_tab(visit: Visit, *, query: str) -> MetricsTab:
    names = [x for x in visit.definitions.metrics if _shown_to(visit, x)]
    found = [x for x in names if _matches(visit, x, query)]
    return MetricsTab(
        query=query,
        rows=[_row(visit, x) for x in found],
        total=len(names),
        scores=list(_scores(visit)),
    )


def first_choice(visit: Visit) -> str | None:
    """What is shown where nothing has been chosen: the first score, else the first metric."""
    scores = [x.name for x in _scores(visit)]
    names = [x for x in visit.definitions.metrics if _shown_to(visit, x)]
    return next(iter((*scores, *names)), None)


def _shown_to(visit: Visit, name: str) -> bool:
    return visit.scope.revenue or not is_money(visit.definitions, name)


def _matches(visit: Visit, name: str, query: str) -> bool:
    label = metric_label(visit.definitions.metrics[name])
    return not query or matches(query, name, label.en, label.ja)


def _scores(visit: Visit) -> Iterator[Choice]:
    for name, history in visit.one.histories.items():
        if history.applies.any():
            score = f"journey.{name}.score"
            label = describe_field(visit.definitions, score).label
            yield Choice(score, label, *_addresses(visit, score))


def _addresses(visit: Visit, name: str) -> tuple[str, str]:
    day = f"&as_of={visit.as_of}" if visit.travelled else ""
    chart = reverse("account_metric_chart", args=(visit.head.id, name)) + visit.carried
    return chart, f"{reverse('account_metrics', args=(visit.head.id,))}?metric={name}{day}"


def _row(visit: Visit, name: str) -> MetricRow:
    metric = visit.definitions.metrics[name]
    chart, page = _addresses(visit, name)
    change = _change(visit, name)
    return MetricRow(
        name=name,
        label=metric_label(metric),
        about=metric.description or metric_in_words(visit.definitions, name),
        value=value_of(visit, name, visit.as_of),
        change=_signed(visit, name, change),
        rises=None if not change else change > 0,
        line=_line(visit, name),
        why=address(visit, name, visit.as_of),
        chart=chart,
        page=page,
    )


def _change(visit: Visit, name: str) -> float | None:
    before = visit.as_of - BACK
    if before < visit.one.calendar.first:
        return None
    now, then = visit.one.told(name, visit.as_of).value, visit.one.told(name, before).value
    if not isinstance(now, float) or not isinstance(then, float):
        return None
    return now - then


def _signed(visit: Visit, name: str, change: float | None) -> str:
    """Of shares in points of a hundred. Up is not always better, so the sign is all."""
    if change is None:
        return ""
    percent = describe_field(visit.definitions, name).form == "percent"
    scaled = round(change * 100 if percent else change, 2)
    decimals = 0 if scaled == int(scaled) else 1
    shown = number(abs(scaled), decimals)
    sign = "±" if not scaled else "+" if scaled > 0 else "\N{MINUS SIGN}"
    words = gettext("%(change)s points") if percent and scaled else "%(change)s"
    return words % {"change": sign + shown}


def _line(visit: Visit, name: str) -> SafeString | str:
    column = visit.one.panel.column(name)
    if column.categories is not None:
        return ""
    last = visit.one.index(visit.as_of)
    at = np.arange(last - 7 * (WEEKS - 1), last + 1, 7)
    inside = np.maximum(at, 0)
    told = (at >= 0) & (column.reasons[0, inside] == Reason.MEASURED)
    found = zip(column.values[0, inside].tolist(), told.tolist(), strict=True)
    values = [float(value) if measured else None for value, measured in found]
    known = [x for x in values if x is not None]
    if not known:
        return ""
    low, high = min(known), max(known)
    if np.isclose(high, low):  # a line in the middle
        low, high = low - 1, high + 1
    words = gettext("%(weeks)s weeks, from %(first)s to %(last)s")
    said = words % {"weeks": WEEKS, "first": f"{known[0]:.6g}", "last": f"{known[-1]:.6g}"}
    return spark(values, low, high, said)
