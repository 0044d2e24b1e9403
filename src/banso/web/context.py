"""What the frame around every page shows."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext, gettext_noop

from banso.desk.queries.incidents import Incident, incidents
from banso.desk.queries.outbox import shut_out
from banso.pipeline.freshness import LateSource, late_sources
from banso.pipeline.session import in_force, opened
from banso.web.house import Look

NAV = (
    ("today", gettext_noop("Today"), "checklist"),
    ("accounts", gettext_noop("Accounts"), "building"),
    ("board", gettext_noop("Board"), "layout-grid"),
    ("value", gettext_noop("Proof of value"), "target"),
    ("data", gettext_noop("Data"), "database"),
    ("definitions", gettext_noop("Definitions"), "math-function"),
)
"""Route and name, words, icon."""


@dataclass(frozen=True)
class Place:
    """One entry of the navigation."""

    name: str
    word: str
    icon: str
    address: str


@dataclass(frozen=True)
class Frame:
    """as_of: of the newest run; None before the first one. behind: days by which it is older than
    today. late: sources that are late as of it. defined: whether definitions are in force.
    operates: whether the reader looks after Banso, so that commands are of use to them. shut_out:
    channels that are disabled, for who can mend them."""

    organisation: str
    as_of: date | None
    today: date
    behind: int
    late: tuple[LateSource, ...]
    defined: bool
    operates: bool
    shut_out: Sequence[str]
    places: tuple[Place, ...]


def page(request: HttpRequest) -> dict[str, object]:
    """`theme`: light, dark, or empty for the browser's wish."""
    theme = getattr(request.user, "theme", "") or request.COOKIES.get("theme", "")
    return {"theme": theme if theme in ("light", "dark") else ""}


def frame_of(look: Look, *, operates: bool = False) -> Frame:
    """One query for the incidents that are open, one for who operates, and for the first page after
    a run or a new incident those that find which sources are late."""
    run, definitions = look.run, look.definitions
    return Frame(
        organisation=definitions.organisation.name if definitions else "",
        as_of=run.as_of if run else None,
        today=look.today,
        behind=max((look.today - run.as_of).days, 0) if run else 0,
        late=_late(run.finished_at, run.as_of, _open(), look.today) if run and definitions else (),
        defined=definitions is not None,
        operates=operates,
        shut_out=shut_out() if operates else (),
        places=tuple(Place(name, gettext(word), icon, reverse(name)) for name, word, icon in NAV),
    )


def _open() -> tuple[Incident, ...]:
    return tuple(incidents(only_open=True))


@lru_cache(maxsize=8)
def _late(
    run: datetime, as_of: date, found: tuple[Incident, ...], today: date
) -> tuple[LateSource, ...]:
    """Sources that are late as of what is shown, and those whose incident is open now (`found`). A
    process asks the store once after each run, which is known by when it ended, and once more when
    an incident opens or ends: what arrives else is not in the figures shown either."""
    definitions = in_force()
    if definitions is None:
        return ()
    return tuple(late_sources(opened().store, definitions, as_of, today=today))
