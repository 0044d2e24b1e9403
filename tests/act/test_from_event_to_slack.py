"""The whole way: an application sends an event, a member presses a button in Slack."""

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from banso.api.tracking import Tracking
from banso.cli.session import Session
from banso.core.definitions import loads
from banso.desk.models import Alert, Channel, Member, Run
from banso.desk.services.accounts import AccountRow, save_accounts
from banso.desk.services.keys import add_key
from banso.pipeline.act.send import Post
from banso.pipeline.run import run
from tests.act.conftest import Add
from tests.act.emulator import Slack, buttons, words
from tests.api.conftest import call

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.timeout(300)]

DEFINITIONS = """
organisation: {name: Vendor, time_zone: Asia/Tokyo}
sources: [{name: app}]
metrics:
  - {name: cancellations, label: {en: Looks at cancelling, ja: 解約ページの閲覧}, kind: count,
     where: "event = 'cancel_page'", window: 7d}
rules:
  - name: leaving
    label: {en: Thinks of leaving, ja: 解約を検討している}
    when: cancellations >= 1
    priority: high
    action: {en: Call today, ja: 今日中に電話する}
"""


@pytest.fixture
def track(session: Session) -> Callable[[str], int]:
    """An application sends an event of company C1, now."""
    app, key = Tracking(lambda: session.store), add_key(source="app").text

    def send(event: str) -> int:
        content = {
            "type": "track", "event": event, "userId": "u1",
            "context": {"groupId": "C1"},
        }  # fmt: skip
        body = json.dumps({"batch": [content]}).encode()
        headers = {"Authorization": f"Bearer {key}"}
        return call(app, "/v1/batch", body, method="POST", headers=headers).status

    return send


@pytest.fixture(autouse=True)
def channel(add: Add) -> Channel:
    """Slack, to each owner in person."""
    return add()


def test_from_a_tracked_event_to_a_done_button_in_slack(
    session: Session,
    emulator: Slack,
    post: Post,
    press: Callable[..., int],
    track: Callable[[str], int],
) -> None:
    definitions = loads({"all.yaml": DEFINITIONS})
    tanaka = Member.objects.create(
        handle="tanaka", name="田中", email="tanaka@vendor.example", language="ja"
    )
    today = datetime.now(tz=UTC).date()
    row = AccountRow(row=1, key="C1", name="株式会社さくら", owner="tanaka")
    save_accounts([row], effective=today, today=today)

    def told(days: int) -> Run:
        as_of = today + timedelta(days=days)
        return run(session.store, definitions, as_of=as_of, since=None)

    assert track("login") == 200
    told(1)  # the first run tells nobody
    assert post.send_due() == 0

    assert track("cancel_page") == 200
    told(2)
    assert post.send_due() == 1
    message = emulator.messages(emulator.direct("tanaka@vendor.example"))[-1]
    assert words(message)[0] == "株式会社さくら: 解約を検討している"
    assert words(message)[2] == "理由\n• 解約ページの閲覧 1(1以上)"

    done = buttons(message)["対応済みにする"]
    assert press(emulator.user("tanaka@vendor.example"), done) == 200
    assert [(x.state, x.owner) for x in Alert.objects.all()] == [("done", tanaka)]
    assert post.send_due() == 1
    message = emulator.messages(emulator.direct("tanaka@vendor.example"))[-1]
    assert words(message)[-3:] == ["田中さんが対応済みにしました", "取り消す", "Bansoで開く"]

    told(9)  # seven days later the event counts no more
    assert post.send_due() == 1
    message = emulator.messages(emulator.direct("tanaka@vendor.example"))[-1]
    assert words(message)[-1:] == ["Bansoで開く"]
    assert words(message)[-2].endswith("に終了: 対応ルールの条件に該当しなくなりました。")
