"""`./run screenshots`: pictures of the key screens of the demo, in both languages and themes,
written to docs/images; with --all of every screen, to look at. Look before you commit.
"""

import argparse
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from playwright.sync_api import Browser
from tests.demo import computed
from tests.web.live_calls import send_some
from tests.web.served import Served, Visitor, chromium, serving, visitor

ROOT = Path(__file__).parents[2]
ACCOUNT = "K0341"  # its champion is gone: conditions that hold, that don't, and an open alert
METRIC = "champion_last_use"
PLAY = "rescue_licences_delivery"  # its second task has a checklist
KEY = (
    *("today", "accounts", "board", "value", "account", "account-metric", "why"),
    *("task", "play-form"),
)
PARTS = {"task": ".todo-account:has(.todo-points)"}
"""Pictures of the first such element alone."""
ON_PHONE = ("today", "account")
TABS = ("metrics", "users", "contracts", "timeline", "compare")


def screens(window: Visitor) -> dict[str, str]:
    """Name of the picture -> address."""
    account = address_of(window, ACCOUNT)
    return {
        "today": "/",
        "task": "/?tasks=all",
        "accounts": "/accounts/",
        "board": "/board/",
        "value": "/value/",
        "value-review": "/value/review/",
        "account": account,
        **{f"account-{tab}": f"{account}{tab}/" for tab in TABS},
        "account-metric": f"{account}metrics/?metric={METRIC}",
        "why": f"{account}why/{METRIC}/",
        "data": "/data/",
        "live": "/data/live/",
        "quarantine": "/data/quarantine/",
        "quarantine-row": "/data/quarantine/1/",
        "definitions": "/definitions/",
        "metric": f"/definitions/metrics/{METRIC}/",
        "journey": "/definitions/journeys/delivery/",
        "rule": "/definitions/rules/usage_fading/",
        "play": f"/definitions/plays/{PLAY}/",
        "play-form": f"/definitions/play-drafts/{PLAY}/form/#f-steps",
    }


def address_of(window: Visitor, key: str) -> str:
    window.go(f"/accounts/?q={key}")
    link = window.page.locator("main tbody a[href^='/accounts/']").first
    return str(link.get_attribute("href")).partition("?")[0]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, default=ROOT / "docs" / "images")
    parser.add_argument("--only", nargs="*", default=KEY, help="names of the pictures wanted")
    parser.add_argument("--all", action="store_true", help="every screen (give an --out too)")
    given = parser.parse_args()
    only = None if given.all else given.only
    with (
        TemporaryDirectory(prefix="banso-screens-") as folder,
        serving(computed(Path(folder) / "home")) as served,
        chromium() as browser,
    ):
        send_some(served)
        tick_a_point(browser, served)
        for language in ("en", "ja"):
            for theme in ("light", "dark"):
                take(browser, served, given.out, only, language=language, theme=theme)


def tick_a_point(browser: Browser, served: Served) -> None:
    """The first one of the first task that has some."""
    with visitor(browser, served, handle="admin") as window:
        window.go("/?tasks=all")
        window.page.locator(".todo-point").first.click()
        window.page.locator(".todo-point[aria-pressed=true]").first.wait_for()


def take(
    browser: Browser,
    served: Served,
    out: Path,
    only: Sequence[str] | None,
    *,
    language: str,
    theme: str,
) -> None:
    """Wide pictures of every screen, and narrow ones of those that must work on a phone."""
    for width, suffix in ((1400, ""), (390, "-phone")):
        with visitor(
            browser, served, handle="admin", language=language, theme=theme, width=width
        ) as window:
            wanted = screens(window)
            for name, path in wanted.items():
                if (only and name not in only) or (suffix and name not in ON_PHONE):
                    continue
                window.go(path)
                window.page.wait_for_load_state("networkidle")
                target = out / language / f"{name}{suffix}-{theme}.png"
                target.parent.mkdir(parents=True, exist_ok=True)
                if name in PARTS:
                    window.page.locator(PARTS[name]).first.screenshot(path=target)
                else:
                    window.page.screenshot(path=target)


if __name__ == "__main__":
    main()
