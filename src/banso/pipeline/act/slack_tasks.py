"""Tasks in Slack: a message with buttons that act, changed wherever it lies when something becomes
of the task."""

from collections.abc import Mapping

from slack_sdk import WebClient

from banso.desk.models import Delivery, DeliveryKind, TaskState
from banso.desk.queries.scope import EVERYTHING
from banso.desk.queries.tasks import takers, task_in_scope
from banso.desk.services.task_news import TOLD
from banso.pipeline.act.refusals import NEVER_DELIVERED
from banso.pipeline.act.slack_blocks import Block, button, context, header, opening, plain, words
from banso.pipeline.act.told import language_of
from banso.pipeline.act.told_task import ToldTask, told_task
from banso.pipeline.act.verdict import RefusedError
from banso.pipeline.act.words import Language, say

TASK_DONE, TASK_SNOOZE, TASK_PASS, TASK_UNDO = (
    "task_done",
    "task_snooze",
    "task_pass",
    "task_undo",
)
TASK_NOT_USEFUL = "task_not_useful"
TASK_TICK = "task_tick"
"""With the number of the task behind it: a press may choose nothing."""
MOST_TAKERS, MOST_POINTS = 100, 10
"""Slack takes no more choices."""


def written_task(delivery: Delivery, *, base: str, currency: str) -> tuple[str, list[Block]]:
    """The text for notifications, and the message in blocks."""
    language = language_of(delivery)
    task = told_task(delivery, base=base, currency=currency)
    title = f"{task.account}: {task.title}"
    reasons = "\n".join(f"• {x}" for x in task.why)
    blocks: list[Block] = [
        header(title),
        context(task.heading if not task.news else task.news),
        context(task.state),
        *([plain(task.instructions)] if task.instructions else []),
        *_checklist(task, language),
        *([plain(f"{say('why', language)}\n{reasons}")] if reasons else []),
        {"type": "actions", "elements": _acts(task, language)},
    ]
    return f"{task.news or task.heading} — {title}", blocks


def _checklist(task: ToldTask, language: Language) -> list[Block]:
    """To tick, while the task is to do; else to read. The block has another id for other ticks:
    Slack would show a reader theirs of before."""
    if not task.checklist:
        return []
    if not task.open or len(task.checklist) > MOST_POINTS:
        marks = ("☑" if at in task.ticked else "☐" for at in range(len(task.checklist)))
        return [plain("\n".join(f"{x} {y}" for x, y in zip(marks, task.checklist, strict=True)))]
    options = [
        {"text": words(x, 75), "value": f"{task.task}:{at}"} for at, x in enumerate(task.checklist)
    ]
    done = [x for at, x in enumerate(options) if at in task.ticked]
    boxes = {
        "type": "checkboxes",
        "action_id": f"{TASK_TICK}:{task.task}",
        "options": options,
        **({"initial_options": done} if done else {}),
    }
    seen = "-".join(map(str, sorted(task.ticked)))
    return [{**plain(say("checklist", language)), "accessory": boxes, "block_id": f"points-{seen}"}]


def _acts(task: ToldTask, language: Language) -> list[Block]:
    value = f"{task.task}"
    look = [opening(task.address, say("open", language))]
    if task.link:
        look.append(opening(task.link, say("task.link", language), action="link"))
    if task.over:
        return look
    if not task.open:
        if task.handling is None:
            return look
        return [button(TASK_UNDO, say("undo", language), f"{value}:{task.handling}"), *look]
    return [
        {**button(TASK_DONE, say("done", language), value), "style": "primary"},
        button(TASK_SNOOZE, say("snooze", language), value),
        button(TASK_NOT_USEFUL, say("not_useful", language), value),
        *_pass_on(task, language),
        *look,
    ]


def _pass_on(task: ToldTask, language: Language) -> list[Block]:
    """Those who could take it as things are now."""
    found = task_in_scope(EVERYTHING, task.task)
    members = takers(found)[:MOST_TAKERS] if found else ()
    if not members:
        return []
    return [
        {
            "type": "static_select",
            "action_id": TASK_PASS,
            "placeholder": words(say("task.pass", language), 150),
            "options": [
                {"text": words(str(x), 75), "value": f"{task.task}:{x.pk}"} for x in members
            ],
        }
    ]


def change_task(
    slack: WebClient, delivery: Delivery, *, base: str, currency: str
) -> Mapping[str, str]:
    """Every message of the task that this delivery's reader has says how it stands now. Where many
    read along, or its play is over, it is told below the first one, too."""
    told = Delivery.objects.filter(
        channel=delivery.channel,
        task=delivery.task_id,
        member=delivery.member_id,
        kind__in=TOLD,
        place__isnull=False,
    )
    places = [x.place for x in told.order_by("id") if x.place]
    if not places:
        raise RefusedError(NEVER_DELIVERED)
    if delivery.kind == DeliveryKind.TASK_TICKED and not _still_to_do(delivery):
        return dict(places[0])  # what became of it meanwhile stands there already
    text, blocks = written_task(delivery, base=base, currency=currency)
    for place in places:
        slack.chat_update(channel=place["channel"], ts=place["ts"], text=text, blocks=blocks)
    task = told_task(delivery, base=base, currency=currency)
    if task.news and (task.over or delivery.channel.address):
        first = places[0]
        slack.chat_postMessage(channel=first["channel"], thread_ts=first["ts"], text=task.news)
    return dict(places[0])


def _still_to_do(delivery: Delivery) -> bool:
    return delivery.task is not None and delivery.task.state == TaskState.OPEN
