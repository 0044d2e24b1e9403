"""Who enters a play."""

from datetime import date, timedelta
from typing import Any

from banso.core.definitions.model import Label
from banso.core.definitions.plays import Play, WaitStep
from banso.core.plays.entry import Entered, KeptOut, kept_out
from banso.core.plays.machine import Facts

DAY = date(2026, 4, 30)


def play(**fields: Any) -> Play:
    return Play(
        name="rescue",
        label=Label(en="R", ja="R"),
        steps=(WaitStep(kind="wait", days=1),),
        **fields,
    )


def ran(name: str, *, days_ago: int, lasted: int | None = None, conflict_days: int = 0) -> Entered:
    entered = DAY - timedelta(days=days_ago)
    ended = None if lasted is None else entered + timedelta(days=lasted)
    return Entered(7, name, entered, ended, conflict_days)


def asked(of: Play, *before: Entered, facts: Facts | None = None) -> KeptOut | None:
    return kept_out(of, day=DAY, before=before, facts=facts)


def test_an_account_enters_again_once_its_run_has_ended() -> None:
    assert asked(play()) is None
    assert asked(play(), ran("rescue", days_ago=9)) == KeptOut("running")
    assert asked(play(), ran("rescue", days_ago=9, lasted=9)) is None


def test_an_account_enters_only_once_where_the_play_says_so() -> None:
    assert asked(play(once=True), ran("rescue", days_ago=900, lasted=1)) == KeptOut("once")


def test_an_account_enters_again_when_its_days_have_passed_since_the_last_end() -> None:
    of, until = play(again_days=30), DAY + timedelta(days=1)
    assert asked(of, ran("rescue", days_ago=39, lasted=10)) == KeptOut("again", until)
    assert asked(of, ran("rescue", days_ago=40, lasted=10)) is None


def test_of_two_plays_the_longer_number_of_days_counts() -> None:
    until = DAY + timedelta(days=4)
    found = KeptOut("conflict", until, "revive")
    assert asked(play(conflict_days=14), ran("revive", days_ago=10, lasted=1)) == found
    assert asked(play(), ran("revive", days_ago=10, conflict_days=14)) == found
    assert asked(play(conflict_days=14), ran("revive", days_ago=14, conflict_days=7)) is None
    assert asked(play(), ran("revive", days_ago=0)) is None


def test_the_play_that_led_here_is_no_other() -> None:
    parent = ran("revive", days_ago=0, conflict_days=14)
    assert kept_out(play(), day=DAY, before=[parent], facts=None, led_here=[7]) is None


def test_nobody_enters_whose_exit_is_known_to_hold() -> None:
    of = play(exit="a")

    def facts(truth: bool | None) -> Facts:
        return Facts(customer=True, truths={"a": truth})

    assert [asked(of, facts=facts(x)) for x in (True, False, None)] == [
        KeptOut("exit"),
        None,
        None,
    ]
    assert asked(of, facts=Facts(customer=False, truths={"a": False})) == KeptOut("not_customer")
