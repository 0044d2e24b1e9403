"""What members have written down about an account, ready to be shown."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext, pgettext

from banso.desk.models import NoteKind
from banso.desk.queries.notes import notes_of_account
from banso.web.account360.visit import Visit

SHOWN = 3
"""So many stand on the overview; the timeline has all."""
ICONS: Mapping[str, str] = {
    NoteKind.CALL: "phone",
    NoteKind.MEETING: "users",
    NoteKind.MAIL: "mail",
    NoteKind.OTHER: "pencil",
}


@dataclass(frozen=True)
class NoteCard:
    """mine: the reader's own, which can still be taken back."""

    id: int
    icon: str
    kind: str
    on: date
    member: str
    text: str
    mine: bool


def kind_words() -> Mapping[str, str]:
    return {
        NoteKind.CALL: pgettext("contact", "Call"),
        NoteKind.MEETING: pgettext("contact", "Meeting"),
        NoteKind.MAIL: pgettext("contact", "Mail"),
        NoteKind.OTHER: pgettext("contact", "Note"),
    }


def note_cards(visit: Visit) -> Sequence[NoteCard]:
    """The newest, up to the day that is looked at."""
    words, me = kind_words(), visit.scope.member
    until = visit.as_of if visit.travelled else None
    found = notes_of_account(visit.scope, visit.head.id, until=until, most=SHOWN)
    return [
        NoteCard(
            id=x.pk,
            icon=ICONS[x.kind],
            kind=words[x.kind],
            on=x.on,
            member=str(x.member or gettext("somebody")),
            text=x.text,
            mine=not x.said and x.member_id is not None and x.member_id == me,
        )
        for x in found
    ]
