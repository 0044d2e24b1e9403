"""What stepping a play needs to know of the world around it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from banso.core.definitions.plays import Play
from banso.core.definitions.template import Template
from banso.core.plays.machine import Facts


@dataclass(frozen=True)
class World:
    """day: of the run of Banso, or today. plays, templates: in force. due: the day so many business
    days after another. facts: by account key, as of `day`; empty where no run has looked.
    organisation: its name. mail_days: see Organisation. quiet_until: when quiet hours end in which
    members are sent nothing, None: they are not now. sends: the first moment from another on at
    which customers are written to."""

    day: date
    plays: Mapping[str, Play]
    due: Callable[[date, int], date]
    facts: Mapping[str, Facts] = field(default_factory=dict)
    templates: Mapping[str, Template] = field(default_factory=dict)
    organisation: str = ""
    mail_days: int = 0
    quiet_until: datetime | None = None
    sends: Callable[[datetime], datetime] = lambda at: at
