"""Parts of Slack's messages (Block Kit)."""

from typing import Any

LONGEST = 2_900
"""Characters of a section; Slack takes 3,000."""

Block = dict[str, Any]


def header(text: str) -> Block:
    return {"type": "header", "text": words(text, 150)}


def context(text: str) -> Block:
    return {"type": "context", "elements": [words(text, LONGEST)]}


def plain(text: str) -> Block:
    """Plain text: nothing that a customer's name or an answer holds is read as Slack's markup."""
    return {"type": "section", "text": words(text, LONGEST)}


def button(action: str, text: str, value: str) -> Block:
    return {"type": "button", "text": words(text, 75), "action_id": action, "value": value}


def opening(address: str, text: str, *, action: str = "open") -> Block:
    """A button that leads to a page."""
    return {"type": "button", "text": words(text, 75), "url": address, "action_id": action}


def words(text: str, longest: int) -> Block:
    cut = text if len(text) <= longest else text[: longest - 1] + "…"
    return {"type": "plain_text", "text": cut, "emoji": False}
