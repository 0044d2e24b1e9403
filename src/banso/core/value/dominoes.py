"""The six dominoes: how far accounts have come from data to value, and where they stop.

Counted from columns, one entry for each alert, since accounts can't be added up: one with alerts
of two rules stands in both, and once in the whole.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from itertools import pairwise
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from banso.core.value.columns import Columns, Days, Flags, Numbers, first_of, months, numbered

Step = Literal["accounts", "measured", "flagged", "decided", "acted", "reached"]
STEPS: tuple[Step, ...] = ("accounts", "measured", "flagged", "decided", "acted", "reached")
By = Literal["rule", "play", "owner", "segment", "month"]
Key = str | int | date
"""Of a part: the name of a rule, play or segment, an owner's number (0: nobody), a month's first
day."""

NOBODY = 0
COUNTED = (
    *("flagged", "decided", "acted", "reached", "proven", "held_out", "held_back"),
    *("by_hand", "by_hand_acted"),
)


@dataclass(frozen=True)
class Wish:
    """Alerts that opened on the days since..until, both included; of one rule, one play that they
    started, one owner's accounts (0: of nobody), one segment. Empty: all. proven, proven_plays:
    rules and plays whose effect is proven."""

    since: date
    until: date
    rule: str = ""
    play: str = ""
    owner: int | None = None
    segment: str = ""
    proven: frozenset[str] = frozenset()
    proven_plays: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Fallen:
    """Accounts by the furthest domino that has fallen in them, each counted at every earlier one.

    measured: health is known, or a rule spoke. flagged: an alert opened.
    decided: a member has done anything about one, or about a task of the play that it started.
    acted: one, or such a task, is done. reached: what was expected came true after that, in time;
    proven: by a rule or play whose effect is proven.
    held_out, held_back: those with an alert that nobody was told, by lot or for the weekly budget.
    by_hand: those for which a member began a play without any alert; by_hand_acted: a task of it is
    done. They stand beside the dominoes: nothing flagged them, nor says what was expected.
    """

    accounts: int = 0
    measured: int = 0
    flagged: int = 0
    decided: int = 0
    acted: int = 0
    reached: int = 0
    proven: int = 0
    held_out: int = 0
    held_back: int = 0
    by_hand: int = 0
    by_hand_acted: int = 0

    def at(self, step: Step) -> int:
        found: int = getattr(self, step)
        return found


@dataclass(frozen=True)
class Pace:
    """Median days from one domino to the next, None where none has fallen. decided: from the alert
    to the first thing that a member did; acted: from then until it was done; reached: from then
    until what was expected came true."""

    decided: float | None
    acted: float | None
    reached: float | None

    @property
    def days(self) -> Mapping[Step, float]:
        """By step; without those that nobody knows."""
        steps: Mapping[Step, float | None] = {
            "decided": self.decided,
            "acted": self.acted,
            "reached": self.reached,
        }
        return {step: days for step, days in steps.items() if days is not None}

    @property
    def slowest(self) -> Step | None:
        known = [(days, step) for step, days in self.days.items()]
        return max(known)[1] if known else None


@dataclass(frozen=True)
class PlayUse:
    """Accounts that entered a play; asked: those for which it made a task; acted: those of which
    such a task is done."""

    entered: int = 0
    asked: int = 0
    acted: int = 0


@dataclass(frozen=True)
class Dominoes:
    """Of those of a reader's accounts that a wish is about. seen: flags of accounts; None: all."""

    columns: Columns
    seen: Flags | None
    wish: Wish

    @cached_property
    def wanted(self) -> Flags:
        """Accounts."""
        known = self.columns.customers
        found = np.ones(len(known.owner), np.bool_) if self.seen is None else self.seen.copy()
        if self.wish.owner is not None:
            found &= known.owner == self.wish.owner
        if self.wish.segment:
            at = _place(self.columns.segments, self.wish.segment)
            found &= known.segments[at] if at >= 0 else False
        return found

    @cached_property
    def flagged(self) -> Numbers:
        """Places of the alerts."""
        alerts, wish = self.columns.alerts, self.wish
        kept = self._days(alerts.opened) & self.wanted[alerts.account]
        if wish.rule:
            kept &= alerts.rule == _place(self.columns.rules, wish.rule, none=-2)
        if wish.play:
            kept &= alerts.play == _place(self.columns.plays, wish.play, none=-2)
        return np.flatnonzero(kept)

    @cached_property
    def entered(self) -> Numbers:
        """Places of the entries by hand; of a rule there are none."""
        entries, wish = self.columns.entries, self.wish
        kept = self._days(entries.entered) & self.wanted[entries.account] & entries.by_hand
        if wish.play:
            kept &= entries.play == _place(self.columns.plays, wish.play, none=-2)
        return np.flatnonzero(kept & (not wish.rule))

    def _days(self, on: Numbers) -> Flags:
        return (on >= self.wish.since.toordinal()) & (on <= self.wish.until.toordinal())

    def fallen(self) -> Fallen:
        """The whole."""
        known = self.columns.customers
        here = self.wanted & known.here
        spoken = np.zeros(len(here), np.bool_)
        spoken[self.columns.alerts.account[self.flagged]] = True
        flagged, entered = (np.zeros(len(x), np.int64) for x in (self.flagged, self.entered))
        found = self._counted(flagged, entered, 1)
        return Fallen(
            accounts=int(here.sum()),
            measured=int((here & (known.known | spoken)).sum()),
            **{name: int(found[name][0]) for name in COUNTED},
        )

    def by(self, by: By) -> Mapping[Key, Fallen]:
        """Of rules, plays that an alert started or a member by hand, owners, segments or months
        with any of these. An account with several counts in each. accounts and measured are left
        0."""
        keys, of_alerts, of_entries = self._parts(by)
        found = self._counted(of_alerts, of_entries, len(keys))
        return {
            key: Fallen(**{name: int(found[name][at]) for name in COUNTED})
            for at, key in enumerate(keys)
            if found["flagged"][at] or found["by_hand"][at]
        }

    def _parts(self, by: By) -> tuple[Sequence[Key], NDArray[Any], NDArray[Any]]:
        """Keys, and the place of each alert's and entry's among them: -1: in none. Of segments,
        which an account can be in several of, a row of flags for each."""
        columns, alerts, entries = self.columns, self.columns.alerts, self.columns.entries
        flagged, entered = self.flagged, self.entered
        if by == "rule":
            return columns.rules, alerts.rule[flagged], np.full(len(entered), -1)
        if by == "play":
            return columns.plays, alerts.play[flagged], entries.play[entered]
        if by == "segment":
            known = columns.customers.segments
            return (
                columns.segments,
                known[:, alerts.account[flagged]],
                known[:, entries.account[entered]],
            )
        if by == "owner":
            owners, owner = columns.customers.owners
            of_alerts, of_entries = alerts.account[flagged], entries.account[entered]
            return owners.tolist(), owner[of_alerts], owner[of_entries]
        days = np.concatenate([alerts.opened[flagged], entries.entered[entered]])
        found, places = numbered(months(days))
        keys = [first_of(int(x)) for x in found]
        return keys, places[: len(flagged)], places[len(flagged) :]

    def _counted(
        self, of_alerts: NDArray[Any], of_entries: NDArray[Any], parts: int
    ) -> Mapping[str, Numbers]:
        """By name and part: accounts, each once."""
        alerts, entries = self.columns.alerts, self.columns.entries
        flagged, entered = self.flagged, self.entered
        bits = {
            "by_hand": np.ones(len(entered), np.bool_),
            "by_hand_acted": entries.acted[entered],
        }
        return {
            **_accounts(alerts.account[flagged], of_alerts, self._steps(), parts),
            **_accounts(entries.account[entered], of_entries, bits, parts),
        }

    def _steps(self) -> Mapping[str, Flags]:
        alerts, rows = self.columns.alerts, self.flagged
        reached = ~np.isnan(alerts.reached[rows])
        rules = [_place(self.columns.rules, x, none=-2) for x in self.wish.proven]
        plays = [_place(self.columns.plays, x, none=-2) for x in self.wish.proven_plays]
        proven = np.isin(alerts.rule[rows], rules) | np.isin(alerts.play[rows], plays)
        return {
            "flagged": np.ones(len(rows), np.bool_),
            "decided": ~np.isnan(alerts.decided[rows]),
            "acted": ~np.isnan(alerts.acted[rows]),
            "reached": reached,
            "proven": reached & proven,
            "held_out": alerts.held_out[rows],
            "held_back": alerts.held_back[rows],
        }

    def pace(self) -> Pace:
        alerts, rows = self.columns.alerts, self.flagged
        return Pace(*(_median(x[rows]) for x in (alerts.decided, alerts.acted, alerts.reached)))

    def paces(self, by: By) -> Mapping[Key, Pace]:
        """As `pace`, of each part."""
        keys, part, _ = self._parts(by)
        rows = np.arange(len(self.flagged))
        if part.ndim == 2:
            part, rows = np.nonzero(part)
        alerts, at = self.columns.alerts, self.flagged[rows]
        steps = (alerts.decided, alerts.acted, alerts.reached)
        found = [_medians(days[at], part, len(keys)) for days in steps]
        return {key: Pace(*of) for key, of in zip(keys, zip(*found, strict=True), strict=True)}

    def use(self) -> Mapping[str, PlayUse]:
        """Of plays, what entered on these days, whoever began it."""
        entries = self.columns.entries
        rows = np.flatnonzero(self._days(entries.entered) & self.wanted[entries.account])
        bits = {
            "entered": np.ones(len(rows), np.bool_),
            "asked": entries.asked[rows],
            "acted": entries.acted[rows],
        }
        plays = self.columns.plays
        found = _accounts(entries.account[rows], entries.play[rows], bits, len(plays))
        return {
            play: PlayUse(**{name: int(found[name][at]) for name in bits})
            for at, play in enumerate(plays)
            if found["entered"][at]
        }


def _place(names: Sequence[str], name: str, *, none: int = -1) -> int:
    return names.index(name) if name in names else none


def _accounts(
    account: Numbers, part: NDArray[Any], flags: Mapping[str, Flags], parts: int
) -> Mapping[str, Numbers]:
    """By flag and part: accounts with any row that has it. part: as of `Dominoes._parts`. Rows are
    ordered by account."""
    bits = np.zeros(len(account), np.uint16)
    for at, flag in enumerate(flags.values()):
        bits |= flag.astype(np.uint16) << at
    if part.ndim == 2:
        part, rows = np.nonzero(part)
    else:
        rows = np.flatnonzero(part >= 0)
        part = part[rows]
    if not len(rows):
        return {name: np.zeros(parts, np.int64) for name in flags}
    narrow = np.int16 if parts < 2**15 else np.int64  # sorted by its digits, in a tenth of the time
    order = np.argsort(part.astype(narrow), kind="stable")
    part, account, bits = part[order], account[rows][order], bits[rows][order]
    new = (part[1:] != part[:-1]) | (account[1:] != account[:-1])
    begins = np.flatnonzero(np.r_[True, new])
    whole, of = np.bitwise_or.reduceat(bits, begins), part[begins]
    return {
        name: np.bincount(of[(whole >> at & 1).astype(np.bool_)], minlength=parts)
        for at, name in enumerate(flags)
    }


def _medians(days: Days, part: NDArray[Any], parts: int) -> list[float | None]:
    """By part; -1 is none."""
    order = np.argsort(part, kind="stable")
    ends = np.searchsorted(part[order], np.arange(parts + 1))
    return [_median(days[order[begin:end]]) for begin, end in pairwise(ends)]


def _median(days: Days) -> float | None:
    known = days[~np.isnan(days)]
    return float(np.median(known)) if len(known) else None
