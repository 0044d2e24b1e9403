"""Plays by hand, on screen: who would enter, starting, stopping, going on after a mend."""

from django.test import Client
from tests.web.conftest import AsMember
from tests.web.markup import Element, read
from tests.web.routes import run_of, task_of
from tests.web.site import Site

from banso.desk.models import PlayRun, RunState, Task

START = "/definitions/plays/visit/start/"
PLAY = "/definitions/plays/visit/"


def shown(client: Client, address: str, status: int = 200) -> Element:
    answer = client.get(address)
    assert answer.status_code == status
    return read(answer.content).one("main")


def rows(page: Element) -> list[list[str]]:
    return [
        [x.text for part in ("th", "td") for x in row.all(part)]
        for body in page.all("tbody")
        for row in body.all("tr")
    ]


def test_it_is_shown_who_would_enter_and_who_is_kept_out_and_why(
    vendor_site: Site, as_member: AsMember
) -> None:
    csm = as_member("csm")
    assert rows(shown(csm, f"{START}?account=A1")) == [["A1 商事", "Yes"]]
    run_of(vendor_site, "A1")
    page = shown(csm, f"{START}?account=A1")
    assert rows(page) == [["A1 商事", "it is in this play already"]]
    assert page.all("form", method="post") == []


def test_an_account_that_one_does_not_see_is_nobody(as_member: AsMember) -> None:
    for key in ("A4", "nobody"):
        page = shown(as_member("csm"), f"{START}?account={key}", status=422)
        assert [x.text for x in page.all("p", id="account-error")] == [
            "You see no account with this key."
        ]
        assert as_member("csm").post(START, {"account": key}).status_code == 404
    assert PlayRun.objects.count() == 0


def test_a_segment_enters_as_far_as_one_sees_it(vendor_site: Site, as_member: AsMember) -> None:
    page = shown(as_member("csm"), f"{START}?segment=large")
    seen = [name for name, _ in rows(page)]
    answer = as_member("csm").post(START, {"segment": "large"}, follow=True)
    words = "account." if len(seen) == 1 else "accounts."
    assert f"Started for {len(seen)} {words}" in answer.content.decode()
    started = PlayRun.objects.order_by("account__key").values_list("account__name", flat=True)
    assert sorted(started) == sorted(seen) != []
    assert {x.member_id for x in PlayRun.objects.all()} == {vendor_site.members["csm"]}


def test_a_run_is_stopped_and_its_task_withdrawn(vendor_site: Site, as_member: AsMember) -> None:
    task, run = task_of(vendor_site, "A1"), run_of(vendor_site, "A1")
    csm = as_member("csm")
    assert [x.text for x in shown(csm, PLAY).all("button")] == ["Stop"]
    answer = csm.post(f"/runs/{run}/stop/", follow=True)
    assert "Stopped for A1 商事. Its open tasks are withdrawn." in answer.content.decode()
    assert (PlayRun.objects.get(pk=run).state, Task.objects.get(pk=task).state) == (
        RunState.ENDED,
        "withdrawn",
    )
    assert csm.post(f"/runs/{run}/stop/").status_code == 404


def test_a_parked_run_is_told_in_today_and_goes_on(vendor_site: Site, as_member: AsMember) -> None:
    run = run_of(vendor_site, "A1", parked=True)
    csm = as_member("csm")
    assert "1 play stands still" in shown(csm, "/").text
    assert "stands still" not in shown(as_member("other"), "/").text
    assert [x.text for x in shown(csm, PLAY).all("button")] == ["Go on", "Stop"]
    answer = csm.post(f"/runs/{run}/resume/", follow=True)
    assert "It went on, and has come to its end." in answer.content.decode()
    assert PlayRun.objects.get(pk=run).state == RunState.ENDED  # its wait was over long ago


def test_who_only_looks_finds_nothing_to_press(vendor_site: Site, as_member: AsMember) -> None:
    run_of(vendor_site, "A1")
    page = shown(as_member("viewer"), PLAY)
    assert (page.all("button"), [x for x in page.all("a") if "start/" in str(x)]) == ([], [])
    assert as_member("viewer").get(START).status_code == 403
