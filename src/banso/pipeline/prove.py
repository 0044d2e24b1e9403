"""Step 6, value: did what was expected come about, and was it the action?"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

import numpy as np
from numpy.typing import NDArray

from banso.core.definitions import Definitions
from banso.core.definitions.model import Rule
from banso.core.definitions.outcomes import Outcome
from banso.core.definitions.plays import Play
from banso.core.expressions import evaluate
from banso.core.metrics import Panel
from banso.core.rules.outcomes import happened, settling_days
from banso.core.rules.verdicts import Verdicts, verdicts
from banso.core.unmeasured import Column
from banso.core.value.arms import play_version, version
from banso.core.value.expectation import Came, Why, judge
from banso.desk.models import Expectation, Followed, Judgement, RunExpectation
from banso.desk.queries.judged import Waits, open_judgements, waiting_runs
from banso.desk.queries.proof import (
    Action,
    Drawn,
    actions,
    chances_of_play,
    drawn,
    due_of_play,
    entries_of_play,
    merged_arms,
)
from banso.desk.queries.scope import EVERYTHING
from banso.desk.services.proof import keep_effects, keep_expectations, keep_followed
from banso.desk.services.value_figures import keep_figures
from banso.pipeline.assess import histories
from banso.pipeline.effects import effects
from banso.pipeline.gather import Inputs, contract_facts, gather
from banso.pipeline.measure import panels
from banso.pipeline.outcome_facts import tell_outcomes
from banso.pipeline.staged import Due, Seen, seen
from banso.pipeline.subjects import Acted, Enrolled, Subjects, acted, begun, enrolled
from banso.pipeline.value_figures import figures_now
from banso.store import Store

Progress = Callable[[int, int], None]
"""Called with (accounts done, accounts in all)."""


@dataclass(frozen=True)
class Proven:
    """Of one pass: alerts and runs of plays whose expectation was looked at, and effects kept."""

    expectations: int
    effects: int


@dataclass
class Asked:
    """One rule or play with all that was done for its sake; enrolled, acted, begun: by target, see
    subjects and staged. actions: of plays none. chances: what of it is compared, of a rule its
    actions. entries: of plays, days on which accounts entered. due: see staged, of those only that
    are rolled out by stages. merged: accounts that were drawn and are another one by now. waiting:
    alerts, or runs of the play, of which it is not settled what became of what was expected."""

    tested: Rule | Play
    version: str
    outcome: Outcome | None
    actions: Mapping[str, Sequence[Action]]
    chances: Mapping[str, Sequence[Action]]
    entries: Mapping[str, Sequence[date]]
    drawn: Mapping[str, Drawn]
    due: Mapping[str, Sequence[Due]]
    merged: int
    waiting: Mapping[str, Sequence[Waits]]
    enrolled: list[Enrolled] = field(default_factory=list)
    acted: list[Acted] = field(default_factory=list)
    begun: list[Acted] = field(default_factory=list)
    seen: list[Seen] = field(default_factory=list)
    followed: list[Followed] = field(default_factory=list)

    @property
    def asks(self) -> bool:
        """Whether there is anything to look at."""
        some = (self.actions, self.drawn, self.due, self.chances, self.entries)
        return any(some) or self.tested.holdout is not None


def prove(
    store: Store,
    definitions: Definitions,
    *,
    as_of: date,
    progress: Progress = lambda done, all_: None,
) -> Proven:
    """Judge every alert and every run of a play that waits for its expectation, and tell anew what
    each rule and play changes.

    Measures all accounts once more, as a backtest does. Doing so again changes nothing but what
    new days have brought.
    """
    asked = [_asked(definitions, rule) for rule in definitions.rules.values()]
    asked += [_asked_play(definitions, play) for play in definitions.plays.values()]
    wanted = [x for x in asked if x.asks]
    judged: list[Judgement] = []
    with store.snapshot() as snapshot:
        inputs = gather(store, snapshot, definitions, as_of=as_of)
        done = 0
        for _, panel in panels(inputs) if wanted else ():
            histories(inputs, panel)
            judged += _prove_panel(inputs, panel, wanted)
            done += len(panel.accounts)
            progress(done, len(inputs.book.accounts))
        judged += _gone(definitions, as_of)
        count = keep_expectations(judged)
        keep_followed([row for x in wanted for row in x.followed])
        rows = [row for x in wanted for row in effects(x, as_of=as_of)]
        keep_effects(rows)
    keep_figures(figures_now(definitions, as_of=as_of))
    tell_outcomes(store, zone=definitions.organisation.time_zone)
    return Proven(expectations=count, effects=len(rows))


def _asked(definitions: Definitions, rule: Rule) -> Asked:
    zone = definitions.organisation.time_zone
    done = actions(EVERYTHING, rule.name, zone=zone)
    due = {key: [(x.opened_on, not x.withheld) for x in of] for key, of in done.items()}
    return Asked(
        tested=rule,
        version=version(rule, definitions.plays),
        outcome=definitions.outcomes[rule.outcome] if rule.outcome else None,
        actions=done,
        chances=done,
        entries={},
        due=due if rule.rollout else {},
        drawn=drawn(EVERYTHING, rule=rule.name),
        merged=merged_arms(EVERYTHING, rule=rule.name),
        waiting={
            key: [Waits(x.episode, x.opened_on) for x in of if not x.settled]
            for key, of in done.items()
        },
    )


def _asked_play(definitions: Definitions, play: Play) -> Asked:
    rules = [x.name for x in definitions.rules.values() if x.play == play.name]
    entries = entries_of_play(EVERYTHING, play.name)
    return Asked(
        tested=play,
        version=play_version(play, definitions.plays),
        outcome=definitions.outcomes[play.outcome] if play.outcome else None,
        actions={},
        chances=chances_of_play(EVERYTHING, rules, entries),
        entries=entries,
        due=due_of_play(EVERYTHING, play.name) if play.rollout else {},
        drawn=drawn(EVERYTHING, play=play.name),
        merged=merged_arms(EVERYTHING, play=play.name),
        waiting=waiting_runs(EVERYTHING, play.name),
    )


def _prove_panel(inputs: Inputs, panel: Panel, wanted: Sequence[Asked]) -> list[Judgement]:
    judged: list[Judgement] = []
    known = _outcomes(inputs, panel, wanted)
    rows = {inputs.key(account): row for row, account in enumerate(panel.accounts)}
    for one in wanted:
        expected = _expected(inputs.definitions, panel, one.tested)
        if expected is not None:
            judged += _judge(inputs, one, expected, rows)
        outcome, reasons = known.get(one.tested.outcome or "", (None, None))
        subjects = Subjects(
            inputs=inputs,
            panel=panel,
            tested=one.tested,
            rows=rows,
            expected=expected,
            outcome=outcome,
            known=reasons,
            settling=settling_days(one.outcome) if one.outcome else 0,
            within=one.outcome.within_days if one.outcome else 0,
        )
        one.enrolled += enrolled(subjects, one.drawn, one.version)
        one.acted += acted(subjects, one.chances)
        one.begun += begun(subjects, one.entries)
        one.seen += seen(subjects, one.due)
        one.followed += _followed(subjects, one.actions)
    return judged


def _followed(subjects: Subjects, actions: Mapping[str, Sequence[Action]]) -> Iterator[Followed]:
    """Of alerts that are not judged for good yet."""
    outcome, calendar = subjects.tested.outcome, subjects.inputs.calendar
    if outcome is None or subjects.outcome is None:
        return
    for account, row in subjects.rows.items():
        for action in actions.get(account, ()):
            day = calendar.index(action.opened_on)
            if action.followed == outcome or day >= calendar.days:
                continue
            came = subjects.happened(subjects.outcome, row, day) if day >= 0 else "unmeasured"
            settled_on = None if came == "open" else calendar.last
            yield Followed(
                episode_id=action.episode, outcome=outcome, came=came, settled_on=settled_on
            )


def _expected(definitions: Definitions, panel: Panel, tested: Rule | Play) -> Column | None:
    if tested.expect is None:
        return None
    root = definitions.condition(tested.expect.condition).root
    return evaluate(root, panel.column, panel.shape)


def _outcomes(
    inputs: Inputs, panel: Panel, wanted: Sequence[Asked]
) -> Mapping[str, tuple[Verdicts, NDArray[np.uint8]]]:
    """By name, each once: whether it came within its days after every day, and on which days that
    could not be told, and why."""
    contracts = contract_facts(inputs, panel.accounts)
    found: dict[str, tuple[Verdicts, NDArray[np.uint8]]] = {}
    for outcome in {x.outcome.name: x.outcome for x in wanted if x.outcome}.values():
        came = happened(
            inputs.definitions, outcome, panel, contracts, any_contract=inputs.org.has_contracts
        )
        told = verdicts(came, lead_days=0, within_days=outcome.within_days)
        found[outcome.name] = told, came.reasons
    return found


def _judge(
    inputs: Inputs, one: Asked, expected: Column, rows: Mapping[str, int]
) -> list[Judgement]:
    return [
        _judgement(inputs, one.tested, waits, expected, row)
        for account, row in rows.items()
        for waits in one.waiting.get(account, ())
    ]


def _judgement(
    inputs: Inputs, tested: Rule | Play, waits: Waits, expected: Column, row: int
) -> Judgement:
    expect, calendar = tested.expect, inputs.calendar
    assert expect is not None  # noqa: S101  asked before
    opened = calendar.index(waits.since)
    judged = judge(expected, row, opened=opened, within=expect.within_days)
    kind = Expectation if isinstance(tested, Rule) else RunExpectation
    return kind(
        pk=waits.number,
        condition=expect.condition,
        within_days=expect.within_days,
        due_on=waits.since + timedelta(days=expect.within_days),
        came=judged.came,
        why=judged.why,
        reached_on=None if judged.reached is None else calendar.as_of(judged.reached),
        settled_on=None if judged.came is Came.OPEN else calendar.last,
    )


def _gone(definitions: Definitions, as_of: date) -> list[Judgement]:
    """Open ones of rules and plays that are gone, or that expect nothing any more."""
    rows = open_judgements(
        rules=[x.name for x in definitions.rules.values() if x.expect is not None],
        plays=[x.name for x in definitions.plays.values() if x.expect is not None],
    )
    for row in rows:
        row.came, row.why, row.settled_on = Came.UNMEASURED, Why.GONE, as_of
    return rows
