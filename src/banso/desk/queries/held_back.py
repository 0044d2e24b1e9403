"""Alerts and when they were told, with what came after them."""

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple
from zoneinfo import ZoneInfo

from banso.desk.models import Alert, Pause
from banso.desk.models.episode import TAKEN_BACK
from banso.desk.queries.scope import Scope, within


class TellingRow(NamedTuple):
    """told_on: None: not yet, or never. came: see models.Followed; None: not judged."""

    rule: str
    opened_on: date
    closed_on: date | None
    told_on: date | None
    came: str | None


def tellings(scope: Scope, *, since: date, until: date) -> Sequence[TellingRow]:
    """Of alerts that opened on these days, both included. One query."""
    rows = within(scope, Alert.objects.order_by("pk"), account="episode__account")
    rows = rows.filter(episode__opened_on__gte=since, episode__opened_on__lte=until)
    told = rows.exclude(episode__closed_because=TAKEN_BACK).values_list(
        *("episode__rule", "episode__opened_on", "episode__closed_on", "told_on"),
        "episode__followed__came",
    )
    return [TellingRow(*row) for row in told]


def paused_spans(*, zone: str) -> Sequence[tuple[str, date, date | None]]:
    """Rule, and from when until when it told nobody (None: still), of all pauses ever; days of
    that zone."""
    rows = Pause.objects.values_list("rule", "at", "ended_at")
    here = ZoneInfo(zone)
    return [
        (rule, at.astimezone(here).date(), ended.astimezone(here).date() if ended else None)
        for rule, at, ended in rows
    ]
