"""How many events a key may send."""

from banso.api.tracking.rate import SAVED_SECONDS, Rates
from banso.core.events.body import MOST_CALLS

RATE = 500


class Clock:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


def test_a_key_may_send_what_it_has_saved_and_then_its_rate() -> None:
    clock = Clock()
    rates = Rates(clock)
    saved = RATE * SAVED_SECONDS
    assert rates.wait(1, rate=RATE, events=saved) == 0
    assert rates.wait(1, rate=RATE, events=1_000) == 2
    clock.now += 1
    assert rates.wait(1, rate=RATE, events=1_000) == 1
    clock.now += 1
    assert rates.wait(1, rate=RATE, events=1_000) == 0
    assert rates.wait(1, rate=RATE, events=1) == 1


def test_one_key_that_sends_too_much_slows_no_other_down() -> None:
    rates = Rates(Clock())
    assert rates.wait(1, rate=1, events=MOST_CALLS) == 0
    assert rates.wait(1, rate=1, events=1) == 1
    assert rates.wait(2, rate=1, events=MOST_CALLS) == 0


def test_a_key_saves_no_more_than_so_many_seconds() -> None:
    clock = Clock()
    rates = Rates(clock)
    assert rates.wait(1, rate=RATE, events=RATE * SAVED_SECONDS) == 0
    clock.now += 3_600
    assert rates.wait(1, rate=RATE, events=RATE * SAVED_SECONDS) == 0
    assert rates.wait(1, rate=RATE, events=1) == 1


def test_the_largest_batch_fits_whatever_the_rate() -> None:
    assert Rates(Clock()).wait(1, rate=1, events=MOST_CALLS) == 0
