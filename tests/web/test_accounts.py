"""The list of accounts: what it shows, filters, sorting, pages, columns."""

import re
from collections.abc import Callable, Sequence
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
from django.db import connection
from django.db.models import F
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext
from tests.pipeline.vendor import DEFINITIONS, FIRST, apply
from tests.web.conftest import AsMember
from tests.web.markup import Element, read
from tests.web.site import SEEN, Site

from banso.desk.models import (
    Account,
    Alert,
    AlertState,
    DefinitionSet,
    Measured,
    Member,
    Run,
    Standing,
)
from banso.desk.search import fold_name
from banso.desk.services.accounts import AccountRow, save_accounts
from banso.web.accounts import cells
from banso.web.accounts import page as list_page

HTMX = {"HX-Request": "true"}


def shown(client: Client, address: str = "/accounts/", **headers: str) -> Element:
    response = client.get(address, headers=headers)
    assert response.status_code == 200
    return read(response.content)


def rows(page: Element) -> list[Element]:
    return page.one("table").one("tbody").all("tr")


def names(page: Element) -> list[str]:
    return [row.one("th").text for row in rows(page)] if page.all("table") else []


def headings(page: Element) -> list[str]:
    return [heading.text for heading in page.one("thead").all("th")]


def chips(page: Element) -> dict[str, str]:
    return {
        x.text: x.attrs["href"] for x in page.one(id="accounts-choices").all("a", class_="badge")
    }


def named(keys: Sequence[str]) -> list[str]:
    return [f"{key} 商事" for key in keys]


def many(count: int) -> None:
    """So many more accounts like A1."""
    model = Standing.objects.get(account__key="A1", lead=True)
    measured = Measured.objects.get(account__key="A1")
    for n in range(count):
        key = f"M{n:03d}"
        account = Account.objects.create(key=key, name=key, folded=fold_name(key, key))
        Measured.objects.create(
            account=account,
            numbers=measured.numbers,
            reasons=measured.reasons,
            texts=measured.texts,
        )
        model.pk, model.account = None, account
        model._state.adding = True
        model.save()


# --- what is shown


@pytest.mark.parametrize("handle", SEEN)
def test_everybody_sees_the_accounts_in_their_reach(as_member: AsMember, handle: str) -> None:
    page = shown(as_member(handle))

    assert sorted(names(page)) == named(SEEN[handle])
    assert page.one(id="accounts-count").text.split()[0] == str(len(SEEN[handle]))


def test_a_row_says_what_the_standing_says(as_member: AsMember, vendor_site: Site) -> None:
    standing = Standing.objects.select_related("account").get(account__key="A1", lead=True)

    (row,) = rows(shown(as_member("csm"), "/accounts/?q=A1&columns=owner,stage,health,arr,seats"))

    account = f"/accounts/{vendor_site.accounts['A1']}/"
    score = row.one("td", class_="accounts-health")
    assert row.one("th").one("a").attrs["href"] == account
    assert row.one("td", class_="accounts-owner").text == "csm"
    assert row.one("td", class_="accounts-stage").text.startswith(
        f"{standing.stage} {standing.days_in_stage} day"
    )
    assert standing.score is not None
    assert score.one("a").text == str(round(standing.score))
    assert score.one("a").attrs["href"] == f"{account}why/journey.adoption.score/"
    assert row.one("td", data_label="ARR").text == "¥100,000"
    assert row.one("td", data_label="Seats").text == "5"


def test_what_is_unmeasured_says_so_and_is_never_zero(as_member: AsMember) -> None:
    Standing.objects.filter(account__key="A1").update(
        score=None, colour="unmeasured", urgency=2, arr=None, seats=None, ends_on=None
    )

    (row,) = rows(shown(as_member("csm"), "/accounts/?q=A1&columns=health,arr,seats,contract"))

    assert row.one("td", class_="accounts-health").text == "Unmeasured"
    assert [x.text for x in row.all("td", class_="num")] == ["Unmeasured"] * 3


def test_an_account_on_several_journeys_shows_the_most_urgent_and_names_the_others(
    as_member: AsMember,
) -> None:
    lead = Standing.objects.get(account__key="A1", lead=True)
    lead.colour, lead.urgency = "at_risk", 0
    lead.save()
    other = DefinitionSet.objects.order_by("-pk")[0]
    text = other.files["all.yaml"]
    journey = (
        "journeys:\n  - {name: reporting, label: {en: Reporting, ja: 帳票}, stages: [{name: s}]}"
    )
    other.pk = None
    other.files = {"all.yaml": text.replace("journeys:", journey)}
    other.save()
    lead.pk, lead.lead, lead.journey, lead.colour, lead.urgency = (
        None,
        False,
        "reporting",
        "watch",
        1,
    )
    lead._state.adding = True
    lead.save()

    (row,) = rows(shown(as_member("csm"), "/accounts/?q=A1"))

    assert row.one("td", class_="accounts-health").all("span", class_="chip")[0].text == "At risk"
    assert row.one("td", class_="accounts-stage").text.endswith("adoption Reporting Watch")


def test_an_account_on_no_journey_is_listed_with_words(as_member: AsMember) -> None:
    Standing.objects.filter(account__key="A1").update(
        journey="", stage="", colour="", urgency=4, days_in_stage=None, score=None, confidence=None
    )

    (row,) = rows(shown(as_member("csm"), "/accounts/?colour=none"))

    assert row.one("th").text == "A1 商事"
    assert row.one("td", class_="accounts-stage").text == "On no journey"


def test_names_from_outside_are_text_and_nothing_else(as_member: AsMember) -> None:
    hostile = '"><script>alert(1)</script>'
    Account.objects.filter(key="A1").update(name=hostile)

    response = as_member("csm").get("/accounts/")

    assert hostile not in response.content.decode()
    assert hostile in names(read(response.content))


# --- filters


def test_two_japanese_characters_find_an_account_and_one_too(as_member: AsMember) -> None:
    name = "東京ガラス(株)"
    save_accounts([AccountRow(row=1, key="A2", name=name)], effective=FIRST)

    for query in ("東京", "ｶﾞﾗｽ", "東京 a2"):
        assert names(shown(as_member("admin"), f"/accounts/?q={query}")) == [name]
    assert names(shown(as_member("admin"), "/accounts/?q=大阪")) == []


def filtered(address: str) -> set[str]:
    """Keys of the accounts that a filter should leave, read from the tables by other means."""
    asked = {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}
    found = set()
    for row in Standing.objects.select_related("account").filter(lead=True):
        fits = (
            asked.get("colour", row.colour) == row.colour
            and asked.get("stage", row.stage) == row.stage
            and asked.get("journey", row.journey) == row.journey
            and (asked.get("overdue") != "1" or row.overdue is True)
            and asked.get("owner", str(row.account.owner_id)) == str(row.account.owner_id)
        )
        if fits:
            found.add(row.account.key)
    return found


@pytest.mark.parametrize(
    "query",
    [
        "journey=adoption&stage=habit",
        "journey=adoption&stage=onboarding",
        "stage=habit",
        "colour=at_risk",
        "colour=healthy",
        "colour=unmeasured",
        "overdue=1",
        "journey=adoption&stage=habit&overdue=1",
    ],
)
def test_a_filter_leaves_what_it_says(as_member: AsMember, query: str) -> None:
    address = f"/accounts/?{query}"
    page = shown(as_member("admin"), address)

    assert {name.split()[0] for name in names(page)} == filtered(address)


def test_filters_by_owner(as_member: AsMember, vendor_site: Site) -> None:
    Account.objects.filter(key="A6").update(owner=None)

    owner = vendor_site.members["other"]
    mine = shown(as_member("admin"), f"/accounts/?owner={owner}")
    nobodys = shown(as_member("admin"), "/accounts/?owner=none")

    assert sorted(names(mine)) == named(["A4", "A5"])
    assert list(chips(mine)) == ["Owner: other"]
    assert names(nobodys) == named(["A6"])
    assert list(chips(nobodys)) == ["No owner"]


def test_the_owners_offered_are_those_of_accounts_in_reach(as_member: AsMember) -> None:
    owners = shown(as_member("manager")).one("select", id="accounts-owner").all("option")

    assert [x.text for x in owners] == ["Owner", "csm", "mate", "No owner"]


def test_a_chip_takes_its_filter_out_and_keeps_the_others(as_member: AsMember) -> None:
    page = shown(as_member("admin"), "/accounts/?journey=adoption&stage=habit&alerts=1&sort=-score")

    assert chips(page) == {
        "adoption": "/accounts/?alerts=1&sort=-score",
        "habit": "/accounts/?journey=adoption&alerts=1&sort=-score",
        "Open alerts": "/accounts/?journey=adoption&stage=habit&sort=-score",
    }
    assert page.one("a", class_="accounts-clear").attrs["href"] == "/accounts/?sort=-score"


def test_the_form_shows_what_is_asked_for(as_member: AsMember) -> None:
    page = shown(as_member("admin"), "/accounts/?colour=watch&overdue=1&q=A&sort=name")

    chosen = [x.attrs["value"] for x in page.all("option") if "selected" in x.attrs]
    assert chosen == ["watch"]
    assert page.one("input", id="accounts-q").attrs["value"] == "A"
    assert "checked" in page.one("input", id="accounts-overdue").attrs
    assert "checked" not in page.one("input", id="accounts-alerts").attrs
    assert page.one("input", name="sort").attrs["value"] == "name"


def test_what_the_definitions_do_not_have_is_left_out_and_said(as_member: AsMember) -> None:
    page = shown(as_member("admin"), "/accounts/?stage=gone&owner=x&renewal=-3&colour=at_risk")

    said = page.one("div", role="alert")
    assert [x.text for x in said.all("code")] == ["stage=gone", "owner=x", "renewal=-3"]
    assert list(chips(page)) == ["At risk"]


def test_nothing_that_matches_says_what_to_do(as_member: AsMember) -> None:
    page = shown(as_member("admin"), "/accounts/?q=nobody-is-called-this")

    empty = page.one("div", class_="empty")
    assert empty.one("p", class_="empty-title").text == "No account matches"
    assert empty.one("a").attrs["href"] == "/accounts/"


# --- sorting and pages


def values(page: Element, label: str) -> list[str]:
    return [row.one("td", data_label=label).text for row in rows(page)]


def test_a_heading_sorts_by_its_column_and_back(as_member: AsMember) -> None:
    client = as_member("admin")
    first = shown(client)
    (by_arr,) = (x for x in first.one("thead").all("a") if x.text == "ARR")
    down = shown(client, by_arr.attrs["href"])
    (again,) = (x for x in down.one("thead").all("a") if x.text == "ARR")
    up = shown(client, again.attrs["href"])

    amounts = [f"¥{n}00,000" for n in range(1, 7)]
    assert (values(down, "ARR"), values(up, "ARR")) == (amounts[::-1], amounts)
    orders = [
        [(x.text, x.attrs["aria-sort"]) for x in page.all("th") if "aria-sort" in x.attrs]
        for page in (first, down, up)
    ]
    assert orders == [
        [("Health Score", "ascending")],
        [("ARR", "descending")],
        [("ARR", "ascending")],
    ]


def test_the_most_urgent_come_first(as_member: AsMember) -> None:
    expected = [
        f"{x.account.key} 商事"
        for x in sorted(
            Standing.objects.select_related("account").filter(lead=True),
            key=lambda x: (x.urgency, -(x.arr or 0)),
        )
    ]
    assert names(shown(as_member("admin"))) == expected


def test_pages_go_on_and_back_without_a_gap(
    as_member: AsMember, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(list_page, "SIZE", 2)
    client, seen = as_member("admin"), []
    page = shown(client, "/accounts/?sort=name")
    while True:
        seen.append(names(page))
        onward = page.all("a", rel="next")
        if not onward:
            break
        page = shown(client, "/accounts/" + onward[0].attrs["href"])
    back = shown(client, "/accounts/" + page.one("a", rel="prev").attrs["href"])

    assert seen == [named(["A1", "A2"]), named(["A3", "A4"]), named(["A5", "A6"])]
    assert names(back) == named(["A3", "A4"])


def test_more_than_are_counted_are_said_to_be_more(
    as_member: AsMember, monkeypatch: pytest.MonkeyPatch
) -> None:
    count = list_page.count_accounts
    monkeypatch.setattr(list_page, "count_accounts", lambda *x: count(*x, most=4))

    assert shown(as_member("admin")).one(id="accounts-count").text == "4+ accounts"


# --- columns


def test_columns_are_chosen_and_kept_in_this_browser(as_member: AsMember) -> None:
    client = as_member("csm")
    usual = headings(shown(client))

    kept = client.post(
        "/accounts/columns/",
        {"columns": ["arr", "metric.weekly_users", "gone"], "query": "?q=A1&sort=-arr"},
    )
    chosen = headings(shown(client))
    client.post("/accounts/columns/", {"usual": "1"})

    assert (kept.status_code, kept["Location"]) == (302, "/accounts/?q=A1&sort=-arr")
    assert chosen == ["Account", "ARR", "weekly_users"]
    assert headings(shown(client)) == usual


def test_a_link_can_name_columns_and_changes_no_choice(as_member: AsMember) -> None:
    client = as_member("csm")
    client.post("/accounts/columns/", {"columns": ["arr"]})

    assert headings(shown(client, "/accounts/?columns=owner,seats")) == [
        "Account",
        "Owner",
        "Seats",
    ]
    assert headings(shown(client)) == ["Account", "ARR"]


def test_the_way_back_from_choosing_columns_stays_in_the_house(as_member: AsMember) -> None:
    answer = as_member("csm").post("/accounts/columns/", {"query": "https://evil.example/"})

    assert answer["Location"] == "/accounts/?https://evil.example/"


def test_metrics_show_what_the_run_measured(as_member: AsMember, vendor_site: Site) -> None:
    run = Run.objects.first()
    assert run is not None
    place = run.metrics.index("weekly_users")
    page = shown(as_member("admin"), "/accounts/?sort=name&columns=metric.weekly_users")

    expected = [str(int(x.numbers[place])) for x in Measured.objects.order_by("account__key")]
    assert values(page, "weekly_users") == expected
    why = rows(page)[0].one("td").one("a").attrs["href"]
    assert why == f"/accounts/{vendor_site.accounts['A1']}/why/weekly_users/"


def test_an_unmeasured_metric_says_why(as_member: AsMember) -> None:
    page = shown(as_member("csm"), "/accounts/?q=A1&columns=metric.answer")

    assert values(page, "answer") == ["No source"]


def test_amounts_are_not_for_everybody(as_member: AsMember) -> None:
    client = as_member("viewer")
    page = shown(client, "/accounts/?columns=arr,owner&sort=-arr")

    assert headings(page) == ["Account", "Owner"]
    assert page.one("form", id="accounts-filters").all("input", name="sort") == []
    offered = [x.attrs["value"] for x in page.all("input", name="columns")]
    assert "arr" not in offered
    assert re.search("[¥￥]", client.get("/accounts/").content.decode()) is None


# --- htmx, and how much is asked of the database


def test_for_htmx_only_what_changes_is_sent_with_a_clean_address(as_member: AsMember) -> None:
    response: HttpResponse = as_member("admin").get(
        "/accounts/?q=&journey=adoption&stage=&colour=", headers=HTMX
    )
    part = read(response.content)

    assert response["HX-Push-Url"] == "/accounts/?journey=adoption"
    assert part.all("html") == part.all("input", id="accounts-q") == []
    assert [x.attrs["id"] for x in part.all(hx_swap_oob="true")] == [
        "accounts-choices",
        "accounts-count",
        "accounts-actions",
    ]


def asked(client: Client, address: str) -> int:
    client.get(address)
    with CaptureQueriesContext(connection) as found:
        assert client.get(address).status_code == 200
    return len(found)


@pytest.mark.parametrize("columns", ["", "columns=segments,metric.weekly_users,metric.answer"])
def test_as_many_queries_for_sixty_rows_as_for_three(as_member: AsMember, columns: str) -> None:
    client, address = as_member("admin"), f"/accounts/?{columns}"
    Standing.objects.exclude(account__key__in=("A1", "A2", "A3")).delete()
    few = asked(client, address)
    many(60)

    assert asked(client, address) == few <= 13


def test_a_page_of_forty_rows_is_small(as_member: AsMember) -> None:
    many(60)
    response = as_member("admin").get("/accounts/", headers={"Accept-Encoding": "gzip"})

    assert len(rows(shown(as_member("admin")))) == 40
    assert response["Content-Encoding"] == "gzip"
    assert len(response.content) < 20_000


CHANGES: dict[str, Callable[[], object]] = {
    "nothing": lambda: None,
    "an account has another name": lambda: Account.objects.filter(key="A1").update(name="新商事"),
    "its owner has another name": lambda: Member.objects.filter(handle="csm").update(name="田中"),
    "an alert is handled": lambda: Alert.objects.update(state=AlertState.DONE),
    "it stands elsewhere": lambda: Standing.objects.update(colour="unmeasured"),
    "a metric was measured": lambda: Measured.objects.update(
        numbers=[7.0] * len(Run.objects.get().metrics)
    ),
    "it came into a segment": lambda: Standing.objects.update(segments=["large"]),
    "a day went by": lambda: Run.objects.update(as_of=F("as_of") + timedelta(days=1)),
    "a stage has another label": lambda: apply(
        DEFINITIONS.replace(HABIT, HABIT + "        label: {en: In use, ja: 定着}\n")
    ),
    "the reader reads Japanese": lambda: Member.objects.update(language="ja"),
    "the reader may not see amounts": lambda: Member.objects.update(sees_revenue=False),
}
HABIT = "      - name: habit\n"
SHOWN = "stage,health,owner,alerts,arr,contract,segments,metric.weekly_users"


@pytest.mark.parametrize("change", CHANGES)
def test_a_row_that_is_remembered_is_what_would_be_written_anew(
    as_member: AsMember, change: str
) -> None:
    admin = as_member("admin")
    before = table(admin)
    CHANGES[change]()
    remembered = table(admin)
    cells.memory.clear()
    assert remembered == table(admin)
    assert (remembered == before) == (change == "nothing")


def table(client: Client) -> str:
    page = client.get(f"/accounts/?columns={SHOWN}")
    return page.content.decode().partition("<tbody")[2].partition("</tbody>")[0]


# --- before there is anything


def test_before_the_first_run_the_next_step_is_said(as_member: AsMember) -> None:
    Run.objects.all().delete()

    empty = shown(as_member("admin")).one("div", class_="empty")

    assert empty.one("p", class_="empty-title").text == "Nothing has been computed yet"
    assert "banso import accounts" in empty.one("pre").text


def test_without_definitions_the_next_step_is_said(as_member: AsMember) -> None:
    DefinitionSet.objects.all().delete()

    assert shown(as_member("admin")).one("pre").text == "banso init banso apply definitions"


def test_without_accounts_the_next_step_is_said(as_member: AsMember) -> None:
    Standing.objects.all().delete()

    page = shown(as_member("admin"))
    own = shown(as_member("csm"))

    assert page.one("p", class_="empty-title").text == "There are no accounts yet"
    assert own.one("p", class_="empty-title").text == "No accounts are yours yet"


def test_days_left_are_counted_from_the_day_of_all_figures(as_member: AsMember) -> None:
    client = as_member("csm")
    as_of = Run.objects.latest("as_of").as_of
    ends = {"A1": as_of + timedelta(days=1), "A2": as_of - timedelta(days=1)}
    for key, day in ends.items():
        Standing.objects.filter(account__key=key).update(ends_on=day)

    page = shown(client, "/accounts/?columns=contract&sort=name")

    told = [x.text for row in rows(page) for x in row.all("span", class_="text-secondary")]
    assert told == ["1 day left", "ended"]
