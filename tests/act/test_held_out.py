"""A held-out account is left alone: nothing of its alert reaches anybody, and it is known why."""

import json
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, timedelta

import pytest

from banso.cli.session import Session
from banso.core.definitions import loads
from banso.core.value.arms import held_out, play_action, version
from banso.desk.models import (
    Alert,
    Arm,
    Channel,
    Delivery,
    Effect,
    Episode,
    Member,
    PlayRun,
    Run,
    Task,
    Withheld,
)
from banso.desk.queries.scope import EVERYTHING
from banso.desk.queries.today import open_alerts
from banso.desk.services.accounts import AccountRow, save_accounts
from banso.pipeline.act.digest import tell_the_day
from banso.pipeline.act.send import Post
from banso.pipeline.merging import merge, unmerge
from banso.pipeline.prove import prove
from banso.pipeline.run import run
from tests.act.conftest import Add
from tests.act.emulator import Slack
from tests.act.receiver import receiving, status
from tests.pipeline.vendor import ACCOUNTS, DEFINITIONS, FIRST, LAST, furnish

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.timeout(300)]

HOLDOUT = "    holdout: 0.5\n    expect: {condition: weekly_users >= 3, within_days: 14}\n"
TEXT = DEFINITIONS.replace("    cooldown_days: 4\n", "    cooldown_days: 4\n" + HOLDOUT)
HELD = {key for key in ACCOUNTS if held_out(key, "quiet", share=0.5)}


def runs(session: Session, text: str, days: Sequence[date]) -> None:
    for day in days:
        run(session.store, loads({"all.yaml": text}), as_of=day, since=None)


def arms() -> dict[str, tuple[bool, date]]:
    rows = Arm.objects.values_list("account__key", "held_out", "drawn_on")
    return {key: (held, on) for key, held, on in rows}


@pytest.fixture
def vendor(session: Session) -> Session:
    furnish(session)
    return session


def test_the_vendor_has_accounts_in_both_arms() -> None:
    assert HELD not in (set(), set(ACCOUNTS))


def test_no_message_ever_leaves_for_a_held_out_account(
    vendor: Session, post: Post, webhook: Callable[..., Channel]
) -> None:
    days = [FIRST + timedelta(days=n) for n in range(10, (LAST - FIRST).days, 3)]
    with receiving(status(204)) as receiver:
        webhook(receiver.url)
        Member.objects.filter(handle="sato@example.com").update(email="sato@example.com")
        runs(vendor, TEXT, days)
        while post.send_due():
            pass
    told = [json.loads(x.body)["data"] for x in receiver.got]
    quiet = {x["account"]["key"] for x in told if x["rule"] == "quiet"}
    later = Episode.objects.filter(rule="quiet", opened_on__gt=days[0])  # the first run tells none
    assert {x["rule"] for x in told} == {"quiet", "fading", "overdue"}
    assert quiet == set(later.values_list("account__key", flat=True)) - HELD
    assert quiet & HELD == set()
    assert quiet != set()


PLAY = """plays:
  - name: call
    label: {en: Wake them up, ja: 立て直し}
    holdout: 0.5
    expect: {condition: weekly_users >= 3, within_days: 14}
    steps:
      - {kind: task, label: {en: Call, ja: 電話}}
      - {kind: message, channel: slack, text: {en: Somebody calls, ja: 電話します}}
      - {kind: webhook, channel: hook}
"""
BY_PLAY = DEFINITIONS.replace("plays:\n", PLAY).replace(
    "    cooldown_days: 4\n", "    cooldown_days: 4\n    play: call\n"
)


def test_a_play_asks_posts_and_calls_nothing_for_an_account_that_it_holds_out(
    vendor: Session, post: Post, webhook: Callable[..., Channel], add: Add, emulator: Slack
) -> None:
    """Its alert is told as ever: the lot is the play's."""
    days = [FIRST + timedelta(days=n) for n in range(10, (LAST - FIRST).days, 3)]
    add(emulator.channel("cs"))
    with receiving(status(204)) as receiver:
        webhook(receiver.url)
        runs(vendor, BY_PLAY, days)
        while post.send_due():
            pass
    got = [json.loads(x.body) for x in receiver.got]
    held = {x for x in ACCOUNTS if held_out(x, play_action("call"), share=0.5)}
    asked = set(PlayRun.objects.values_list("account__key", flat=True))
    assert asked & held != set()
    assert asked - held != set()
    steps = {x["data"]["account"]["key"] for x in got if x["type"] == "play.step"}
    texts = [str(x["text"]) for x in emulator.messages(emulator.channel("cs"))]
    posted = {key for key in ACCOUNTS if any(x.startswith(f"{key} 商事: Wake") for x in texts)}
    given = set(Task.objects.values_list("account__key", flat=True))
    assert (steps, posted, given) == (asked - held,) * 3
    alerts = {x["data"]["account"]["key"] for x in got if x["type"] == "alert.opened"}
    assert asked <= alerts


def test_a_held_out_alert_is_recorded_and_told_nowhere(vendor: Session) -> None:
    runs(vendor, TEXT, [FIRST + timedelta(days=10), LAST])
    episodes = Episode.objects.filter(rule="quiet", account__key__in=HELD)
    withheld = Withheld.objects.filter(episode__in=episodes)
    assert withheld.count() == episodes.count() > 0
    assert all(x.why and x.label["en"] for x in withheld)
    assert Alert.objects.filter(episode__in=episodes).count() == 0
    shown = {x.account for x in open_alerts(EVERYTHING) if x.rule == "quiet"}
    assert shown & HELD == set()
    tell_the_day(LAST)
    assert Delivery.objects.filter(body__icontains="quiet").count() == 0


def test_other_rules_speak_of_a_held_out_account_as_ever(vendor: Session) -> None:
    runs(vendor, TEXT, [FIRST + timedelta(days=10), LAST])
    others = Alert.objects.filter(episode__account__key__in=HELD).values_list(
        "episode__rule", flat=True
    )
    assert "quiet" not in set(others)
    assert set(others) != set()


def test_an_account_keeps_its_arm_whatever_becomes_of_it_and_of_the_rule(vendor: Session) -> None:
    runs(vendor, TEXT, [FIRST + timedelta(days=10), FIRST + timedelta(days=40)])
    before = arms()
    assert {key: held for key, (held, _) in before.items()} == {key: key in HELD for key in before}
    renamed = [AccountRow(row=n, key=key, name=f"新 {key}") for n, key in enumerate(ACCOUNTS)]
    save_accounts(renamed, effective=LAST)
    other = TEXT.replace("holdout: 0.5", "holdout: 0.01")
    other = other.replace("quiet_days >= 3", "quiet_days >= 2")
    runs(vendor, other, [LAST])
    assert {key: arms()[key] for key in before} == before
    told = Alert.objects.filter(episode__rule="quiet", episode__account__key__in=HELD)
    assert told.count() == 0


def test_merging_and_splitting_accounts_changes_no_arm(vendor: Session) -> None:
    """One of each arm, both ways round: the account that stays is told, or not, by its own arm."""
    runs(vendor, TEXT, [FIRST + timedelta(days=10), FIRST + timedelta(days=40)])
    before = arms()
    held, told = (min(key for key, (out, _) in before.items() if out is x) for x in (True, False))
    now = datetime(2026, 6, 1, tzinfo=UTC)
    for account, into, days in ((told, held, 45), (held, told, 55)):
        day = FIRST + timedelta(days=days)
        merge(vendor.store, scope=EVERYTHING, account=account, into=into, day=day, now=now)
        runs(vendor, TEXT, [day])
        now += timedelta(hours=1)
        unmerge(vendor.store, scope=EVERYTHING, account=account, now=now)
        runs(vendor, TEXT, [day + timedelta(days=5)])
        assert {key: arms()[key] for key in before} == before
    quiet = Episode.objects.filter(rule="quiet", account__key=held)
    assert quiet.filter(withheld__isnull=False).count() == quiet.count() > 0


def test_after_an_older_backup_is_restored_the_same_accounts_are_drawn(vendor: Session) -> None:
    days = [FIRST + timedelta(days=10), LAST]
    runs(vendor, TEXT, days)
    before = arms()
    for table in (Arm, Withheld, Alert, Episode, Run):
        table.objects.all().delete()

    runs(vendor, TEXT, days)
    assert arms() == before


def test_an_arm_says_under_what_it_was_drawn(vendor: Session) -> None:
    runs(vendor, TEXT, [LAST])
    rule = loads({"all.yaml": TEXT}).rules["quiet"]
    found = set(Arm.objects.values_list("rule", "share", "version"))
    assert found == {("quiet", 0.5, version(rule, {}))}
    strata = set(Arm.objects.values_list("stratum", flat=True))
    assert strata <= {
        f"{x}{y}" for x in ("healthy", "watch", "at_risk", "unmeasured") for y in ("", ": large")
    }


def test_a_rule_rolled_out_by_stages_tells_nobody_whom_it_has_not_reached(vendor: Session) -> None:
    begins = FIRST + timedelta(days=30)
    text = TEXT.replace("holdout: 0.5", f"rollout: [{{segment: large, from: {begins}}}]")
    runs(vendor, text, [FIRST + timedelta(days=10), LAST])
    large = set(ACCOUNTS[1:])  # A1 has five seats (tests.pipeline.vendor)
    quiet = list(Episode.objects.filter(rule="quiet").select_related("account"))
    told = {x.pk for x in quiet if x.account.key in large and x.opened_on >= begins}
    assert 0 < len(told) < len(quiet)
    assert (
        set(Alert.objects.filter(episode__rule="quiet").values_list("episode", flat=True)) == told
    )
    waiting = Withheld.objects.filter(because="not_yet")
    assert set(waiting.values_list("episode", flat=True)) == {x.pk for x in quiet} - told
    assert not Arm.objects.exists()
    prove(vendor.store, loads({"all.yaml": text}), as_of=LAST)
    found = Effect.objects.get(rule="quiet", grade="B")
    assert (found.verdict, found.value) == ("too_little", None)


def test_without_a_holdout_everybody_is_told_again(vendor: Session) -> None:
    runs(vendor, TEXT, [FIRST + timedelta(days=10)])
    held = set(Withheld.objects.values_list("episode__account__key", flat=True))
    runs(vendor, DEFINITIONS, [LAST])
    later = Episode.objects.filter(rule="quiet", opened_on__gt=FIRST + timedelta(days=10))
    assert later.filter(account__key__in=HELD).count() > 0
    assert later.filter(alert__isnull=True).count() == 0
    assert set(Withheld.objects.values_list("episode__account__key", flat=True)) == held
