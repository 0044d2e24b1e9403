"""From any number to its definition, its SQL and the very facts; no number is a dead end."""

import re
from datetime import date, timedelta
from urllib.parse import quote

import duckdb
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from tests.pipeline.one_vendor import ago, contact, contacts, fact
from tests.pipeline.vendor import FIRST, LAST
from tests.web.conftest import AsMember
from tests.web.house_of_one import card, furnished, page, reader, the_account
from tests.web.markup import Element, read
from tests.web.site import Site

from banso.cli.session import Session
from banso.core.metrics.measure import CONTRACT
from banso.desk.models import Alert
from banso.desk.services.accounts import AccountRow, save_accounts
from banso.pipeline.one_account import one_account
from banso.pipeline.session import in_force
from banso.web.why.fields import OF_JOURNEY

METRICS = ("weekly_users", "weekly_users_change", "quiet_days", "seats", "utilisation", "answer")


def address(site: Site, name: str, *, key: str = "A1", route: str = "why", query: str = "") -> str:
    return reverse(route, args=(site.accounts[key], name)) + query


def titles(shown: Element) -> list[str]:
    return [x.text for x in shown.all("h2")]


# metrics


def test_a_metric_is_shown_with_its_value_its_days_and_how_it_is_made(
    vendor_site: Site, as_member: AsMember
) -> None:
    shown = page(as_member("admin"), address(vendor_site, "weekly_users"))
    definitions = in_force()
    assert definitions is not None
    account = vendor_site.accounts["A1"]
    with one_account(vendor_site.session.store, definitions, account=account, as_of=LAST) as one:
        value = one.told("weekly_users", LAST).value
    assert isinstance(value, float)
    answer = shown.one(class_="why-answer")
    assert shown.one("h1").text == "weekly_users"
    assert answer.one(class_="why-value").text == f"{value:.0f}"
    assert answer.one(class_="why-sentence").text == (
        "Number of different users in usage events, last 7 days"
    )
    assert (
        "What happened from 23 May 2026 to 29 May 2026 counts, both days included." in answer.text
    )
    assert shown.one(class_="why-lead").text == "A1 商事 A1 As of 30 May 2026 (Asia/Tokyo)"


def test_the_definition_stands_there_as_it_was_applied(
    vendor_site: Site, as_member: AsMember
) -> None:
    shown = page(as_member("admin"), address(vendor_site, "utilisation"))
    definition = card(shown, "Definition")
    assert definition.one("pre").text == (
        "- {name: utilisation, kind: ratio, of: weekly_users, by: seats}"
    )
    assert "all.yaml, line 10" in definition.text
    definitions = in_force()
    assert definitions is not None
    assert re.search(
        rf"Definitions {definitions.fingerprint[:8]}, applied .* \d\d:\d\d by test",
        definition.text,
    )


def test_the_newest_facts_are_those_that_count_and_all_are_a_click_away(
    vendor_site: Site, as_member: AsMember
) -> None:
    client = as_member("admin")
    shown = page(client, address(vendor_site, "weekly_users"))
    facts = card(shown, "The newest facts that count")
    rows = facts.one("tbody").all("tr")
    users = {x.all("td")[1].text for x in rows}
    assert len(users) == float(shown.one(class_="why-value").text)
    assert "利用者 A1 champion" in users
    assert users - {"利用者 A1 champion"} <= {f"A1-{n}" for n in range(5)}
    every = facts.one("a")
    assert every.text == f"All {len(rows)} facts"
    whole = page(client, every.attrs["href"])
    assert len(whole.one("tbody").all("tr")) == len(rows)
    assert whole.one("h2").text == f"{len(rows)} facts"


def test_all_facts_come_page_by_page(vendor_site: Site, as_member: AsMember) -> None:
    client = as_member("admin")
    next_page = address(vendor_site, "quiet_days", route="why_facts")
    times: list[str] = []
    while next_page:
        shown = page(client, next_page)
        times += [x.attrs["datetime"] for x in shown.all("time")]
        onward = [x for x in shown.all("a") if x.attrs.get("rel") == "next"]
        path = address(vendor_site, "quiet_days", route="why_facts")
        next_page = path + onward[0].attrs["href"] if onward else ""
    assert len(times) > 100
    assert times == sorted(times, reverse=True)
    assert shown.one("h2").text == f"{len(times)} facts"


@pytest.mark.parametrize("query", ["?after=x", "?before=1", "?after=" + "9" * 40 + ".1"])
def test_a_cursor_of_nobodys_making_is_not_found(
    vendor_site: Site, as_member: AsMember, query: str
) -> None:
    page(
        as_member("admin"),
        address(vendor_site, "weekly_users", route="why_facts", query=query),
        status=404,
    )


def test_what_is_made_of_others_leads_to_them_on_their_own_days(
    vendor_site: Site, as_member: AsMember
) -> None:
    client = as_member("admin")
    shown = page(client, address(vendor_site, "weekly_users_change"))
    links = card(shown, "Made of").one("tbody").all("a")
    now = address(vendor_site, "weekly_users")
    assert [x.attrs["href"] for x in links] == [now, f"{now}?as_of=2026-05-23"]
    then = page(client, links[1].attrs["href"])
    assert "As of 23 May 2026" in then.one(class_="why-lead").text
    assert "from 16 May 2026 to 22 May 2026" in then.one(class_="why-answer").text


def test_the_sql_gives_the_number_that_stands_above_it(session: Session) -> None:
    """Over the facts of the account, as the page shows them."""
    facts = [fact(ago(day), user=f"u{day % 4}") for day in range(1, 40)]
    furnished(session, "metrics: [{name: users, kind: distinct_users, window: 3d}]", events=facts)
    shown = page(reader(), reverse("why", args=(the_account(), "users")))
    sql = next(x for x in shown.all("pre") if "SELECT" in x.text)
    with duckdb.connect() as database:
        database.execute(
            'create table facts (account text, "user" text, dataset text, time timestamptz)'
        )
        for one in facts:
            database.execute(
                "insert into facts values ('A1', ?, 'events', make_timestamptz(?))",
                [one.user, one.time],
            )
        (found,) = database.execute(sql.text).fetchall()
    assert found == (3,)
    assert shown.one(class_="why-value").text == "3"


def test_where_it_is_used_is_told_and_linked(vendor_site: Site, as_member: AsMember) -> None:
    shown = page(as_member("admin"), address(vendor_site, "weekly_users"))
    used = card(shown, "Used in")
    assert [x.text for x in used.all("li")] == [
        "Metric weekly_users_change",
        "Metric utilisation",
        "Entering a stage adoption: habit",
        "Health condition adoption: habit: users",
    ]
    assert used.all("a")[0].attrs["href"] == address(vendor_site, "weekly_users_change")


# no dead ends


def every_field() -> list[str]:
    journeys = [f"journey.adoption.{x}" for x in OF_JOURNEY]
    return [*METRICS, "segment.large", *CONTRACT, "attribute.region", *journeys]


@pytest.mark.parametrize("name", every_field())
@pytest.mark.parametrize("day", [LAST, FIRST, FIRST + timedelta(days=30)])
def test_every_name_that_a_reason_can_have_is_explained(
    vendor_site: Site, as_member: AsMember, name: str, day: date
) -> None:
    client = as_member("admin")
    shown = page(client, address(vendor_site, name, query=f"?as_of={day}"))
    assert shown.one(class_="why-value").text
    assert "Used in" in titles(shown)
    for link in shown.all("a"):
        target = link.attrs["href"]
        if "/why/" in target:
            page(client, target)


def test_every_reason_of_every_alert_is_explained(vendor_site: Site, as_member: AsMember) -> None:
    client = as_member("admin")
    asked = 0
    for alert in Alert.objects.select_related("episode__account"):
        for reason in alert.why:
            name, day = str(reason["metric"]), alert.episode.opened_on
            key = alert.episode.account.key
            shown = page(client, address(vendor_site, name, key=key, query=f"?as_of={day}"))
            said = shown.all(class_="notice")[0].text
            assert reason["text"]["en"] in said
            assert "As known now it is still so." in said
            asked += 1
    assert asked > 10


def test_what_an_alert_said_and_is_known_otherwise_now_is_told(
    vendor_site: Site, as_member: AsMember
) -> None:
    alert = Alert.objects.filter(episode__account__key="A1", episode__rule="quiet").latest("id")
    alert.why = [{**x, "value": 99.0} for x in alert.why]
    alert.save()
    day = alert.episode.opened_on
    shown = page(as_member("admin"), address(vendor_site, "quiet_days", query=f"?as_of={day}"))
    assert "As known now it is otherwise" in shown.one(class_="notice-warning").text


def test_a_segment_shows_what_is_compared(vendor_site: Site, as_member: AsMember) -> None:
    shown = page(as_member("admin"), address(vendor_site, "segment.large", key="A2"))
    assert shown.one(class_="why-value").text == "Yes"
    compared = card(shown, "What is compared").one("li")
    assert compared.text == "seats 10 (at least 10) Holds"
    assert compared.one("a").attrs["href"] == address(vendor_site, "seats", key="A2")


def test_what_is_made_of_contracts_shows_which_of_them_count(
    vendor_site: Site, as_member: AsMember
) -> None:
    shown = page(as_member("admin"), address(vendor_site, "seats", key="A2"))
    (row,) = card(shown, "Contracts").one("tbody").all("tr")
    assert row.text == ("A2-1 web 1 Apr 2026 31 Mar 2027 not told 10 ¥200,000 Yes")


def test_an_attribute_shows_its_values_and_which_counts(
    vendor_site: Site, as_member: AsMember
) -> None:
    shown = page(as_member("admin"), address(vendor_site, "attribute.region", key="A2"))
    (row,) = card(shown, "Values of the attribute").one("tbody").all("tr")
    assert row.text == "地域 A2 always, as far as known Yes"


def test_health_shows_the_conditions_of_the_stage_and_how_it_came_there(
    vendor_site: Site, as_member: AsMember
) -> None:
    shown = page(as_member("admin"), address(vendor_site, "journey.adoption.colour", key="A3"))
    assert shown.one(class_="why-value").text == "At risk"
    rows = card(shown, "Conditions of the stage").one("tbody").all("tr")
    assert [x.one("th").text for x in rows] == ["users", "promoter"]
    assert rows[0].one("a").attrs["href"] == address(vendor_site, "weekly_users", key="A3")
    assert card(shown, "How it came here, as known now").all("li")
    assert card(shown, "Definition").one("details")


def test_a_name_that_no_number_has_is_not_found_and_near_ones_are_named(
    vendor_site: Site, as_member: AsMember
) -> None:
    client = as_member("admin")
    shown = page(client, address(vendor_site, "weekly_user"), status=404)
    assert shown.one("h1").text == "There is no number called “weekly_user”"
    assert "weekly_users" in [x.text for x in shown.all("code")]
    for name in ("segment.x", "journey.adoption.nothing", "journey.x.stage", "attribute.x", "zzzz"):
        page(client, address(vendor_site, name), status=404)
    page(client, address(vendor_site, "weekly_user", route="why_facts"), status=404)


def test_all_facts_of_what_is_not_made_of_facts_lead_to_the_number(
    vendor_site: Site, as_member: AsMember
) -> None:
    for name in ("utilisation", "seats", "segment.large"):
        answer = as_member("admin").get(address(vendor_site, name, route="why_facts"))
        assert (answer.status_code, answer.headers["Location"]) == (302, address(vendor_site, name))


# why there is no number


def test_a_late_source_is_named_with_what_mends_it(session: Session) -> None:
    furnished(
        session,
        """
sources: [{name: web, label: {en: Web log, ja: ログ}, late_after: 3d}]
metrics: [{name: uses, kind: count, window: 7d}]
""",
        events=[fact(ago(60)), fact(ago(12))],
    )
    shown = page(reader(), reverse("why", args=(the_account(), "uses")))
    notice = shown.one(class_="notice-warning")
    assert shown.one(class_="why-value").text == "Source late"
    assert "Web log (last fact 20 May 2026)" in notice.text
    assert notice.one("code").text == "banso import events FILE --source web"


def test_a_source_that_never_came_is_told_with_the_way_to_connect_it(session: Session) -> None:
    furnished(
        session, "metrics: [{name: answer, kind: latest, of: record.nps}]", events=[fact(ago(9))]
    )
    shown = page(reader(), reverse("why", args=(the_account(), "answer")))
    notice = shown.one(class_="notice-warning")
    assert "No fact that it counts has ever arrived, of any account." in notice.text
    assert notice.one("code").text == "banso import records FILE --source NAME"


# hostile text, other zones, first facts


def test_text_from_outside_is_shown_and_never_run(session: Session) -> None:
    evil = "<script>alert(1)</script>"
    metric = "metrics: [{name: uses, kind: count, where: \"event != '</code><b>x'\"}]"
    contacts_of = contact("c1", user=evil, name=f"n{evil}", role=f"r{evil}")
    properties = '{"<i>":"<img src=x>"}'
    events = [fact(ago(2), evil, user=evil, feature=evil, product=evil, properties=properties)]
    save_accounts([AccountRow(row=0, key=evil)], effective=ago(90))
    furnished(session, metric, events=events)
    contacts(contacts_of)
    answer = reader().get(reverse("why", args=(the_account(), "uses")))
    html = answer.content.decode()
    assert evil not in html
    assert "<img" not in html
    assert "<b>x" not in html
    row = card(read(html).one("main"), "The newest facts that count").one("tbody").one("tr")
    assert row.all("td")[1].text == f"n{evil} r{evil}"
    assert "<i> <img src=x>" in row.all("td")[2].text
    unknown = reader().get(reverse("why", args=(the_account(), quote("<b>", safe=""))))
    assert "<b>" not in unknown.content.decode()


def test_facts_are_told_in_the_organisations_time(session: Session) -> None:
    events = [fact(ago(2), hour=0, minute=30)]
    furnished(session, "metrics: [{name: uses, kind: count}]", events=events)
    shown = page(reader(), reverse("why", args=(the_account(), "uses")))
    assert shown.one("time").text == "30 May 2026 00:30:00"


def test_what_is_counted_by_its_first_fact_shows_the_first_ones(session: Session) -> None:
    events = [fact(ago(100 - day), "order" if day > 10 else "login") for day in range(99)]
    furnished(
        session,
        "metrics: [{name: first, kind: time_to_first, where: event = 'order'}]",
        events=events,
    )
    shown = page(reader(), reverse("why", args=(the_account(), "first")))
    facts = card(shown, "The first facts that count")
    times = [x.text for x in facts.all("time")]
    assert len(times) == 20
    assert times[-1].startswith("4 Mar 2026")
    assert shown.one(class_="why-value").text == "11 days"


# rights


def test_an_account_out_of_reach_is_not_found(vendor_site: Site, as_member: AsMember) -> None:
    for handle in ("admin", "csm", "manager", "viewer"):
        client = as_member(handle)
        for key in vendor_site.unseen(handle):
            for route in ("why", "why_facts"):
                page(client, address(vendor_site, "weekly_users", key=key, route=route), status=404)
    page(as_member("csm"), address(vendor_site, "weekly_users", key="A1"))


def test_amounts_of_money_are_hidden_from_those_who_may_not_see_them(
    vendor_site: Site, as_member: AsMember
) -> None:
    for name in ("contract.arr", "contract.seats", "seats"):
        html = as_member("viewer").get(address(vendor_site, name, key="A2")).content.decode()
        assert "200,000" not in html
        assert "200000" not in html
    seen = page(as_member("admin"), address(vendor_site, "contract.arr", key="A2"))
    assert seen.one(class_="why-value").text == "¥200,000"
    hidden = page(as_member("viewer"), address(vendor_site, "contract.arr", key="A2"))
    assert hidden.one(class_="why-value").text == "Amounts of money are not shown to you"


# cost


@pytest.mark.parametrize("name", every_field())
def test_the_number_of_queries_is_fixed(vendor_site: Site, as_member: AsMember, name: str) -> None:
    client = as_member("admin")
    client.get(address(vendor_site, name))
    with CaptureQueriesContext(connection) as asked:
        client.get(address(vendor_site, name))
    assert len(asked) <= 12
