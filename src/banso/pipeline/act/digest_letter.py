"""The morning mail: subject, plain text and page."""

from collections.abc import Mapping, Sequence
from datetime import date
from html import escape
from typing import Any

from banso.desk.models import Delivery
from banso.pipeline.act import mail_markup as markup
from banso.pipeline.act.told import day_words, language_of
from banso.pipeline.act.words import Language, say

Item = tuple[str, ...]
"""The customer, and lines about it."""


def digest_letter(delivery: Delivery, *, base: str) -> tuple[str, str, str]:
    language, body = language_of(delivery), delivery.body
    none: Mapping[str, Any] = {"count": 0, "items": ()}
    tasks: Mapping[str, Any] = body.get("tasks") or none
    mails: Mapping[str, Any] = body.get("mails") or none
    parts: list[tuple[str, Sequence[Item], int]] = [
        ("mails", [(x["account"], x["subject"], x["to"]) for x in mails["items"]], mails["count"]),
        ("tasks", [_task(x, body["day"], language) for x in tasks["items"]], tasks["count"]),
        ("alerts", [_alert(x, language) for x in body["items"]], body["count"]),
    ]
    parts = [x for x in parts if x[2]]
    named = [x[0] for x in parts] != ["alerts"]
    opens, footer = say("digest.open", language), say("digest.footer", language)
    found = [
        (say(name, language) if named else "", items, _more(items, count, language))
        for name, items, count in parts
    ]
    text = "\n\n".join([*(_text(*x) for x in found), f"{opens}: {base}/", footer])
    page = "".join(_page(*x) for x in found)
    page += f"{markup.button(f'{base}/', opens)}{markup.footer(footer)}"
    count = body["count"] + tasks["count"] + mails["count"]
    subject = say("digest.subject", language, count=count)
    return subject, f"{text}\n", markup.page(language, page)


def _alert(item: Mapping[str, Any], language: Language) -> Item:
    why = [x.get("text", x)[language] for x in item["why"][:1]]  # before 0.2 the text alone
    return (item["account"], item["label"][language], *why, item["action"][language])


def _task(item: Mapping[str, Any], day: str, language: Language) -> Item:
    late = date.fromisoformat(item["due_on"]) < date.fromisoformat(day)
    due = say(
        "task.late" if late else "task.due_on", language, day=day_words(item["due_on"], language)
    )
    return (item["account"], item["label"][language], due)


def _more(items: Sequence[Item], count: int, language: Language) -> str:
    left = count - len(items)
    return say("digest.more", language, count=left) if left else ""


def _text(name: str, items: Sequence[Item], more: str) -> str:
    parts = ["\n".join(x) for x in items]
    return "\n\n".join([*([name] if name else []), *parts, *([more] if more else [])])


def _page(name: str, items: Sequence[Item], more: str) -> str:
    rows = "".join(
        '<li style="margin:0 0 16px">'
        f"<strong>{escape(account)}</strong><br>{'<br>'.join(escape(x) for x in rest)}</li>"
        for account, *rest in items
    )
    heading = markup.part(name) if name else ""
    return f'{heading}<ol style="padding-left:20px">{rows}</ol><p>{escape(more)}</p>'
