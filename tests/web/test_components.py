"""What pages are built from, and the frame around them."""

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.contrib.auth.models import AnonymousUser
from django.contrib.messages import constants
from django.contrib.messages.storage.base import Message
from django.template import RequestContext, engines
from django.test import Client, RequestFactory
from django.utils import translation
from pytest_django import DjangoAssertNumQueries, Settings
from tests.pipeline.vendor import LAST, apply, furnish, send, usage
from tests.web.conftest import AsMember
from tests.web.site import Site

from banso.cli.session import Session
from banso.core.unmeasured import Reason
from banso.desk.models import Member
from banso.pipeline.freshness import LateSource
from banso.pipeline.run import run
from banso.web import context, house, tags
from banso.web.components import STATE_ICONS, role_words, undo_address, undoable


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    with translation.override("en"):
        yield


def render(source: str, *, path: str = "/", **values: object) -> str:
    """A template as on a page that nobody has signed in to."""
    request = RequestFactory().get(path)
    request.user = AnonymousUser()
    if "messages" in values:
        request._messages = values["messages"]  # type: ignore[attr-defined]  # where Django keeps them
    engine = engines["django"].engine
    return str(engine.from_string(source).render(RequestContext(request, values)))


def words(html: str) -> str:
    """What is read: texts and labels, without tags."""
    labelled = re.sub(r'<[^>]*aria-label="([^"]*)"[^>]*>', r" \1 ", html)
    return " ".join(re.sub(r"<[^>]*>", " ", labelled).split())


@pytest.mark.parametrize(
    ("colour", "word"),
    [
        ("healthy", "Healthy"),
        ("watch", "Watch"),
        ("at_risk", "At risk"),
        ("unmeasured", "Unmeasured"),
        ("", "On no journey"),
    ],
)
def test_a_state_is_told_by_its_own_icon_and_word(colour: str, word: str) -> None:
    shown = render("{% state colour %}", colour=colour)
    assert (words(shown), f"#{STATE_ICONS[colour]}" in shown) == (word, True)


def test_no_two_states_share_an_icon() -> None:
    assert len(set(STATE_ICONS.values())) == len(STATE_ICONS)


def test_no_journey_may_be_given_as_none() -> None:
    assert render("{% state colour %}", colour=None) == render("{% state '' %}")


@pytest.mark.parametrize("reason", [Reason.SOURCE_LATE, 4, "source_late"])
def test_what_is_unmeasured_says_why(reason: object) -> None:
    assert words(render("{% unmeasured reason %}", reason=reason)) == "Unmeasured Source late"


@pytest.mark.parametrize("reason", [None, "", Reason.MEASURED])
def test_without_a_reason_the_word_itself_is_shown(reason: object) -> None:
    assert words(render("{% unmeasured reason %}", reason=reason)) == "Unmeasured"


def test_every_reason_has_words_in_both_languages() -> None:
    said = {}
    for language in ("en", "ja"):
        with translation.override(language):
            said[language] = [words(render("{% unmeasured r %}", r=r)) for r in Reason if r]
    assert said == {
        "en": [
            "Unmeasured Not applicable",
            "Unmeasured Before first data",
            "Unmeasured No source",
            "Unmeasured Source late",
        ],
        "ja": [
            "未計測 対象外",
            "未計測 データ開始前",
            "未計測 データソースなし",
            "未計測 データ遅延",
        ],
    }


@pytest.mark.parametrize(
    ("delta", "read"),
    [
        (12.44, "Up by +12.4"),
        (-31.0, "Down by −31"),
        (1234.0, "Up by +1,234"),
        (0.04, "Unchanged 0"),
        (None, "Nothing to compare"),
    ],
)
def test_a_trend_has_a_sign_and_is_read_out_in_words(delta: float | None, read: str) -> None:
    assert words(render("{% trend delta 1 %}", delta=delta)) == read


def test_a_week_that_is_unmeasured_is_a_gap_in_the_line() -> None:
    shown = render("{% spark scores %}", scores=[0, 100, None, 50, 50])
    (path,) = re.findall(r' d="([^"]*)"', shown)
    assert path == "M3.0 21.0L25.5 3.0M70.5 12.0L93.0 12.0"
    assert words(shown) == "Scores of 5 weeks, from 0 to 50"


@pytest.mark.parametrize("scores", [[], [None, None]])
def test_a_line_without_scores_says_so(scores: list[float | None]) -> None:
    assert words(render("{% spark scores %}", scores=scores)) == "No scores"


@pytest.mark.parametrize(
    ("share", "width"), [(0.34, "34.0"), (-1, "0.0"), (7, "100.0"), (None, "0.0")]
)
def test_a_meter_stays_within_its_bar(share: float | None, width: str) -> None:
    assert f'class="meter-fill" width="{width}"' in render("{% meter share %}", share=share)


def test_an_icon_without_a_label_is_not_read_out() -> None:
    assert words(render('{% icon "check" %}{% icon "x" "Close" %}')) == "Close"


def test_labels_and_options_of_a_chart_cannot_break_out_of_the_page() -> None:
    evil = "</script><script>alert(1)</script>"
    shown = render('{% chart "c" options evil %}', evil=evil, options={"series": [{"name": evil}]})
    assert shown.count("<script") == 1
    assert "alert(1)</script>" not in shown


def test_the_figures_of_a_chart_can_be_read_as_a_table() -> None:
    table = (("Week", "Users"), [("1", 5)])
    shown = render('{% chart "c" options "Use" "sm" table %}', options={}, table=table)
    assert words(shown) == "Use {} Show as table Use Week Users 1 5"


def test_the_pager_keeps_what_the_page_is_filtered_by() -> None:
    shown = render(
        '{% include "components/pager.html" with page=page only %}',
        path="/accounts/?q=東京&after=old",
        page={"previous": None, "next": "new"},
    )
    assert re.findall(r'<a [^>]*href="([^"]*)"', shown) == ["?q=%E6%9D%B1%E4%BA%AC&amp;after=new"]


def test_an_empty_page_teaches_the_next_step() -> None:
    shown = render(
        '{% include "components/empty.html" with icon="x" title="Nothing" command="banso run" %}'
    )
    assert words(shown) == "Nothing banso run"


def test_a_message_may_carry_its_undo() -> None:
    done = Message(constants.SUCCESS, "Done", extra_tags=undoable("/alerts/1/undo/"))
    plain = Message(constants.INFO, "Saved")
    assert (undo_address(done), undo_address(plain)) == ("/alerts/1/undo/", "")
    shown = render('{% include "components/toasts.html" %}', messages=[done, plain])
    assert re.findall(r'action="([^"]*)"', shown) == ["/alerts/1/undo/"]
    assert words(shown) == "Done Undo Close Saved Close"


def test_only_a_message_that_all_is_well_has_a_check_mark() -> None:
    levels = (constants.SUCCESS, constants.INFO, constants.WARNING, constants.ERROR)
    shown = render(
        '{% include "components/toasts.html" %}', messages=[Message(x, "So") for x in levels]
    )
    marks = [x for x in re.findall(r"#([\w-]+)\"", shown) if x != "x"]
    assert marks == ["circle-check", "circle-check", "alert-triangle", "alert-triangle"]


# The frame


def test_the_frame_says_as_of_when_the_figures_are_and_how_old(vendor_site: Site) -> None:
    look = house.look()
    assert look.run is not None
    frame = context.frame_of(look)
    assert (frame.organisation, frame.as_of, frame.defined) == ("Test", LAST, True)
    assert frame.behind == (look.today - LAST).days


def test_on_the_day_of_the_run_nothing_is_old(vendor_site: Site) -> None:
    assert context.frame_of(_on(LAST)).behind == 0


def _on(day: date) -> house.Look:
    look = house.look()
    return house.Look(look.session, look.definitions, look.run, day)


def test_the_frame_of_a_known_run_asks_only_which_incidents_are_open(
    vendor_site: Site, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    look = house.look()
    context.frame_of(look)
    with django_assert_num_queries(1):
        context.frame_of(look)


def test_an_old_run_is_told_on_every_page(as_member: AsMember) -> None:
    html = as_member("csm").get("/no-such-page/").content.decode()
    days = (house.look().today - LAST).days
    told = f"These figures are as of 30 May 2026: {days} days old. Please tell whoever looks after"
    assert told in words(html)


@pytest.mark.parametrize("role", ["admin", "cs_ops"])
def test_who_looks_after_banso_is_told_the_command(as_member: AsMember, role: str) -> None:
    html = as_member(role).get("/no-such-page/").content.decode()
    assert "days old. Bring them up to date with banso run" in words(html)


def test_a_late_source_is_told_with_its_last_day(session: Session) -> None:
    furnish(session)
    run(session.store, apply(), as_of=LAST + timedelta(days=9), since=LAST)
    frame = context.frame_of(house.look())
    assert frame.late == (
        LateSource("web", datetime.combine(LAST, time(12), ZoneInfo("Asia/Tokyo")), "5d"),
    )
    told = words(render('{% include "components/notices.html" %}', frame=frame))
    assert "The source web is late: its last data is of 30 May 2026." in told


def test_a_source_is_no_longer_late_once_a_run_has_seen_its_data(session: Session) -> None:
    furnish(session)
    definitions = apply()
    run(session.store, definitions, as_of=LAST + timedelta(days=9), since=LAST)
    assert context.frame_of(house.look()).late != ()
    send(session, usage(LAST, LAST + timedelta(days=9), seed=2))
    run(session.store, definitions, as_of=LAST + timedelta(days=9), since=LAST)
    assert context.frame_of(house.look()).late == ()


def test_sources_that_are_in_time_are_not_mentioned(vendor_site: Site) -> None:
    assert context.frame_of(house.look()).late == ()


def test_before_definitions_and_before_the_first_run_the_frame_says_what_to_do(
    session: Session,
) -> None:
    before = context.frame_of(house.look(), operates=True)
    apply()
    after = context.frame_of(house.look(), operates=True)
    assert (before.defined, before.as_of, before.organisation) == (False, None, "")
    assert (after.defined, after.as_of, after.organisation) == (True, None, "Test")
    notices = '{% include "components/notices.html" %}'
    assert "banso apply definitions" in words(render(notices, frame=before))
    assert "Start one with banso run" in words(render(notices, frame=after))
    for frame in (replace(before, operates=False), replace(after, operates=False)):
        assert "Please tell whoever looks after Banso." in words(render(notices, frame=frame))


def test_a_member_finds_every_place_and_themselves(as_member: AsMember) -> None:
    html = as_member("csm").get("/no-such-page/").content.decode()
    (navigation,) = re.findall(r"<nav class=\"frame-nav\".*?</nav>", html, flags=re.S)
    assert re.findall(r'<a [^>]*href="([^"]*)"', navigation) == [
        "/",
        "/",
        "/accounts/",
        "/board/",
        "/value/",
        "/data/",
        "/definitions/",
    ]
    assert '<span class="member-name" translate="no">' in html


@pytest.mark.parametrize(
    ("role", "revenue", "told"),
    [
        ("admin", True, "Administrator"),
        ("csm", False, "CSM (amounts hidden)"),
        ("viewer", True, "Viewer (may not handle alerts)"),
        ("viewer", False, "Viewer (amounts hidden, may not handle alerts)"),
    ],
)
def test_a_role_is_told_with_what_it_keeps_from_the_member(
    role: str, revenue: bool, told: str
) -> None:
    assert role_words(Member(role=role, sees_revenue=revenue)) == told


def test_a_member_finds_their_role_in_their_menu(as_member: AsMember) -> None:
    html = as_member("csm").get("/no-such-page/").content.decode()
    assert "csm CSM Change password" in words(html)


# Errors


def test_a_page_that_is_not_there_is_told_within_the_frame(as_member: AsMember) -> None:
    answer = as_member("csm").get("/no-such-page/")
    assert answer.status_code == 404
    assert "This page does not exist" in words(answer.content.decode())


def test_the_page_of_a_server_error_needs_neither_request_nor_database() -> None:
    shown = engines["django"].get_template("500.html").render({})
    assert "Something went wrong" in words(shown)


def test_a_form_without_its_token_is_refused_in_words(vendor_site: Site) -> None:
    answer = Client(enforce_csrf_checks=True).post("/preferences/", {"theme": "dark"})
    assert answer.status_code == 403
    assert "This form was opened too long ago" in words(answer.content.decode())


# Preferences


def test_a_members_choice_is_kept_on_the_member(as_member: AsMember) -> None:
    answer = as_member("csm").post(
        "/preferences/", {"language": "ja", "theme": "dark", "next": "/data/?x=1"}
    )
    member = Member.objects.get(handle="csm")
    assert (member.language, member.theme) == ("ja", "dark")
    assert (answer.status_code, answer.headers["Location"]) == (302, "/data/?x=1")


def test_before_sign_in_the_choice_is_kept_as_a_cookie(vendor_site: Site) -> None:
    client = Client()
    client.post("/preferences/", {"language": "ja", "theme": "dark"})
    html = client.get("/sign-in/").content.decode()
    assert '<html lang="ja" data-bs-theme="dark">' in html


@pytest.mark.parametrize(
    "elsewhere", ["https://evil.example/", "//evil.example/", "javascript:alert(1)", "\\\\evil"]
)
def test_nobody_is_sent_elsewhere(vendor_site: Site, elsewhere: str) -> None:
    answer = Client().post("/preferences/", {"theme": "dark", "next": elsewhere})
    assert answer.headers["Location"] == "/"


def test_what_is_unknown_changes_nothing(as_member: AsMember) -> None:
    client = as_member("csm")
    client.post("/preferences/", {"language": "fr", "theme": '"><script>'})
    member = Member.objects.get(handle="csm")
    assert (member.language, member.theme) == ("en", "")
    assert set(client.cookies) == {"banso_session"}


def test_the_browsers_wish_can_be_chosen_again(as_member: AsMember) -> None:
    client = as_member("csm")
    client.post("/preferences/", {"theme": "dark"})
    client.post("/preferences/", {"theme": ""})
    assert Member.objects.get(handle="csm").theme == ""


def test_looking_changes_no_preference(as_member: AsMember) -> None:
    assert as_member("csm").get("/preferences/?theme=dark").status_code == 405


# /design


@pytest.mark.parametrize("query", ["", "?side=by", "?language=ja&theme=dark"])
def test_design_shows_every_component(as_member: AsMember, settings: Settings, query: str) -> None:
    settings.DEVELOPMENT = True
    assert as_member("csm").get(f"/design/{query}").status_code == 200


def test_design_is_for_development_only(as_member: AsMember) -> None:
    assert as_member("csm").get("/design/").status_code == 404


def test_a_moment_has_a_day_only_in_the_organisations_zone() -> None:
    moment = datetime(2026, 11, 23, 15, 30, tzinfo=UTC)
    there = moment.astimezone(ZoneInfo("Asia/Tokyo"))
    assert render("{{ at|day }}", at=there) == "24 Nov 2026"
    with pytest.raises(ValueError, match="depends on the zone"):
        render("{{ at|day }}", at=moment)


def test_a_companys_name_breaks_beside_its_legal_form_and_stays_text() -> None:
    names = (
        "株式会社かえで",
        "紙ひこうき情報サービス株式会社",
        "水たまり運輸（株）",
        "Maple <b> & Co.",
    )
    assert [tags.company(x) for x in names] == [
        "株式会社<wbr>かえで",
        "紙ひこうき情報サービス<wbr>株式会社",
        "水たまり運輸<wbr>（株）",
        "Maple &lt;b&gt; &amp; Co.",
    ]
