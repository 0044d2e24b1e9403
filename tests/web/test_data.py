"""What comes from where, what became of it, what was refused."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import psycopg
import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from tests.pipeline.vendor import LAST, apply, noon
from tests.web.conftest import AsMember
from tests.web.markup import Element, read
from tests.web.site import OWN, Site

from banso.core.events.fact import Fact
from banso.desk.models import Contract, DataIncident, Member, Reach, Role
from banso.pipeline.session import Session
from banso.store import Ledger, Rejected
from banso.store.inspection import arrived

PROMOTER = "adoption: habit: promoter"
HOSTILE = '<script>alert(1)</script>"><img src=x onerror=alert(2)>'


def page(client: Client, address: str) -> Element:
    answer = client.get(address)
    assert answer.status_code == 200
    return read(answer.content)


def rows(table: Element) -> list[list[str]]:
    (body,) = table.all("tbody")
    return [[x.text for x in row.all("th") + row.all("td")] for row in body.all("tr")]


def section(seen: Element, heading: str) -> Element:
    return next(x for x in seen.all("section") if heading in [h.text for h in x.all("h2")])


@pytest.fixture
def operator(session: Session) -> Client:
    """Signed in to a home without anything."""
    member = Member.objects.create(
        handle="ops", role=Role.CS_OPS, reach=Reach.ALL, sees_revenue=True, language="en"
    )
    client = Client()
    client.force_login(member)
    return client


# sources


def test_a_source_is_shown_with_the_stores_own_numbers(
    vendor_site: Site, as_member: AsMember
) -> None:
    (web,) = arrived(vendor_site.session.store)
    quiet = (vendor_site.session.today - date(2026, 5, 30)).days - 1
    seen = page(as_member("viewer"), "/data/")
    (row,) = rows(section(seen, "Sources").one("table"))
    assert row == [
        "web web Events",
        # nothing has been computed for months
        f"Late {quiet} days without a fact May be silent for 5 days",
        f"{web.stored:,}",
        "",
        "1 Apr 2026 30 May 2026",
        f"{web.received:,}",
        f"{web.stored:,}",
        f"{web.duplicate:,}",
        f"{web.quarantined:,}",
        "4",
    ]
    terms = [x.text for x in seen.one("dl", class_="equation").all("dd")]
    assert terms == [f"{n:,}" for n in (web.received, web.stored, web.duplicate, web.quarantined)]


def test_the_metrics_of_a_source_are_one_click_away(vendor_site: Site, as_member: AsMember) -> None:
    client = as_member("csm")
    source = section(page(client, "/data/"), "Sources")
    (link,) = (x for x in source.all("a") if "definitions" in x.attrs["href"])
    listed = page(client, link.attrs["href"])
    names = [x.text for x in section(listed, "Metrics").all("a", class_="named")]
    assert names == ["weekly_users", "weekly_users_change", "quiet_days", "utilisation"]
    assert len(names) == int(link.text)


def test_the_book_is_counted_as_far_as_the_reader_sees(
    vendor_site: Site, as_member: AsMember
) -> None:
    for handle, keys in (("csm", OWN), ("manager", (*OWN, "A3"))):
        count = f"{len(keys)}"
        contracts = Contract.objects.filter(account__key__in=keys).count()
        book = rows(section(page(as_member(handle), "/data/"), "The book").one("table"))
        assert [row[:2] for row in book] == [
            ["Accounts", count],
            ["Contacts", count],
            ["Contracts", f"{contracts}"],
        ]


def test_what_no_source_sends_is_told_with_what_waits_for_it(
    vendor_site: Site, as_member: AsMember
) -> None:
    for handle, accounts in (("admin", 6), ("csm", 2)):
        seen = page(as_member(handle), "/data/")
        gaps = section(seen, "Unmeasured for lack of data")
        (row,) = rows(gaps.one("table"))
        assert row[:3] == [
            "records of kind nps No source sends it yet",
            f"Nothing has come {accounts} accounts",
            "answer",
        ]
        assert gaps.one("summary").text == "1 condition"
        waiting = [(x.text, x.attrs["href"]) for x in gaps.one("details").all("a")]
        assert waiting == [(PROMOTER, "/definitions/journeys/adoption/#habit")]


def test_a_home_without_data_teaches_how_to_import(operator: Client) -> None:
    seen = page(operator, "/data/")
    assert seen.one("p", class_="empty-title").text == "No facts yet"
    assert seen.one("pre").text.startswith("banso import events")
    assert seen.all("table") == []


def test_a_late_source_says_so_and_an_undeclared_one_is_not_watched(
    session: Session, operator: Client
) -> None:
    apply()
    days_ago = datetime.now(tz=UTC).date() - timedelta(days=9)
    for source in ("web", "other"):
        fact = Fact(account="A1", event="login", time=noon(days_ago))
        session.store.accept(source=source, dataset="events", facts=[fact])
    session.store.collect()
    states = [row[1] for row in rows(section(page(operator, "/data/"), "Sources").one("table"))]
    quiet = (datetime.now(tz=ZoneInfo("Asia/Tokyo")).date() - days_ago).days - 1
    assert states == [
        f"Late {quiet} days without a fact May be silent for 5 days",
        "Arriving Not in the definitions",
    ]


def test_facts_that_wait_are_counted(session: Session, operator: Client) -> None:
    fact = Fact(account="A1", event="login", time=noon(LAST))
    session.store.accept(source="web", dataset="events", facts=[fact])
    assert "1 fact has been accepted and waits to be collected." in page(operator, "/data/").text


# ledger


def enter(session: Session, hours: int) -> None:
    """One entry an hour, from noon of 30 May back."""
    start = datetime(2026, 5, 30, 12, tzinfo=UTC)
    with psycopg.connect(session.store.dsn) as server, server.cursor() as cursor:
        cursor.executemany(
            "INSERT INTO store.ledger VALUES ('web', 'events', %s, %s, %s, 0, 1)",
            [(start - timedelta(hours=n), n + 2, n + 1) for n in range(hours)],
        )


def test_the_ledger_is_told_by_day_of_the_organisation_or_by_hour(
    session: Session, operator: Client
) -> None:
    apply()
    enter(session, 24)
    by_day = rows(page(operator, "/data/ledger/").one("table"))
    # Midnight in Tokyo is 15:00 UTC: 12:00 UTC back to 15:00 of the day before are 30 May.
    assert by_day == [
        ["30 May 2026", "web", "Events", "275", "253", "0", "22"],
        ["29 May 2026", "web", "Events", "49", "47", "0", "2"],
    ]
    assert sum(range(2, 24)) == 275
    by_hour = rows(page(operator, "/data/ledger/?step=hour").one("table"))
    assert by_hour[0] == ["30 May 2026 21:00", "web", "Events", "2", "1", "0", "1"]
    assert len(by_hour) == 24


def test_the_ledgers_pages_show_every_entry_once(session: Session, operator: Client) -> None:
    enter(session, 120)
    found: list[list[str]] = []
    address: str | None = "?step=hour"
    while address:
        seen = page(operator, f"/data/ledger/{address}")
        found += rows(seen.one("table"))
        address = next((x.attrs["href"] for x in seen.all("a", rel="next")), None)
    assert [row[3] for row in found] == [f"{n + 2}" for n in range(120)]
    back = seen.one("a", rel="prev").attrs["href"]
    assert rows(page(operator, f"/data/ledger/{back}").one("table")) == found[50:100]


@pytest.mark.parametrize("place", ["x", "[1]", '["2026-05-30T12:00:00","web","events"]', "[]\0"])
def test_a_place_that_cannot_be_read_is_the_beginning(
    session: Session, operator: Client, place: str
) -> None:
    enter(session, 2)
    answer = operator.get("/data/ledger/", {"step": "hour", "after": place, "source": "web\0"})
    assert len(rows(read(answer.content).one("table"))) == 2


def test_an_empty_ledger_says_so(operator: Client) -> None:
    title = page(operator, "/data/ledger/").one("p", class_="empty-title")
    assert title.text == "Nothing has come in yet"


# quarantine


def refuse(session: Session, *reasons: str, source: str = "crm", payload: str = "x") -> None:
    session.store.reject(
        source=source,
        dataset="accounts",
        origin="customers.csv",
        rejected=[Rejected(n, reason, payload) for n, reason in enumerate(reasons, 2)],
        ledger=Ledger(received=len(reasons), quarantined=len(reasons)),
    )


def test_a_refused_row_says_where_why_and_what_to_do(session: Session, operator: Client) -> None:
    refuse(session, "seats: '1x': not a number", payload='{"seats": "1x"}')
    seen = page(operator, "/data/quarantine/")
    assert rows(section(seen, "Why, and what to do").one("table")) == [
        [
            "seats: …: not a number",
            "crm",
            "1",
            "Correct the cell in the file and import the file again. Rows that were taken are not "
            "taken twice.",
        ]
    ]
    (row,) = seen.one("ol", class_="refused").all("li")
    assert row.one("p", class_="refused-why").text == "seats: 1x: not a number"
    assert "crm · customers.csv, row 2 ·" in row.text
    assert row.one("pre").text == '{"seats": "1x"}'


def test_hostile_content_is_shown_and_does_nothing(session: Session, operator: Client) -> None:
    refuse(session, f"seats: '{HOSTILE}': not a number", source=HOSTILE, payload=HOSTILE)
    answer = operator.get("/data/quarantine/")
    assert "<script>alert" not in answer.content.decode()
    assert "<img" not in answer.content.decode()
    assert read(answer.content).one("ol", class_="refused").one("pre").text == HOSTILE


def test_rows_can_be_narrowed_to_one_reason_of_one_source(
    session: Session, operator: Client
) -> None:
    refuse(session, "seats: '1x': not a number", "no account", "seats: '2y': not a number")
    refuse(session, "no account", source="other")
    seen = page(operator, "/data/quarantine/")
    links = {x.text: x.attrs["href"] for x in section(seen, "Why, and what to do").all("a")}
    narrowed = page(operator, f"/data/quarantine/{links['seats: …: not a number']}")
    told = [x.text for x in narrowed.all("p", class_="refused-why")]
    assert told == ["seats: 2y: not a number", "seats: 1x: not a number"]
    assert [x.text for x in narrowed.all("tr", aria_current="true")[0].all("th")] == [
        "seats: …: not a number"
    ]
    assert page(operator, "/data/quarantine/?source=none").one("p", class_="empty-title").text == (
        "No such row is in quarantine"
    )


def test_pages_of_quarantine_show_every_row_once(session: Session, operator: Client) -> None:
    refuse(session, *(f"seats: '{n}': not a number" for n in range(70)))
    told: list[str] = []
    address: str | None = ""
    while address is not None:
        seen = page(operator, f"/data/quarantine/{address}")
        told += [x.text for x in seen.all("p", class_="refused-why")]
        address = next((x.attrs["href"] for x in seen.all("a", rel="next")), None)
    assert told == [f"seats: {n}: not a number" for n in reversed(range(70))]


def test_an_empty_quarantine_says_what_would_be_there(operator: Client) -> None:
    title = page(operator, "/data/quarantine/").one("p", class_="empty-title")
    assert title.text == "Nothing is in quarantine"


@pytest.mark.parametrize(("handle", "sees"), [("cs_ops", True), ("admin", True), ("csm", False)])
def test_only_operators_are_led_to_the_quarantine(
    vendor_site: Site, as_member: AsMember, handle: str, sees: bool
) -> None:
    client = as_member(handle)
    tabs = [x.text for x in page(client, "/data/").one("nav", class_="nav-tabs").all("a")]
    assert ("Quarantine" in tabs) is sees
    assert client.get("/data/quarantine/").status_code == (200 if sees else 403)


# cost


def test_queries_do_not_grow_with_rows(session: Session, operator: Client) -> None:
    apply()

    def asked(make: Callable[[], None], address: str) -> int:
        make()
        operator.get(address)
        with CaptureQueriesContext(connection) as queries:
            operator.get(address)
        return len(queries)

    for address in ("/data/", "/data/ledger/?step=hour", "/data/quarantine/"):
        before = asked(lambda: None, address)
        assert asked(lambda: refuse(session, *(f"no {n}" for n in range(40))), address) == before


def test_days_are_british_in_english_and_japanese_in_japanese(
    vendor_site: Site, as_member: AsMember
) -> None:
    client = as_member("csm")
    Member.objects.filter(handle="csm").update(language="ja")
    seen = page(client, "/data/")
    assert seen.one("h1").text == "データ"
    assert "1日ごと(5/30までの8週間)" in seen.text
    assert date(2026, 5, 30) == LAST


# incidents


def test_incidents_are_shown_with_what_when_and_whether_they_are_open(
    vendor_site: Site, as_member: AsMember
) -> None:
    day, now = date(2026, 6, 20), datetime(2026, 6, 20, 3, tzinfo=UTC)
    DataIncident.objects.create(
        source="web",
        fault="late",
        since=day,
        until=day + timedelta(days=1),
        opened_at=now,
        closed_at=now + timedelta(days=1),
    )
    DataIncident.objects.create(
        source="web", fault="doubled", since=day + timedelta(days=5), opened_at=now
    )
    told = section(page(as_member("viewer"), "/data/"), "Data incidents")
    assert rows(told.one("table")) == [
        ["web", "The same content twice", "from 25 Jun 2026 on", "20 Jun 2026 12:00", "Open"],
        [
            *("web", "Late", "from 20 Jun 2026, before 21 Jun 2026"),
            *("20 Jun 2026 12:00", "21 Jun 2026 12:00"),
        ],
    ]


def test_where_every_source_keeps_its_promise_nothing_is_said_of_incidents(
    vendor_site: Site, as_member: AsMember
) -> None:
    seen = page(as_member("viewer"), "/data/")
    assert "Data incidents" not in [h.text for h in seen.all("h2")]
