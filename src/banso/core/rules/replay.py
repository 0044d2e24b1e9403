"""Rules replayed over the history of some accounts: every episode, and what came after it.

The fold is the one of live, from nothing, on every day from `start` on.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from banso.core.definitions import Definitions
from banso.core.definitions.model import Rule
from banso.core.definitions.outcomes import Outcome
from banso.core.metrics.panel import Panel
from banso.core.rules.episodes import NONE, Folded, State, fold
from banso.core.rules.truth import truth
from banso.core.rules.verdicts import HIT, JUDGED, UNKNOWN, Verdicts, verdicts
from banso.core.unmeasured import Column

Days = NDArray[np.int32]
Flags = NDArray[np.bool_]


@dataclass(frozen=True)
class Episodes:
    """Of one rule, as arrays of one length in order of row, then day. row: of the panel. closed:
    NONE while it is open."""

    row: Days
    opened: Days
    closed: Days


@dataclass(frozen=True)
class Firings:
    """Alerts of one rule over some accounts, as arrays of one length.

    account: store ids. opened, closed: day indices, closed NONE while open. arr: at stake, NaN
    where unmeasured. verdict, ahead: against the outcome, see Verdicts; all UNKNOWN without one.
    beside: shape (alerts, other rules in the order of the definitions), whether an episode of
    that rule overlapped with it.
    """

    account: Days
    opened: Days
    closed: Days
    arr: NDArray[np.float64]
    verdict: NDArray[np.int8]
    ahead: Days
    beside: Flags


@dataclass(frozen=True)
class Base:
    """Of every day of the axis: customers of whom an alert would have been judged, and a hit. What
    an alert by chance would be worth."""

    judged: NDArray[np.int64]
    hits: NDArray[np.int64]

    def __add__(self, other: "Base") -> "Base":
        return Base(self.judged + other.judged, self.hits + other.hits)


@dataclass(frozen=True)
class Replayed:
    """firings: by rule. base: None without an outcome."""

    firings: Mapping[str, Firings]
    base: Base | None


def episodes(folded: Folded) -> Episodes:
    """Openings with the closings that belong to them. The fold began with nothing open."""
    order = np.lexsort((folded.day, folded.row))
    row, day, opened = folded.row[order], folded.day[order], folded.opened[order]
    at = np.flatnonzero(opened)
    after = np.minimum(at + 1, max(len(row) - 1, 0))
    ends = (after > at) & (row[after] == row[at]) & ~opened[after]
    closed = np.where(ends, day[after], NONE)
    return Episodes(row[at].astype(np.int32), day[at].astype(np.int32), closed.astype(np.int32))


def rule_episodes(
    definitions: Definitions, panel: Panel, *, start: int = 0
) -> Mapping[str, Episodes]:
    """Of every rule, on a panel that `assess` has completed."""
    return {name: _folded(definitions, x, panel, start) for name, x in definitions.rules.items()}


def replay(
    definitions: Definitions,
    panel: Panel,
    *,
    rules: Sequence[str],
    outcome: tuple[Outcome, Column] | None,
    start: int = 0,
) -> Replayed:
    """rules: those to be judged; how they overlap is told with every rule of the definitions.

    panel: completed by `assess`. outcome: with the days on which it happened (`happened`). start:
    first day that is decided, as if nothing had been before.
    """
    found = rule_episodes(definitions, panel, start=start)
    judged = None if outcome is None else _verdicts(*outcome)
    spans = {name: _active(x, panel.shape) for name, x in found.items()}
    return Replayed(
        firings={
            name: _firings(panel, found[name], judged, _beside(name, found[name], spans))
            for name in rules
        },
        base=None if judged is None else _base(judged, panel.customer),
    )


def _folded(definitions: Definitions, rule: Rule, panel: Panel, start: int) -> Episodes:
    holds = truth(definitions, rule, panel)
    nothing = State.empty(panel.shape[0])
    return episodes(fold(rule, holds, state=nothing, start=start, stop=panel.shape[1]))


def _verdicts(outcome: Outcome, happened: Column) -> Verdicts:
    return verdicts(happened, lead_days=outcome.lead_days, within_days=outcome.within_days)


def _base(judged: Verdicts, customer: Flags) -> Base:
    counts = customer & (judged.verdict <= JUDGED)
    hits = counts & (judged.verdict == HIT)
    return Base(counts.sum(axis=0, dtype=np.int64), hits.sum(axis=0, dtype=np.int64))


def _active(found: Episodes, shape: tuple[int, int]) -> Days:
    """Shape (accounts, days + 1): on how many days before each one an episode was open."""
    steps = np.zeros((shape[0], shape[1] + 1), np.int32)
    stop = np.where(found.closed == NONE, shape[1], found.closed)
    np.add.at(steps, (found.row, found.opened), 1)
    np.add.at(steps, (found.row, stop), -1)
    total = np.zeros_like(steps)
    np.cumsum(np.cumsum(steps, axis=1)[:, :-1], axis=1, out=total[:, 1:])
    return total


def _beside(name: str, one: Episodes, spans: Mapping[str, Days]) -> Flags:
    others = [open_days for other, open_days in spans.items() if other != name]
    beside = np.zeros((len(one.row), len(others)), np.bool_)
    for at, open_days in enumerate(others):
        stop = np.where(one.closed == NONE, open_days.shape[1] - 1, one.closed)
        beside[:, at] = open_days[one.row, stop] > open_days[one.row, one.opened]
    return beside


def _firings(panel: Panel, one: Episodes, judged: Verdicts | None, beside: Flags) -> Firings:
    arr = panel.column("contract.arr")
    at = one.row, one.opened
    count = len(one.row)
    return Firings(
        account=panel.accounts[one.row],
        opened=one.opened,
        closed=one.closed,
        arr=np.where(arr.measured[at], arr.values[at], np.nan),
        verdict=np.full(count, UNKNOWN, np.int8) if judged is None else judged.verdict[at],
        ahead=np.full(count, NONE, np.int32) if judged is None else judged.ahead[at],
        beside=beside,
    )


def joined(parts: Sequence[Firings]) -> Firings:
    """Those of several panels (at least one) in order of day, then account."""
    names = ("account", "opened", "closed", "arr", "verdict", "ahead", "beside")
    whole = [np.concatenate([getattr(x, name) for x in parts]) for name in names]
    order = np.lexsort((whole[0], whole[1]))
    return Firings(*(x[order] for x in whole))
