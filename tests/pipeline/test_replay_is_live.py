"""Replay is live, byte for byte: over random facts and random rules, each morning knowing only what
had happened by then."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from datetime import UTC, date, datetime, timedelta
from typing import cast

from hypothesis import given, settings
from hypothesis import strategies as st
from tests.core.metrics.given import (
    AttributeRow,
    ContractRow,
    FactRow,
    World,
    accounts_of,
    batches,
    organisation,
)

from banso.core.definitions import Definitions, loads
from banso.core.metrics import Calendar, Panel, measure, plan
from banso.core.rules.episodes import NONE
from banso.core.rules.replay import replay
from banso.desk.queries.book import BookAccount
from banso.desk.queries.decided import RuleState
from banso.desk.services.episodes import Closing, Opening
from banso.pipeline.assess import histories
from banso.pipeline.decide import Decided, decide
from banso.pipeline.gather import Book, Inputs
from banso.store import Snapshot

FIRST = date(2026, 4, 1)
ACCOUNTS = ("A1", "A2", "A3")
DEFINITIONS = """
organisation: {{name: Test, time_zone: Asia/Tokyo}}
sources:
  - {{name: app, late_after: {late}d}}
metrics:
  - {{name: users, kind: distinct_users, window: 3d}}
  - {{name: users_change, kind: change, of: users}}
  - {{name: quiet, kind: recency}}
  - {{name: answer, kind: latest, of: record.nps}}
  - {{name: hearings, kind: count, facts: record.hearing, window: 4d}}
segments:
  - {{name: small, where: users < 2}}
journeys:
  - name: adoption
    stages:
      - name: first
        expected_days: 4
        health: [{{condition: quiet <= 2, of: quiet, good: 1, poor: 4}}]
      - {{name: habit, enter: users >= {enter}, health: [{{condition: users >= 2}}]}}
rules:
  - {{name: one, when: "{one}", for: {held} of {days} days, clear_days: {clear},
      cooldown_days: {cooldown}, action: {{en: Call, ja: 電話する}}}}
  - {{name: two, when: "{two}", priority: high, action: {{en: Visit, ja: 訪問する}}}}
"""
CONDITIONS = (
    "quiet >= 3",
    "users < 2 or contract.days_to_end < 4",
    "users_change < -0.3 and journey.adoption.stage = 'habit'",
    "journey.adoption.colour = 'at_risk'",
    "journey.adoption.overdue",
    "users_change is unmeasured",
    "segment.small and attribute.trade = 'food'",
    "not segment.small or attribute.trade != 'food'",
    "answer <= 6",
    "hearings = 0",
    "hearings is unmeasured or answer > 8",
    "journey.adoption.days_in_stage >= 3",
    "journey.adoption.days_in_colour >= 2 and journey.adoption.score < 70",
    "journey.adoption.confidence < 0.9",
    "contract.arr > 500 and contract.seats is unmeasured",
)
"""Of every kind that a rule may have: metrics, absence, stage, time in it, health, segments,
attributes, contracts, records."""


@st.composite
def definitions(draw: st.DrawFn) -> Definitions:
    days = draw(st.integers(1, 4))
    return loads(
        {
            "all.yaml": DEFINITIONS.format(
                late=draw(st.integers(1, 3)),
                enter=draw(st.integers(1, 3)),
                one=draw(st.sampled_from(CONDITIONS)),
                two=draw(st.sampled_from(CONDITIONS)),
                held=draw(st.integers(1, days)),
                days=days,
                clear=draw(st.integers(1, 3)),
                cooldown=draw(st.integers(0, 3)),
            )
        }
    )


@st.composite
def worlds(draw: st.DrawFn) -> World:
    days = draw(st.integers(6, 14))
    uses = st.tuples(st.sampled_from(ACCOUNTS), st.integers(0, days - 1), st.integers(1, 3))
    facts = [
        FactRow(account, datetime(2026, 4, 1, 3, tzinfo=UTC) + timedelta(days=day), user=f"{user}")
        for account, day, user in draw(st.lists(uses, max_size=40))
    ]
    terms = st.tuples(st.sampled_from(ACCOUNTS), st.integers(-3, 5), st.integers(0, 12))
    contracts = [
        ContractRow(account, FIRST + timedelta(days=start), FIRST + timedelta(days=start + length),
                    arr=1000.5)
        for account, start, length in draw(st.lists(terms, max_size=3))
    ]  # fmt: skip
    told = st.tuples(
        st.sampled_from(ACCOUNTS),
        st.integers(0, days - 1),
        st.sampled_from(["nps", "hearing"]),
        st.integers(0, 10),
    )
    facts += [
        FactRow(account, datetime(2026, 4, 1, 4, tzinfo=UTC) + timedelta(days=day), kind,
                dataset="records", source="crm", value=float(value))
        for account, day, kind, value in draw(st.lists(told, max_size=12))
    ]  # fmt: skip
    trades = st.tuples(
        st.sampled_from(ACCOUNTS), st.integers(0, days - 1), st.sampled_from(["food", "cars"])
    )
    said = {(account, day): trade for account, day, trade in draw(st.lists(trades, max_size=4))}
    attributes = [
        AttributeRow(account, "trade", trade, FIRST + timedelta(days=day))
        for (account, day), trade in said.items()
    ]
    calendar = Calendar("Asia/Tokyo", FIRST, days)
    return World(calendar, dict.fromkeys(ACCOUNTS, FIRST), facts, contracts, attributes)


def as_of(world: World, days: int) -> World:
    """What is known on the last of so many days: the facts before its midnight."""
    known = [fact for fact in world.facts if world.local_day(fact) < days - 1]
    return replace(world, calendar=Calendar("Asia/Tokyo", FIRST, days), facts=known)


def inputs_of(world: World, chosen: Definitions) -> tuple[Inputs, Panel]:
    made = plan(chosen, org=organisation(world, chosen))
    facts = batches(world, computed=made.computed)
    panel = measure(plan=made, accounts=accounts_of(world), batches=facts)
    book = Book({id_: BookAccount(id_, key, key, FIRST, None) for key, id_ in world.ids.items()},
                {}, {}, {}, 0)  # fmt: skip
    nothing = cast("Snapshot", None)  # facts come from the world; nobody asks the store
    inputs = Inputs(nothing, chosen, made, made.org, book, {}, {})
    histories(inputs, panel)
    return inputs, panel


def written(steps: Sequence[Opening | Closing]) -> bytes:
    """Every byte of them, in the order in which runs record them."""
    found = [asdict(step) for step in steps]
    return json.dumps(found, default=str, ensure_ascii=False, sort_keys=True).encode()


def in_order(steps: Sequence[Opening | Closing]) -> list[Opening | Closing]:
    return sorted(steps, key=lambda x: (x.rule, day_of(x), x.account))


def day_of(step: Opening | Closing) -> date:
    return step.opened_on if isinstance(step, Opening) else step.closed_on


def remembered(decided: Sequence[Decided], chosen: Definitions) -> Mapping[str, RuleState]:
    """What the desk would say of the mornings before (`decided.rule_states`)."""
    states = {rule: RuleState({}, {}) for rule in chosen.rules}
    for morning in decided:
        for closing in morning.closings:
            del states[closing.rule].opened_on[closing.account]
            states[closing.rule].closed_on[closing.account] = closing.closed_on
        for opening in morning.openings:
            states[opening.rule].opened_on[opening.account] = opening.opened_on
    return states


@settings(max_examples=40)
@given(worlds(), definitions())
def test_a_replay_says_what_every_morning_said(world: World, chosen: Definitions) -> None:
    days = world.calendar.days
    mornings: list[Decided] = []
    for day in range(days):
        inputs, panel = inputs_of(as_of(world, day + 1), chosen)
        states = remembered(mornings, chosen)
        mornings.append(decide(inputs, panel, states=states, start=day, stop=day + 1))

    inputs, panel = inputs_of(world, chosen)
    whole = decide(inputs, panel, states={}, start=0, stop=days)

    opened = [x for morning in mornings for x in morning.openings]
    closed = [x for morning in mornings for x in morning.closings]
    assert written(in_order(whole.openings)) == written(in_order(opened))
    assert written(in_order(whole.closings)) == written(in_order(closed))
    assert firings(inputs, panel) == sorted(
        (x.rule, x.account, x.opened_on, end_of(x, closed), None if x.arr is None else float(x.arr))
        for x in opened
    )


def end_of(opening: Opening, closed: Sequence[Closing]) -> date | None:
    mine = [x for x in closed if (x.rule, x.account) == (opening.rule, opening.account)]
    return min((x.closed_on for x in mine if x.closed_on > opening.opened_on), default=None)


def firings(inputs: Inputs, panel: Panel) -> list[tuple[object, ...]]:
    """What a backtest lists."""
    chosen, day = inputs.definitions, inputs.calendar.as_of
    found = replay(chosen, panel, rules=list(chosen.rules), outcome=None).firings
    return sorted(
        (
            rule,
            inputs.key(x.account[at]),
            day(int(x.opened[at])),
            None if x.closed[at] == NONE else day(int(x.closed[at])),
            None if x.arr[at] != x.arr[at] else float(x.arr[at]),
        )
        for rule, x in found.items()
        for at in range(len(x.opened))
    )
