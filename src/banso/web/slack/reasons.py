"""Why an alert or a task was not useful: a button opens a window that asks, as the page does, and
what is chosen there comes as another request."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import gettext

from banso.desk.models import NotUseful
from banso.desk.queries.scope import Scope
from banso.desk.queries.tasks import task_in_scope
from banso.desk.queries.to_do import alert_in_scope
from banso.desk.services import alerts, tasks
from banso.pipeline.act.slack import NOT_USEFUL
from banso.pipeline.act.slack_blocks import Block, plain, words
from banso.pipeline.act.slack_tasks import TASK_NOT_USEFUL
from banso.pipeline.act.words import Language
from banso.web.forms.alerts import LONGEST_NOTE
from banso.web.slack.pressed import first_pressed, is_number
from banso.web.today.rows import reason_words

TITLE, LABEL, OPTION = 24, 2_000, 75
"""Characters that Slack takes at most."""
HOME = "home"


@dataclass(frozen=True)
class Question:
    """button: of an alert or of a task; number: which. home: whether it was pressed on the app's
    home. said: what the window sends, by field; None as long as it is not open."""

    button: str
    number: int
    home: bool
    said: Mapping[str, str] | None = None

    def subject(self, scope: Scope, language: Language) -> str | None:
        """The customer and what it is about; None for what is not in this scope."""
        if self.button == TASK_NOT_USEFUL:
            task = task_in_scope(scope, self.number)
            return f"{task.account}: {task.label[language]}" if task else None
        alert = alert_in_scope(scope, self.number)
        return f"{alert.episode.account}: {alert.label[language]}" if alert else None

    def answer(self, scope: Scope, reason: NotUseful, note: str, today: date) -> None:
        """Raises what services.alerts and services.tasks raise."""
        if self.button == TASK_NOT_USEFUL:
            tasks.dismiss(scope=scope, task=self.number, reason=reason, note=note, today=today)
        else:
            alerts.dismiss(scope=scope, alert=self.number, reason=reason, note=note, today=today)


def question_of(payload: Mapping[str, Any]) -> Question | None:
    """Of a button pressed or of the window sent; None for what is neither."""
    view: Mapping[str, Any] = payload.get("view") or {}
    if payload.get("type") == "view_submission":
        button, place = str(view.get("callback_id")), str(view.get("private_metadata"))
        number, _, where = place.partition(":")
        said = _said(view)
    else:
        pressed = first_pressed(payload)
        button, number = str(pressed.get("action_id")), str(pressed.get("value"))
        where, said = str(view.get("type", "")), None
    if button not in {NOT_USEFUL, TASK_NOT_USEFUL} or not is_number(number):
        return None
    return Question(button, int(number), where == HOME, said)


def _said(view: Mapping[str, Any]) -> Mapping[str, str]:
    """Every block of the window has one element, with the same name."""
    blocks: Mapping[str, Any] = (view.get("state") or {}).get("values") or {}
    fields = {name: block.get(name) or {} for name, block in blocks.items()}
    chosen = {name: (x.get("selected_option") or x).get("value") for name, x in fields.items()}
    return {name: str(x) for name, x in chosen.items() if x is not None}


def window(question: Question, subject: str) -> Block:
    """In the language that is switched on."""
    options = [
        {"text": words(word, OPTION), "value": reason.value}
        for reason, word in reason_words().items()
    ]
    reasons = {"type": "radio_buttons", "options": options}
    note = {"type": "plain_text_input", "max_length": LONGEST_NOTE}
    return {
        "type": "modal",
        "callback_id": question.button,
        "private_metadata": f"{question.number}:{HOME if question.home else ''}",
        "title": words(gettext("Not useful"), TITLE),
        "submit": words(gettext("Send"), TITLE),
        "close": words(gettext("Cancel"), TITLE),
        "blocks": [
            plain(subject),
            _input("reason", gettext("Why was it not useful?"), reasons),
            {**_input("note", gettext("In a few words"), note), "optional": True},
        ],
    }


def _input(name: str, label: str, element: Block) -> Block:
    named = {**element, "action_id": name}
    return {"type": "input", "block_id": name, "label": words(label, LABEL), "element": named}
