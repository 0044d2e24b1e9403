"""Keeps whether what was expected came about, and what rules change."""

from collections.abc import Sequence
from typing import TypeVar

from django.db import models, transaction

from banso.desk.models import Effect, Expectation, Followed, Judgement, RunExpectation

BATCH = 2_000
J = TypeVar("J", bound=Judgement)
_TOLD = ("condition", "within_days", "due_on", "came", "why", "reached_on", "settled_on")


@transaction.atomic
def keep_expectations(rows: Sequence[Judgement]) -> int:
    """Open ones may be settled; what is settled stays as it was told. Returns how many there were
    to write."""
    alerts = [x for x in rows if isinstance(x, Expectation)]
    runs = [x for x in rows if isinstance(x, RunExpectation)]
    return _keep(Expectation.objects, alerts) + _keep(RunExpectation.objects, runs)


def _keep(table: models.Manager[J], rows: Sequence[J]) -> int:
    known = table.filter(pk__in=[x.pk for x in rows]).exclude(came="open")
    settled = set(known.values_list("pk", flat=True))
    fresh = [x for x in rows if x.pk not in settled]
    table.bulk_create(
        fresh,
        update_conflicts=True,
        unique_fields=["pk"],
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


def mark_alerts_said(episodes: Sequence[int]) -> None:
    """What became of them is among the facts now."""
    Expectation.objects.filter(pk__in=episodes).update(said=True)


def mark_runs_said(runs: Sequence[int]) -> None:
    """As `mark_alerts_said`."""
    RunExpectation.objects.filter(pk__in=runs).update(said=True)


@transaction.atomic
def keep_effects(rows: Sequence[Effect]) -> None:
    """In place of all that was kept: the rest is of rules or outcomes that are gone."""
    Effect.objects.all().delete()
    Effect.objects.bulk_create(rows)
