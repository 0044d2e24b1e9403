"""Between two runs sources are looked at: an incident opens and ends by itself."""

from datetime import date, datetime, time, timedelta

import pytest
from tests.pipeline.live_vendor import DEFINITIONS, FIRST, ZONE, collector, furnish, post
from tests.pipeline.vendor import apply
from tests.store.given import query

from banso.cli.session import Session
from banso.core.definitions import Definitions
from banso.core.metrics.contract import Fault
from banso.core.unmeasured import Reason
from banso.desk.models import Account, Alert, Channel, Delivery
from banso.desk.queries.incidents import incidents
from banso.desk.services.keys import add_key
from banso.pipeline.freshness import late_sources
from banso.pipeline.incidents import look_at_sources
from banso.pipeline.live import collect_live
from banso.pipeline.run import run
from banso.pipeline.some_accounts import some_accounts
from banso.store.touched import release, touched

TODAY, TOMORROW = FIRST, FIRST + timedelta(days=1)
HOURS = DEFINITIONS.replace("late_after: 4d", "late_after: 4h, hours: '08:00-16:00'")
VOLUME = DEFINITIONS.replace("late_after: 4d", "late_after: 2d, speaks: daily")
TWICE = {"A1": ["export", "export"]}


def look(session: Session, definitions: Definitions, clock: str, day: date = TODAY) -> int:
    """How many incidents changed."""
    now = datetime.combine(day, time.fromisoformat(clock), ZONE)
    return look_at_sources(session.store, definitions, now=now).stored


def told() -> list[tuple[Fault, date, date | None]]:
    """Oldest first."""
    return [(x.fault, x.since, x.until) for x in incidents()][::-1]


def reason(session: Session, definitions: Definitions) -> Reason:
    """Why the metric is not known as of the coming midnight."""
    number = Account.objects.get(key="A1").pk
    with some_accounts(session.store, definitions, accounts=[number], as_of=TOMORROW) as (_, panel):
        return Reason(panel.column("exports").reasons[0, -1])


def touched_as(session: Session) -> list[tuple[object, ...]]:
    """Accounts that are to be judged, and how they wait."""
    return query(
        session.store,
        "SELECT key, state FROM store.touched JOIN store.account ON id = account ORDER BY key",
    )


def ids(session: Session, *keys: str) -> list[int]:
    found = session.store.encode_accounts(keys)
    return [found[key] for key in keys]


def exported() -> int:
    return Alert.objects.filter(episode__rule="exported").count()


def test_a_source_that_falls_silent_at_noon_is_an_incident_until_its_backlog_has_drained(
    session: Session,
) -> None:
    definitions = furnish(session, HOURS)
    Channel.objects.create(name="crm", kind="webhook", address="https://crm.example")
    post(session, TODAY, {"A2": ["login"]}, hour=9)
    collector(session, TODAY).turn()
    assert [look(session, definitions, x) for x in ("09:01", "13:14")] == [0, 0]
    assert reason(session, definitions) is Reason.MEASURED
    assert [look(session, definitions, x) for x in ("13:15", "13:20", "22:00")] == [1, 0, 0]
    assert told() == [(Fault.LATE, TOMORROW, None)]
    assert Delivery.objects.filter(kind="incident.opened").count() == 1
    (late,) = late_sources(session.store, definitions, TODAY, today=TODAY)
    assert late.message.startswith(
        "Source 'app' is late: its last fact is of 2026-04-06 09:00, and it may be silent for 4 "
        "hours."
    )
    assert reason(session, definitions) is Reason.SOURCE_LATE

    run(session.store, definitions, as_of=TODAY, since=None)  # as of its midnight all was well
    assert told() == [(Fault.LATE, TOMORROW, None)]

    post(session, TODAY, TWICE, hour=15)
    assert look(session, definitions, "15:05") == 0  # accepted, and not collected
    working = collector(session, TODAY, hour=15)
    working.turn()
    working.turn()
    assert (exported(), touched_as(session)) == (0, [("A1", "held")])
    assert look(session, definitions, "15:10") == 1
    assert told() == [(Fault.LATE, TOMORROW, TOMORROW)]  # the coming figures lack nothing
    working.turn()
    assert (exported(), touched_as(session)) == (1, [])


def test_what_an_incident_held_back_is_said_when_it_ends_behind_what_is_new(
    session: Session,
) -> None:
    """Also by a worker that has begun since; and facts that come meanwhile are judged at once."""
    definitions = furnish(session, HOURS)
    collector(session, TODAY).turn()
    look(session, definitions, "13:15")
    post(session, TODAY, TWICE | {"A2": ["login"], "A3": ["login"]}, hour=15)
    collector(session, TODAY, hour=15).turn()
    post(session, TODAY, {"A2": ["login"]}, hour=15, user="2")
    collector(session, TODAY, hour=15).turn()
    held = [("A1", "held"), ("A2", "held"), ("A3", "held")]
    assert touched_as(session) == held
    look(session, definitions, "15:10")
    with session.store.connection() as connection:
        release(connection)
        post(session, TODAY, {"A3": ["login"]}, hour=15, user="3")
        collect_live(session.store, definitions)
        assert [x.account for x in touched(connection, limit=1)] == ids(session, "A3")
        assert [x.account for x in touched(connection, limit=3)] == ids(session, "A3", "A1", "A2")
    collector(session, TODAY, hour=15).turn()
    assert (exported(), touched_as(session)) == (1, [])


def test_who_was_silent_before_midnight_already_spoils_that_day_too(session: Session) -> None:
    """The last fact is of noon of the day before: by 16:00 that made 3 hours and 45 minutes."""
    definitions = furnish(session, HOURS)
    assert [look(session, definitions, x) for x in ("08:00", "08:15")] == [0, 1]
    assert told() == [(Fault.LATE, TODAY, None)]
    post(session, TODAY, {"A2": ["login"]}, hour=9)
    collector(session, TODAY).turn()
    assert look(session, definitions, "09:20") == 1
    assert told() == [(Fault.LATE, TODAY, TODAY)]


def test_too_much_is_seen_while_the_day_goes_on_and_it_ends_with_a_usual_day(
    session: Session,
) -> None:
    definitions = furnish(session, VOLUME)
    post(session, TODAY, {"A1": ["login"] * 50})  # four on other days
    collector(session, TODAY).turn()
    assert look(session, definitions, "13:00") == 0  # files may say so: nobody speaks live as it
    add_key(source="app")
    assert [look(session, definitions, x) for x in ("13:00", "13:05")] == [1, 0]
    assert told() == [(Fault.TENFOLD, TOMORROW, None)]
    post(session, TOMORROW, {x: ["login"] for x in ("A1", "A2", "A3", "A4")})
    collector(session, TOMORROW).turn()
    assert look(session, definitions, "23:00", TOMORROW) == 0
    assert look(session, definitions, "00:05", TOMORROW + timedelta(days=1)) == 1
    assert told() == [(Fault.TENFOLD, TOMORROW, TOMORROW + timedelta(days=1))]


@pytest.mark.parametrize(("promise", "found"), [("1d", True), ("6d", False)])
def test_days_of_a_live_source_are_judged_when_they_are_over(
    session: Session, promise: str, *, found: bool
) -> None:
    definitions = apply(DEFINITIONS.replace("4d", promise))
    add_key(source="app")
    post(session, TODAY, {"A1": ["login"]})
    collector(session, TODAY).turn()
    assert look(session, definitions, "23:59", TOMORROW) == 0
    assert look(session, definitions, "00:05", TOMORROW + timedelta(days=1)) == found
