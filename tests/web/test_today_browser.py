"""Today in a real Chromium: by keyboard, by finger, and without a script."""

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from socketserver import ThreadingMixIn
from threading import Thread
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

import pytest
from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.db import connections
from django.test import Client
from playwright.sync_api import Browser, ConsoleMessage, Page, expect
from pytest_django.plugin import DjangoDbBlocker
from tests.web.served import CHROMIUM, LOUD, chromium
from tests.web.site import Site, connected

from banso.desk.models import Alert, AlertState, Handling, Member
from banso.web import house
from banso.web.today import page as today_page

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(
        CHROMIUM is None and os.environ.get("CI") != "true",
        reason="no chromium here: apt-get install chromium fonts-noto-cjk",
    ),
]

THUMB = 44
"""Pixels that a finger needs."""


@dataclass(frozen=True)
class Served:
    address: str
    session: str


class Quiet(WSGIRequestHandler):
    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  theirs
        pass


class Server(ThreadingMixIn, WSGIServer):
    daemon_threads = True


@pytest.fixture
def served(
    built_site: tuple[str, Site],
    django_db_blocker: DjangoDbBlocker,
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[Served]:
    """The site of the other tests with a csm signed in; what is done with alerts is wiped out
    afterwards."""
    monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")  # Playwright's loop runs in this thread
    url, site = built_site
    with django_db_blocker.unblock(), connected(url, site.session.home):
        house.opened()
        client = Client()
        client.force_login(Member.objects.get(handle="csm"))
        server = make_server("127.0.0.1", 0, _application(), Server, Quiet)
        Thread(target=server.serve_forever, daemon=True).start()
        cookie = client.cookies[settings.SESSION_COOKIE_NAME].value
        yield Served(f"http://127.0.0.1:{server.server_port}", cookie)
        server.shutdown()
        server.server_close()
        Handling.objects.all().delete()
        Alert.objects.update(state=AlertState.OPEN, until=None)


def _application() -> Callable[..., object]:
    """Every request has a thread and with it a connection of its own, closed with it."""
    django = get_wsgi_application()

    def application(environ: dict[str, object], start: Callable[..., object]) -> object:
        response = django(environ, start)
        try:
            return [b"".join(response)]
        finally:
            response.close()
            connections.close_all()

    return application


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as found:
        yield found


Open = Callable[..., Page]


@pytest.fixture
def open_today(browser: Browser, served: Served) -> Iterator[Open]:
    """A window on Today; nothing may be complained of in its console."""
    complaints: list[str] = []
    contexts = []

    def opened(*, path: str = "/", width: int = 1400, scripts: bool = True) -> Page:
        context = browser.new_context(
            viewport={"width": width, "height": 844},
            java_script_enabled=scripts,
            has_touch=width < 600,
            locale="en-GB",
        )
        contexts.append(context)
        name = settings.SESSION_COOKIE_NAME
        context.add_cookies([{"name": name, "value": served.session, "url": served.address}])
        page = context.new_page()
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("console", lambda x: complaints.append(x.text) if loud(x) else None)
        page.goto(f"{served.address}{path}")
        return page

    yield opened
    for context in contexts:
        context.close()
    assert complaints == []


def loud(said: ConsoleMessage) -> bool:
    """Browsers tell every answer of 400 and more; 422 is how a form says what is wrong with it."""
    return said.type in LOUD and "status of 422" not in said.text


def counts(page: Page) -> list[str]:
    badges = page.locator("#today-head .nav-tabs .badge")
    badges.first.wait_for()  # without a script a whole page comes
    return badges.all_inner_texts()


def alert(page: Page, number: int) -> str:
    """The id of the alert that stands at this place."""
    return str(page.locator(".todo-alert").nth(number).get_attribute("id"))


def enter(page: Page) -> None:
    """Into the list as a keyboard comes there: from the last filter with the Tab key."""
    page.locator("#today-head .todo-keys").focus()
    page.keyboard.press("Tab")
    expect(page.locator("#todo h2 a").first).to_be_focused()
    page.keyboard.press("j")


def test_an_alert_is_done_and_taken_back_by_keyboard_alone(open_today: Open) -> None:
    page = open_today()
    first, second = alert(page, 0), alert(page, 1)
    enter(page)
    expect(page.locator(f"#{first}")).to_be_focused()
    page.keyboard.press("d")
    expect(page.locator(f"#{first}.todo-line")).to_be_visible()
    expect(page.locator(f"#{second}")).to_be_focused()
    expect(page.get_by_role("status").locator(".toast-text")).to_have_text("Done: quiet, A1 商事")
    assert counts(page) == ["2", "0", "1"]
    page.keyboard.press("u")
    expect(page.locator(f"#{first}.todo-alert")).to_be_focused()
    assert counts(page) == ["3", "0", "0"]


def test_j_and_k_go_through_the_alerts_and_stop_at_the_ends(open_today: Open) -> None:
    page = open_today()
    places = [alert(page, n) for n in range(3)]
    enter(page)
    seen = []
    for key in "jjjkkk":
        page.keyboard.press(key)
        seen.append(page.evaluate("document.activeElement.id"))
    assert [places.index(x) for x in seen] == [1, 2, 2, 1, 0, 0]


def test_snoozing_asks_until_when_and_escape_changes_nothing(open_today: Open) -> None:
    page = open_today()
    first = alert(page, 0)
    enter(page)
    page.keyboard.press("s")
    dialog = page.get_by_role("dialog", name="Snooze until")
    expect(dialog.get_by_role("button", name="Tomorrow")).to_be_focused()
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    expect(page.locator(f"#{first}")).to_be_focused()
    assert counts(page) == ["3", "0", "0"]
    page.keyboard.press("s")
    expect(dialog.get_by_role("button", name="Tomorrow")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator(f"#{first}.todo-line")).to_contain_text("Snoozed until")
    expect(dialog).to_be_hidden()
    assert counts(page) == ["2", "1", "0"]


def test_a_day_that_has_gone_is_refused_within_the_dialog(open_today: Open) -> None:
    page = open_today()
    page.locator("[data-key=s]").first.click()
    day = page.get_by_label("Another day")
    day.evaluate("input => { input.removeAttribute('min'); input.value = '2026-01-05'; }")
    page.get_by_role("dialog").get_by_role("button", name="Snooze", exact=True).click()
    expect(page.locator("dialog #until-error")).to_have_text("Choose a day after today.")
    expect(day).to_be_focused()


def test_letters_typed_into_a_note_are_letters(open_today: Open) -> None:
    page = open_today()
    enter(page)
    page.keyboard.press("n")
    note = page.get_by_label("Another reason")
    note.click()
    page.keyboard.type("jkdsnou?")
    expect(note).to_have_value("jkdsnou?")
    page.keyboard.press("Enter")
    expect(page.locator(".todo-line")).to_contain_text("Not useful (jkdsnou?)")
    assert counts(page) == ["2", "0", "1"]


def test_on_a_fresh_page_a_key_goes_to_the_first_alert_before_anything_is_done(
    open_today: Open,
) -> None:
    for key in "jkdsn":
        page = open_today()
        page.keyboard.press(key)
        expect(page.locator(".todo-alert").first).to_be_focused()
        assert counts(page) == ["3", "0", "0"]
    page.keyboard.press("d")
    expect(page.locator(".todo-line")).to_have_count(1)


def test_on_a_fresh_page_the_help_opens_at_once_and_keeps_the_keys_to_itself(
    open_today: Open,
) -> None:
    page = open_today()
    page.keyboard.press("?")
    expect(page.get_by_role("dialog", name="Keys on this page")).to_be_visible()
    page.keyboard.press("j")
    assert not page.evaluate("document.activeElement.matches('.todo-alert')")


def test_keys_of_a_field_and_keys_of_a_japanese_input_do_nothing(open_today: Open) -> None:
    page = open_today()
    page.locator("[data-search]").focus()
    page.keyboard.type("jd?")
    expect(page.locator("[data-search]")).to_have_value("jd?")
    enter(page)
    focused = page.evaluate("document.activeElement.id")
    page.evaluate(
        """() => { for (const more of [{isComposing: true}, {keyCode: 229}, {ctrlKey: true}])
          document.activeElement.dispatchEvent(
            new KeyboardEvent('keydown', {key: 'd', bubbles: true, ...more})); }"""
    )
    page.keyboard.press("j")
    page.keyboard.press("k")
    assert page.evaluate("document.activeElement.id") == focused
    assert counts(page) == ["3", "0", "0"]


def test_enter_opens_the_reasons_and_o_the_account(open_today: Open, served: Served) -> None:
    page = open_today()
    account = page.locator("#todo h2 a").first.get_attribute("href")
    enter(page)
    page.keyboard.press("?")
    expect(page.get_by_role("dialog", name="Keys on this page")).to_be_visible()
    page.keyboard.press("Escape")
    page.keyboard.press("o")
    page.wait_for_url(f"{served.address}{account}")


def test_a_filter_changes_list_and_address_and_keeps_the_focus(
    open_today: Open, served: Served
) -> None:
    page = open_today()
    page.locator("#filter-rule").focus()
    page.keyboard.press("ArrowDown")
    expect(page.locator(".todo-alert")).to_have_count(1)
    expect(page.locator("#filter-rule")).to_be_focused()
    assert page.url == f"{served.address}/?rule=quiet"
    page.go_back()
    expect(page.locator(".todo-alert")).to_have_count(3)


def test_more_accounts_follow_where_the_focus_goes_on(
    open_today: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(today_page, "PAGE", 1)
    page = open_today()
    expect(page.locator(".todo-account")).to_have_count(1)
    page.get_by_role("link", name="Show more (1 account left)").press("Enter")
    expect(page.locator(".todo-account")).to_have_count(2)
    expect(page.locator(".todo-alert").nth(2)).to_be_focused()


def test_an_account_that_comes_twice_stays_where_it_was(
    open_today: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its urgent alert is handled while its other one, further down, is still to come."""
    monkeypatch.setattr(today_page, "PAGE", 1)
    page = open_today()
    enter(page)
    page.keyboard.press("d")
    expect(page.locator(".todo-line")).to_have_count(1)
    page.locator("#todo-more a").click()
    expect(page.locator("#todo-more")).to_have_count(0)
    assert page.locator(".todo-account h2").all_inner_texts() == ["A1 商事", "A2 商事"]


def test_without_a_script_everything_is_a_form(open_today: Open) -> None:
    page = open_today(scripts=False)
    page.get_by_role("button", name="Done").first.click()
    assert counts(page) == ["2", "0", "1"]
    page.locator(".toast").get_by_role("button", name="Undo").click()
    assert counts(page) == ["3", "0", "0"]
    page.get_by_role("button", name="Snooze").first.click()
    page.get_by_role("button", name="Tomorrow").click()
    assert counts(page) == ["2", "1", "0"]
    page.locator(".todo-mark").first.check()
    page.locator("#bulk").get_by_role("button", name="Not useful").click()
    page.get_by_role("button", name="Already knew").click()
    assert counts(page) == ["1", "1", "1"]
    page.locator(".toast").get_by_role("button", name="Undo").click()
    page.locator("#filter-rule").select_option("overdue")
    page.get_by_role("button", name="Show", exact=True).click()
    assert page.locator(".todo-alert").count() == 2


def test_on_a_phone_nothing_lies_outside_and_every_button_fits_a_thumb(open_today: Open) -> None:
    page = open_today(width=390)
    assert page.evaluate("document.documentElement.scrollWidth") == 390
    page.locator("[data-key=d]").first.tap()
    expect(page.locator(".todo-line")).to_have_count(1)
    sizes = page.eval_on_selector_all(
        "#todo .btn, .todo-filters .form-select, .todo-filters .btn",
        "all => all.map(x => x.getBoundingClientRect()).filter(x => x.height)"
        ".map(x => [x.width, x.height])",
    )
    assert min(min(size) for size in sizes) >= THUMB
    bar = page.get_by_role("form", name="With all that are marked")
    expect(bar).to_be_hidden()
    page.locator(".todo-mark").last.scroll_into_view_if_needed()
    box = page.locator(".todo-mark").last.bounding_box()
    assert box is not None
    right, below = (
        box[x] + box[y] / 2 + THUMB / 2 - 1 for x, y in (("x", "width"), ("y", "height"))
    )
    page.touchscreen.tap(right, below)
    expect(bar.locator(".todo-count")).to_have_text("Marked: 1")
    buttons = bar.locator("button:visible").all()
    assert [x.inner_text() for x in buttons] == [
        "Clear the marks", "Done", "Snooze", "Pass on", "Not useful",
    ]  # fmt: skip
    assert min(min(x.bounding_box()[y] for y in ("width", "height")) for x in buttons) >= THUMB  # type: ignore[index]
    assert page.evaluate("document.documentElement.scrollWidth") == 390


def test_several_are_marked_and_done_at_once_and_taken_back_by_keyboard_alone(
    open_today: Open,
) -> None:
    page = open_today()
    before = counts(page)
    enter(page)
    page.keyboard.press("x")
    line = page.locator("#marked")
    expect(line).to_contain_text("Marked: 1.")
    page.keyboard.press("Escape")
    expect(line).to_have_text("Nothing is marked any more.")
    page.keyboard.press("x")
    page.keyboard.press("j")
    page.keyboard.press("Shift+X")
    expect(line).to_contain_text("Marked: 2.")
    page.keyboard.press("d")
    expect(page.locator("#toasts, .toast").first).to_contain_text("Done with 2")
    assert Alert.objects.filter(state=AlertState.DONE).count() == 2
    page.keyboard.press("u")
    expect(page.locator(".toast").first).to_contain_text("Taken back: 2")
    assert counts(page) == before


def test_several_are_marked_by_pointer_and_keys_and_buttons_act_on_all_of_them(
    open_today: Open,
) -> None:
    page = open_today()
    box, bar = page.locator(".todo-mark"), page.locator("#bulk")
    expect(box.nth(1)).to_have_css("opacity", "0")
    page.locator(".todo-alert").nth(1).hover()
    expect(box.nth(1)).to_have_css("opacity", "1")
    expect(box.nth(0)).to_have_accessible_name(f"Mark: {titles(page)[0]}")
    box.nth(0).click()
    box.nth(2).click(modifiers=["Shift"])
    expect(bar.locator(".todo-count")).to_have_text("Marked: 3")
    box.nth(1).click()
    page.locator(".todo-alert").nth(2).locator("[data-key=d]").click()  # this one alone
    expect(bar.locator(".todo-count")).to_have_text("Marked: 1")
    box.nth(1).check()
    bar.get_by_role("button", name="Snooze").click()
    page.get_by_role("button", name="Tomorrow").click()
    assert counts(page) == ["0", "2", "1"]
    page.locator(".toast").get_by_role("button", name="Undo").click()
    assert counts(page) == ["2", "0", "1"]
    box.nth(0).focus()
    for key in ("Space", "Enter"):  # Enter in a box sends nothing
        page.keyboard.press(key)
    expect(bar).to_be_visible()
    bar.get_by_role("button", name="Clear the marks").click()
    expect(bar).to_be_hidden()
    expect(box.nth(0)).not_to_be_checked()
    expect(page.locator("#marked")).to_have_text("Nothing is marked any more.")
    box.nth(1).click()
    page.keyboard.press("d")
    assert counts(page) == ["1", "0", "2"]


def titles(page: Page) -> list[str]:
    return page.locator(".todo-alert h3 > span:not([class])").all_inner_texts()
