"""The demo as a person meets it: `banso demo`, then `banso serve`, in a home of its own, and a real
Chromium to look at it."""

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.error import URLError

from playwright.sync_api import Browser, BrowserContext, Page, Request, sync_playwright

BANSO = Path(sys.executable).parent / "banso"
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
FLAGS = (
    "--no-sandbox",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
)
PASSWORD = "banso-demo"  # noqa: S105  of the demo only
START_SECONDS = 180


@dataclass(frozen=True)
class Served:
    url: str
    home: Path


@contextmanager
def serving(home: Path) -> Iterator[Served]:
    """A home of the demo on a free port."""
    outside = {k: v for k, v in os.environ.items() if not k.startswith(("BANSO_", "DJANGO_"))}
    outside.pop("DATABASE_URL", None)
    env = {**outside, "BANSO_HOME": str(home), "BANSO_DEVELOPMENT": "1"}
    port = free_port()
    server = subprocess.Popen([BANSO, "serve", "--port", str(port)], env=env)
    try:
        url = f"http://127.0.0.1:{port}"
        wait_for(url)
        yield Served(url, home)
    finally:
        server.terminate()
        server.wait(timeout=30)
        subprocess.run([BANSO, "stop"], env=env, check=False, stdout=subprocess.DEVNULL)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_for(url: str) -> None:
    until = time.monotonic() + START_SECONDS
    while True:
        try:
            with urllib.request.urlopen(f"{url}/sign-in/", timeout=5):  # noqa: S310  our own server
                return
        except (URLError, ConnectionError, TimeoutError):
            if time.monotonic() > until:
                raise
            time.sleep(0.2)


@contextmanager
def chromium() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=list(FLAGS))
        yield browser
        browser.close()


@dataclass(frozen=True)
class Visitor:
    """A signed-in member's window. complaints: what its console and its requests had to say."""

    page: Page
    context: BrowserContext
    url: str
    complaints: list[str]

    def go(self, path: str) -> None:
        self.page.goto(f"{self.url}{path}", wait_until="load")


@contextmanager
def visitor(
    browser: Browser,
    served: Served,
    *,
    handle: str,
    language: str = "en",
    theme: str = "light",
    width: int = 1400,
) -> Iterator[Visitor]:
    """handle: empty: nobody is signed in."""
    context = browser.new_context(
        viewport={"width": width, "height": 900 if width > 600 else 844},
        locale={"en": "en-GB", "ja": "ja-JP"}[language],
        timezone_id="Asia/Tokyo",
        color_scheme="dark" if theme == "dark" else "light",
        has_touch=width < 600,
    )
    context.set_default_timeout(10_000)
    page = context.new_page()
    complaints: list[str] = []
    page.on("console", lambda said: complaints.append(said.text) if said.type in LOUD else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("requestfailed", lambda request: _failed(request, complaints))
    page.on("request", lambda request: _same_origin(request.url, served.url, complaints))
    window = Visitor(page, context, served.url, complaints)
    if handle:
        sign_in(window, handle)
    yield window
    context.close()


LOUD = ("error", "warning")


def _failed(request: Request, complaints: list[str]) -> None:
    """What a page had asked for when the visitor left it (ERR_ABORTED) did not fail."""
    if request.failure != "net::ERR_ABORTED":
        complaints.append(f"failed: {request.url}")


def _same_origin(asked: str, ours: str, complaints: list[str]) -> None:
    if not asked.startswith((ours, "data:", "blob:", "about:")):
        complaints.append(f"asked another host: {asked}")


def sign_in(window: Visitor, handle: str) -> None:
    window.go("/sign-in/")
    window.page.fill("input[name=login]", handle)
    window.page.fill("input[name=password]", PASSWORD)
    window.page.press("input[name=password]", "Enter")
    window.page.wait_for_url(f"{window.url}/", wait_until="networkidle")  # the icon, too
