"""Episodes: the fold against a slow, obviously right one, and against itself day by day."""

from dataclasses import dataclass

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from banso.core.definitions.model import Label, Rule
from banso.core.rules.episodes import NONE, Event, State, fold, n_of_m, remembered
from banso.core.unmeasured import Column, Reason

TRUTH = {"t": (True, 0), "f": (False, 0), "?": (False, int(Reason.SOURCE_LATE))}


def rule(*, held: int = 1, days: int = 1, clear: int = 1, cooldown: int = 0) -> Rule:
    return Rule(
        name="fading",
        when="recency > 7",
        for_=f"{held} of {days} days",
        clear_days=clear,
        cooldown_days=cooldown,
        action=Label(en="Call", ja="電話する"),
    )


def truth(*histories: str) -> Column:
    """One account a history, one letter a day: t(rue), f(alse), ? (its source is late)."""
    cells = [[TRUTH[letter] for letter in history] for history in histories]
    return Column(
        values=np.array([[value for value, _ in row] for row in cells], dtype=np.bool_),
        reasons=np.array([[reason for _, reason in row] for row in cells], dtype=np.uint8),
    )


def spans(given_rule: Rule, history: str) -> list[tuple[int, int | None]]:
    """(opened, closed) of every episode of one account, replayed from nothing."""
    outcome = fold(given_rule, truth(history), state=State.empty(1), start=0, stop=len(history))
    opened = [event.day for event in outcome.openings]
    closed = [event.day for event in outcome.closings]
    return list(zip(opened, closed + [None] * (len(opened) - len(closed)), strict=True))


def test_it_opens_on_the_first_true_day_and_closes_on_the_first_false_one() -> None:
    assert spans(rule(), "ffttf") == [(2, 4)]


def test_it_stays_open_at_the_end_of_the_days() -> None:
    assert spans(rule(), "fttt") == [(1, None)]


def test_it_waits_until_n_of_the_last_m_days_were_true() -> None:
    assert spans(rule(held=3, days=5), "tftft") == [(4, None)]


def test_true_days_further_back_than_m_do_not_count() -> None:
    assert spans(rule(held=2, days=3), "tffttf") == [(4, 5)]


def test_it_opens_only_on_a_day_that_is_itself_true() -> None:
    assert spans(rule(held=2, days=4, clear=9), "tftf") == [(2, None)]
    assert spans(rule(held=1, days=4), "?fff") == []


def test_days_before_the_axis_are_not_true() -> None:
    assert spans(rule(held=3, days=3), "ttt") == [(2, None)]


def test_it_closes_only_after_clear_days_without_it_in_a_row() -> None:
    assert spans(rule(clear=3), "tfftffft") == [(0, 6), (7, None)]


def test_an_unmeasured_day_neither_opens_nor_closes() -> None:
    assert spans(rule(), "?t?t?f") == [(1, 5)]


def test_an_unmeasured_day_is_skipped_in_the_run_of_clear_days() -> None:
    assert spans(rule(clear=2), "tf?ft") == [(0, 3), (4, None)]
    assert spans(rule(clear=2), "tf?tf") == [(0, None)]


def test_unmeasured_days_are_not_counted_among_the_n() -> None:
    assert spans(rule(held=2, days=3), "t?t") == [(2, None)]
    assert spans(rule(held=3, days=3), "t?t") == []


@pytest.mark.parametrize(("cooldown", "reopened"), [(0, 2), (1, 2), (2, 3), (3, 4), (4, 5)])
def test_it_reopens_once_the_cooldown_has_passed_since_closing(
    cooldown: int, reopened: int
) -> None:
    assert spans(rule(cooldown=cooldown), "tftttttt") == [(0, 1), (reopened, None)]


def test_every_account_has_its_own_episode_in_order_of_day_and_row() -> None:
    outcome = fold(rule(), truth("ftf", "ttf", "fft"), state=State.empty(3), start=0, stop=3)
    assert outcome.openings == (Event(row=1, day=0), Event(row=0, day=1), Event(row=2, day=2))
    assert outcome.closings == (Event(row=0, day=2), Event(row=1, day=2))
    assert outcome.state.open_since.tolist() == [NONE, NONE, 2]
    assert outcome.state.last_closed.tolist() == [2, 2, NONE]


def test_the_state_that_is_given_is_not_changed() -> None:
    state = State.empty(1)
    fold(rule(), truth("t"), state=state, start=0, stop=1)
    assert state.open_since.tolist() == [NONE]


def test_no_days_change_nothing() -> None:
    state = State(open_since=np.array([-40], np.int32), last_closed=np.array([-60], np.int32))
    outcome = fold(rule(), truth("tt"), state=state, start=1, stop=1)
    assert (outcome.openings, outcome.closings) == ((), ())
    assert outcome.state.open_since.tolist() == [-40]
    assert outcome.state.last_closed.tolist() == [-60]


def test_an_episode_that_opened_before_the_axis_goes_on() -> None:
    state = State(open_since=np.array([-5], np.int32), last_closed=np.array([NONE], np.int32))
    outcome = fold(rule(clear=2), truth("ff"), state=state, start=1, stop=2)
    assert outcome.closings == (Event(row=0, day=1),)


@dataclass
class SlowAccount:
    """One account, one day at a time, written as the sentences of the definition say."""

    rule: Rule
    open_since: int | None = None
    last_closed: int | None = None

    def live(self, history: str) -> str | None:
        """history: up to and with today. Returns what happened today."""
        today = len(history) - 1
        if history[-1] == "?":
            return None
        if self.open_since is not None:
            return self._close(history, today)
        held, days = (int(word) for word in self.rule.for_.replace("of", "").split()[:2])
        enough = history[-days:].count("t") >= held
        rested = self.last_closed is None or today >= self.last_closed + self.rule.cooldown_days
        if history[-1] == "t" and enough and rested:
            self.open_since = today
            return "opened"
        return None

    def _close(self, history: str, today: int) -> str | None:
        assert self.open_since is not None
        measured = history[self.open_since :].replace("?", "")
        run = len(measured) - len(measured.rstrip("f"))
        if run < self.rule.clear_days:
            return None
        self.open_since, self.last_closed = None, today
        return "closed"


rules = st.builds(
    lambda days, held, clear, cooldown: rule(
        held=min(held, days), days=days, clear=clear, cooldown=cooldown
    ),
    st.integers(1, 6),
    st.integers(1, 6),
    st.integers(1, 4),
    st.integers(0, 9),
)
letters = st.text("ttff?", min_size=1, max_size=60)


@given(rules, letters)
def test_a_replay_is_what_the_slow_account_lives_through(given_rule: Rule, history: str) -> None:
    slow = SlowAccount(given_rule)
    lived = [slow.live(history[: day + 1]) for day in range(len(history))]
    outcome = fold(given_rule, truth(history), state=State.empty(1), start=0, stop=len(history))
    assert [event.day for event in outcome.openings] == [
        day for day, what in enumerate(lived) if what == "opened"
    ]
    assert [event.day for event in outcome.closings] == [
        day for day, what in enumerate(lived) if what == "closed"
    ]


@given(rules, st.lists(st.text("ttff?", min_size=30, max_size=30), min_size=1, max_size=5))
def test_one_day_at_a_time_with_a_kept_state_is_the_same_as_one_replay(
    given_rule: Rule, histories: list[str]
) -> None:
    state, openings, closings = State.empty(len(histories)), [], []
    for day in range(30):
        # What live knows: nothing after today.
        known = truth(*(history[: day + 1] for history in histories))
        outcome = fold(given_rule, known, state=state, start=day, stop=day + 1)
        openings += outcome.openings
        closings += outcome.closings
        state = outcome.state
    replay = fold(
        given_rule, truth(*histories), state=State.empty(len(histories)), start=0, stop=30
    )
    assert (tuple(openings), tuple(closings)) == (replay.openings, replay.closings)
    assert state.open_since.tolist() == replay.state.open_since.tolist()
    assert state.last_closed.tolist() == replay.state.last_closed.tolist()


@given(
    rules,
    st.lists(st.text("ttff?", min_size=30, max_size=30), min_size=1, max_size=5),
    st.integers(0, 30),
)
def test_the_last_days_with_what_is_remembered_are_those_of_one_replay(
    given_rule: Rule, histories: list[str], start: int
) -> None:
    nothing = State.empty(len(histories))
    begin = max(start - (n_of_m(given_rule)[1] - 1), 0)  # so far it looks back
    before = fold(given_rule, truth(*histories), state=nothing, start=0, stop=start).state
    state = remembered(truth(*histories), before, upto=begin)
    known = truth(*(history[begin:] for history in histories))
    found = fold(given_rule, known, state=state, start=start - begin, stop=30 - begin).moved(-begin)
    replay = fold(given_rule, truth(*histories), state=before, start=start, stop=30)
    assert (found.openings, found.closings) == (replay.openings, replay.closings)
    assert found.state.open_since.tolist() == replay.state.open_since.tolist()
    assert found.state.last_closed.tolist() == replay.state.last_closed.tolist()
