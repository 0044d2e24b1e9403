"""Webhooks: signed, each message with one id, and what becomes of it by the receiver's answer."""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler

import pytest
from django.db import connection
from standardwebhooks import Webhook

from banso.api.rest.webhooks import TOLD
from banso.desk.models import Channel, Delivery, DeliveryKind, Episode, Member
from banso.desk.queries.outbox import DeliveryView, deliveries
from banso.desk.queries.scope import scope_of
from banso.desk.services.alerts import finish
from banso.desk.services.channels import enable_channel
from banso.desk.services.outbox import owe_test, tell_closed, tell_opened
from banso.desk.services.sending import WAITS, replay
from banso.pipeline.act.send import Post
from tests.act.conftest import SIGNING, USED, WORTH, alert_of, as_documented, due_now
from tests.act.receiver import Answer, Got, in_turn, nonsense, receiving, reset, status

pytestmark = pytest.mark.django_db(transaction=True)

AddWebhook = Callable[..., Channel]


def the_one() -> DeliveryView:
    (found,) = deliveries(limit=10)
    return found


def test_a_receiver_gets_the_alert_signed_and_with_its_id(
    post: Post, webhook: AddWebhook, tanaka: Member
) -> None:
    with receiving(status(204)) as receiver:
        webhook(receiver.url)
        alert = alert_of(tanaka)
        tell_opened([alert])
        assert post.send_due() == 1
    (got,) = receiver.got
    delivery = Delivery.objects.get()
    assert got.message == str(delivery.message)
    assert Webhook(SIGNING).verify(got.body, dict(got.headers)) == {
        "type": "alert.opened",
        "timestamp": delivery.created_at.astimezone(UTC).isoformat(),
        "data": {
            "alert": alert.pk,
            "rule": "silent",
            "journey": None,
            "label": {"en": "Nobody uses it", "ja": "利用が途絶えている"},
            "action": {"en": "Call the contact", "ja": "担当者に電話する"},
            "priority": "high",
            "opened_on": "2026-09-01",
            "account": {
                "id": alert.episode.account_id,
                "key": "A1",
                "name": "株式会社A1 <&>",
            },
            "owner": "tanaka",
            "owner_name": "田中",
            "why": [USED],
            "arr": None,
        },
    }
    assert the_one().state == "delivered"


def test_what_is_sent_of_an_alert_is_as_documented(
    post: Post, webhook: AddWebhook, tanaka: Member
) -> None:
    with receiving(status(200)) as receiver:
        channel = webhook(receiver.url, revenue=True)
        alert = alert_of(tanaka)
        tell_opened([alert])
        finish(scope=scope_of(tanaka), alert=alert.pk, today=alert.since)
        Episode.objects.update(closed_on=alert.since, closed_because="recovered")
        tell_closed()
        owe_test(channel, member=None, now=datetime.now(tz=UTC))
        post.send_due()
    told = [json.loads(x.body) for x in receiver.got]
    assert [x["type"] for x in told] == ["alert.opened", "alert.handled", "alert.closed", "test"]
    for x in told:
        as_documented(x)
    in_person = {DeliveryKind.DIGEST, DeliveryKind.TASK_PASSED, DeliveryKind.MAIL}
    assert set(DeliveryKind) - in_person == set(TOLD)


def test_amounts_are_told_only_where_the_channel_may(
    post: Post, webhook: AddWebhook, tanaka: Member
) -> None:
    with receiving(status(200)) as receiver:
        webhook(receiver.url, revenue=True)
        tell_opened([alert_of(tanaka)])
        post.send_due()
    told = json.loads(receiver.got[0].body)["data"]
    assert (told["arr"], told["why"]) == ("1200000", [USED, WORTH])


def test_alerts_below_the_channels_least_priority_are_not_told(
    webhook: AddWebhook, tanaka: Member
) -> None:
    webhook("https://receiver.example", least="medium")
    assert [
        tell_opened([alert_of(tanaka, priority, priority=priority)])
        for priority in ("high", "medium", "low")
    ] == [1, 1, 0]


def test_an_alert_is_owed_once_however_often_it_is_told(
    webhook: AddWebhook, tanaka: Member
) -> None:
    webhook("https://receiver.example")
    alert = alert_of(tanaka)
    tell_opened([alert])
    tell_opened([alert])
    assert Delivery.objects.count() == 1


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (status(500), "500 Internal Server Error"),
        (status(503), "503 Service Unavailable"),
        (status(429, Retry_After="120"), "429 Too Many Requests"),
        (reset, "ReadError: [Errno 104] Connection reset by peer"),
        (nonsense, "RemoteProtocolError: illegal status line"),
    ],
    ids=["500", "503", "429", "reset", "nonsense"],
)
def test_what_is_not_taken_now_is_sent_again_with_the_same_id(
    post: Post, webhook: AddWebhook, tanaka: Member, answer: Answer, said: str
) -> None:
    with receiving(in_turn(answer, status(200))) as receiver:
        webhook(receiver.url)
        tell_opened([alert_of(tanaka)])
        assert post.send_due() == 1
        waiting = the_one()
        answered = waiting.answer.split("bytearray")[0].rstrip(": ")
        assert (waiting.state, waiting.attempts, answered) == ("waiting", 1, said)
        due_now()
        assert post.send_due() == 1
    assert (the_one().state, the_one().attempts) == ("delivered", 2)
    assert [x.message for x in receiver.got] == [the_one().message] * 2


def test_a_receiver_is_left_in_peace_for_as_long_as_it_asks(
    post: Post, webhook: AddWebhook, tanaka: Member
) -> None:
    with receiving(status(429, Retry_After="120")) as receiver:
        webhook(receiver.url)
        tell_opened([alert_of(tanaka, "A1"), alert_of(tanaka, "A2")])
        before = datetime.now(tz=UTC)
        assert post.send_due() == 1  # the other one waits, too
    resting = Channel.objects.get().resting_until
    assert resting is not None
    assert 119 <= (resting - before).total_seconds() <= 135


@pytest.mark.parametrize("code", [400, 413, 422])
def test_a_message_that_is_refused_is_a_dead_letter_and_others_go_their_way(
    post: Post, webhook: AddWebhook, tanaka: Member, code: int
) -> None:
    with receiving(in_turn(status(code), status(200), status(200))) as receiver:
        webhook(receiver.url)
        tell_opened([alert_of(tanaka, "A1"), alert_of(tanaka, "A2")])
        assert post.send_due() == 2
        assert [(x.account, x.state) for x in deliveries(limit=10)] == [
            ("A2", "delivered"),
            ("A1", "failed"),
        ]
        dead = deliveries(state="failed", limit=10)
        assert replay([x.id for x in dead], now=datetime.now(tz=UTC)) == 1
        assert post.send_due() == 1
    assert [x.state for x in deliveries(limit=10)] == ["delivered", "delivered"]
    assert receiver.got[2].message == receiver.got[0].message


@pytest.mark.parametrize("code", [401, 403, 404, 410])
def test_a_receiver_that_takes_nothing_any_more_disables_its_channel_and_loses_nothing(
    post: Post, webhook: AddWebhook, tanaka: Member, code: int
) -> None:
    with receiving(in_turn(status(code), status(200))) as receiver:
        channel = webhook(receiver.url)
        tell_opened([alert_of(tanaka)])
        assert post.send_due() == 1
        channel.refresh_from_db()
        assert channel.disabled_because.split()[0] == str(code)
        assert (post.send_due(), the_one().state) == (0, "waiting")
        enable_channel("hook")
        assert post.send_due() == 1
    assert the_one().state == "delivered"


def test_a_redirect_is_not_followed(post: Post, webhook: AddWebhook, tanaka: Member) -> None:
    with (
        receiving(status(200)) as elsewhere,
        receiving(status(307, Location=elsewhere.url)) as receiver,
    ):
        channel = webhook(receiver.url)
        tell_opened([alert_of(tanaka)])
        post.send_due()
    channel.refresh_from_db()
    assert elsewhere.got == []
    assert channel.disabled_because == (
        f"307 Temporary Redirect: leads on to {elsewhere.url}. Messages are not sent on; if that "
        "is the receiver now, add it as a channel."
    )


def test_after_the_last_attempt_it_is_a_dead_letter_and_the_channel_says_so(
    post: Post, webhook: AddWebhook, tanaka: Member
) -> None:
    with receiving(status(500)) as receiver:
        channel = webhook(receiver.url)
        tell_opened([alert_of(tanaka)])
        for _ in range(len(WAITS) + 3):
            due_now()
            post.send_due()
    channel.refresh_from_db()
    assert len(receiver.got) == len(WAITS) + 1
    assert the_one().state == "failed"
    assert channel.disabled_because == "500 Internal Server Error"


def test_a_message_that_somebody_is_sending_is_not_taken_by_another(
    post: Post, webhook: AddWebhook, tanaka: Member
) -> None:
    again: list[int] = []

    def answer(got: Got, to: BaseHTTPRequestHandler) -> None:
        again.append(post.send_due())
        connection.close()  # this is a thread of the receiver's
        status(200)(got, to)

    with receiving(answer) as receiver:
        webhook(receiver.url)
        tell_opened([alert_of(tanaka, "A1"), alert_of(tanaka, "A2")])
        assert post.send_due() == 2
    assert again == [0, 0]
    assert len(receiver.got) == 2
