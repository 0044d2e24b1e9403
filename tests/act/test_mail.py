"""E-mail through a real SMTP server."""

from datetime import UTC, date, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage

import pytest

from banso.desk.models import Account, Channel, ChannelKind, Delivery, Member
from banso.desk.queries.outbox import deliveries
from banso.desk.queries.scope import EVERYTHING
from banso.desk.services.alerts import finish
from banso.desk.services.channels import NewChannel, add_channel
from banso.desk.services.outbox import owe_test, tell_closed, tell_opened
from banso.desk.services.sending import replay
from banso.pipeline.act.digest import tell_the_day
from banso.pipeline.act.mail import MailSettingsError
from banso.pipeline.act.mail import mailbox as settings
from banso.pipeline.act.send import Post
from tests.act.conftest import BASE, KEY, Mailbox, alert_of

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def channel() -> Channel:
    return add_channel(NewChannel(name="mail", kind=ChannelKind.EMAIL), key=KEY)


def read(box: Mailbox) -> list[EmailMessage]:
    found = [message_from_bytes(x.content or b"", policy=policy.default) for x in box.mails]
    return [x for x in found if isinstance(x, EmailMessage)]


def test_the_owner_gets_the_alert_in_their_own_language(
    post: Post, mailbox: Mailbox, channel: Channel, tanaka: Member
) -> None:
    alert = alert_of(tanaka)
    tell_opened([alert])
    assert post.send_due() == 1
    (mail,) = read(mailbox)
    text, page = mail.get_body(("plain",)), mail.get_body(("html",))
    assert text is not None
    assert page is not None
    assert (mail["To"], mail["From"]) == ("tanaka@vendor.example", "Banso <banso@vendor.example>")
    assert mail["Message-ID"] == f"<{Delivery.objects.get().message}@vendor.example>"
    assert mail["Subject"].strip() == "株式会社A1 <&>: 利用が途絶えている"
    assert text.get_content().replace("\r\n", "\n") == (
        "株式会社A1 <&>\n利用が途絶えている\n優先度: 高 · 2026年9月1日から · 担当: 田中\n\n"
        "理由\n- 最終利用からの日数 20\n\nすること\n担当者に電話する\n\n"
        f"Bansoで開く: {BASE}/accounts/{alert.episode.account_id}/\n\n"
        "Bansoでこの顧客の担当になっているため、お送りしています。\n"
    )
    assert "株式会社A1 &lt;&amp;&gt;" in page.get_content()
    assert "<&>" not in page.get_content()


def test_what_becomes_of_an_alert_is_not_mailed_after_it(
    post: Post, mailbox: Mailbox, channel: Channel, tanaka: Member
) -> None:
    alert = alert_of(tanaka)
    tell_opened([alert])
    alert.episode.closed_on = alert.episode.opened_on
    alert.episode.save()
    tell_closed()
    assert post.send_due() == 1


def test_an_account_without_an_owner_is_told_to_nobody_in_person(channel: Channel) -> None:
    assert tell_opened([alert_of(None)]) == 0


def test_an_owner_without_an_address_is_a_dead_letter_that_says_so(
    post: Post, mailbox: Mailbox, channel: Channel
) -> None:
    tell_opened([alert_of(Member.objects.create(handle="suzuki"))])
    post.send_due()
    (found,) = deliveries(limit=1)
    assert (found.state, found.answer) == ("failed", "suzuki has no e-mail address")


@pytest.mark.parametrize(
    ("answer", "state"),
    [("550 no such user", "failed"), ("451 come again", "waiting")],
)
@pytest.mark.usefixtures("channel")
def test_a_recipient_is_refused_for_good_or_for_now(
    post: Post, mailbox: Mailbox, tanaka: Member, answer: str, state: str
) -> None:
    mailbox.answers["tanaka@vendor.example"] = answer
    tell_opened([alert_of(tanaka)])
    post.send_due()
    (found,) = deliveries(limit=1)
    assert (found.state, found.answer) == (state, answer)


def test_a_mail_server_that_is_down_is_for_later(
    post: Post, channel: Channel, tanaka: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BANSO_SMTP_URL", "smtp://127.0.0.1:1?starttls=no")
    monkeypatch.setenv("BANSO_MAIL_FROM", "banso@vendor.example")
    tell_opened([alert_of(tanaka)])
    post.send_due()
    (found,) = deliveries(limit=1)
    assert (found.state, found.answer) == (
        "waiting",
        "ConnectionRefusedError: [Errno 111] Connection refused",
    )


def test_a_header_cannot_be_smuggled_in_by_a_customers_name(
    post: Post, mailbox: Mailbox, channel: Channel, tanaka: Member
) -> None:
    alert = alert_of(tanaka)
    alert.episode.account.name = "A1\nBcc: all@vendor.example"
    alert.episode.account.save()
    tell_opened([alert])
    post.send_due()
    (mail,) = read(mailbox)
    assert (mail["Subject"].strip(), mail["Bcc"]) == (
        "A1 Bcc: all@vendor.example: 利用が途絶えている",
        None,
    )


def test_a_test_message_goes_to_the_address_of_the_channel(post: Post, mailbox: Mailbox) -> None:
    new = NewChannel(name="all", kind=ChannelKind.EMAIL, address="cs@vendor.example")
    channel = add_channel(new, key=KEY)
    owe_test(channel, member=None, now=channel.created_at)
    post.send_due()
    (mail,) = read(mailbox)
    assert (mail["To"], mail["Subject"].strip()) == (
        "cs@vendor.example",
        "Banso: this channel works",
    )


@pytest.mark.parametrize("url", ["", "mail.example.co.jp", "http://mail.example.co.jp"])
def test_settings_that_name_no_mail_server_are_refused(
    url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BANSO_SMTP_URL", url)
    monkeypatch.setenv("BANSO_MAIL_FROM", "banso@vendor.example")
    with pytest.raises(MailSettingsError, match="BANSO_SMTP_URL names the server"):
        settings()


def test_owners_get_one_mail_in_the_morning_with_what_is_to_do(
    post: Post, mailbox: Mailbox, tanaka: Member
) -> None:
    add_channel(NewChannel(name="morning", kind=ChannelKind.EMAIL, digest=True), key=KEY)
    alerts = [alert_of(tanaka, f"A{n:02}") for n in range(12)]
    alert_of(None, "nobody's")
    finish(scope=EVERYTHING, alert=alerts[0].pk, today=date(2026, 9, 2))
    assert tell_opened(alerts) == 0
    assert [tell_the_day(date(2026, 9, 2)) for _ in range(2)] == [1, 0]
    assert post.send_due() == 1
    (mail,) = read(mailbox)
    text = mail.get_body(("plain",))
    assert text is not None
    assert mail["Subject"].strip() == "今日の対応: 11件"
    one = "利用が途絶えている\n最終利用からの日数 20\n担当者に電話する\n\n"
    assert text.get_content().replace("\r\n", "\n") == (
        "".join(f"株式会社A{n:02} <&>\n{one}" for n in range(1, 11))
        + f"ほか1件\n\n「今日の対応」を開く: {BASE}/\n\n"
        "Bansoで顧客を担当しているため、毎朝お送りしています。\n"
    )


@pytest.mark.parametrize(
    ("channel_may", "member_may", "told"),
    [(True, True, True), (True, False, False), (False, True, False)],
)
def test_amounts_are_mailed_only_where_channel_and_member_may_see_them(
    post: Post, mailbox: Mailbox, *, channel_may: bool, member_may: bool, told: bool
) -> None:
    new = NewChannel(name="mail", kind=ChannelKind.EMAIL, revenue=channel_may)
    add_channel(new, key=KEY)
    owner = Member.objects.create(
        handle="sato", email="sato@vendor.example", language="en", sees_revenue=member_may
    )
    tell_opened([alert_of(owner)])
    post.send_due()
    (mail,) = read(mailbox)
    text = mail.get_body(("plain",))
    assert text is not None
    assert ("1,200,000" in text.get_content()) is told


@pytest.mark.usefixtures("channel")
def test_whoever_has_left_is_told_nothing_and_the_new_owner_by_a_replay(
    post: Post, mailbox: Mailbox, tanaka: Member
) -> None:
    tell_opened([alert_of(tanaka)])
    tanaka.is_active = False
    tanaka.save()
    post.send_due()
    (found,) = deliveries(limit=1)
    assert (found.state, found.answer, mailbox.mails) == (
        "failed",
        "田中 has left; give the customer another owner",
        [],
    )
    sato = Member.objects.create(handle="sato", name="佐藤", email="sato@vendor.example")
    Account.objects.update(owner=sato)
    replay([found.id], now=datetime.now(UTC))
    post.send_due()
    assert [x["To"] for x in read(mailbox)] == ["sato@vendor.example"]
