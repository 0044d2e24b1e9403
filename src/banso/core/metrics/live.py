"""The state of many accounts kept open: facts go in as they come, and any account can be told."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from pyarrow.lib import RecordBatch

from banso.core.metrics.bucket import Bucket
from banso.core.metrics.facts import NEVER, AccountFacts
from banso.core.metrics.measure import blocks
from banso.core.metrics.panel import Panel
from banso.core.metrics.plan import MetricPlan
from banso.core.metrics.state import FactsError, State, gather


class Touched(NamedTuple):
    """Accounts that new facts are about. rows: ascending. since: the day of the first of these
    facts, NEVER where all of them lie outside the calendar."""

    rows: NDArray[np.int64]
    since: NDArray[np.int32]


@dataclass(frozen=True)
class Live:
    """All facts of some accounts so far. What it tells is what `measure` would tell of the same
    facts, bit for bit, in whatever order they came: only who reads them again takes longer.

    It is made anew where accounts, contacts, actions or definitions are others than before, and
    when a day begins: that takes as long as reading the facts.
    """

    plan: MetricPlan
    accounts: AccountFacts
    state: State

    @classmethod
    def of(
        cls, *, plan: MetricPlan, accounts: AccountFacts, batches: Iterable[RecordBatch]
    ) -> "Live":
        """batches: as for `measure`."""
        return cls(plan, accounts, gather(plan=plan, accounts=accounts, batches=batches))

    def take(self, batch: RecordBatch) -> Touched:
        """Facts that are new, late ones too; each once. Those of other accounts are passed over.
        FactsError where they do not fit."""
        placed = self.state.fold(batch)
        rows = self.state.rows_of(batch.column("account").to_numpy(zero_copy_only=False))
        since = np.full(len(rows), NEVER, np.int32)
        np.minimum.at(since, np.searchsorted(rows, placed.row), placed.day)
        return Touched(rows, since)

    def retake(self, rows: NDArray[np.int64], batches: Iterable[RecordBatch]) -> None:
        """All facts of these accounts anew, where some were erased or belong to others now.

        rows: ascending. batches: facts of these accounts only.
        """
        self.state.forget(rows)
        for batch in batches:
            self.state.fold(batch)

    def told_by(self, plan: MetricPlan) -> "Live":
        """The same facts under a plan of the same definitions, actions and days: when sources
        began and where they are late may have changed. FactsError where more has."""
        old, new = self.plan, plan
        same = (
            old.definitions.fingerprint == new.definitions.fingerprint
            and old.org.calendar == new.org.calendar
            and old.org.actions == new.org.actions
            and old.org.roles == new.org.roles
        )
        if not same:
            raise FactsError("definitions, days, actions or roles are others: make it anew")
        return replace(self, plan=plan)

    def panel(self, rows: NDArray[np.int64], *, begin: int = 0) -> Panel:
        """Every column of these accounts (rows, ascending, at least one) on every as_of day from
        `begin` on (its index in the plan's calendar)."""
        part = Bucket(self.plan, self.accounts.of(rows), self.state.of(rows))
        return next(blocks(part, rows=len(rows), begin=begin))
