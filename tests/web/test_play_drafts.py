"""Drafts of plays on screen: written, compared, switched on, dropped; by whom."""

import pytest
from tests.web.conftest import AsMember
from tests.web.markup import read
from tests.web.routes import task_of
from tests.web.site import Site

from banso.desk.models import Channel, ChannelKind, DefinitionSet, DraftKind, PlayRun, RuleDraft
from banso.desk.queries.drafts import draft_of, draft_of_rule
from banso.pipeline.session import in_force

HERE = "/definitions/play-drafts/visit/"
WAITS = "{kind: wait, days: 30}"
LONGER = f"""\
plays:
  - name: visit
    label: {{en: Visit, ja: 訪問}}
    steps:
      - {WAITS}
"""


def text(answer: object) -> str:
    return read(answer.content).one("main").text  # type: ignore[attr-defined]


def test_a_draft_begins_with_the_play_in_force_and_says_what_it_changes(
    as_member: AsMember,
) -> None:
    ops = as_member("cs_ops")
    assert "name: visit" in read(ops.get(HERE).content).one("textarea").text
    assert ops.post(HERE, {"text": LONGER}).status_code == 302
    saved = draft_of(DraftKind.PLAY, "visit")
    assert saved is not None
    assert (saved.text, saved.asked_at, draft_of_rule("visit")) == (LONGER, None, None)
    shown = text(ops.get(HERE))
    assert ("Wait 30 days" in shown, "visit.steps.1.kind" in shown) == (True, True)


@pytest.mark.parametrize(
    ("sent", "told"),
    [
        (LONGER.replace("days: 30", "days: 0"), "Line 5"),
        (LONGER + "  - {name: other, steps: [{kind: wait, days: 1}]}\n", "a draft is of one play"),
        (LONGER.replace(WAITS, "{kind: start_play, play: visit}"), "for ever"),
        (
            LONGER.replace(WAITS, "{kind: mail, template: no}"),
            "unknown template",
        ),
        (LONGER.replace(WAITS, "{kind: assign, to: cs_opps}"), "Did you mean “cs_ops”?"),
    ],
)
def test_a_wrong_draft_is_not_saved_and_the_page_says_where(
    as_member: AsMember, sent: str, told: str
) -> None:
    answer = as_member("cs_ops").post(HERE, {"text": sent})
    assert (answer.status_code, told in text(answer)) == (422, True)
    assert not RuleDraft.objects.exists()


def test_without_a_text_the_page_speaks_of_a_play(as_member: AsMember) -> None:
    answer = as_member("cs_ops").post(HERE, {"text": ""})
    assert (answer.status_code, "Write the play as YAML." in text(answer)) == (422, True)


def test_it_is_switched_on_by_those_who_may_and_runs_keep_their_version(
    as_member: AsMember, vendor_site: Site
) -> None:
    task_of(vendor_site, "A1")
    before = PlayRun.objects.get().version
    ops = as_member("cs_ops")
    ops.post(HERE, {"text": LONGER})
    assert as_member("csm").post(f"{HERE}switch-on/", {"why": "no"}).status_code == 403
    assert ops.post(f"{HERE}switch-on/", {"why": "longer"}).status_code == 302
    now = in_force()
    assert now is not None
    assert [x.kind for x in now.plays["visit"].steps] == ["wait"]
    assert (PlayRun.objects.get().version, draft_of(DraftKind.PLAY, "visit")) == (before, None)
    assert RuleDraft.objects.get().ended == "switched_on"


def test_a_channel_that_went_away_keeps_a_draft_from_being_switched_on(
    as_member: AsMember,
) -> None:
    ops = as_member("cs_ops")
    for name in ("crm", "other"):
        Channel.objects.create(name=name, kind=ChannelKind.WEBHOOK)
    ops.post(HERE, {"text": LONGER.replace(WAITS, "{kind: webhook, channel: crm}")})
    Channel.objects.filter(name="crm").delete()
    refused = ops.post(f"{HERE}switch-on/", {"why": "tells the CRM"})
    assert "Line 5, column 34: no webhook channel 'crm'" in text(refused)
    assert not DefinitionSet.objects.filter(why="tells the CRM").exists()


def test_a_dropped_draft_is_kept_among_the_versions(as_member: AsMember) -> None:
    ops = as_member("cs_ops")
    ops.post("/definitions/play-draft/", {"text": LONGER.replace("name: visit", "name: fresh")})
    ops.post("/definitions/play-drafts/fresh/drop/")
    assert "Dropped" in text(ops.get("/definitions/play-drafts/fresh/"))


def test_the_page_to_start_a_play_shows_what_it_would_say(
    as_member: AsMember, vendor_site: Site
) -> None:
    shown = text(as_member("csm").get("/definitions/plays/visit/start/?account=A1"))
    assert ("What it would say" in shown, "Agree on a day" in shown) == (True, True)


def test_the_definitions_list_drafts_of_new_plays_and_mark_plays_with_one(
    as_member: AsMember,
) -> None:
    ops = as_member("cs_ops")
    ops.post("/definitions/play-draft/", {"text": LONGER.replace("visit", "call")})
    ops.post(HERE, {"text": LONGER})
    page = read(ops.get("/definitions/").content)
    plays = page.one("section", **{"aria-labelledby": "plays"})
    links = [
        (x.text, x.attrs["href"]) for x in plays.all("a") if "/play-drafts/" in x.attrs["href"]
    ]
    assert links == [
        ("Draft", "/definitions/play-drafts/visit/form/"),
        ("call", "/definitions/play-drafts/call/form/"),
    ]
