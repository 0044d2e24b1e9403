"""Who enters a play, and who is kept out.

The rules, in their order: nobody enters a play that they are in already; nobody who has been in it
and may not come again (`once`, `again_days`); nobody for whom its `exit` holds; and nobody who
entered another play less than `conflict_days` ago, of the two plays' numbers the longer one. The
plays that led to this one (`start_play`) are no others. One that was kept out is not asked again
for the same alert. Whoever would enter by all of these may still be held out by lot, which the
caller asks last: so that those who enter and those who are held out are alike.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from banso.core.definitions.plays import Play
from banso.core.plays.machine import Facts

Reason = Literal[
    "running", "once", "again", "not_customer", "exit", "conflict", "not_yet", "held_out"
]


@dataclass(frozen=True)
class Entered:
    """A run of the account, of any play. ended_on: None while it goes on. conflict_days: of the
    version that it has."""

    run: int
    play: str
    entered_on: date
    ended_on: date | None
    conflict_days: int


@dataclass(frozen=True)
class KeptOut:
    """until: the first day on which this alone would keep it out no longer, None: no day is known.
    play: the other one, of a conflict."""

    reason: Reason
    until: date | None = None
    play: str = ""


def kept_out(
    play: Play,
    *,
    day: date,
    before: Iterable[Entered],
    facts: Facts | None,
    led_here: Collection[int] = (),
) -> KeptOut | None:
    """None: the account enters. before: its runs so far. facts: as of the day, None where no run
    has looked. led_here: runs that are no others. Raises UnknownConditionError."""
    runs = list(before)
    return _again(play, day, [x for x in runs if x.play == play.name]) or (
        _not_needed(play, facts)
        or _conflict(play, day, [x for x in runs if x.play != play.name and x.run not in led_here])
    )


def _again(play: Play, day: date, own: list[Entered]) -> KeptOut | None:
    if any(x.ended_on is None for x in own):
        return KeptOut("running")
    if own and play.once:
        return KeptOut("once")
    until = max((x.ended_on for x in own if x.ended_on), default=None)
    if until is not None and day < until + timedelta(days=play.again_days):
        return KeptOut("again", until + timedelta(days=play.again_days))
    return None


def _not_needed(play: Play, facts: Facts | None) -> KeptOut | None:
    if facts is not None and not facts.customer:
        return KeptOut("not_customer")
    if facts is not None and play.exit is not None and facts.truth(play.exit):
        return KeptOut("exit")
    return None


def _conflict(play: Play, day: date, others: list[Entered]) -> KeptOut | None:
    frees = [
        (x.entered_on + timedelta(days=max(play.conflict_days, x.conflict_days)), x.play)
        for x in others
    ]
    until, other = max(frees, default=(day, ""))
    return KeptOut("conflict", until, other) if until > day else None
