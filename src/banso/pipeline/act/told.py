"""An alert as a message tells it: a delivery's frozen body, in one language."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, cast

from babel.dates import format_date
from babel.numbers import format_currency

from banso.desk.models import Delivery
from banso.pipeline.act.words import Language, say


@dataclass(frozen=True)
class Told:
    """news: what has happened to it since; empty while there is nothing. done: whether members
    have nothing to do about it any more. handling: the step that can be taken back, if one."""

    alert: int
    title: str
    account: str
    address: str
    state: str
    why: Sequence[str]
    action: str
    news: str
    done: bool
    handling: int | None


def language_of(delivery: Delivery) -> Language:
    """The member's own, else the channel's."""
    member = delivery.member.language if delivery.member else ""
    return cast("Language", member or delivery.channel.language)


def told(delivery: Delivery, *, base: str, currency: str) -> Told:
    """base: where members reach Banso. currency: of amounts, ISO 4217."""
    body: Mapping[str, Any] = delivery.body
    language = language_of(delivery)
    state = body.get("state", "open")
    return Told(
        alert=body["alert"],
        title=body["label"][language],
        account=body["account"]["name"],
        address=f"{base}/accounts/{body['account']['id']}/",
        state=_state(body, language, currency),
        why=[x["text"][language] for x in body["why"]],
        action=body["action"][language],
        news=_news(body, language),
        done=state != "open" or bool(body.get("closed_on")),
        handling=body.get("handling") if not body.get("undone") else None,
    )


@dataclass(frozen=True)
class Said:
    """What a play says to an owner. title: the customer and the play."""

    title: str
    text: str
    address: str


def said(delivery: Delivery, *, base: str) -> Said:
    """base: where members reach Banso."""
    body: Mapping[str, Any] = delivery.body
    language = language_of(delivery)
    account = body["account"]
    return Said(
        title=f"{account['name']}: {body['label'][language]}",
        text=body["text"][language],
        address=f"{base}/accounts/{account['id']}/",
    )


def _state(body: Mapping[str, Any], language: Language, currency: str) -> str:
    parts = [
        say(body["priority"], language),
        say("since", language, day=day_words(body["opened_on"], language)),
        say("owner", language, owner=name_of(body, "owner") or say("nobody", language)),
    ]
    return " · ".join([*parts, *at_stake(body, language, currency)])


def name_of(body: Mapping[str, Any], who: str) -> str | None:
    """Of a member, the handle where a message is owed since before names were in it."""
    name: str | None = body.get(f"{who}_name") or body[who]
    return name


def at_stake(body: Mapping[str, Any], language: Language, currency: str) -> Sequence[str]:
    """Empty where it is not known, or not for this reader."""
    if body["arr"] is None:
        return ()
    arr = format_currency(Decimal(body["arr"]), currency, locale=language)
    return (say("at_stake", language, arr=arr),)


def _news(body: Mapping[str, Any], language: Language) -> str:
    if body.get("closed_on"):
        return say("closed", language, day=day_words(body["closed_on"], language))
    if "state" not in body:
        return ""
    until = day_words(body["until"], language) if body["until"] else ""
    by = body["by"] or say("somebody", language)
    words = say(f"state.{body['state']}", language, by=by, until=until)
    why = why_not(body, language)
    return f"{words}: {why}" if why else words


def why_not(body: Mapping[str, Any], language: Language) -> str:
    """Of what was not useful, as in Today: in the member's own words, else the reason that they
    chose. Empty of all else."""
    if not body.get("reason"):
        return ""
    return body.get("note") or say(f"reason.{body['reason']}", language)


def day_words(text: str, language: Language) -> str:
    return format_date(date.fromisoformat(text), "long", locale=language)
