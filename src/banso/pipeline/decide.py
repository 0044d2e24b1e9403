"""Step 4, decision: what became true of which account -> episodes that open and close.

Live and replay are the same fold: live goes on from what the desk remembers, day by day.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

import numpy as np

from banso.core.definitions import Definitions
from banso.core.definitions.model import Label, Rule
from banso.core.definitions.proof import is_reached
from banso.core.health import Evidence
from banso.core.metrics import Panel
from banso.core.rules.episodes import NONE, Event, State, fold
from banso.core.rules.evidence import evidence
from banso.core.rules.sentence import sentence
from banso.core.rules.so_far import so_far
from banso.core.rules.truth import rule_journey, truth
from banso.core.unmeasured import Column
from banso.core.value.arms import version
from banso.desk.models.episode import CLEARED
from banso.desk.queries.decided import RuleState
from banso.desk.services.arms import Holdout
from banso.desk.services.episodes import Closing, Opening
from banso.pipeline.gather import Inputs

NOTHING = RuleState({}, {})
RULE_REMOVED = "rule_removed"


@dataclass(frozen=True)
class Decided:
    openings: Sequence[Opening]
    closings: Sequence[Closing]


def decide(
    inputs: Inputs,
    panel: Panel,
    *,
    states: Mapping[str, RuleState],
    start: int,
    stop: int,
) -> Decided:
    """Fold every rule over the as_of days [start, stop) of a panel that has been assessed."""
    openings: list[Opening] = []
    closings: list[Closing] = []
    for rule in inputs.definitions.rules.values():
        holds = truth(inputs.definitions, rule, panel)
        found = _folded(inputs, panel, rule, holds, states, start=start, stop=stop)
        openings += found.openings
        closings += found.closings
    return Decided(openings, closings)


def _folded(
    inputs: Inputs,
    panel: Panel,
    rule: Rule,
    holds: Column,
    states: Mapping[str, RuleState],
    *,
    start: int,
    stop: int,
) -> Decided:
    state = _state(inputs, panel, states.get(rule.name, NOTHING))
    outcome = fold(rule, holds, state=state, start=start, stop=stop)
    closings = [
        Closing(
            rule=rule.name,
            account=inputs.key(panel.accounts[x.row]),
            closed_on=inputs.calendar.as_of(x.day),
            because=CLEARED,
        )
        for x in outcome.closings
    ]
    return Decided([_opening(inputs, panel, rule, x) for x in outcome.openings], closings)


@dataclass(frozen=True)
class SoFar:
    """What rules say as of the coming midnight; also (rule, account key) of which they say for sure
    that they hold, or don't. Of all others nothing is said yet."""

    decided: Decided
    holds: frozenset[tuple[str, str]]
    fails: frozenset[tuple[str, str]]


def decide_so_far(inputs: Inputs, panel: Panel, *, states: Mapping[str, RuleState]) -> SoFar:
    """The same fold over the panel's last day, which is not over (core.rules.so_far). states: as of
    the day before."""
    keys = [inputs.key(x) for x in panel.accounts]
    openings: list[Opening] = []
    closings: list[Closing] = []
    said: dict[bool, set[tuple[str, str]]] = {True: set(), False: set()}
    stop = panel.shape[1]
    for rule in inputs.definitions.rules.values():
        holds = so_far(inputs.definitions, rule, panel)
        found = _folded(inputs, panel, rule, holds, states, start=stop - 1, stop=stop)
        openings += found.openings
        closings += found.closings
        for row in np.flatnonzero(holds.measured[:, -1]).tolist():
            said[bool(holds.values[row, -1])].add((rule.name, keys[row]))
    decided = Decided(openings, closings)
    return SoFar(decided, holds=frozenset(said[True]), fails=frozenset(said[False]))


def _state(inputs: Inputs, panel: Panel, remembered: RuleState) -> State:
    keys = [inputs.key(x) for x in panel.accounts]
    return State(
        open_since=_indices(inputs, keys, remembered.opened_on),
        last_closed=_indices(inputs, keys, remembered.closed_on),
    )


def _indices(
    inputs: Inputs, keys: Sequence[str], days: Mapping[str, date]
) -> np.ndarray[tuple[int], np.dtype[np.int32]]:
    found = [inputs.calendar.index(days[key]) if key in days else NONE for key in keys]
    return np.array(found, np.int32)


def _opening(inputs: Inputs, panel: Panel, rule: Rule, event: Event) -> Opening:
    return Opening(
        rule=rule.name,
        account=inputs.key(panel.accounts[event.row]),
        journey=rule_journey(inputs.definitions, rule),
        opened_on=inputs.calendar.as_of(event.day),
        priority=rule.priority,
        label=(rule.label or Label(en=rule.name, ja=rule.name)).model_dump(),
        action=rule.action.model_dump(),
        why=why(inputs, panel, rule, row=event.row, day=event.day),
        arr=at_stake(panel, row=event.row, day=event.day),
        holdout=_holdout(inputs, panel, rule, event),
        reached=_reached(inputs, panel, rule, event),
        assign=rule.assign,
    )


def _holdout(inputs: Inputs, panel: Panel, rule: Rule, event: Event) -> Holdout | None:
    if rule.holdout is None:
        return None
    return Holdout(
        share=rule.holdout,
        stratum=stratum(inputs.definitions, panel, rule, row=event.row, day=event.day),
        version=version(rule, inputs.definitions.plays),
        figures=figures(inputs.definitions, panel, rule, row=event.row, day=event.day),
    )


def _reached(inputs: Inputs, panel: Panel, rule: Rule, event: Event) -> bool:
    columns = {x.segment: panel.column(f"segment.{x.segment}") for x in rule.rollout}
    row, day = event.row, event.day
    mine = [name for name, x in columns.items() if x.measured[row, day] and x.values[row, day]]
    return is_reached(rule.rollout, mine, on=inputs.calendar.as_of(day))


def figures(
    definitions: Definitions, panel: Panel, rule: Rule, *, row: int, day: int
) -> dict[str, float | None]:
    """Score (in the rule's journey, else in the first one) and ARR of an account on a day."""
    journey = rule_journey(definitions, rule) or next(iter(definitions.journeys), "")
    named = {"score": f"journey.{journey}.score" if journey else "", "arr": "contract.arr"}
    columns = {name: panel.column(field) if field else None for name, field in named.items()}
    return {
        name: float(x.values[row, day]) if x is not None and x.measured[row, day] else None
        for name, x in columns.items()
    }


def stratum(definitions: Definitions, panel: Panel, rule: Rule, *, row: int, day: int) -> str:
    """Health (in the rule's journey, else in the first one) and segments of an account on a day:
    `watch: large, trial`."""
    journey = rule_journey(definitions, rule) or next(iter(definitions.journeys), "")
    colour = "unmeasured"
    if journey:
        column = panel.column(f"journey.{journey}.colour")
        if column.measured[row, day]:
            colour = str((column.categories or ())[int(column.values[row, day])])
    segments = (panel.column(f"segment.{name}") for name in definitions.segments)
    inside = [x.measured[row, day] and bool(x.values[row, day]) for x in segments]
    names = [name for name, is_in in zip(definitions.segments, inside, strict=True) if is_in]
    return f"{colour}: {', '.join(names)}" if names else colour


def why(inputs: Inputs, panel: Panel, rule: Rule, *, row: int, day: int) -> list[dict[str, object]]:
    """The comparisons that make the rule hold, as kept in the alert; most telling first, each
    once."""
    found: dict[tuple[str, str, object], Evidence] = {}
    for x in evidence(inputs.definitions, rule, panel, row=row, day=day):
        found.setdefault((x.field, x.operator, x.threshold), x)
    return [
        {**x.as_json(), "text": {"en": sentence((x,), "en"), "ja": sentence((x,), "ja")}}
        for x in found.values()
    ]


def at_stake(panel: Panel, *, row: int, day: int) -> Decimal | None:
    """ARR of the contracts in force; None where it is unmeasured."""
    arr = panel.column("contract.arr")
    return money(arr.values[row, day]) if arr.measured[row, day] else None


def money(amount: float) -> Decimal | None:
    """An amount to the hundredth; None for NaN, which is unmeasured."""
    return None if np.isnan(amount) else Decimal(repr(float(amount))).quantize(Decimal("0.01"))


def removed_rules(
    inputs: Inputs, states: Mapping[str, RuleState], as_of: date
) -> Iterator[Closing]:
    """Episodes of rules that are no longer defined are closed."""
    for rule, state in states.items():
        if rule not in inputs.definitions.rules:
            for account, opened_on in state.opened_on.items():
                yield Closing(rule, account, max(as_of, opened_on), RULE_REMOVED)
