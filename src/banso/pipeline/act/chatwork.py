"""Chatwork: a message in a room (https://developer.chatwork.com/reference)."""

import os

from banso.desk.models import Delivery
from banso.pipeline.act import mail
from banso.pipeline.act.calls import post

ADDRESS = "BANSO_CHATWORK_URL"
OWN = "https://api.chatwork.com/v2"
LONGEST = 20_000


def send(delivery: Delivery, *, token: str, base: str, currency: str) -> str:
    """What was answered. Raises NotNowError, RefusedError, ShutOutError."""
    title, text, _ = mail.written(delivery, base=base, currency=currency)
    body = f"[info][title]{plain(title)}[/title]{plain(text)[:LONGEST]}[/info]"
    said, _ = post(
        f"{os.environ.get(ADDRESS, OWN)}/rooms/{delivery.channel.address}/messages",
        headers={"X-ChatWorkToken": token},
        data={"body": body, "self_unread": "1"},
    )
    return said


def plain(text: str) -> str:
    """No tag of Chatwork's: a customer named `[toall]` calls nobody."""
    return text.replace("[", "[\N{ZERO WIDTH SPACE}")
