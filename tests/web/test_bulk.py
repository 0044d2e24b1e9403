"""Several alerts and tasks of Today at once."""

import pytest
from tests.web.conftest import AsMember
from tests.web.markup import read
from tests.web.routes import alert_of, task_of
from tests.web.site import Site

from banso.desk.models import Alert, Task


@pytest.fixture
def items(vendor_site: Site) -> list[str]:
    """Of A1, which csm owns, and a task of A4, which csm does not see."""
    return [
        f"alert-{alert_of(vendor_site, 'A1')}",
        f"task-{task_of(vendor_site, 'A1')}",
        f"task-{task_of(vendor_site, 'A4')}",
    ]


def states(items: list[str]) -> list[str]:
    models = {"alert": Alert, "task": Task}
    pairs = (x.split("-") for x in items)
    return [models[kind].objects.get(pk=int(pk)).state for kind, pk in pairs]


def test_all_are_done_but_what_one_does_not_see_and_taken_back(
    as_member: AsMember, items: list[str]
) -> None:
    csm = as_member("csm")
    answer = csm.post("/today/bulk/done/", {"item": [*items, "nonsense", items[0]]}, follow=True)
    body = read(answer.content).one("body")
    assert states(items) == ["done", "done", "open"]
    assert "Done with 2" in body.text
    assert "1 stayed as it is" in body.text
    (undo,) = [x for x in (f.attrs.get("action", "") for f in body.all("form")) if "bulk/undo" in x]
    csm.post(undo)
    assert states(items) == ["open", "open", "open"]


def test_until_when_is_asked_for_once_for_all(as_member: AsMember, items: list[str]) -> None:
    csm = as_member("csm")
    page = read(csm.get("/today/bulk/snooze/", {"item": items[:2]}).content).one("main")
    assert [x.attrs["value"] for x in page.all("input", name="item")] == items[:2]
    answer = csm.post("/today/bulk/snooze/", {"item": items[:2], "until": "2020-01-01"})
    assert answer.status_code == 422
    csm.post(
        "/today/bulk/snooze/", {"item": items[:2], "until": "2099-01-01", "note": "On holiday"}
    )
    assert states(items) == ["snoozed", "snoozed", "open"]
    snoozed = read(csm.get("/", {"state": "snoozed"}).content).one("main").text
    assert snoozed.count(": On holiday") == 2  # of the alert and of the task


def test_only_tasks_are_passed_on_and_each_keeps_why_it_was_not_useful(
    as_member: AsMember, items: list[str], vendor_site: Site
) -> None:
    csm = as_member("csm")
    csm.post("/today/bulk/pass/", {"item": items[:2], "to": "manager"})
    task = Task.objects.get(pk=int(items[1].removeprefix("task-")))
    assert (task.member_id, states(items)[0]) == (vendor_site.members["manager"], "open")
    csm.post("/today/bulk/not_useful/", {"item": items[:2], "reason": "known"})
    assert states(items)[:2] == ["not_useful", "not_useful"]


def test_nothing_marked_leads_back_and_an_unknown_deed_is_no_page(as_member: AsMember) -> None:
    csm = as_member("csm")
    assert csm.post("/today/bulk/done/").status_code == 302
    assert csm.post("/today/bulk/burn/", {"item": "alert-1"}).status_code == 404
    assert as_member("viewer").post("/today/bulk/done/", {"item": "alert-1"}).status_code == 403
