"""`python -m tests.act.slack_picture`: an alert in Slack, for the docs, in both languages.

The message is sent as always and fetched from the emulator; what it took is drawn here, block by
block, as Slack draws it (Slack itself can't be had). Look before you commit.
"""

import html
import os
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from playwright.sync_api import Browser

from banso.cli.session import open_session
from banso.core.definitions import loads
from banso.desk.models import Account, Alert, Channel, ChannelKind, Episode, Member
from banso.desk.services.channels import NewChannel, add_channel
from banso.desk.services.outbox import tell_opened
from banso.pipeline.act.send import Post
from banso.store.server import stop
from tests.act.emulator import SIGNING, TOKEN, Slack, slack
from tests.web.served import chromium

DEFINITIONS = loads({"all.yaml": "organisation: {name: Vendor, time_zone: Asia/Tokyo}"})
KEY = "a key of the home, only for a picture, long enough"
SECRETS = {"token": TOKEN, "signing": SIGNING}
NAME = "株式会社三日月あなぐま医療サービス"
ACTION = {
    "en": "Look at who stopped using what, ask why, and agree on one thing to take up again.",
    "ja": "誰がどの機能を使わなくなったかを見て理由を聞き、再開する業務をひとつ決める。",
}
WHY = (
    (
        "Use against eight weeks ago -70.3% (below -55%)",
        "利用量の増減(8週前比) -70.3%(-55%未満)",
    ),
    ("Actions (12 weeks) 1,542 (at least 50)", "操作回数(12週) 1,542回(50回以上)"),
)
OUT = Path(__file__).parents[2] / "docs/images"
STYLE = """
body { margin: 0; padding: 20px 24px; width: 640px; color: #1d1c1d; background: #fff;
  font: 15px/1.46 Lato, "Noto Sans", "Noto Sans CJK JP", sans-serif; }
.from { display: flex; gap: 8px; align-items: baseline; font-weight: 900; }
.from small { font-weight: 400; color: #616061; font-size: 12px; }
.app { padding: 0 4px; border-radius: 2px; background: #e8e8e8; font-size: 10px; font-weight: 400; }
h3 { margin: 6px 0 4px; font-size: 18px; }
p { margin: 6px 0; white-space: pre-line; }
.context { color: #616061; font-size: 13px; }
.actions { display: flex; gap: 8px; margin-top: 10px; }
button { padding: 5px 12px; border: 1px solid #bbbabb; border-radius: 4px; background: #fff;
  font: inherit; font-size: 13px; font-weight: 700; }
button.primary { color: #fff; border-color: #007a5a; background: #007a5a; }
"""


def drawn(message: Mapping[str, Any], *, said: str) -> str:
    parts = [_block(x) for x in message["blocks"]]
    head = f'<div class="from">Banso <span class="app">{said}</span> <small>9:02</small></div>'
    return f"<!doctype html><style>{STYLE}</style>{head}{''.join(parts)}"


def _block(block: Mapping[str, Any]) -> str:
    match block["type"]:
        case "header":
            return f"<h3>{html.escape(block['text']['text'])}</h3>"
        case "section":
            return f"<p>{_text(block['text'])}</p>"
        case "context":
            return f'<p class="context">{" ".join(_text(x) for x in block["elements"])}</p>'
        case "actions":
            return f'<div class="actions">{"".join(_button(x) for x in block["elements"])}</div>'
    raise ValueError(f"a block that is not drawn here: {block['type']}")


def _button(element: Mapping[str, Any]) -> str:
    return f'<button class="{element.get("style", "")}">{_text(element["text"])}</button>'


def _text(part: Mapping[str, Any]) -> str:
    """mrkdwn is escaped by who sends it."""
    if part["type"] != "mrkdwn":
        return html.escape(part["text"])
    return re.sub(r"\*([^*\n]+)\*", r"<b>\1</b>", part["text"])


@contextmanager
def home(folder: Path) -> Iterator[None]:
    os.environ |= {"BANSO_HOME": str(folder / "home"), "BANSO_LANGUAGE": "en"}
    for name in ("DATABASE_URL", "BANSO_URL"):
        os.environ.pop(name, None)
    session = open_session(create=True)
    try:
        yield
    finally:
        session.store.close()
        stop(folder / "home")


def main() -> None:
    with TemporaryDirectory(prefix="banso-slack-") as folder, home(Path(folder)):
        with slack(Path(folder)) as emulator:
            os.environ["BANSO_SLACK_URL"] = emulator.base
            messages = {language: told(emulator, language) for language in ("en", "ja")}
        with chromium() as browser:
            for language, message in messages.items():
                take(browser, message, language)


def take(browser: Browser, message: Mapping[str, Any], language: str) -> None:
    page = browser.new_page(viewport={"width": 688, "height": 100}, device_scale_factor=2)
    page.set_content(drawn(message, said="アプリ" if language == "ja" else "APP"))
    page.screenshot(path=OUT / f"slack-{language}.png", full_page=True)
    page.close()


def told(emulator: Slack, language: str) -> Mapping[str, Any]:
    """An alert of the example vendor's rule `usage_fading`, as its owner has it in Slack."""
    email = "tanaka@vendor.example"
    tanaka, _ = Member.objects.update_or_create(
        handle="tanaka", defaults={"name": "田中 湊", "email": email, "language": language}
    )
    new = NewChannel(language, ChannelKind.SLACK, "", SECRETS, revenue=True)
    Channel.objects.all().delete()
    add_channel(new, key=KEY)
    account = Account.objects.create(key=language, name=NAME, owner=tanaka)
    opened = date(2026, 9, 24)
    episode = Episode.objects.create(rule="usage_fading", account=account, opened_on=opened)
    alert = Alert.objects.create(
        episode=episode,
        owner=tanaka,
        priority="high",
        label={"en": "Use is fading", "ja": "利用が減り続けている"},
        action=ACTION,
        why=[{"metric": "usage_change", "text": {"en": en, "ja": ja}} for en, ja in WHY],
        fingerprint="f",
        generation=1,
    )
    tell_opened([alert])
    post = Post(key=KEY, base="https://banso.example.co.jp", definitions=lambda: DEFINITIONS)
    post.send_due()
    return emulator.messages(emulator.direct(email))[-1]


if __name__ == "__main__":
    main()
