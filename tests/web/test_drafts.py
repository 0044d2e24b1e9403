"""A draft is written, compared and switched on on screen; a rule is paused on its own page."""

from zoneinfo import ZoneInfo

import pytest
from tests.pipeline.vendor import DEFINITIONS, LAST, apply
from tests.web.conftest import AsMember
from tests.web.markup import Element
from tests.web.site import Site
from tests.web.test_definitions import page, rows, section
from tests.web.test_quarantine import sent

from banso.desk.models import DefinitionSet, DraftEnd, Member, Pause, RuleDraft
from banso.desk.queries.drafts import draft_of_rule
from banso.pipeline.drafts import replay_draft

DRAFT = "/definitions/drafts/quiet/"
RULE = "/definitions/rules/quiet/"
TEXT = """\
rules:
  - name: quiet
    when: quiet_days >= 2
    action: {en: Call, ja: 電話する}
"""
NEW = TEXT.replace("name: quiet", "name: quieter")


def text(seen: Element) -> str:
    return "".join(str(x) for x in seen.one("textarea").children).lstrip("\n")


@pytest.mark.usefixtures("vendor_site")
def test_one_begins_with_the_rule_in_force(as_member: AsMember) -> None:
    begun = text(page(as_member("cs_ops"), DRAFT))
    assert begun == (
        "rules:\n  - name: quiet\n    when: quiet_days >= 3\n    for: 2 of 3 days\n"
        "    clear_days: 2\n    cooldown_days: 4\n    priority: high\n"
        "    action: {en: Call, ja: 電話する}\n"
    )
    links = [x.attrs["href"] for x in section(page(as_member("cs_ops"), RULE), WORK).all("a")]
    assert links == [f"{DRAFT}form/", DRAFT]
    assert as_member("cs_ops").get("/definitions/drafts/quite/").status_code == 404


WORK = "Draft and pause"


@pytest.mark.usefixtures("vendor_site")
def test_a_mistake_is_named_by_its_line_and_nothing_is_saved(as_member: AsMember) -> None:
    wrong = TEXT.replace("quiet_days", "quiet_day")
    seen = sent(as_member("cs_ops"), DRAFT, status=422, text=wrong)
    assert seen is not None
    (mistake,) = seen.one("ol", **{"class": "mistakes"}).all("li")
    assert mistake.text == (
        "Line 3, column 11: when: unknown name quiet_day – Did you mean “quiet_days”? "
        "when: quiet_days >= 2".replace("when: quiet_days", "when: quiet_day")
    )
    assert text(seen) == wrong
    assert RuleDraft.objects.count() == 0


@pytest.mark.usefixtures("vendor_site")
def test_a_mistake_is_told_in_japanese(as_member: AsMember) -> None:
    Member.objects.update(language="ja")
    wrong = TEXT.replace("quiet_days", "quiet_day")
    seen = sent(as_member("cs_ops"), DRAFT, status=422, text=wrong)
    assert seen is not None
    (mistake,) = seen.one("ol", **{"class": "mistakes"}).all("li")
    assert mistake.text == (
        "3行11列: when: quiet_day という名前はありません – 「quiet_days」のことですか? "
        "when: quiet_day >= 2"
    )


@pytest.mark.usefixtures("vendor_site")
def test_a_new_rule_gets_a_page_of_its_own_and_stands_in_the_list(as_member: AsMember) -> None:
    operator = as_member("cs_ops")
    answer = operator.post("/definitions/draft/", {"text": NEW.replace("\n", "\r\n")})
    assert (answer.status_code, answer.headers["Location"]) == (302, "/definitions/drafts/quieter/")
    saved = draft_of_rule("quieter")
    assert saved is not None
    assert (saved.text, saved.member and saved.member.handle) == (NEW, "cs_ops")
    listed = section(page(operator, "/definitions/"), "Rules")
    assert "/definitions/drafts/quieter/form/" in [x.attrs["href"] for x in listed.all("a")]
    assert operator.get("/definitions/drafts/quieter/yaml/").content.decode() == NEW


def test_the_comparison_stands_side_by_side_once_it_is_there(
    vendor_site: Site, as_member: AsMember
) -> None:
    operator, beside = as_member("cs_ops"), "Beside the rule in force"
    sent(operator, DRAFT, text=TEXT)
    assert (
        section(page(operator, DRAFT), beside)
        .one("p", role="status")
        .text.startswith("The replay is asked for")
    )
    definitions = vendor_site.session.applied()
    found = replay_draft(vendor_site.session.store, definitions, "quiet", as_of=LAST)
    assert found.live is not None
    shown = section(page(operator, DRAFT), beside)
    told = {row[0]: row[1:] for row in rows(shown.all("table")[0])}
    assert told["Alerts in all"] == [str(found.live.alerts), str(found.draft.alerts)]
    assert told["Right"] == ["Not judged", "Not judged"]  # the vendor has no outcome
    owners = rows(shown.all("table")[1])
    assert sorted(x[0] for x in owners) == sorted(x.owner or "" for x in found.draft.owners)


def test_a_draft_is_switched_on_with_who_and_why(vendor_site: Site, as_member: AsMember) -> None:
    operator = as_member("cs_ops")
    sent(operator, DRAFT, text=TEXT)
    refused = sent(operator, f"{DRAFT}switch-on/", status=422, why=" ")
    assert refused is not None
    assert refused.one("p", id="why-error").text == "Say in a few words why."
    sent(operator, f"{DRAFT}switch-on/", why="two days are enough")
    newest = DefinitionSet.objects.all()[0]
    assert (newest.applied_by, newest.why, newest.on_screen) == (
        "cs_ops",
        "two days are enough",
        True,
    )
    assert "quiet_days >= 2" in section(page(operator, RULE), "As it is written").text
    version = section(page(operator, DRAFT), "Earlier versions")
    assert version.one("li").all("p")[0].text == f"Switched on {newest.fingerprint}"


@pytest.mark.usefixtures("vendor_site")
def test_where_definitions_come_from_files_the_page_says_how(as_member: AsMember) -> None:
    operator = as_member("cs_ops")
    apply(DEFINITIONS.replace("currency: JPY}", "currency: JPY, edit_on_screen: false}"))
    sent(operator, DRAFT, text=TEXT)
    assert section(page(operator, DRAFT), "Switch on").one("code").text == "banso apply"
    refused = sent(operator, f"{DRAFT}switch-on/", status=422, why="x")
    assert refused is not None
    assert DefinitionSet.objects.filter(on_screen=True).count() == 0


@pytest.mark.usefixtures("vendor_site")
def test_a_draft_that_no_longer_goes_with_what_is_in_force_says_so(as_member: AsMember) -> None:
    operator = as_member("cs_ops")
    sent(operator, DRAFT, text=TEXT)
    apply(DEFINITIONS.replace("quiet_days", "idle_days"))
    (mistake,) = page(operator, DRAFT).one("ol", **{"class": "mistakes"}).all("li")
    assert mistake.text.startswith("Line 3, column 11: when: unknown name quiet_days")


@pytest.mark.usefixtures("vendor_site")
def test_a_dropped_draft_is_kept_among_the_versions(as_member: AsMember) -> None:
    operator = as_member("cs_ops")
    sent(operator, DRAFT, text=TEXT)
    sent(operator, f"{DRAFT}drop/")
    assert RuleDraft.objects.get().ended == DraftEnd.DROPPED
    (version,) = section(page(operator, DRAFT), "Earlier versions").all("li")
    assert version.all("p")[0].text == "Dropped"
    sent(operator, f"{DRAFT}drop/", status=404)


@pytest.mark.usefixtures("vendor_site")
def test_a_rule_is_paused_with_a_reason_and_resumed(as_member: AsMember) -> None:
    operator = as_member("cs_ops")
    refused = sent(operator, f"{RULE}pause/", status=422, pause_reason=" ")
    assert refused is not None
    assert refused.one("p", id="pause_reason-error").text == "Say in a few words why."
    sent(operator, f"{RULE}pause/", pause_reason="too loud")
    paused = Pause.objects.get().at.astimezone(ZoneInfo("Asia/Tokyo"))
    day = f"{paused:%-d %b %Y}"
    said = section(page(as_member("csm"), RULE), WORK).all("p")
    assert [x.text for x in said] == [f"Paused since {day}: it tells nobody.", "too loud · cs_ops"]
    listed = page(operator, "/definitions/").one("section", **{"aria-labelledby": "rules"})
    assert [x.text for x in listed.all("b")] == ["Paused"]
    sent(operator, f"{RULE}resume/")
    assert section(page(operator, RULE), WORK).all("p")[0].text == "It is on."
    sent(operator, f"{RULE}resume/", status=404)
