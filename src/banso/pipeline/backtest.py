"""Rules replayed over history before, or after, they are switched on: the alerts that live would
have given, and what came after them."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import TypeVar

from banso.core.definitions import Definitions
from banso.core.definitions.model import Rule
from banso.core.definitions.outcomes import Outcome
from banso.core.expressions import nearest
from banso.core.metrics import Calendar, Contracts, Panel
from banso.core.rules.backtest import Judged, judge, overlap
from banso.core.rules.budget import Candidate, first_day, held_back, monday, told_on
from banso.core.rules.episodes import NONE
from banso.core.rules.outcomes import happened
from banso.core.rules.rank import Stake, urgency
from banso.core.rules.replay import Firings, Replayed, joined, replay
from banso.core.rules.verdicts import Verdict
from banso.desk.queries.owners import Owners, owners
from banso.desk.queries.scope import EVERYTHING
from banso.pipeline.assess import histories
from banso.pipeline.business_days import days_off, telling_days
from banso.pipeline.decide import money
from banso.pipeline.gather import Inputs, contract_facts, gather
from banso.pipeline.holders import Holders, Key, holders
from banso.pipeline.measure import panels
from banso.store import Store

Progress = Callable[[int, int], None]
"""Called with (accounts done, accounts in all)."""


class NoAccountsError(LookupError):
    """There is nobody to replay."""


class UnknownDefinitionError(LookupError):
    """No rule or outcome of that name; says which there are."""


@dataclass(frozen=True)
class Fired:
    """One alert. told_on: the day on which it would have reached its owner, None: held back by
    the weekly budget until it closed, or still. verdict: None without an outcome. outcome_on: of
    verdict hit or late."""

    account: str
    account_name: str
    owner: str | None
    opened_on: date
    closed_on: date | None
    told_on: date | None
    verdict: Verdict | None
    outcome_on: date | None
    arr: Decimal | None


@dataclass(frozen=True)
class Load:
    """Of one owner (None: accounts of nobody) and the week of that Monday: alerts of this rule
    that opened, and how many of them the budget held back (core.rules.budget.held_back)."""

    owner: str | None
    week: date
    alerts: int
    held_back: int


@dataclass(frozen=True)
class Backtest:
    """One rule over the days from `first` to the last one of the axis.

    judged: None without an outcome. overlap: other rule -> share of the alerts beside which it
    was open too. budget: new alerts for each owner and week, of all rules; None: no limit.
    """

    rule: Rule
    outcome: Outcome | None
    fingerprint: str
    axis: Calendar
    first: date
    accounts: int
    fired: Sequence[Fired]
    loads: Sequence[Load]
    judged: Judged | None
    overlap: Mapping[str, float]
    budget: int | None

    def day(self, index: int) -> date:
        """The date of a day index of `judged`."""
        return self.axis.as_of(index)


@dataclass(frozen=True)
class Question:
    """What is to be replayed, up to `as_of`.

    outcome: None: nothing is judged. since: first day decided; None: of the first fact.
    held_out_from: first day of the untouched period, None: see `periods`. budget: None: the
    organisation's own.
    """

    rules: Sequence[str]
    outcome: str | None
    as_of: date
    since: date | None = None
    held_out_from: date | None = None
    budget: int | None = None


def backtest(
    store: Store,
    definitions: Definitions,
    question: Question,
    *,
    progress: Progress = lambda done, all_: None,
) -> list[Backtest]:
    """Replay rules of these definitions, which need not be in force. Changes nothing.

    UnknownDefinitionError for a name that is not there.
    """
    for name in question.rules:
        known("rule", name, definitions.rules)
    outcome = _outcome(question, definitions)
    with store.snapshot() as snapshot:
        inputs = gather(store, snapshot, definitions, as_of=question.as_of)
        start = first_index(inputs, question)
        whole = replayed(inputs, [outcome], start=start, progress=progress)[0]
    return answers(inputs, whole, question, owners(EVERYTHING))


def first_index(inputs: Inputs, question: Question) -> int:
    return max(inputs.calendar.index(question.since), 0) if question.since else 0


def answers(inputs: Inputs, whole: Replayed, question: Question, owned: Owners) -> list[Backtest]:
    """What a replay of every rule says of those that are asked for."""
    limit = question.budget or inputs.definitions.organisation.weekly_alerts
    held_out_from = question.held_out_from
    whose = holders(inputs, whole, owned)
    calendar = inputs.calendar
    days = telling_days(inputs.definitions, first=calendar.first, last=calendar.last)
    asked = _Asked(
        inputs=inputs,
        whole=whole,
        outcome=_outcome(question, inputs.definitions),
        whose=whose,
        days=days,
        told=_told(inputs, whole, whose, limit, days),
        budget=limit,
        start=first_index(inputs, question),
        held_out_from=inputs.calendar.index(held_out_from) if held_out_from else None,
    )
    return [_backtest(asked, name) for name in question.rules]


def _outcome(question: Question, definitions: Definitions) -> Outcome | None:
    wanted = question.outcome
    return None if wanted is None else known("outcome", wanted, definitions.outcomes)


def replayed(
    inputs: Inputs,
    outcomes: Sequence[Outcome | None],
    *,
    start: int = 0,
    beside: Callable[[Panel, Contracts], None] | None = None,
    progress: Progress = lambda done, all_: None,
) -> list[Replayed]:
    """Every rule of the inputs' definitions over every account, judged by each of the outcomes in
    turn but measured once. Memory: that of one panel, and some 50 bytes for each alert and outcome.

    beside: is given each panel too, once it was replayed. NoAccountsError where there is nobody.
    """
    parts: list[list[Replayed]] = [[] for _ in outcomes]
    done = 0
    for _, panel in panels(inputs):
        contracts = contract_facts(inputs, panel.accounts)
        for outcome, found in zip(outcomes, parts, strict=True):
            found.append(of_panel(inputs, panel, contracts, outcome, start))
        if beside is not None:
            beside(panel, contracts)
        done += len(panel.accounts)
        progress(done, len(inputs.book.accounts))
    if not done:
        raise NoAccountsError("There are no accounts yet, so there is nothing to replay.")
    return [whole_of(found) for found in parts]


def of_panel(
    inputs: Inputs, panel: Panel, contracts: Contracts, outcome: Outcome | None, start: int
) -> Replayed:
    """contracts: of the panel's accounts."""
    definitions, judged_by = inputs.definitions, None
    histories(inputs, panel)
    if outcome is not None:
        some = inputs.org.has_contracts
        judged_by = outcome, happened(definitions, outcome, panel, contracts, any_contract=some)
    rules = tuple(definitions.rules)
    return replay(definitions, panel, rules=rules, outcome=judged_by, start=start)


def whole_of(parts: Sequence[Replayed]) -> Replayed:
    """Of at least one panel, with the same rules."""
    bases = [x.base for x in parts if x.base is not None]
    return Replayed(
        firings={name: joined([x.firings[name] for x in parts]) for name in parts[0].firings},
        base=sum(bases[1:], bases[0]) if bases else None,
    )


def _told(
    inputs: Inputs, whole: Replayed, whose: Holders, budget: int | None, days: Sequence[date]
) -> dict[Key, date]:
    """When each alert of each rule reaches whose it is. days: on which members are told."""
    calendar = inputs.calendar
    waiting = (
        _candidate(inputs, rule, firings, at, whose)
        for rule, firings in whole.firings.items()
        for at in range(len(firings.opened))
    )
    off = days_off(days, first=calendar.first, last=calendar.last)
    return told_on(waiting, budget=budget, days=days, off=off)


def _candidate(inputs: Inputs, rule: str, firings: Firings, at: int, whose: Holders) -> Candidate:
    account, opened = inputs.key(firings.account[at]), _day(inputs, firings.opened[at])
    priority = inputs.definitions.rules[rule].priority
    stake = Stake(priority, money(firings.arr[at]), opened)
    return Candidate(
        key=(rule, account, opened),
        owner=whose.of((rule, account, opened)),
        opened=opened,
        closed=_closed(inputs, firings, at),
        urgency=urgency(stake),
        any_day=inputs.definitions.rules[rule].any_time,
    )


def _day(inputs: Inputs, index: int) -> date:
    return inputs.calendar.as_of(int(index))


def _closed(inputs: Inputs, firings: Firings, at: int) -> date | None:
    return None if firings.closed[at] == NONE else _day(inputs, firings.closed[at])


@dataclass(frozen=True)
class _Asked:
    """What all rules of one backtest share. days: on which members are told. start, held_out_from:
    day indices."""

    inputs: Inputs
    whole: Replayed
    outcome: Outcome | None
    whose: Holders
    days: Sequence[date]
    told: Mapping[Key, date]
    budget: int | None
    start: int
    held_out_from: int | None


def _backtest(asked: _Asked, name: str) -> Backtest:
    inputs, firings, base = asked.inputs, asked.whole.firings[name], asked.whole.base
    judged = None
    if asked.outcome is not None and base is not None:
        judged = judge(
            firings, base, asked.outcome, start=asked.start, held_out_from=asked.held_out_from
        )
    fired = [_fired(asked, name, firings, at) for at in range(len(firings.opened))]
    return Backtest(
        rule=inputs.definitions.rules[name],
        outcome=asked.outcome,
        fingerprint=inputs.definitions.fingerprint,
        axis=inputs.calendar,
        first=inputs.calendar.as_of(asked.start),
        accounts=len(inputs.book.accounts),
        fired=fired,
        loads=_loads(fired, any_day=inputs.definitions.rules[name].any_time, days=asked.days),
        judged=judged,
        overlap=overlap(firings, [x for x in inputs.definitions.rules if x != name]),
        budget=asked.budget,
    )


def _fired(asked: _Asked, rule: str, firings: Firings, at: int) -> Fired:
    inputs = asked.inputs
    account = inputs.book.accounts[int(firings.account[at])]
    opened, ahead = _day(inputs, firings.opened[at]), firings.ahead[at]
    return Fired(
        account=account.key,
        account_name=account.name or account.key,
        owner=asked.whose.of((rule, account.key, opened)),
        opened_on=opened,
        closed_on=_closed(inputs, firings, at),
        told_on=asked.told.get((rule, account.key, opened)),
        verdict=None if asked.outcome is None else Verdict(int(firings.verdict[at])),
        outcome_on=None if ahead == NONE else opened + timedelta(days=int(ahead)),
        arr=money(firings.arr[at]),
    )


def _loads(fired: Sequence[Fired], *, any_day: bool, days: Sequence[date]) -> list[Load]:
    alerts, held = Counter[tuple[str, date]](), Counter[tuple[str, date]]()
    for x in fired:
        place = x.owner or "", monday(x.opened_on)
        alerts[place] += 1
        first = first_day(x.opened_on, any_day=any_day, days=days)
        held[place] += held_back(x.told_on, x.closed_on, first=first)
    return [
        Load(owner or None, week, n, held[owner, week])
        for (owner, week), n in sorted(alerts.items())
    ]


X = TypeVar("X", Rule, Outcome)


def known(kind: str, name: str, known: Mapping[str, X]) -> X:
    if name in known:
        return known[name]
    there = f"there are {', '.join(known)}" if known else f"the definitions have no {kind}"
    close = nearest(name, known)
    meant = f"did you mean '{close}'? " if close else ""
    raise UnknownDefinitionError(f"No {kind} '{name}'; {meant}{there}.")
