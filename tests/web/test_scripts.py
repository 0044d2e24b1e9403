"""What the scripts do in a real Chromium, on `/design`. The page is rendered beforehand and
served by a small server, some of whose addresses fail on purpose."""

import mimetypes
import os
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.conf import settings
from playwright.sync_api import Browser, Page, expect
from pytest_django import Settings
from tests.web.conftest import AsMember
from tests.web.served import CHROMIUM, LOUD, chromium

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(
        CHROMIUM is None and os.environ.get("CI") != "true",
        reason="no chromium here: apt-get install chromium fonts-noto-cjk",
    ),
]

STATIC = Path(settings.STATIC_ROOT)
Open = Callable[..., Page]


@dataclass
class Pages:
    """Where the little server is, and what it answers with: a page and its security policy."""

    site: str = ""
    html: bytes = b""
    policy: str = ""

    def part(self) -> bytes:
        """A fragment with a chart in it."""
        start = b'<figure class="chart"><div class="chart-canvas chart-md" id="use"'
        figure = self.html[self.html.index(start) :].partition(b"</figure>")[0]
        return figure.replace(b'"use', b'"again') + b"</figure>"


class Answers(BaseHTTPRequestHandler):
    """Answers as Banso would, or fails as `/fails/STATUS/` and `/silence/` say."""

    pages: Pages

    def do_GET(self) -> None:
        path = urlsplit(self.path).path
        if path.startswith("/static/"):
            file = STATIC / path.removeprefix("/static/")
            self.answer(200, file.read_bytes(), mimetypes.guess_type(path)[0] or "text/plain")
        elif path == "/silence/":
            self.close_connection = True
        elif path == "/signed-out/":
            self.answer(302, b"", location="/sign-in/")
        elif path.startswith("/fails/"):
            self.answer(int(path.split("/")[2]), b"<b>answer</b>")
        else:
            self.answer(200, self.pages.part() if path == "/part/" else self.pages.html)

    def answer(
        self, status: int, body: bytes, kind: str = "text/html; charset=utf-8", location: str = ""
    ) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Content-Security-Policy", self.pages.policy)
        if location:
            self.send_header("Location", location)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  theirs
        pass


@pytest.fixture(scope="module")
def pages() -> Iterator[Pages]:
    pages = Pages()
    handler = type("Handler", (Answers,), {"pages": pages})
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        pages.site = f"http://127.0.0.1:{server.server_port}"
        yield pages
        server.shutdown()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Playwright keeps a loop in this thread, from which Django would not let us read."""
    with pytest.MonkeyPatch.context() as environment, chromium() as found:
        environment.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
        yield found


@pytest.fixture
def complaints() -> list[str]:
    return []


@pytest.fixture
def open_design(
    as_member: AsMember,
    settings: Settings,
    browser: Browser,
    pages: Pages,
    complaints: list[str],
) -> Iterator[Open]:
    """Opens `/design` in one language and colours."""
    settings.DEVELOPMENT = True
    client = as_member("csm")
    contexts = []

    def opened(language: str = "en", theme: str = "light", *, width: int = 1400) -> Page:
        answer = client.get(f"/design/?language={language}&theme={theme}")
        pages.html, pages.policy = answer.content, answer.headers["Content-Security-Policy"]
        context = browser.new_context(
            viewport={"width": width, "height": 900}, timezone_id="Asia/Tokyo"
        )
        context.set_default_timeout(15_000)
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("console", lambda said: said.type in LOUD and complaints.append(said.text))
        page.goto(f"{pages.site}/design/", wait_until="load")
        return page

    yield opened
    for context in contexts:
        context.close()


def ask(page: Page, address: str) -> None:
    """Press a button that htmx sends to this address, and wait for the end of it."""
    page.evaluate(
        """(address) => new Promise((done) => {
          const box = document.querySelector('main');
          box.insertAdjacentHTML('beforeend',
            `<button id="asks" hx-get="${address}" hx-target="#answers">Ask</button>
             <div id="answers">before</div>`);
          htmx.process(box);
          document.addEventListener('htmx:finally:request', () => setTimeout(done, 50));
          document.getElementById('asks').click();
        })""",
        address,
    )


def toast_texts(page: Page) -> list[str]:
    return page.locator("#toasts .toast-text").all_text_contents()


SERVER = "Something went wrong on the server. Try again, or reload the page."
NETWORK = "No connection to Banso. Nothing was changed; try again."
MISSING = "This is no longer there. Reload the page."
FORBIDDEN = "You may not do this. Reload the page if you have just signed in."


@pytest.mark.parametrize(
    ("address", "told"),
    [
        ("/fails/500/", SERVER),
        ("/fails/503/", SERVER),
        ("/fails/404/", MISSING),
        ("/fails/403/", FORBIDDEN),
        ("/silence/", NETWORK),
    ],
)
def test_a_failed_request_is_told_and_changes_nothing(
    open_design: Open, address: str, told: str
) -> None:
    page = open_design()
    ask(page, address)
    assert toast_texts(page) == [told]
    expect(page.locator("#answers")).to_have_text("before")


def test_failures_are_told_in_japanese_too(open_design: Open) -> None:
    page = open_design("ja")
    ask(page, "/silence/")
    assert toast_texts(page) == [
        "Bansoに接続できません。何も変更されていません。もう一度お試しください。"
    ]


@pytest.mark.parametrize("status", [200, 409, 422])
def test_the_answer_to_a_form_is_put_in_place(open_design: Open, status: int) -> None:
    page = open_design()
    ask(page, f"/fails/{status}/")
    expect(page.locator("#answers")).to_have_text("answer")
    assert toast_texts(page) == []


def test_who_has_been_signed_out_is_sent_to_sign_in_and_comes_back(open_design: Open) -> None:
    page = open_design()
    page.evaluate(
        """() => {
          const box = document.querySelector('main');
          const button = '<button id="asks" hx-get="/signed-out/">Ask</button>';
          box.insertAdjacentHTML('beforeend', button);
          htmx.process(box);
        }"""
    )
    page.click("#asks")
    page.wait_for_url("**/sign-in/?next=%2Fdesign%2F")


def test_a_message_leaves_by_itself_but_one_that_can_be_undone_stays(open_design: Open) -> None:
    page = open_design()
    page.clock.install()
    page.evaluate(
        """() => {
          const box = document.getElementById('toasts');
          const toast = (text, inner) => {
            const one = document.createElement('div');
            one.className = 'toast';
            one.innerHTML = `<p class="toast-text">${text}</p>${inner}`;
            box.append(one);
          };
          toast('saved', '');
          toast('done', '<form><button>Undo</button></form>');
        }"""
    )
    page.clock.run_for(7_000)
    assert toast_texts(page) == ["saved", "done"]
    page.clock.run_for(2_000)
    assert toast_texts(page) == ["done"]


def test_at_most_three_messages_stand_at_a_time(open_design: Open) -> None:
    page = open_design()
    for status in (500, 404, 403, 503):
        page.evaluate("document.querySelectorAll('#asks, #answers').forEach((x) => x.remove())")
        ask(page, f"/fails/{status}/")
    assert toast_texts(page) == [MISSING, FORBIDDEN, SERVER]


def test_a_slash_goes_to_the_search_but_not_from_a_field(open_design: Open) -> None:
    page = open_design()
    page.focus("#f3")
    page.keyboard.press("End")
    page.keyboard.press("/")
    expect(page.locator("#f3")).to_have_value("佐藤/")
    page.locator("h1").click()
    page.keyboard.press("/")
    expect(page.locator("[data-search]")).to_be_focused()
    expect(page.locator("[data-search]")).to_have_value("")


def test_a_menu_closes_at_escape_and_at_a_click_elsewhere(open_design: Open) -> None:
    page = open_design()
    menu = page.locator("details.menu").last
    menu.locator("summary").click()
    expect(menu).to_have_attribute("open", "")
    page.keyboard.press("Escape")
    expect(menu).not_to_have_attribute("open", "")
    expect(menu.locator("summary")).to_be_focused()
    menu.locator("summary").click()
    page.locator("h1").click()
    expect(menu).not_to_have_attribute("open", "")


def test_a_dialog_opens_takes_the_focus_and_gives_it_back(open_design: Open) -> None:
    page = open_design()
    dialog = page.locator("#sample-dialog")
    for close in ("[data-close]", ".btn-primary"):
        page.click("[data-dialog]")
        expect(dialog).to_be_visible()
        expect(dialog.locator("input")).to_be_focused()
        dialog.locator(close).click()
        expect(dialog).to_be_hidden()
        expect(page.locator("[data-dialog]")).to_be_focused()
    page.click("[data-dialog]")
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()


def test_charts_are_drawn_as_svg_with_dates_of_the_language(open_design: Open) -> None:
    months = {}
    for language in ("en", "ja"):
        page = open_design(language)
        assert page.locator(".chart-canvas > div > svg").count() == 2
        assert page.locator(".chart canvas").count() == 0
        texts = page.locator("#use svg text").all_text_contents()
        months[language] = {text for text in texts if re.search("Feb|^2月|2026", text)}
    assert months == {"en": {"2026", "Feb"}, "ja": {"2026年", "2月"}}


def strokes(page: Page) -> set[str]:
    found = page.eval_on_selector_all(
        "#use svg path", "all => all.map((path) => path.getAttribute('stroke')).filter(Boolean)"
    )
    return set(found)


def test_charts_are_drawn_anew_when_the_colours_change(open_design: Open) -> None:
    page = open_design()
    light = strokes(page)
    page.evaluate("document.documentElement.dataset.bsTheme = 'dark'")
    page.wait_for_timeout(200)
    dark = strokes(page)
    assert light != dark
    assert dark == strokes(open_design(theme="dark"))


def test_a_chart_in_a_part_that_htmx_brings_is_drawn(open_design: Open) -> None:
    page = open_design()
    ask(page, "/part/")
    expect(page.locator("#again svg")).to_be_visible()


def test_a_chart_fits_into_a_narrower_page(open_design: Open) -> None:
    page = open_design()
    page.set_viewport_size({"width": 390, "height": 844})
    page.wait_for_timeout(300)
    assert page.evaluate("document.documentElement.scrollWidth") == 390


@pytest.mark.parametrize("width", [1400, 390])
@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("language", ["en", "ja"])
def test_every_component_is_accessible(
    open_design: Open, complaints: list[str], language: str, theme: str, width: int
) -> None:
    page = open_design(language, theme, width=width)
    page.evaluate("document.querySelectorAll('details').forEach((one) => { one.open = true; })")
    page.evaluate("document.querySelector('dialog').showModal()")
    opened = Axe().run(page).response["violations"]
    page.keyboard.press("Escape")
    broken = [*opened, *Axe().run(page).response["violations"]]
    assert [(x["id"], x["nodes"][0]["html"]) for x in broken] == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert complaints == []
