"""Members, alerts and channels, and what sends by them."""

import json
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import Envelope
from django.conf import settings as django_settings
from django.test import Client
from slack_sdk.signature import Clock, SignatureVerifier

from banso.api.rest.webhooks import TOLD
from banso.cli.session import Session
from banso.core.definitions import loads
from banso.desk.models import (
    Account,
    Alert,
    Channel,
    ChannelKind,
    Delivery,
    DeliveryKind,
    Episode,
    Member,
)
from banso.desk.services.channels import NewChannel, add_channel
from banso.pipeline.act.send import Post
from banso.web import house
from tests.act.emulator import SIGNING as SLACK_SIGNING
from tests.act.emulator import TOKEN as SLACK_TOKEN
from tests.act.emulator import Slack, pressed, slack
from tests.served import free_port

KEY = "a key of the home, only for tests, long enough"
SIGNING = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
DEFINITIONS = loads(
    {
        "all.yaml": "organisation: {name: Vendor}\nmetrics:\n"
        "  - {name: worth, kind: latest, of: contract.arr}\n"
        "  - {name: last_use, kind: recency}\n"
    }
)
BASE = "https://banso.example.co.jp"


@pytest.fixture
def tanaka() -> Member:
    return Member.objects.create(
        handle="tanaka", name="田中", email="tanaka@vendor.example", language="ja"
    )


@pytest.fixture
def post() -> Post:
    return Post(key=KEY, base=BASE, definitions=lambda: DEFINITIONS)


@pytest.fixture
def webhook(monkeypatch: pytest.MonkeyPatch) -> Callable[..., Channel]:
    """Add a webhook; receivers on this machine are named by the operator."""
    monkeypatch.setenv("BANSO_PRIVATE_RECEIVERS", "127.0.0.1")

    def add(url: str, name: str = "hook", **more: object) -> Channel:
        new = NewChannel(
            name=name, kind=ChannelKind.WEBHOOK, address=url, secrets={"signing": SIGNING},
            **more,  # type: ignore[arg-type]
        )  # fmt: skip
        return add_channel(new, key=KEY)

    return add


USED = {
    "metric": "last_use",
    "text": {"en": "Days since last use 20", "ja": "最終利用からの日数 20"},
}
WORTH = {"metric": "worth", "text": {"en": "ARR 1,200,000", "ja": "年間契約額 1,200,000"}}


def alert_of(owner: Member | None, key: str = "A1", *, priority: str = "high") -> Alert:
    account = Account.objects.create(key=key, name=f"株式会社{key} <&>", owner=owner)
    episode = Episode.objects.create(rule="silent", account=account, opened_on=date(2026, 9, 1))
    return Alert.objects.create(
        episode=episode,
        owner=owner,
        priority=priority,
        label={"en": "Nobody uses it", "ja": "利用が途絶えている"},
        action={"en": "Call the contact", "ja": "担当者に電話する"},
        why=[USED, WORTH],
        arr=1_200_000,
        fingerprint="f",
        generation=1,
    )


def due_now() -> None:
    """The waits are over: what is put off is due, and no channel rests any more."""
    past = datetime.now(tz=UTC) - timedelta(seconds=1)
    Delivery.objects.update(due_at=past)
    Channel.objects.update(resting_until=None)


@pytest.fixture(scope="session")
def emulator(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Slack]:
    with slack(tmp_path_factory.mktemp("slack")) as found:
        yield found


class Mailbox:
    """A real mail server that keeps what it takes. answers: what it says to a recipient instead."""

    def __init__(self) -> None:
        self.mails: list[Envelope] = []
        self.answers: dict[str, str] = {}

    async def handle_RCPT(  # noqa: N802  named by the library
        self, _server: object, _session: object, envelope: Envelope, address: str, _: object
    ) -> str:
        if address in self.answers:
            return self.answers[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, _server: object, _session: object, envelope: Envelope) -> str:  # noqa: N802
        self.mails.append(envelope)
        return "250 OK"


@pytest.fixture
def mailbox(monkeypatch: pytest.MonkeyPatch) -> Iterator[Mailbox]:
    box, port = Mailbox(), free_port()
    controller = Controller(box, hostname="127.0.0.1", port=port)
    controller.start()
    monkeypatch.setenv("BANSO_SMTP_URL", f"smtp://127.0.0.1:{port}?starttls=no")
    monkeypatch.setenv("BANSO_MAIL_FROM", "banso@vendor.example")
    yield box
    controller.stop()


Add = Callable[..., Channel]


@pytest.fixture
def add(emulator: Slack, monkeypatch: pytest.MonkeyPatch) -> Add:
    monkeypatch.setenv("BANSO_SLACK_URL", emulator.base)

    def make(address: str = "", name: str = "slack", token: str = SLACK_TOKEN) -> Channel:
        secrets = {"token": token, "signing": SLACK_SIGNING}
        new = NewChannel(name, ChannelKind.SLACK, address, secrets, language="en")
        return add_channel(new, key=KEY)

    return make


@pytest.fixture
def sent(session: Session, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Any]:
    """What somebody has done in Slack, sent and signed as Slack does; how it is answered."""
    monkeypatch.setattr(django_settings, "SECRET_KEY", KEY)
    monkeypatch.setattr(house, "opened", lambda: session)

    def send(body: str, *, secret: str = SLACK_SIGNING, at: datetime | None = None) -> Any:
        stamp = str(int((at or datetime.now(tz=UTC)).timestamp()))
        signature = SignatureVerifier(secret, Clock()).generate_signature(
            timestamp=stamp, body=body
        )
        return Client().post(
            "/slack/actions/",
            body,
            content_type="application/x-www-form-urlencoded",
            headers={"X-Slack-Request-Timestamp": stamp, "X-Slack-Signature": signature},
        )

    return send


@pytest.fixture
def press(sent: Callable[..., Any]) -> Callable[..., int]:
    """Press a button of a message; the status that it is answered with."""

    def send(user: str, button: dict[str, str], **how: Any) -> int:
        return int(sent(pressed(user, button), **how).status_code)

    return send


def as_documented(message: Mapping[str, Any]) -> None:
    """The OpenAPI document names this message, with these very fields."""
    shape, _ = TOLD[DeliveryKind(message["type"])]
    assert set(message) == {"type", "timestamp", "data"}
    shape.model_validate_json(json.dumps(message["data"]))
