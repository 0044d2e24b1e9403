"""The page of gaps: what was lost, which rule saw it, and where a rule would have helped."""

from datetime import date
from decimal import Decimal

import pytest
from tests.web.conftest import AsMember
from tests.web.site import Site
from tests.web.test_definitions import page, rows, section

from banso.desk.models import Foresight, Loss, Member
from banso.desk.services.foresight import keep_foresight
from banso.pipeline.session import in_force

GAPS = "/value/gaps/"
HABIT = {"journey": "adoption", "stage": "habit", "colour": "healthy"}


def kept_losses(site: Site, *, outcomes: tuple[str, ...] = ("churned",)) -> None:
    """A1 was seen 41 days before, A4 by nobody."""
    definitions = in_force()
    assert definitions is not None
    seen = Foresight(as_of=date(2026, 5, 30), since=date(2025, 5, 30), outcomes=list(outcomes),
                     fingerprint=definitions.fingerprint)  # fmt: skip
    sights = [
        {"rule": "quiet", "days_before": 41, "in_time": True},
        {"rule": "gone", "days_before": 3, "in_time": False},
    ]
    rows = [
        Loss(account_id=site.accounts["A1"], outcome="churned", on=date(2026, 5, 20), owner="csm",
             arr=Decimal(100_000), foreseen=True, sights=sights, was=[HABIT]),
        Loss(account_id=site.accounts["A4"], outcome="churned", on=date(2026, 4, 10), owner="",
             arr=None, foreseen=False, sights=[], was=[HABIT]),
    ]  # fmt: skip
    keep_foresight(seen, rows)


def test_each_loss_says_who_saw_it_and_where_it_stood(
    vendor_site: Site, as_member: AsMember
) -> None:
    kept_losses(vendor_site)
    seen = page(as_member("cs_ops"), GAPS)
    figures = section(seen, "In short").one("dl")
    assert [x.text for x in figures.all("dd")] == ["1 50%", "0", "1"]
    first, second = rows(section(seen, "Each loss"))
    assert first == [
        "A1 商事 csm",
        "20 May 2026 churned",
        "¥100K",
        "quiet 41 days before gone 3 days before, too late",
        "habit Healthy",
    ]
    assert (second[0], second[3]) == ("A4 商事", "No rule")
    assert "Unmeasured" in second[2]


def test_a_place_from_which_losses_were_missed_leads_to_a_draft_over_it(
    vendor_site: Site, as_member: AsMember
) -> None:
    kept_losses(vendor_site)
    operator = as_member("cs_ops")
    found = section(page(operator, GAPS), "A rule here would have helped")
    (row,) = rows(found)
    assert row[:2] == ["habit Healthy adoption", "1 of 2 losses from there"]
    address = found.one("tbody").one("a").attrs["href"]
    assert address == "/definitions/draft/?journey=adoption&stage=habit&colour=healthy"
    text = page(operator, address).one("textarea").text
    assert "when: journey.adoption.stage = 'habit' and journey.adoption.colour = 'healthy'" in text


@pytest.mark.parametrize(
    ("seen", "accounts"),
    [("", ["A1", "A4"]), ("foreseen", ["A1"]), ("unseen", ["A4"]), ("x", ["A1", "A4"])],
)
def test_losses_are_narrowed_to_a_kind(
    vendor_site: Site, as_member: AsMember, seen: str, accounts: list[str]
) -> None:
    kept_losses(vendor_site)
    told = section(page(as_member("admin"), f"{GAPS}?seen={seen}"), "Each loss")
    assert [x[0].split(" ")[0] for x in rows(told)] == accounts


def test_amounts_are_for_those_who_may_see_them(vendor_site: Site, as_member: AsMember) -> None:
    kept_losses(vendor_site)
    Member.objects.filter(handle="cs_ops").update(sees_revenue=False)
    assert "¥" not in page(as_member("cs_ops"), GAPS).text


def test_who_does_not_look_after_the_rules_is_not_led_there(
    vendor_site: Site, as_member: AsMember
) -> None:
    kept_losses(vendor_site)
    assert as_member("manager").get(GAPS).status_code == 403
    for handle, there in (("cs_ops", True), ("manager", False)):
        links = page(as_member(handle), "/value/review/").all("a")
        assert (GAPS in [x.attrs.get("href") for x in links]) == there


def test_an_empty_page_says_what_is_missing(vendor_site: Site, as_member: AsMember) -> None:
    def command() -> str:
        return page(as_member("admin"), GAPS).one("main").one("code").text

    before = command()
    kept_losses(vendor_site, outcomes=())
    assert (before, command()) == ("banso backtest", "outcomes: - {name: churned, kind: churn}")


def test_the_page_says_when_other_definitions_were_asked(
    vendor_site: Site, as_member: AsMember
) -> None:
    kept_losses(vendor_site)
    said = "Found with other definitions"
    before = page(as_member("admin"), GAPS).text
    Foresight.objects.update(fingerprint="another")
    assert (said in before, said in page(as_member("admin"), GAPS).text) == (False, True)
