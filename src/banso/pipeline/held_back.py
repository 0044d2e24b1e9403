"""What the weekly budget held back, and whether that was right: what came after these alerts,
beside what came after those that were told in time."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from banso.core.definitions import Definitions
from banso.core.rules import budget
from banso.desk.queries.held_back import TellingRow, paused_spans, tellings
from banso.desk.queries.scope import Scope
from banso.pipeline.business_days import telling_days

MONTHS = 15
"""A year, and the quarter before it to compare the newest one with."""


@dataclass(frozen=True)
class After:
    """Alerts by what came after them. right: the outcome that the rule is there for came about in
    its time; wrong: it did not. open: that time is not over. unmeasured: nobody can say, as it
    was not measured, could not come about, or the rule names no outcome."""

    alerts: int = 0
    right: int = 0
    wrong: int = 0
    open: int = 0
    unmeasured: int = 0

    @property
    def share(self) -> float | None:
        """Right of those that are judged."""
        judged = self.right + self.wrong
        return self.right / judged if judged else None


@dataclass(frozen=True)
class Month:
    """Alerts that opened in a month (its first day), of rules that were not paused.

    held_back: not told in the week in which they could have been first, or never. told: the rest.
    """

    month: date
    held_back: After
    told: After


def held_back(scope: Scope, definitions: Definitions, *, as_of: date) -> Sequence[Month]:
    """Of the month of that day and of those before, the newest first. Two queries."""
    months = last_months(as_of)
    rows = tellings(scope, since=months[-1], until=as_of)
    days = telling_days(definitions, first=months[-1], last=as_of)
    any_time = {x.name for x in definitions.rules.values() if x.any_time}
    paused = paused_spans(zone=definitions.organisation.time_zone)
    counts: Mapping[tuple[date, bool], Counter[str]] = {
        (x, held): Counter() for x in months for held in (True, False)
    }
    for row in rows:
        first = budget.first_day(row.opened_on, any_day=row.rule in any_time, days=days)
        held = budget.held_back(row.told_on, row.closed_on, first=first)
        if row.told_on is None and not held:
            continue  # over before it could be told, or its first day is to come
        if held and _paused(row, first, paused):
            continue
        counts[row.opened_on.replace(day=1), held][WORDS.get(row.came, "unmeasured")] += 1
    return [Month(x, _after(counts[x, True]), _after(counts[x, False])) for x in months]


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


def _after(counts: Counter[str]) -> After:
    return After(alerts=counts.total(), **counts)
