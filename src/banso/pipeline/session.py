"""Where the outside world of a command or a server begins: the home folder, the database, the
clock. Importing it needs Django's settings (`banso.cli.ready`, `banso.project.wsgi`)."""

from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cache, lru_cache
from pathlib import Path
from zoneinfo import ZoneInfo

from django.db import connection

from banso.core.definitions import Definitions, loads
from banso.desk.database import django_database, migrate_desk
from banso.desk.models import DefinitionSet
from banso.pipeline.home import HOME_NAME, find_home
from banso.store import Store
from banso.store.server import database_url


class NoHomeError(Exception):
    """There is no Banso home to work in."""


class NoDefinitionsError(Exception):
    """No definitions have been applied yet."""


@dataclass(frozen=True)
class Session:
    """What commands work with. `definitions` is the applied set, None before the first one."""

    home: Path
    store: Store
    definitions: Definitions | None
    now: datetime

    @property
    def time_zone(self) -> str | None:
        """The organisation's zone, once definitions have said it."""
        return self.definitions.organisation.time_zone if self.definitions else None

    @property
    def today(self) -> date:
        return self.now.astimezone(ZoneInfo(self.time_zone or "UTC")).date()

    def applied(self) -> Definitions:
        """The definitions in force; NoDefinitionsError where there are none."""
        if self.definitions is None:
            raise NoDefinitionsError(
                "No definitions are in force yet. `banso init` writes a starter set into "
                "./definitions; `banso apply definitions` puts it in force."
            )
        return self.definitions


@lru_cache(maxsize=4)
def _parsed(number: int) -> Definitions:
    """Parsing takes half a second, so a process does it once for each set."""
    return loads(DefinitionSet.objects.get(pk=number).files)


def in_force() -> Definitions | None:
    """The set that was applied last; None before the first one. One query."""
    number = DefinitionSet.objects.values_list("pk", flat=True).first()
    return None if number is None else _parsed(number)


def once_in_force(fingerprint: str) -> Definitions | None:
    """A set that was applied at some time; None where none of that fingerprint was."""
    sets = DefinitionSet.objects.filter(fingerprint=fingerprint)
    number = sets.values_list("pk", flat=True).first()
    return None if number is None else _parsed(number)


def open_session(*, create: bool = False) -> Session:
    """Open the home: start or find its database and bring it up to this version.

    create: make a home in the current folder where there is none; otherwise NoHomeError.
    """
    home = find_home()
    if home is None and not create:
        raise NoHomeError(
            f"There is no Banso home here: no {HOME_NAME} folder in {Path.cwd()} or above it, and "
            "BANSO_HOME is not set. `banso init` makes one in the current folder."
        )
    home = home or Path.cwd() / HOME_NAME
    home.mkdir(parents=True, exist_ok=True)
    url = database_url(home)
    store = Store(home, url)
    store.migrate()
    connection.settings_dict.update(django_database(url))
    migrate_desk()
    return Session(
        home=home,
        store=store,
        definitions=in_force(),
        now=datetime.now(tz=UTC),
    )


@cache
def opened() -> Session:
    """The home of a server, opened once a process and brought up to this version. Its
    `definitions` are those of that moment; for those in force ask `in_force`."""
    return open_session()
