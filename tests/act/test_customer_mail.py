"""Mail to people at customers: from a play's draft through a real SMTP server, and back by the link
with which its reader wants no more."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any
from urllib.parse import urlsplit

import pytest
from aiosmtpd.controller import Controller
from django.conf import settings as django_settings
from django.test import Client

from banso.cli.session import Session
from banso.core.definitions import Definitions, loads
from banso.core.definitions.plays import Play
from banso.desk.models import (
    Account,
    AccountAttribute,
    Channel,
    ChannelKind,
    Contact,
    Delivery,
    Mail,
    Member,
    PlayRun,
    Unsubscribed,
)
from banso.desk.queries.mails import Where, mails, where_of
from banso.desk.queries.scope import EVERYTHING, scope_of
from banso.desk.services.alerts import MayNotActError, NoReasonError
from banso.desk.services.channels import ChannelError, NewChannel, add_channel
from banso.desk.services.mails import (
    MailOvertakenError,
    UnfitMailError,
    UnknownMailError,
    refuse,
    subscribe,
    unsubscribe,
)
from banso.desk.services.outbox import owe_test, tell_opened, telling_channels
from banso.desk.services.plays import start_by_hand, stop
from banso.pipeline.act.plays import step_all, world
from banso.pipeline.act.send import Post
from banso.pipeline.business_days import office_time
from banso.pipeline.mails import approve, previews
from banso.web import house
from tests.act.conftest import BASE, KEY, Mailbox, alert_of, due_now
from tests.served import free_port

pytestmark = pytest.mark.django_db(transaction=True)

DAY = date(2026, 4, 1)
YAML = """\
organisation: {name: 楓ソフト <&>, time_zone: Asia/Tokyo, mail_days: 10}
metrics:
  - {name: seats, kind: latest, of: contract.seats}
templates:
  - name: invitation
    subject: {en: "A session for {{account.name}}", ja: "{{account.name}}様 勉強会のご案内"}
    text:
      en: "Dear {{contact.name}},\\nyour plan: {{attribute.plan}}."
      ja: "{{contact.name}}様\\nプラン: {{attribute.plan}}\\n{{owner.name}}"
plays:
  - name: invite
    steps:
      - {kind: mail, template: invitation, role: champion, most: 2}
      - {kind: set_field, attribute: rescue, value: invited}
  - name: at_once
    steps: [{kind: mail, template: invitation, role: champion, approval: false}]
  - name: if_there
    steps: [{kind: mail, template: invitation, role: boss, without_contact: skip}]
"""
DEFINITIONS = loads({"set.yaml": YAML})


@pytest.fixture
def box() -> Iterator[tuple[Mailbox, str]]:
    """The vendor's mail server, and its address."""
    found, port = Mailbox(), free_port()
    controller = Controller(found, hostname="127.0.0.1", port=port)
    controller.start()
    yield found, f"smtp://127.0.0.1:{port}?starttls=no"
    controller.stop()


@pytest.fixture
def channel(box: tuple[Mailbox, str]) -> Channel:
    return add_channel(of_customers("customers", box[1]), key=KEY)


def of_customers(name: str, url: str) -> NewChannel:
    return NewChannel(
        name=name,
        kind=ChannelKind.CUSTOMERS,
        address="success@kaede.example",
        secrets={"url": url},
        language="ja",
    )


@pytest.fixture
def post() -> Post:
    return Post(key=KEY, base=BASE, definitions=lambda: DEFINITIONS)


@pytest.fixture
def account(tanaka: Member) -> Account:
    made = Account.objects.create(key="A1", name="紅葉 <b>&*物産*", owner=tanaka)
    AccountAttribute.objects.create(
        account=made, name="plan", value="<script>\nBcc: all@x.example", valid_from=date(1900, 1, 1)
    )
    Contact.objects.create(
        account=made, key="1", name="佐藤 花", email="Sato@maple.example", role="champion"
    )
    Contact.objects.create(account=made, key="2", name="Lee", email="lee@maple.example")
    return made


@pytest.fixture
def pages(session: Session, monkeypatch: pytest.MonkeyPatch) -> Client:
    """Of somebody who is not signed in."""
    monkeypatch.setattr(django_settings, "SECRET_KEY", KEY)
    monkeypatch.setattr(house, "opened", lambda: session)
    return Client(enforce_csrf_checks=True)


def start(account: Account, play: str, definitions: Definitions = DEFINITIONS) -> PlayRun:
    found = definitions.plays[play]
    runs = start_by_hand(scope=EVERYTHING, play=found, accounts=[account.pk])
    step_all(runs, world(definitions, day=DAY, facts={}))
    return PlayRun.objects.get(pk=runs[0])


def draft() -> int:
    (mail,) = Mail.objects.filter(state="draft")
    return mail.pk


def read(box: Mailbox) -> list[EmailMessage]:
    found = [message_from_bytes(x.content or b"", policy=policy.default) for x in box.mails]
    return [x for x in found if isinstance(x, EmailMessage)]


def link_of(mail: EmailMessage) -> str:
    return str(mail["List-Unsubscribe"]).strip(" <>")


def wheres() -> list[Where]:
    return [where_of(x) for x in reversed(mails(EVERYTHING, most=9))]


def part(mail: EmailMessage, kind: str) -> str:
    body = mail.get_body((kind,))
    assert body is not None
    return str(body.get_content()).replace("\r\n", "\n")


def test_a_draft_is_sent_once_it_is_approved_with_nothing_of_a_value_as_markup(
    account: Account, channel: Channel, box: tuple[Mailbox, str], post: Post, tanaka: Member
) -> None:
    run = start(account, "invite")
    assert (run.state, wheres(), post.send_due()) == ("ended", ["draft"], 0)

    made = approve(scope_of(tanaka), DEFINITIONS, draft())
    assert (made.member, wheres()) == (tanaka, ["waiting"])
    due_now()
    assert (post.send_due(), wheres()) == (1, ["sent"])

    (mail,) = read(box[0])
    assert box[0].mails[0].rcpt_tos == ["Sato@maple.example"]
    assert mail["To"] == "佐藤 花 <Sato@maple.example>"
    assert mail["From"] == '"楓ソフト <&>" <success@kaede.example>'
    assert (mail["Reply-To"], mail["Bcc"]) == ("tanaka@vendor.example", None)
    assert mail["Subject"].strip() == "紅葉 <b>&*物産*様 勉強会のご案内"
    assert mail["Message-ID"] == f"<{Delivery.objects.get().message}@kaede.example>"
    link = link_of(mail)
    assert (link.startswith(f"{BASE}/unsubscribe/"), mail["List-Unsubscribe-Post"]) == (
        True,
        "List-Unsubscribe=One-Click",
    )
    assert part(mail, "plain") == (
        "佐藤 花様\nプラン: <script> Bcc: all@x.example\n田中\n\n--\n"
        f"楓ソフト <&>のお客様にお送りしています。配信停止はこちら: {link}\n"
    )
    page = part(mail, "html")
    assert "プラン: &lt;script&gt; Bcc: all@x.example" in page
    assert ("<script" in page, "<&>" in page, link in page) == (False, False, True)


def test_the_reader_ends_it_by_one_click_without_signing_in_and_may_take_that_back(
    account: Account,
    channel: Channel,
    box: tuple[Mailbox, str],
    post: Post,
    pages: Client,
) -> None:
    start(account, "at_once")
    due_now()
    post.send_due()
    (mail,) = read(box[0])
    path = urlsplit(link_of(mail)).path
    seen = pages.get(path)
    assert (seen.status_code, "Sato@maple.example" in seen.content.decode()) == (200, True)
    assert not Unsubscribed.objects.exists()  # scanners of mail follow links, too
    assert pages.get(path[:-3] + "xx/").status_code == 404
    assert pages.post(path, {"List-Unsubscribe": "One-Click"}).status_code == 200
    assert list(Unsubscribed.objects.values_list("address", flat=True)) == ["sato@maple.example"]

    run = start(account, "invite")
    assert (run.state, run.about) == ("parked", {"code": "unsubscribed", "name": "champion"})
    assert pages.post(path, {"again": "1"}).status_code == 200
    assert not Unsubscribed.objects.exists()


def test_what_waits_for_somebody_who_wants_no_mail_is_taken_back(
    account: Account, channel: Channel, box: tuple[Mailbox, str], post: Post
) -> None:
    start(account, "invite")
    approve(EVERYTHING, DEFINITIONS, draft())
    unsubscribe(address="SATO@maple.example")
    due_now()
    assert (wheres(), post.send_due(), Delivery.objects.count()) == (["unwanted"], 0, 0)
    assert (subscribe(address="sato@MAPLE.example"), subscribe(address="x@y.example")) == (
        True,
        False,
    )


def test_who_has_left_between_approval_and_sending_gets_nothing(
    account: Account, channel: Channel, box: tuple[Mailbox, str], post: Post
) -> None:
    start(account, "at_once")
    Contact.objects.filter(key="1").update(left_on=DAY)
    due_now()
    post.send_due()
    assert (wheres(), box[0].mails) == (["failed"], [])
    assert "who is still there" in Delivery.objects.get().answer


def test_a_member_changes_approves_or_refuses_a_draft_and_is_told_what_is_wrong(
    account: Account, channel: Channel, tanaka: Member
) -> None:
    start(account, "invite")
    mail, mine = draft(), scope_of(tanaka)
    with pytest.raises(UnfitMailError) as told:
        approve(mine, DEFINITIONS, mail, subject=" ", text="x")
    assert told.value.field == "subject"
    with pytest.raises(UnfitMailError):
        approve(mine, DEFINITIONS, mail, subject="a\nBcc: b", text="x")
    with pytest.raises(NoReasonError):
        refuse(scope=mine, mail=mail, note=" ")
    with pytest.raises(UnknownMailError):
        refuse(scope=scope_of(Member.objects.create(handle="o")), mail=mail, note="n")
    with pytest.raises(MayNotActError):
        refuse(
            scope=scope_of(Member.objects.create(handle="v", role="viewer")), mail=mail, note="n"
        )

    approve(mine, DEFINITIONS, mail, subject="Hello", text="New\r\nwords")
    found = Mail.objects.get()
    assert (found.subject, found.text, found.edited) == ("Hello", "New\nwords", True)
    assert approve(mine, DEFINITIONS, mail).pk == mail
    assert Delivery.objects.get().body["text"] == "New\nwords"
    with pytest.raises(MailOvertakenError):
        refuse(scope=mine, mail=mail, note="late")


def test_a_run_that_is_stopped_takes_its_mails_back(
    account: Account, channel: Channel, post: Post
) -> None:
    waits = {"kind": "wait", "days": 3}
    mail = {"kind": "mail", "template": "invitation", "role": "champion"}
    play = Play.model_validate({"name": "p", "steps": [mail, waits]})
    (number,) = start_by_hand(scope=EVERYTHING, play=play, accounts=[account.pk])
    step_all([number], world(DEFINITIONS, day=DAY, facts={}))
    approve(EVERYTHING, DEFINITIONS, draft())
    stop(scope=EVERYTHING, run=number, day=DAY)
    due_now()
    assert (wheres(), post.send_due()) == (["withdrawn"], 0)


def test_two_plays_write_to_one_person_so_many_days_apart(
    account: Account, channel: Channel
) -> None:
    start(account, "at_once")
    start(account, "invite")
    approve(EVERYTHING, DEFINITIONS, draft())
    first, second = Delivery.objects.order_by("id").values_list("due_at", flat=True)
    assert second - first == timedelta(days=10)


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"role": "user"}, "no_contact"),
        ({"left_on": DAY}, "contacts_left"),
        ({"email": ""}, "no_address"),
    ],
)
def test_nobody_to_write_to_parks_the_run_until_that_is_mended(
    account: Account, channel: Channel, change: dict[str, Any], code: str
) -> None:
    Contact.objects.filter(key="1").update(**change)
    run = start(account, "invite")
    assert (run.state, run.about) == ("parked", {"code": code, "name": "champion"})
    assert (Mail.objects.count(), AccountAttribute.objects.count()) == (0, 1)


def test_a_step_may_be_skipped_where_there_is_nobody(account: Account, channel: Channel) -> None:
    assert (start(account, "if_there").state, Mail.objects.count()) == ("ended", 0)


def test_a_place_that_nobody_knows_a_value_for_parks_the_run_and_is_shown_beforehand(
    account: Account, channel: Channel
) -> None:
    AccountAttribute.objects.all().delete()
    run = start(account, "invite")
    assert run.about == {"code": "empty_place", "name": "attribute.plan"}
    found = list(previews(DEFINITIONS, DEFINITIONS.plays["invite"], account, day=DAY))
    assert [(x.step, x.part, x.problem, x.to) for x in found] == [
        ("1", "subject", None, "Sato@maple.example"),
        ("1", "text", ("empty_place", "attribute.plan"), "Sato@maple.example"),
    ]


def test_without_a_channel_to_customers_the_run_is_parked(account: Account) -> None:
    assert start(account, "invite").about == {"code": "no_customers", "name": ""}


def test_a_set_field_counts_from_the_next_day_and_says_whose_it_is(
    account: Account, channel: Channel
) -> None:
    start(account, "invite")
    (row,) = AccountAttribute.objects.filter(name="rescue")
    assert (row.value, row.valid_from, row.source) == (
        "invited",
        DAY + timedelta(days=1),
        "play:invite",
    )


def test_no_alert_goes_to_customers_and_there_is_one_such_channel(
    channel: Channel, tanaka: Member
) -> None:
    assert (list(telling_channels(digest=False)), tell_opened([alert_of(tanaka)])) == ([], 0)
    with pytest.raises(ChannelError, match="already"):
        add_channel(of_customers("other", "smtp://x.example"), key=KEY)


def test_a_test_of_the_channel_goes_to_a_member(
    channel: Channel, box: tuple[Mailbox, str], post: Post, tanaka: Member
) -> None:
    owe_test(channel, member=tanaka.pk, now=datetime.now().astimezone())
    post.send_due()
    assert [x.rcpt_tos for x in box[0].mails] == [["tanaka@vendor.example"]]


def test_one_full_mailbox_does_not_shut_the_others_out(
    account: Account, channel: Channel, box: tuple[Mailbox, str], post: Post
) -> None:
    box[0].answers["Sato@maple.example"] = "452 full"
    start(account, "at_once")
    Delivery.objects.update(attempts=10)
    due_now()
    post.send_due()
    channel.refresh_from_db()
    assert (wheres(), channel.disabled_at) == (["failed"], None)


def test_customers_are_written_to_on_business_days_out_of_quiet_hours() -> None:
    """2026-09-18 is a Friday; 21, 22 and 23 are public holidays in Japan."""
    said = "organisation: {name: V, time_zone: Asia/Tokyo, holidays: JP, quiet_hours: 19:00-08:00}"
    definitions = loads({"set.yaml": said})
    for at, then in (
        ("2026-09-18T12:00+09:00", "2026-09-18T12:00+09:00"),
        ("2026-09-18T07:00+09:00", "2026-09-18T08:00+09:00"),
        ("2026-09-18T20:00+09:00", "2026-09-24T09:00+09:00"),
        ("2026-09-19T12:00+09:00", "2026-09-24T09:00+09:00"),
    ):
        assert office_time(definitions, datetime.fromisoformat(at)) == datetime.fromisoformat(then)
