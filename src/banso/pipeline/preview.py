"""What other definitions would change, computed by the same code as live, before they are
applied."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from banso.core.definitions import Definitions, Difference, compare
from banso.pipeline.assess import assessed, histories
from banso.pipeline.decide import decide
from banso.pipeline.gather import gather
from banso.pipeline.measure import panels
from banso.store import Snapshot, Store

WEEK = timedelta(days=7)
QUARTER = timedelta(days=90)
Place = tuple[str, str]
"""(account, journey)."""


@dataclass(frozen=True)
class State:
    stage: str
    colour: str
    score: float | None


@dataclass(frozen=True)
class Outlook:
    """One set of definitions replayed over all history up to a day.

    states: of every account and journey on that day. open: (rule, account) open on that day.
    openings: (rule, day) of every alert that would have opened.
    """

    states: Mapping[Place, State]
    open: frozenset[tuple[str, str]]
    openings: Sequence[tuple[str, date]]


@dataclass(frozen=True)
class Move:
    account: str
    journey: str
    before: State | None
    after: State | None


@dataclass(frozen=True)
class RuleLoad:
    """Alerts of one rule: in the last 7 and 90 days, and open now; under the old and new set."""

    rule: str
    week: tuple[int, int]
    quarter: tuple[int, int]
    open: tuple[int, int]
    would_open: Sequence[str]
    would_close: Sequence[str]


@dataclass(frozen=True)
class Preview:
    as_of: date
    differences: Sequence[Difference]
    moves: Sequence[Move]
    loads: Sequence[RuleLoad]


def preview(store: Store, *, old: Definitions | None, new: Definitions, as_of: date) -> Preview:
    """Compare two sets as of a day. Without an old set everything is new."""
    with store.snapshot() as snapshot:
        after = outlook(store, snapshot, new, as_of=as_of)
        before = outlook(store, snapshot, old, as_of=as_of) if old else Outlook({}, frozenset(), ())
    rules = sorted({*new.rules, *(old.rules if old else ())})
    return Preview(
        as_of=as_of,
        differences=compare(old, new) if old else (),
        moves=_moves(before, after),
        loads=[_load(rule, before, after, as_of) for rule in rules],
    )


def outlook(store: Store, snapshot: Snapshot, definitions: Definitions, *, as_of: date) -> Outlook:
    """Replay every rule from the first fact on, from no remembered state."""
    inputs = gather(store, snapshot, definitions, as_of=as_of)
    states: dict[Place, State] = {}
    open_now: set[tuple[str, str]] = set()
    openings: list[tuple[str, date]] = []
    for panel in panels(inputs):
        found = histories(inputs, panel)
        for x in assessed(inputs, panel, found, inputs.calendar.days - 1):
            states[x.account, x.journey] = State(x.stage, x.colour, x.score)
        outcome = decide(inputs, panel, states={}, start=0, stop=inputs.calendar.days)
        balance = Counter((x.rule, x.account) for x in outcome.openings)
        balance.subtract((x.rule, x.account) for x in outcome.closings)
        open_now |= {episode for episode, count in balance.items() if count}
        openings += ((x.rule, x.opened_on) for x in outcome.openings)
    return Outlook(states, frozenset(open_now), openings)


def _moves(before: Outlook, after: Outlook) -> list[Move]:
    """Accounts whose stage or colour would be another."""
    moves = []
    for place in sorted({*before.states, *after.states}):
        old, new = before.states.get(place), after.states.get(place)
        if _shown(old) != _shown(new):
            moves.append(Move(*place, old, new))
    return moves


def _shown(state: State | None) -> tuple[str, str] | None:
    return (state.stage, state.colour) if state else None


def _load(rule: str, before: Outlook, after: Outlook, as_of: date) -> RuleLoad:
    old, new = _accounts(before, rule), _accounts(after, rule)
    return RuleLoad(
        rule=rule,
        week=(_since(before, rule, as_of - WEEK), _since(after, rule, as_of - WEEK)),
        quarter=(_since(before, rule, as_of - QUARTER), _since(after, rule, as_of - QUARTER)),
        open=(len(old), len(new)),
        would_open=sorted(new - old),
        would_close=sorted(old - new),
    )


def _accounts(outlook: Outlook, rule: str) -> set[str]:
    return {account for name, account in outlook.open if name == rule}


def _since(outlook: Outlook, rule: str, day: date) -> int:
    """Alerts opened after `day`, up to the day of the outlook."""
    return sum(1 for name, opened in outlook.openings if name == rule and opened > day)
