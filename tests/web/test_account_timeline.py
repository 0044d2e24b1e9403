"""Everything that happened to an account, by date, each with the way to its why."""

from datetime import date
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from tests.pipeline.one_vendor import ago, contact, contacts, fact
from tests.pipeline.vendor import LAST
from tests.web.conftest import AsMember
from tests.web.house_of_one import furnished, page, reader, the_account
from tests.web.markup import Element
from tests.web.site import Site

from banso.cli.session import Session
from banso.desk.models import Alert, Assignment, Change, Contact, Member
from banso.desk.queries.scope import EVERYTHING
from banso.desk.services.accounts import AccountRow, save_accounts
from banso.desk.services.alerts import finish
from banso.desk.services.contracts import ContractRow, save_contracts

KINDS = ("health", "alerts", "records", "contracts", "people", "attributes", "firsts", "sets")


def address(query: str = "") -> str:
    return reverse("account_timeline", args=(the_account(),)) + query


def told(shown: Element) -> list[tuple[str, list[str]]]:
    """Day by day: what happened."""
    days = shown.all("section", class_="timeline-day")
    return [(x.one("h2").text, [item.text for item in x.all("li")]) for x in days]


def test_answers_trainings_and_first_times_stand_by_day(session: Session) -> None:
    properties = '{"comment":"良い"}'
    furnished(
        session,
        "metrics: [{name: uses, kind: count}, {name: answer, kind: latest, of: record.nps}]",
        events=[fact(ago(5), user="ann", product="web", hour=9, minute=5)],
        records=[
            fact(ago(3), "nps", value=9.0, user="ann", hour=0, properties=properties),
            fact(ago(5), "training", hour=10),
        ],
    )
    contacts(contact("c1", user="ann", name="安藤"))
    shown = page(reader(), address("?kind=records"))
    assert told(shown) == [
        ("29 May 2026", ["nps: 9 安藤 comment 良い"]),
        ("27 May 2026", ["10:00 training"]),
    ]
    why = reverse("why", args=(the_account(), "answer"))
    day = shown.all("section", class_="timeline-day")[0]
    assert [x.attrs["href"] for x in day.all("a")] == [f"{why}?as_of=2026-05-30"]
    firsts = page(reader(), address("?kind=firsts"))
    assert told(firsts) == [
        (
            "27 May 2026",
            ["09:05 First use of the feature login web, 安藤", "09:05 First use of all 安藤"],
        )
    ]


def test_an_account_older_than_the_data_has_first_times_in_the_data_only(
    session: Session,
) -> None:
    save_accounts([AccountRow(row=0, key="A1", started_on=ago(900))], effective=ago(900))
    furnished(session, events=[fact(ago(5))])
    ((_, items),) = told(page(reader(), address("?kind=firsts")))
    assert items == [
        "12:00 First use of the feature login in the data",
        "12:00 First use in the data",
    ]


def test_contracts_owners_and_people_stand_there(session: Session) -> None:
    furnished(session, events=[fact(ago(90))])
    contract = {"start_on": ago(40), "end_on": ago(10), "signed_on": ago(50), "seats": 3}
    save_contracts([ContractRow(row=0, account="A1", key="k", product="web", **contract)])  # type: ignore[arg-type]  # a test's own values
    sato, ito = (Member.objects.create(handle=x, name=x) for x in ("佐藤", "伊藤"))
    account = the_account()
    Assignment.objects.create(account_id=account, member=sato, started_on=ago(60), ended_on=ago(20))
    Assignment.objects.create(account_id=account, member=ito, started_on=ago(20))
    contacts(contact("c1", name="安藤", role="head"))
    Contact.objects.filter(key="c1").update(left_on=ago(15))
    assert told(page(reader(), address("?kind=people"))) == [
        ("17 May 2026", ["安藤 left (head)"]),
        ("12 May 2026", ["Owner: 佐藤 → 伊藤"]),
        ("2 Apr 2026", ["Owner: 佐藤"]),
    ]
    steps = told(page(reader(), address("?kind=contracts")))
    assert [(day, items[0].split(" (web)")[0]) for day, items in steps] == [
        ("22 May 2026", "Last day of the contract: k"),
        ("22 Apr 2026", "Contract begins: k"),
        ("12 Apr 2026", "Contract signed: k"),
    ]
    assert steps[0][1][0].endswith("22 Apr 2026 to 22 May 2026, Seats: 3")


def test_amounts_are_not_told_to_those_who_may_not_see_them(session: Session) -> None:
    furnished(session, events=[fact(ago(90))])
    contract = {
        "start_on": ago(40),
        "end_on": ago(10),
        "arr": Decimal(1_234_567),
        "currency": "JPY",
    }
    save_contracts([ContractRow(row=0, account="A1", key="k", product="", **contract)])  # type: ignore[arg-type]  # a test's own values
    assert "¥1,234,567" in page(reader(), address()).text
    assert "1,234,567" not in reader(revenue=False).get(address()).content.decode()


def test_every_alert_change_and_handling_stands_there_with_its_reasons(
    vendor_site: Site, as_member: AsMember
) -> None:
    client = as_member("admin")
    account = vendor_site.accounts["A1"]
    alert = Alert.objects.filter(episode__account=account, episode__closed_on=None).latest("id")
    finish(scope=EVERYTHING, alert=alert.pk, today=LAST)
    target = reverse("account_timeline", args=(account,))
    alerts = [x for _, items in told(page(client, target + "?kind=alerts")) for x in items]
    mine = Alert.objects.filter(episode__account=account)
    opened = [x for x in alerts if x.startswith("Alert: ")]
    assert len(opened) == mine.count()
    assert len([x for x in alerts if x.startswith("Alert over: ")]) == (
        mine.exclude(episode__closed_on=None).count()
    )
    assert any("somebody marked as done: " in x for x in alerts)
    assert all(x["text"]["en"] in " ".join(opened) for one in mine for x in one.why[:1])
    health = [x for _, items in told(page(client, target + "?kind=health")) for x in items]
    assert len(health) >= Change.objects.filter(account=account).count()
    assert "adoption: not on it → habit" in " ".join(health)


def test_what_made_a_score_another_is_told_part_by_part(
    vendor_site: Site, as_member: AsMember
) -> None:
    change = Change.objects.exclude(parts=[]).filter(what="colour").latest("as_of")
    part = change.parts[0]
    target = reverse("account_timeline", args=(change.account_id,)) + "?kind=health"
    shown = page(as_member("admin"), target)
    label, amount = part["label"]["en"], abs(part["amount"])
    words = [x.text for x in shown.all(class_="timeline-detail") if x.text.startswith(label)]
    assert any(f"{amount:.1f}".removesuffix(".0") in x for x in words)


def test_changes_from_before_the_first_run_are_told_as_now_known(
    vendor_site: Site, as_member: AsMember
) -> None:
    target = reverse("account_timeline", args=(vendor_site.accounts["A1"],)) + "?kind=health"
    days = told(page(as_member("admin"), target))
    assert days[-1][0] == "2 Apr 2026"
    assert days[-1][1][0] == ("adoption: not on it → habit From before the first run, as now known")


def test_every_entry_leads_to_a_page(vendor_site: Site, as_member: AsMember) -> None:
    client = as_member("admin")
    target = reverse("account_timeline", args=(vendor_site.accounts["A1"],))
    shown = page(client, target)
    links = {
        x.attrs["href"] for day in shown.all("section", class_="timeline-day") for x in day.all("a")
    }
    assert len(links) > 5
    for link in links:
        assert client.get(link).status_code == 200, link


def test_pages_together_tell_everything_once_in_order(session: Session) -> None:
    records = [fact(ago(n // 3), "ticket", value=float(n), hour=n % 3) for n in range(3, 150)]
    furnished(session, events=[fact(ago(200))], records=records)
    client = reader()
    onward, numbers, pages = address(), [], 0
    while onward:
        shown = page(client, onward)
        numbers += [x.text for x in shown.all(class_="timeline-title") if "ticket" in x.text]
        links = [x.attrs["href"] for x in shown.all("a") if x.attrs.get("rel") == "next"]
        onward = address(links[0]) if links else ""
        pages += 1
    assert pages == 3
    values = [int(x.split("ticket: ")[1]) for x in numbers]
    assert sorted(values) == list(range(3, 150))
    assert values == sorted(values, key=lambda n: (n // 3, -(n % 3)))
    assert "Back to the newest" in shown.text


@pytest.mark.parametrize("kind", KINDS)
def test_each_kind_can_be_shown_alone(vendor_site: Site, as_member: AsMember, kind: str) -> None:
    target = reverse("account_timeline", args=(vendor_site.accounts["A1"],))
    shown = page(as_member("admin"), f"{target}?kind={kind}")
    (chosen,) = [x for x in shown.all("a") if x.attrs.get("aria-current") == "true"]
    assert f"kind={kind}" in chosen.attrs["href"]


def test_of_a_past_day_only_what_had_happened_by_then_is_told(session: Session) -> None:
    records = [fact(ago(9), "ticket"), fact(ago(4), "training")]
    furnished(session, events=[fact(ago(90))], records=records)
    days = told(page(reader(), address(f"?kind=records&as_of={ago(6)}")))
    assert [items for _, items in days] == [["12:00 ticket"]]


def test_an_attribute_tells_what_it_was_before(session: Session) -> None:
    furnished(session, events=[fact(ago(90))])
    for value, day in (("小", date(2026, 1, 1)), ("大", ago(8))):
        save_accounts([AccountRow(row=0, key="A1", attributes={"size": value})], effective=day)
    assert told(page(reader(), address("?kind=attributes"))) == [("24 May 2026", ["size: 小 → 大"])]


def test_text_from_outside_is_shown_and_never_run(session: Session) -> None:
    evil = "<script>alert(1)</script>"
    properties = '{"<i>":"<img src=x>"}'
    records = [fact(ago(3), evil, user=evil, properties=properties)]
    furnished(session, events=[fact(ago(9), feature=evil, user=evil)], records=records)
    html = reader().get(address()).content.decode()
    assert evil not in html
    assert "<img" not in html


def test_a_cursor_of_nobodys_making_is_not_found(session: Session) -> None:
    furnished(session, events=[fact(ago(9))])
    client = reader()
    for cursor in ("x", "1.2", "1.2.3.4", "9" * 40 + ".1.1"):
        assert client.get(address(f"?after={cursor}")).status_code == 404


def test_the_number_of_queries_does_not_grow(session: Session) -> None:
    furnished(session, events=[fact(ago(90))])
    client = reader()

    def queries() -> int:
        client.get(address())
        with CaptureQueriesContext(connection) as asked:
            client.get(address())
        return len(asked)

    few = queries()
    for number in range(40):
        Change.objects.create(
            account_id=the_account(),
            journey="x",
            as_of=ago(number),
            what="stage",
            before="a",
            after="b",
            fingerprint="f",
            generation=1,
        )
    assert queries() == few <= 25


def test_an_account_out_of_reach_is_not_found(vendor_site: Site, as_member: AsMember) -> None:
    for handle in ("csm", "manager"):
        for key in vendor_site.unseen(handle):
            target = reverse("account_timeline", args=(vendor_site.accounts[key],))
            assert as_member(handle).get(target).status_code == 404


def test_days_are_those_of_the_organisations_zone(session: Session) -> None:
    furnished(session, events=[fact(ago(90))], records=[fact(ago(3), "ticket", hour=0, minute=30)])
    assert told(page(reader(), address("?kind=records"))) == [("29 May 2026", ["00:30 ticket"])]
