"""What members write down about accounts."""

from datetime import date, datetime

from django.http import HttpRequest
from ninja import Query, Router, Status
from ninja.errors import HttpError
from pydantic import Field

from banso.api.rest.door import ACT, READ, Caller, caller
from banso.api.rest.shapes import Shape
from banso.desk.models import Note, NoteKind
from banso.desk.queries.account import account_number
from banso.desk.queries.notes import note_in_scope, notes_of_account
from banso.desk.services.notes import LONGEST, UnknownNoteError, take_back_note, write_note

router = Router(tags=["notes"])


class NotesAsked(Shape):
    account: str = Field(description="Key")
    limit: int = Field(default=50, ge=1, le=500)


class NoteItem(Shape):
    number: int
    account: str
    kind: NoteKind
    on: date = Field(description="The day that it is about")
    text: str
    member: str | None
    at: datetime


class NewNote(Shape):
    account: str = Field(description="Key")
    kind: NoteKind = NoteKind.CALL
    on: date | None = Field(default=None, description="null: today. Never a day to come")
    text: str = Field(min_length=1, max_length=LONGEST)


@router.get("notes", auth=READ, response=list[NoteItem], operation_id="list_notes")
def list_notes(request: HttpRequest, asked: Query[NotesAsked]) -> list[NoteItem]:
    """Of one account, the newest day first."""
    seen = caller(request)
    found = notes_of_account(seen.scope, _account(seen, asked.account), most=asked.limit)
    return [_item(x) for x in found]


@router.post("notes", auth=ACT, response=NoteItem, operation_id="write_note")
def add_note(request: HttpRequest, said: NewNote) -> NoteItem:
    """Written down by the member who calls. The next run sends a record `note_KIND` of its day, so
    that metrics can count it; never its text."""
    seen = caller(request)
    made = write_note(
        scope=seen.scope,
        account=_account(seen, said.account),
        kind=said.kind,
        text=said.text,
        on=said.on or seen.today,
        today=seen.today,
    )
    found = note_in_scope(seen.scope, made.pk)
    if found is None:
        raise UnknownNoteError(f"no note {made.pk}")
    return _item(found)


@router.post(
    "notes/{number}/take-back", auth=ACT, response={204: None}, operation_id="take_back_note"
)
def take_back(request: HttpRequest, number: int) -> Status[None]:
    """One's own, before a run has counted it; 404 after that."""
    take_back_note(scope=caller(request).scope, note=number)
    return Status(204, None)


def _account(seen: Caller, key: str) -> int:
    number = account_number(seen.scope, key)
    if number is None:
        raise HttpError(404, f"no account '{key}'")
    return number


def _item(note: Note) -> NoteItem:
    return NoteItem(
        number=note.pk,
        account=note.account.key,
        kind=NoteKind(note.kind),
        on=note.on,
        text=note.text,
        member=note.member.handle if note.member else None,
        at=note.at,
    )
