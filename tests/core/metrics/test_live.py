"""The state that is kept open tells, whatever has happened, what reading all facts again tells."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from numpy.typing import NDArray
from tests.core.metrics.given import FactRow, World, accounts_of, batches, organisation
from tests.core.metrics.test_random_histories import DAYS, SOURCES, metrics, worlds, yaml_of

from banso.core.definitions import loads
from banso.core.metrics import (
    Action,
    Live,
    MetricPlan,
    Panel,
    measure,
    plan,
    state,
)
from banso.core.unmeasured import Column


@dataclass(frozen=True)
class Part(World):
    """Some facts of a world, under the same ids."""

    whole: World | None = None

    @property
    def actions(self) -> list[Action]:
        assert self.whole is not None
        return self.whole.actions

    @property
    def users(self) -> list[str]:
        assert self.whole is not None
        return self.whole.users


def part(whole: World, facts: Sequence[FactRow]) -> Part:
    given = (whole.calendar, whole.accounts, facts)
    return Part(*given, whole.contracts, whole.attributes, whole.contacts, whole=whole)


class Worker(RuleBasedStateMachine):
    """Facts come in any order, some are erased, and now and then the process is killed."""

    @initialize(
        world=worlds(),
        lines=metrics(),
        sources=st.sampled_from(sorted(SOURCES)),
        order=st.randoms(use_true_random=False),
    )
    def start(
        self, world: World, lines: list[str], sources: str, order: np.random.Generator
    ) -> None:
        self.room = pytest.MonkeyPatch()
        self.room.setattr(state, "_FIRST_ROOM", 2)  # so that few pairs outgrow it
        self.world = world
        self.definitions = loads({"all.yaml": yaml_of(lines, sources, world.calendar.zone)})
        self.waiting = list(world.facts)
        order.shuffle(self.waiting)
        self.here: list[FactRow] = []
        self.live = self.read()

    def plan(self) -> MetricPlan:
        return plan(
            self.definitions, org=organisation(part(self.world, self.here), self.definitions)
        )

    def batches(self, facts: Sequence[FactRow]) -> list[pa.RecordBatch]:
        return batches(part(self.world, facts), computed=self.plan().computed, size=5)

    def read(self) -> Live:
        return Live.of(
            plan=self.plan(), accounts=accounts_of(self.world), batches=self.batches(self.here)
        )

    @precondition(lambda self: self.waiting)
    @rule(count=st.integers(1, 9))
    def facts_come(self, count: int) -> None:
        new, self.waiting = self.waiting[:count], self.waiting[count:]
        self.here += new
        rows = {int(row) for batch in self.batches(new) for row in self.live.take(batch).rows}
        assert rows == {self.world.names.index(x.account) for x in new}

    @precondition(lambda self: self.here)
    @rule(which=st.integers(0, 99))
    def facts_of_an_account_are_erased(self, which: int) -> None:
        gone = self.here[which % len(self.here)]
        self.here = [x for x in self.here if (x.account, x.user) != (gone.account, gone.user)]
        left = [x for x in self.here if x.account == gone.account]
        row = np.array([self.world.names.index(gone.account)])
        self.live.retake(row, self.batches(left))

    @rule()
    def the_process_is_killed(self) -> None:
        self.live = self.read()

    def teardown(self) -> None:
        if hasattr(self, "room"):
            self.room.undo()

    @invariant()
    def any_accounts_are_told_as_if_all_were_read_again(self) -> None:
        if not hasattr(self, "live"):
            return
        now = self.plan()
        self.live = self.live.told_by(now)
        whole = measure(plan=now, accounts=accounts_of(self.world), batches=self.batches(self.here))
        for rows in ([0], [1, 2], [0, 1, 2]):
            assert different(self.live.panel(np.array(rows)), whole, rows) == []
            for begin in (DAYS // 2, DAYS - 1):
                last = self.live.panel(np.array(rows), begin=begin)
                assert different(last, whole, rows, begin=begin) == []


def different(found: Panel, whole: Panel, rows: list[int], *, begin: int = 0) -> list[str]:
    """Names of columns that are not the same, to the last bit, on the days from `begin` on."""
    assert found.accounts.tolist() == whole.accounts[rows].tolist()
    assert found.calendar == whole.calendar.since(begin)
    assert np.array_equal(found.customer, whole.customer[rows, begin:])
    wanted = {name: part_of(whole.column(name), rows, begin) for name in found.columns}
    return [
        name
        for name, column in found.columns.items()
        if not np.array_equal(column.reasons, wanted[name].reasons)
        or not same(words(column), words(wanted[name]))
    ]


def part_of(column: Column, rows: list[int], begin: int) -> Column:
    return Column(column.values[rows, begin:], column.reasons[rows, begin:], column.categories)


def words(column: Column) -> NDArray[np.generic]:
    """Texts where the values stand for texts: each panel numbers its own."""
    if column.categories is None:
        return column.values
    return np.array([*column.categories, ""])[np.where(column.measured, column.values, -1)]


def same(one: NDArray[np.generic], other: NDArray[np.generic]) -> bool:
    return np.array_equal(one, other, equal_nan=one.dtype.kind == "f")


TestWorker = Worker.TestCase
TestWorker.settings = settings(
    max_examples=15,
    stateful_step_count=8,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
)
