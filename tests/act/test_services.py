"""Services other than Slack, each against a receiver over HTTP that stands for its server."""

import json
from collections.abc import Callable
from urllib.parse import parse_qs

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from banso.desk.models import Channel, ChannelKind, Delivery, Member
from banso.desk.services.channels import ChannelError, NewChannel, add_channel
from banso.desk.services.outbox import tell_opened
from banso.pipeline.act import line_works
from banso.pipeline.act.addresses import AddressError
from banso.pipeline.act.line_works import GRANT, LineWorksKeyError, check_key
from banso.pipeline.act.send import Post
from banso.pipeline.act.service import check_service
from tests.act.conftest import BASE, KEY, alert_of
from tests.act.receiver import Answer, Receiver, in_turn, receiving, status

pytestmark = pytest.mark.django_db(transaction=True)
SPACE = "\N{ZERO WIDTH SPACE}"


@pytest.fixture
def mattermost(monkeypatch: pytest.MonkeyPatch) -> Callable[[str], Channel]:
    """A channel to a receiver on this machine, which the operator has named."""
    monkeypatch.setenv("BANSO_PRIVATE_RECEIVERS", "127.0.0.1")

    def add(url: str) -> Channel:
        host = url.removeprefix("http://").partition("/")[0]
        address = f"mmost://{host}/{'a' * 24}"
        secrets = {"url": address}
        kind = ChannelKind.SERVICE
        return add_channel(NewChannel("chat", kind, check_service(address), secrets), key=KEY)

    return add


def told(post: Post, answer: Answer, add: Callable[[str], Channel]) -> tuple[Receiver, Delivery]:
    with receiving(answer) as receiver:
        add(receiver.url)
        alert = alert_of(None, "@all [x](http://evil)")
        tell_opened([alert])
        post.send_due()
    return receiver, Delivery.objects.select_related("channel").get()


def test_a_service_is_told_in_its_own_form_and_a_name_calls_nobody(
    post: Post, mattermost: Callable[[str], Channel]
) -> None:
    receiver, delivery = told(post, status(200), mattermost)
    (got,) = receiver.got
    text = json.loads(got.body)["text"]
    assert f"株式会社@{SPACE}all [x]{SPACE}(http://evil)" in text
    assert f"{BASE}/accounts/" in text
    assert (delivery.answer, delivery.channel.address) == ("200 OK", "Mattermost (127.0.0.1)")
    assert "a" * 24 not in delivery.channel.secrets


@pytest.mark.parametrize(
    ("answer", "state"),
    [
        (status(503, Retry_After="60"), "later"),
        (status(400), "refused"),
        (status(404), "disabled"),
        (status(302, Location="http://169.254.169.254/"), "disabled"),
    ],
)
def test_what_a_service_answers_means_what_it_means_of_a_webhook(
    post: Post, mattermost: Callable[[str], Channel], answer: Answer, state: str
) -> None:
    receiver, delivery = told(post, answer, mattermost)
    assert len(receiver.got) == 1
    found = {
        "later": delivery.failed_at is None and delivery.channel.disabled_at is None,
        "refused": delivery.failed_at is not None,
        "disabled": delivery.channel.disabled_at is not None,
    }
    assert found == {x: x == state for x in found}


def test_a_service_in_a_private_network_is_not_called(
    post: Post, mattermost: Callable[[str], Channel], monkeypatch: pytest.MonkeyPatch
) -> None:
    with receiving(status(200)) as receiver:
        channel = mattermost(receiver.url)
        monkeypatch.setenv("BANSO_PRIVATE_RECEIVERS", "")
        tell_opened([alert_of(None)])
        post.send_due()
    channel.refresh_from_db()
    assert receiver.got == []
    assert "sends in clear" in channel.disabled_because


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("json://127.0.0.1/", "is none of the services"),
        ("https://chat.example.com/hook", "is none of the services"),
        ("syslog://", "is none of the services"),
        ("discord://", "not complete"),
        ("mmost://chat.example.com/" + "a" * 24, "sends in clear"),
    ],
)
def test_other_addresses_are_refused_when_they_are_added(url: str, said: str) -> None:
    with pytest.raises(AddressError, match=said):
        check_service(url)


def test_teams_is_named_with_its_host() -> None:
    address = "workflows://prod-00.example.azure.com:443/643e69f83c8944/sig"
    assert check_service(address) == "Microsoft Teams (prod-00.example.azure.com)"


def test_chatwork_gets_a_message_in_its_room_without_tags_of_a_name(
    post: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    with receiving(in_turn(status(200), status(401))) as receiver:
        monkeypatch.setenv("BANSO_CHATWORK_URL", receiver.url.removesuffix("/hook"))
        secrets = {"token": "secret"}
        new = NewChannel("cw", ChannelKind.CHATWORK, "123", secrets, language="ja")
        channel = add_channel(new, key=KEY)
        tell_opened([alert_of(None, "[toall]"), alert_of(None, "A2")])
        post.send_due()
    got = receiver.got[0]
    (body,) = parse_qs(got.body.decode())["body"]
    assert got.headers["x-chatworktoken"] == "secret"
    assert body.startswith(f"[info][title]株式会社[{SPACE}toall] <&>: 利用が途絶えている[/title]")
    channel.refresh_from_db()
    assert channel.disabled_because == "401 Unauthorized"
    with pytest.raises(ChannelError, match="no room of Chatwork"):
        add_channel(NewChannel("other", ChannelKind.CHATWORK, "C12"), key=KEY)


def test_line_works_lets_the_service_account_in_and_its_bot_writes_to_the_member(
    post: Post, tanaka: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = generate_private_key(public_exponent=65537, key_size=2048)
    pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
    check_key(pem)
    line_works.tokens.clear()
    secrets = {
        "client_id": "app", "client_secret": "cs", "service_account": "x.serviceaccount@vendor",
        "bot": "77", "private_key": pem,
    }  # fmt: skip

    def given(_: object, to: object) -> None:
        body = b'{"access_token": "given", "expires_in": "86400"}'
        to.send_response(200)  # type: ignore[attr-defined]
        to.send_header("Content-Length", str(len(body)))  # type: ignore[attr-defined]
        to.end_headers()  # type: ignore[attr-defined]
        to.wfile.write(body)  # type: ignore[attr-defined]

    answers = in_turn(given, status(201), status(201), status(404))
    with receiving(answers) as receiver:
        base = receiver.url.removesuffix("/hook")
        monkeypatch.setenv("BANSO_LINE_WORKS_AUTH_URL", base)
        monkeypatch.setenv("BANSO_LINE_WORKS_URL", base)
        add_channel(NewChannel("lw", ChannelKind.LINE_WORKS, "", secrets), key=KEY)
        nobody = Member.objects.create(handle="n", name="N", email="n@vendor.example")
        tell_opened([alert_of(tanaka), alert_of(tanaka, "A2"), alert_of(nobody, "A3")])
        post.send_due()
    asked, first, second, third = receiver.got
    form = {name: values[0] for name, values in parse_qs(asked.body.decode()).items()}
    claims = jwt.decode(form["assertion"], key.public_key(), algorithms=["RS256"])
    assert (claims["iss"], claims["sub"], claims["exp"] - claims["iat"]) == (
        "app", "x.serviceaccount@vendor", 1_800,
    )  # fmt: skip
    assert (form["grant_type"], form["scope"]) == (GRANT, "bot")
    assert {x.headers["authorization"] for x in (first, second, third)} == {"Bearer given"}
    content = json.loads(first.body)["content"]
    assert content["type"] == "text"
    assert content["text"].startswith("株式会社A1 <&>\n利用が途絶えている\n優先度: 高")
    answers_kept = list(Delivery.objects.values_list("answer", flat=True))
    assert answers_kept == ["201 Created", "201 Created", "N is no member of LINE WORKS"]
    assert Channel.objects.get().disabled_at is None


def test_a_file_that_is_no_key_is_refused_when_it_is_added() -> None:
    with pytest.raises(LineWorksKeyError, match="no private key of LINE WORKS"):
        check_key("hello")
