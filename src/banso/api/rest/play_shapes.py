"""What the API takes and answers of plays and tasks."""

from datetime import date, datetime
from typing import Any, Literal

from pydantic import Field, model_validator

from banso.api.rest.shapes import MOST, ExpectedItem, Shape, Text
from banso.desk.models import RunState
from banso.desk.queries.mails import Where


class TasksAsked(Shape):
    tab: Literal["todo", "snoozed", "handled"] = "todo"
    member: str = Field(default="", description="Handle of who is to do them")
    limit: int = Field(default=50, ge=1, le=MOST)


class TaskItem(Shape):
    id: int
    account: str = Field(description="Key of the account")
    account_name: str
    member: str | None = Field(description="Handle of who is to do it")
    play: str
    run: int = Field(description="Run of the play")
    rule: str | None = Field(description="Rule whose alert started the play")
    expected: ExpectedItem | None = Field(
        description="Of that alert; null: no alert started the play, its rule expects nothing, or "
        "nobody has looked yet"
    )
    play_expected: ExpectedItem | None = Field(
        description="Of the run of the play, whoever began it; null: the play expects nothing, or "
        "nobody has looked yet"
    )
    label: Text
    instructions: Text | None
    link: str | None
    checklist: list[Text]
    ticked: list[int] = Field(description="Points of the checklist that are done, from 0")
    made_on: date
    due_on: date
    state: str = Field(description="open, done, snoozed, not_useful, withdrawn")
    until: date | None = Field(description="A snoozed task is back from this day on")
    handling: int | None = Field(description="What was done last, for `undo`")


class Note(Shape):
    note: str = Field(default="", max_length=500, description="What came of it")


class Tick(Shape):
    point: int = Field(ge=0, description="Point of the checklist, from 0")
    done: bool = Field(default=True, description="false: it is not done after all")


class Ticked(Shape):
    ticked: list[int] = Field(description="Points of the checklist that are done, from 0")


class MailsAsked(Shape):
    state: Where | None = Field(default="draft", description="Where they stand; null: anywhere")
    limit: int = Field(default=50, ge=1, le=MOST)


class MailItem(Shape):
    id: int
    account: str = Field(description="Key of the account")
    account_name: str
    to: str
    language: str
    subject: str
    text: str
    edited: bool = Field(description="A member has changed what the play wrote")
    play: str
    run: int = Field(description="Run of the play")
    state: str = Field(description="draft, waiting, sent, failed, refused, withdrawn or unwanted")
    member: str | None = Field(description="Handle of who approved or refused it")
    due_at: datetime | None = Field(description="When it leaves, once it is approved")
    sent_at: datetime | None


class Approval(Shape):
    """Both, to say it otherwise before it leaves."""

    subject: str | None = None
    text: str | None = None

    @model_validator(mode="after")
    def _both_or_none(self) -> "Approval":
        if (self.subject is None) != (self.text is None):
            raise ValueError("give subject and text, or neither")
        return self


class Refusal(Shape):
    note: str = Field(min_length=1, max_length=500, description="Why it is not sent")


class UnsubscribedItem(Shape):
    address: str
    at: datetime


class Address(Shape):
    address: str = Field(min_length=3, max_length=254, pattern=r"^[^@\s]+@[^@\s]+$")


class PassOn(Note):
    to: str = Field(description="Handle of a member who sees the account and may act on it")


class PlayItem(Shape):
    name: str
    label: Text
    description: Text | None
    rules: list[str] = Field(description="Rules that start it")
    fingerprint: str = Field(description="Of what it says now; a run keeps that of its start")
    open: int = Field(description="Runs that go on, of the member's accounts")
    parked: int = Field(description="Runs that a problem has parked")
    ended: int
    kept_out: int = Field(description="How often an account was kept out")


class StepItem(Shape):
    key: str = Field(description="Its place in the play: 2, 3.then.1")
    kind: str
    depth: int = Field(description="In how many branches it stands")
    side: Text | None = Field(description="When the branch is taken that begins with it")
    title: Text
    details: list[Text]


class PlayWhole(PlayItem):
    yaml: str = Field(description="As it stands in the definitions: to edit, and send as a draft")
    steps: list[StepItem]


class SaidItem(Shape):
    step: str = Field(description="Key of the step")
    kind: str
    part: str = Field(description="Which of its texts")
    to: str = Field(description="Address of a mail; empty for others")
    texts: Text | None = Field(description="Null where it can't be filled")
    problem: Text | None = Field(description="What stands in the way, and the mend")


class PlayDraftItem(Shape):
    play: str
    member: str | None = Field(description="Who saved it; null: from the command line")
    at: datetime


class ChangeItem(Shape):
    """A field that differs; null where it is not there."""

    kind: str = Field(description="play, template, ...")
    name: str
    field: str = Field(description="Dotted; empty where the whole definition is new")
    old: Any
    new: Any


class PlayDraftWhole(PlayDraftItem):
    text: str
    failed: str | None = Field(description="Why it does not go with what is in force now")
    steps: list[StepItem]
    changes: list[ChangeItem] = Field(description="Beside what is in force")
    entries: list["EntryItem"] = Field(
        description="Accounts with an open alert of its rules, as if it were in force"
    )


class Candidates(Shape):
    """For whom: accounts, or a segment as of the newest run, or (with neither) accounts with an
    open alert of the rules that start the play."""

    accounts: list[str] = Field(default=[], max_length=MOST, description="Keys")
    segment: str = ""

    @model_validator(mode="after")
    def _one_of_them(self) -> "Candidates":
        if self.accounts and self.segment:
            raise ValueError("say accounts or a segment, not both")
        return self


class EntryItem(Shape):
    account: str = Field(description="Key of the account")
    account_name: str
    enters: bool
    reason: str | None = Field(description="Why it is kept out; null where it enters")
    words: Text | None = Field(description="The same for people")
    until: date | None = Field(description="From when on this would keep it out no longer")


class RunsAsked(Shape):
    play: str | None = None
    account: str | None = Field(default=None, description="Key of the account")
    state: RunState | None = None
    limit: int = Field(default=50, ge=1, le=MOST)


class RunItem(Shape):
    id: int
    play: str
    fingerprint: str
    account: str
    account_name: str
    started_by: str = Field(description="alert, play, member")
    rule: str | None
    state: str = Field(description="asked, open, parked, ended, kept_out")
    at: str | None = Field(description="Key of the step that comes next")
    tasks: int = Field(description="How many of its tasks wait")
    waits: str | None = Field(description="time, condition, unmeasured, no_facts")
    entered_on: date | None
    ended_on: date | None
    because: str | None
    problem: Text | None = Field(description="Why it is parked, and the mend")
    expected: ExpectedItem | None = Field(
        description="Null: the play expects nothing, or nobody has looked yet"
    )
