"""Today: everybody's own list, its filters, and what one tap does."""

import re
from collections.abc import Callable
from datetime import date, timedelta

import pytest
from django.db import connection
from django.db.models import F
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext
from tests.pipeline.vendor import DEFINITIONS, apply
from tests.web.conftest import AsMember
from tests.web.markup import Element, read
from tests.web.site import SEEN, Site

from banso.core.unmeasured import Reason
from banso.desk.models import (
    Account,
    Alert,
    DefinitionSet,
    Episode,
    Handling,
    Measured,
    Member,
    Role,
    Run,
    Standing,
)
from banso.desk.queries.scope import EVERYTHING
from banso.desk.services.alerts import finish
from banso.web import house
from banso.web.today import page as today_page
from banso.web.today import written

HTMX = {"HX-Request": "true"}


def shown(client: Client, address: str = "/", **headers: str) -> Element:
    response = client.get(address, headers=headers)
    assert response.status_code == 200
    return read(response.content)


def accounts(page: Element) -> list[str]:
    return [x.one("h2").text for x in page.all("li", class_="todo-account")]


def alerts(page: Element) -> list[tuple[str, str]]:
    """Account and rule of every alert, as they stand on the page."""
    return [
        (account.one("h2").text, alert.one("h3").text)
        for account in page.all("li", class_="todo-account")
        for alert in account.all("li", class_="todo-alert")
    ]


def tabs(page: Element) -> list[str]:
    return [x.text for x in page.one(class_="nav-tabs").all("a")]


def toast(page: Element) -> Element:
    return page.one(id="toasts").one("div", class_="toast")


def alert_of(key: str, rule: str) -> Alert:
    return Alert.objects.get(
        episode__account__key=key, episode__rule=rule, episode__closed_on__isnull=True
    )


def press(client: Client, alert: Alert, step: str, **said: str) -> HttpResponse:
    """As a browser without scripts does."""
    return client.post(f"/alerts/{alert.pk}/{step}/", said)


def tomorrow() -> date:
    return house.look().today + timedelta(days=1)


# --- who needs what


def test_a_csm_sees_their_own_accounts_the_most_urgent_first(as_member: AsMember) -> None:
    page = shown(as_member("csm"))
    assert alerts(page) == [
        ("A1 商事", "High quiet"),
        ("A1 商事", "Low overdue"),
        ("A2 商事", "Low overdue"),
    ]


@pytest.mark.parametrize("handle", sorted(SEEN))
def test_nobody_sees_alerts_of_accounts_that_are_not_theirs(
    as_member: AsMember, vendor_site: Site, handle: str
) -> None:
    page = shown(as_member(handle))
    assert sorted(accounts(page)) == [f"{key} 商事" for key in SEEN[handle]]
    links = {x.attrs["href"] for x in page.all("a") if "href" in x.attrs}
    for key in vendor_site.unseen(handle):
        assert not any(x.startswith(f"/accounts/{vendor_site.accounts[key]}/") for x in links)


def test_an_alert_says_what_to_do_why_and_since_when(as_member: AsMember) -> None:
    alert = shown(as_member("csm")).all("li", class_="todo-alert")[0]
    assert alert.one("p", class_="todo-action").text == "Call"
    assert alert.one("p", class_="todo-since").text == "Since 29 May 2026, 1 day"
    assert [x.text for x in alert.one(class_="todo-why").all("a")] == [
        "quiet_days 4 days (at least 3)"
    ]


def test_beside_a_reason_stands_what_its_number_is_now(as_member: AsMember) -> None:
    """The reason itself is frozen as it was when the alert opened, a day before the run."""
    client = as_member("csm")
    assert now(client) == ["now 5 days"]
    press(client, alert_of("A1", "quiet"), "done")
    press(client, alert_of("A1", "quiet"), "undo", handling=str(Handling.objects.latest("id").pk))
    assert now(client) == ["now 5 days"]


def test_a_number_that_is_what_it_was_is_not_said_twice(as_member: AsMember) -> None:
    alert = alert_of("A1", "quiet")
    alert.why[0]["value"] = 5.0
    alert.save()
    assert now(as_member("csm")) == []


def test_a_number_that_is_not_known_any_more_is_said_to_be_unmeasured(as_member: AsMember) -> None:
    place = Run.objects.latest("as_of").metrics.index("quiet_days")
    measured = Measured.objects.get(account__key="A1")
    measured.numbers[place], measured.reasons[place] = None, int(Reason.SOURCE_LATE)
    measured.save()
    assert now(as_member("csm")) == ["unmeasured now"]


def now(client: Client) -> list[str]:
    alert = shown(client).one("li", id=f"alert-{alert_of('A1', 'quiet').pk}")
    return [x.text for x in alert.all("span", class_="todo-now")]


def test_a_reason_leads_to_the_why_of_its_number_on_that_day(
    as_member: AsMember, vendor_site: Site
) -> None:
    account = vendor_site.accounts["A1"]
    page = shown(as_member("csm"))
    number, journey = (
        page.one("li", id=f"alert-{alert_of('A1', rule).pk}").one(class_="todo-why").one("a")
        for rule in ("quiet", "overdue")
    )
    assert number.attrs["href"] == f"/accounts/{account}/why/quiet_days/?as_of=2026-05-29"
    assert journey.attrs["href"] == f"/accounts/{account}/"


def test_an_account_stands_with_its_owner_arr_journey_and_contract(as_member: AsMember) -> None:
    standing = Standing.objects.get(account__key="A2")
    standing.colour = "watch"
    standing.save()
    who = shown(as_member("admin")).all("div", class_="todo-who")
    (a2,) = (x for x in who if x.one("h2").text == "A2 商事")
    assert [x.text for x in a2.all("p", class_="todo-facts")] == [
        "¥200K ARR csm",
        "Contract ends 31 Mar 2027, in 305 days",
    ]
    stage = "habit" if standing.stage == "habit" else "onboarding"
    assert [x.text for x in a2.one(class_="todo-places").all("li")] == [f"Watch adoption: {stage}"]


def test_the_head_counts_each_account_once(as_member: AsMember) -> None:
    totals = shown(as_member("csm")).one(id="today-totals")
    assert [x.text for x in totals.all("span")] == [
        "2 accounts",
        "3 alerts",
        "¥300K ARR at stake",
        "0 new since 29 May",
    ]


def test_what_opened_after_the_run_before_is_new(as_member: AsMember) -> None:
    run = Run.objects.get()
    run.pk, run.as_of = None, date(2026, 5, 28)
    run.save()
    page = shown(as_member("csm"))
    assert alerts(page)[0] == ("A1 商事", "High quiet New")
    assert page.one(id="today-totals").all("span")[-1].text == "1 new since 28 May"


def test_one_who_may_not_see_revenue_sees_none(as_member: AsMember) -> None:
    page = shown(as_member("viewer"))
    assert "ARR" not in page.one(id="main").text
    assert "¥" not in page.one(id="main").text
    assert accounts(page)[0] == "A6 商事"  # quiet for longest, not because it is the largest


def test_unmeasured_arr_is_said_and_not_counted_as_nothing(as_member: AsMember) -> None:
    Standing.objects.filter(account__key="A2").update(arr=None)
    Alert.objects.filter(episode__account__key="A2").update(arr=None)
    page = shown(as_member("csm"))
    assert "¥100K ARR at stake (1 account unmeasured)" in page.one(id="today-totals").text
    assert page.all("p", class_="todo-facts")[-2].text == "ARR Unmeasured csm"


def test_closed_episodes_are_never_to_do(as_member: AsMember) -> None:
    Episode.objects.filter(rule="quiet").update(closed_on=date(2026, 5, 30))
    assert alerts(shown(as_member("csm"))) == [
        ("A2 商事", "Low overdue"),
        ("A1 商事", "Low overdue"),
    ]


# --- filters


def test_filters_stand_in_the_address_and_hold_together(
    as_member: AsMember, vendor_site: Site
) -> None:
    csm = vendor_site.members["csm"]
    page = shown(as_member("admin"), f"/?owner={csm}&rule=overdue&priority=low")
    assert alerts(page) == [("A2 商事", "Low overdue"), ("A1 商事", "Low overdue")]
    chosen = [x.attrs["value"] for x in page.all("option") if "selected" in x.attrs]
    assert chosen == [str(csm), "overdue", "low"]


def test_choices_say_how_many_alerts_they_would_show(as_member: AsMember) -> None:
    rules = shown(as_member("csm")).one("select", name="rule")
    assert [x.text for x in rules.all("option")] == ["All rules", "quiet (1)", "overdue (2)"]


def test_only_who_sees_the_accounts_of_others_filters_by_owner(as_member: AsMember) -> None:
    assert shown(as_member("csm")).all("select", name="owner") == []
    owners = shown(as_member("manager")).one("select", name="owner")
    assert [x.text for x in owners.all("option")] == ["All owners", "csm (3)", "mate (3)"]


def test_mine_is_one_tap(as_member: AsMember, vendor_site: Site) -> None:
    Account.objects.filter(key="A3").update(owner=vendor_site.members["manager"])
    manager = as_member("manager")
    (mine,) = (x for x in shown(manager).all("a") if x.text == "Mine")
    assert set(accounts(shown(manager, mine.attrs["href"]))) == {"A3 商事"}


def test_accounts_without_an_owner_can_be_asked_for(as_member: AsMember) -> None:
    Account.objects.filter(key="A4").update(owner=None)
    assert accounts(shown(as_member("admin"), "/?owner=none")) == ["A4 商事"]


@pytest.mark.parametrize("query", ["?owner=nobody", "?state=lost", "?priority=huge", "?after=x"])
def test_what_nobody_can_mean_is_as_if_not_said(as_member: AsMember, query: str) -> None:
    csm = as_member("csm")
    assert alerts(shown(csm, f"/{query}")) == alerts(shown(csm))


def test_an_owner_out_of_sight_has_no_name_and_no_alerts(
    as_member: AsMember, vendor_site: Site
) -> None:
    page = shown(as_member("manager"), f"/?owner={vendor_site.members['other']}")
    assert (accounts(page), "A4" in page.text) == ([], False)
    assert [x.text for x in page.one("select", name="owner").all("option")] == [
        "All owners",
        "csm (3)",
        "mate (3)",
    ]


def test_a_changed_filter_brings_only_the_list_and_its_address(as_member: AsMember) -> None:
    response = as_member("csm").get("/?rule=quiet&owner=&priority=", headers=HTMX)
    page = read(response.content)
    assert page.all("h1") == []
    assert accounts(page) == ["A1 商事"]
    assert page.one(id="today-totals").attrs["hx-swap-oob"] == "true"
    assert response.headers["HX-Push-Url"] == "/?rule=quiet"
    assert "HX-Request" in response.headers["Vary"]


# --- one tap


def test_done_leaves_the_list_and_is_counted_as_handled(as_member: AsMember) -> None:
    csm, quiet = as_member("csm"), alert_of("A1", "quiet")
    response = press(csm, quiet, "done", next="/?rule=quiet")
    assert (response.status_code, response.headers["Location"]) == (302, "/?rule=quiet")
    page = shown(csm)
    assert alerts(page) == [("A2 商事", "Low overdue"), ("A1 商事", "Low overdue")]
    assert tabs(page) == ["To do 2", "Snoozed 0", "Handled 1"]
    assert toast(page).one("p").text == "Done: quiet, A1 商事"


def test_a_deed_is_undone_from_its_message(as_member: AsMember) -> None:
    csm, quiet = as_member("csm"), alert_of("A1", "quiet")
    press(csm, quiet, "done", next="/?rule=quiet")
    undo = toast(shown(csm)).one("form")
    response = csm.post(undo.attrs["action"])
    assert response.headers["Location"] == "/?rule=quiet"
    page = shown(csm)
    assert tabs(page) == ["To do 3", "Snoozed 0", "Handled 0"]
    assert toast(page).one("p").text == "Taken back: quiet, A1 商事"
    assert toast(page).all("form") == []


def test_a_deed_is_undone_from_its_tab_at_any_later_time(as_member: AsMember) -> None:
    csm, quiet = as_member("csm"), alert_of("A1", "quiet")
    press(csm, quiet, "done")
    shown(csm)
    page = shown(csm, "/?state=handled")
    assert alerts(page) == [("A1 商事", "High quiet")]
    told = page.one("p", class_="todo-told").text
    assert re.fullmatch(r"Done by csm, \d+ \w+ \d{4} \d\d:\d\d", told)
    undo = page.one("button", data_key="u")
    csm.post(undo.attrs["formaction"], {undo.attrs["name"]: undo.attrs["value"]})
    assert tabs(shown(csm)) == ["To do 3", "Snoozed 0", "Handled 0"]


def test_every_form_goes_back_to_the_list_it_stands_in(as_member: AsMember) -> None:
    page = shown(as_member("csm"), "/?rule=quiet")
    act = page.one("form", id="act")
    assert act.one("input", name="next").attrs["value"] == "/?rule=quiet"
    assert all(x.attrs["form"] == "act" for x in page.one(id="todo").all("button"))


def test_a_snoozed_alert_waits_in_its_tab_with_its_day(as_member: AsMember) -> None:
    csm, quiet = as_member("csm"), alert_of("A1", "quiet")
    press(csm, quiet, "snooze", until=tomorrow().isoformat())
    assert tabs(shown(csm)) == ["To do 2", "Snoozed 1", "Handled 0"]
    told = shown(csm, "/?state=snoozed").one("p", class_="todo-told").text
    day = f"{tomorrow().day} {tomorrow():%b %Y}"
    assert told.startswith(f"Snoozed until {day} by csm, ")


def test_a_snoozed_alert_is_back_on_its_day_and_says_so(as_member: AsMember) -> None:
    quiet = alert_of("A1", "quiet")
    Alert.objects.filter(pk=quiet.pk).update(state="snoozed", until=house.look().today)
    alert = shown(as_member("csm")).one("li", id=f"alert-{quiet.pk}")
    assert ", back from a snooze since " in alert.one("p", class_="todo-since").text


def test_an_alert_that_waits_for_the_weekly_budget_says_so_in_its_tab(as_member: AsMember) -> None:
    csm, later = as_member("csm"), house.look().today + timedelta(days=9)
    waiting = Alert.objects.filter(pk=alert_of("A1", "quiet").pk)
    waiting.update(state="snoozed", until=later, told_on=None)
    assert tabs(shown(csm)) == ["To do 2", "Snoozed 1", "Handled 0"]
    told = shown(csm, "/?state=snoozed").one("p", class_="todo-told").text
    assert told == "Not told yet: this week's alerts are used up, or it is a day off"


def test_the_days_to_choose_from_are_all_in_the_future(as_member: AsMember) -> None:
    page = shown(as_member("csm"), f"/alerts/{alert_of('A1', 'quiet').pk}/snooze/")
    days = [date.fromisoformat(x.attrs["value"]) for x in page.all("button", name="until")]
    assert days == sorted(days)
    assert days[0] == tomorrow()
    assert days[-1] == house.look().today + timedelta(days=14)
    assert any(day.weekday() == 0 for day in days)


@pytest.mark.parametrize("until", ["2026-05-30", "", "soon"])
def test_what_is_no_day_to_come_is_said_and_nothing_is_snoozed(
    as_member: AsMember, until: str
) -> None:
    csm, quiet = as_member("csm"), alert_of("A1", "quiet")
    response = press(csm, quiet, "snooze", until=until)
    assert response.status_code == 422
    said = read(response.content).one(id="until-error").text
    assert said == {
        "": "Choose a day.",
        "soon": "This is no day. Write it as 2026-10-31.",
    }.get(until, "Choose a day after today.")
    assert Handling.objects.count() == 0


def test_not_useful_asks_why_and_keeps_the_answer(as_member: AsMember) -> None:
    csm, quiet = as_member("csm"), alert_of("A1", "quiet")
    page = shown(csm, f"/alerts/{quiet.pk}/not-useful/")
    assert [x.text for x in page.all("button", name="reason")] == [
        "Already knew",
        "The data is wrong",
        "Nothing to be done",
    ]
    press(csm, quiet, "not-useful", reason="other", note="社名変更の手続き中")
    assert Handling.objects.values_list("reason", "note").get() == ("other", "社名変更の手続き中")
    told = shown(csm, "/?state=handled").one("p", class_="todo-told").text
    assert told.startswith("Not useful (社名変更の手続き中), csm, ")


@pytest.mark.parametrize(
    ("said", "error"),
    [
        ({}, "Choose a reason."),
        ({"reason": "bored"}, "Choose one of the reasons."),
        ({"reason": "other", "note": " "}, "Say in a few words why."),
        ({"reason": "other", "note": "x" * 501}, "At most 500 characters."),
    ],
)
def test_an_answer_that_says_nothing_is_not_kept(
    as_member: AsMember, said: dict[str, str], error: str
) -> None:
    response = press(as_member("csm"), alert_of("A1", "quiet"), "not-useful", **said)
    assert response.status_code == 422
    assert [x.text for x in read(response.content).all(class_="invalid-feedback")] == [error]
    assert Handling.objects.count() == 0


def test_with_htmx_the_alert_the_head_and_a_message_come_back(as_member: AsMember) -> None:
    csm, quiet = as_member("csm"), alert_of("A1", "quiet")
    response = csm.post(f"/alerts/{quiet.pk}/done/", {"next": "/"}, headers=HTMX)
    page = read(response.content)
    assert response.status_code == 200
    line = page.one("li", id=f"alert-{quiet.pk}")
    assert (line.classes, line.one("b").text) == ({"todo-line"}, "quiet")
    assert tabs(page) == ["To do 2", "Snoozed 0", "Handled 1"]
    assert page.one(id="today-head").attrs["hx-swap-oob"] == "true"
    assert page.one("hx-partial").attrs["hx-target"] == "#toasts"
    assert page.one("hx-partial").one("p").text == "Done: quiet, A1 商事"


def test_with_htmx_an_undo_brings_the_alert_back_to_its_place(as_member: AsMember) -> None:
    csm, quiet = as_member("csm"), alert_of("A1", "quiet")
    page = read(csm.post(f"/alerts/{quiet.pk}/done/", {"next": "/"}, headers=HTMX).content)
    undo = page.one("hx-partial").one("form").attrs["hx-post"]
    page = read(csm.post(undo, headers=HTMX).content)
    assert page.one("li", id=f"alert-{quiet.pk}").classes == {"todo-alert"}
    assert tabs(page) == ["To do 3", "Snoozed 0", "Handled 0"]


def test_the_second_of_two_is_told_what_the_first_did(as_member: AsMember) -> None:
    quiet = alert_of("A1", "quiet")
    press(as_member("manager"), quiet, "done")
    csm = as_member("csm")
    response = csm.post(f"/alerts/{quiet.pk}/done/", {"next": "/"}, headers=HTMX)
    assert response.status_code == 409
    said = read(response.content).one("hx-partial").one("p").text
    assert said.startswith("Done by manager, ")
    press(csm, quiet, "done")
    assert toast(shown(csm)).one("p").text == said
    assert Handling.objects.count() == 1


def test_an_alert_that_is_over_says_so(as_member: AsMember) -> None:
    csm, quiet = as_member("csm"), alert_of("A1", "quiet")
    Episode.objects.filter(pk=quiet.episode_id).update(closed_on=date(2026, 5, 30))
    response = csm.post(f"/alerts/{quiet.pk}/done/", {"next": "/"}, headers=HTMX)
    page = read(response.content)
    assert response.status_code == 409
    said = "The rule no longer holds since 30 May 2026, so this alert is over."
    assert page.one("hx-partial").one("p").text == said
    assert page.one("li", id=f"alert-{quiet.pk}").all("button") == []


def test_pressing_twice_does_it_once(as_member: AsMember) -> None:
    csm, quiet = as_member("csm"), alert_of("A1", "quiet")
    for _ in range(2):
        assert press(csm, quiet, "done").status_code == 302
    assert Handling.objects.count() == 1


# --- who may


STEPS = {
    "done": {},
    "snooze": {"until": "2099-01-05"},
    "not-useful": {"reason": "known"},
    "undo": {"handling": "1"},
}


@pytest.mark.parametrize("step", STEPS)
def test_the_alert_of_somebody_else_is_not_there(as_member: AsMember, step: str) -> None:
    other = alert_of("A4", "overdue")
    assert press(as_member("csm"), other, step, **STEPS[step]).status_code == 404
    assert press(as_member("csm"), Alert(pk=999_999), step, **STEPS[step]).status_code == 404
    assert Handling.objects.count() == 0


@pytest.mark.parametrize("step", ["snooze", "not-useful"])
def test_nor_is_the_form_that_asks_about_it(as_member: AsMember, step: str) -> None:
    other = alert_of("A4", "overdue")
    assert as_member("csm").get(f"/alerts/{other.pk}/{step}/").status_code == 404


@pytest.mark.parametrize("step", STEPS)
def test_a_viewer_may_not(as_member: AsMember, step: str) -> None:
    alert = alert_of("A1", "quiet")
    assert press(as_member("viewer"), alert, step, **STEPS[step]).status_code == 403
    assert Handling.objects.count() == 0


def test_a_viewer_has_nothing_to_press(as_member: AsMember) -> None:
    todo = shown(as_member("viewer")).one(id="todo")
    assert (todo.all("button"), todo.all("a", class_="btn")) == ([], [])


@pytest.mark.parametrize("step", ["done", "undo"])
def test_nothing_is_done_by_looking(as_member: AsMember, step: str) -> None:
    alert = alert_of("A1", "quiet")
    assert as_member("csm").get(f"/alerts/{alert.pk}/{step}/").status_code == 405


def test_a_way_back_to_another_site_is_not_taken(as_member: AsMember) -> None:
    csm = as_member("csm")
    for address in ("https://evil.example/", "//evil.example/", "javascript:alert(1)"):
        response = press(csm, alert_of("A1", "overdue"), "done", next=address)
        assert response.headers["Location"] == "/"


# --- pages


def test_pages_follow_each_other_and_hold_every_account_once(
    as_member: AsMember, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(today_page, "PAGE", 4)
    admin = as_member("admin")
    page = shown(admin)
    more = page.one(id="todo-more").one("a")
    assert more.text == "Show more (2 accounts left)"
    rest = shown(admin, more.attrs["href"], **HTMX)
    assert (rest.all(id="todo"), rest.all(id="todo-more")) == ([], [])
    assert sorted(accounts(page) + accounts(rest)) == [f"A{n} 商事" for n in range(1, 7)]


def test_without_scripts_more_is_a_page_of_its_own(
    as_member: AsMember, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(today_page, "PAGE", 4)
    admin = as_member("admin")
    page = shown(admin, shown(admin).one(id="todo-more").one("a").attrs["href"])
    assert (page.one("h1").text, len(accounts(page))) == ("Today", 2)


def test_the_number_of_queries_does_not_grow_with_the_alerts(as_member: AsMember) -> None:
    admin = as_member("admin")
    shown(admin)
    counts = []
    for rule in ("?rule=fading", ""):
        written.memory.clear()
        with CaptureQueriesContext(connection) as queries:
            shown(admin, f"/{rule}")
        counts.append(len(queries))
    assert counts[0] + 2 == counts[1] <= 21  # a filter over alerts asks for no tasks


def test_what_has_been_written_is_not_asked_for_again(as_member: AsMember) -> None:
    admin = as_member("admin")
    shown(admin)
    with CaptureQueriesContext(connection) as queries:
        shown(admin)
    asked = {re.split(r'"', query["sql"].partition(" FROM ")[2])[1] for query in queries}
    assert asked & {"standing", "measured", "episode"} == set()


def relabel() -> None:
    habit = "      - name: habit\n"
    apply(DEFINITIONS.replace(habit, habit + "        label: {en: In use, ja: 定着}\n"))


CHANGES: dict[str, Callable[[], object]] = {
    "nothing": lambda: None,
    "the owner has another name": lambda: Member.objects.filter(handle="csm").update(name="田中"),
    "the account has another name": lambda: Account.objects.filter(key="A1").update(name="新商事"),
    "the account has another owner": lambda: Account.objects.filter(key="A1").update(owner=None),
    "an alert is handled": lambda: finish(
        scope=EVERYTHING, alert=alert_of("A1", "quiet").pk, today=house.look().today
    ),
    "who handled one has another name": lambda: Member.objects.filter(handle="manager").update(
        name="伊藤"
    ),
    "a stage has another label": relabel,
    "the reader reads Japanese": lambda: Member.objects.update(language="ja"),
    "the reader may not see amounts": lambda: Member.objects.update(sees_revenue=False),
    "the reader may only look": lambda: Member.objects.filter(handle="admin").update(
        role=Role.VIEWER
    ),
    "a run was made": lambda: (
        Standing.objects.update(stage="started", colour="unmeasured"),
        Run.objects.update(finished_at=F("finished_at") + timedelta(seconds=1)),
    ),
}


@pytest.mark.parametrize("change", CHANGES)
def test_what_is_remembered_is_what_would_be_written_anew(as_member: AsMember, change: str) -> None:
    admin = as_member("admin")
    press(as_member("manager"), alert_of("A2", "overdue"), "done")
    before = rows_of(admin)
    CHANGES[change]()
    remembered = rows_of(admin)
    written.memory.clear()
    assert remembered == rows_of(admin)
    assert (remembered == before) == (change == "nothing")


def rows_of(client: Client) -> list[str]:
    pages = [client.get(x).content.decode() for x in ("/", "/?state=handled")]
    return [page.partition('id="todo"')[2].partition("</ol>")[0] for page in pages]


# --- nothing


def empty(page: Element) -> tuple[str, str]:
    found = page.one(class_="empty")
    return found.one("p", class_="empty-title").text, found.text


def test_nothing_to_do_says_when_and_how_many_were_looked_at(as_member: AsMember) -> None:
    Episode.objects.update(closed_on=date(2026, 5, 30))
    title, text = empty(shown(as_member("csm")))
    assert title == "Nothing to do"
    assert "2 accounts were looked at as of 30 May 2026" in text


def test_filters_that_match_nothing_can_be_cleared(as_member: AsMember) -> None:
    page = shown(as_member("csm"), "/?rule=fading&state=snoozed")
    assert empty(page)[0] == "No alert matches these filters"
    assert page.one(class_="empty").one("a").attrs["href"] == "/?state=snoozed"


@pytest.mark.parametrize(
    ("tab", "title"),
    [("snoozed", "Nothing is snoozed"), ("handled", "Nothing has been handled yet")],
)
def test_empty_tabs_say_what_comes_there(as_member: AsMember, tab: str, title: str) -> None:
    assert empty(shown(as_member("csm"), f"/?state={tab}"))[0] == title


def test_one_without_accounts_is_told_where_they_come_from(as_member: AsMember) -> None:
    Account.objects.update(owner=None)
    assert empty(shown(as_member("csm")))[0] == "No accounts are yours yet"


def test_without_rules_it_says_what_rules_are_for(as_member: AsMember) -> None:
    Episode.objects.update(closed_on=date(2026, 5, 30))
    apply(DEFINITIONS[: DEFINITIONS.index("rules:")])
    assert empty(shown(as_member("csm")))[0] == "There are no rules yet"


def test_before_the_first_run_it_says_how_to_run(as_member: AsMember) -> None:
    Run.objects.all().delete()
    title, text = empty(shown(as_member("csm")))
    assert (title, text.endswith("banso run")) == ("Nothing has been computed yet", True)


def test_before_the_first_definitions_it_says_how_to_begin(as_member: AsMember) -> None:
    DefinitionSet.objects.all().delete()
    title, text = empty(shown(as_member("csm")))
    assert title == "No definitions are in force yet"
    assert "banso init" in text


def test_in_japanese_nothing_is_left_in_english(as_member: AsMember) -> None:
    Member.objects.update(language="ja")
    csm = as_member("csm")
    press(csm, alert_of("A2", "overdue"), "done")
    page = shown(csm)
    assert page.one("h1").text == "今日の対応"
    assert tabs(page) == ["未対応 2", "保留中 0", "対応済み 1"]
    assert toast(page).one("p").text == "対応済みにしました:A2 商事「overdue」"
