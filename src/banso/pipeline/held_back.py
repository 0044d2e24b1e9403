"""What the weekly budget held back, and whether that was right: what came after these alerts,
beside what came after those that were told in time."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from banso.core.definitions import Definitions
from banso.core.rules import budget
from banso.core.value.told import After, Order, after_code, order
from banso.desk.models.episode import TAKEN_BACK
from banso.desk.queries.held_back import TellingRow, paused_spans
from banso.desk.queries.value_figures import Counting
from banso.pipeline.business_days import telling_days

MONTHS = 15
"""A year, and the quarter before it to compare the newest one with."""


@dataclass(frozen=True)
class Month:
    """Alerts that opened in a month (its first day), of rules that were not paused.

    held_back: not told in the week in which they could have been first, or never. told: the rest.
    """

    month: date
    held_back: After
    told: After


def held_back(counted: Counting) -> Sequence[Month]:
    """Of the month of the day up to which alerts are counted and of those before, the newest
    first."""
    found = counted.afters()
    months = last_months(counted.figures.as_of)
    return [Month(x, *found.get(x, (After(), After()))) for x in months]


@dataclass(frozen=True)
class OfRule:
    """As Month, of one rule in all these months."""

    rule: str
    held_back: After
    told: After


def held_back_of_rules(counted: Counting) -> Sequence[OfRule]:
    """Rules of which any alert was held back, most right ones first."""
    found = [OfRule(rule, *of) for rule, of in counted.afters_of_rules().items()]
    held = [x for x in found if x.held_back.alerts]
    return sorted(held, key=lambda x: (-x.held_back.right, -x.held_back.alerts, x.rule))


def was_it_right(months: Sequence[Month]) -> Order:
    """Of all these months."""
    both = (sum((of(x) for x in months), After()) for of in (_held, _told))
    return order(*both)


def _held(month: Month) -> After:
    return month.held_back


def _told(month: Month) -> After:
    return month.told


def telling(definitions: Definitions, *, first: date, as_of: date) -> Callable[[TellingRow], int]:
    """What `core.value.columns.Alerts.told` says of an alert that opened from `first` on. Two
    queries."""
    days = telling_days(definitions, first=first, last=as_of)
    any_time = {x.name for x in definitions.rules.values() if x.any_time}
    paused = paused_spans(zone=definitions.organisation.time_zone)

    def code(row: TellingRow) -> int:
        if row.opened_on > as_of or row.closed_because == TAKEN_BACK:
            return 0
        day = budget.first_day(row.opened_on, any_day=row.rule in any_time, days=days)
        held = budget.held_back(row.told_on, row.closed_on, first=day)
        if row.told_on is None and not held:
            return 0  # over before it could be told, or its first day is to come
        if held and _paused(row, day, paused):
            return 0
        return after_code(WORDS.get(row.came, "unmeasured"), held=held)

    return code


WORDS: Mapping[str | None, str] = {"yes": "right", "no": "wrong", "open": "open"}


def last_months(as_of: date) -> Sequence[date]:
    """Their first days, the newest first."""
    number = as_of.year * 12 + as_of.month - 1
    return [date((number - n) // 12, (number - n) % 12 + 1, 1) for n in range(MONTHS)]


def _paused(
    row: TellingRow, first: date | None, spans: Sequence[tuple[str, date, date | None]]
) -> bool:
    return first is not None and any(
        rule == row.rule and since <= first and (until is None or until >= first)
        for rule, since, until in spans
    )
