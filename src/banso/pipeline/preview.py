"""What other definitions would change, computed by the same code as live, before they are
applied."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from banso.core.definitions import Definitions, Difference, compare
from banso.desk.queries import decided
from banso.desk.services.episodes import Closing, Opening
from banso.pipeline.assess import assessed, histories
from banso.pipeline.decide import decide, removed_rules
from banso.pipeline.gather import gather
from banso.pipeline.measure import panels
from banso.pipeline.run import days_to_decide
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
    """One set of definitions as of a day.

    states: of every account and journey. replayed: (rule, day) of every alert that would have
    opened, had the set always been in force. opens, closes: (rule, account) of the episodes that
    the next run of that day would open and close, going on from those that are open.
    """

    states: Mapping[Place, State]
    replayed: Sequence[tuple[str, date]]
    opens: frozenset[tuple[str, str]]
    closes: frozenset[tuple[str, str]]


NOTHING = Outlook({}, (), frozenset(), frozenset())


@dataclass(frozen=True)
class Move:
    account: str
    journey: str
    before: State | None
    after: State | None


@dataclass(frozen=True)
class RuleLoad:
    """Alerts of one rule under the old and the new set: replayed over the last 7 and 90 days;
    open now and after the next run of the day."""

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
        after = outlook(store, snapshot, new, as_of=as_of, next_run=True)
        before = outlook(store, snapshot, old, as_of=as_of) if old else NOTHING
    rules = sorted({*new.rules, *(old.rules if old else ()), *decided.open_rules()})
    states = decided.rule_states(rules)
    return Preview(
        as_of=as_of,
        differences=compare(old, new) if old else (),
        moves=_moves(before, after),
        loads=[_load(rule, before, after, set(states[rule].opened_on), as_of) for rule in rules],
    )


def outlook(
    store: Store,
    snapshot: Snapshot,
    definitions: Definitions,
    *,
    as_of: date,
    next_run: bool = False,
) -> Outlook:
    """next_run: also what the next run would decide; without it `opens` and `closes` are empty."""
    inputs = gather(store, snapshot, definitions, as_of=as_of)
    days = days_to_decide(inputs, as_of=as_of, since=None)
    rules = sorted({*definitions.rules, *decided.open_rules()})
    remembered = decided.rule_states(rules, upto=decided.decided_day())
    stop = inputs.calendar.days
    start = max(inputs.calendar.index(days.first), 0)
    states: dict[Place, State] = {}
    replayed: list[tuple[str, date]] = []
    openings: list[Opening] = []
    closings: list[Closing] = []
    for _, panel in panels(inputs):
        found = histories(inputs, panel)
        for x in assessed(inputs, panel, found, stop - 1):
            states[x.account, x.journey] = State(x.stage, x.colour, x.score)
        always = decide(inputs, panel, states={}, start=0, stop=stop)
        replayed += ((x.rule, x.opened_on) for x in always.openings)
        if next_run and days.any:
            outcome = decide(inputs, panel, states=remembered, start=start, stop=stop)
            openings += outcome.openings
            closings += outcome.closings
    if next_run and days.any:
        closings += removed_rules(inputs, remembered, days.last)
    opened = Counter((x.rule, x.account) for x in openings)
    closed = Counter((x.rule, x.account) for x in closings)
    return Outlook(
        states=states,
        replayed=replayed,
        opens=frozenset(x for x in opened if opened[x] > closed[x]),
        closes=frozenset(x for x in closed if closed[x] > opened[x]),
    )


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


def _load(rule: str, before: Outlook, after: Outlook, open_now: set[str], as_of: date) -> RuleLoad:
    opens = {account for name, account in after.opens if name == rule}
    closes = {account for name, account in after.closes if name == rule}
    week, quarter = as_of - WEEK, as_of - QUARTER
    return RuleLoad(
        rule=rule,
        week=(_since(before, rule, week), _since(after, rule, week)),
        quarter=(_since(before, rule, quarter), _since(after, rule, quarter)),
        open=(len(open_now), len((open_now | opens) - closes)),
        would_open=sorted(opens - open_now),
        would_close=sorted(closes & open_now),
    )


def _since(outlook: Outlook, rule: str, day: date) -> int:
    """Alerts that would have opened after `day`, up to the day of the outlook."""
    return sum(1 for name, opened in outlook.replayed if name == rule and opened > day)
