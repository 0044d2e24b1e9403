"""The house that pages look into: opened once a process, its definitions as they are now."""

import gc
from dataclasses import dataclass
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from django.db import connection

from banso.core.definitions import Definitions
from banso.desk.models import Account, Run
from banso.desk.queries.decided import latest_run
from banso.pipeline.one_account import one_account
from banso.pipeline.session import Session, in_force, opened


@dataclass(frozen=True)
class Look:
    """What every page rests on. definitions, run: None before the first ones. today: the
    calendar day now in the organisation's zone, which may be later than `run.as_of`."""

    session: Session
    definitions: Definitions | None
    run: Run | None
    today: date


def look() -> Look:
    """Two queries."""
    definitions = in_force()
    return Look(
        session=opened(),
        definitions=definitions,
        run=latest_run(),
        today=datetime.now(tz=UTC).astimezone(zone_of(definitions)).date(),
    )


def zone_of(definitions: Definitions | None) -> ZoneInfo:
    """The organisation's, in which every moment on a page has its day."""
    return ZoneInfo(definitions.organisation.time_zone if definitions else "UTC")


def local(moment: datetime | None, zone: ZoneInfo) -> datetime | None:
    return moment.astimezone(zone) if moment else None


def warm() -> None:
    """Look once at one account, in a thread of its own: importing and compiling what computes
    metrics takes seconds, which the first visitor need not wait for."""
    try:
        seen = look()
        account = Account.objects.values_list("pk", flat=True).first()
        if seen.definitions and seen.run and account is not None:
            store = seen.session.store
            with one_account(store, seen.definitions, account=account, as_of=seen.run.as_of):
                pass
        gc.collect()
        gc.freeze()  # what is there now stays: to look through it again would hold up a visitor
    finally:
        connection.close()
