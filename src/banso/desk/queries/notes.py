"""What members have written down about accounts."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from banso.desk.models import Note
from banso.desk.queries.scope import Scope, within


@dataclass(frozen=True)
class Unsaid:
    """A note whose fact was not sent yet. account: key."""

    number: int
    account: str
    kind: str
    on: date


def notes_of_account(
    scope: Scope, account: int, *, until: date | None = None, most: int
) -> Sequence[Note]:
    """The newest first. until: the last day. One query."""
    rows = within(scope, Note.objects.filter(account=account), account="account")
    if until is not None:
        rows = rows.filter(on__lte=until)
    return list(rows.select_related("member", "account")[:most])


def note_in_scope(scope: Scope, note: int) -> Note | None:
    """With its account and who wrote it."""
    rows = within(scope, Note.objects.filter(pk=note), account="account")
    return rows.select_related("member", "account").first()


def unsaid_notes(*, most: int) -> Sequence[Unsaid]:
    """The oldest first."""
    rows = Note.objects.filter(said=False).order_by("id")
    return [Unsaid(*x) for x in rows.values_list("id", "account__key", "kind", "on")[:most]]
