"""Which rules tell nobody for now."""

from collections.abc import Mapping, Set
from dataclasses import dataclass
from datetime import datetime

from banso.desk.models import Pause


@dataclass(frozen=True)
class Paused:
    """member: handle of who paused it, None: from the command line."""

    rule: str
    reason: str
    member: str | None
    at: datetime


def pauses() -> Mapping[str, Paused]:
    """Rule -> its pause, of those that are paused now."""
    rows = Pause.objects.filter(ended_at__isnull=True).values_list(
        "rule", "reason", "member__handle", "at"
    )
    return {row[0]: Paused(*row) for row in rows}


def paused_rules() -> Set[str]:
    return set(Pause.objects.filter(ended_at__isnull=True).values_list("rule", flat=True))
