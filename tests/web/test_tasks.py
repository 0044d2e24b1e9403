"""Tasks in Today, the page of a play, and both on an account's timeline."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from tests.pipeline.vendor import DEFINITIONS, LAST, apply
from tests.web.conftest import AsMember
from tests.web.markup import Element, read
from tests.web.routes import task_of
from tests.web.site import Site

from banso.desk.models import (
    Account,
    Member,
    PlayRun,
    Role,
    RunExpectation,
    RunState,
    Task,
    TaskHandling,
)
from banso.desk.queries.scope import EVERYTHING, scope_of
from banso.desk.services.tasks import finish, pass_on, tick
from banso.desk.services.value_figures import keep_figures
from banso.pipeline.value_figures import figures_now
from banso.web import house
from banso.web.today.tasks import memory

HTMX = {"HX-Request": "true"}


def shown(client: Client, address: str = "/") -> Element:
    answer = client.get(address)
    assert answer.status_code == 200
    return read(answer.content).one("main")


def tasks(client: Client, address: str = "/") -> list[str]:
    """Title of each task, with its account before it."""
    lists = shown(client, address).all("ol", id="tasks")
    return [
        x.text.removesuffix(" Past due")
        for found in lists
        for x in [
            *found.all("h2"),
            *(row.one("h3") for row in found.all("li", class_="todo-task")),
        ]
    ]


@pytest.fixture
def task(vendor_site: Site) -> int:
    """Of A1, which csm owns."""
    return task_of(vendor_site, "A1")


def test_a_task_says_what_for_whom_why_and_until_when(as_member: AsMember, task: int) -> None:
    (row,) = shown(as_member("csm")).all("li", id=f"task-{task}")
    due = LAST + timedelta(days=3)
    for words in ("Agree on a day", "Call first", "Who comes", "Visit them", str(due.year)):
        assert words in row.text
    assert [x.text for x in row.all("button")] == ["Who comes", "Done"]
    links = ["Visit them", "", "Snooze", "Pass on", "Not useful"]  # the second is an icon
    assert [x.text for x in row.all("a")] == links


def test_an_account_with_tasks_and_alerts_stands_once_its_tasks_first(
    as_member: AsMember, vendor_site: Site, task: int
) -> None:
    page = shown(as_member("csm"))
    names = [x.text for x in page.all("h2")]
    assert (names.count("A1 商事"), len(names)) == (1, len(set(names)))
    (row,) = page.one(id="tasks").all("li", id=f"account-{vendor_site.accounts['A1']}")
    kinds = [x.attrs["id"].partition("-")[0] for x in row.all("li") if "id" in x.attrs]
    assert (kinds[0], set(kinds[1:])) == ("task", {"alert"})
    assert "ARR" in row.text


def without_plays() -> str:
    before, _, after = DEFINITIONS.partition("plays:\n")
    return before + after[after.index("rules:\n") :]


def expected(task: int) -> None:
    """As `banso prove` would have it."""
    run, definitions = Task.objects.get(pk=task).run, house.look().definitions
    assert definitions
    RunExpectation.objects.create(
        run=run, condition="weekly_users >= 3", within_days=9, due_on=LAST, came="reached",
        reached_on=LAST,
    )  # fmt: skip
    keep_figures(figures_now(definitions, as_of=LAST))


CHANGES: dict[str, Callable[[int], object]] = {
    "nothing": lambda _: None,
    "a point is ticked": lambda task: tick(
        scope=EVERYTHING, task=task, point=0, done=True, now=datetime.now(tz=UTC)
    ),
    "it is done": lambda task: finish(scope=EVERYTHING, task=task, today=LAST),
    "it is passed on": lambda task: pass_on(scope=EVERYTHING, task=task, to="admin", today=LAST),
    "who ticked a point has another name": lambda _: Member.objects.filter(handle="cs_ops").update(
        name="高橋"
    ),
    "who has it has another name": lambda _: Member.objects.filter(handle="admin").update(
        name="伊藤"
    ),
    "the reader reads Japanese": lambda _: Member.objects.update(language="ja"),
    "the reader may only look": lambda _: Member.objects.filter(handle="admin").update(
        role=Role.VIEWER
    ),
    "what is expected of its play came true": expected,
    "its play was taken away": lambda _: apply(without_plays()),
}


@pytest.mark.parametrize("change", CHANGES)
def test_what_is_remembered_of_a_task_is_what_would_be_written_anew(
    as_member: AsMember, vendor_site: Site, task: int, change: str
) -> None:
    admin, other = as_member("admin"), task_of(vendor_site, "A4")
    pass_on(scope=EVERYTHING, task=other, to="admin", today=LAST)
    ticked(other, by="cs_ops")
    before = html_of(admin, task)
    CHANGES[change](task)
    remembered = html_of(admin, task)
    memory.clear()
    assert remembered == html_of(admin, task)
    assert (remembered == before) == (change == "nothing")


def ticked(task: int, *, by: str) -> None:
    mine = scope_of(Member.objects.get(handle=by))
    tick(scope=mine, task=task, point=0, done=True, now=datetime.now(tz=UTC))


def test_a_ticked_point_names_who_ticked_it_by_handle_only_where_there_is_no_name(
    as_member: AsMember, task: int
) -> None:
    csm, address = as_member("csm"), f"/tasks/{task}/tick/0/"

    def by(page: Element) -> str:
        return page.one(id=f"task-{task}").one("ul", class_="todo-points").one(class_="under").text

    Member.objects.filter(handle="csm").update(name="")
    assert by(read(csm.post(address, {"done": "1"}, headers=HTMX).content)).startswith("csm, ")
    Member.objects.filter(handle="csm").update(name="伊藤 蓮")
    assert by(shown(csm)).startswith("伊藤 蓮, ")
    assert Task.objects.get(pk=task).ticked["0"]["by"] == "csm"  # as files and calls name them
    csm.post(f"/tasks/{task}/done/")
    assert by(shown(csm, "/?state=handled")).startswith("伊藤 蓮, ")


def test_what_led_to_a_task_is_not_asked_for_again(as_member: AsMember, task: int) -> None:
    admin = as_member("admin")
    counts = []
    for _ in range(2):
        with CaptureQueriesContext(connection) as queries:
            shown(admin)
        counts.append(sum(f' FROM "{PlayRun._meta.db_table}" ' in x["sql"] for x in queries))
    assert counts == [2, 1]  # one counts those that a problem has stopped


def html_of(client: Client, task: int) -> list[str]:
    pages = [client.get(x).content.decode() for x in ("/", "/?state=handled")]
    return [page.partition('id="tasks"')[2].partition("</ol>")[0] for page in pages]


def test_only_tasks_of_accounts_that_one_sees_are_there(
    as_member: AsMember, vendor_site: Site, task: int
) -> None:
    other = task_of(vendor_site, "A4")
    assert tasks(as_member("csm")) == ["A1 商事", "Agree on a day"]
    assert sorted(tasks(as_member("admin")))[:2] == ["A1 商事", "A4 商事"]
    for address in (f"/tasks/{other}/snooze/", f"/tasks/{other}/pass/"):
        assert as_member("csm").get(address).status_code == 404


def test_whose_tasks_can_be_asked_for_and_filters_over_alerts_leave_none(
    as_member: AsMember, vendor_site: Site, task: int
) -> None:
    admin, csm = as_member("admin"), vendor_site.members["csm"]
    assert tasks(admin, f"/?owner={csm}") == ["A1 商事", "Agree on a day"]
    assert tasks(admin, f"/?owner={vendor_site.members['mate']}") == []
    assert tasks(admin, "/?rule=quiet") == []


def test_done_with_one_tap_and_taken_back(as_member: AsMember, task: int) -> None:
    csm = as_member("csm")
    answer = csm.post(f"/tasks/{task}/done/", headers=HTMX)
    assert answer.status_code == 200
    assert "Done: Agree on a day, A1 商事" in answer.content.decode()
    assert tasks(csm) == []
    assert tasks(csm, "/?state=handled") == ["A1 商事", "Agree on a day"]

    handling = TaskHandling.objects.get(task=task)
    csm.post(f"/tasks/{task}/undo/", {"handling": handling.pk})
    assert tasks(csm) == ["A1 商事", "Agree on a day"]


def test_snoozed_passed_on_and_not_useful(
    as_member: AsMember, vendor_site: Site, task: int
) -> None:
    csm = as_member("csm")
    dialog = read(csm.get(f"/tasks/{task}/pass/", headers=HTMX).content)
    names = [x.attrs["value"] for x in dialog.all("button", name="to")]
    assert names == ["admin", "cs_ops", "manager"]
    csm.post(f"/tasks/{task}/pass/", {"to": "manager"})
    assert Task.objects.get(pk=task).member_id == vendor_site.members["manager"]

    csm.post(f"/tasks/{task}/snooze/", {"until": "2099-01-01"})
    assert (tasks(csm), tasks(csm, "/?state=snoozed")) == ([], ["A1 商事", "Agree on a day"])
    assert csm.post(f"/tasks/{task}/not-useful/", {"reason": "other"}).status_code == 422


def test_done_and_passed_on_with_a_note_that_stays_with_the_task(
    as_member: AsMember, task: int
) -> None:
    csm = as_member("csm")
    dialog = read(csm.get(f"/tasks/{task}/done/", headers=HTMX).content)
    assert [x.attrs["name"] for x in dialog.all("input", id="note")] == ["note"]
    long = csm.post(f"/tasks/{task}/done/", {"note": "x" * 501}, headers=HTMX)
    assert (long.status_code, TaskHandling.objects.count()) == (422, 0)
    csm.post(f"/tasks/{task}/pass/", {"to": "manager", "note": "you know them"})
    assert "Passed on to manager by csm" in shown(csm).text
    csm.post(f"/tasks/{task}/done/", {"note": "12 people came"})
    notes = TaskHandling.objects.filter(task=task).order_by("pk").values_list("note", flat=True)
    assert list(notes) == ["you know them", "12 people came"]
    assert "12 people came" in shown(csm, "/?state=handled").text


def test_of_two_members_the_second_is_told_of_the_first(as_member: AsMember, task: int) -> None:
    finish(scope=EVERYTHING, task=task, today=LAST)
    answer = as_member("csm").post(f"/tasks/{task}/done/", headers=HTMX)
    assert answer.status_code == 409
    assert "Done by somebody" in answer.content.decode()


def test_who_may_only_look_has_no_buttons(as_member: AsMember, task: int) -> None:
    viewer = as_member("viewer")
    assert tasks(viewer) == ["A1 商事", "Agree on a day"]
    (row,) = shown(viewer).all("li", id=f"task-{task}")
    assert row.all("button") == []
    assert viewer.post(f"/tasks/{task}/done/").status_code == 403


def test_the_page_of_a_play_has_its_steps_and_its_runs_with_their_problem(
    as_member: AsMember, vendor_site: Site, task: int
) -> None:
    run = PlayRun.objects.get(account=vendor_site.accounts["A1"])
    PlayRun.objects.filter(pk=run.pk).update(
        state=RunState.PARKED, about={"code": "no_channel", "name": "crm"}
    )
    task_of(vendor_site, "A4")
    page = shown(as_member("csm"), "/definitions/plays/visit/").text
    for words in (
        "Task: Agree on a day",
        "Wait 7 days",
        "There is no channel crm. Add it",
        "A1 商事",
    ):
        assert words in page
    assert "A4" not in page
    assert "Visit them" in shown(as_member("csm"), "/definitions/").text


def test_the_page_of_a_play_speaks_japanese(as_member: AsMember, task: int) -> None:
    Member.objects.filter(handle="csm").update(language="ja")
    page = shown(as_member("csm"), "/definitions/plays/visit/").text
    for words in ("タスク: 日程を決める", "7日待つ", "期限: 3営業日", "進行中"):
        assert words in page


def test_what_became_of_it_is_on_the_timeline(
    as_member: AsMember, vendor_site: Site, task: int
) -> None:
    csm = as_member("csm")
    csm.post(f"/tasks/{task}/done/")
    page = shown(csm, f"/accounts/{vendor_site.accounts['A1']}/timeline/?kind=plays").text
    assert "Play began: Visit them" in page
    assert "Task done by csm: Agree on a day" in page


def test_a_task_follows_its_account_to_the_next_owner(
    as_member: AsMember, vendor_site: Site, task: int
) -> None:
    Account.objects.filter(key="A1").update(owner=vendor_site.members["mate"])
    assert (tasks(as_member("csm")), tasks(as_member("mate"))) == (
        [],
        ["A1 商事", "Agree on a day"],
    )


def test_the_account_shows_what_is_to_be_done_there_until_it_is(
    as_member: AsMember, vendor_site: Site, task: int
) -> None:
    csm, of = as_member("csm"), Task.objects.get(pk=task).account_id
    (card,) = shown(csm, f"/accounts/{of}/").all("section", **{"aria-labelledby": "account-tasks"})
    assert [x.text for x in card.all("h3")] == ["Agree on a day"]
    assert card.one("a").attrs["href"] == f"/?tasks=all#account-{of}"
    finish(scope=EVERYTHING, task=task, today=LAST)
    cards = shown(csm, f"/accounts/{of}/").all("section", **{"aria-labelledby": "account-tasks"})
    assert cards == []
