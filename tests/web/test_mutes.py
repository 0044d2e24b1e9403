"""A rule is muted and spoken free on its own page."""

from datetime import date

import pytest
from tests.web.conftest import AsMember
from tests.web.site import Site
from tests.web.test_definitions import page, section
from tests.web.test_quarantine import sent

from banso.desk.models import Mute

RULE = "/definitions/rules/quiet/"
FAR = "2099-01-01"


@pytest.mark.usefixtures("vendor_site")
def test_a_rule_is_muted_with_a_day_and_a_reason_and_the_page_and_the_list_say_so(
    as_member: AsMember,
) -> None:
    operator = as_member("cs_ops")
    assert section(page(operator, RULE), "Muted").all("p")[0].text == "No. New alerts are told."
    sent(operator, f"{RULE}mute/", until=FAR, reason="A move of data this week")
    (line,) = section(page(operator, RULE), "Muted").one("ul").all("li")
    assert [x.text for x in line.all("p")] == [
        "All accounts, until 1 Jan 2099",
        "A move of data this week · cs_ops",
    ]
    made = Mute.objects.get()
    assert (made.rule, made.until, made.account_id) == ("quiet", date(2099, 1, 1), None)
    listed = page(operator, "/definitions/").one("section", **{"aria-labelledby": "rules"})
    assert [x.text for x in listed.all("span", class_="under")].count("Muted until 1 Jan 2099") == 1


@pytest.mark.usefixtures("vendor_site")
def test_a_mute_is_ended_before_its_day(as_member: AsMember) -> None:
    operator = as_member("cs_ops")
    sent(operator, f"{RULE}mute/", until=FAR, reason="x")
    number = Mute.objects.get().pk
    sent(operator, f"{RULE}mutes/{number}/end/")
    assert section(page(operator, RULE), "Muted").all("p")[0].text == "No. New alerts are told."
    sent(operator, f"{RULE}mutes/{number}/end/", status=404)


@pytest.mark.usefixtures("vendor_site")
@pytest.mark.parametrize(
    ("said", "field", "words"),
    [
        ({"until": "2020-01-01", "reason": "x"}, "until", "Choose a day after today."),
        ({"until": "soon", "reason": "x"}, "until", "This is no day. Write it as 2026-10-31."),
        ({"until": FAR, "reason": " "}, "reason", "Say in a few words why."),
    ],
)
def test_what_is_missing_is_said_beside_its_field(
    as_member: AsMember, said: dict[str, str], field: str, words: str
) -> None:
    seen = sent(as_member("cs_ops"), f"{RULE}mute/", status=422, **said)
    assert seen is not None
    assert seen.one("p", id=f"{field}-error").text == words
    assert seen.one("input", id="until").attrs["value"] == said["until"]
    assert Mute.objects.count() == 0


@pytest.mark.usefixtures("vendor_site")
def test_who_may_not_mute_sees_no_form(as_member: AsMember) -> None:
    assert section(page(as_member("csm"), RULE), "Muted").all("form") == []


def test_a_rule_that_does_not_exist_can_not_be_muted(
    vendor_site: Site, as_member: AsMember
) -> None:
    address = "/definitions/rules/quite/mute/"
    sent(as_member("cs_ops"), address, status=404, until=FAR, reason="x")
    assert Mute.objects.count() == 0
