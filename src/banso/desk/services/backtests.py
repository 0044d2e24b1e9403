"""Keeps what rules' replays have shown last."""

from collections.abc import Sequence

from django.db import transaction

from banso.desk.models import Backtest


@transaction.atomic
def keep_backtests(rows: Sequence[Backtest]) -> None:
    """In place of all that was kept: the rest is of rules or outcomes that are gone."""
    Backtest.objects.all().delete()
    Backtest.objects.bulk_create(rows)
