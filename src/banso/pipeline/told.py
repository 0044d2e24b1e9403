"""What a run says of the accounts of one bucket: the same function on every engine."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from banso.core.metrics import Panel
from banso.core.metrics.summary import Summary
from banso.core.metrics.table import history_table
from banso.core.plays.machine import Facts
from banso.desk.queries.decided import RuleState, Shown
from banso.desk.services.episodes import Closing, Opening
from banso.desk.services.runs import Assessed, Changed
from banso.pipeline.assess import assessed, changed, histories, restated
from banso.pipeline.decide import decide
from banso.pipeline.gather import Inputs
from banso.pipeline.kept_history import empty_summary
from banso.pipeline.play_facts import NO_QUESTIONS, Questions, answers
from banso.pipeline.standing import measured, standing
from banso.store.histories import HistoryFile


@dataclass(frozen=True)
class Days:
    """As_of days on which rules are decided, both included; `first` after `last`: none are.

    again: the one day was decided before, and definitions or facts have changed since.
    """

    first: date
    last: date
    again: bool = False

    @property
    def any(self) -> bool:
        return self.first <= self.last


@dataclass(frozen=True)
class Asked:
    """What a run asks of every account, and what is remembered of it. plays: conditions of plays.

    states: by rule. shown: by account key and journey, as of the day `shown_on`; None where nothing
    was shown yet.
    """

    days: Days
    states: Mapping[str, RuleState]
    shown: Mapping[tuple[str, str], Shown]
    shown_on: date | None
    plays: Questions = NO_QUESTIONS


@dataclass
class Told:
    """The answer of a bucket. accounts: ids of all it speaks of. files: of the history, where they
    were written for somebody else to take over. facts: by account key, where plays asked."""

    bucket: int
    summary: Summary
    accounts: list[NDArray[np.int32]] = field(default_factory=list)
    assessed: list[Assessed] = field(default_factory=list)
    changed: list[Changed] = field(default_factory=list)
    openings: list[Opening] = field(default_factory=list)
    closings: list[Closing] = field(default_factory=list)
    standing: list[pa.Table] = field(default_factory=list)
    measured: list[pa.Table] = field(default_factory=list)
    facts: dict[str, Facts] = field(default_factory=dict)
    files: Sequence[HistoryFile] = ()


def tell(
    inputs: Inputs,
    asked: Asked,
    bucket: int,
    panels: Iterable[Panel],
    keep: Callable[[pa.Table], None],
) -> Told:
    """Assess and decide. panels: of the bucket, each account in exactly one. keep: takes the
    history of each panel."""
    told = Told(bucket, empty_summary(inputs))
    for panel in panels:
        if not len(panel.accounts):
            continue
        keep(history_table(panel, inputs.definitions.metrics))
        told.summary.add(panel)
        told.accounts.append(panel.accounts)
        _tell(inputs, asked, panel, told)
    return told


def _tell(inputs: Inputs, asked: Asked, panel: Panel, told: Told) -> None:
    days, calendar = asked.days, inputs.calendar
    start, stop = max(calendar.index(days.first), 0), calendar.days
    found = histories(inputs, panel)
    told.assessed += assessed(inputs, panel, found, stop - 1)
    told.standing.append(standing(inputs, panel, found))
    told.measured.append(measured(inputs, panel))
    told.facts |= answers(inputs, panel, asked.plays)
    if not days.any:
        return
    if asked.shown_on and asked.shown_on <= days.last:
        day = max(calendar.index(asked.shown_on), 0)
        told.changed += restated(inputs, panel, found, shown=asked.shown, day=day, as_of=days.last)
    if not days.again:
        told.changed += changed(inputs, panel, found, start=start, stop=stop)
    outcome = decide(inputs, panel, states=asked.states, start=start, stop=stop)
    told.openings += outcome.openings
    told.facts |= answers(inputs, panel, asked.plays.about(outcome.openings))
    told.closings += outcome.closings
