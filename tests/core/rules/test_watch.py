"""What is told of the last days alone, from what is remembered of those before, is what a full
reading of all facts tells, whatever has come or gone."""

from collections.abc import Sequence
from random import Random

import numpy as np
import pyarrow as pa
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from tests.core.metrics.given import FactRow, World, accounts_of, batches, organisation
from tests.core.metrics.test_live import different, part
from tests.pipeline.test_replay_is_live import definitions, worlds

from banso.core.definitions import Definitions
from banso.core.health import assess
from banso.core.metrics import Live, MetricPlan, Panel, measure, plan
from banso.core.rules.episodes import Folded, State, fold
from banso.core.rules.truth import truth
from banso.core.rules.watch import Judged, Watch


class Worker(RuleBasedStateMachine):
    """Facts come in any order, some are erased, and now and then the process is killed."""

    @initialize(
        world=worlds(),
        chosen=definitions(),
        recent=st.integers(1, 4),
        order=st.randoms(use_true_random=False),
    )
    def start(self, world: World, chosen: Definitions, recent: int, order: Random) -> None:
        self.world, self.chosen, self.recent = world, chosen, recent
        self.waiting = list(world.facts)
        order.shuffle(self.waiting)
        half = len(self.waiting) // 2
        self.here, self.waiting = self.waiting[:half], self.waiting[half:]
        self.watch = self.read()

    def plan(self) -> MetricPlan:
        return plan(self.chosen, org=organisation(part(self.world, self.here), self.chosen))

    def batches(self, facts: Sequence[FactRow]) -> list[pa.RecordBatch]:
        return batches(part(self.world, facts), computed=self.plan().computed, size=100)

    def read(self) -> Watch:
        every = {"accounts": accounts_of(self.world), "batches": self.batches(self.here)}
        return Watch.of(Live.of(plan=self.plan(), **every), recent=self.recent)

    @precondition(lambda self: self.waiting)
    @rule(count=st.integers(1, 9))
    def facts_come(self, count: int) -> None:
        new, self.waiting = self.waiting[:count], self.waiting[count:]
        self.here += new
        self.watch = self.watch.told_by(self.plan())
        for batch in self.batches(new):
            told, whole = self.watch.take(batch), self.as_read()
            assert {int(row) for x in told for row in x.rows} == {self.row(x) for x in new}
            assert [self.unlike(x, whole) for x in told] == [[]] * len(told)

    @precondition(lambda self: self.here)
    @rule(which=st.integers(0, 99))
    def facts_of_an_account_are_erased(self, which: int) -> None:
        gone = self.here[which % len(self.here)]
        self.here = [x for x in self.here if (x.account, x.user) != (gone.account, gone.user)]
        left = [x for x in self.here if x.account == gone.account]
        self.watch = self.watch.told_by(self.plan())
        row = np.array([self.row(gone)])
        self.watch.live.retake(row, self.batches(left))
        assert self.unlike(self.watch.again(row), self.as_read()) == []

    @rule()
    def the_process_is_killed(self) -> None:
        self.watch = self.read()

    @invariant()
    def the_last_days_are_told_as_if_all_were_read_again(self) -> None:
        if not hasattr(self, "watch"):
            return
        whole = self.as_read()
        for rows in ([0], [1, 2], [0, 1, 2]):
            assert self.unlike(self.watch.newest(np.array(rows)), whole) == []

    def row(self, fact: FactRow) -> int:
        return self.world.names.index(fact.account)

    def as_read(self) -> Panel:
        """All facts read again, assessed over all days."""
        facts = self.batches(self.here)
        whole = measure(plan=self.plan(), accounts=accounts_of(self.world), batches=facts)
        assess(self.chosen, whole)
        return whole

    def unlike(self, judged: Judged, whole: Panel) -> list[str]:
        """Columns and rules of which it tells something else."""
        rows, days = judged.rows.tolist(), whole.calendar.days
        for panel in (judged.panel, whole):
            panel.column("journey.adoption.days_in_colour")  # made when asked for
        begin = days - judged.panel.calendar.days
        start = max(days - self.recent, 0)
        return different(judged.panel, whole, rows, begin=begin) + [
            name
            for name, found in judged.folded.items()
            if steps(found, rows)
            != [x for x in steps(self.replay(name, whole)) if x[1] >= start and x[0] in rows]
        ]

    def replay(self, name: str, panel: Panel) -> Folded:
        asked, nothing = self.chosen.rules[name], State.empty(panel.shape[0])
        holds = truth(self.chosen, asked, panel)
        return fold(asked, holds, state=nothing, start=0, stop=panel.calendar.days)


def steps(found: Folded, rows: Sequence[int] | None = None) -> list[tuple[int, int, bool]]:
    """Row of the state, day, and whether an episode opened there; by row."""
    row = found.row.tolist() if rows is None else [rows[x] for x in found.row]
    return sorted(zip(row, found.day.tolist(), found.opened.tolist(), strict=True))


TestWorker = Worker.TestCase
TestWorker.settings = settings(max_examples=15, stateful_step_count=8, deadline=None)
