"""How many events a key may send."""

import subprocess
import sys
from pathlib import Path

from banso.api.tracking import rate
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
    rates = Rates(clock=clock)
    saved = RATE * SAVED_SECONDS
    assert rates.wait(1, rate=RATE, events=saved) == 0
    assert rates.wait(1, rate=RATE, events=1_000) == 2
    clock.now += 1
    assert rates.wait(1, rate=RATE, events=1_000) == 1
    clock.now += 1
    assert rates.wait(1, rate=RATE, events=1_000) == 0
    assert rates.wait(1, rate=RATE, events=1) == 1


def test_one_key_that_sends_too_much_slows_no_other_down() -> None:
    rates = Rates(clock=Clock())
    assert rates.wait(1, rate=1, events=MOST_CALLS) == 0
    assert rates.wait(1, rate=1, events=1) == 1
    assert rates.wait(2, rate=1, events=MOST_CALLS) == 0


def test_a_key_saves_no_more_than_so_many_seconds() -> None:
    clock = Clock()
    rates = Rates(clock=clock)
    assert rates.wait(1, rate=RATE, events=RATE * SAVED_SECONDS) == 0
    clock.now += 3_600
    assert rates.wait(1, rate=RATE, events=RATE * SAVED_SECONDS) == 0
    assert rates.wait(1, rate=RATE, events=1) == 1


def test_the_largest_batch_fits_whatever_the_rate() -> None:
    assert Rates(clock=Clock()).wait(1, rate=1, events=MOST_CALLS) == 0


TAKE = """
import runpy, sys
from pathlib import Path
rates = runpy.run_path(sys.argv[2])["Rates"](Path(sys.argv[1]), clock=lambda: 100.0)
input()
print(sum(rates.wait(7, rate=3_000, events=1) == 0 for _ in range(40_000)))
"""


def test_the_processes_of_a_server_share_what_a_key_may_send(tmp_path: Path) -> None:
    """Both take at once, one by one, until nothing is left; time stands still."""
    command = [sys.executable, "-c", TAKE, str(tmp_path / "rates"), rate.__file__]
    pipe = subprocess.PIPE
    both = [subprocess.Popen(command, stdin=pipe, stdout=pipe, text=True) for _ in range(2)]
    for each in both:
        assert each.stdin is not None
        each.stdin.write("\n")
        each.stdin.flush()
    told = [x.communicate()[0] for x in both]
    assert sum(map(int, told)) == 3_000 * SAVED_SECONDS
    later = Clock()
    later.now += 60
    assert Rates(tmp_path / "rates", clock=later).wait(7, rate=1, events=60) == 0
    assert Rates(tmp_path / "rates", clock=later).wait(7, rate=1, events=1) == 1
