"""A task as a message tells it: a delivery's frozen body, in one language."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from banso.desk.models import Delivery, DeliveryKind
from banso.pipeline.act.told import at_stake, day_words, language_of, name_of, why_not
from banso.pipeline.act.words import Language, say

REASONS = 2


@dataclass(frozen=True)
class ToldTask:
    """heading: why it comes now. state: until when, whose, of which play. news: what was done with
    it; empty while nothing was. ticked: points of the checklist that are done when it is sent, from
    0. open: whether it is to do. over: its play has ended. handling: the step that can be taken
    back, if one."""

    task: int
    heading: str
    title: str
    account: str
    address: str
    state: str
    instructions: str
    checklist: Sequence[str]
    ticked: Collection[int]
    link: str
    why: Sequence[str]
    news: str
    open: bool
    over: bool
    handling: int | None


def told_task(delivery: Delivery, *, base: str, currency: str) -> ToldTask:
    """base: where members reach Banso. currency: of amounts, ISO 4217."""
    body: Mapping[str, Any] = delivery.body
    language = language_of(delivery)
    state, undone = body.get("state", "open"), bool(body.get("undone"))
    return ToldTask(
        task=body["task"],
        heading=_heading(delivery, language),
        title=body["label"][language],
        account=body["account"]["name"],
        address=f"{base}/accounts/{body['account']['id']}/",
        state=_state(body, language, currency),
        instructions=body["instructions"][language] if body["instructions"] else "",
        checklist=[x[language] for x in body["checklist"]],
        ticked=[int(x) for x in delivery.task.ticked] if delivery.task else (),
        link=body["link"] or "",
        why=[x["text"][language] for x in body["why"][:REASONS]],
        news=_news(body, language) if delivery.kind == DeliveryKind.TASK_HANDLED else "",
        open=state == "open",
        over=state == "withdrawn",
        handling=None if undone or state in ("open", "withdrawn") else body.get("handling"),
    )


def _heading(delivery: Delivery, language: Language) -> str:
    body: Mapping[str, Any] = delivery.body
    if delivery.kind == DeliveryKind.TASK_DUE:
        return say("task.due", language)
    if delivery.kind == DeliveryKind.TASK_PASSED:
        given = say("task.given", language, by=body["by"] or say("somebody", language))
        return f"{given}: {body['note']}" if body["note"] else given
    return say("task.opened", language)


def _state(body: Mapping[str, Any], language: Language, currency: str) -> str:
    parts = [
        say("task.due_on", language, day=day_words(body["due_on"], language)),
        say("task.member", language, member=name_of(body, "member") or say("nobody", language)),
        say("task.play", language, play=body["play_label"][language]),
        *at_stake(body, language, currency),
    ]
    return " · ".join(parts)


def _news(body: Mapping[str, Any], language: Language) -> str:
    said = {
        "by": body["by"] or say("somebody", language),
        "to": body["to"] or say("task.owner", language),
        "until": day_words(body["until"], language) if body["until"] else "",
    }
    if body["state"] == "open" and not body["undone"]:
        words = say("task.passed", language, **said)
    elif body["state"] == "withdrawn":
        words = say("task.withdrawn", language)
    else:
        words = say(f"state.{body['state']}", language, **said)
    more = body["note"] or why_not(body, language)
    return f"{words}: {more}" if more else words
