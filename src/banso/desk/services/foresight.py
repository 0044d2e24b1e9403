"""Keeps what was lost, and which rule saw it coming."""

from collections.abc import Sequence

from django.db import transaction

from banso.desk.models import Foresight, Loss

BATCH = 2_000


@transaction.atomic
def keep_foresight(seen: Foresight, losses: Sequence[Loss]) -> None:
    """In place of all that was kept. losses: not saved yet; they become those of `seen`."""
    Foresight.objects.all().delete()
    seen.save(force_insert=True)
    for loss in losses:
        loss.foresight = seen
    Loss.objects.bulk_create(losses, batch_size=BATCH)
