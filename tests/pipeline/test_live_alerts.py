"""A posted event is an alert at the collector's next turn; the next run goes on from it."""

import os
import signal
import subprocess
import sys
from collections.abc import Mapping
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import psycopg
import pytest
from tests.pipeline.live_vendor import (
    DEFINITIONS,
    FIRST,
    KEYS,
    at,
    collector,
    episodes,
    furnish,
    post,
)
from tests.pipeline.test_one_account import rows
from tests.store.given import query

from banso.cli.session import Session
from banso.core.definitions import Definitions
from banso.desk.database import RECORD_LOCK, RUN_LOCK
from banso.desk.models import (
    Account,
    Alert,
    Channel,
    Delivery,
    Episode,
    LiveTurn,
    PlayRun,
    Task,
    Withheld,
)
from banso.desk.queries.decided import RuleState
from banso.desk.queries.scope import EVERYTHING
from banso.desk.services.mutes import mute
from banso.pipeline import live_alerts
from banso.pipeline.assess import histories
from banso.pipeline.decide import Decided, SoFar, decide
from banso.pipeline.gather import gather
from banso.pipeline.live_alerts import judge, judge_touched
from banso.pipeline.measure import panels
from banso.pipeline.run import run
from banso.pipeline.some_accounts import some_accounts
from banso.store.crash import LIVE_POINTS
from banso.store.inspection import counts
from banso.store.touched import forget, touched

TODAY, TOMORROW = FIRST, FIRST + timedelta(days=1)
EXPORTED, ALONE = ("exported", "A1", TOMORROW), ("alone", "A1", TOMORROW)
ROOT = Path(__file__).parents[2]
TWICE = {"A1": ["export", "export"]}


@pytest.fixture
def definitions(session: Session) -> Definitions:
    return furnish(session)


def alerts(*rules: str) -> list[tuple[str, str]]:
    """Open ones: rule and account; without rules: of all."""
    rows = Alert.objects.filter(episode__closed_on=None)
    if rules:
        rows = rows.filter(episode__rule__in=rules)
    ordered = rows.order_by("episode__rule", "episode__account__key")
    return list(ordered.values_list("episode__rule", "episode__account__key"))


def waiting(session: Session) -> list[tuple[object, ...]]:
    return query(session.store, "SELECT account FROM store.touched ORDER BY account")


def test_a_posted_event_is_an_alert_at_the_next_turn_and_the_run_keeps_it(
    session: Session, definitions: Definitions
) -> None:
    post(session, TODAY, TWICE)
    collector(session, TODAY).turn()

    alert = Alert.objects.get(episode__rule="exported")
    assert episodes() == {EXPORTED: None, ALONE: None}
    assert (alert.told_on, alert.since, alert.state) == (TODAY, TODAY, "open")
    assert [x["text"]["en"] for x in alert.why] == ["exports 2 (at least 2)"]
    assert waiting(session) == []

    run(session.store, definitions, as_of=TOMORROW, since=None)
    assert episodes()[EXPORTED] is None
    assert Alert.objects.get(episode__rule="exported").pk == alert.pk


def test_what_says_nothing_new_changes_nothing(session: Session, definitions: Definitions) -> None:
    for _ in range(2):
        post(session, TODAY, TWICE)  # the second time they are duplicates
        collector(session, TODAY).turn()
    judge(session.store, definitions, keys=KEYS, today=TODAY)
    assert (Alert.objects.count(), LiveTurn.objects.count()) == (2, 1)
    assert counts(session.store).inbox == 0


def test_absence_waits_for_the_end_of_the_day_and_return_does_not(
    session: Session, definitions: Definitions
) -> None:
    """A1 did not come yesterday, and not yet today: quiet for 3 days once today is over."""
    day = FIRST + timedelta(days=1)
    post(session, FIRST, {x: ["login"] for x in KEYS[1:]})
    collector(session, day).turn()
    run(session.store, definitions, as_of=day, since=None)
    judge(session.store, definitions, keys=KEYS, today=day)
    assert ("quiet", "A1") not in alerts()

    run(session.store, definitions, as_of=day + timedelta(days=1), since=None)
    assert ("quiet", "A1") in alerts()
    post(session, day + timedelta(days=1), {"A1": ["login"]})
    collector(session, day + timedelta(days=1)).turn()
    assert ("quiet", "A1") not in alerts()
    assert episodes()["quiet", "A1", day + timedelta(days=1)] == day + timedelta(days=2)


def test_what_later_facts_of_the_day_undo_is_taken_back_and_comes_again_as_the_same(
    session: Session, definitions: Definitions
) -> None:
    post(session, TODAY, {"A2": ["export"]})
    collector(session, TODAY).turn()
    assert ("alone", "A2") in alerts()
    (before,) = Alert.objects.filter(episode__rule="alone")
    post(session, TODAY, {"A2": ["login"]}, user="2")
    collector(session, TODAY).turn()
    assert ("alone", "A2") not in alerts()
    assert before.episode.rule == "alone"
    before.episode.refresh_from_db()
    assert (before.episode.closed_on, before.episode.closed_because) == (TOMORROW, "taken_back")

    run(session.store, definitions, as_of=TOMORROW, since=None)
    assert ("alone", "A2", TOMORROW) not in episodes()


def test_a_data_incident_makes_no_alert(session: Session, definitions: Definitions) -> None:
    """The source speaks again, but whether all is there is for the next run to say."""
    day = FIRST + timedelta(days=6)
    run(session.store, definitions, as_of=day, since=None)
    post(session, day, TWICE)
    collector(session, day).turn()
    assert alerts("exported", "alone") == []

    run(session.store, definitions, as_of=day + timedelta(days=1), since=None)
    assert alerts("exported") == [("exported", "A1")]


def test_a_run_at_work_does_not_hold_it_up_and_what_it_has_overtaken_is_judged_again(
    session: Session, definitions: Definitions, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The run records between judging and recording: what was judged knew nothing of it."""
    with psycopg.connect(session.store.dsn, autocommit=True) as other:
        other.execute("SELECT pg_advisory_lock(%s), pg_advisory_lock(%s)", [RUN_LOCK, RECORD_LOCK])
        post(session, TODAY, TWICE)
        collector(session, TODAY).turn()
        assert (alerts(), len(waiting(session))) == ([], 4)  # while it records they wait
        other.execute("SELECT pg_advisory_unlock(%s)", [RECORD_LOCK])
        collector(session, TODAY).turn()
        assert alerts("exported") == [("exported", "A1")]

    runs = [TOMORROW]
    judged = live_alerts.decide_so_far

    def overtaken(*given: Any, **asked: Any) -> SoFar:
        found = judged(*given, **asked)
        while runs:
            run(session.store, definitions, as_of=runs.pop(), since=None)
        return found

    monkeypatch.setattr(live_alerts, "decide_so_far", overtaken)
    post(session, TOMORROW, {"A2": ["export", "export"]})
    collector(session, TOMORROW).turn()
    assert (runs, waiting(session)) == ([], [])
    assert alerts("exported") == [("exported", "A1"), ("exported", "A2")]


def test_facts_that_come_while_an_account_is_judged_are_judged_after(
    session: Session, definitions: Definitions
) -> None:
    post(session, TODAY, {"A1": ["export"]})
    quiet = collector(session, TODAY)
    quiet._alerts = None
    quiet.turn()
    with session.store.connection() as connection:
        seen = touched(connection, limit=9)
    post(session, TODAY, TWICE, hour=11)
    quiet.turn()
    with session.store.connection() as connection:
        forget(connection, seen)
    assert len(waiting(session)) == 1
    assert judge_touched(session.store, definitions, now=at(TODAY)) == 1
    assert ("exported", "A1") in alerts()


KILLED = """
import sys
from datetime import date
from banso.cli.session import open_session
from tests.pipeline.live_vendor import collector
collector(open_session(), date.fromisoformat(sys.argv[1])).turn()
"""


def work(crash_at: str) -> subprocess.Popen[bytes]:
    """One turn of a worker in a process of its own."""
    return subprocess.Popen(
        [sys.executable, "-c", KILLED, str(TODAY)],
        env={**os.environ, "BANSO_CRASH_AT": crash_at, "PYTHONPATH": str(ROOT)},
    )


@pytest.mark.parametrize("point", LIVE_POINTS)
def test_killed_before_it_is_remembered_the_next_turn_says_it_once(
    session: Session, definitions: Definitions, point: str
) -> None:
    Channel.objects.create(name="hook", kind="webhook", address="https://example.com/h")
    post(session, TODAY, TWICE)
    assert work(point).wait() == -signal.SIGKILL
    collector(session, TODAY).turn()
    assert (alerts("exported"), waiting(session)) == ([("exported", "A1")], [])
    assert Delivery.objects.filter(alert__episode__rule="exported").count() == 1
    run(session.store, definitions, as_of=TOMORROW, since=None)
    assert PlayRun.objects.count() == Task.objects.count() == 1


def test_two_workers_at_once_say_everything_once(
    session: Session, definitions: Definitions
) -> None:
    Channel.objects.create(name="hook", kind="webhook", address="https://example.com/h")
    for user in ("1", "2"):
        post(session, TODAY, {x: ["export"] for x in KEYS}, user=user)
    both = [work("") for _ in range(2)]
    assert [x.wait() for x in both] == [0, 0]
    collector(session, TODAY).turn()  # what a worker left to the other one
    assert (alerts("exported"), waiting(session)) == ([("exported", x) for x in KEYS], [])
    assert Delivery.objects.filter(alert__episode__rule="exported").count() == len(KEYS)


def test_budget_mute_holdout_and_play_are_as_after_a_run(session: Session) -> None:
    furnish(
        session,
        DEFINITIONS.replace("currency: JPY", "currency: JPY, weekly_alerts: 1").replace(
            "play: call,",
            "play: call, holdout: 0.5, expect: {condition: users >= 2, within_days: 9},",
        ),
    )
    mute(
        scope=EVERYTHING,
        rule="often",
        account=None,
        until=date(2027, 1, 1),
        reason="-",
        today=TODAY,
    )
    for user in ("1", "2"):
        post(session, TODAY, {x: ["export"] for x in KEYS}, user=user)
    collector(session, TODAY).turn()

    held = Withheld.objects.values_list("episode__account__key", flat=True)
    told = Alert.objects.filter(episode__rule="exported")
    assert sorted([*held, *told.values_list("episode__account__key", flat=True)]) == list(KEYS)
    assert 0 < len(held) < len(KEYS)
    first = told.exclude(told_on=None)
    assert (first.count(), told.filter(told_on=None, state="snoozed").count()) == (1, len(told) - 1)
    assert list(PlayRun.objects.values_list("alert", "state")) == [(first[0].pk, "ended")]


def test_the_numbers_are_those_of_the_run_wherever_the_facts_lie(
    session: Session, definitions: Definitions
) -> None:
    """In the tail, folded into buckets, in copies of them, and in the inbox."""
    for fold in (False, True, True):
        post(session, TODAY, {"A1": ["export"], "A3": ["login"]}, hour=8 + fold)
        collector(session, TODAY).turn()
        if fold:
            session.store.compact()
        ids = list(Account.objects.filter(key__in=("A1", "A3")).values_list("pk", flat=True))
        with some_accounts(session.store, definitions, accounts=ids, as_of=TOMORROW) as (some, few):
            histories(some, few)
            assert [some.key(x) for x in few.accounts] == ["A1", "A3"]
            for name, row in whole(session, definitions).items():
                if name in ("A1", "A3"):
                    at_ = [some.key(x) for x in few.accounts].index(name)
                    assert rows(few, at_) == row


def whole(session: Session, definitions: Definitions) -> Mapping[str, object]:
    with session.store.snapshot() as snapshot:
        inputs = gather(session.store, snapshot, definitions, as_of=TOMORROW)
        found = {}
        for _, panel in panels(inputs):
            histories(inputs, panel)
            found |= {inputs.key(x): rows(panel, n) for n, x in enumerate(panel.accounts)}
        return found


class Mornings:
    """What runs alone would say, remembered without the desk."""

    def __init__(self, session: Session, definitions: Definitions) -> None:
        self.session, self.definitions = session, definitions
        self.states = {rule: RuleState({}, {}) for rule in definitions.rules}
        self.last = FIRST
        self.episodes: dict[tuple[str, str, date], date | None] = {}

    def decided(self, as_of: date) -> Decided:
        found: list[Decided] = []
        with self.session.store.snapshot() as snapshot:
            inputs = gather(self.session.store, snapshot, self.definitions, as_of=as_of)
            start = inputs.calendar.index(self.last) + 1
            for _, panel in panels(inputs):
                histories(inputs, panel)
                stop = panel.shape[1]
                found.append(decide(inputs, panel, states=self.states, start=start, stop=stop))
        return Decided(
            [x for each in found for x in each.openings],
            [x for each in found for x in each.closings],
        )

    def run(self, as_of: date) -> None:
        found = self.decided(as_of)
        steps = [(x.opened_on, True, x) for x in found.openings]
        steps += [(x.closed_on, False, x) for x in found.closings]
        for day, opens, x in sorted(steps, key=lambda step: step[:2]):
            state = self.states[x.rule]
            if opens:
                state.opened_on[x.account] = day
                self.episodes[x.rule, x.account, day] = None
            else:
                opened = state.opened_on.pop(x.account)
                state.closed_on[x.account] = day
                self.episodes[x.rule, x.account, opened] = day
        self.last = as_of


@pytest.mark.parametrize("seed", [0])  # others by hand: each takes some five seconds
def test_runs_say_the_same_whether_or_not_it_was_said_live(
    session: Session, definitions: Definitions, seed: int
) -> None:
    """Random events, some late, some twice, some mornings without a run, and accounts judged again
    and again: each morning the desk says what runs alone would say, and what was said live is what
    the run says on the same facts."""
    chance = np.random.default_rng(seed)
    mornings = Mornings(session, definitions)
    known: dict[tuple[str, str, date], int] = {}
    said = 0
    for n in range(1, 9):
        today = FIRST + timedelta(days=n)
        if n == 8 or chance.random() < 0.8:
            run(session.store, definitions, as_of=today, since=None)
            mornings.run(today)
            assert episodes(upto=today) == mornings.episodes
        for moment in range(2):
            for key in KEYS:
                day = today - timedelta(days=int(chance.choice([0, 0, 0, 1, 3])))
                events = chance.choice(["login", "export"], int(chance.integers(0, 3))).tolist()
                if events and chance.random() < 0.5:
                    user = str(chance.integers(1, 5))
                    for _ in range(int(chance.integers(1, 3))):
                        post(session, day, {key: events}, user=user, hour=9 + moment)
            collector(session, today).turn()
            said += agrees(mornings, today)
        for place, pk in known.items():
            same = Episode.objects.filter(rule=place[0], account__key=place[1], opened_on=place[2])
            assert [x.alert.pk for x in same] in ([pk], [])  # it may have moved to another day
        known = {
            (x.episode.rule, x.episode.account.key, x.episode.opened_on): x.pk
            for x in Alert.objects.select_related("episode__account")
        }
    assert said > 10  # so that the comparison says something


def agrees(mornings: Mornings, today: date) -> int:
    """Whether all that was said live of today is what a run as of its end would say; how much."""
    if mornings.last != today:
        return 0
    tomorrow = today + timedelta(days=1)
    whole = mornings.decided(tomorrow)
    opened = {(x.rule, x.account) for x in whole.openings}
    closed = {(x.rule, x.account) for x in whole.closings}
    now = episodes()
    live = {(rule, account) for rule, account, day in now if day == tomorrow}
    over = {(r, a) for (r, a, day), end in now.items() if end == tomorrow and day <= today}
    assert (live - opened, over - closed) == (set(), set())
    return len(live) + len(over)
