"""Tasks as members and software are told of them: Slack, mail, webhooks."""

import json
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from email import message_from_bytes, policy
from typing import Any

import pytest
from standardwebhooks import Webhook

from banso.core.definitions.plays import Play
from banso.desk.models import (
    Alert,
    Channel,
    ChannelKind,
    Delivery,
    Mail,
    Member,
    PlayRun,
    Reach,
    RunState,
    Task,
)
from banso.desk.queries.scope import EVERYTHING, scope_of
from banso.desk.services.channels import NewChannel, add_channel
from banso.desk.services.plays import World, start_by_hand, step_run, stop
from banso.desk.services.tasks import finish, pass_on, tick
from banso.pipeline.act.digest import tell_the_day
from banso.pipeline.act.send import Post
from tests.act.conftest import BASE, KEY, SIGNING, Add, Mailbox, alert_of, as_documented
from tests.act.emulator import Slack, buttons, words
from tests.act.receiver import receiving, status

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.timeout(300)]

DAY = date(2026, 9, 2)
DUE = DAY + timedelta(days=3)
PLAY = Play.model_validate(
    {
        "name": "rescue",
        "label": {"en": "Rescue", "ja": "活用支援"},
        "steps": [
            {
                "kind": "task",
                "label": {"en": "Plan a session", "ja": "勉強会を計画する"},
                "instructions": {"en": "Ask <who> comes", "ja": "<参加者>を聞く"},
                "checklist": [{"en": "Room", "ja": "会場"}],
                "link": "https://vendor.example/plan",
                "due_in": 3,
            },
            {"kind": "message", "text": {"en": "Well done", "ja": "完了"}},
        ],
    }
)


def task_of(alert: Alert, *, quiet_until: datetime | None = None) -> Task:
    """That a play asks for, because of an alert."""
    account = alert.episode.account_id
    (run,) = start_by_hand(
        scope=EVERYTHING, play=PLAY, accounts=[account], alerts={account: alert.pk}
    )
    step_run(run, World(DAY, {}, lambda x, n: x + timedelta(days=n), quiet_until=quiet_until))
    return Task.objects.get(run=run)


def draft_of(task: Task) -> Mail:
    """A mail to the customer that the same run has written."""
    return Mail.objects.create(
        run=task.run,
        step="9",
        account=task.account,
        to="a@customer.example",
        language="ja",
        subject="ご案内",
        text="本文",
        made_on=DAY,
    )


def mails(box: Mailbox) -> list[tuple[str, str, str]]:
    """To, subject and plain text of each."""
    read = [message_from_bytes(x.content or b"", policy=policy.default) for x in box.mails]
    return [
        (x["To"], x["Subject"].strip(), x.get_body(("plain",)).get_content().replace("\r\n", "\n"))  # type: ignore[attr-defined]
        for x in read
    ]


@pytest.fixture
def ueda() -> Member:
    return Member.objects.create(
        handle="ueda", name="上田", email="ueda@vendor.example", reach=Reach.ALL, language="en"
    )


@pytest.fixture
def mail() -> Channel:
    return add_channel(NewChannel(name="mail", kind=ChannelKind.EMAIL, language="ja"), key=KEY)


def test_slack_has_the_task_with_buttons_that_act_and_shows_what_became_of_it(  # noqa: PLR0917
    emulator: Slack,
    add: Add,
    post: Post,
    tanaka: Member,
    ueda: Member,
    press: Callable[..., int],
) -> None:
    place = emulator.channel("cs")
    add(place)
    task = task_of(alert_of(tanaka, "T1"))
    assert post.send_due() == 2  # with the play's message
    message = emulator.messages(place)[-2]
    asked = [
        "株式会社T1 <&>: Plan a session",
        "A task for you",
        "Due September 5, 2026 · For: 田中 · Play: Rescue",
        "Ask <who> comes",
        "Checklist",
        "Room",
        "Why\n• Days since last use 20",
        "Done",
        "In a week",
        "Not useful",
        "Pass on to…",
        "上田",
        "Open in Banso",
        "Open the link",
    ]
    assert sorted(words(message)) == sorted(asked)
    assert words(message)[:6] == asked[:6]
    user = emulator.user("tanaka@vendor.example")
    boxes = ticks_of(message)
    assert "initial_options" not in boxes
    room = {"action_id": boxes["action_id"], "selected_options": boxes["options"]}
    assert press(user, room) == 200
    post.send_due()
    task.refresh_from_db()
    assert task.ticked["0"]["by"] == "tanaka"
    message = emulator.messages(place)[-2]
    assert ticks_of(message)["initial_options"] == boxes["options"]
    assert press(user, {**room, "selected_options": []}) == 200
    beyond = [{"value": f"{task.pk}:7"}]
    assert press(user, {**room, "selected_options": beyond}) == 400
    tick(scope=scope_of(tanaka), task=task.pk, point=0, done=True, now=datetime.now(tz=UTC))
    post.send_due()
    message = emulator.messages(place)[-2]
    assert ticks_of(message)["initial_options"] == boxes["options"]
    assert buttons_of(message)["link"]["url"] == "https://vendor.example/plan"

    select = buttons_of(message)["task_pass"]
    chosen = {"action_id": "task_pass", "selected_option": select["options"][0]}
    assert press(user, chosen) == 200  # type: ignore[arg-type]
    task.refresh_from_db()
    assert task.member == ueda
    post.send_due()
    message = emulator.messages(place)[-2]
    assert words(message)[1] == "田中 passed it on to 上田"

    assert press(user, buttons_of(message)["task_done"]) == 200
    post.send_due()
    message = emulator.messages(place)[-2]
    assert words(message)[1] == "Done by 田中"
    assert "☑ Room" in words(message)
    assert emulator.replies(place, str(message["ts"]))[-1] == "Done by 田中"
    assert press(user, buttons_of(message)["task_undo"]) == 200
    assert press(user, buttons_of(message)["task_undo"]) == 200  # once more changes nothing
    task.refresh_from_db()
    assert task.state == "open"


def ticks_of(message: dict[str, object]) -> dict[str, Any]:
    blocks = message["blocks"]
    assert isinstance(blocks, list)
    (boxes,) = [x["accessory"] for x in blocks if "accessory" in x]
    found: dict[str, Any] = boxes
    return found


def buttons_of(message: dict[str, object]) -> dict[str, dict[str, str]]:
    """By what they do, the choice among them."""
    blocks = message["blocks"]
    assert isinstance(blocks, list)
    return {
        x["action_id"]: x for x in next(x["elements"] for x in blocks if x["type"] == "actions")
    }


def test_whoever_has_it_gets_a_mail_in_their_language_and_the_next_one_too(
    post: Post, mailbox: Mailbox, mail: Channel, tanaka: Member, ueda: Member
) -> None:
    task = task_of(alert_of(tanaka, "T1"))
    pass_on(scope=scope_of(tanaka), task=task.pk, to="ueda", today=DAY, note="you know them")
    finish(scope=scope_of(ueda), task=task.pk, today=DAY)
    assert post.send_due() == 3
    first, said, second = mails(mailbox)
    assert first == (
        "tanaka@vendor.example",
        "株式会社T1 <&>: 勉強会を計画する",
        "株式会社T1 <&>\n勉強会を計画する\n新しいタスクがあります\n"
        "期限: 2026年9月5日 · 担当: 田中 · プレイブック: 活用支援\n\n<参加者>を聞く\n\n"
        "チェックリスト\n- 会場\n\n理由\n- 最終利用からの日数 20\n\n"
        "リンクを開く: https://vendor.example/plan\n\n"
        f"Bansoで開く: {BASE}/accounts/{task.account_id}/\n\n"
        "Bansoでこのタスクの担当になっているため、お送りしています。\n",
    )
    assert said[1] == "株式会社T1 <&>: 活用支援"
    assert second[:2] == ("ueda@vendor.example", "株式会社T1 <&>: Plan a session")
    assert second[2].splitlines()[2] == "Passed on to you by 田中: you know them"


def test_the_morning_mail_has_the_tasks_before_the_alerts(
    post: Post, mailbox: Mailbox, tanaka: Member, ueda: Member
) -> None:
    add_channel(NewChannel(name="morning", kind=ChannelKind.EMAIL, digest=True), key=KEY)
    late = task_of(alert_of(tanaka, "T1"))
    other = task_of(alert_of(Member.objects.create(handle="suzuki"), "T2"))
    Task.objects.filter(pk=other.pk).update(member=ueda)
    day = late.due_on + timedelta(days=1)
    draft_of(other)  # suzuki's, who has no address
    draft_of(late)
    assert [tell_the_day(day) for _ in range(2)] == [3, 0]
    post.send_due()
    (to, subject, text), (_, other_subject, other_text) = sorted(mails(mailbox))
    assert (to, subject) == ("tanaka@vendor.example", "今日の対応: 3件")
    assert text.startswith(
        "承認待ちの顧客へのメール\n\n株式会社T1 <&>\nご案内\na@customer.example\n\n"
        "タスク\n\n株式会社T1 <&>\n勉強会を計画する\n期限超過: 2026年9月5日\n\nアラート\n\n"
        "株式会社T1 <&>\n利用が途絶えている\n最終利用からの日数 20\n"
    )
    assert other_subject == "Today: 1 things to do"
    assert "Alerts" not in other_text


@pytest.mark.parametrize("may", [True, False])
def test_the_morning_mail_tells_amounts_only_where_channel_and_member_may_see_them(
    post: Post, mailbox: Mailbox, tanaka: Member, *, may: bool
) -> None:
    new = NewChannel(name="morning", kind=ChannelKind.EMAIL, digest=True, revenue=True)
    add_channel(new, key=KEY)
    Member.objects.update(sees_revenue=may)
    alert = alert_of(tanaka)
    alert.why = alert.why[::-1]  # what it is worth comes first
    alert.save()
    tell_the_day(DAY)
    post.send_due()
    ((_, _, text),) = mails(mailbox)
    assert ("1,200,000" in text, "最終利用からの日数 20" in text) == (may, not may)


def test_a_webhook_is_told_of_everything_and_the_first_reminder_comes_once(
    post: Post, tanaka: Member, webhook: Callable[..., Channel]
) -> None:
    with receiving(status(204)) as receiver:
        webhook(receiver.url, tasks=True)
        task = task_of(alert_of(tanaka, "T1"))
        assert [tell_the_day(x) for x in (DUE - timedelta(days=1), DUE, DUE)] == [0, 1, 0]
        tick(scope=scope_of(tanaka), task=task.pk, point=0, done=True, now=datetime.now(tz=UTC))
        finish(scope=scope_of(tanaka), task=task.pk, today=DUE, note="12 came")
        post.send_due()
    got = [
        Webhook(SIGNING).verify(x.body, dict(x.headers)) and json.loads(x.body)
        for x in receiver.got
    ]
    of_tasks = [x for x in got if x["type"].startswith("task.")]  # its play is told of, too
    told = [(x["type"], x["data"]["task"], x["data"].get("state")) for x in of_tasks]
    assert told == [
        ("task.opened", task.pk, None),
        ("task.due", task.pk, None),
        ("task.ticked", task.pk, None),
        ("task.handled", task.pk, "done"),
    ]
    for x in got:
        as_documented(x)
    first, _, ticked, last = (x["data"] for x in of_tasks)
    assert (first["ticked"], ticked["ticked"]) == ([], [0])
    assert (first["play"], first["step"], first["member"], first["due_on"]) == (
        "rescue",
        task.step,
        "tanaka",
        str(DUE),
    )
    assert ([x["metric"] for x in first["why"]], first["arr"]) == (["last_use"], None)
    assert (last["by"], last["note"]) == ("田中", "12 came")


def test_a_task_of_a_play_that_is_stopped_can_only_be_opened(
    emulator: Slack, add: Add, post: Post, tanaka: Member
) -> None:
    place = emulator.channel("cs")
    add(place)
    task = task_of(alert_of(tanaka, "T9"))
    PlayRun.objects.update(state=RunState.OPEN)  # it has no more steps, so it ended at once
    stop(scope=EVERYTHING, run=task.run_id, day=DAY)
    post.send_due()
    message = emulator.messages(place)[-2]
    news = "Withdrawn: its play is over."
    assert words(message)[1] == news
    assert set(buttons(message)) == {"Open in Banso", "Open the link"}
    assert emulator.replies(place, str(message["ts"])) == [news]


def test_in_quiet_hours_members_are_sent_nothing_of_plays_and_software_is(
    mail: Channel, tanaka: Member
) -> None:
    Channel.objects.create(name="hook", kind=ChannelKind.WEBHOOK, address="x")
    until = datetime(2099, 1, 1, tzinfo=UTC)
    task_of(alert_of(tanaka), quiet_until=until)
    owed = Delivery.objects.values_list("channel__name", "kind", "due_at")
    assert {(channel, kind, due == until) for channel, kind, due in owed} == {
        ("mail", "task.opened", True),
        ("mail", "play.message", True),
        ("hook", "task.opened", False),
        ("hook", "play.started", False),
        ("hook", "play.ended", False),
    }


def test_a_channel_may_tell_alerts_alone(mail: Channel, tanaka: Member) -> None:
    Channel.objects.update(tasks=False)
    task = task_of(alert_of(tanaka))
    finish(scope=EVERYTHING, task=task.pk, today=DAY)
    assert list(Delivery.objects.values_list("kind", flat=True)) == ["play.message"]
