"""The page of channels, and the same over REST."""

from datetime import UTC, datetime
from string import Formatter

import pytest
from django.conf import settings
from django.utils.translation import gettext, override
from tests.pipeline.vendor import apply
from tests.web.conftest import AsMember
from tests.web.markup import read
from tests.web.rest import Call

from banso.desk.models import Channel, ChannelKind, Delivery, DeliveryKind, Member
from banso.desk.queries.outbox import shut_out
from banso.desk.sealing import unseal
from banso.desk.services.channels import disable_channel, enable_channel, stop_channel
from banso.pipeline.act.answers import judge
from banso.pipeline.act.refusals import NO_ADDRESS, PARTS, PATTERNS, THE_OWNER, in_words
from banso.pipeline.act.verdict import ShutOutError
from banso.web.forms.messages import message_words
from banso.web.views import channels as channels_page

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
    assert [x.text for x in page.all("button")] == [
        *("Test", "Enable", "Send again"),
        "Send again",  # the dead letter alone
    ]
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


def test_every_page_says_that_it_is_disabled_to_who_can_mend_it(
    as_member: AsMember, channel: Channel
) -> None:
    told = "The channel team is disabled: nothing gets through"

    def page(handle: str) -> str:
        return str(read(as_member(handle).get("/accounts/").content).one("body").text)

    assert (told in page("cs_ops"), told in page("csm")) == (True, False)
    assert list(shut_out()) == ["team"]
    stop_channel("team", now=NOW, because="by hand")
    assert (told in page("cs_ops"), list(shut_out())) == (False, [])
    enable_channel("team")
    disable_channel(channel.pk, now=NOW, because="410 Gone")
    assert list(shut_out()) == ["team"]


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
    assert call("cs_ops", "PATCH", "channels/team", {"least": "high"}) == (204, None)
    assert call("cs_ops", "PATCH", "channels/team", {"least": "highest"})[0] == 422
    assert call("cs_ops", "GET", "channels")[1][0]["least"] == "high"
    assert call("cs_ops", "POST", "channels/team/test") == (204, None)
    assert Delivery.objects.get(body={"channel": "team"}).member is None  # to its place in Slack
    assert call("cs_ops", "GET", "channels/other/dead-letters")[0] == 404
    assert call("csm", "GET", "channels")[0] == 403


CHATWORK = {"name": "room", "address": "123456789", "token": "cw-s3cret", "least": "high",
            "language": "ja", "tasks": "on"}  # fmt: skip
KEY = "-----BEGIN PRIVATE KEY-----\nno key at all\n-----END PRIVATE KEY-----"
LINE_WORKS = {"name": "lw", "client_id": "i", "client_secret": "lw-s3cret", "bot": "1",
              "service_account": "a@b", "private_key": KEY, "least": "low",
              "language": "ja"}  # fmt: skip
SLACK = {"name": "team", "token": "xoxb-s3cret", "signing": "s3cret", "least": "low",
         "language": "en"}  # fmt: skip
SERVICE = {"name": "teams", "url": "nothing://s3cret", "least": "low", "language": "en"}
CUSTOMERS = {"name": "customers", "address": "cs@vendor.example",
             "url": "smtp://u:s3cret@mail.example", "language": "ja"}  # fmt: skip
WEBHOOK = {"name": "crm", "address": "https://crm.example/hook", "least": "medium"}


def new(kind: str) -> str:
    return f"/data/channels/new/{kind}/"


def test_a_channel_is_added_on_its_page_with_its_secrets_sealed(as_member: AsMember) -> None:
    ops = as_member("cs_ops")
    links = [x.attrs["href"] for x in read(ops.get("/data/channels/").content).one("main").all("a")]
    kinds = ("slack", "email", "webhook", "service", "line_works", "chatwork", "customers")
    for kind in kinds:
        assert new(kind) in links
        assert ops.get(new(kind)).status_code == 200
    assert ops.post(new("chatwork"), CHATWORK).headers["Location"] == "/data/channels/"
    row = Channel.objects.get()
    assert (row.name, row.kind, row.address, row.least, row.language, row.tasks) == (
        *("room", "chatwork", "123456789", "high", "ja"),
        True,
    )
    assert unseal(row.secrets, key=settings.SECRET_KEY) == {"token": "cw-s3cret"}
    assert "s3cret" not in ops.get("/data/channels/").content.decode()


def test_the_secret_of_a_webhook_is_shown_once_and_kept_by_no_browser(as_member: AsMember) -> None:
    answer = as_member("admin").post(new("webhook"), WEBHOOK)
    row = Channel.objects.get()
    secret = unseal(row.secrets, key=settings.SECRET_KEY)["signing"]
    assert read(answer.content).one("main").one("code").text == secret
    assert "no-store" in answer.headers["Cache-Control"]
    assert secret not in as_member("admin").get("/data/channels/").content.decode()


@pytest.mark.parametrize(
    ("kind", "sent", "field", "said"),
    [
        ("slack", {**SLACK, "token": ""}, "token", "This is needed."),
        ("slack", {**SLACK, "address": "#general"}, "address", "is no id of a Slack channel"),
        ("slack", {**SLACK, "name": "1 team"}, "name", "begins with a letter"),
        ("webhook", {**WEBHOOK, "address": "http://crm.example"}, "address", "sends in clear"),
        ("service", SERVICE, "url", "none of the services"),
        ("line_works", LINE_WORKS, "private_key", "no private key of LINE WORKS"),
        ("chatwork", {**CHATWORK, "address": "here"}, "address", "no room of Chatwork"),
        ("customers", {**CUSTOMERS, "url": "mail.example"}, "url", "names the server by which"),
        ("customers", {**CUSTOMERS, "address": "c s"}, "address", "is the address that mail"),
    ],
)
def test_what_is_wrong_is_told_beside_its_field_and_no_secret_comes_back(
    as_member: AsMember, kind: str, sent: dict[str, str], field: str, said: str
) -> None:
    answer = as_member("cs_ops").post(new(kind), sent)
    assert answer.status_code == 422
    page = read(answer.content).one("main")
    (wrong,) = page.all(class_="invalid-feedback")
    assert (wrong.attrs["id"], said in wrong.text) == (f"id_{field}_error", True)
    assert ("s3cret" in answer.content.decode(), "no key at all" in answer.content.decode()) == (
        False,
        False,
    )
    assert not Channel.objects.exists()


def test_mail_needs_a_server_and_the_digest_no_address(
    as_member: AsMember, monkeypatch: pytest.MonkeyPatch
) -> None:
    ops, sent = as_member("cs_ops"), {"name": "mail", "least": "low", "language": "ja"}
    monkeypatch.delenv("BANSO_SMTP_URL", raising=False)
    missing = read(ops.post(new("email"), sent).content).one("main")
    assert "BANSO_SMTP_URL names the server" in missing.one(class_="notice").text
    monkeypatch.setenv("BANSO_SMTP_URL", "smtp://localhost:25")
    monkeypatch.setenv("BANSO_MAIL_FROM", "banso@vendor.example")
    both = {**sent, "digest": "on", "address": "a@vendor.example"}
    wrong = read(ops.post(new("email"), both).content).one(class_="invalid-feedback")
    assert (wrong.attrs["id"], "in person" in wrong.text) == ("id_address_error", True)
    assert ops.post(new("email"), {**sent, "digest": "on"}).status_code == 302
    assert Channel.objects.get().digest
    assert ops.get(new("carrier_pigeon")).status_code == 404


REST = [
    ({**SLACK, "address": "C0123456789", "kind": "slack"},
     {"token": "xoxb-s3cret", "signing": "s3cret"}),
    ({"name": "room", "kind": "chatwork", "address": "1", "token": "s3cret"}, {"token": "s3cret"}),
    ({"name": "teams", "kind": "service", "url": "discord://s3cret/s3cret-token"},
     {"url": "discord://s3cret/s3cret-token"}),
    ({**CUSTOMERS, "kind": "customers"}, {"url": "smtp://u:s3cret@mail.example"}),
]  # fmt: skip


@pytest.mark.parametrize(("said", "secrets"), REST)
def test_a_channel_is_added_and_removed_over_rest_with_its_secrets_sealed(
    call: Call, said: dict[str, str], secrets: dict[str, str]
) -> None:
    status, answer = call("cs_ops", "POST", "channels", said)
    assert (status, answer["name"], answer["kind"]) == (201, said["name"], said["kind"])
    row = Channel.objects.get()
    assert unseal(row.secrets, key=settings.SECRET_KEY) == secrets
    listed = call("cs_ops", "GET", "channels")[1]
    assert "s3cret" not in f"{answer}{listed}{row.secrets}"
    assert call("cs_ops", "POST", "channels", said)[0] == 422  # that name is taken
    assert call("cs_ops", "DELETE", f"channels/{said['name']}") == (204, None)
    assert (Channel.objects.count(), call("cs_ops", "DELETE", "channels/x")[0]) == (0, 404)


def test_a_webhook_is_told_its_own_secret_once_over_rest(call: Call) -> None:
    status, answer = call("admin", "POST", "channels", {**WEBHOOK, "kind": "webhook"})
    secret = unseal(Channel.objects.get().secrets, key=settings.SECRET_KEY)["signing"]
    assert (status, answer["signing"], secret[:6]) == (201, secret, "whsec_")
    assert secret not in str(call("admin", "GET", "channels"))


@pytest.mark.parametrize(
    ("said", "field", "why"),
    [
        ({**SLACK, "kind": "slack", "address": "#general"}, "address", "no id of a Slack channel"),
        ({**SLACK, "kind": "slack", "name": "1 team"}, "name", "begins with a letter"),
        ({"name": "c", "kind": "webhook", "address": "http://c.example"}, "address", "in clear"),
        (
            {"name": "t", "kind": "service", "url": "nothing://s3cret"},
            "url",
            "none of the services",
        ),
        ({**LINE_WORKS, "kind": "line_works"}, "private_key", "no private key of LINE WORKS"),
    ],
)
def test_what_is_wrong_is_told_over_rest_with_its_field_and_without_a_secret(
    call: Call, said: dict[str, str], field: str, why: str
) -> None:
    status, answer = call("cs_ops", "POST", "channels", said)
    assert (status, answer["field"], why in answer["detail"]) == (422, field, True)
    for wrong in ({**said, "least": "s3cret"}, {**said, "kind": "customers"}, {**said, "x": 1}):
        status, answer = call("cs_ops", "POST", "channels", wrong)
        assert (status, "s3cret-" in str(answer), "no key at all" in str(answer)) == (
            422,
            False,
            False,
        )
    assert not Channel.objects.exists()


def test_who_sees_no_money_has_none_sent_over_rest(call: Call, channel: Channel) -> None:
    Member.objects.filter(handle="cs_ops").update(sees_revenue=False)
    asked = {**WEBHOOK, "kind": "webhook", "revenue": True}
    assert call("cs_ops", "POST", "channels", asked)[0] == 403
    assert call("cs_ops", "PATCH", "channels/team", {"revenue": True})[0] == 403
    assert call("cs_ops", "PATCH", "channels/team", {"revenue": False}) == (204, None)
    assert call("csm", "POST", "channels", asked)[0] == 403


def test_mail_to_customers_is_added_on_its_page_once_and_tested_with_a_mail_to_oneself(
    as_member: AsMember,
) -> None:
    ops = as_member("cs_ops")
    form = read(ops.get(new("customers")).content).one("main")
    asked = [x.attrs["name"] for x in (*form.all("input"), *form.all("select"))]
    assert asked == ["csrfmiddlewaretoken", "name", "address", "url", "language"]
    assert ops.post(new("customers"), CUSTOMERS).headers["Location"] == "/data/channels/"
    row = Channel.objects.get()
    assert (row.kind, row.address, row.language, row.revenue) == (
        *("customers", "cs@vendor.example", "ja"),
        False,
    )
    assert unseal(row.secrets, key=settings.SECRET_KEY) == {"url": CUSTOMERS["url"]}
    again = ops.post(new("customers"), {**CUSTOMERS, "name": "others"})
    assert "There is the channel 'customers' for mail" in again.content.decode().replace(
        "&#x27;", "'"
    )
    ops.post("/data/channels/act/", {"channel": "customers", "action": "test"})
    assert Delivery.objects.get().member == Member.objects.get(handle="cs_ops")


def test_the_server_and_the_sender_of_mail_to_customers_are_changed_over_rest(
    call: Call, channel: Channel
) -> None:
    assert call("cs_ops", "POST", "channels", {**CUSTOMERS, "kind": "customers"})[0] == 201
    place = "channels/customers"

    def now() -> tuple[str, str, str]:
        row = Channel.objects.get(name="customers")
        return row.address, row.language, unseal(row.secrets, key=settings.SECRET_KEY)["url"]

    said = {"address": "hello@vendor.example", "language": "en"}
    assert call("cs_ops", "PATCH", place, said) == (204, None)
    assert now() == ("hello@vendor.example", "en", CUSTOMERS["url"])
    assert call("cs_ops", "PATCH", place, {"url": "smtps://u:n3w@mail.example"}) == (204, None)
    kept = ("hello@vendor.example", "en", "smtps://u:n3w@mail.example")
    assert now() == kept
    for wrong, field in (
        ({"url": "http://u:n3w@mail.example", "language": "ja"}, "url"),
        ({"address": "nobody", "language": "ja"}, "address"),
    ):
        status, answer = call("cs_ops", "PATCH", place, wrong)
        assert (status, answer["field"], "n3w" in str(answer)) == (422, field, False)
    assert now() == kept  # nothing of a request that is refused
    status, answer = call("cs_ops", "PATCH", "channels/team", {"address": "a@vendor.example"})
    assert (status, answer["field"]) == (422, "address")
    assert "does not write to customers" in answer["detail"]
    assert call("cs_ops", "PATCH", "channels/other", {"address": "a@vendor.example"})[0] == 404
    assert call("csm", "PATCH", place, {"address": "a@vendor.example"})[0] == 403


def letter(channel: Channel, subject: str, **ended: object) -> Delivery:
    return Delivery.objects.create(
        channel=channel, kind=DeliveryKind.TEST, subject=subject, body={}, **ended
    )


def test_a_single_message_is_sent_again_on_the_page_and_over_rest(
    as_member: AsMember, call: Call, channel: Channel
) -> None:
    dead = Delivery.objects.get()
    more = letter(channel, "u", failed_at=NOW, answer="500")
    waiting, taken = letter(channel, "v"), letter(channel, "w", delivered_at=NOW)
    hook = Channel.objects.create(
        name="hook", kind=ChannelKind.WEBHOOK, address="https://a.example"
    )
    lost = letter(hook, "x", delivered_at=NOW, answer="200")

    ops = as_member("cs_ops")
    page = read(ops.get("/data/channels/").content)
    addresses = [x.attrs["action"] for x in page.all("form") if "replay" in x.attrs["action"]]
    assert addresses == [f"/data/channels/replay/{x.pk}/" for x in (more, dead)]
    answer = ops.post(addresses[0], follow=True)
    assert "It is sent again." in read(answer.content).one("body").text
    more.refresh_from_db()
    dead.refresh_from_db()
    assert (more.failed_at, more.attempts, dead.failed_at) == (None, 0, NOW)
    assert as_member("csm").post(addresses[1]).status_code == 403

    status, row = call("cs_ops", "POST", f"deliveries/{dead.pk}/replay")
    assert (status, row["state"], row["message"]) == (200, "waiting", str(dead.message))
    status, row = call("cs_ops", "POST", f"deliveries/{lost.pk}/replay")
    assert (status, row["state"], row["message"]) == (200, "waiting", str(lost.message))
    refused = {
        waiting.pk: (409, f"Message {waiting.pk} is on its way."),
        taken.pk: (
            409,
            f"Message {taken.pk} was delivered; only webhooks are sent such a one again.",
        ),
        0: (404, "There is no message 0."),
    }
    for number, (wanted, said) in refused.items():
        status, row = call("cs_ops", "POST", f"deliveries/{number}/replay")
        assert (status, row["detail"]) == (wanted, said)
    assert call("csm", "POST", f"deliveries/{dead.pk}/replay")[0] == 403


def test_the_page_shows_messages_of_any_state_and_sends_again_what_may_be(
    as_member: AsMember, channel: Channel, monkeypatch: pytest.MonkeyPatch
) -> None:
    hook = Channel.objects.create(
        name="hook", kind=ChannelKind.WEBHOOK, address="https://a.example"
    )
    letter(channel, "v")
    letter(channel, "w", delivered_at=NOW, answer="posted")
    lost = letter(hook, "x", delivered_at=NOW, answer="200 OK")
    ops = as_member("cs_ops")

    def shown(asked: str = "") -> list[tuple[str, str, bool]]:
        """Channel, answer, whether it can be sent again."""
        page = read(ops.get(f"/data/channels/{asked}").content).one("main")
        rows = [x for x in page.all("table")[1:] for x in x.all("tr")[1:]]
        cells = [[y.text for y in x.all("td")] for x in rows]
        return [(x[1], x[-2], x[-1] == "Send again") for x in cells]

    dead = ("team", "400 Bad", True)
    waiting, taken, told = ("team", "–", False), ("team", "posted", False), ("hook", "200 OK", True)
    assert shown() == shown("?state=nonsense") == [dead]
    assert shown("?state=waiting") == [waiting]
    assert shown("?state=delivered") == [told, taken]
    assert shown("?state=all") == [told, taken, waiting, dead]
    monkeypatch.setattr(channels_page, "SHOWN", 3)
    page = read(ops.get("/data/channels/?state=all").content).one("main")
    (older,) = [x.attrs["href"] for x in page.all("a") if x.text == "Older"]
    assert shown(older.partition("#")[0].removeprefix("/data/channels/")) == [dead]
    again = ops.post(f"/data/channels/replay/{lost.pk}/", {"state": "delivered"})
    assert again.headers["Location"] == "/data/channels/?state=delivered#letters"
    assert shown("?state=delivered") == [taken]


def test_deliveries_are_listed_page_by_page_and_one_by_one(call: Call, channel: Channel) -> None:
    dead = Delivery.objects.get()
    hook = Channel.objects.create(
        name="hook", kind=ChannelKind.WEBHOOK, address="https://a.example"
    )
    last = letter(hook, "x", delivered_at=NOW, answer="200")

    def listed(asked: str = "") -> list[tuple[int, str, str]]:
        _, rows = call("cs_ops", "GET", f"deliveries{asked}")
        return [(x["id"], x["channel"], x["state"]) for x in rows]

    both = [(last.pk, "hook", "delivered"), (dead.pk, "team", "failed")]
    assert (listed(), listed("?state=failed"), listed("?channel=hook")) == (
        *(both, both[1:]),
        both[:1],
    )
    assert (listed("?limit=1"), listed(f"?before={last.pk}")) == (both[:1], both[1:])
    assert call("cs_ops", "GET", f"deliveries/{dead.pk}")[1]["answer"] == "400 Bad"
    assert call("cs_ops", "GET", "deliveries/0")[0] == 404
    assert call("csm", "GET", "deliveries")[0] == 403


def test_a_channel_is_removed_after_a_question_and_what_it_has_sent_stays(
    as_member: AsMember, call: Call, channel: Channel
) -> None:
    Channel.objects.filter(pk=channel.pk).update(disabled_at=None)
    letter(channel, "sent", delivered_at=NOW)
    letter(channel, "waits")
    ops, address = as_member("cs_ops"), "/data/channels/remove/team/"
    links = [x.attrs["href"] for x in read(ops.get("/data/channels/").content).one("main").all("a")]
    assert address in links
    asked = read(ops.get(address).content).one("main").text
    for words in (
        "1 message that it has delivered stays in the record.",
        "1 message that waits is not sent any more: it stands as failed for good.",
        "1 dead letter can't be sent again.",
    ):
        assert words in asked
    assert Channel.objects.count() == 1  # asking removes nothing
    assert as_member("csm").post(address).status_code == 403
    assert ops.post(address).headers["Location"] == "/data/channels/"

    page = read(ops.get("/data/channels/").content)
    assert page.one("main").all("table") == []
    gone = Channel.every.get()
    assert (Channel.objects.count(), gone.secrets) == (0, "")
    _, rows = call("cs_ops", "GET", "deliveries?channel=team")
    assert [(x["state"], x["answer"]) for x in rows] == [
        ("failed", "the channel was removed"),
        ("delivered", ""),
        ("failed", "400 Bad"),
    ]
    status, row = call("cs_ops", "POST", f"deliveries/{rows[2]['id']}/replay")
    assert (status, row["detail"]) == (
        409,
        f"Message {rows[2]['id']}: its channel was removed.",
    )
    assert (ops.get(address).status_code, ops.post(address).status_code) == (404, 404)
    Channel.objects.create(name="team", kind=ChannelKind.SLACK)  # its name is free


def test_who_removes_a_channel_sees_which_plays_write_by_it(
    as_member: AsMember, channel: Channel
) -> None:
    apply(
        "organisation: {name: A}\nplays:\n"
        "- {name: tell, label: {en: Tell them}, steps: [{kind: branch, condition: "
        "attribute.a = 'b', then: [{kind: message, channel: team, to: owner, "
        "text: {en: Hello}}]}]}\n"
        "- {name: other, steps: [{kind: message, to: owner, text: {en: Hello}}]}"
    )
    page = read(as_member("cs_ops").get("/data/channels/remove/team/").content).one("main")
    plays = [x.attrs["href"] for x in page.all("a") if "plays" in x.attrs["href"]]
    assert plays == ["/definitions/plays/tell/"]


def test_what_banso_itself_refuses_is_told_in_the_readers_language(
    as_member: AsMember, channel: Channel
) -> None:
    said = {
        NO_ADDRESS.format(member="長谷川 梓"): "長谷川 梓のメールアドレスが登録されていません",
        NO_ADDRESS.format(member=THE_OWNER): "担当CSMのメールアドレスが登録されていません",
        "550 No such user": "550 No such user",
    }
    for number, answer in enumerate(said):
        letter(channel, f"n{number}", failed_at=NOW, answer=answer)
    with pytest.raises(ShutOutError) as led_on:
        judge(302, "Found")
    Channel.objects.filter(pk=channel.pk).update(disabled_because=str(led_on.value))
    ops = as_member("cs_ops")
    english = read(ops.get("/data/channels/").content).one("main").text
    Member.objects.filter(handle="cs_ops").update(language="ja")
    japanese = read(ops.get("/data/channels/").content).one("main").text
    for written, told in said.items():
        assert (written in english, told in japanese) == (True, True)
    assert "302 Found: 行き先不明へのリダイレクトです。" in japanese
    assert ("Test message" in english, "テストメッセージ" in japanese) == (True, True)


@pytest.mark.parametrize("pattern", PATTERNS)
def test_every_refusal_is_known_again_with_its_values(pattern: str) -> None:
    names = {name for _, name, _, _ in Formatter().parse(pattern) if name}
    kept = pattern.format(**{x: f"({x}: 1.)\n" for x in names})
    assert in_words(kept, lambda found: f"<{found}>") == f"<{kept}>"


def test_every_refusal_and_every_kind_of_message_has_its_japanese() -> None:
    with override("en"):
        english = message_words()
    with override("ja"):
        assert [x for x in (*PATTERNS, *PARTS) if gettext(x) == x] == []
        assert {x for x, word in message_words().items() if word != english[x]} == set(DeliveryKind)
