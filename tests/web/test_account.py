"""One account: how it stands, how it came there, and what is known of any day."""

import json
import re
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from tests.pipeline.vendor import DEFINITIONS, FIRST, LAST, apply, furnish, noon, send, usage
from tests.web.conftest import AsMember
from tests.web.markup import Element, read
from tests.web.site import Site

from banso.core.events.fact import Fact
from banso.desk.models import Account, Assessment, Member, Reach, Role, Run
from banso.desk.services.accounts import AccountRow, save_accounts
from banso.pipeline.one_account import OneAccount, one_account
from banso.pipeline.run import run
from banso.pipeline.session import Session, in_force

DAY = LAST - timedelta(days=20)


def page(client: Client, address: str, status: int = 200) -> Element:
    answer = client.get(address)
    assert answer.status_code == status, address
    return read(answer.content).one("main")


def overview(site: Site, key: str = "A1", **query: object) -> str:
    words = "&".join(f"{name}={value}" for name, value in query.items())
    return reverse("account", args=(site.accounts[key],)) + (f"?{words}" if words else "")


@pytest.fixture
def one(vendor_site: Site) -> Iterator[OneAccount]:
    """A1 as the reader of pages gives it."""
    definitions = in_force()
    assert definitions is not None
    account = vendor_site.accounts["A1"]
    with one_account(vendor_site.session.store, definitions, account=account, as_of=LAST) as found:
        yield found


# overview


def test_the_head_says_who_the_account_is_and_how_it_stands(
    vendor_site: Site, as_member: AsMember
) -> None:
    shown = page(as_member("admin"), overview(vendor_site, "A3"))
    recorded = Assessment.objects.get(account__key="A3", as_of=LAST)
    head = shown.one("header", class_="page-head")
    assert head.one("h1").text == "A3 商事"
    assert head.one(class_="account-facts").text == (
        "A3 mate ARR ¥300K Contract ends on 31 Mar 2027 (in 305 days)"
    )
    assert recorded.colour == "at_risk"
    state = head.one(class_="account-states").text
    assert state == f"adoption {recorded.stage} At risk {recorded.score:.0f} Overdue"
    assert head.one(class_="account-tags").text == "large region 地域 A3"


def test_the_ladder_shows_every_stage_with_the_day_it_was_reached(
    vendor_site: Site, as_member: AsMember, one: OneAccount
) -> None:
    shown = page(as_member("admin"), overview(vendor_site))
    steps = shown.one("ol", class_="account-ladder").all("li")
    found = one.histories["adoption"].stage[0]
    first = next(i for i, stage in enumerate(found.tolist()) if stage == 1)
    days = int(one.histories["adoption"].days_in_stage[0, -1])
    assert [x.one(class_="account-step-label").text for x in steps] == ["onboarding", "habit"]
    assert [x.attrs.get("aria-current", "") for x in steps] == ["", "step"]
    reached = one.calendar.as_of(first)
    assert f"From {reached.day} " in steps[1].text
    assert f"{days} days of 20 expected" in steps[1].text
    assert "Longer than expected" in steps[1].text


def test_the_next_stage_says_what_it_waits_for(history: Session) -> None:
    save_accounts([AccountRow(row=1, key="B1", started_on=FIRST)], effective=FIRST)
    send(history, [x for x in usage(LAST - timedelta(days=4), LAST) if x.account == "A2"])
    shown = page(boss(), reverse("account", args=(Account.objects.get(key="B1").id,)))
    steps = [x.attrs["class"].split("-")[-1] for x in shown.one(class_="account-ladder").all("li")]
    assert steps == ["here", "next"]
    waits = shown.one(class_="account-next")
    assert waits.one("h3").text == "To reach habit"
    assert waits.text == "To reach habit weekly_users 0 (at least 3)"
    assert waits.one("svg").attrs["aria-label"] == "Missing"


def test_every_condition_stands_with_its_value_its_points_and_its_reason(
    vendor_site: Site, as_member: AsMember, one: OneAccount
) -> None:
    shown = page(as_member("admin"), overview(vendor_site))
    rows = shown.one("table", class_="account-conditions").one("tbody").all("tr")
    (assessment,) = one.assessments(LAST)
    users, promoter = assessment.conditions
    assert len(rows) == 2
    assert rows[0].one("a", class_="account-value").text == f"{users.value:.0f}"
    assert rows[0].all("td")[1].text == f"{users.points:g} of 1"
    assert promoter.points is None
    assert rows[1].all("td")[0].text == "No source"
    assert rows[1].all("td")[1].text == "– of 1"
    assert "answer:" in rows[1].one(class_="account-mend").text


def test_the_meter_shows_the_value_between_poor_and_good(
    vendor_site: Site, as_member: AsMember, one: OneAccount
) -> None:
    shown = page(as_member("admin"), overview(vendor_site))
    circle = shown.one(class_="account-line").one("circle")
    value = one.assessments(LAST)[0].conditions[0].value
    assert value is not None
    expected = 20 + (value - 1) / (4 - 1) * 60
    assert float(circle.attrs["cx"]) == pytest.approx(min(max(expected, 5), 95), abs=0.05)
    assert shown.one(class_="account-line-ends").text == "1 4"


def test_open_alerts_stand_there_with_their_reasons_and_closed_ones_do_not(
    vendor_site: Site, as_member: AsMember
) -> None:
    shown = page(as_member("admin"), overview(vendor_site))
    alerts = shown.all(class_="account-alert")
    assert [x.one("h3").text for x in alerts] == ["Low overdue", "High quiet"]
    reasons = alerts[0].one(class_="account-reasons")
    assert reasons.text == "adoption: longer in its stage than expected"
    why = reverse("why", args=(vendor_site.accounts["A1"], "journey.adoption.overdue"))
    assert reasons.one("a").attrs["href"] == f"{why}?as_of=2026-04-23"
    past = page(as_member("admin"), overview(vendor_site, as_of=FIRST + timedelta(days=5)))
    assert past.all(class_="account-alert") == []


def test_every_number_of_the_overview_leads_to_its_why(
    vendor_site: Site, as_member: AsMember
) -> None:
    client = as_member("admin")
    for as_of in (LAST, DAY):
        shown = page(client, overview(vendor_site, as_of=as_of))
        links = {x.attrs["href"] for x in shown.all("a") if "/why/" in x.attrs.get("href", "")}
        assert len(links) >= 5
        assert {client.get(link).status_code for link in links} == {200}
        carried = {link for link in links if as_of != LAST and "as_of=" not in link}
        assert carried == set()


def test_use_and_contract_stand_side_by_side_and_their_disagreement_is_told(
    vendor_site: Site, as_member: AsMember
) -> None:
    shown = page(as_member("admin"), overview(vendor_site, "A3"))
    card = next(x for x in shown.all("section") if "Use and contract" in x.text)
    assert "At risk" in card.text
    assert "Contracted seats 15" in card.text
    assert card.one(class_="account-contrasts").text == (
        "At risk, while the contract runs for 305 more days: there is time."
    )


def test_amounts_of_money_are_not_for_every_reader(vendor_site: Site, as_member: AsMember) -> None:
    for name in ("account", "account_metrics", "account_compare"):
        address = reverse(name, args=(vendor_site.accounts["A1"],))
        assert "ARR" in page(as_member("admin"), address).text
        assert "ARR" not in page(as_member("viewer"), address).text
        assert "100,000" not in as_member("viewer").get(address).content.decode()


def test_an_account_out_of_reach_is_not_there(vendor_site: Site, as_member: AsMember) -> None:
    routes = [("account", ()), ("account_metrics", ()), ("account_compare", ())]
    routes.append(("account_metric_chart", ("weekly_users",)))
    for name, more in routes:
        seen = reverse(name, args=(vendor_site.accounts["A1"], *more))
        unseen = reverse(name, args=(vendor_site.accounts["A4"], *more))
        assert as_member("csm").get(seen).status_code == 200
        assert as_member("csm").get(unseen).status_code == 404
        nobody = reverse(name, args=(999_999, *more))
        assert as_member("admin").get(nobody).status_code == 404


def test_the_questions_to_the_database_do_not_grow(vendor_site: Site, as_member: AsMember) -> None:
    client = as_member("admin")
    client.get(overview(vendor_site))
    for name in ("account", "account_metrics", "account_compare"):
        with CaptureQueriesContext(
            connection,
        ) as asked:
            client.get(reverse(name, args=(vendor_site.accounts["A1"],)))
        assert len(asked) <= 12, [x["sql"] for x in asked]


# time travel


def test_the_day_is_carried_along(vendor_site: Site, as_member: AsMember) -> None:
    shown = page(as_member("admin"), overview(vendor_site, as_of=DAY))
    tabs = shown.one("nav", class_="account-tabs").all("a")
    assert len(tabs) == 6
    assert all(x.attrs["href"].endswith(f"?as_of={DAY}") for x in tabs)
    newest = page(as_member("admin"), overview(vendor_site))
    assert all("?" not in x.attrs["href"] for x in newest.one(class_="account-tabs").all("a"))


def test_a_day_without_any_run_up_to_it_says_so(vendor_site: Site, as_member: AsMember) -> None:
    shown = page(as_member("admin"), overview(vendor_site, as_of=DAY)).one(class_="account-travel")
    assert "as it is known now" in shown.one("h2").text
    assert "No run had been made by then" in shown.text
    assert page(as_member("admin"), overview(vendor_site)).all(class_="account-travel") == []


@pytest.mark.parametrize(
    ("as_of", "words"),
    [
        ("2020-01-01", "Nothing is known of 1 Jan 2020"),
        ("2999-01-01", "1 Jan 2999 has not been computed yet"),
        ("yesterday", "This is not a date: yesterday"),
        ("<script>", "This is not a date: <script>"),
    ],
)
def test_a_day_of_which_nothing_can_be_known_is_told_in_words(
    vendor_site: Site, as_member: AsMember, as_of: str, words: str
) -> None:
    for name in ("account", "account_metrics", "account_compare"):
        address = reverse(name, args=(vendor_site.accounts["A1"],)) + f"?as_of={as_of}"
        assert words in page(as_member("admin"), address).one(class_="empty").text


def test_on_a_day_before_it_was_a_customer_nothing_is_assessed(
    vendor_site: Site, as_member: AsMember
) -> None:
    """The first day of all: facts count from the day after."""
    shown = page(as_member("admin"), overview(vendor_site, as_of=FIRST))
    assert "Not a customer on this day" in shown.one(class_="empty").text


@pytest.fixture
def history(session: Session) -> Session:
    """The small vendor, run on two days."""
    furnish(session)
    definitions = apply()
    for day in (DAY, LAST):
        run(session.store, definitions, as_of=day, since=FIRST + timedelta(days=10))
    Member.objects.create(handle="boss", role=Role.ADMIN, reach=Reach.ALL, language="en")
    return session


def boss() -> Client:
    client = Client()
    client.force_login(Member.objects.get(handle="boss"))
    return client


def travelled(as_of: date, key: str = "A1") -> Element:
    account = Account.objects.get(key=key).id
    address = f"{reverse('account', args=(account,))}?as_of={as_of}"
    return page(boss(), address).one(class_="account-travel")


def cells(shown: Element) -> list[str]:
    return [x.text for x in shown.one("tbody").all("td")]


def test_what_was_shown_then_stands_beside_what_is_known_now(history: Session) -> None:
    shown = travelled(DAY)
    then, now = cells(shown)
    recorded = Assessment.objects.get(account__key="A1", as_of=DAY)
    assert then == now
    assert then.startswith(recorded.stage)
    assert f"{recorded.score:.1f}".rstrip("0").rstrip(".") in then
    assert "This is what people were shown on that day" in shown.text
    assert "Nothing has come in since that changes this day." in shown.text


def test_a_day_between_two_runs_is_compared_with_the_run_before(history: Session) -> None:
    shown = travelled(DAY + timedelta(days=3))
    assert f"The newest before it was of {DAY.day} " in shown.text


def late(account: str, *, users: int) -> list[Fact]:
    """Use of the week before DAY by people nobody had heard of."""
    return [
        Fact(
            account=account,
            event="login",
            time=noon(DAY - timedelta(days=1 + n)),
            user=f"late-{n}",
            message_id=f"late-{n}",
        )
        for n in range(users)
    ]


def test_late_facts_are_named_as_the_cause(history: Session) -> None:
    send(history, late("A1", users=4))
    shown = travelled(DAY)
    assert cells(shown) == ["habit At risk 0", "habit Healthy 100"]
    assert "Differs" in shown.text
    assert "the definitions of then would say the same" in shown.text


OTHER = DEFINITIONS.replace("name: users, of: weekly_users, good: 4, poor: 1}", "name: users}")


def test_other_definitions_are_named_as_the_cause(history: Session) -> None:
    """A5 had two of the three users then: a third of the points, and none where it is all or
    nothing."""
    apply(OTHER)
    shown = travelled(DAY, "A5")
    assert cells(shown) == ["habit At risk 33.3", "habit At risk 0"]
    assert "from other definitions alone" in shown.text
    assert "by test." in shown.text


def test_both_are_named_where_both_made_the_difference(history: Session) -> None:
    apply(OTHER)
    send(history, late("A5", users=1))
    shown = travelled(DAY, "A5")
    assert cells(shown) == ["habit At risk 33.3", "habit Healthy 100"]
    assert "Both made the difference" in shown.text


def test_a_run_made_in_retrospect_is_told_as_such(history: Session) -> None:
    definitions = in_force()
    assert definitions is not None
    day = DAY - timedelta(days=5)
    run(history.store, definitions, as_of=day, since=None)
    assert Run.objects.filter(as_of=day).exists()
    assert "made later, in retrospect" in travelled(day).text


# metrics


def options(content: str) -> Any:
    (found,) = re.findall(
        r'<script id="history-[^"]+-options" type="application/json">(.*?)</script>', content
    )
    return json.loads(found)


def test_every_metric_stands_in_the_table_with_its_value_or_its_reason(
    vendor_site: Site, as_member: AsMember, one: OneAccount
) -> None:
    address = reverse("account_metrics", args=(vendor_site.accounts["A1"],))
    rows = page(as_member("admin"), address).one(id="metric-rows").one("tbody").all("tr")
    assert len(rows) == len(one.definitions.metrics)
    told = {x.one("th").one("a").text: x.all("td")[0].text for x in rows}
    assert told["answer"] == "No source"
    assert told["seats"] == "5"
    assert told["weekly_users"] == f"{one.told('weekly_users', LAST).value:.0f}"
    assert told["utilisation"] == f"{100 * float(str(one.told('utilisation', LAST).value)):g}%"


def test_the_change_is_against_four_weeks_before(
    vendor_site: Site, as_member: AsMember, one: OneAccount
) -> None:
    address = reverse("account_metrics", args=(vendor_site.accounts["A1"],))
    rows = page(as_member("admin"), address).one(id="metric-rows").one("tbody").all("tr")
    told = {x.one("th").one("a").text: x.all("td")[1].text for x in rows}
    now, then = (one.told("quiet_days", x).value for x in (LAST, LAST - timedelta(days=28)))
    assert isinstance(now, float)
    assert isinstance(then, float)
    assert told["quiet_days"] == f"{now - then:+.0f}".replace("-", "−").replace("+0", "±0")
    assert told["answer"] == "–"


def test_the_filter_finds_by_name(vendor_site: Site, as_member: AsMember) -> None:
    address = reverse("account_metrics", args=(vendor_site.accounts["A1"],))
    rows = (
        page(as_member("admin"), f"{address}?q=USERS").one(id="metric-rows").one("tbody").all("tr")
    )
    assert [x.one("th").one("a").text for x in rows] == ["weekly_users", "weekly_users_change"]
    nothing = page(as_member("admin"), f"{address}?q=zzz").one(id="metric-rows")
    assert "No metric is called that" in nothing.text


def test_the_chart_has_every_day_of_the_history_and_gaps_where_it_is_unmeasured(
    vendor_site: Site, as_member: AsMember, one: OneAccount
) -> None:
    address = reverse("account_metric_chart", args=(vendor_site.accounts["A1"], "weekly_users"))
    answer = as_member("admin").get(address, headers={"HX-Request": "true"}).content.decode()
    assert "<html" not in answer
    line = options(answer)["series"][0]
    calendar, column = one.calendar, one.panel.column("weekly_users")
    expected = [
        [str(calendar.as_of(n)), float(column.values[0, n]) if column.measured[0, n] else None]
        for n in range(calendar.days)
    ]
    assert line["data"] == expected
    assert None in [value for _, value in expected]


def test_unmeasured_days_are_shaded_under_the_name_of_their_reason(
    vendor_site: Site, as_member: AsMember, one: OneAccount
) -> None:
    address = reverse("account_metric_chart", args=(vendor_site.accounts["A1"], "weekly_users"))
    series = options(as_member("admin").get(address).content.decode())["series"]
    shades = {x["name"]: x["data"] for x in series if x.get("step")}
    reasons = one.panel.column("weekly_users").reasons[0].tolist()
    assert set(shades) == {"Not applicable", "Before first data"} & {
        {1: "Not applicable", 2: "Before first data"}[x] for x in reasons if x
    }
    days = [one.calendar.as_of(n) for n, x in enumerate(reasons) if x == 1]
    filled = {day for day, place, _ in shades["Not applicable"] if place == 1}
    assert {str(x) for x in days} <= filled
    assert filled - {str(x) for x in days} == {str(days[-1] + timedelta(days=1))}


def test_what_happened_is_marked_on_its_day(
    vendor_site: Site, as_member: AsMember, one: OneAccount
) -> None:
    address = reverse("account_metric_chart", args=(vendor_site.accounts["A1"], "weekly_users"))
    series = options(as_member("admin").get(address).content.decode())["series"]
    marks = {x["name"]: x["data"] for x in series if x["type"] == "scatter"}
    stages = [x for x in one.changes()["adoption"] if x.what == "stage"]
    assert [x[0] for x in marks["Stage"]] == [str(one.calendar.as_of(x.day)) for x in stages]
    assert [x[2] for x in marks["Stage"]] == ["habit"]
    opened = Account.objects.get(key="A1").episodes.order_by("opened_on", "id")
    assert [x[0] for x in marks["Alert opened"]] == [str(x.opened_on) for x in opened]


def test_the_score_is_drawn_over_the_bands_of_its_colours(
    vendor_site: Site, as_member: AsMember, one: OneAccount
) -> None:
    name = "journey.adoption.score"
    address = reverse("account_metric_chart", args=(vendor_site.accounts["A1"], name))
    picture = options(as_member("admin").get(address).content.decode())
    line = picture["series"][0]
    history = one.histories["adoption"]
    drawn = [float("nan") if value is None else value for _, value in line["data"]]
    assert drawn == pytest.approx(history.score[0].tolist(), rel=1e-4, nan_ok=True)
    assert [x[1]["yAxis"] for x in line["markArea"]["data"]] == [40.0, 70.0, 100]
    strip = {x["name"] for x in picture["series"] if x.get("step") and x["xAxisIndex"] == 1}
    words = ("Healthy", "Watch", "At risk", "Unmeasured")
    assert strip == {words[x] for x in set(history.colour[0].tolist()) if x >= 0}


def test_the_first_choice_is_the_score(vendor_site: Site, as_member: AsMember) -> None:
    address = reverse("account_metrics", args=(vendor_site.accounts["A1"],))
    assert (
        page(as_member("admin"), address).one(id="metric-chart").one("h2").text == "adoption score"
    )


def test_a_metric_that_is_not_there_or_not_for_this_reader_is_404(
    vendor_site: Site, as_member: AsMember
) -> None:
    account = vendor_site.accounts["A1"]
    for name in ("nothing", "journey.nothing.score", "journey.adoption.colour", "contract.arr"):
        address = reverse("account_metric_chart", args=(account, name))
        assert as_member("admin").get(address).status_code == 404
        whole = f"{reverse('account_metrics', args=(account,))}?metric={name}"
        assert as_member("admin").get(whole).status_code == 404


# compare


def test_the_parts_of_the_difference_sum_to_it(
    vendor_site: Site, as_member: AsMember, one: OneAccount
) -> None:
    before = DAY
    address = reverse("account_compare", args=(vendor_site.accounts["A1"],))
    shown = page(as_member("admin"), f"{address}?against={before}")
    (found,) = one.comparisons(before, LAST)
    assert found.ledger.difference is not None
    rows = shown.one("table", class_="account-ledger").one("tbody").all("tr")
    assert rows[0].all("td")[1].text == f"{found.before.score:.1f}".removesuffix(".0")
    assert rows[-1].all("td")[1].text == f"{found.after.score:.1f}".removesuffix(".0")
    parts = [x.all("td")[1].text for x in rows[1:-1]]
    amounts = [float(x.split()[-1].replace("−", "-")) for x in parts]
    assert amounts == [round(x.amount, 1) for x in found.ledger.parts]
    assert sum(amounts) == pytest.approx(found.ledger.difference, abs=0.05 * len(amounts) + 0.01)


def test_four_weeks_before_is_the_usual_day(vendor_site: Site, as_member: AsMember) -> None:
    address = reverse("account_compare", args=(vendor_site.accounts["A1"],))
    shown = page(as_member("admin"), address)
    assert shown.one(id="against").attrs["value"] == str(LAST - timedelta(days=28))
    assert shown.one(id="compared-with").attrs["value"] == str(LAST)


def test_days_the_wrong_way_round_are_put_right(vendor_site: Site, as_member: AsMember) -> None:
    address = reverse("account_compare", args=(vendor_site.accounts["A1"],))
    shown = page(as_member("admin"), f"{address}?as_of={DAY}&against={LAST}")
    assert shown.one(id="against").attrs["value"] == str(DAY)
    assert shown.one(id="compared-with").attrs["value"] == str(LAST)


def test_a_day_without_a_score_is_said_to_have_none(vendor_site: Site, as_member: AsMember) -> None:
    address = reverse("account_compare", args=(vendor_site.accounts["A1"],))
    shown = page(as_member("admin"), f"{address}?against={FIRST}")
    assert "There was no score on the first day, so nothing can be compared." in shown.text


# a house without anything


def test_without_definitions_the_page_teaches_what_to_do(session: Session) -> None:
    furnish(session)
    Member.objects.create(handle="boss", role=Role.ADMIN, reach=Reach.ALL, language="en")
    account = Account.objects.get(key="A1").id
    shown = page(boss(), reverse("account", args=(account,)))
    assert "Nothing is measured yet" in shown.text
    assert "banso apply definitions" in shown.text
