"""Slack: a message with buttons that act, changed in place when something becomes of the alert."""

import os
from collections.abc import Mapping
from datetime import timedelta

from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError, SlackClientError

from banso.desk.models import Delivery, DeliveryKind
from banso.desk.services.task_news import TOLD
from banso.pipeline.act.refusals import NEVER_DELIVERED, NO_ADDRESS, THE_OWNER
from banso.pipeline.act.slack_blocks import Block, button, context, header, opening, plain
from banso.pipeline.act.slack_tasks import change_task, written_task
from banso.pipeline.act.told import Said, Told, language_of, said, told
from banso.pipeline.act.told_incident import INCIDENTS, told_incident
from banso.pipeline.act.verdict import NotNowError, RefusedError, ShutOutError
from banso.pipeline.act.words import Language, say

SECONDS = 15
OF_THE_MESSAGE = frozenset(
    {
        "invalid_blocks",
        "msg_too_long",
        "no_text",
        "message_not_found",
        "cant_update_message",
        "edit_window_closed",
        "users_not_found",
        "user_not_found",
        "cannot_dm_bot",
        "user_disabled",
    }
)
NOT_NOW = frozenset(
    {"ratelimited", "internal_error", "fatal_error", "service_unavailable", "request_timeout"}
)
POSTED = frozenset(
    {
        DeliveryKind.OPENED,
        DeliveryKind.MESSAGE,
        DeliveryKind.INCIDENT_OPENED,
        DeliveryKind.TEST,
        *TOLD,
    }
)
DONE, SNOOZE, UNDO = "alert_done", "alert_snooze", "alert_undo"
NOT_USEFUL = "alert_not_useful"


def client(token: str) -> WebClient:
    """BANSO_SLACK_URL: another address of Slack's API than its own, such as a test server's."""
    base = os.environ.get("BANSO_SLACK_URL", WebClient.BASE_URL)
    return WebClient(token=token, base_url=base, timeout=SECONDS)


def send(delivery: Delivery, *, token: str, base: str, currency: str) -> Mapping[str, str]:
    """Where the message lies. Raises NotNowError, RefusedError, ShutOutError."""
    slack = client(token)
    try:
        if delivery.kind in POSTED:
            return _post(slack, delivery, base=base, currency=currency)
        if delivery.kind in (DeliveryKind.TASK_HANDLED, DeliveryKind.TASK_TICKED):
            return change_task(slack, delivery, base=base, currency=currency)
        if delivery.kind == DeliveryKind.INCIDENT_CLOSED:
            return _below(slack, delivery, base=base)
        return _change(slack, delivery, base=base, currency=currency)
    except SlackApiError as error:
        raise _verdict(error) from None
    except (SlackClientError, OSError) as error:
        raise NotNowError(f"{type(error).__name__}: {error}") from None


def _post(slack: WebClient, delivery: Delivery, *, base: str, currency: str) -> Mapping[str, str]:
    text, blocks = written(delivery, base=base, currency=currency)
    answer = slack.chat_postMessage(
        channel=delivery.channel.address or _in_person(slack, delivery),
        text=text,
        blocks=blocks,
        unfurl_links=False,
    )
    return {"channel": str(answer["channel"]), "ts": str(answer["ts"])}


def _change(slack: WebClient, delivery: Delivery, *, base: str, currency: str) -> Mapping[str, str]:
    """The message of the opening says how it stands now; what closes the alert is also told below
    it, where those who talk about it see it."""
    place = (
        Delivery.objects.filter(
            channel=delivery.channel, alert=delivery.alert_id, kind=DeliveryKind.OPENED
        )
        .values_list("place", flat=True)
        .first()
    )
    if not place:
        raise RefusedError(NEVER_DELIVERED)
    text, blocks = written(delivery, base=base, currency=currency)
    slack.chat_update(channel=place["channel"], ts=place["ts"], text=text, blocks=blocks)
    if delivery.kind == DeliveryKind.CLOSED:
        news = told(delivery, base=base, currency=currency).news
        slack.chat_postMessage(channel=place["channel"], thread_ts=place["ts"], text=news)
    found: Mapping[str, str] = place
    return found


def _below(slack: WebClient, delivery: Delivery, *, base: str) -> Mapping[str, str]:
    """That an incident is over stands below the message that told of it."""
    opened = Delivery.objects.filter(
        channel=delivery.channel,
        member=delivery.member,
        kind=DeliveryKind.INCIDENT_OPENED,
        body__incident=delivery.body["incident"],
    )
    place = opened.values_list("place", flat=True).first()
    if not place:
        raise RefusedError(NEVER_DELIVERED)
    news = told_incident(delivery, base=base)
    text = f"{news.title}. {news.text}"
    slack.chat_postMessage(channel=place["channel"], thread_ts=place["ts"], text=text)
    found: Mapping[str, str] = place
    return found


def _in_person(slack: WebClient, delivery: Delivery) -> str:
    """Slack's id of the member, by e-mail address."""
    email = delivery.member.email if delivery.member else ""
    if not email:
        raise RefusedError(NO_ADDRESS.format(member=delivery.member or THE_OWNER))
    user = slack.users_lookupByEmail(email=email)["user"]["id"]
    return str(slack.conversations_open(users=[user])["channel"]["id"])


def _verdict(error: SlackApiError) -> Exception:
    answer = error.response
    code = str(answer.get("error", "")) or f"status {answer.status_code}"
    if answer.status_code == 429 or code in NOT_NOW or answer.status_code >= 500:
        asked = str(answer.headers.get("Retry-After", ""))
        return NotNowError(code, wait=timedelta(seconds=int(asked)) if asked.isdigit() else None)
    if code in OF_THE_MESSAGE:
        return RefusedError(f"Slack: {code}")
    return ShutOutError(f"Slack: {code}")


def written(delivery: Delivery, *, base: str, currency: str) -> tuple[str, list[Block]]:
    """The text for notifications, and the message in blocks."""
    language = language_of(delivery)
    if delivery.kind == DeliveryKind.TEST:
        text = say("test", language, channel=delivery.body["channel"])
        return text, [plain(text)]
    if delivery.kind == DeliveryKind.MESSAGE:
        return _message(said(delivery, base=base), say("open", language))
    if delivery.kind in INCIDENTS:
        return _message(told_incident(delivery, base=base), say("incident.open", language))
    if delivery.task_id is not None:
        return written_task(delivery, base=base, currency=currency)
    alert = told(delivery, base=base, currency=currency)
    reasons = "\n".join(f"• {x}" for x in alert.why)
    blocks: list[Block] = [
        header(f"{alert.account}: {alert.title}"),
        context(alert.state),
        *([plain(f"{say('why', language)}\n{reasons}")] if reasons else []),
        plain(f"{say('do', language)}\n{alert.action}"),
        *([context(alert.news)] if alert.news else []),
        {"type": "actions", "elements": _buttons(alert, delivery, language)},
    ]
    return alert.news or f"{alert.account}: {alert.title}", blocks


def _message(message: Said, opens: str) -> tuple[str, list[Block]]:
    blocks: list[Block] = [
        header(message.title),
        plain(message.text),
        {"type": "actions", "elements": [opening(message.address, opens)]},
    ]
    return message.title, blocks


def _buttons(alert: Told, delivery: Delivery, language: Language) -> list[Block]:
    look = opening(alert.address, say("open", language))
    if delivery.kind == DeliveryKind.CLOSED:
        return [look]
    value = f"{alert.alert}"
    if alert.done:
        if alert.handling is None:
            return [look]
        return [button(UNDO, say("undo", language), f"{value}:{alert.handling}"), look]
    return [
        {**button(DONE, say("done", language), value), "style": "primary"},
        button(SNOOZE, say("snooze", language), value),
        button(NOT_USEFUL, say("not_useful", language), value),
        look,
    ]
