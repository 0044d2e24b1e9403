"""Keeps whether what was expected came about, and what rules change."""

from collections.abc import Sequence

from django.db import transaction

from banso.desk.models import Effect, Expectation, Followed

BATCH = 2_000
_TOLD = ("condition", "within_days", "due_on", "came", "why", "reached_on", "settled_on")


@transaction.atomic
def keep_expectations(rows: Sequence[Expectation]) -> int:
    """Open ones may be settled; what is settled stays as it was told. Returns how many there were
    to write."""
    settled = set(
        Expectation.objects.exclude(came="open")
        .filter(episode__in=[x.episode_id for x in rows])
        .values_list("episode_id", flat=True)
    )
    fresh = [x for x in rows if x.episode_id not in settled]
    Expectation.objects.bulk_create(
        fresh,
        update_conflicts=True,
        unique_fields=["episode"],
        update_fields=_TOLD,
        batch_size=BATCH,
    )
    return len(fresh)


def keep_followed(rows: Sequence[Followed]) -> None:
    """In place of what was kept of these alerts."""
    Followed.objects.bulk_create(
        rows,
        update_conflicts=True,
        unique_fields=["episode"],
        update_fields=("outcome", "came", "settled_on"),
        batch_size=BATCH,
    )


def mark_said(episodes: Sequence[int]) -> None:
    """What became of them is among the facts now."""
    Expectation.objects.filter(episode__in=episodes).update(said=True)


@transaction.atomic
def keep_effects(rows: Sequence[Effect]) -> None:
    """In place of all that was kept: the rest is of rules or outcomes that are gone."""
    Effect.objects.all().delete()
    Effect.objects.bulk_create(rows)
