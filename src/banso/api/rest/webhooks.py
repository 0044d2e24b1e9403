"""What a webhook is sent, for the OpenAPI document. The bodies are frozen in the outbox by
desk.services (outbox, task_news, play_news, incident_news, play_steps); tests hold what is sent
against these shapes."""

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from pydantic import Field
from pydantic.json_schema import models_json_schema

from banso.api.rest.shapes import Shape, Text
from banso.desk.models import DeliveryKind


class ToldAccount(Shape):
    id: int
    key: str
    name: str


class AlertTold(Shape):
    alert: int
    rule: str
    journey: str | None
    label: Text
    action: Text
    priority: str = Field(description="high, medium, low")
    opened_on: date
    account: ToldAccount
    owner: str | None = Field(description="Handle of the member whose it is")
    owner_name: str | None
    why: list[dict[str, Any]] = Field(
        description="The reasons; amounts of money only by a channel that may tell them"
    )
    arr: Decimal | None = Field(description="Null: unmeasured, or not for this channel")


class AlertClosed(AlertTold):
    closed_on: date
    because: str


class AlertHandled(AlertTold):
    state: str = Field(description="done, snoozed, not_useful; open: taken back")
    until: date | None
    by: str | None
    reason: str | None
    note: str | None
    undone: bool
    handling: int


class TaskTold(Shape):
    task: int
    run: int
    play: str
    play_label: Text
    step: str = Field(description="Key of the step")
    label: Text
    instructions: Text | None
    link: str | None
    checklist: list[Text]
    ticked: list[int] = Field(description="Points of the checklist that are done, from 0")
    made_on: date
    due_on: date
    account: ToldAccount
    owner: str | None = Field(description="Handle of the account's owner")
    member: str | None = Field(description="Handle of who is to do it")
    member_name: str | None
    rule: str | None = Field(description="Rule whose alert started the play")
    why: list[dict[str, Any]]
    arr: Decimal | None


class TaskHandled(TaskTold):
    state: str = Field(description="done, snoozed, not_useful, withdrawn; open: passed on or back")
    until: date | None
    by: str | None
    to: str | None = Field(description="Who has it by now")
    reason: str | None
    note: str | None
    undone: bool
    handling: int


class StepTold(Shape):
    run: int
    play: str
    step: str = Field(description="Key of the step")
    label: Text = Field(description="Of the play")
    account: ToldAccount
    owner: str | None = Field(description="Handle of the account's owner")


class MessageTold(StepTold):
    text: Text


class RunTold(Shape):
    run: int
    play: str
    play_label: Text
    account: ToldAccount
    owner: str | None = Field(description="Handle of the account's owner")
    owner_name: str | None
    state: str = Field(description="open, parked, ended")
    at: str | None = Field(description="Key of the step that comes next")
    started_by: str | None = Field(description="Handle of the member who started it by hand")
    alert: int | None = Field(description="The alert that started it")
    rule: str | None = Field(description="Rule of that alert")
    parent: int | None = Field(description="The run whose step started it")
    entered_on: date | None
    ended_on: date | None
    because: str | None = Field(
        description="Why it is over: finished, exit, timed_out, not_customer, stopped, merged"
    )
    because_words: Text | None
    problem: str | None = Field(description="Why it is parked, as a code")
    problem_words: Text | None = Field(description="The same for people, with the mend")


class MailTold(Shape):
    mail: int
    run: int
    play: str
    play_label: Text
    step: str = Field(description="Key of the step that wrote it")
    account: ToldAccount
    owner: str | None = Field(description="Handle of the account's owner")
    owner_name: str | None
    to: str
    language: str
    subject: str
    state: str = Field(description="draft, waiting, sent, failed, refused, withdrawn or unwanted")
    member: str | None = Field(description="Handle of who approved or refused it")
    note: str | None = Field(description="Why it was refused")
    due_at: datetime | None = Field(description="When it leaves, once it is approved")
    answer: str | None = Field(description="Of the mail server that did not take it")


class IncidentTold(Shape):
    incident: int
    source: str
    label: Text
    fault: str = Field(description="late, silent, tenfold, tenth, doubled")
    since: date = Field(description="Figures as of this day and later are spoilt")
    until: date | None = Field(description="The first ones that are not; null while it is open")
    metrics: list[str] = Field(description="Those that rest on it: unmeasured meanwhile")
    rules: list[str] = Field(description="Those that do not fire meanwhile")


class TestTold(Shape):
    channel: str


TOLD: Mapping[DeliveryKind, tuple[type[Shape], str]] = {
    DeliveryKind.OPENED: (AlertTold, "An alert"),
    DeliveryKind.HANDLED: (AlertHandled, "What a member has done with an alert"),
    DeliveryKind.CLOSED: (AlertClosed, "An alert's rule no longer holds"),
    DeliveryKind.TASK_OPENED: (TaskTold, "A task"),
    DeliveryKind.TASK_DUE: (TaskTold, "A task that is to do is due today"),
    DeliveryKind.TASK_TICKED: (TaskTold, "Points of a task's checklist were ticked, or not"),
    DeliveryKind.TASK_HANDLED: (TaskHandled, "What has become of a task"),
    DeliveryKind.STEP: (StepTold, "A step `webhook` of a play"),
    DeliveryKind.MESSAGE: (MessageTold, "A step `message` of a play that names this channel"),
    DeliveryKind.RUN_STARTED: (RunTold, "An account has entered a play"),
    DeliveryKind.RUN_PARKED: (RunTold, "A problem has stopped a run of a play"),
    DeliveryKind.RUN_RESUMED: (RunTold, "A parked run goes on"),
    DeliveryKind.RUN_ENDED: (RunTold, "A run of a play is over, and why"),
    DeliveryKind.MAIL_DRAFTED: (MailTold, "A mail to a customer waits for approval"),
    DeliveryKind.MAIL_APPROVED: (MailTold, "A mail to a customer was approved"),
    DeliveryKind.MAIL_REFUSED: (MailTold, "A mail to a customer was refused, and why"),
    DeliveryKind.MAIL_WITHDRAWN: (MailTold, "A mail to a customer was taken back"),
    DeliveryKind.MAIL_SENT: (MailTold, "A mail to a customer has left"),
    DeliveryKind.MAIL_FAILED: (MailTold, "A mail to a customer was not delivered, and why"),
    DeliveryKind.INCIDENT_OPENED: (IncidentTold, "A source breaks its promise"),
    DeliveryKind.INCIDENT_CLOSED: (IncidentTold, "A source is as promised again"),
    DeliveryKind.TEST: (TestTold, "`banso channels test`"),
}
HEADERS = {
    "webhook-id": "Of the message, the same in every attempt",
    "webhook-timestamp": "When it was sent, in seconds since 1970",
    "webhook-signature": "See https://www.standardwebhooks.com",
}
WHERE = "#/components/schemas/"


def documented(schema: dict[str, Any]) -> None:
    """Write them into an OpenAPI document (3.1)."""
    shapes = {shape: None for shape, _ in TOLD.values()}
    _, made = models_json_schema(
        [(x, "validation") for x in shapes], ref_template=f"{WHERE}{{model}}"
    )
    schema["components"]["schemas"] |= made["$defs"]
    schema["webhooks"] = {str(kind): {"post": _operation(kind)} for kind in TOLD}


def _operation(kind: DeliveryKind) -> dict[str, Any]:
    shape, summary = TOLD[kind]
    body = {
        "type": "object",
        "required": ["type", "timestamp", "data"],
        "properties": {
            "type": {"const": str(kind)},
            "timestamp": {"type": "string", "format": "date-time"},
            "data": {"$ref": f"{WHERE}{shape.__name__}"},
        },
    }
    return {
        "operationId": f"told_{str(kind).replace('.', '_')}",
        "summary": summary,
        "tags": ["webhooks"],
        "parameters": [
            {"name": name, "in": "header", "required": True, "description": said,
             "schema": {"type": "string"}}
            for name, said in HEADERS.items()
        ],
        "requestBody": {"required": True, "content": {"application/json": {"schema": body}}},
        "responses": {"2XX": {"description": "Stored; anything else: docs, how-to/channels"}},
        "security": [],
    }  # fmt: skip
