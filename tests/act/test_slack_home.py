"""The home tab of the app in Slack shows a member's Today."""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.test import Client
from slack_sdk.signature import Clock, SignatureVerifier

from banso.cli.session import Session
from banso.desk.models import Alert, Member
from banso.pipeline.act import slack_home
from banso.pipeline.act.slack_home import Reader, home_blocks
from banso.web import house
from tests.act.conftest import BASE, DEFINITIONS, KEY, Add, alert_of
from tests.act.emulator import SIGNING, Slack, words
from tests.act.test_task_news import DAY, draft_of, task_of

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.timeout(300)]
Send = Callable[..., Any]


@pytest.fixture
def send(session: Session, monkeypatch: pytest.MonkeyPatch) -> Send:
    """What happens in Slack, signed as Slack signs it."""
    monkeypatch.setattr(django_settings, "SECRET_KEY", KEY)
    monkeypatch.setattr(house, "opened", lambda: session)

    def post(content: dict[str, object], *, secret: str = SIGNING) -> Any:
        body, stamp = json.dumps(content), str(int(datetime.now(tz=UTC).timestamp()))
        signature = SignatureVerifier(secret, Clock()).generate_signature(
            timestamp=stamp, body=body
        )
        headers = {"X-Slack-Request-Timestamp": stamp, "X-Slack-Signature": signature or ""}
        return Client().post(
            "/slack/events/", body, content_type="application/json", headers=headers
        )

    return post


def test_slack_is_shown_that_the_address_is_ours_and_nobody_else(add: Add, send: Send) -> None:
    add("C012345")
    asked = {"type": "url_verification", "challenge": "abc"}
    assert send(asked).json() == {"challenge": "abc"}
    assert send(asked, secret="another").status_code == 401  # noqa: S106


def reader(member: Member, *, revenue: bool = True) -> Reader:
    return Reader(member, DAY, "ja", BASE, DEFINITIONS, revenue)


def test_home_has_tasks_then_alerts_with_buttons_and_no_amounts_for_who_may_not_see_them(
    tanaka: Member,
) -> None:
    alert = alert_of(tanaka, "H1")
    mail = draft_of(task_of(alert))
    said = words({"blocks": home_blocks(reader(tanaka))})
    acts = ["対応済みにする", "1週間後に再表示", "不要"]
    assert said == [
        "今日の対応 2026年9月2日",
        "承認待ちの顧客へのメール",
        "株式会社H1 <&>: ご案内\na@customer.example",
        "読んで承認する",
        "タスク",
        "株式会社H1 <&>: 勉強会を計画する\n期限: 2026年9月5日\n<参加者>を聞く",
        *acts,
        "アラート",
        "株式会社H1 <&>: 利用が途絶えている\n優先度: 高\n• 最終利用からの日数 20\n"
        "• 年間契約額 1,200,000\n担当者に電話する",
        *acts,
        "「今日の対応」を開く",
    ]
    assert f"{BASE}/mails/{mail.pk}/" in str(home_blocks(reader(tanaka)))
    tanaka.sees_revenue = False
    assert "1,200,000" not in str(home_blocks(reader(tanaka)))
    assert "1,200,000" not in str(home_blocks(reader(tanaka, revenue=False)))


def test_with_nothing_to_do_home_says_so_and_shows_nothing_of_others(tanaka: Member) -> None:
    alert_of(Member.objects.create(handle="suzuki"), "H2")
    said = words({"blocks": home_blocks(reader(tanaka))})
    assert said[1:] == ["対応待ちのものはありません。", "「今日の対応」を開く"]


def test_home_says_of_each_part_how_many_more_there_are(
    tanaka: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("H3", "H4", "H5"):
        draft_of(task_of(alert_of(tanaka, name)))
    monkeypatch.setattr(slack_home, "SHOWN", 1)
    said = words({"blocks": home_blocks(reader(tanaka))})
    headings = ("承認待ちの顧客へのメール", "タスク", "アラート")
    assert [x for x in said if x in headings or x.startswith("ほか")] == [
        y for x in headings for y in (x, "ほか2件")
    ]
    monkeypatch.setattr(slack_home, "SHOWN", 3)
    assert "ほか" not in str(home_blocks(reader(tanaka)))


def test_opening_the_app_shows_home_and_its_button_acts(
    emulator: Slack, add: Add, send: Send, tanaka: Member, press: Callable[..., int]
) -> None:
    add()
    alert = alert_of(tanaka, "H3")
    user = emulator.user("tanaka@vendor.example")
    event = {"type": "app_home_opened", "user": user, "tab": "home"}
    assert send({"type": "event_callback", "event": event}).status_code == 200
    stranger = {**event, "user": emulator.user("stranger@elsewhere.example")}
    assert send({"type": "event_callback", "event": stranger}).status_code == 200
    assert press(user, {"action_id": "alert_done", "value": str(alert.pk)}) == 200
    assert Alert.objects.get().state == "done"
