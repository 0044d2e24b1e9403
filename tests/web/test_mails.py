"""Mails to customers on screen and by the API: looked at, changed, approved, refused."""

import pytest
from django.test import Client
from tests.web.conftest import AsMember
from tests.web.markup import Element, read
from tests.web.rest import Call
from tests.web.routes import mail_of, task_of
from tests.web.site import Site

from banso.desk.models import Delivery, Mail, Task


def shown(client: Client, address: str, status: int = 200) -> Element:
    answer = client.get(address)
    assert answer.status_code == status
    return read(answer.content).one("main")


@pytest.fixture
def mail(vendor_site: Site) -> int:
    """A draft for A1, which csm owns."""
    return mail_of(vendor_site, "A1")


def test_today_says_how_many_wait_and_the_list_leads_to_each(
    as_member: AsMember, mail: int
) -> None:
    csm = as_member("csm")
    assert "1 mail to a customer to approve" in shown(csm, "/").text
    (row,) = shown(csm, "/").all("ol", id="mails")
    assert [x.text for x in row.all("h2")] == ["A1 商事"]
    assert ("ご案内" in row.text, f"/mails/{mail}/" in {x.attrs["href"] for x in row.all("a")}) == (
        True,
        True,
    )
    for elsewhere in ("/?state=handled", "/?rule=quiet"):
        assert shown(csm, elsewhere).all("ol", id="mails") == []
    assert shown(as_member("other"), "/").all("ol", id="mails") == []
    (row,) = shown(csm, "/mails/").all("tbody")
    assert "ご案内" in row.text
    assert (
        "A play's step of kind “Mail to the customer”" in shown(as_member("other"), "/mails/").text
    )
    assert as_member("other").get(f"/mails/{mail}/").status_code == 404


def test_an_approved_mail_says_what_the_member_has_written(as_member: AsMember, mail: int) -> None:
    csm = as_member("csm")
    changed = {"subject": "New", "text": "Words", "save": "1"}
    assert csm.post(f"/mails/{mail}/approve/", changed).status_code == 302
    assert Mail.objects.get(pk=mail).state == "draft"
    wrong = csm.post(f"/mails/{mail}/approve/", {"subject": " ", "text": "x"})
    assert (wrong.status_code, "Write it." in wrong.content.decode()) == (422, True)
    csm.post(f"/mails/{mail}/approve/", {"subject": "Newer", "text": "Words"})
    sent = Delivery.objects.get(mail=mail).body
    assert (sent["subject"], sent["text"], sent["to"]) == ("Newer", "Words", "a1@customer.example")
    assert csm.post(f"/mails/{mail}/refuse/", {"note": "late"}).status_code == 409
    assert "Approved by csm" in shown(csm, f"/mails/{mail}/").text


def test_a_refused_mail_keeps_why_and_stands_on_the_timeline(
    as_member: AsMember, vendor_site: Site, mail: int
) -> None:
    csm = as_member("csm")
    assert csm.post(f"/mails/{mail}/refuse/", {"note": " "}).status_code == 422
    csm.post(f"/mails/{mail}/refuse/", {"note": "They are on holiday"})
    assert "They are on holiday" in shown(csm, f"/mails/{mail}/").text
    timeline = shown(csm, f"/accounts/{vendor_site.accounts['A1']}/timeline/?kind=plays").text
    assert "refused the mail to a1@customer.example: ご案内" in timeline


def test_who_wants_no_mail_is_told_over_rest_and_what_waits_is_taken_back(
    call: Call, mail: int
) -> None:
    who = {"address": "A1@customer.example"}
    assert call("cs_ops", "POST", "unsubscribed", who) == (204, None)
    assert Mail.objects.get(pk=mail).state == "unwanted"
    _, found = call("cs_ops", "GET", "unsubscribed")
    assert [x["address"] for x in found] == ["a1@customer.example"]
    assert call("cs_ops", "POST", "unsubscribed/end", who) == (204, None)
    assert call("cs_ops", "POST", "unsubscribed/end", who)[0] == 404
    assert call("cs_ops", "POST", "unsubscribed", {"address": "nobody"})[0] == 422


def test_points_of_a_checklist_are_ticked_one_by_one_and_back(
    as_member: AsMember, vendor_site: Site
) -> None:
    number, csm = task_of(vendor_site, "A1"), as_member("csm")
    points = [{"en": "Book", "ja": "予約"}, {"en": "Ask", "ja": "聞く"}]
    Task.objects.filter(pk=number).update(checklist=points)
    address = f"/tasks/{number}/tick/1/"
    assert csm.post(address, {"done": "1"}).status_code == 302
    found = shown(csm, "/").all("button", **{"class": "todo-point"})
    pressed = [(x.text, x.attrs["aria-pressed"]) for x in found]
    assert pressed == [("Book", "false"), ("Ask", "true")]
    first = Task.objects.get(pk=number).ticked
    assert (list(first), first["1"]["by"]) == (["1"], "csm")
    as_member("admin").post(address, {"done": "1"})
    assert Task.objects.get(pk=number).ticked == first
    csm.post(address, {"done": "0"})
    found = Task.objects.get(pk=number)
    assert (found.ticked, found.state) == ({}, "open")
    assert csm.post(f"/tasks/{number}/tick/2/", {"done": "1"}).status_code == 404
