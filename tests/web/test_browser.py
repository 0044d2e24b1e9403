"""The screens in a real Chromium, on the demo, as `banso serve` gives them."""

import os
import re
import subprocess
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from django.urls import Resolver404, resolve
from playwright.sync_api import Browser, Page, ViewportSize, expect
from playwright.sync_api import TimeoutError as Late
from tests.demo import demo_home
from tests.web.live_calls import key_of, send, send_some
from tests.web.served import BANSO, CHROMIUM, Served, Visitor, chromium, serving, visitor

from banso.web.rights import RIGHTS

pytestmark = [
    pytest.mark.browser,
    pytest.mark.slow(400),
    pytest.mark.timeout(600),
    pytest.mark.skipif(
        CHROMIUM is None and os.environ.get("CI") != "true",
        reason="no chromium here: apt-get install chromium fonts-noto-cjk",
    ),
]

NO_PAGE = {
    "accounts_columns",
    "accounts_csv",
    "account_metric_chart",
    "alert_done",
    "alert_not_useful",
    "alert_snooze",
    "alert_undo",
    "bulk",
    "bulk_undo",
    "data_channels_act",
    "data_channels_replay",
    "data_quarantine_all",
    "data_quarantine_discard",
    "data_quarantine_replay",
    "data_quarantine_restore",
    "account_merge",
    "account_note",
    "account_split",
    "draft_drop",
    "draft_replay",
    "draft_switch_on",
    "draft_yaml",
    "mail",
    "mail_approve",
    "mail_refuse",
    "note_take_back",
    "play_draft_drop",
    "play_draft_switch_on",
    "preferences",
    "rule_mute",
    "rule_pause",
    "rule_resume",
    "run_resume",
    "run_stop",
    "rule_unmute",
    "task_done",
    "task_not_useful",
    "task_pass",
    "task_snooze",
    "task_tick",
    "task_undo",
}
"""Routes that give a file, a part of a page, or take a form."""

WORDS_ONLY = ("today", "accounts", "board", "password")
"""Pages on which the example vendor's data are Japanese too: no name of an event or attribute."""

DESIGN = "/design/"
DESK: ViewportSize = {"width": 1400, "height": 900}
PHONE: ViewportSize = {"width": 390, "height": 844}

TRIES = {"why": 12}
"""So many addresses of a route are followed: not every number is counted from events."""

ENGLISH_IN_JAPANESE = {
    "Banso", "CSM", "CSV", "SQL", "YAML", "BI", "NPS", "API", "ARR", "Web", "PDF", "UTC", "English",
    "Kaede", "JSON", "CRM", "ID", "Enter", "Esc", "Tab", "Excel",
}  # fmt: skip


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with TemporaryDirectory(prefix="banso-browser-") as folder:
        home = demo_home(Path(folder) / "home", tmp_path_factory)
        with serving(home) as site:
            add_channels(site)
            send_some(site)
            yield site


def add_channels(site: Served) -> None:
    """The first by name is the one that can be changed in most ways."""
    env = {
        "BANSO_HOME": str(site.home),
        "PATH": "",
        "BANSO_CHATWORK_TOKEN": "token",
        "BANSO_CUSTOMERS_SMTP_URL": "smtp://user:password@mail.example",
    }
    for added in (
        ("add-chatwork", "連絡室", "123456789"),
        ("add-customers", "customers", "--from", "success@kaede.example"),
    ):
        command = [str(BANSO), "channels", *added]
        subprocess.run(command, env=env, check=True, capture_output=True)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as found:
        yield found


@dataclass(frozen=True)
class Looked:
    """What was found wrong with a page as it was shown. wide: of the whole page on a phone, in
    pixels. english: Latin words that people see."""

    broken: list[str]
    wide: int
    english: list[str]


Walk = dict[str, Looked]
"""By route."""


@dataclass(frozen=True)
class Walked:
    """pages: one address of every route that links lead to, by route."""

    pages: dict[str, str]
    by_language: dict[str, Walk]


@pytest.fixture(scope="module")
def walked(browser: Browser, served: Served) -> Walked:
    """Every page once in each language: to load one takes longer than to look at all of it."""
    with visitor(browser, served, handle="admin") as window:
        pages, english = follow(window)
        english["design"] = look(window, DESIGN)
    with visitor(browser, served, handle="admin", language="ja") as window:
        japanese = {name: look(window, at) for name, at in {**pages, "design": DESIGN}.items()}
    return Walked(pages, {"en": english, "ja": japanese})


def follow(window: Visitor) -> tuple[dict[str, str], Walk]:
    """One address of every route that links lead to, and what was seen there."""
    found: dict[str, str] = {}
    looked: Walk = {}
    seen: set[str] = set()
    waiting = ["/"]
    while waiting:
        path = waiting.pop(0)
        name = route(path)
        if name is None or name in NO_PAGE or path in seen:
            continue
        if sum(route(x) == name for x in seen) >= TRIES.get(name, 1):
            continue
        seen.add(path)
        window.complaints.clear()
        window.go(path)
        links = window.page.eval_on_selector_all("a[href]", "all => all.map(a => a.href)")
        waiting += [local(x) for x in links if x.startswith(window.url)]
        if name not in found:
            found[name], looked[name] = path, examine(window)
    return found, looked


def look(window: Visitor, path: str) -> Looked:
    window.complaints.clear()
    window.go(path)
    return examine(window)


def examine(window: Visitor) -> Looked:
    """The page on which the window is: on a phone, in a light and in a dark theme."""
    page = window.page
    settle(page)
    words = english(page)
    wide = width_on_a_phone(page)
    page.evaluate(SHORTEN)
    light, broken = background(page), violations(page)
    page.emulate_media(color_scheme="dark", reduced_motion="reduce")
    repainted(page)
    if background(page) == light:
        broken.append("The dark theme is as light as the light one.")
    broken += violations(page, OF_COLOUR)
    page.emulate_media(color_scheme="light", reduced_motion="reduce")
    return Looked([*broken, *window.complaints], wide, words)


def local(address: str) -> str:
    parts = urlsplit(address)
    return parts.path + (f"?{parts.query}" if parts.query else "")


def route(path: str) -> str | None:
    try:
        return resolve(urlsplit(path).path).view_name
    except Resolver404:
        return None


WIDTH = "document.documentElement.scrollWidth"


def width_on_a_phone(page: Page) -> int:
    touch = page.context.new_cdp_session(page)
    touch.send("Emulation.setTouchEmulationEnabled", {"enabled": True})
    page.set_viewport_size(PHONE)
    with suppress(Late):  # charts are drawn anew only after the page
        page.wait_for_function(f"() => {WIDTH} <= {PHONE['width']}", timeout=2_000)
    width = int(page.evaluate(WIDTH))
    page.set_viewport_size(DESK)
    touch.send("Emulation.setTouchEmulationEnabled", {"enabled": False})
    touch.detach()
    return width


def test_every_page_is_reached_by_following_links(walked: Walked) -> None:
    unlinked = {"design"}  # for those who build Banso
    assert set(walked.pages) == set(RIGHTS) - unlinked - NO_PAGE


OF_COLOUR = {"runOnly": {"type": "rule", "values": ["color-contrast", "link-in-text-block"]}}
"""What a theme can break: everything else of a page is the same in both."""


@pytest.mark.parametrize("language", ["en", "ja"])
def test_no_page_has_an_axe_violation_or_a_complaint_of_the_console(
    walked: Walked, language: str
) -> None:
    pages = walked.by_language[language]
    assert {name: x.broken for name, x in pages.items() if x.broken} == {}


ROWS = "tbody > tr:nth-of-type(n + 13), .todo > li:nth-of-type(n + 7)"
SHORTEN = f"() => document.querySelectorAll('{ROWS}').forEach(row => row.hidden = true)"
"""Rows of one list are alike, and looking at hundreds of them takes most of the time; every state
of every component stands on the page of the design."""


def violations(page: Page, only: dict[str, object] | None = None) -> list[str]:
    """Only violations are made up: telling all that is right takes axe three times as long."""
    if not page.evaluate("() => 'axe' in window"):
        page.evaluate(AXE_SCRIPT)
    asked = {"resultTypes": ["violations"], **(only or {})}
    told = page.evaluate("options => axe.run(document, options)", asked)["violations"]
    return [f"{x['id']}: {x['nodes'][0]['html'][:200]}" for x in told]


def background(page: Page) -> str:
    return str(page.evaluate("getComputedStyle(document.body).backgroundColor"))


def repainted(page: Page) -> None:
    """Until charts are drawn in the new colours; nothing is loaded for that."""
    page.evaluate("() => new Promise(done => requestAnimationFrame(() => setTimeout(done, 100)))")


SETTLED = """() => !document.querySelector('.htmx-request')
  && [...document.querySelectorAll('[data-chart]')].every(x => x.querySelector('svg, canvas'))"""


def settle(page: Page) -> None:
    """Until what the page loads after itself is there: charts, and parts that htmx asks for."""
    page.wait_for_function(SETTLED)


def test_no_english_is_left_on_a_japanese_page(walked: Walked) -> None:
    pages = walked.by_language["ja"]
    left = {name: sorted({*pages[name].english} - ENGLISH_IN_JAPANESE) for name in WORDS_ONLY}
    assert left == {name: [] for name in WORDS_ONLY}


def english(page: Page) -> list[str]:
    """Latin words that people see, outside of code and of what is marked as a name or data."""
    texts: list[str] = page.evaluate(
        """() => {
          const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT), found = [];
          const data = 'script,style,template,code,pre,kbd,[translate=no],[lang=en],option';
          while (walk.nextNode())
            if (!walk.currentNode.parentElement.closest(data)) found.push(walk.currentNode.data);
          return found;
        }"""
    )
    return sorted({word for text in texts for word in re.findall(r"[A-Za-z]{3,}", text)})


@pytest.mark.parametrize("language", ["en", "ja"])
def test_no_page_scrolls_sideways_on_a_phone(walked: Walked, language: str) -> None:
    pages = walked.by_language[language]
    width = PHONE["width"]
    assert {name: x.wide for name, x in pages.items() if x.wide > width} == {}


@pytest.mark.parametrize("language", ["en", "ja"])
def test_from_today_to_the_very_events_in_three_clicks(
    browser: Browser, served: Served, language: str
) -> None:
    with visitor(browser, served, handle="admin", language=language) as window:
        page = window.page
        reason = {"en": "Active users", "ja": "アクティブユーザー数"}[language]
        page.locator(".todo-why a[href*='/why/']", has_text=reason).first.click()  # 1: the reason
        page.wait_for_url("**/why/**")
        expect(page.locator("pre", has_text="SELECT").first).to_be_visible()
        if not page.locator("a[href*='/facts/']").count():
            page.locator("main tbody a[href*='/why/']").first.click()  # 2: what it is made of
            page.wait_for_load_state()
        page.locator("a[href*='/facts/']").first.click()  # 2 or 3: all facts
        page.wait_for_url("**/facts/**")
        expect(page.locator("main tbody tr").first).to_be_visible()
        assert window.complaints == []


@pytest.mark.parametrize("language", ["en", "ja"])
def test_done_is_taken_back(browser: Browser, served: Served, language: str) -> None:
    undo = {"en": "Undo", "ja": "元に戻す"}[language]
    with visitor(browser, served, handle="sato@kaede.example", language=language) as window:
        page = window.page
        alert = page.locator(".todo-alert").last
        there = f"#{alert.get_attribute('id')}"
        page.locator(f"{there} [data-key=d]").click()
        page.locator(f"{there} >> text={undo}").click()
        expect(page.locator(f"{there} [data-key=d]")).to_be_visible()
        assert window.complaints == []


def test_an_event_is_seen_as_it_comes_unless_the_reader_paused(
    browser: Browser, served: Served
) -> None:
    key = key_of(served)
    with visitor(browser, served, handle="admin") as window:
        page = window.page
        window.go("/data/live/")
        send(served, key, {"type": "track", "userId": "u-17", "event": "seen_live"})
        row = page.locator("tr", has_text="seen_live")
        expect(row).to_contain_text("Stored")
        link = row.get_by_role("link").first
        link.focus()
        with page.expect_response("**/data/live/"):
            pass
        expect(link).to_be_focused()  # what the reader has reached stays where it is
        pause = page.get_by_role("button", name="Pause")
        pause.press("Enter")
        expect(pause).to_have_attribute("aria-pressed", "true")
        expect(page.locator("[data-paused]")).to_be_visible()
        send(served, key, {"type": "track", "userId": "u-17", "event": "seen_later"})
        asked: list[str] = []
        page.on("request", lambda request: asked.append(request.url))
        page.wait_for_timeout(3_000)
        assert asked == []
        pause.press("Enter")
        expect(page.locator("tr", has_text="seen_later")).to_contain_text("Stored")
        assert window.complaints == []


def test_an_event_without_a_name_is_mended_on_screen(browser: Browser, served: Served) -> None:
    with visitor(browser, served, handle="admin") as window:
        page = window.page
        window.go("/data/live/?outcome=quarantined")
        page.get_by_role("link", name="event is missing").first.click()
        field = page.get_by_label("The call, as it shall be tried again")
        field.fill(field.input_value().replace('"type"', '"event": "mended", "type"'))
        page.get_by_role("button", name="Replay").click()
        expect(page.locator("#quarantine-row")).to_contain_text("Edited and replayed → Stored")
        window.go("/data/live/")
        expect(page.locator("tr", has_text="mended")).to_contain_text("Stored")
        assert window.complaints == []


def test_two_characters_find_accounts(browser: Browser, served: Served) -> None:
    with visitor(browser, served, handle="admin", language="ja") as window:
        window.go("/accounts/")
        window.page.locator("input[name=q]:visible").fill("東京")
        window.page.keyboard.press("Enter")
        window.page.wait_for_url("**q=%E6%9D%B1%E4%BA%AC**")
        names = window.page.locator("main tbody th").all_inner_texts()
        assert names
        assert [name for name in names if "東京" not in name] == []
        window.go("/accounts/?q=%E4%BA%AC%E6%9D%B1")  # 京東: the same characters, in nobody's name
        assert window.page.locator("main tbody tr").count() == 0


def test_a_past_day_is_kept_from_page_to_page(browser: Browser, served: Served) -> None:
    with visitor(browser, served, handle="admin") as window:
        window.go("/accounts/")
        window.page.locator("main tbody a[href^='/accounts/']").first.click()
        window.page.wait_for_load_state()
        account = urlsplit(window.page.url).path
        window.go(f"{account}?as_of=2026-05-01")
        expect(window.page.locator("main")).to_contain_text("1 May 2026")
        tabs = window.page.eval_on_selector_all(
            f"nav a[href^='{account}']", "all => all.map(a => a.getAttribute('href'))"
        )
        assert tabs
        assert [x for x in tabs if "as_of=2026-05-01" not in x] == []
