"""A task by mail: subject, plain text and page."""

from banso.desk.models import Delivery
from banso.pipeline.act import mail_markup as markup
from banso.pipeline.act.told import language_of
from banso.pipeline.act.told_task import ToldTask, told_task
from banso.pipeline.act.words import say


def points(task: ToldTask) -> list[str]:
    """Of the checklist, those that are done with a mark."""
    return [f"✓ {x}" if at in task.ticked else x for at, x in enumerate(task.checklist)]


def task_letter(delivery: Delivery, *, base: str, currency: str) -> tuple[str, str, str]:
    language = language_of(delivery)
    task = told_task(delivery, base=base, currency=currency)
    subject = f"{task.account}: {task.title}".replace("\n", " ")
    footer = say("task.footer", language) if not delivery.channel.address else ""
    listed = [
        (say("checklist", language), points(task)),
        (say("why", language), task.why),
    ]
    text = "\n\n".join(
        [
            f"{task.account}\n{task.title}\n{task.heading}\n{task.state}",
            *([task.instructions] if task.instructions else []),
            *("\n".join([name, *(f"- {x}" for x in rows)]) for name, rows in listed if rows),
            *([f"{say('task.link', language)}: {task.link}"] if task.link else []),
            f"{say('open', language)}: {task.address}",
            *([footer] if footer else []),
        ]
    )
    page = (
        markup.quiet(task.account)
        + markup.title(task.title)
        + markup.quiet(task.heading)
        + markup.quiet(task.state, below=16)
        + (markup.said(task.instructions) if task.instructions else "")
        + "".join(markup.part(name) + markup.lines(rows) for name, rows in listed if rows)
        + (markup.button(task.link, say("task.link", language)) if task.link else "")
        + markup.button(task.address, say("open", language))
        + markup.footer(footer)
    )
    return subject, f"{text}\n", markup.page(language, page)
