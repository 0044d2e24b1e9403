"""What members write down about accounts: the one writer of `note`."""

from collections.abc import Iterable
from datetime import date

from banso.desk.models import Account, Note, NoteKind
from banso.desk.queries.scope import Scope, within
from banso.desk.services.alerts import MayNotActError
from banso.desk.services.mutes import UnknownAccountError

LONGEST = 10_000
"""Characters of a note."""


class UnfitNoteError(ValueError):
    """A note that says nothing or too much, or of a day that has not come."""


class UnknownNoteError(Exception):
    """There is no such note by this member that can still be taken back."""


def write_note(
    *, scope: Scope, account: int, kind: NoteKind, text: str, on: date, today: date
) -> Note:
    """account: desk id. UnfitNoteError, UnknownAccountError, MayNotActError."""
    if not scope.acts:
        raise MayNotActError("this member may look, not act")
    if not text.strip():
        raise UnfitNoteError("a note needs a text")
    if len(text.strip()) > LONGEST:
        raise UnfitNoteError(f"a note has at most {LONGEST:,} characters")
    if on > today:
        raise UnfitNoteError(f"{on} has not come yet: a note is of today, or of a day before")
    if not within(scope, Account.objects.filter(pk=account)).exists():
        raise UnknownAccountError(f"no account {account} here")
    return Note.objects.create(
        account_id=account, member_id=scope.member, kind=kind, on=on, text=text.strip()
    )


def take_back_note(*, scope: Scope, note: int) -> None:
    """One's own, while no number counts it: gone. UnknownNoteError."""
    mine = within(scope, Note.objects.filter(pk=note, said=False), account="account")
    found = mine.filter(member=scope.member).first() if scope.acts and scope.member else None
    if found is None:
        raise UnknownNoteError(f"there is no note {note} of yours that a run has not counted yet")
    found.delete()


def mark_said(notes: Iterable[int]) -> None:
    """Their facts have been sent."""
    Note.objects.filter(pk__in=list(notes)).update(said=True)
