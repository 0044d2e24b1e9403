"""Which dominoes people ask for, as the address says it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta

from banso.core.definitions import Definitions
from banso.core.value.dominoes import By
from banso.desk.queries.briefs import NOBODY
from banso.web.forms.alerts import NO_OWNER
from banso.web.forms.reader import Reader

BYS: tuple[By, ...] = ("rule", "play", "owner", "segment", "month")
RECENT = timedelta(days=90)
MONTHS = 12


@dataclass(frozen=True)
class Asked:
    """month: its first day; None: the last 90 days. by: what the table is broken down by. unknown:
    parameters whose value means nothing, with that value."""

    rule: str = ""
    play: str = ""
    segment: str = ""
    owner: int | None = None
    month: date | None = None
    by: By = "rule"
    unknown: Mapping[str, str] = field(default_factory=dict)

    def days(self, as_of: date) -> tuple[date, date]:
        """First and last day of the alerts that are counted."""
        if self.month is None:
            return as_of - RECENT + timedelta(days=1), as_of
        return self.month, (self.month + timedelta(days=31)).replace(day=1) - timedelta(days=1)


def months(as_of: date) -> list[date]:
    """The newest first."""
    number = as_of.year * 12 + as_of.month - 1
    return [date((number - n) // 12, (number - n) % 12 + 1, 1) for n in range(MONTHS)]


def asked_of(parameters: Mapping[str, str], *, definitions: Definitions, as_of: date) -> Asked:
    """parameters: rule, play, segment, owner, month (2026-09), by."""
    reader = Reader(parameters)
    month = reader.one_of("month", [f"{x:%Y-%m}" for x in months(as_of)])
    by = reader.one_of("by", BYS)
    return Asked(
        rule=reader.one_of("rule", definitions.rules),
        play=reader.one_of("play", definitions.plays),
        segment=reader.one_of("segment", definitions.segments),
        owner=reader.owner(),
        month=date.fromisoformat(f"{month}-01") if month else None,
        by=next((x for x in BYS if x == by), "rule"),
        unknown=reader.unknown,
    )


def parameters_of(asked: Asked) -> dict[str, str]:
    """The other way round, without what is usual."""
    said = {
        "rule": asked.rule,
        "play": asked.play,
        "segment": asked.segment,
        "owner": NO_OWNER if asked.owner == NOBODY else str(asked.owner or ""),
        "month": f"{asked.month:%Y-%m}" if asked.month else "",
        "by": "" if asked.by == "rule" else asked.by,
    }
    return {name: value for name, value in said.items() if value}
