"""Definitions to read, with what they do to the accounts that a reader sees."""

import json
from collections import Counter
from collections.abc import Mapping
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from tests.pipeline.vendor import DEFINITIONS, LAST, apply
from tests.web.conftest import AsMember
from tests.web.markup import Element, read
from tests.web.site import SEEN, Site

from banso.core.definitions.model import Label
from banso.desk.models import (
    Account,
    Alert,
    AlertState,
    Episode,
    Measured,
    Member,
    Reach,
    Role,
    Run,
    Standing,
)
from banso.desk.queries.scope import EVERYTHING
from banso.desk.services.alerts import finish
from banso.pipeline.gather import gather
from banso.pipeline.kept_history import folder_of
from banso.pipeline.measure import panels
from banso.pipeline.session import Session
from banso.store.histories import SUMMARY, current
from banso.web.definitions.places import value_words

LABELLED = DEFINITIONS.replace(
    "{name: weekly_users, ",
    "{name: weekly_users, label: {en: Weekly users, ja: 週間利用者}, unit: {en: people, ja: 人}, ",
).replace(
    "metrics:\n",
    "metrics:\n  - {name: arr, kind: latest, of: contract.arr, label: {en: ARR, ja: 年間契約額}}\n",
)


def page(client: Client, address: str, status: int = 200) -> Element:
    answer = client.get(address)
    assert answer.status_code == status
    return read(answer.content)


def section(seen: Element, heading: str) -> Element:
    return next(x for x in seen.all("section") for h in x.all("h2") if h.text.startswith(heading))


def rows(within: Element) -> list[list[str]]:
    return [
        [x.text for x in row.children if isinstance(x, Element)]
        for body in within.all("tbody")
        for row in body.all("tr")
    ]


def options(seen: Element, chart: str) -> Mapping[str, object]:
    found: Mapping[str, object] = json.loads(seen.one("script", id=f"{chart}-options").text)
    return found


def sql(query: str, *values: object) -> list[tuple[object, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(query, values)
        return list(cursor.fetchall())


@pytest.fixture
def labelled(vendor_site: Site) -> Site:
    """The site with labels, and with a metric of money that is measured for all."""
    apply(LABELLED)
    run = Run.objects.first()
    assert run is not None
    run.metrics = [*run.metrics, "arr"]
    run.pk = None
    run.save()
    for measured in Measured.objects.all():
        measured.numbers = [*measured.numbers, 987_654.0]
        measured.reasons = [*measured.reasons, 0]
        measured.save()
    return vendor_site


# the list


def test_everything_in_force_is_listed(vendor_site: Site, as_member: AsMember) -> None:
    seen = page(as_member("viewer"), "/definitions/")
    names = {
        heading: [x.text for x in section(seen, heading).all("a", class_="named")]
        for heading in ("Journeys", "Rules", "Segments", "Metrics")
    }
    assert names == {
        "Journeys": ["adoption"],
        "Rules": ["quiet", "fading", "overdue"],
        "Segments": ["large"],
        "Metrics": [
            "weekly_users",
            "weekly_users_change",
            "quiet_days",
            "seats",
            "utilisation",
            "answer",
        ],
    }
    assert "Applied on" in seen.text
    assert "by test" in seen.text


@pytest.mark.parametrize("handle", ["admin", "manager", "csm"])
def test_counts_are_those_of_the_readers_accounts(
    vendor_site: Site, as_member: AsMember, handle: str
) -> None:
    mine = [vendor_site.accounts[key] for key in SEEN[handle]]
    seen = page(as_member(handle), "/definitions/")
    stages = [x.one("b").text for x in seen.one("ol", class_="curve").all("li")]
    expected = [
        sql("SELECT count(*) FROM standing WHERE account_id = ANY(%s) AND stage = %s", mine, stage)[
            0
        ][0]
        for stage in ("onboarding", "habit")
    ]
    assert stages == [str(n) for n in expected]
    figures = {row[0].split()[0]: row[2:] for row in rows(section(seen, "Rules"))}
    for rule in ("quiet", "fading", "overdue"):
        ((open_, opened),) = sql(
            "SELECT count(*) FILTER (WHERE closed_on IS NULL), "
            "count(*) FILTER (WHERE opened_on > %s) FROM episode "
            "WHERE rule = %s AND account_id = ANY(%s)",
            LAST - timedelta(days=28),
            rule,
            mine,
        )
        assert figures[rule][:2] == [str(open_), str(opened)]
    ((large,),) = sql(
        "SELECT count(DISTINCT account_id) FROM standing "
        "WHERE 'large' = ANY(segments) AND account_id = ANY(%s)",
        mine,
    )
    assert rows(section(seen, "Segments"))[0][1] == str(large)
    ((share,),) = sql(
        "SELECT avg((reasons[2] = 0)::int) FROM measured WHERE account_id = ANY(%s)", mine
    )
    metrics = {row[0].split()[0]: row for row in rows(section(seen, "Metrics"))}
    assert metrics["weekly_users_change"][2] == f"{float(str(share)):.0%}"
    assert metrics["answer"][2] == "0%"


def test_handled_is_a_share_of_what_opened_lately_and_useful_of_what_was_said(
    vendor_site: Site, as_member: AsMember
) -> None:
    lately = Alert.objects.filter(episode__opened_on__gt=LAST - timedelta(days=28))
    lately.update(state=AlertState.NOT_USEFUL)
    seen = page(as_member("admin"), "/definitions/")
    shown = [row[4:] for row in rows(section(seen, "Rules")) if row[3] != "0"]
    assert {tuple(x[:2]) for x in shown} == {("–", "100%")}
    assert {x[2].split(" ")[:2] == ["0%", "0%"] for x in shown} == {True}
    lately.update(state=AlertState.DONE)
    words = section(page(as_member("admin"), "/definitions/rules/quiet/"), "What became of them")
    useful = words.one("p", class_="useful").text
    assert useful.startswith("Members found 100% useful (")


@pytest.mark.parametrize(
    ("search", "found"),
    [
        ("週間", ["Weekly users", "weekly_users_change"]),
        ("weekly users", ["Weekly users", "weekly_users_change"]),
        ("utilisation", ["adoption", "utilisation"]),
        ("電話", ["quiet"]),
        ("zzz", []),
    ],
)
def test_words_are_found_in_both_languages(
    labelled: Site, as_member: AsMember, search: str, found: list[str]
) -> None:
    seen = page(as_member("csm"), f"/definitions/?q={search}")
    listed = [x.text for x in seen.all("a", class_="named")]
    assert set(found) <= set(listed)
    if not found:
        assert seen.one("p", class_="empty-title").text == "No definition has these words"


def test_earlier_sets_are_kept_with_what_they_could_change(
    vendor_site: Site, as_member: AsMember
) -> None:
    apply(DEFINITIONS.replace("電話する", "架電する"))
    apply(DEFINITIONS.replace("電話する", "架電する").replace("quiet_days >= 3", "quiet_days >= 4"))
    history = rows(section(page(as_member("csm"), "/definitions/"), "In force:"))
    assert [row[4] for row in history] == ["Words only", "The first set"]


def test_without_definitions_the_page_teaches_how_to_begin(session: Session) -> None:
    member = Member.objects.create(handle="a", role=Role.ADMIN, reach=Reach.ALL, language="en")
    client = Client()
    client.force_login(member)
    seen = page(client, "/definitions/")
    assert seen.one("p", class_="empty-title").text == "No definitions are in force yet"
    assert seen.one("pre").text == "banso init && banso apply definitions"
    unknown = page(client, "/definitions/metrics/x/", status=404)
    assert unknown.one("h1").text == "Nothing is defined as “x”"


def test_before_the_first_run_nothing_is_counted(session: Session) -> None:
    apply()
    member = Member.objects.create(handle="a", role=Role.ADMIN, reach=Reach.ALL, language="en")
    client = Client()
    client.force_login(member)
    assert "Not computed yet" in section(page(client, "/definitions/"), "Rules").text
    for address in ("metrics/weekly_users", "rules/quiet", "segments/large"):
        assert "Not computed yet" in page(client, f"/definitions/{address}/").text
    assert "No account" not in page(client, "/definitions/journeys/adoption/").text


# one metric


@pytest.mark.parametrize("handle", ["admin", "csm"])
def test_a_metrics_spread_is_that_of_sql(labelled: Site, as_member: AsMember, handle: str) -> None:
    mine = [labelled.accounts[key] for key in SEEN[handle]]
    seen = page(as_member(handle), "/definitions/metrics/weekly_users/")
    ((least, median, most, at_least_3),) = sql(
        "SELECT min(numbers[1]), percentile_cont(0.5) WITHIN GROUP (ORDER BY numbers[1]), "
        "max(numbers[1]), count(*) FILTER (WHERE numbers[1] >= 3) "
        "FROM measured WHERE account_id = ANY(%s)",
        mine,
    )
    boxes = seen.one("dl", class_="figures").all("div")
    figures = {x.one("dt").text: x.one("dd").text for x in boxes}
    assert figures["Measured for"] == "100%"
    assert figures["Median"] == f"{median:g} people"
    assert figures["Lowest and highest"] == f"{least:g} people – {most:g} people"
    bars = {row[0]: int(row[1]) for row in rows(seen.all("details", class_="chart-table")[0])}
    in_sql = sql(
        "SELECT numbers[1], count(*) FROM measured WHERE account_id = ANY(%s) GROUP BY 1", mine
    )
    assert {k: v for k, v in bars.items() if v} == {f"{value:g}": n for value, n in in_sql}
    thresholds = {row[1]: row[2] for row in rows(section(seen, "Thresholds"))}
    assert thresholds["≥ 3 people"].split()[0] == str(at_least_3)
    assert set(thresholds) == {"1 people: no points", "≥ 3 people", "4 people: all points"}
    assert seen.one("pre").text.startswith("- {name: weekly_users, label:")


def test_thresholds_stand_between_those_who_meet_them_and_those_who_do_not(
    labelled: Site, as_member: AsMember
) -> None:
    seen = page(as_member("admin"), "/definitions/metrics/weekly_users/")
    drawn = options(seen, "spread-chart")
    labels = drawn["xAxis"][0]["data"]  # type: ignore[index]  plain JSON
    marks = drawn["series"][1]["markLine"]["data"]  # type: ignore[index]
    at = {mark["label"]["formatter"]: mark["xAxis"] for mark in marks}
    assert at["2"] == labels.index("3")
    assert at["1"] == labels.index("1") + 0.5
    assert [row[0] for row in rows(section(seen, "Thresholds"))] == ["1", "2", "3"]


def test_where_a_metric_is_used_leads_there(labelled: Site, as_member: AsMember) -> None:
    client = as_member("csm")
    seen = page(client, "/definitions/metrics/weekly_users/")
    links = {x.text: x.attrs["href"] for x in section(seen, "Used in").all("a")}
    assert links == {
        "weekly_users_change": "/definitions/metrics/weekly_users_change/",
        "utilisation": "/definitions/metrics/utilisation/",
        "adoption: habit": "/definitions/journeys/adoption/#habit",
        "adoption: habit: users": "/definitions/journeys/adoption/#habit",
    }
    for address in links.values():
        assert client.get(address).status_code == 200


def test_the_outermost_accounts_are_the_readers_own(labelled: Site, as_member: AsMember) -> None:
    for n, key in enumerate(sorted(labelled.accounts)):
        Measured.objects.filter(account__key=key).update(
            numbers=[float(n), None, None, None, None, None, 1.0], reasons=[0, 3, 3, 3, 3, 3, 0]
        )
    seen = page(as_member("manager"), "/definitions/metrics/weekly_users/")
    assert rows(section(seen, "Highest")) == [
        ["A3 商事", "2 people"],
        ["A2 商事", "1 people"],
        ["A1 商事", "0 people"],
    ]
    address = section(seen, "Lowest").all("a")[1].attrs["href"]
    assert address == f"/accounts/{labelled.accounts['A1']}/why/weekly_users/"


def test_amounts_of_money_are_not_shown_to_those_who_may_not_see_them(
    labelled: Site, as_member: AsMember
) -> None:
    admin = page(as_member("admin"), "/definitions/metrics/arr/")
    assert "987,654" in admin.text
    viewer = as_member("viewer").get("/definitions/metrics/arr/").content.decode()
    assert "Amounts of money are not shown to you." in viewer
    assert "987,654" not in viewer
    assert "987654" not in viewer


def test_what_is_unmeasured_says_why(vendor_site: Site, as_member: AsMember) -> None:
    seen = page(as_member("admin"), "/definitions/metrics/answer/")
    spread = section(seen, "How it is spread")
    assert spread.one("ul", class_="chips").text.endswith("6 accounts")
    assert "It is measured for no account that you see." in spread.text
    assert seen.all("script", id="spread-chart-options") == []


# journeys, rules, segments


def test_a_journey_is_a_ladder_with_who_stands_on_each_step(
    vendor_site: Site, as_member: AsMember
) -> None:
    seen = page(as_member("admin"), "/definitions/journeys/adoption/")
    first, second = seen.one("ol", class_="ladder").all("li", class_="card")
    assert [x.one("h2").text for x in (first, second)] == ["1 onboarding", "2 habit"]
    assert "Everybody begins here." in first.text
    assert "weekly_users is at least 3" in second.text
    assert [row[:3] for row in rows(first)] == [
        ["used quiet_days is at most 5 days", "67%", "quiet_days"],
        ["seats_used utilisation is at least 30%", "33%", "All or none"],
    ]
    assert rows(first)[0][3:] == ["9 days", "2 days"]
    for stage in (first, second):
        name = stage.attrs["id"]
        for chip in stage.all("ul", class_="chips"):
            for item in chip.all("li"):
                address = item.one("a").attrs["href"]
                colour = address.rpartition("colour=")[2]
                n = Standing.objects.filter(stage=name, colour=colour).count()
                assert item.one("a").text == f"{n} account{'' if n == 1 else 's'}"
                assert address == f"/accounts/?journey=adoption&stage={name}&colour={colour}"
        accounts = Standing.objects.filter(stage=name)
        ((median,),) = sql(
            "SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY days_in_stage) FROM standing "
            "WHERE stage = %s",
            name,
        )
        if accounts:
            assert f"Median so far {median:g} day" in stage.text


def test_a_rule_tells_what_came_of_its_alerts(vendor_site: Site, as_member: AsMember) -> None:
    alert = Alert.objects.filter(episode__rule="quiet", episode__closed_on=None).first()
    assert alert is not None
    finish(scope=EVERYTHING, alert=alert.pk, today=LAST)
    seen = page(as_member("admin"), "/definitions/rules/quiet/")
    episodes = Episode.objects.filter(rule="quiet")
    open_ = episodes.filter(closed_on=None).count()
    button = seen.one("a", class_="btn-primary")
    assert button.text == f"{open_} open alert{'' if open_ == 1 else 's'}"
    assert button.attrs["href"] == "/?rule=quiet"
    weeks = {row[0]: int(row[1]) for row in rows(seen.one("details", class_="chart-table"))}
    assert len(weeks) == 26
    assert sum(weeks.values()) == episodes.count()
    last = episodes.filter(opened_on__gt=LAST - timedelta(days=7)).count()
    assert weeks["30 May 2026"] == last
    became = {row[0]: row[1] for row in rows(section(seen, "What became of them"))}
    assert became == {"Not handled": str(episodes.count() - 1), "Done": "1"}
    told = Counter(episodes.values_list("account__name", flat=True))
    often = {name: str(alerts) for name, alerts in told.items() if alerts > 1}
    assert often
    assert dict(rows(section(seen, "Accounts told of most often"))) == often
    assert seen.one("ul", class_="needs").text == "quiet_days is at least 3 days"
    assert "Opens when it held on 2 of the last 3 days, and holds today" in seen.text
    assert "Then does not open again for 4 days" in seen.text
    assert [x.text for x in section(seen, "Rests on").all("a")] == ["quiet_days"]


def test_a_segment_leads_to_its_accounts(vendor_site: Site, as_member: AsMember) -> None:
    seen = page(as_member("csm"), "/definitions/segments/large/")
    button = seen.one("a", class_="btn-primary")
    assert button.text == "1 account"
    assert button.attrs["href"] == "/accounts/?segment=large"
    assert seen.one("ul", class_="needs").text == "seats is at least 10"
    assert section(seen, "Used in").text == "Used in Nothing uses it."


@pytest.mark.parametrize(
    ("address", "meant"),
    [
        ("metrics/weekly_user", ["weekly_users", "weekly_users_change"]),
        ("metrics/QUIET_DAYS", ["quiet_days"]),
        ("rules/quite", ["quiet"]),
        ("segments/larg", ["large"]),
        ("journeys/xyz", []),
    ],
)
def test_an_unknown_name_is_answered_with_those_that_may_be_meant(
    vendor_site: Site, as_member: AsMember, address: str, meant: list[str]
) -> None:
    seen = page(as_member("csm"), f"/definitions/{address}/", status=404)
    assert [x.text for x in seen.one("main").all("code")] == meant


def test_hostile_names_are_only_text(vendor_site: Site, as_member: AsMember) -> None:
    answer = as_member("csm").get("/definitions/metrics/<script>alert(1)<%2Fscript>/")
    assert b"<script>alert" not in answer.content


# cost and languages


def test_queries_do_not_grow_with_rows(vendor_site: Site, as_member: AsMember) -> None:
    client = as_member("csm")
    mine = Member.objects.get(handle="csm")

    def asked(address: str) -> int:
        with CaptureQueriesContext(connection) as queries:
            assert client.get(address).status_code == 200
        return len(queries)

    addresses = (
        "/definitions/",
        "/definitions/metrics/weekly_users/",
        "/definitions/journeys/adoption/",
        "/definitions/rules/quiet/",
        "/definitions/segments/large/",
    )
    before = {address: (asked(address), asked(address))[1] for address in addresses}
    for n in range(30):
        account = Account.objects.create(key=f"B{n}", owner=mine)
        Measured.objects.create(account=account, numbers=[float(n)] + [None] * 5, reasons=[0] * 6)
        episode = Episode.objects.create(rule="quiet", account=account, opened_on=LAST)
        Alert.objects.create(
            episode=episode, priority="low", label={}, action={}, why=[], fingerprint="f",
            generation=1,
        )  # fmt: skip
    assert {address: asked(address) for address in addresses} == before


def test_a_japanese_reader_reads_japanese(labelled: Site, as_member: AsMember) -> None:
    client = as_member("csm")
    Member.objects.filter(handle="csm").update(language="ja")
    seen = page(client, "/definitions/metrics/weekly_users/")
    assert seen.one("h1").text == "週間利用者"
    assert "利用ログの利用者数(重複なし)、直近7日" in seen.text
    assert "≥ 3人" in section(seen, "しきい値").text
    assert Label(en="Weekly users", ja="週間利用者").en not in section(seen, "分布").text


def test_a_metric_says_how_it_has_developed(vendor_site: Site, as_member: AsMember) -> None:
    """By hand from the panels: the mean of the customers on the last day."""
    name = "weekly_users"
    definitions = vendor_site.session.applied()
    with vendor_site.session.store.snapshot() as snapshot:
        inputs = gather(vendor_site.session.store, snapshot, definitions, as_of=LAST)
        cells = [
            panel.column(name).values[at, -1]
            for _, panel in panels(inputs)
            for at in range(len(panel.accounts))
            if panel.customer[at, -1] and panel.column(name).measured[at, -1]
        ]
    seen = page(as_member("admin"), f"/definitions/metrics/{name}/")
    table = rows(section(seen, "How it has developed").one("table"))
    assert table[0][:2] == ["30 May 2026", value_words(definitions, name, sum(cells) / len(cells))]


def test_who_does_not_see_every_account_is_not_told_how_all_have_developed(
    vendor_site: Site, as_member: AsMember
) -> None:
    seen = page(as_member("csm"), "/definitions/metrics/weekly_users/")
    assert [x.text for x in seen.all("h2") if x.text == "How it has developed"] == []


def test_a_history_that_is_broken_is_said_to_be(vendor_site: Site, as_member: AsMember) -> None:
    found = current(folder_of(vendor_site.session.home))
    assert found is not None
    summary = found.folder / SUMMARY
    whole = summary.read_bytes()
    summary.write_bytes(whole[:-9])
    try:
        seen = page(as_member("admin"), "/definitions/metrics/weekly_users/")
    finally:
        summary.write_bytes(whole)
    told = section(seen, "How it has developed").one("p", class_="m-0").text
    assert told == "The kept history can't be read. The next run makes it again: banso run"
