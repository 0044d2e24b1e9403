"""Alerts and when they were told, with what came after them."""

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple
from zoneinfo import ZoneInfo

from banso.desk.models import Pause


class TellingRow(NamedTuple):
    """told_on: None: not yet, or never. came: see models.Followed; None: not judged."""

    rule: str
    opened_on: date
    closed_on: date | None
    closed_because: str
    told_on: date | None
    came: str | None


def paused_spans(*, zone: str) -> Sequence[tuple[str, date, date | None]]:
    """Rule, and from when until when it told nobody (None: still), of all pauses ever; days of
    that zone."""
    rows = Pause.objects.values_list("rule", "at", "ended_at")
    here = ZoneInfo(zone)
    return [
        (rule, at.astimezone(here).date(), ended.astimezone(here).date() if ended else None)
        for rule, at, ended in rows
    ]
