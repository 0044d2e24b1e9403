"""Step 6: whether what was expected came about, and what rules change, of real facts."""

import itertools
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from tests.pipeline.vendor import ACCOUNTS, DEFINITIONS, FIRST, LAST, days, furnish, noon, usage

from banso.cli.session import Session
from banso.core.definitions import loads
from banso.core.definitions.outcomes import BecameTrue, Churn, Renewal
from banso.core.events.fact import Fact
from banso.core.value.arms import held_out, play_action
from banso.core.value.rollout import RolledOut
from banso.desk.models import (
    Account,
    Alert,
    Arm,
    Effect,
    Episode,
    Expectation,
    Followed,
    Handling,
    PlayRun,
    RunExpectation,
)
from banso.desk.queries.plays import of_keys
from banso.desk.queries.scope import EVERYTHING
from banso.desk.services.accounts import AccountRow, save_accounts
from banso.desk.services.alerts import finish, undo
from banso.pipeline.effects import as_far_as_it_holds, better
from banso.pipeline.gather import gather
from banso.pipeline.measure import panels
from banso.pipeline.play_entries import start
from banso.pipeline.prove import Proven, prove
from banso.pipeline.run import run

pytestmark = pytest.mark.django_db(transaction=True)

EXPECT = "    expect: {condition: weekly_users >= 3, within_days: 14}\n"
TEXT = DEFINITIONS.replace("    cooldown_days: 4\n", "    cooldown_days: 4\n" + EXPECT)
BEGIN = FIRST + timedelta(days=10)
TOKYO = ZoneInfo("Asia/Tokyo")


@pytest.fixture
def vendor(session: Session) -> Session:
    furnish(session)
    run(session.store, loads({"all.yaml": TEXT}), as_of=LAST, since=BEGIN)
    return session


def proves(session: Session, as_of: date = LAST, text: str = TEXT) -> Proven:
    return prove(session.store, loads({"all.yaml": text}), as_of=as_of)


def kept() -> dict[int, tuple[str, str, date | None]]:
    rows = Expectation.objects.values_list("episode_id", "came", "why", "reached_on")
    return {number: (came, why, on) for number, came, why, on in rows}


@pytest.fixture
def users_by_hand() -> Callable[[str, date], int]:
    facts = usage()

    def count(account: str, as_of: date) -> int:
        since, until = noon(as_of - timedelta(days=7)), noon(as_of)
        half = 12 * 3600 * 1_000_000
        return len(
            {
                x.user
                for x in facts
                if x.account == account and since - half <= x.time < until - half
            }
        )

    return count


def came_by_hand(
    users: Callable[[str, date], int], account: str, since: date
) -> tuple[str, str, date | None]:
    """What becomes by LAST of three users again within 14 days."""
    later = [since + timedelta(days=n) for n in range(1, 15) if since + timedelta(n) <= LAST]
    reached = [x for x in later if users(account, x) >= 3]
    if since <= LAST and users(account, since) >= 3:
        return "unmeasured", "held_already", None
    if reached:
        return "reached", "", reached[0]
    return "open" if since + timedelta(days=14) > LAST else "not_reached", "", None


def test_every_alert_of_a_rule_that_expects_something_is_judged(
    vendor: Session, users_by_hand: Callable[[str, date], int]
) -> None:
    proves(vendor)
    expected = {
        x.pk: came_by_hand(users_by_hand, x.account.key, x.opened_on)
        for x in Episode.objects.filter(rule="quiet").select_related("account")
    }
    assert kept() == expected
    assert {came for came, _, _ in expected.values()} >= {"reached", "not_reached"}


def test_every_alert_is_judged_by_what_came_after_it(
    vendor: Session, users_by_hand: Callable[[str, date], int]
) -> None:
    """Whether the outcome, many users again, began within 14 days, once these are over."""
    outcome = (
        "outcomes:\n  - {name: many, kind: condition, when: weekly_users >= 3, lead_days: 0,"
        " within_days: 14, label: {en: Many, ja: 多い}}\n"
    )
    text = (TEXT + outcome).replace(EXPECT, f"{EXPECT}    outcome: many\n")
    proves(vendor, text=text)
    expected = {}
    for episode in Episode.objects.filter(rule="quiet").select_related("account"):
        key, opened = episode.account.key, episode.opened_on
        known = [x for x in (opened + timedelta(days=n) for n in range(-1, 15)) if x <= LAST]
        holds = [users_by_hand(key, x) >= 3 for x in known]
        began = any(y and not x for x, y in itertools.pairwise(holds))
        over = opened + timedelta(days=14) <= LAST
        if holds[1:3] == [True, True] and not began:
            expected[episode.pk] = "outside"  # it holds already, so it can't begin
        else:
            expected[episode.pk] = ("yes" if began else "no") if over else "open"
    assert dict(Followed.objects.values_list("episode", "came")) == expected
    assert {*expected.values()} >= {"yes", "no"}


def test_what_is_settled_stays_as_it_was_told(vendor: Session) -> None:
    middle = LAST - timedelta(days=20)
    proves(vendor, middle)
    before = {k: x for k, x in kept().items() if x[0] != "open"}
    assert before != {}
    proves(vendor, text=TEXT.replace("weekly_users >= 3, within", "weekly_users >= 5, within"))
    assert {k: kept()[k] for k in before} == before


def test_a_second_pass_changes_nothing(vendor: Session) -> None:
    proves(vendor)
    before = kept(), list(Effect.objects.values_list("rule", "target", "grade", "told"))
    proves(vendor)
    assert (kept(), list(Effect.objects.values_list("rule", "target", "grade", "told"))) == before


def test_a_rule_that_expects_nothing_any_more_leaves_no_alert_waiting(vendor: Session) -> None:
    proves(vendor, LAST - timedelta(days=3))
    waiting = {k for k, x in kept().items() if x[0] == "open"}
    assert waiting != set()
    proves(vendor, text=DEFINITIONS)
    assert {kept()[k] for k in waiting} == {("unmeasured", "gone", None)}


def many(session: Session, accounts: int, *, holdout: float, action: str = "quiet") -> str:
    """Accounts that fall silent in April; whoever is told wakes up again in May, the held-out ones
    do so less often."""
    expect = EXPECT.replace("weekly_users >= 3", "quiet_days < 3")  # it can't hold already
    text = TEXT.replace(EXPECT, f"{expect}    holdout: {holdout}\n")
    keys = [f"K{n:03}" for n in range(accounts)]
    save_accounts([AccountRow(row=n, key=key) for n, key in enumerate(keys)], effective=FIRST)
    facts = []
    for n, key in enumerate(keys):
        held = held_out(key, action, share=holdout)
        wakes = n % 5 == 0 if held else n % 5 != 0
        used = [*days(FIRST, FIRST + timedelta(days=20))]
        used += days(FIRST + timedelta(days=27), LAST) if wakes else []
        facts += [
            Fact(
                account=key, event="login", time=noon(day) + user, user=f"{key}-{user}",
                message_id=f"{key}-{day}-{user}",
            )
            for day in used
            for user in range(4)
        ]  # fmt: skip
    furnish(session)  # somebody always speaks, so that the source is never late
    session.store.accept(source="web", dataset="events", facts=facts)
    return text


def test_a_holdout_shows_what_the_rule_changes(session: Session) -> None:
    text = many(session, 160, holdout=0.4)
    run(session.store, loads({"all.yaml": text}), as_of=LAST, since=BEGIN)
    proves(session, text=text)
    found = Effect.objects.get(rule="quiet", grade="A")
    with connection.cursor() as cursor:  # an account's first alert, by arm, by plain SQL
        cursor.execute(
            "SELECT a.held_out, count(*), count(*) FILTER (WHERE x.came = 'reached')"
            " FROM arm a JOIN episode e ON e.account_id = a.account_id AND e.opened_on = a.drawn_on"
            " JOIN expectation x ON x.episode_id = e.id"
            " WHERE e.rule = 'quiet' AND x.came IN ('reached', 'not_reached') GROUP BY 1 ORDER BY 1"
        )
        (_, told, helped), (_, held, woke) = cursor.fetchall()
    assert (found.told["treated"], found.told["events"]) == (told, helped)
    assert (found.told["held_out"], found.told["held_out_events"]) == (held, woke)
    assert found.told["base"] == pytest.approx(woke / held)
    assert found.verdict == "helps"
    assert found.low is not None
    assert found.low > 0.2
    assert found.told["needed"] is not None
    assert found.told["other_version"] == 0


PLAY = """plays:
  - name: call
    expect: {condition: quiet_days < 3, within_days: 14}
    holdout: 0.4
    steps: [{kind: wait, days: 1}]
"""


def test_a_play_of_its_own_holdout_is_proven_too(session: Session) -> None:
    text = many(session, 110, holdout=0.4, action=play_action("call"))
    text = text.replace("    holdout: 0.4\n", "").replace("plays:\n", PLAY)
    definitions = loads({"all.yaml": text})
    play, day = definitions.plays["call"], FIRST + timedelta(days=25)
    keys = [f"K{n:03}" for n in range(110)]
    start(EVERYTHING, definitions, play, of_keys(EVERYTHING, keys), day=day)
    proves(session, text=text)
    found = Effect.objects.get(play="call", grade="A")
    held = {x for x in keys if held_out(x, "play:call", share=0.4)}
    woke = {x for n, x in enumerate(keys) if (n % 5 == 0) == (x in held)}
    assert (found.told["treated"], found.told["held_out"]) == (110 - len(held), len(held))
    assert found.told["events"] == len(woke - held)
    assert found.told["held_out_events"] == len(woke & held)
    assert found.verdict == "helps"
    assert not PlayRun.objects.filter(account__key__in=held, entered_on__isnull=False).exists()


COMPARED = """plays:
  - name: call
    expect: {condition: weekly_users >= 2, within_days: 20}
    steps: [{kind: wait, days: 1}]
"""


def begin(key: str, day: date, **more: Any) -> PlayRun:
    given = {"state": "ended", "entered_on": day} | more
    account = Account.objects.get(key=key)
    return PlayRun.objects.create(
        play="call", account=account, version={}, fingerprint="f", **given
    )


CALLED = COMPARED.replace(
    "weekly_users >= 2, within_days: 20", "weekly_users >= 3, within_days: 14"
)


def test_every_run_of_a_play_that_expects_something_is_judged_whoever_began_it(
    session: Session, users_by_hand: Callable[[str, date], int]
) -> None:
    """By hand, by another play; those kept out are not. What is settled goes among the facts once
    and stays; what is open when the play expects nothing any more can be told by nobody."""
    furnish(session)
    text = DEFINITIONS.replace("plays:\n", CALLED)
    since = [x for x in days(BEGIN, LAST + timedelta(days=1)) if x.day % 6 == 1]
    runs = [begin(key, day) for key in ACCOUNTS for day in since]
    first = begin("A1", BEGIN + timedelta(days=1))
    runs += [first, begin("A1", BEGIN + timedelta(days=2), parent=first, parent_step="1")]
    begin("A2", BEGIN, state="kept_out", because="exit", entered_on=None)
    proves(session, text=text)
    expected = {
        x.pk: came_by_hand(users_by_hand, x.account.key, x.entered_on or LAST) for x in runs
    }
    assert kept_of_runs() == expected
    assert {came for came, _, _ in expected.values()} == {
        *("reached", "not_reached", "unmeasured", "open")
    }
    due = RunExpectation.objects.get(run=first).due_on
    assert due == BEGIN + timedelta(days=1 + 14)
    settled = sorted(
        (x.account.key, f"play_expectation_{expected[x.pk][0]}", "call", LAST)
        for x in runs
        if expected[x.pk][0] in ("reached", "not_reached")
    )
    assert told_facts(session) == settled
    RunExpectation.objects.update(said=False)  # as after a kill between sending and keeping
    proves(session, text=DEFINITIONS)
    assert told_facts(session) == settled
    gone = {k: ("unmeasured", "gone", None) for k, x in expected.items() if x[0] == "open"}
    assert kept_of_runs() == expected | gone


def kept_of_runs() -> dict[int, tuple[str, str, date | None]]:
    rows = RunExpectation.objects.values_list("run_id", "came", "why", "reached_on")
    return {number: (came, why, on) for number, came, why, on in rows}


def test_a_play_is_compared_with_accounts_told_alike_that_did_not_enter(vendor: Session) -> None:
    """By the first alert of its rules that an account was told; what entered without one, or late,
    is compared with nobody, but stands in what was before and after."""
    text = TEXT.replace("plays:\n", COMPARED).replace(EXPECT, EXPECT + "    play: call\n")
    PlayRun.objects.all().delete()
    told = Alert.objects.filter(episode__rule="quiet", told_on__isnull=False)
    first = {x.episode.account.key: x for x in told.order_by("-told_on", "-pk")}
    early = {k: x for k, x in first.items() if x.told_on <= LAST - timedelta(days=14)}
    soon, late, never, alone, *_ = sorted(early)
    begin(soon, early[soon].told_on + timedelta(days=3))
    begin(late, early[late].told_on + timedelta(days=14 + 1))
    out = {"state": "kept_out", "because": "exit", "entered_on": None}
    begin(never, LAST, alert=early[never], **out)
    begin(alone, first[alone].told_on - timedelta(days=2))
    proves(vendor, text=text)
    found = {x.grade: x for x in Effect.objects.filter(play="call")}
    assert (set(found), found["C"].verdict) == ({"C", "D"}, "too_little")
    with connection.cursor() as cursor:
        cursor.execute(
            "WITH first AS (SELECT DISTINCT ON (e.account_id) e.account_id, a.told_on FROM alert a"
            " JOIN episode e ON e.id = a.episode_id WHERE e.rule = 'quiet'"
            " AND a.told_on IS NOT NULL"
            " AND NOT EXISTS (SELECT 1 FROM play_run o WHERE o.alert_id = a.id AND o.because ="
            " 'exit') ORDER BY e.account_id, a.told_on) SELECT"
            " count(*) FILTER (WHERE r.entered_on <= f.told_on + 14), count(*) FROM first f"
            " LEFT JOIN play_run r ON r.account_id = f.account_id AND r.entered_on >= f.told_on"
            " WHERE f.told_on + 14 < %s AND NOT EXISTS (SELECT 1 FROM play_run b"
            " WHERE b.account_id = f.account_id AND b.entered_on < f.told_on)",
            [LAST],
        )
        ((entered, every),) = cursor.fetchall()
    counted = sum(found["C"].told[x] for x in ("treated", "held_out"))
    left_out = sum(found["C"].told[x] for x in ("open", "unmeasured", "outside"))
    assert (counted + left_out, entered) == (every, 1)
    assert found["C"].told["alone"] == 2
    days_in = PlayRun.objects.filter(entered_on__lte=LAST - timedelta(days=28)).count()
    assert found["D"].told["accounts"] == days_in > 0
    Effect.objects.all().delete()
    PlayRun.objects.all().delete()
    proves(vendor, text=text)
    assert not Effect.objects.filter(play="call", grade="D").exists()


def test_accounts_drawn_under_another_version_do_not_count(session: Session) -> None:
    text = many(session, 40, holdout=0.4)
    run(session.store, loads({"all.yaml": text}), as_of=LAST, since=BEGIN)
    proves(session, text=text.replace("電話する", "訪ねる"))
    found = Effect.objects.get(rule="quiet", grade="A")
    assert found.verdict == "too_little"
    assert (found.told["drawn"], found.told["treated"]) == (0, 0)
    assert found.told["other_version"] == Arm.objects.filter(rule="quiet").count() > 0


def test_what_nobody_acted_on_is_compared_with_nothing(vendor: Session) -> None:
    proves(vendor)
    found = {(x.target, x.grade): x for x in Effect.objects.filter(rule="quiet")}
    assert set(found) == {("", "C")}
    assert (found["", "C"].verdict, found["", "C"].value) == ("too_little", None)


def test_health_before_and_after_is_told_but_never_as_value(vendor: Session) -> None:
    first = Episode.objects.filter(rule="quiet", closed_on=None).first()
    if first is None:
        first = Episode.objects.filter(rule="quiet").earliest("opened_on")
        Episode.objects.filter(pk=first.pk).update(closed_on=None)
    done = finish(scope=EVERYTHING, alert=first.alert.pk, today=LAST)
    at = Episode.objects.get(pk=first.pk).opened_on + timedelta(days=2)
    Handling.objects.filter(pk=done.pk).update(at=f"{at}T03:00:00Z")
    proves(vendor)
    found = Effect.objects.get(rule="quiet", grade="D")
    assert found.value is None
    assert found.verdict in ("before_after", "too_little")
    undo(scope=EVERYTHING, alert=first.alert.pk, handling=done.pk)
    proves(vendor)
    assert not Effect.objects.filter(rule="quiet", grade="D").exists()


@pytest.mark.parametrize(
    ("outcome", "sign"),
    [
        (Churn(name="c", kind="churn"), -1),
        (Renewal(name="r", kind="renewal"), 1),
        (BecameTrue(name="b", kind="condition", when="seats > 1"), 0),
        (None, 1),
    ],
)
def test_which_direction_is_better_is_known_of_the_outcome(outcome: Any, sign: int) -> None:
    assert better("x" if outcome else "", outcome) == sign


ROLLED_OUT = RolledOut(
    treated=300, others=900, events=60, other_events=300, base=0.3, value=0.2, error=0.02,
    low=0.16, high=0.24, stages=3, late=0, drift=0.01, drift_error=0.025,
)  # fmt: skip


@pytest.mark.parametrize(
    ("drift", "sign", "verdict"),
    [
        ((0.01, 0.025), 1, "helps"),  # (20 - 2 * 2) / (1 + 2 * 2.5): more than twice
        ((0.01, 0.025), -1, "harms"),
        ((0.01, 0.025), 0, "differs"),
        ((0.04, 0.04), 1, "suggests"),
        ((-0.04, 0.04), 1, "suggests"),
        ((0.12, 0.03), 1, "fragile"),
        ((None, None), 1, "fragile"),
    ],
)
def test_a_roll_out_says_as_much_as_outlasts_the_drift_that_was_possible(
    drift: tuple[float | None, float | None], sign: int, verdict: str
) -> None:
    found = replace(ROLLED_OUT, drift=drift[0], drift_error=drift[1])
    assert as_far_as_it_holds(found, sign) == verdict
    assert as_far_as_it_holds(replace(found, value=0.01, low=-0.03, high=0.05), sign) == "unclear"


def told_facts(session: Session) -> list[tuple[str, str, str, date]]:
    """Account, event, feature and day of what Banso has sent of itself."""
    found = []
    while session.store.collect().received:
        pass
    with session.store.snapshot() as snapshot:
        for bucket in snapshot.buckets:
            keys = snapshot.account_keys(snapshot.accounts(bucket).tolist())
            for batch in snapshot.scan(bucket=bucket, dataset="records"):
                for x in batch.to_pylist():
                    action = snapshot.actions[x["action"]]
                    if action.source == "banso":
                        day = x["time"].astimezone(TOKYO).date()
                        found.append((keys[x["account"]], action.event, action.feature, day))
    return sorted(found)


def test_what_became_of_told_alerts_is_among_the_facts_once(vendor: Session) -> None:
    proves(vendor)
    settled = [
        (x.episode.account.key, f"expectation_{x.came}", x.episode.rule, LAST)
        for x in Expectation.objects.filter(came__in=("reached", "not_reached"))
    ]
    assert told_facts(vendor) == sorted(settled) != []
    proves(vendor)
    Expectation.objects.update(said=False)  # as after a kill between sending and keeping
    proves(vendor)
    assert told_facts(vendor) == sorted(settled)


def test_metrics_count_it_from_the_next_day_on(vendor: Session) -> None:
    counting = TEXT.replace(
        "metrics:\n",
        "metrics:\n  - {name: helped, kind: count, facts: record.expectation_reached, "
        "where: feature = 'quiet'}\n",
        1,
    )
    proves(vendor)
    reached: dict[str, int] = {}
    for x in Expectation.objects.filter(came="reached").select_related("episode__account"):
        key = x.episode.account.key
        reached[key] = reached.get(key, 0) + 1
    for day, expected in ((LAST, {}), (LAST + timedelta(days=1), reached)):
        with vendor.store.snapshot() as snapshot:
            inputs = gather(vendor.store, snapshot, loads({"all.yaml": counting}), as_of=day)
            found = {
                inputs.key(account): int(panel.column("helped").values[row, -1])
                for _, panel in panels(inputs)
                for row, account in enumerate(panel.accounts)
                if panel.column("helped").measured[row, -1]
            }
        assert {k: n for k, n in found.items() if n} == expected


def test_nothing_is_sent_of_accounts_that_are_held_out(session: Session) -> None:
    held = TEXT.replace("    cooldown_days: 4\n", "    cooldown_days: 4\n    holdout: 0.5\n")
    furnish(session)
    run(session.store, loads({"all.yaml": held}), as_of=LAST, since=BEGIN)
    proves(session, text=held)
    out = {key for key in ACCOUNTS if held_out(key, "quiet", share=0.5)}
    assert {account for account, *_ in told_facts(session)} & out == set()
    assert Expectation.objects.filter(episode__withheld__isnull=False).exists()
