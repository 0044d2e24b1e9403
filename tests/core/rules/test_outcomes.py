"""When outcomes came about, against slow walks through each account's contracts and stages."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from banso.core.health.assess import assess
from banso.core.metrics import NEVER, Contracts, Panel
from banso.core.rules.outcomes import happened
from banso.core.unmeasured import Column, Reason

from ..health.conftest import Cell, MakeDefinitions, MakePanel  # noqa: TID252 (beside, not above)

NA, LATE, NONE = Reason.NOT_APPLICABLE, Reason.SOURCE_LATE, Reason.NO_SOURCE
LETTERS = {NA: "-", LATE: "?", NONE: "0", Reason.BEFORE_FIRST_DATA: "<"}
Term = tuple[int, int, float]
"""Start, end, ARR."""

MORE = """
journeys:
  - name: adoption
    sticky: false
    stages:
      - {name: first}
      - {name: second, enter: users > 10}
      - {name: third, enter: users > 20}
outcomes:
  - {name: churned, kind: churn}
  - {name: core_churned, kind: churn, where: product = 'core'}
  - {name: lessened, kind: downgrade}
  - {name: renewed, kind: renewal}
  - {name: up, kind: stage_advance, journey: adoption}
  - {name: to_third, kind: stage_advance, journey: adoption, to: third}
  - {name: down, kind: stage_regress, journey: adoption}
  - {name: silent, kind: silence, of: idle, days: 7}
  - {name: shrunk, kind: condition, when: users < 5}
"""


def contracts(*accounts: list[Term], product: str = "core") -> Contracts:
    rows = [(row, *term) for row, terms in enumerate(accounts) for term in terms]
    return Contracts(
        row=np.array([x[0] for x in rows], np.int32),
        start=np.array([x[1] for x in rows], np.int32),
        end=np.array([x[2] for x in rows], np.int32),
        signed=np.full(len(rows), NEVER, np.int32),
        seats=np.full(len(rows), np.nan),
        arr=np.array([x[3] for x in rows], np.float64),
        product=(product,) * len(rows),
    )


def letters(column: Column, row: int = 0) -> str:
    """One a day: ! it happened, . it did not, - it could not, ? not known, 0 no source."""
    cells = zip(column.values[row].tolist(), column.reasons[row].tolist(), strict=True)
    return "".join(LETTERS[Reason(why)] if why else "!" if value else "." for value, why in cells)


class World:
    def __init__(self, make_panel: MakePanel, make_definitions: MakeDefinitions) -> None:
        self.make_panel, self.definitions = make_panel, make_definitions(MORE)

    def panel(self, users: list[list[Cell]], idle: list[list[Cell]] | None = None) -> Panel:
        same = [[1 for _ in row] for row in users]
        panel = self.make_panel({"users": users, "idle": idle or same, "depth": same})
        assess(self.definitions, panel)
        return panel

    def told(
        self, name: str, panel: Panel, terms: Contracts | None = None, *, any_at_all: bool = True
    ) -> str:
        outcome = self.definitions.outcomes[name]
        ledger = terms or Contracts()
        found = happened(self.definitions, outcome, panel, ledger, any_contract=any_at_all)
        return letters(found)

    def days(self, count: int) -> Panel:
        return self.panel([[1] * count])


@pytest.fixture(scope="module")
def world(make_panel: MakePanel, make_definitions: MakeDefinitions) -> World:
    return World(make_panel, make_definitions)


def test_an_account_churns_on_the_first_day_without_a_contract(world: World) -> None:
    told = world.told("churned", world.days(60), contracts([(-400, 9, 1.0)]))
    assert told == "." * 10 + "!" + "-" * 49


def test_a_contract_that_begins_within_thirty_days_is_no_churn(world: World) -> None:
    late = contracts([(-400, 9, 1.0), (39, 400, 1.0)])
    assert world.told("churned", world.days(60), late) == "." * 11 + "-" * 29 + "." * 20
    too_late = contracts([(-400, 9, 1.0), (40, 400, 1.0)])
    assert world.told("churned", world.days(60), too_late)[10] == "!"


def test_churn_is_not_known_while_a_renewal_may_still_be_entered(world: World) -> None:
    ended = contracts([(-400, 9, 1.0)])
    assert world.told("churned", world.days(39), ended) == "." * 10 + "?" + "-" * 28
    assert world.told("churned", world.days(40), ended) == "." * 10 + "!" + "-" * 29
    renewed = contracts([(-400, 9, 1.0), (20, 400, 1.0)])  # after the last day, but entered
    assert world.told("churned", world.days(15), renewed) == "." * 11 + "-" * 4


def test_without_contracts_nothing_is_told_of_churn(world: World) -> None:
    assert world.told("churned", world.days(3)) == "---"
    assert world.told("churned", world.days(3), any_at_all=False) == "000"
    other = contracts([(-400, 0, 1.0)], product="other")
    assert world.told("core_churned", world.days(3), other) == "---"


def test_less_revenue_than_before_is_a_downgrade_and_its_end_is_none(world: World) -> None:
    terms = contracts([(-9, 4, 10.0), (5, 9, 8.0), (3, 4, 2.0)])
    assert world.told("lessened", world.days(12), terms) == "-....!......"
    assert world.told("lessened", world.days(50), terms)[-10:] == "-" * 10


def test_a_downgrade_is_seen_across_a_short_gap_and_not_where_an_amount_is_unknown(
    world: World,
) -> None:
    gap = contracts([(-9, 1, 10.0), (4, 90, 8.0)])
    assert world.told("lessened", world.days(6), gap) == "-...!."
    unknown = contracts([(-9, 1, 10.0), (2, 3, float("nan")), (4, 90, 8.0)])
    assert world.told("lessened", world.days(6), unknown) == "-.---."


def test_a_renewal_is_the_day_after_the_end_where_a_later_contract_goes_on(world: World) -> None:
    terms = contracts([(-300, 4, 1.0), (5, 9, 1.0), (-100, 4, 1.0), (30, 70, 1.0)])
    told = world.told("renewed", world.days(60), terms)
    assert told == "." * 5 + "!" + "...." + "!" + "-" * 20 + "." * 29
    ended = contracts([(-300, 4, 1.0)])
    assert world.told("renewed", world.days(10), ended) == ".....?----"
    assert world.told("renewed", world.days(60), ended)[5] == "."


@st.composite
def ledgers(draw: st.DrawFn) -> list[Term]:
    spans = st.tuples(st.integers(-40, 90), st.integers(0, 60), st.sampled_from([1.0, 2.0, 3.0]))
    return [
        (start, start + length, arr) for start, length, arr in draw(st.lists(spans, max_size=4))
    ]


@given(terms=ledgers(), days=st.integers(1, 80))
def test_what_contracts_tell_is_what_a_slow_walk_finds(
    world: World, terms: list[Term], days: int
) -> None:
    def held(day: int) -> float | None:
        return sum(x[2] for x in terms if x[0] <= day <= x[1]) or None

    churned, renewed = "", ""
    for day in range(days):
        after = [held(x) for x in range(day, day + 30)]
        ending = [x for x in terms if x[1] == day - 1]
        goes_on = [x for x in ending if any(x[0] < y[0] < day + 30 and y[1] >= day for y in terms)]
        sure = day + 30 <= days
        if held(day - 1) is None:
            churned, renewed = churned + "-", renewed + "-"
            continue
        gone = not any(after)
        churned += "." if not gone else "!" if sure else "?"
        renewed += "!" if goes_on else "?" if ending and not sure else "."
    panel = world.days(days)
    assert world.told("churned", panel, contracts(terms)) == churned
    assert world.told("renewed", panel, contracts(terms)) == renewed


def test_an_advance_is_a_step_up_and_can_not_happen_at_the_top(world: World) -> None:
    panel = world.panel([[1, 15, 15, 25, 25, 12, 30]])
    assert world.told("up", panel) == "-!.!--!"
    assert world.told("to_third", panel) == "-..!--!"
    assert world.told("down", panel) == "--...!."


def test_nothing_is_told_off_the_journey(world: World) -> None:
    panel = world.panel([[1, NA, 15, 25]], idle=[[1, NA, 1, 1]])
    panel.customer[0, 1] = False
    assess(world.definitions, panel)
    assert world.told("up", panel) == "---!"


def test_a_condition_begins_where_it_was_known_not_to_hold(world: World) -> None:
    assert world.told("shrunk", world.panel([[9, 4, 4, 9, 3]])) == ".!-.!"
    assert world.told("shrunk", world.panel([[3, 4, 9, 3]])) == "--.!"
    assert world.told("shrunk", world.panel([[9, LATE, 3, 3]])) == ".?!-"


def test_silence_is_full_on_its_last_day(world: World) -> None:
    panel = world.panel([[1] * 6], idle=[[4, 5, 6, 7, 8, 1]])
    assert world.told("silent", panel) == "...!-."
