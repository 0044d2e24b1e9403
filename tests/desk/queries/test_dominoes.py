"""The six dominoes, against plain SQL."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from tests.desk.alerts import SEPTEMBER, alert, member
from tests.desk.standings import account, stand

from banso.core.value.columns import Columns
from banso.core.value.dominoes import By, Fallen, Key, Pace, Wish
from banso.desk.models import (
    Account,
    Alert,
    Episode,
    Expectation,
    Handling,
    PlayRun,
    Task,
    TaskHandling,
    Withheld,
)
from banso.desk.queries.dominoes import read_columns
from banso.desk.queries.scope import EVERYTHING, Scope, scope_of
from banso.desk.queries.value_figures import Counting, Figures, counting
from banso.desk.services import tasks as tasks_done
from banso.desk.services.alerts import finish, snooze, undo

pytestmark = pytest.mark.django_db

TODAY = SEPTEMBER + timedelta(days=40)
ALL = Wish(SEPTEMBER, TODAY)


def read(scope: Scope = EVERYTHING) -> Counting:
    """As a run would keep it: written, and read back."""
    found = read_columns(EVERYTHING, first=date(2026, 7, 1), zone="Asia/Tokyo", told=lambda row: 0)
    back = Columns.from_bytes(found.to_bytes())
    return counting(scope, Figures(TODAY, datetime.now(tz=UTC), "f", back))


def fallen(scope: Scope, wish: Wish) -> Fallen:
    return read(scope).dominoes(wish).fallen()


def fallen_by(scope: Scope, wish: Wish, by: By) -> Mapping[Key, Fallen]:
    return read(scope).dominoes(wish).by(by)


def pace(scope: Scope, wish: Wish) -> Pace:
    return read(scope).dominoes(wish).pace()


def when(handling: Handling, days: float) -> None:
    """... after midnight of the first of September in Tokyo."""
    at = datetime(2026, 8, 31, 15, tzinfo=UTC) + timedelta(days=days)
    Handling.objects.filter(pk=handling.pk).update(at=at)


def expect(one: Alert, came: str, reached: int | None = None) -> None:
    on = None if reached is None else SEPTEMBER + timedelta(days=reached)
    Expectation.objects.create(
        episode=one.episode, condition="x > 1", within_days=14, due_on=SEPTEMBER, came=came,
        reached_on=on,
    )  # fmt: skip


def done(one: Alert, *, decided: float, acted: float) -> None:
    before = TODAY - timedelta(days=1)
    when(snooze(scope=EVERYTHING, alert=one.pk, until=TODAY, today=before), decided)
    when(finish(scope=EVERYTHING, alert=one.pk, today=TODAY), acted)


@pytest.fixture(autouse=True)
def vendor() -> None:
    """One account more at each step; two owners; two segments."""
    owner = None
    for n in range(9):
        if n in (2, 3):
            owner = member(f"m{n}")
        made = account(f"A{n}", owner=owner)
        colour = "unmeasured" if n in (0, 2) else "healthy"
        stand(made, colour=colour, segments=["large", "trial"] if n % 2 else ["large"])
        stand(made, "bi", colour="healthy", lead=False)
    found = {n: Account.objects.get(key=f"A{n}") for n in range(9)}
    told = {n: alert(found[n], rule="quiet" if n < 6 else "fading") for n in range(2, 9)}
    Alert.objects.filter(pk=told[3].pk).update(told_on=None, state="snoozed")  # held back
    taken_back = finish(scope=EVERYTHING, alert=told[4].pk, today=TODAY)
    undo(scope=EVERYTHING, alert=told[4].pk, handling=taken_back.pk)
    snooze(scope=EVERYTHING, alert=told[5].pk, until=TODAY + timedelta(1), today=TODAY)
    done(told[6], decided=2, acted=5)
    done(told[7], decided=1, acted=3)
    done(told[8], decided=4, acted=9)
    expect(told[6], "not_reached")
    expect(told[7], "reached", 3)  # on the very day on which it was done: not by what was done
    expect(told[8], "reached", 12)
    expect(told[5], "reached", 12)  # of one that nobody has acted on
    held = Episode.objects.create(rule="quiet", account=found[1], opened_on=date(2026, 10, 2))
    Withheld.objects.create(
        episode=held, priority="low", label={}, action={}, why=[], fingerprint="f", generation=1
    )
    alert(found[1], rule="old", opened=SEPTEMBER - timedelta(days=1))
    by_plays(told)


def by_plays(told: dict[int, Alert]) -> None:
    """What is done about tasks of a play counts as what is done about the alert that started it."""
    tasks = {}
    for n, play in ((2, "visit"), (4, "visit"), (5, "call"), (8, "visit")):
        run = PlayRun.objects.create(
            play=play, account=told[n].episode.account, alert=told[n], version={}, fingerprint="f",
            state="open",
        )  # fmt: skip
        tasks[n] = Task.objects.create(
            account=run.account, run=run, step="1", label={}, made_on=SEPTEMBER, due_on=TODAY
        )
    at = tasks[5]
    made = tasks_done.finish(scope=EVERYTHING, task=at.pk, today=TODAY)
    TaskHandling.objects.filter(pk=made.pk).update(at=datetime(2026, 9, 8, 15, tzinfo=UTC))
    undone = tasks_done.finish(scope=EVERYTHING, task=tasks[2].pk, today=TODAY)
    tasks_done.undo(scope=EVERYTHING, task=tasks[2].pk, handling=undone.pk)
    TaskHandling.objects.create(task=tasks[4], state="withdrawn", before="open")
    begun_by_hand()


def begun_by_hand() -> None:
    """A play without any alert: for A0 and A1, for A1 twice, one of them long ago; what a run of it
    started is not by hand."""
    for n, days, state in ((0, 3, "done"), (1, 4, "open"), (1, 30, "open"), (2, -1, "done")):
        run = PlayRun.objects.create(
            play="visit", account=Account.objects.get(key=f"A{n}"), version={}, fingerprint="f",
            state="ended", entered_on=SEPTEMBER + timedelta(days),
        )  # fmt: skip
        Task.objects.create(
            account=run.account, run=run, step="1", label={}, made_on=SEPTEMBER, due_on=TODAY,
            state=state,
        )  # fmt: skip
    PlayRun.objects.create(
        play="call", account=run.account, version={}, fingerprint="f", state="ended", parent=run,
        parent_step="1", entered_on=SEPTEMBER,
    )  # fmt: skip


SQL = """
WITH steps AS (
  SELECT h.alert_id AS alert, h.at, h.state FROM handling h WHERE h.undoes_id IS NULL
    AND NOT EXISTS (SELECT 1 FROM handling u WHERE u.undoes_id = h.id)
  UNION ALL
  SELECT r.alert_id, h.at, h.state FROM task_handling h JOIN task t ON t.id = h.task_id
    JOIN play_run r ON r.id = t.run_id
  WHERE h.undoes_id IS NULL AND h.state <> 'withdrawn'
    AND NOT EXISTS (SELECT 1 FROM task_handling u WHERE u.undoes_id = h.id)
), opened AS (
  SELECT e.account_id, a.id AS alert, a.told_on, w.id AS withheld, x.reached_on, p.play,
    (SELECT min(s.at) FROM steps s WHERE s.alert = a.id) AS first,
    (SELECT min(s.at) FROM steps s WHERE s.alert = a.id AND s.state = 'done') AS done
  FROM episode e LEFT JOIN alert a ON a.episode_id = e.id
    LEFT JOIN play_run p ON p.alert_id = a.id
    LEFT JOIN withheld w ON w.episode_id = e.id LEFT JOIN expectation x ON x.episode_id = e.id
  WHERE e.opened_on BETWEEN '2026-09-01' AND '2026-10-11'
), by_hand AS (
  SELECT r.id, r.account_id FROM play_run r WHERE r.alert_id IS NULL AND r.parent_id IS NULL
    AND r.entered_on BETWEEN '2026-09-01' AND '2026-10-11')
SELECT
  (SELECT count(*) FROM account),
  (SELECT count(*) FROM account c WHERE c.id IN (SELECT account_id FROM opened) OR EXISTS
    (SELECT 1 FROM standing s WHERE s.account_id = c.id AND s.lead
       AND s.colour NOT IN ('', 'unmeasured'))),
  count(DISTINCT account_id),
  count(DISTINCT account_id) FILTER (WHERE first IS NOT NULL),
  count(DISTINCT account_id) FILTER (WHERE done IS NOT NULL),
  count(DISTINCT account_id) FILTER (WHERE done IS NOT NULL
    AND reached_on > (done AT TIME ZONE 'Asia/Tokyo')::date),
  0,
  count(DISTINCT account_id) FILTER (WHERE withheld IS NOT NULL),
  count(DISTINCT account_id) FILTER (WHERE alert IS NOT NULL AND told_on IS NULL),
  (SELECT count(DISTINCT account_id) FROM by_hand),
  (SELECT count(DISTINCT b.account_id) FROM by_hand b JOIN task t ON t.run_id = b.id
    WHERE t.state = 'done')
FROM opened
"""


def test_the_board_counts_what_plain_sql_counts() -> None:
    with connection.cursor() as cursor:
        cursor.execute(SQL)
        (by_hand,) = cursor.fetchall()
    assert tuple(vars(fallen(EVERYTHING, ALL)).values()) == by_hand
    assert by_hand == (9, 8, 8, 4, 4, 2, 0, 1, 1, 2, 1)


def test_parts_are_counted_like_the_whole() -> None:
    by_rule = fallen_by(EVERYTHING, ALL, "rule")
    assert by_rule == {
        "quiet": Fallen(flagged=5, decided=1, acted=1, reached=1, held_out=1, held_back=1),
        "fading": Fallen(flagged=3, decided=3, acted=3, reached=1),
    }
    by_play = fallen_by(EVERYTHING, ALL, "play")
    assert by_play == {
        "visit": Fallen(flagged=3, decided=1, acted=1, reached=1, by_hand=2, by_hand_acted=1),
        "call": Fallen(flagged=1, decided=1, acted=1, reached=1),
    }
    by_month = fallen_by(EVERYTHING, ALL, "month")
    assert {str(k): x.flagged for k, x in by_month.items()} == {"2026-09-01": 7, "2026-10-01": 1}
    by_segment = fallen_by(EVERYTHING, ALL, "segment")
    assert {k: (x.flagged, x.acted) for k, x in by_segment.items()} == {
        "large": (8, 4), "trial": (4, 2),
    }  # fmt: skip
    by_owner = fallen_by(EVERYTHING, ALL, "owner")
    assert sorted(x.flagged for x in by_owner.values()) == [1, 1, 6]


def test_filters_narrow_every_domino() -> None:
    first = Account.objects.get(key="A2").owner
    assert first is not None
    assert fallen(EVERYTHING, Wish(SEPTEMBER, TODAY, owner=first.pk)).accounts == 1
    assert fallen(EVERYTHING, Wish(SEPTEMBER, TODAY, owner=0)).flagged == 1
    trial = fallen(EVERYTHING, Wish(SEPTEMBER, TODAY, segment="trial"))
    assert (trial.accounts, trial.measured, trial.flagged, trial.acted) == (4, 4, 4, 2)
    quiet = fallen(EVERYTHING, Wish(SEPTEMBER, TODAY, rule="quiet"))
    assert (quiet.accounts, quiet.flagged, quiet.acted) == (9, 5, 1)
    call = fallen(EVERYTHING, Wish(SEPTEMBER, TODAY, play="call"))
    assert (call.accounts, call.flagged, call.acted) == (9, 1, 1)
    assert fallen(EVERYTHING, Wish(TODAY, TODAY)) == Fallen(accounts=9, measured=7)


def test_a_rule_whose_effect_is_proven_is_told_apart() -> None:
    wish = Wish(SEPTEMBER, TODAY, proven=frozenset({"fading"}))
    assert fallen(EVERYTHING, wish).proven == 1
    plays = Wish(SEPTEMBER, TODAY, proven_plays=frozenset({"visit", "call"}))
    assert fallen(EVERYTHING, plays).proven == 2


def test_the_pace_is_the_median_of_what_members_did() -> None:
    found = pace(EVERYTHING, Wish(SEPTEMBER, TODAY, rule="fading"))
    assert found == Pace(decided=2.0, acted=3.0, reached=3.0)
    by_task = Wish(SEPTEMBER, TODAY, play="call")
    assert pace(EVERYTHING, by_task) == Pace(decided=8.0, acted=0.0, reached=4.0)
    assert found.slowest in ("acted", "reached")
    assert pace(EVERYTHING, Wish(TODAY, TODAY)) == Pace(None, None, None)
    assert Pace(None, None, None).slowest is None


def test_each_part_has_the_pace_of_what_it_is_alone() -> None:
    """As asked of it alone: of one rule, play, owner, segment, month."""

    def last(month: date) -> date:
        return (month + timedelta(days=31)).replace(day=1) - timedelta(days=1)

    alone: dict[By, Callable[[Any], Wish]] = {
        "rule": lambda x: replace(ALL, rule=x),
        "play": lambda x: replace(ALL, play=x),
        "owner": lambda x: replace(ALL, owner=x),
        "segment": lambda x: replace(ALL, segment=x),
        "month": lambda x: replace(ALL, since=max(x, ALL.since), until=min(last(x), ALL.until)),
    }
    whole = read().dominoes(ALL)
    for by, narrowed in alone.items():
        found = whole.paces(by)
        assert set(found) >= set(whole.by(by))
        assert {k: x for k, x in found.items() if x.days} == {
            k: told for k in whole.by(by) if (told := pace(EVERYTHING, narrowed(k))).days
        }
    assert sum(bool(x.days) for x in whole.paces("rule").values()) > 1


def test_a_member_counts_the_accounts_in_reach_only() -> None:
    owner = Account.objects.get(key="A3").owner
    assert owner is not None
    found = fallen(scope_of(owner), ALL)
    assert (found.accounts, found.flagged, found.held_back) == (6, 6, 1)
