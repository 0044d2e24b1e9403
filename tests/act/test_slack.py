"""Slack, as its members see it: a third party's emulator of Slack's API, and the real pages."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import pytest

from banso.desk.models import Alert, Handling, Member
from banso.desk.queries.outbox import deliveries
from banso.desk.queries.scope import scope_of
from banso.desk.services.alerts import finish
from banso.desk.services.outbox import owe_test, tell_closed, tell_opened
from banso.pipeline.act.send import Post
from tests.act.conftest import BASE, Add, alert_of
from tests.act.emulator import Slack, buttons, words

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.timeout(300)]


def test_the_owner_gets_the_alert_in_person_with_buttons(
    emulator: Slack, add: Add, post: Post, tanaka: Member
) -> None:
    add()
    alert = alert_of(tanaka)
    tell_opened([alert])
    assert post.send_due() == 1
    assert [x.answer for x in deliveries(limit=1)] == ["posted"]
    message = emulator.messages(emulator.direct("tanaka@vendor.example"))[-1]
    assert words(message) == [
        "株式会社A1 <&>: 利用が途絶えている",
        "優先度: 高 · 2026年9月1日から · 担当: 田中",
        "理由\n• 最終利用からの日数 20",
        "すること\n担当者に電話する",
        "対応済みにする",
        "1週間後に再表示",
        "不要",
        "Bansoで開く",
    ]
    assert buttons(message)["Bansoで開く"]["url"] == f"{BASE}/accounts/{alert.episode.account_id}/"


def test_the_done_button_acts_as_the_member_and_the_message_says_so(
    emulator: Slack, add: Add, post: Post, tanaka: Member, press: Callable[..., int]
) -> None:
    add(emulator.channel("cs"))
    alert = alert_of(tanaka, "B1")
    tell_opened([alert])
    post.send_due()
    user = emulator.user("tanaka@vendor.example")
    message = emulator.messages(emulator.channel("cs"))[-1]
    assert press(user, buttons(message)["Done"]) == 200
    handling = Handling.objects.get()
    assert (handling.alert_id, handling.member, handling.state) == (alert.pk, tanaka, "done")
    assert post.send_due() == 1
    message = emulator.messages(emulator.channel("cs"))[-1]
    assert words(message)[-3:] == ["Done by 田中", "Undo", "Open in Banso"]

    assert press(user, buttons(message)["Undo"]) == 200
    assert Alert.objects.get().state == "open"
    post.send_due()
    message = emulator.messages(emulator.channel("cs"))[-1]
    assert words(message)[-5:] == [
        "田中 took it back: to do again",
        "Done",
        "In a week",
        "Not useful",
        "Open in Banso",
    ]
    assert press(user, buttons(message)["In a week"]) == 200
    alert.refresh_from_db()
    today = datetime.now(tz=UTC).date()
    assert (alert.state, alert.until) == ("snoozed", today + timedelta(days=7))


def test_what_is_done_on_the_page_is_seen_in_slack(
    emulator: Slack, add: Add, post: Post, tanaka: Member
) -> None:
    add(emulator.channel("cs"))
    alert = alert_of(tanaka, "C1")
    tell_opened([alert])
    finish(scope=scope_of(tanaka), alert=alert.pk, today=date(2026, 9, 2))
    assert post.send_due() == 2
    message = emulator.messages(emulator.channel("cs"))[-1]
    assert words(message)[-3:] == ["Done by 田中", "Undo", "Open in Banso"]


def test_an_alert_that_is_over_is_told_below_its_message_and_can_only_be_opened(
    emulator: Slack, add: Add, post: Post, tanaka: Member
) -> None:
    add(emulator.channel("cs"))
    alert = alert_of(tanaka, "D1")
    tell_opened([alert])
    alert.episode.closed_on = date(2026, 9, 9)
    alert.episode.save()
    assert (tell_closed(), tell_closed()) == (1, 0)
    assert post.send_due() == 2
    message = emulator.messages(emulator.channel("cs"))[-1]
    news = "Over since September 9, 2026: the rule no longer holds."
    assert words(message)[-2:] == [news, "Open in Banso"]
    assert emulator.replies(emulator.channel("cs"), str(message["ts"])) == [news]


@pytest.mark.parametrize("kind", ["stranger", "other's", "wrong secret", "old"])
def test_nobody_acts_who_may_not(
    emulator: Slack, add: Add, tanaka: Member, press: Callable[..., int], kind: str
) -> None:
    add(emulator.channel("cs"))
    owner = Member.objects.create(handle="suzuki") if kind == "other's" else tanaka
    button = {"action_id": "alert_done", "value": str(alert_of(owner).pk)}
    user = emulator.user("tanaka@vendor.example")
    if kind == "stranger":
        status = press(emulator.user("stranger@elsewhere.example"), button)
    elif kind == "wrong secret":
        status = press(user, button, secret="another")  # noqa: S106
    elif kind == "old":
        status = press(user, button, at=datetime.now(tz=UTC) - timedelta(minutes=6))
    else:
        status = press(user, button)
    assert status == (401 if kind in ("wrong secret", "old") else 403)
    assert Handling.objects.count() == 0


@pytest.mark.parametrize(
    "button", [{}, {"action_id": "open"}, {"action_id": "alert_done", "value": "x"}]
)
def test_a_button_that_is_none_of_ours_is_answered_and_does_nothing(
    add: Add, tanaka: Member, press: Callable[..., int], button: dict[str, str]
) -> None:
    add("C012345")
    alert_of(tanaka)
    assert press("U1", button) == 200
    assert Handling.objects.count() == 0


def test_a_channel_that_is_gone_disables_itself_and_says_so(
    add: Add, post: Post, tanaka: Member
) -> None:
    channel = add("C0GONE")
    tell_opened([alert_of(tanaka)])
    post.send_due()
    channel.refresh_from_db()
    assert channel.disabled_because == "Slack: channel_not_found"


def test_a_member_that_slack_does_not_know_is_a_dead_letter(add: Add, post: Post) -> None:
    add()
    nobody = Member.objects.create(handle="nobody", email="nobody@vendor.example")
    tell_opened([alert_of(nobody)])
    post.send_due()
    (found,) = deliveries(limit=1)
    assert (found.state, found.answer) == ("failed", "Slack: users_not_found")


def test_a_test_message_is_posted(emulator: Slack, add: Add, post: Post) -> None:
    channel = add(emulator.channel("cs"))
    owe_test(channel, member=None, now=channel.created_at)
    assert post.send_due() == 1
    message = emulator.messages(emulator.channel("cs"))[-1]
    assert words(message) == ["A test of the channel “slack”. Alerts will come here."]
