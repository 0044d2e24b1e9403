"""A member writes down on an account's page what was said."""

import pytest
from tests.pipeline.vendor import LAST
from tests.web.conftest import AsMember
from tests.web.markup import Element, read
from tests.web.rest import Call
from tests.web.site import Site

from banso.desk.models import Note
from banso.desk.services.notes import mark_said

SAID = {"kind": "meeting", "on": str(LAST), "text": "導入は来月から"}


def card(content: bytes) -> Element:
    return read(content).one(id="notes")


@pytest.fixture
def home(vendor_site: Site) -> str:
    """The page of A1, which csm owns."""
    return f"/accounts/{vendor_site.accounts['A1']}/"


def test_a_note_stands_on_the_page_and_in_the_timeline_until_it_is_taken_back(
    as_member: AsMember, home: str
) -> None:
    csm = as_member("csm")
    answer = csm.post(f"{home}notes/", SAID)
    assert (answer.status_code, answer["Location"]) == (302, f"{home}#notes")
    (row,) = card(csm.get(home).content).all("li")
    assert row.text == "Meeting · 30 May 2026 · csm Take back 導入は来月から"
    told = read(csm.get(f"{home}timeline/?kind=notes").content).one("main").text
    assert "Meeting, written down by csm 導入は来月から" in told
    back = row.one("form").attrs["action"]
    assert as_member("admin").post(back).status_code == 302
    assert Note.objects.count() == 1  # only by who wrote it
    csm.post(back)
    assert Note.objects.count() == 0


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"text": " "}, "Write down what was said."),
        ({"on": "2099-01-01"}, "That day has not come yet."),
        ({"on": "soon"}, "This is no day. Write it as 2026-10-31."),
    ],
)
def test_a_mistake_is_told_beside_its_field_and_nothing_is_lost(
    as_member: AsMember, home: str, wrong: dict[str, str], said: str
) -> None:
    answer = as_member("csm").post(f"{home}notes/", {**SAID, **wrong})
    form = card(answer.content).one("form")
    assert answer.status_code == 422
    assert [x.text for x in form.all("p")] == [said]
    assert form.one("textarea").text == ({**SAID, **wrong}["text"]).strip()
    assert Note.objects.count() == 0


def test_who_may_only_look_and_who_looks_at_a_past_day_sees_no_form(
    as_member: AsMember, home: str
) -> None:
    assert card(as_member("viewer").get(home).content).all("form") == []
    past = card(as_member("csm").get(f"{home}?as_of=2026-05-20").content)
    assert (past.all("form"), "Nothing was written down up to this day." in past.text) == ([], True)


def test_programs_write_and_read_notes_as_a_member(call: Call) -> None:
    status, made = call("csm", "POST", "notes", {"account": "A1", "text": "Called back"})
    assert (status, made["kind"], made["member"], made["text"]) == (
        200,
        "call",
        "csm",
        "Called back",
    )
    assert call("csm", "GET", "notes?account=A1")[1] == [made]
    assert call("csm", "POST", f"notes/{made['number']}/take-back")[0] == 204
    kept = call("csm", "POST", "notes", {"account": "A1", "text": "Again"})[1]
    mark_said([kept["number"]])
    assert call("csm", "POST", f"notes/{kept['number']}/take-back")[0] == 404


def test_notes_about_others_accounts_are_not_there(vendor_site: Site, call: Call) -> None:
    hidden = vendor_site.unseen("csm")[0]
    assert call("csm", "GET", f"notes?account={hidden}")[0] == 404
    assert call("csm", "POST", "notes", {"account": hidden, "text": "x"})[0] == 404
    assert Note.objects.count() == 0
