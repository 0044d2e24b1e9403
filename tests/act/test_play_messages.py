"""What a play says to an owner, by mail and by Slack, in the owner's language."""

import pytest

from banso.desk.models import Channel, ChannelKind, Delivery, DeliveryKind, Member
from banso.pipeline.act import mail, slack
from tests.act.conftest import BASE
from tests.act.emulator import words

pytestmark = pytest.mark.django_db


def owed(member: Member, kind: ChannelKind) -> Delivery:
    return Delivery.objects.create(
        channel=Channel.objects.create(name=str(kind), kind=kind),
        kind=DeliveryKind.MESSAGE,
        subject="play.message:1:2",
        member=member,
        body={
            "label": {"en": "Rescue", "ja": "活用支援"},
            "text": {"en": "Call <them>", "ja": "<電話>する"},
            "account": {"id": 7, "key": "A1", "name": "楓商事 & Co"},
        },
    )


def test_by_mail_it_is_text_and_a_page(tanaka: Member) -> None:
    subject, text, page = mail.written(owed(tanaka, ChannelKind.EMAIL), base=BASE, currency="JPY")
    assert subject == "楓商事 & Co: 活用支援"
    footer = "Bansoでこの顧客の担当になっているため、お送りしています。"
    address = f"{BASE}/accounts/7/"
    assert text == f"{subject}\n\n<電話>する\n\nBansoで開く: {address}\n\n{footer}\n"
    assert "&lt;電話&gt;する" in page
    assert "<電話>" not in page


def test_by_slack_it_is_blocks_with_a_way_in(tanaka: Member) -> None:
    Member.objects.filter(pk=tanaka.pk).update(language="en")
    tanaka.refresh_from_db()
    text, blocks = slack.written(owed(tanaka, ChannelKind.SLACK), base=BASE, currency="JPY")
    assert text == "楓商事 & Co: Rescue"
    assert words({"blocks": blocks}) == [text, "Call <them>", "Open in Banso"]
    assert blocks[-1]["elements"][0]["url"] == f"{BASE}/accounts/7/"
