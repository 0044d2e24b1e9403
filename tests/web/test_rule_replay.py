"""A rule's page says what replaying it has shown; the list says how often each is right."""

from collections.abc import Mapping

import pytest
from tests.pipeline.test_backtest import OUTCOMES
from tests.pipeline.vendor import DEFINITIONS, LAST, apply
from tests.web.conftest import AsMember
from tests.web.markup import Element
from tests.web.site import Site
from tests.web.test_definitions import page, rows, section

from banso.core.definitions import loads
from banso.desk.models import Backtest
from banso.pipeline.kept_backtests import keep_backtests

BOTH = DEFINITIONS.replace(
    "- name: quiet\n", "- name: quiet\n    outcome: silent\n"
) + OUTCOMES.replace("name: silent,", "name: silent, label: {en: Silent, ja: 無音},")
REPLAYED = "Replayed over history"


@pytest.fixture
def replayed_site(vendor_site: Site) -> Site:
    apply(BOTH)
    keep_backtests(vendor_site.session.store, loads({"all.yaml": BOTH}), as_of=LAST)
    return vendor_site


def links(within: Element) -> Mapping[str, str]:
    return {x.text: x.attrs["href"] for x in within.all("a")}


def test_a_rule_that_was_never_replayed_says_how_to(vendor_site: Site, as_member: AsMember) -> None:
    seen = page(as_member("admin"), "/definitions/rules/quiet/")
    assert section(seen, REPLAYED).one("code").text == "banso backtest"


def test_the_page_shows_the_share_that_was_right_with_its_interval(
    replayed_site: Site, as_member: AsMember
) -> None:
    told = section(page(as_member("admin"), "/definitions/rules/quiet/"), REPLAYED)
    kept = Backtest.objects.get(rule="quiet", outcome="silent")
    assert kept.precision is not None
    row = rows(told)[0]
    assert row[1:4] == [
        str(kept.told["periods"]["whole"]["alerts"]),
        f"{kept.precision:.0%}",
        f"{kept.low:.0%} – {kept.high:.0%}",
    ]
    assert told.one("strong").text == "Silent"
    assert links(told.one("nav")) == {
        "churned": "/definitions/rules/quiet/?outcome=churned#replayed"
    }


def test_it_can_be_judged_by_another_outcome(replayed_site: Site, as_member: AsMember) -> None:
    seen = page(as_member("admin"), "/definitions/rules/quiet/?outcome=churned")
    assert section(seen, REPLAYED).one("strong").text == "churned"


def test_firings_of_accounts_that_the_reader_does_not_see_are_left_out(
    replayed_site: Site, as_member: AsMember
) -> None:
    def accounts(handle: str) -> set[str]:
        told = section(page(as_member(handle), "/definitions/rules/quiet/"), REPLAYED)
        fired = told.all("table")[-1]
        return {row[0] for row in rows(fired)}

    every, own = accounts("admin"), accounts("csm")
    assert len(every) > len(own) > 0
    assert own < every


def test_the_newest_firings_are_shown_and_all_that_were_kept_are_a_step_away(
    replayed_site: Site, as_member: AsMember
) -> None:
    kept = Backtest.objects.get(rule="quiet", outcome="silent")
    one = {**kept.told["fired"][0], "closed_on": None, "told": False}
    kept.told = {**kept.told, "fired": [one] * 25}
    kept.save()
    told = section(page(as_member("admin"), "/definitions/rules/quiet/"), REPLAYED)
    fired = rows(told.all("table")[-1])
    assert (len(fired), fired[0][2]) == (20, "still open")
    assert fired[0][1].endswith("held back")
    every = links(told)["All that were kept"]
    whole = section(page(as_member("admin"), every.partition("#")[0]), REPLAYED)
    assert len(rows(whole.all("table")[-1])) == 25
    assert "All that were kept" not in links(whole)


def test_the_page_says_when_other_definitions_are_in_force(
    replayed_site: Site, as_member: AsMember
) -> None:
    def outdated() -> bool:
        told = section(page(as_member("admin"), "/definitions/rules/quiet/"), REPLAYED)
        return "Made with other definitions" in told.text

    before = outdated()
    apply(BOTH.replace("quiet_days >= 3", "quiet_days >= 4"))
    assert (before, outdated()) == (False, True)


def test_the_list_says_when_a_share_is_of_older_definitions(
    replayed_site: Site, as_member: AsMember
) -> None:
    def right() -> str:
        told = section(page(as_member("admin"), "/definitions/"), "Rules")
        return {row[0].split(" ")[0]: row[4] for row in rows(told)}["quiet"]

    before = right()
    apply(BOTH.replace("quiet_days >= 3", "quiet_days >= 4"))
    assert right() == f"{before} as defined before"


def test_the_list_of_rules_says_how_often_each_was_right(
    replayed_site: Site, as_member: AsMember
) -> None:
    told = section(page(as_member("admin"), "/definitions/"), "Rules")
    right = {row[0].split(" ")[0]: row[4] for row in rows(told)}
    kept = Backtest.objects.get(rule="quiet", outcome="silent")
    assert right["fading"] == "–"  # it says nothing of what it is there for
    assert right["quiet"] == f"{kept.precision:.0%} {kept.low:.0%} – {kept.high:.0%}"
