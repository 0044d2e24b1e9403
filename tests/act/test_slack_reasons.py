"""Not useful, said in Slack: a button, a window that asks why, and what is answered there."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.utils.translation import override
from slack_sdk.models.blocks import InputBlock

from banso.desk.models import Alert, Handling, Member, NotUseful, Role, TaskHandling
from banso.desk.queries.scope import scope_of
from banso.desk.services.alerts import dismiss, finish, undo
from banso.desk.services.outbox import tell_opened
from banso.pipeline.act.send import Post
from banso.pipeline.act.words import WORDS, Language, say
from banso.web.slack.reasons import Question, window
from banso.web.today.rows import reason_words
from tests.act.conftest import Add, alert_of
from tests.act.emulator import Slack, buttons, pressed, submitted, words
from tests.act.test_task_news import buttons_of, task_of

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.timeout(300)]
Send = Callable[..., Any]
DONE_ON = date(2026, 9, 2)


def window_of(button: dict[str, str], *, home: bool = False) -> dict[str, Any]:
    """As the window of this button comes back from Slack, which keeps what was put into it."""
    place = f"{button['value']}:{'home' if home else ''}"
    return {"type": "modal", "callback_id": button["action_id"], "private_metadata": place}


def wrong(answer: Any) -> dict[str, str]:
    """What the window says at its fields."""
    said = answer.json()
    assert said["response_action"] == "errors"
    found: dict[str, str] = said["errors"]
    return found


def test_the_button_opens_a_window_and_its_answer_is_the_members_and_can_be_taken_back(
    emulator: Slack, add: Add, post: Post, tanaka: Member, sent: Send
) -> None:
    place = emulator.channel("cs")
    add(place)
    alert = alert_of(tanaka, "N1")
    tell_opened([alert])
    post.send_due()
    user = emulator.user("tanaka@vendor.example")
    button = buttons(emulator.messages(place)[-1])["Not useful"]
    before = len(emulator.windows())
    assert sent(pressed(user, button, trigger_id=emulator.trigger(user))).status_code == 200
    asked = emulator.windows()
    assert len(asked) == before + 1
    assert asked[0] == ("tanaka", "株式会社N1 <&>: 利用が途絶えている")
    assert Handling.objects.count() == 0

    window = window_of(button)
    assert wrong(sent(submitted(user, window, reason="other", note=None))) == {
        "note": "理由を短く入力してください。"
    }
    assert wrong(sent(submitted(user, window, reason="boring", note=None))) == {
        "reason": "一覧から理由を選んでください。"
    }
    assert wrong(sent(submitted(user, window, reason=None, note="?"))) == {
        "reason": "理由を選んでください。"
    }
    assert Handling.objects.count() == 0
    answer = sent(submitted(user, window, reason="wrong_data", note="a test account"))
    assert (answer.status_code, answer.content) == (200, b"")
    said = Handling.objects.get()
    assert (said.alert, said.member, said.state) == (alert, tanaka, "not_useful")
    assert (said.reason, said.note) == ("wrong_data", "a test account")
    post.send_due()
    message = emulator.messages(place)[-1]
    told = "田中 found it not useful: a test account"  # their own words, as in Today
    assert words(message)[-3:] == [told, "Undo", "Open in Banso"]

    assert sent(pressed(user, buttons(message)["Undo"])).status_code == 200
    assert Alert.objects.get().state == "open"


def test_the_window_asks_as_the_page_does_and_holds_what_slack_takes() -> None:
    with override("ja"):
        asked = window(Question("task_not_useful", 7, home=True), "株式会社N1: 勉強会")
    assert [asked[x]["text"] for x in ("title", "submit", "close")] == [
        "不要", "送信", "キャンセル",
    ]  # fmt: skip
    assert words(asked) == [
        "株式会社N1: 勉強会",
        "不要な理由を教えてください",
        "すでに把握している",
        "データが誤っている",
        "対応の必要がない",
        "その他の理由",
        "補足",
    ]
    button = {"action_id": "task_not_useful", "value": "7"}
    assert window_of(button, home=True).items() <= asked.items()
    for block in asked["blocks"][1:]:
        read = InputBlock(**{k: x for k, x in block.items() if k != "type"})
        read.validate_json()  # lengths, as Slack's own library knows them
        assert read.to_dict() == block


def test_a_task_is_not_useful_too_and_who_comes_second_is_told_in_the_window(
    emulator: Slack, add: Add, post: Post, tanaka: Member, sent: Send
) -> None:
    place = emulator.channel("cs")
    add(place)
    alert = alert_of(tanaka, "N2")
    task = task_of(alert)
    post.send_due()
    user = emulator.user("tanaka@vendor.example")
    window = window_of(buttons_of(emulator.messages(place)[-2])["task_not_useful"])
    assert sent(submitted(user, window, reason="known", note=None)).content == b""
    said = TaskHandling.objects.get()
    assert (said.task, said.member, said.state, said.reason) == (
        task, tanaka, "not_useful", "known",
    )  # fmt: skip
    post.send_due()
    message, told = emulator.messages(place)[-2], "田中 found it not useful: Already knew"
    assert words(message)[1] == told
    assert emulator.replies(place, str(message["ts"]))[-1] == told
    first = {"reason": "ほかの人が先に対応しました。今の状態を確かめてください。"}
    assert wrong(sent(submitted(user, window, reason="no_action", note=None))) == first

    late = window_of({"action_id": "alert_not_useful", "value": str(alert.pk)})
    finish(scope=scope_of(tanaka), alert=alert.pk, today=DONE_ON)
    assert wrong(sent(submitted(user, late, reason="known", note=None))) == first
    alert.episode.closed_on = date(2026, 9, 9)
    alert.episode.save()
    (over,) = wrong(sent(submitted(user, late, reason="known", note=None))).values()
    assert "2026/09/09" in over


def test_a_message_says_why_in_its_readers_language_until_it_is_taken_back(
    emulator: Slack, add: Add, post: Post, tanaka: Member
) -> None:
    add()
    alert = alert_of(tanaka, "N5")
    tell_opened([alert])
    mine, place = scope_of(tanaka), emulator.direct("tanaka@vendor.example")

    def told() -> str:
        post.send_due()
        return words(emulator.messages(place)[-1])[-3]

    said = dismiss(scope=mine, alert=alert.pk, reason=NotUseful.KNOWN, today=DONE_ON)
    assert told() == "田中さんが不要と判断しました: すでに把握している"
    undo(scope=mine, alert=alert.pk, handling=said.pk)
    post.send_due()
    assert "すでに把握している" not in str(emulator.messages(place)[-1])


@pytest.mark.parametrize("language", ["en", "ja"])
def test_a_message_words_the_reasons_as_the_page_does(language: Language) -> None:
    with override(language):
        page = {f"reason.{reason}": word for reason, word in reason_words().items()}
    assert {name: say(name, language) for name in WORDS if name.startswith("reason.")} == page


@pytest.mark.parametrize("kind", ["viewer", "other's", "stranger"])
def test_no_window_opens_for_who_may_not_act_and_none_of_theirs_counts(
    emulator: Slack, add: Add, tanaka: Member, sent: Send, kind: str
) -> None:
    add(emulator.channel("cs"))
    owner = Member.objects.create(handle="suzuki") if kind == "other's" else tanaka
    alert = alert_of(owner, "N3")
    if kind == "viewer":
        Member.objects.filter(pk=tanaka.pk).update(role=Role.VIEWER)
    email = "stranger@elsewhere.example" if kind == "stranger" else "tanaka@vendor.example"
    user = emulator.user(email)
    button = {"action_id": "alert_not_useful", "value": str(alert.pk)}
    before = emulator.windows()
    opened = sent(pressed(user, button, trigger_id=emulator.trigger(user)))
    said = sent(submitted(user, window_of(button), reason="known", note=None))
    assert (opened.status_code, said.status_code) == (403, 403)
    assert emulator.windows() == before
    assert Handling.objects.count() == 0


def test_a_window_of_the_home_tab_brings_home_up_to_date_and_a_late_press_opens_none(
    emulator: Slack, add: Add, tanaka: Member, sent: Send
) -> None:
    add()
    alert = alert_of(tanaka, "N4")
    user = emulator.user("tanaka@vendor.example")
    button = {"action_id": "alert_not_useful", "value": str(alert.pk)}
    at_home = {"type": "home"}
    stale = sent(pressed(user, button, trigger_id="1.2.late", view=at_home))
    assert stale.status_code == 200
    opened = sent(pressed(user, button, trigger_id=emulator.trigger(user), view=at_home))
    assert opened.status_code == 200
    window = window_of(button, home=True)
    assert sent(submitted(user, window, reason="known", note=None)).content == b""
    assert "対応待ちのものはありません。" in emulator.home("tanaka")
