"""Accounts judged again as facts come, from a state that is kept open. What new facts of the last
days can change is told alone; late facts cost the whole history of their accounts."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from pyarrow.lib import RecordBatch

from banso.core.health.assess import assess, remember
from banso.core.health.history import JourneyHistory
from banso.core.health.memory import Memory
from banso.core.metrics.live import Live
from banso.core.metrics.panel import Panel
from banso.core.metrics.plan import MetricPlan
from banso.core.rules.episodes import Folded, State, fold, n_of_m, remembered
from banso.core.rules.truth import truth

RECENT_DAYS = 7
"""The last as_of days, whose episodes are told."""
BLOCK = 250
"""Accounts whose whole histories are in memory at a time while it is opened."""
Rows = NDArray[np.int64]


@dataclass(frozen=True)
class Judged:
    """What is known of some accounts (rows of the state, ascending).

    panel: completed by `assess`, of all as_of days or of the last ones. histories: of each journey
    on those days. folded: what opened and closed from `Axis.start` on, by rule, as a replay of
    all days has it; days are indices of the plan's calendar.
    """

    rows: Rows
    panel: Panel
    histories: Mapping[str, JourneyHistory]
    folded: Mapping[str, Folded]


@dataclass(frozen=True)
class Axis:
    """begin: the first as_of day that is told when only the last ones are. start: the first one
    whose episodes are told; the days between are those that rules look back at."""

    begin: int
    start: int

    @classmethod
    def of(cls, plan: MetricPlan, recent: int) -> "Axis":
        looks_back = max((n_of_m(x)[1] - 1 for x in plan.definitions.rules.values()), default=0)
        start = max(plan.org.calendar.days - recent, 0)
        return cls(max(start - looks_back, 0), start)


@dataclass(frozen=True)
class Past:
    """What is remembered of some accounts. journeys: at the end of the day before `Axis.begin`.
    rules: of the day before `Axis.start`, on an axis from `Axis.begin` on."""

    journeys: Mapping[str, Memory]
    rules: Mapping[str, State]

    def of(self, rows: Rows) -> "Past":
        return Past(
            {name: x.of(rows) for name, x in self.journeys.items()},
            {name: x.of(rows) for name, x in self.rules.items()},
        )

    def put(self, rows: Rows, other: "Past") -> None:
        for name, memory in self.journeys.items():
            memory.put(rows, other.journeys[name])
        for name, state in self.rules.items():
            state.put(rows, other.rules[name])

    @classmethod
    def joined(cls, parts: Sequence["Past"]) -> "Past":
        """Of several groups of accounts, one after the other; at least one."""
        one = parts[0]
        return cls(
            {name: Memory.joined([x.journeys[name] for x in parts]) for name in one.journeys},
            {name: State.joined([x.rules[name] for x in parts]) for name in one.rules},
        )


@dataclass(frozen=True)
class Watch:
    """The open state of many accounts, and what their journeys and rules remember of the days
    before the last ones. What it tells is what a full reading would tell, bit for bit.

    It is made anew when `live` is: that takes as long as judging all days of all accounts.
    """

    live: Live
    axis: Axis
    past: Past

    @classmethod
    def of(cls, live: Live, *, recent: int = RECENT_DAYS) -> "Watch":
        """recent: how many of the last as_of days are told."""
        axis = Axis.of(live.plan, recent)
        every = np.arange(len(live.accounts.accounts))
        groups = (every[first : first + BLOCK] for first in range(0, max(len(every), 1), BLOCK))
        return cls(live, axis, Past.joined([whole(live, axis, rows)[1] for rows in groups]))

    def told_by(self, plan: MetricPlan) -> "Watch":
        """See `Live.told_by`. What is remembered stays where the plan says the same of the days
        before the last ones; otherwise it is made anew."""
        live, start = self.live.told_by(plan), self.axis.start
        if said_of(self.live.plan, upto=start) == said_of(plan, upto=start):
            return replace(self, live=live)
        return Watch.of(live, recent=plan.org.calendar.days - start)

    def take(self, batch: RecordBatch) -> tuple[Judged, ...]:
        """Facts that are new, late ones too; each once. What is known now of the accounts that
        they are about: at most one part for those with late facts and one for the others."""
        touched = self.live.take(batch)
        late = touched.since + 1 < self.axis.start
        parts = (
            (self.again, touched.rows[late]),
            (self.newest, touched.rows[~late]),
        )
        return tuple(told(rows) for told, rows in parts if len(rows))

    def again(self, rows: Rows) -> Judged:
        """These accounts (ascending, at least one) on all days, whatever has happened to their
        facts (see `Live.retake`)."""
        judged, past = whole(self.live, self.axis, rows)
        self.past.put(rows, past)
        return judged

    def newest(self, rows: Rows) -> Judged:
        """These accounts (ascending, at least one) on the last days."""
        definitions, begin = self.live.plan.definitions, self.axis.begin
        past = self.past.of(rows)
        panel = self.live.panel(rows, begin=begin)
        histories = assess(definitions, panel, before=past.journeys)
        start, stop = self.axis.start - begin, panel.calendar.days
        folded = {
            name: fold(
                rule,
                truth(definitions, rule, panel),
                state=past.rules[name],
                start=start,
                stop=stop,
            ).moved(-begin)
            for name, rule in definitions.rules.items()
        }
        return Judged(rows, panel, histories, folded)


def whole(live: Live, axis: Axis, rows: Rows) -> tuple[Judged, Past]:
    """These accounts on all days, and what is to be remembered of them."""
    definitions, panel = live.plan.definitions, live.panel(rows)
    histories = assess(definitions, panel)
    memories = {
        name: remember(definitions, panel, history, upto=axis.begin)
        for name, history in histories.items()
    }
    states, folded = {}, {}
    for name, rule in definitions.rules.items():
        holds, stop = truth(definitions, rule, panel), panel.calendar.days
        before = fold(rule, holds, state=State.empty(len(rows)), start=0, stop=axis.start).state
        states[name] = remembered(holds, before, upto=axis.begin)
        folded[name] = fold(rule, holds, state=before, start=axis.start, stop=stop)
    return Judged(rows, panel, histories, folded), Past(memories, states)


def said_of(plan: MetricPlan, *, upto: int) -> tuple[object, ...]:
    """All that a plan of the same definitions says of the as_of days before that one: which sources
    of each filter had begun when, on which days they were late, and what is known of no account."""
    begun = {
        key: [(source, first) for source, first in x.sources if first < upto]
        for key, x in plan.origins.items()
    }
    late = {name: found[:upto].tolist() for name, found in plan.org.source_late.items()}
    return begun, late, plan.org.has_contracts, dict(plan.org.attribute_types)
