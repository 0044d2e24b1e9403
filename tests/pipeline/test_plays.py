"""Plays through the run: who starts them, what a kill leaves, and what parks one run alone."""

import os
import subprocess
import sys
from collections.abc import Sequence
from datetime import date, timedelta

import pytest
from tests.pipeline.vendor import apply, noon

from banso.cli.session import Session
from banso.core.definitions import Definitions
from banso.core.events.fact import Fact
from banso.desk.models import (
    PlayRun,
    Task,
)
from banso.desk.queries.plays import of_open_alerts
from banso.desk.queries.scope import EVERYTHING
from banso.desk.services.accounts import AccountRow, save_accounts
from banso.pipeline.play_entries import go_on, start
from banso.pipeline.run import run

FIRST = date(2026, 4, 1)
KEYS = ("A1", "A2", "A3")
SET = """
organisation: {name: Test, time_zone: Asia/Tokyo}
sources: [{name: web, speaks: daily}]
metrics:
  - {name: uses, kind: count, window: 1d}
  - {name: marks, kind: count, where: "event = 'mark'", window: 1d}
  - {name: answer, kind: latest, of: record.nps}
  - {name: size, kind: latest, of: attribute.size}
rules:
  - name: busy
    when: uses >= 2
    clear_days: 1
    priority: high
    action: {en: Act, ja: 動く}
    play: p
plays:
"""
TASK = "{kind: task, label: {en: T%s, ja: T}}"
PLAY = "  - {name: p, steps: [%s]%s}\n"


def written(*steps: str, more: str = "", rest: str = "") -> Definitions:
    return apply(SET + PLAY % (", ".join(steps), more) + rest)


def task(number: int) -> str:
    return TASK % number


@pytest.fixture
def vendor(session: Session) -> Session:
    """Three accounts, used once on the first day and on most days after it."""
    rows = [
        AccountRow(row=i, key=key, owner="sato", attributes={"size": "5"})
        for i, key in enumerate(KEYS)
    ]
    save_accounts(rows, effective=FIRST)
    use(session, FIRST, *KEYS)
    return session


def use(session: Session, day: date, *accounts: str, event: str = "login", times: int = 1) -> None:
    facts = [
        Fact(account=x, event=event, time=noon(day) + n, user="u", message_id=f"{x}{day}{event}{n}")
        for x in accounts
        for n in range(times)
    ]
    session.store.accept(source="web", dataset="events", facts=facts)


def day_of(number: int) -> date:
    """As of which the facts of the day `number` days after the first count."""
    return FIRST + timedelta(days=number + 1)


def live(
    session: Session, definitions: Definitions, number: int, *, busy: Sequence[str] = ()
) -> None:
    """One more day: everybody uses it once, the busy twice; then the run."""
    on = FIRST + timedelta(days=number)
    use(session, on, *[x for x in KEYS if x not in busy])
    use(session, on, *busy, times=2)
    run(session.store, definitions, as_of=day_of(number), since=None)


def states(play: str = "p") -> list[tuple[str, str, str]]:
    rows = PlayRun.objects.filter(play=play).order_by("account__key", "id")
    return [(x.account.key, x.state, x.because or x.waits) for x in rows]


def made() -> list[tuple[str, str]]:
    return list(Task.objects.order_by("id").values_list("account__key", "label__en"))


def begun(session: Session, definitions: Definitions) -> None:
    """The first run, which starts nothing."""
    run(session.store, definitions, as_of=day_of(0), since=None)


def test_an_alert_that_is_told_starts_the_play_once_and_later_runs_go_on(vendor: Session) -> None:
    definitions = written(task(1), "{kind: wait, days: 2}", task(2))
    begun(vendor, definitions)
    live(vendor, definitions, 1, busy=["A2"])
    assert (states(), made()) == ([("A2", "open", "time")], [("A2", "T1")])

    run(vendor.store, definitions, as_of=day_of(1), since=None)
    live(vendor, definitions, 2, busy=["A2"])
    assert made() == [("A2", "T1")]
    live(vendor, definitions, 3)
    assert states() == [("A2", "ended", "finished")]
    assert made() == [("A2", "T1"), ("A2", "T2")]

    live(vendor, definitions, 4, busy=["A2"])  # another alert starts it again
    assert [x for x in states() if x[1] == "open"] == [("A2", "open", "time")]


def test_the_very_first_run_starts_nothing(vendor: Session) -> None:
    definitions = written(task(1))
    use(vendor, FIRST, "A1", event="more", times=3)
    begun(vendor, definitions)
    assert (states(), made()) == ([], [])
    rules = [x.name for x in definitions.rules.values() if x.play]
    assert [x.key for x in of_open_alerts(EVERYTHING, rules)] == ["A1"]


def test_a_run_keeps_its_version(vendor: Session) -> None:
    old = written("{kind: wait, days: 1}", task(1))
    begun(vendor, old)
    live(vendor, old, 1, busy=["A1"])
    new = written("{kind: wait, days: 1}", task(9))
    live(vendor, new, 2, busy=["A1", "A3"])
    live(vendor, new, 3)
    assert made() == [("A1", "T1"), ("A3", "T9")]


def test_conditions_are_judged_as_of_the_day_of_the_run(vendor: Session) -> None:
    until = "{kind: wait_until, condition: marks >= 1, within_days: 3}"
    definitions = written(until, task(1))
    begun(vendor, definitions)
    live(vendor, definitions, 1, busy=KEYS)
    use(vendor, FIRST + timedelta(days=2), "A1", event="mark")
    live(vendor, definitions, 2)
    assert made() == [("A1", "T1")]
    assert states()[1:] == [("A2", "open", "condition"), ("A3", "open", "condition")]
    live(vendor, definitions, 3)
    live(vendor, definitions, 4)
    assert states()[1:] == [("A2", "ended", "timed_out"), ("A3", "ended", "timed_out")]


def test_what_is_unmeasured_keeps_a_run_waiting_and_an_exit_from_ending_it(
    vendor: Session,
) -> None:
    branch = f"{{kind: branch, condition: answer >= 7, then: [{task(1)}], else: [{task(2)}]}}"
    definitions = written(branch, more=", exit: answer < 3")
    begun(vendor, definitions)
    for number in range(1, 5):
        live(vendor, definitions, number, busy=["A1"] if number == 1 else [])
    assert (states(), made()) == ([("A1", "open", "unmeasured")], [])


def test_what_is_missing_parks_one_run_until_it_is_mended_and_others_go_on(
    vendor: Session,
) -> None:
    """A1's run keeps a version that asks a metric which is defined no more."""
    until = "{kind: wait_until, condition: 'coalesce(marks, 0) >= 0', within_days: 9}"
    old = written(task(1), "{kind: wait, days: 1}", until, task(2))
    begun(vendor, old)
    live(vendor, old, 1, busy=["A1"])
    metric = "  - {name: marks, kind: count, where: \"event = 'mark'\", window: 1d}\n"
    gone = apply((SET + PLAY % (task(8), "")).replace(metric, ""))
    live(vendor, gone, 2, busy=["A2"])
    assert states() == [("A1", "parked", ""), ("A2", "ended", "finished")]
    parked = PlayRun.objects.get(state="parked")
    assert parked.about == {"code": "condition", "name": "coalesce(marks, 0) >= 0"}
    assert made() == [("A1", "T1"), ("A2", "T8")]

    again = written(task(8))
    go_on(EVERYTHING, again, [parked.pk], day=day_of(2))
    live(vendor, again, 3)
    assert states() == [("A1", "ended", "finished"), ("A2", "ended", "finished")]
    assert made() == [("A1", "T1"), ("A2", "T8"), ("A1", "T2")]


KILL = """
import sys
from datetime import date
from banso.cli.session import open_session
from banso.pipeline.run import run
session = open_session()
run(session.store, session.applied(), as_of=date.fromisoformat(sys.argv[1]), since=None)
"""


def test_killed_between_two_accounts_the_next_run_does_the_rest_once(vendor: Session) -> None:
    definitions = written(
        task(1),
        "{kind: start_play, play: q}",
        task(2),
        rest=f"  - {{name: q, steps: [{task(3)}]}}\n",
    )
    begun(vendor, definitions)
    use(vendor, FIRST + timedelta(days=1), *KEYS, times=2)
    killed = subprocess.run(
        [sys.executable, "-c", KILL, str(day_of(1))],
        env={**os.environ, "BANSO_CRASH_AT": "play_stepped:2"},
        check=False,
    )
    assert (killed.returncode, PlayRun.objects.filter(play="p", state="asked").count()) == (-9, 1)

    run(vendor.store, definitions, as_of=day_of(1), since=None)
    assert sorted(made()) == [(key, label) for key in KEYS for label in ("T1", "T2", "T3")]
    assert [x[1:] for x in states() + states("q")] == [("ended", "finished")] * 6


def test_open_alerts_of_the_first_run_start_by_hand_and_tell_why(vendor: Session) -> None:
    definitions = written(task(1))
    use(vendor, FIRST, "A1", event="more", times=3)
    begun(vendor, definitions)
    chosen = of_open_alerts(EVERYTHING, ["busy"])
    start(EVERYTHING, definitions, definitions.plays["p"], chosen, day=day_of(0))
    (found,) = PlayRun.objects.values_list("account__key", "alert__episode__rule", "state")
    assert found == ("A1", "busy", "ended")
