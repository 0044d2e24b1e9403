"""Keeps what the pages of value count from."""

from django.db import transaction

from banso.desk.models import ValueFigures
from banso.desk.queries.value_figures import Figures


@transaction.atomic
def keep_figures(figures: Figures) -> None:
    """In place of what was kept."""
    ValueFigures.objects.all().delete()
    ValueFigures.objects.create(
        as_of=figures.as_of,
        made_at=figures.made_at,
        fingerprint=figures.fingerprint,
        columns=figures.columns.to_bytes(),
    )
