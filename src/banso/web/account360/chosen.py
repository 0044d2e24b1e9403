"""One number of an account over the whole history, with what happened meanwhile."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
from django.utils.translation import gettext

from banso.core.definitions.model import Label
from banso.core.definitions.money import is_money
from banso.core.health.describe import describe_field
from banso.core.health.in_words import metric_in_words
from banso.core.unmeasured import Column, Reason
from banso.desk.queries.account import AccountAlert, account_alerts
from banso.desk.queries.definitions import applied_sets
from banso.pipeline.one_account import Told
from banso.web.account360.labels import journey_label, stage_label
from banso.web.account360.visit import Visit
from banso.web.charts.history import Line, Mark, Options, kind_word, options, score_options
from banso.web.components import reason_words
from banso.web.house import zone_of
from banso.web.tags import day, text
from banso.web.why.made_of import address
from banso.web.why.values import shown

SETS = 100
SCORE = "score"


@dataclass(frozen=True)
class Happened:
    """A mark in words."""

    day: date
    kind: str
    text: str


@dataclass(frozen=True)
class Chosen:
    """options: the picture's; None where there is none (`nothing` says why). table: headings and
    rows, a row a week. address: of the number's why."""

    name: str
    label: Label
    about: Label | None
    options: Options | None
    nothing: str
    said: str
    table: tuple[Sequence[str], Sequence[Sequence[str]]]
    happened: Sequence[Happened]
    address: str
    weekly: bool

    @property
    def chart_id(self) -> str:
        """Another one for every number: htmx hands attributes on to what has the same id."""
        return f"history-{self.name}"


class NoChartError(LookupError):
    """No metric and no score has this name, or it is not for this reader."""


def chosen(visit: Visit, name: str) -> Chosen:
    """Raises NoChartError."""
    score = name.startswith("journey.") and name.endswith(f".{SCORE}")
    journey = name.split(".")[1] if score else ""
    known = journey in visit.definitions.journeys if score else name in visit.definitions.metrics
    if not known or (is_money(visit.definitions, name) and not visit.scope.revenue):
        raise NoChartError(name)
    column = visit.one.panel.column(name)
    described = describe_field(visit.definitions, name)
    marks = list(_marks(visit, journey))
    line = (
        None if column.categories is not None else _line(visit, name, column, text(described.label))
    )
    today = visit.as_of if visit.travelled else None
    return Chosen(
        name=name,
        label=described.label,
        about=None if score else metric_in_words(visit.definitions, name),
        options=_picture(visit, line, marks, journey, today) if line else None,
        nothing=_nothing(column),
        said=_said(visit, text(described.label)),
        table=_table(visit, name, column),
        happened=[Happened(x.day, kind_word(x.kind), x.text) for x in reversed(marks)],
        address=address(visit, name, visit.as_of),
        weekly=line is not None and line.step > 1,
    )


def _line(visit: Visit, name: str, column: Column, label: str) -> Line:
    described = describe_field(visit.definitions, name)
    percent = described.form == "percent"
    values = column.values[0].astype(np.float64)
    return Line(
        name=label,
        first=visit.one.calendar.first,
        values=values,
        reasons=column.reasons[0],
        figures={"style": "percent", "maximumFractionDigits": 1} if percent else {},
    )


def _picture(
    visit: Visit, line: Line, marks: Sequence[Mark], journey: str, today: date | None
) -> Options | None:
    if not journey:
        measured = bool((line.reasons == Reason.MEASURED).any())
        return options(line, marks, today=today) if measured else None
    defined = visit.definitions.journeys[journey]
    history = visit.one.histories[journey]
    if not history.applies.any():
        return None
    line = Line(line.name, line.first, history.score[0], line.reasons, line.figures)
    return score_options(
        line,
        marks,
        history.colour[0],
        watch=defined.watch,
        healthy=defined.healthy,
        today=today,
    )


def _nothing(column: Column) -> str:
    if column.categories is not None:
        return gettext("This metric is a text, so there is no line to draw.")
    reason = reason_words(int(column.reasons[0, -1]))
    return gettext("Never measured for this account: %(reason)s.") % {"reason": reason}


def _said(visit: Visit, label: str) -> str:
    words = gettext("%(number)s from %(first)s to %(last)s")
    calendar = visit.one.calendar
    return words % {"number": label, "first": day(calendar.first), "last": day(calendar.last)}


def _table(
    visit: Visit, name: str, column: Column
) -> tuple[Sequence[str], Sequence[Sequence[str]]]:
    """One row a week, newest first."""
    calendar = visit.one.calendar
    words: dict[Told, str] = {}  # most weeks are like another one
    rows = []
    for index in range(calendar.days - 1, -1, -7):
        when = calendar.as_of(index)
        told = visit.one.told(name, when)
        if told not in words:
            words[told] = _said_value(visit, name, told)
        rows.append((day(when), words[told]))
    return (gettext("Day"), gettext("Value")), rows


def _said_value(visit: Visit, name: str, told: Told) -> str:
    if told.reason is not Reason.MEASURED:
        return reason_words(told.reason)
    value = shown(visit.definitions, name, told)
    return f"{value.text} {value.unit}".strip()


def _marks(visit: Visit, journey: str) -> Iterator[Mark]:
    """What happened in the history, oldest first; of one journey where the number is its score."""
    first, last = visit.one.calendar.first, visit.one.calendar.last
    found = [*_stages(visit, journey), *_alerts(visit, journey, last), *_definitions(visit)]
    yield from sorted((x for x in found if first <= x.day <= last), key=lambda x: x.day)


def _stages(visit: Visit, only: str) -> Iterator[Mark]:
    several = len(visit.definitions.journeys) > 1 and not only
    for name, found in visit.one.changes().items():
        if only and name != only:
            continue
        journey = visit.definitions.journeys[name]
        for change in found:
            if change.what != "stage":
                continue
            stage = gettext("left the journey")
            if change.after:
                stage = text(stage_label(journey, change.after))
            told = f"{text(journey_label(journey))}: {stage}" if several else stage
            yield Mark(visit.one.calendar.as_of(change.day), "stage", told)


def _alerts(visit: Visit, only: str, last: date) -> Iterator[Mark]:
    for alert in account_alerts(visit.scope, visit.head.id, until=last):
        if only and alert.journey not in ("", only):
            continue
        yield Mark(alert.opened_on, "opened", _named(alert))
        if alert.closed_on is not None:
            yield Mark(alert.closed_on, "closed", _named(alert))


def _named(alert: AccountAlert) -> str:
    labels: Mapping[str, str] = alert.label
    return text(labels) or alert.rule


def _definitions(visit: Visit) -> Iterator[Mark]:
    """Sets that may have changed numbers; they hold for the whole history, not only from then."""
    zone = zone_of(visit.definitions)
    for found in applied_sets(most=SETS):
        if not found.labels_only:
            when = found.applied_at.astimezone(zone).date()
            yield Mark(when, "definitions", found.why or found.applied_by)
