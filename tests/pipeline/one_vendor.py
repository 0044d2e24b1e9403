"""One account whose every fact is written in the test."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from tests.pipeline.vendor import apply

from banso.cli.session import Session
from banso.core.definitions import Definitions
from banso.core.events.fact import Fact
from banso.desk.models import Account
from banso.desk.services.accounts import AccountRow, save_accounts
from banso.desk.services.contacts import ContactRow, save_contacts
from banso.pipeline.one_account import OneAccount, one_account
from banso.pipeline.run import collect

EFFECTIVE = date(2026, 1, 1)
TOKYO = ZoneInfo("Asia/Tokyo")
TODAY = date(2026, 6, 1)
HEAD = "organisation: {name: Test, time_zone: Asia/Tokyo, currency: JPY}\n"


def at(day: date, hour: int = 12, minute: int = 0) -> datetime:
    """Of a day in Tokyo."""
    return datetime(day.year, day.month, day.day, hour, minute, tzinfo=TOKYO).astimezone(UTC)


def ago(days: int) -> date:
    return TODAY - timedelta(days=days)


def fact(day: date, event: str = "login", **others: object) -> Fact:
    """Fields of Fact; hour and minute: in Tokyo. Of account A1, where nothing else is said."""
    moment = at(day, int(str(others.pop("hour", 12))), int(str(others.pop("minute", 0))))
    told = {"account": "A1", "event": event, "time": int(moment.timestamp()) * 1_000_000}
    return Fact(**{**told, **others})  # type: ignore[arg-type]  # a test's own values


def told(
    session: Session,
    *,
    events: Sequence[Fact] = (),
    records: Sequence[Fact] = (),
    source: str = "web",
) -> None:
    save_accounts([AccountRow(row=0, key="A1", name="甲商事")], effective=date(2026, 1, 1))
    if events:
        session.store.accept(source=source, dataset="events", facts=list(events))
    if records:
        session.store.accept(source="cs", dataset="records", facts=list(records))
    collect(session.store)


def contact(key: str, **others: str) -> ContactRow:
    return ContactRow(row=0, account="A1", key=key, **others)


def contacts(*rows: ContactRow) -> None:
    save_contacts(list(rows), effective=EFFECTIVE)


@contextmanager
def looking(
    session: Session, text: str, *, as_of: date = TODAY, account: str = "A1"
) -> Iterator[OneAccount]:
    """text: definitions without the organisation."""
    definitions: Definitions = apply(HEAD + text)
    number = Account.objects.get(key=account).pk
    with one_account(session.store, definitions, account=number, as_of=as_of) as one:
        yield one
