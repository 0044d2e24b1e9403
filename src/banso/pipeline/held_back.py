"""What the weekly budget held back, and whether that was right: what came after these alerts,
beside what came after those that were told in time."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from banso.core.definitions import Definitions
from banso.core.rules.budget import monday
from banso.desk.queries.held_back import TellingRow, paused_spans, tellings
from banso.desk.queries.scope import Scope
from banso.pipeline.business_days import business_day_after

MONTHS = 6


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
    first = {x: business_day_after(definitions, x, 0) for x in {row.opened_on for row in rows}}
    paused = paused_spans()
    counts: Mapping[tuple[date, bool], Counter[str]] = {
        (x, held): Counter() for x in months for held in (True, False)
    }
    for row in rows:
        due = first[row.opened_on]
        held = row.told_on is None or monday(row.told_on) > monday(due)
        if held and (_over(row, due) or _paused(row, due, paused)):
            continue
        counts[row.opened_on.replace(day=1), held][WORDS.get(row.came, "unmeasured")] += 1
    return [Month(x, _after(counts[x, True]), _after(counts[x, False])) for x in months]


WORDS: Mapping[str | None, str] = {"yes": "right", "no": "wrong", "open": "open"}


def last_months(as_of: date) -> Sequence[date]:
    """Their first days, the newest first."""
    number = as_of.year * 12 + as_of.month - 1
    return [date((number - n) // 12, (number - n) % 12 + 1, 1) for n in range(MONTHS)]


def _over(row: TellingRow, due: date) -> bool:
    """Closed before the first day on which it could have been told: no budget held it back."""
    return row.closed_on is not None and row.closed_on <= due


def _paused(row: TellingRow, due: date, spans: Sequence[tuple[str, date, date | None]]) -> bool:
    return any(
        rule == row.rule and since <= due and (until is None or until >= due)
        for rule, since, until in spans
    )


def _after(counts: Counter[str]) -> After:
    return After(alerts=counts.total(), **counts)
