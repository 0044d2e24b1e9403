"""One change of the book at a time, each of them counted."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import transaction

from banso.desk.models import Revision
from banso.desk.services.saved import Saved

ONLY = 1


@contextmanager
def changing() -> Iterator[list[Saved]]:
    """A transaction that waits for others like it: two imports at once never write back what the
    other has changed. Put what was saved into the list; anything stored counts as a change."""
    with transaction.atomic():
        Revision.objects.get_or_create(id=ONLY)
        revision = Revision.objects.select_for_update().get(id=ONLY)
        saved: list[Saved] = []
        yield saved
        if any(x.stored for x in saved):
            revision.number += 1
            revision.save(update_fields=["number"])
