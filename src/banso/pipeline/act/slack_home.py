"""The home tab of the app in Slack: a member's Today, with the buttons of messages."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from slack_sdk import WebClient

from banso.core.definitions import Definitions
from banso.core.definitions.money import without_money
from banso.core.rules.rank import Stake, rank
from banso.desk.models import Mail, Member, Task
from banso.desk.queries.mails import drafts_to_approve, mails
from banso.desk.queries.scope import scope_of
from banso.desk.queries.tasks import task_counts, tasks
from banso.desk.queries.today import OpenAlert, open_alerts
from banso.pipeline.act.slack import DONE, NOT_USEFUL, SNOOZE
from banso.pipeline.act.slack_blocks import Block, button, context, header, opening, plain
from banso.pipeline.act.slack_tasks import TASK_DONE, TASK_NOT_USEFUL, TASK_SNOOZE
from banso.pipeline.act.told import day_words
from banso.pipeline.act.words import Language, say

SHOWN = 15
"""Of tasks and of alerts; Slack takes a hundred blocks in all."""
REASONS = 2


@dataclass(frozen=True)
class Reader:
    """member, today and language as they read it; base: where members reach Banso. definitions:
    None before the first ones. revenue: whether the channel tells amounts of money; the member must
    be allowed to see them, too."""

    member: Member
    today: date
    language: Language
    base: str
    definitions: Definitions | None
    revenue: bool

    def say(self, name: str, **values: object) -> str:
        return say(name, self.language, **values)


def publish_home(slack: WebClient, *, user: str, reader: Reader) -> None:
    """user: as Slack names the member. Raises what slack_sdk raises."""
    slack.views_publish(user_id=user, view={"type": "home", "blocks": home_blocks(reader)})


def home_blocks(reader: Reader) -> list[Block]:
    scope, today = scope_of(reader.member), reader.today
    mine = tasks(scope, today=today, owner=reader.member.pk, most=SHOWN)
    alerts = rank(
        open_alerts(scope, owner=reader.member.handle, to_do_on=today),
        stake=lambda x: Stake(x.priority, x.arr, x.opened_on),
    )
    drafts = mails(scope, where="draft", owner=reader.member.pk, most=SHOWN)
    count = drafts_to_approve(scope, owner=reader.member.pk)
    to_do = task_counts(scope, today=today, owner=reader.member.pk)["todo"]
    blocks = [
        header(reader.say("home.title", day=day_words(str(today), reader.language))),
        *_part(reader, "mails", [_mail(reader, x) for x in drafts], count),
        *_part(reader, "tasks", [_task(reader, x.task) for x in mine], to_do),
        *_part(reader, "alerts", [_alert(reader, x) for x in alerts[:SHOWN]], len(alerts)),
    ]
    if not mine and not alerts and not drafts:
        blocks.append(plain(reader.say("home.nothing")))
    look = opening(f"{reader.base}/", reader.say("digest.open"))
    return [*blocks, {"type": "actions", "elements": [look]}]


def _part(reader: Reader, name: str, items: Sequence[Sequence[Block]], count: int) -> list[Block]:
    """count: how many there are, shown or not."""
    if not items:
        return []
    left = count - len(items)
    more = [context(reader.say("digest.more", count=left))] if left > 0 else []
    return [header(reader.say(name)), *(block for item in items for block in item), *more]


def _mail(reader: Reader, mail: Mail) -> list[Block]:
    """It is read before it is approved, so the button leads to it."""
    look = opening(f"{reader.base}/mails/{mail.pk}/", reader.say("mail.read"), action="mail")
    said = plain(f"{mail.account}: {mail.subject}\n{mail.to}")
    return [said, {"type": "actions", "elements": [look]}]


def _task(reader: Reader, task: Task) -> list[Block]:
    due = "task.late" if task.due_on < reader.today else "task.due_on"
    words = [
        f"{task.account}: {task.label[reader.language]}",
        reader.say(due, day=day_words(str(task.due_on), reader.language)),
        *([task.instructions[reader.language]] if task.instructions else []),
    ]
    return _item(reader, words, (TASK_DONE, TASK_SNOOZE, TASK_NOT_USEFUL), f"{task.pk}")


def _alert(reader: Reader, alert: OpenAlert) -> list[Block]:
    why: Sequence[Mapping[str, Any]] = alert.why
    if not (reader.revenue and reader.member.sees_revenue):
        why = without_money(reader.definitions, why)
    words = [
        f"{alert.account_name}: {alert.label[reader.language]}",
        reader.say(alert.priority),
        *(f"• {x['text'][reader.language]}" for x in why[:REASONS]),
        alert.action[reader.language],
    ]
    return _item(reader, words, (DONE, SNOOZE, NOT_USEFUL), f"{alert.id}")


def _item(
    reader: Reader, words: Sequence[str], acts: tuple[str, str, str], value: str
) -> list[Block]:
    said = plain("\n".join(words))
    if not scope_of(reader.member).acts:
        return [said]
    done, snooze, not_useful = acts
    buttons = [
        {**button(done, reader.say("done"), value), "style": "primary"},
        button(snooze, reader.say("snooze"), value),
        button(not_useful, reader.say("not_useful"), value),
    ]
    return [said, {"type": "actions", "elements": buttons}]
