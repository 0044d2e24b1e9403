"""A run of a play, day by day."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.core.plays.random_plays import CONDITIONS, DAY, day, histories, plays

from banso.core.definitions import loads
from banso.core.definitions.plays import BranchStep, Play, every
from banso.core.plays.machine import (
    END,
    Because,
    Ends,
    Facts,
    Go,
    Rest,
    State,
    Waits,
    begin,
    move,
    step_at,
)

History = Sequence[Facts | None]


@dataclass
class Lived:
    """effects: (day, key of the step). moves: so many. rest: what it waits for after the last day,
    or how it ended."""

    state: State
    effects: list[tuple[int, str]] = field(default_factory=list)
    moves: int = 0
    rest: Rest | Because | None = None


def live(play: Play, history: History, *, cut: int | None = None) -> Lived:
    """Each day as far as it goes. cut: after so many moves everything but the state is lost, and
    the day is begun again."""
    lived = Lived(begin(DAY))
    for number, facts in enumerate(history):
        while True:
            found = move(play, lived.state, facts, day=day(number))
            if not isinstance(found, Go):
                lived.rest = found.because
                break
            lived.state, lived.moves = found.state, lived.moves + 1
            if found.intent is not None:
                lived.effects.append((number, found.intent.key))
            if lived.moves == cut:
                lived.state = State(lived.state.at, lived.state.since, lived.state.assignee)
        if isinstance(found, Ends):
            break
    return lived


@given(plays, histories)
def test_it_always_ends_or_waits(play: Play, history: History) -> None:
    assert live(play, history).moves <= len(list(every(play.steps)))


@given(plays, histories)
def test_the_effect_of_each_step_comes_about_at_most_once(play: Play, history: History) -> None:
    keys = [key for _, key in live(play, history).effects]

    assert len(keys) == len(set(keys))
    assert keys == sorted(keys, key=[key for key, _ in every(play.steps)].index)


@given(plays, histories)
def test_a_branch_takes_one_side(play: Play, history: History) -> None:
    done = {key for _, key in live(play, history).effects}
    for key, step in every(play.steps):
        if isinstance(step, BranchStep):
            sides = [any(x.startswith(f"{key}.{side}.") for x in done) for side in ("then", "else")]
            assert sides != [True, True]


@given(plays, histories, st.integers(1, 20))
def test_cut_off_and_resumed_it_does_the_same(play: Play, history: History, cut: int) -> None:
    assert live(play, history, cut=cut) == live(play, history)


@given(plays, histories)
def test_a_day_done_twice_does_nothing_more(play: Play, history: History) -> None:
    once, twice = live(play, history), Lived(begin(DAY))
    for number, facts in enumerate(history):
        for _ in range(2):
            while isinstance(found := move(play, twice.state, facts, day=day(number)), Go):
                twice.state = found.state
                if found.intent is not None:
                    twice.effects.append((number, found.intent.key))
        if isinstance(found, Ends):
            break

    assert (twice.state, twice.effects) == (once.state, once.effects)


@given(plays)
def test_what_is_unmeasured_for_ever_ends_no_play_by_itself(play: Play) -> None:
    nothing = Facts(customer=True, truths=dict.fromkeys(CONDITIONS))
    assert live(play, [nothing] * 40).rest in ("finished", "unmeasured")


def written(steps: str, leave: str = "") -> Play:
    text = f"""
organisation: {{name: V}}
metrics:
  - {{name: a, kind: count}}
  - {{name: b, kind: count}}
plays:
  - name: p
    {leave}
    steps: [{steps}]
"""
    return loads({"x.yaml": text}).plays["p"]


TASK = "{kind: task, label: {en: T, ja: T}}"
BRANCH = f"{{kind: branch, condition: a > 1, then: [{TASK}], else: [{TASK}, {TASK}]%s}}, {TASK}"
UNTIL = f"{{kind: wait_until, condition: a > 1, within_days: 3%s}}, {TASK}"


def known(truth: bool | None, *, customer: bool = True) -> Facts:
    return Facts(customer=customer, truths={"a > 1": truth, "b > 1": truth})


@pytest.mark.parametrize(
    ("truth", "done"),
    [(True, ["1.then.1", "2"]), (False, ["1.else.1", "1.else.2", "2"]), (None, [])],
)
def test_a_branch_goes_where_its_condition_says_and_waits_while_it_is_unmeasured(
    truth: bool | None, done: list[str]
) -> None:
    assert [x for _, x in live(written(BRANCH % ""), [known(truth)]).effects] == done


def test_a_branch_takes_else_where_it_is_unmeasured_only_if_it_says_so() -> None:
    lived = live(written(BRANCH % ", unmeasured: else"), [known(None)])
    assert [key for _, key in lived.effects] == ["1.else.1", "1.else.2", "2"]


def test_a_condition_is_not_judged_where_no_run_has_looked() -> None:
    lived = live(written(BRANCH % ", unmeasured: else"), [None])
    assert (lived.state, lived.rest) == (State("1", DAY), "no_facts")


@pytest.mark.parametrize(
    ("history", "done", "rest"),
    [
        ([False, True], [(1, "2")], "finished"),
        ([False, False, False, False], [], "timed_out"),
        ([False, False, False, True], [(3, "2")], "finished"),
        ([False, False, None, None, None], [], "unmeasured"),
        ([None, None, None, None, True], [(4, "2")], "finished"),
        ([None, None, None, None, False], [], "timed_out"),
    ],
)
def test_a_wait_ends_when_it_holds_or_is_known_not_to_have_held_in_time(
    history: list[bool | None], done: list[tuple[int, str]], rest: str
) -> None:
    lived = live(written(UNTIL % ""), [known(x) for x in history])
    assert (lived.effects, lived.rest) == (done, rest)


def test_after_a_time_out_it_can_go_on() -> None:
    lived = live(written(UNTIL % ", on_timeout: continue"), [known(False)] * 4)
    assert (lived.effects, lived.rest) == ([(3, "2")], "finished")


def test_a_wait_lasts_its_days_also_where_no_run_looked() -> None:
    play = written(f"{{kind: wait, days: 2}}, {TASK}")
    assert live(play, [None, None, None]).effects == [(2, "2")]


def test_the_run_ends_as_soon_as_its_exit_holds_before_anything_else_is_done() -> None:
    play = written(f"{{kind: wait, days: 2}}, {TASK}", "exit: b > 1")
    ended = live(play, [known(False), known(None), known(True)])
    assert (ended.effects, ended.rest) == ([], "exit")


def test_the_run_ends_where_the_account_is_no_customer_any_more() -> None:
    assert live(written(TASK), [known(None, customer=False)]).rest == "not_customer"


def test_tasks_go_to_whom_the_play_said_last() -> None:
    play = written(f"{TASK}, {{kind: assign, to: sato}}, {TASK}")
    state, given_to = begin(DAY), []
    while isinstance(found := move(play, state, None, day=DAY), Go):
        state = found.state
        if found.intent is not None:
            given_to.append(found.intent.assignee)

    assert (given_to, found) == (["owner", "sato"], Ends("finished"))


def test_a_key_that_no_step_has_is_refused() -> None:
    play = written(BRANCH % "")
    assert step_at(play, "1.else.2").kind == "task"
    for key in ("3", "1.then.2", "2.then.1"):
        with pytest.raises(KeyError):
            step_at(play, key)
    assert move(play, State(END, date(2026, 4, 1)), None, day=DAY) == Ends("finished")
    assert isinstance(move(play, begin(DAY), known(None), day=DAY), Waits)
