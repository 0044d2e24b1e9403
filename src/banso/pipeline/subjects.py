"""Whose time is up, with what came of it and with what was known of them before: one entry for
each account and rule, by which effects are reckoned."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from banso.core.definitions.model import Rule
from banso.core.definitions.plays import Play
from banso.core.expressions import fields
from banso.core.metrics import Panel
from banso.core.rules.truth import rule_journey
from banso.core.rules.verdicts import HIT, MISS, OUTSIDE, Verdicts
from banso.core.unmeasured import Column, Reason
from banso.core.value.expectation import ENOUGH, Came, Why, judge
from banso.desk.queries.proof import Action, Drawn
from banso.pipeline.gather import Inputs

BEFORE_DAYS = 28
"""How long before the alert the past is looked at, and how long after it health."""
TO_ACT_DAYS = 14
"""An alert that is done within so many days counts as acted on; what came about meanwhile counts
for neither side, or the acted on would be those who lived long enough to be (Anderson, Cain,
Gelber, "Analysis of survival by tumor response", Journal of Clinical Oncology 1, 1983)."""

Fate = Literal["yes", "no", "open", "unmeasured", "outside"]
"""Whether it came about in time. open: there is still time. outside: it could not come about."""


@dataclass(frozen=True)
class Facts:
    """covariates: the most telling first, NaN where unmeasured. past: the score before, which no
    action can have changed."""

    covariates: tuple[float, ...]
    past: float


@dataclass(frozen=True)
class Enrolled:
    """An account that was drawn; fates: by target ('' is the expectation)."""

    held_out: bool
    same_version: bool
    day: int
    fates: Mapping[str, Fate]
    facts: Facts


@dataclass(frozen=True)
class Acted:
    """The first alert of an account that was told, or its first entry into a play. score,
    score_after: health on that day and BEFORE_DAYS later, NaN where unmeasured."""

    done: bool
    fates: Mapping[str, Fate]
    facts: Facts
    score: float
    score_after: float


@dataclass(frozen=True)
class Subjects:
    """One rule or play on one panel. rows: of accounts by key. expected, outcome, known: None where
    it has none. known: reasons of the days on which the outcome could not be told. settling,
    within: days of the outcome."""

    inputs: Inputs
    panel: Panel
    tested: Rule | Play
    rows: Mapping[str, int]
    expected: Column | None
    outcome: Verdicts | None
    known: NDArray[np.uint8] | None
    settling: int
    within: int

    @cached_property
    def score(self) -> Column | None:
        """Of the rule's journey, else of the first one."""
        definitions = self.inputs.definitions
        own = rule_journey(definitions, self.tested) if isinstance(self.tested, Rule) else None
        journey = own or next(iter(definitions.journeys), "")
        return self.panel.column(f"journey.{journey}.score") if journey else None

    @cached_property
    def columns(self) -> Sequence[Column]:
        """Covariates of the day: health, the numbers that the rule speaks of (of a play: that it
        expects), ARR, segments."""
        definitions = self.inputs.definitions
        named = sorted(fields(definitions.condition(x).root) if (x := self._spoken) else ())
        numbers = [self.panel.columns[x] for x in named if x in self.panel.columns]
        telling = [x for x in numbers if x.categories is None]
        segments = [self.panel.column(f"segment.{x}") for x in definitions.segments]
        return [*([self.score] if self.score else ()), *telling, *segments]

    @property
    def longest(self) -> int:
        """Days until all that it is judged by is over."""
        return max(self.within, self.tested.expect.within_days if self.tested.expect else 0)

    @property
    def _spoken(self) -> str:
        """The condition whose numbers tell the most beforehand."""
        if isinstance(self.tested, Rule):
            return self.tested.when
        return self.tested.expect.condition if self.tested.expect else ""

    def facts(self, row: int, day: int) -> Facts:
        found = [_value(x, row, day) for x in self.columns]
        found.insert(1, float(np.log1p(_value(self.panel.column("contract.arr"), row, day))))
        return Facts(tuple(found), _value(self.score, row, day - BEFORE_DAYS))

    def fates(self, row: int, day: int, *, less: int = 0) -> Mapping[str, Fate]:
        """From `day` on; less: days of the expectation's time that are over by then."""
        found: dict[str, Fate] = {}
        if self.outcome is not None and self.tested.outcome is not None:
            found[self.tested.outcome] = self.happened(self.outcome, row, day)
        expect = self.tested.expect
        if self.expected is not None and expect is not None and expect.within_days > less:
            within = expect.within_days - less
            found[""] = fate(self.expected, row, day, within)
        return found

    def happened(self, outcome: Verdicts, row: int, day: int) -> Fate:
        """Whether the outcome came about after an alert of that day."""
        verdict = outcome.verdict[row, day]
        if verdict == OUTSIDE:
            return "outside"
        # it is known earlier of those to whom it happens: they wait for the others
        if day + self.within + self.settling >= self.inputs.calendar.days:
            return "open"
        why = self.known[row, day : day + self.within + 1] if self.known is not None else ()
        if np.any(np.greater(why, Reason.NOT_APPLICABLE)):
            return "unmeasured"
        return "yes" if verdict == HIT else "no" if verdict == MISS else "unmeasured"


def fate(expected: Column, row: int, day: int, within: int) -> Fate:
    """Whether an expectation came about within days after one, for the purpose of comparing."""
    if day + within >= expected.values.shape[1]:
        return "open"
    judged = judge(expected, row, opened=day, within=within)
    if judged.why is Why.HELD_ALREADY:
        return "outside"
    # whatever is found on the days that are measured: else only those that reached it would count
    if expected.measured[row, day + 1 : day + within + 1].mean() < ENOUGH:
        return "unmeasured"
    fates: Mapping[Came, Fate] = {Came.REACHED: "yes", Came.NOT_REACHED: "no"}
    return fates.get(judged.came, "unmeasured")


def _value(column: Column | None, row: int, day: int) -> float:
    """NaN where unmeasured, and outside of the axis."""
    if column is None or not 0 <= day < column.values.shape[1] or column.reasons[row, day]:
        return float("nan")
    return float(column.values[row, day])


def enrolled(subjects: Subjects, drawn: Mapping[str, Drawn], version: str) -> Iterator[Enrolled]:
    """Accounts that were drawn while the axis lasts."""
    for account, row in subjects.rows.items():
        arm = drawn.get(account)
        day = subjects.inputs.calendar.index(arm.drawn_on) if arm else -1
        if arm is not None and 0 <= day < subjects.inputs.calendar.days:
            yield Enrolled(
                held_out=arm.held_out,
                same_version=arm.version == version,
                day=day,
                fates=subjects.fates(row, day),
                facts=subjects.facts(row, day),
            )


def acted(subjects: Subjects, actions: Mapping[str, Sequence[Action]]) -> Iterator[Acted]:
    """The first alert of each account that was told one, once there was time to act."""
    calendar = subjects.inputs.calendar
    for account, row in subjects.rows.items():
        first = next((x for x in actions.get(account, ()) if not x.withheld), None)
        day = calendar.index(first.opened_on) if first else -1
        if first is None or day < 0 or day + TO_ACT_DAYS >= calendar.days:
            continue
        done = first.done_on is not None and (first.done_on - first.opened_on).days <= TO_ACT_DAYS
        yield Acted(
            done=done,
            fates=subjects.fates(row, day + TO_ACT_DAYS, less=TO_ACT_DAYS),
            facts=subjects.facts(row, day),
            score=_value(subjects.score, row, day),
            score_after=_value(subjects.score, row, day + BEFORE_DAYS),
        )


def begun(subjects: Subjects, entries: Mapping[str, Sequence[date]]) -> Iterator[Acted]:
    """The first entry of each account into a play, whoever began it: compared with nobody."""
    calendar = subjects.inputs.calendar
    for account, row in subjects.rows.items():
        first = next(iter(entries.get(account, ())), None)
        day = calendar.index(first) if first else -1
        if first is not None and 0 <= day < calendar.days:
            yield Acted(
                done=True,
                fates={},
                facts=subjects.facts(row, day),
                score=_value(subjects.score, row, day),
                score_after=_value(subjects.score, row, day + BEFORE_DAYS),
            )
