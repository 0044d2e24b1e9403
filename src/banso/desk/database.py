"""The form in which Django wants the address of the database."""

from collections.abc import Iterator, Set
from contextlib import contextmanager
from functools import cache
from pathlib import Path

from django.apps import apps
from django.core.management import call_command
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder
from psycopg import ProgrammingError
from psycopg.conninfo import conninfo_to_dict

MIGRATION_LOCK = 0x62616E736F04
RUN_LOCK = 0x62616E736F03
RECORD_LOCK = 0x62616E736F06
JUDGE_LOCK = 0x62616E736F07

KEYS = {"dbname": "NAME", "user": "USER", "password": "PASSWORD", "host": "HOST", "port": "PORT"}


class AddressError(ValueError):
    """DATABASE_URL can't be understood."""


def django_database(url: str) -> dict[str, object]:
    """Settings of the default database; without an address (`url` empty) a place for one that
    `banso.cli.session` fills in before the first query."""
    try:
        parts = conninfo_to_dict(url) if url else {}
    except ProgrammingError as error:
        raise AddressError(
            "DATABASE_URL is no address of PostgreSQL, such as "
            f"postgresql://user:password@host:5432/banso ({str(error).strip()})."
        ) from None
    known = {KEYS[key]: str(value) for key, value in parts.items() if key in KEYS}
    rest = {key: value for key, value in parts.items() if key not in KEYS}
    return {
        "ENGINE": "django.db.backends.postgresql",
        **dict.fromkeys(KEYS.values(), ""),
        **known,
        "OPTIONS": rest,
        "CONN_HEALTH_CHECKS": True,
        "CONN_MAX_AGE": 600,  # a page must not pay for a new connection
    }


@contextmanager
def one_at_a_time(lock: int = MIGRATION_LOCK) -> Iterator[None]:
    """Wait until no other process of this database is in here (an advisory lock)."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s)", [lock])
        try:
            yield
        finally:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [lock])


def migrate_desk() -> None:
    """Bring the tables of the desk up to this version. Django's command takes a tenth of a second
    also where there is nothing to do, so it is called only where a migration is not applied yet."""
    with one_at_a_time():
        if _migrations() - MigrationRecorder(connection).applied_migrations().keys():
            call_command("migrate", verbosity=0, interactive=False)


@cache
def _migrations() -> Set[tuple[str, str]]:
    """All that there are: application, name."""
    return {
        (app.label, file.stem)
        for app in apps.get_app_configs()
        for file in Path(app.path, "migrations").glob("[0-9]*.py")
    }


def begin_recording() -> None:
    """Within a transaction: nobody else records what rules say until it ends. Waits for others."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [RECORD_LOCK])


def may_record() -> bool:
    """The same, but without waiting: False where somebody else records now."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [RECORD_LOCK])
        return bool(cursor.fetchone() == (True,))
