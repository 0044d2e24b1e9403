"""How the store stands, as people are told."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta

import psycopg
import pytest
from tests.store.given import DAY, NOON, fact, facts

from banso.store import Ledger, Rejected, Store
from banso.store.inspection import (
    Arrived,
    Counts,
    DayCount,
    LedgerPlace,
    LedgerRow,
    Span,
    actions,
    arrived,
    counts,
    days,
    generation,
    ledger_rows,
    spans,
)

HOUR = datetime(2026, 5, 28, 12, tzinfo=UTC)


def enter(dsn: str, rows: Sequence[tuple[str, str, datetime, int, int, int, int]]) -> None:
    with psycopg.connect(dsn) as connection, connection.cursor() as cursor:
        cursor.executemany("INSERT INTO store.ledger VALUES (%s, %s, %s, %s, %s, %s, %s)", rows)


def refuse(store: Store, reasons: Sequence[str], *, source: str = "crm") -> None:
    store.reject(
        source=source,
        dataset="accounts",
        origin="accounts.csv",
        rejected=[Rejected(n, reason, f"row {n}") for n, reason in enumerate(reasons)],
        ledger=Ledger(received=len(reasons), quarantined=len(reasons)),
    )


def test_an_empty_store_has_nothing_to_tell(store: Store) -> None:
    assert counts(store) == Counts(0, 0, 0, 0)
    assert arrived(store) == []
    assert spans(store, before_us=NOON) == []
    assert days(store, zone="UTC", start_us=0, end_us=NOON) == []
    assert ledger_rows(store, limit=10) == []
    assert actions(store) == ()
    assert generation(store) == 0


def test_what_has_come_is_the_ledger_and_what_waits(store: Store) -> None:
    store.accept(source="app", dataset="events", facts=facts(1, 2, 3))
    store.collect()
    store.accept(source="app", dataset="events", facts=facts(3, 4))
    store.collect()
    store.accept(source="app", dataset="events", facts=facts(5, 6))
    refuse(store, ["no account"])
    found = arrived(store)
    assert [(x.source, x.dataset, x.received, x.stored, x.duplicate, x.quarantined, x.waiting)
            for x in found] == [
        ("app", "events", 5, 4, 1, 0, 2),
        ("crm", "accounts", 1, 0, 0, 1, 0),
    ]  # fmt: skip
    assert counts(store) == Counts(facts=4, segments=2, inbox=2, quarantined=1)


def test_a_source_that_only_waits_is_told_too(store: Store) -> None:
    store.accept(source="app", dataset="records", facts=facts(1))
    (found,) = arrived(store)
    assert found == Arrived("app", "records", 0, 0, 0, 0, 1, found.at)
    assert datetime.now(tz=UTC) - found.at < timedelta(minutes=1)


def test_spans_are_quarters_of_an_hour(store: Store) -> None:
    minute = 60_000_000
    times = (NOON - 3 * DAY + minute, NOON, NOON + 2 * DAY)
    store.accept(
        source="app",
        dataset="events",
        facts=[fact(n, time=time) for n, time in enumerate(times)],
    )
    store.accept(source="hub", dataset="records", facts=[fact(9, time=NOON + DAY)])
    store.collect()
    quarter = 15 * minute
    first, middle, last = (time // quarter * quarter for time in times)
    late = (NOON + DAY) // quarter * quarter
    assert spans(store, before_us=NOON + DAY) == [
        Span("app", "events", first, last, middle),
        Span("hub", "records", late, late, late),
    ]
    assert spans(store, before_us=first)[1] == Span("hub", "records", late, late, None)


def test_days_are_those_of_the_zone(store: Store) -> None:
    midnight = NOON // DAY * DAY
    hours = (14, 15, 16)  # UTC; midnight in Tokyo is 15:00
    store.accept(
        source="app",
        dataset="events",
        facts=[fact(n, time=midnight + hour * DAY // 24) for n, hour in enumerate(hours)],
    )
    store.collect()
    start, end = midnight - DAY, midnight + 2 * DAY
    day = date(1970, 1, 1) + timedelta(days=midnight // DAY)
    assert days(store, zone="Asia/Tokyo", start_us=start, end_us=end) == [
        DayCount("app", "events", day, 1),
        DayCount("app", "events", day + timedelta(days=1), 2),
    ]
    assert days(store, zone="UTC", start_us=start, end_us=end) == [
        DayCount("app", "events", day, 3)
    ]
    assert days(store, zone="UTC", start_us=start, end_us=midnight) == []


@pytest.mark.parametrize("step", ["hour", "day"])
def test_pages_of_the_ledger_join_without_gap_or_repeat(store: Store, dsn: str, step: str) -> None:
    rows = [
        (source, dataset, HOUR - timedelta(hours=hour), 3, 1, 1, 1)
        for hour in (0, 1, 30)
        for source, dataset in (("app", "events"), ("app", "records"), ("crm", "accounts"))
    ]
    enter(dsn, rows)
    how = "day" if step == "day" else "hour"
    everything = ledger_rows(store, step=how, limit=100)
    assert len(everything) == (6 if how == "day" else 9)
    pages, before = [], None
    while page := ledger_rows(store, step=how, before=before, limit=2):
        pages.append(page)
        before = LedgerPlace(page[-1].hour, page[-1].source, page[-1].dataset)
    assert [row for page in pages for row in page] == everything
    start = pages[1][0]
    place = LedgerPlace(start.hour, start.source, start.dataset)
    assert ledger_rows(store, step=how, after=place, limit=2) == pages[0]


def test_a_day_of_the_ledger_begins_at_midnight_of_the_zone(store: Store, dsn: str) -> None:
    enter(dsn, [("app", "events", HOUR + timedelta(hours=n), 4, 2, 1, 1) for n in (2, 3, 4)])
    assert ledger_rows(store, step="day", zone="Asia/Tokyo", limit=9) == [
        LedgerRow("app", "events", datetime(2026, 5, 28, 15, tzinfo=UTC), 8, 4, 2, 2),
        LedgerRow("app", "events", datetime(2026, 5, 27, 15, tzinfo=UTC), 4, 2, 1, 1),
    ]


def test_actions_and_the_count_of_changes(store: Store) -> None:
    store.accept(source="app", dataset="events", facts=facts(1, 4))
    store.collect()
    assert [(x.dataset, x.source, x.event) for x in actions(store)] == [
        ("events", "app", "event-1")
    ]
    assert generation(store) == 1
