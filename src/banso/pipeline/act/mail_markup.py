"""Parts of the page of a mail. Styles stand on each element: mail programs read no style sheet."""

from collections.abc import Iterable
from html import escape


def title(text: str) -> str:
    return f'<h1 style="font-size:20px;margin:4px 0 8px">{escape(text)}</h1>'


def part(text: str) -> str:
    """Heading of a part."""
    return f'<h2 style="font-size:14px;margin:0">{escape(text)}</h2>'


def quiet(text: str, *, below: int = 0) -> str:
    return f'<p style="margin:0 0 {below}px;color:#5b6472">{escape(text)}</p>'


def lines(texts: Iterable[str]) -> str:
    rows = "".join(f"<li>{escape(x)}</li>" for x in texts)
    return f'<ul style="margin:4px 0 16px;padding-left:20px">{rows}</ul>' if rows else ""


def said(text: str) -> str:
    """With its line breaks."""
    return f'<p style="margin:4px 0 20px;white-space:pre-line">{escape(text)}</p>'


def button(address: str, words: str) -> str:
    return (
        f'<p><a href="{escape(address)}" style="background:#0b6e6e;color:#ffffff;'
        f'padding:10px 16px;border-radius:6px;text-decoration:none">{escape(words)}</a></p>'
    )


def footer(words: str) -> str:
    return f'<p style="font-size:12px;color:#5b6472;margin-top:24px">{escape(words)}</p>'


def page(language: str, inside: str) -> str:
    return (
        f'<!doctype html><html lang="{language}"><meta charset="utf-8">'
        "<body style=\"font-family:system-ui,'Hiragino Sans','Noto Sans JP',sans-serif;"
        'line-height:1.6;color:#1c2430;max-width:560px;margin:24px auto;padding:0 16px">'
        f"{inside}</body></html>"
    )
