"""The page of channels, and the same over REST."""

from datetime import UTC, datetime

import pytest
from tests.web.conftest import AsMember
from tests.web.markup import read
from tests.web.rest import Call

from banso.desk.models import Channel, ChannelKind, Delivery, DeliveryKind

NOW = datetime(2026, 9, 1, 3, tzinfo=UTC)


@pytest.fixture
def channel(as_member: AsMember) -> Channel:
    """One that a receiver has shut out, with a dead letter."""
    made = Channel.objects.create(
        name="team",
        kind=ChannelKind.SLACK,
        address="C012345",
        secrets="sealed",
        disabled_at=NOW,
        disabled_because="Slack: channel_not_found",
    )
    Delivery.objects.create(
        channel=made, kind=DeliveryKind.TEST, subject="t", body={}, failed_at=NOW, answer="400 Bad"
    )
    return made


def test_the_page_says_what_is_wrong_and_what_was_not_delivered(
    as_member: AsMember, channel: Channel
) -> None:
    page = read(as_member("cs_ops").get("/data/channels/").content).one("main")
    for words in ("team", "Slack", "C012345", "Slack: channel_not_found", "400 Bad"):
        assert words in page.text
    assert "sealed" not in page.text
    assert [x.text for x in page.all("button")] == ["Test", "Enable", "Send again"]
    assert as_member("csm").get("/data/channels/").status_code == 403


def test_it_is_enabled_tested_sent_again_and_disabled(
    as_member: AsMember, channel: Channel
) -> None:
    ops = as_member("cs_ops")

    def act(action: str, name: str = "team") -> str:
        answer = ops.post("/data/channels/act/", {"channel": name, "action": action}, follow=True)
        return str(read(answer.content).one("body").text)

    assert "team is in use again" in act("enable")
    assert "A test message is on its way by team." in act("test")
    assert "Sent again by team: 1" in act("replay")
    waiting = Delivery.objects.filter(failed_at__isnull=True, delivered_at__isnull=True)
    assert waiting.count() == 2
    assert "team sends nothing until it is enabled." in act("disable")
    channel.refresh_from_db()
    assert channel.disabled_because.startswith("Disabled by ")
    assert "There is no channel 'other'." in act("test", "other")


def test_over_rest_too(call: Call, channel: Channel) -> None:
    status, (row,) = call("cs_ops", "GET", "channels")
    assert (status, row["name"], row["failed"], row["disabled_because"]) == (
        200,
        "team",
        1,
        "Slack: channel_not_found",
    )
    assert "secrets" not in row
    _, dead = call("cs_ops", "GET", "channels/team/dead-letters")
    assert [x["answer"] for x in dead] == ["400 Bad"]
    assert call("cs_ops", "POST", "channels/team/enable") == (204, None)
    assert call("cs_ops", "POST", "channels/team/replay") == (200, {"count": 1})
    assert call("cs_ops", "POST", "channels/team/disable") == (204, None)
    assert call("cs_ops", "GET", "channels/other/dead-letters")[0] == 404
    assert call("csm", "GET", "channels")[0] == 403
