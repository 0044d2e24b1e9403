"""A source that breaks its promise is one incident, and its numbers are unmeasured meanwhile."""

import json
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pyarrow as pa
import pytest

from banso.cli.session import Session
from banso.core.definitions import loads
from banso.core.metrics.contract import Fault
from banso.core.unmeasured import Reason
from banso.desk.models import Account, Alert, Channel, Delivery
from banso.desk.queries.incidents import incidents
from banso.pipeline.freshness import late_sources
from banso.pipeline.one_account import one_account
from banso.pipeline.run import run

TOKYO = ZoneInfo("Asia/Tokyo")
DEFINITIONS = loads(
    {
        "a.yaml": """
organisation: {name: Test, time_zone: Asia/Tokyo}
sources:
  - {name: app, speaks: business_days}
metrics:
  - {name: logins, kind: count, window: 7d}
rules:
  - name: quiet
    label: {en: Quiet, ja: 静か}
    action: {en: Ask, ja: 聞く}
    when: logins < 1000
    priority: high
"""
    }
)
MONDAY = date(2026, 6, 1)
JUNE = {n: MONDAY + timedelta(days=n - 1) for n in range(1, 31)}


def send(session: Session, day: date, facts: int, *, copy: str = "") -> None:
    """Facts at noon of a day, a second apart; a copy says the same under other message ids."""
    noon = datetime.combine(day, time(12), TOKYO).timestamp()
    table = pa.table(
        {
            "account": ["C1"] * facts,
            "event": ["login"] * facts,
            "time": [int(noon + n) * 1_000_000 for n in range(facts)],
            "message_id": [f"{day}-{n}{copy}" for n in range(facts)],
        }
    )
    session.store.append(table, source="app", dataset="events", origin="f")


def compute(session: Session, day: date) -> Reason:
    """A run as of a day; why the metric is not known then (MEASURED: it is)."""
    run(session.store, DEFINITIONS, as_of=day, since=None)
    number = Account.objects.get(key="C1").id
    with one_account(session.store, DEFINITIONS, account=number, as_of=day) as one:
        return one.told("logins", day).reason


def told() -> list[tuple[Fault, date, date | None]]:
    """Oldest first."""
    return [(x.fault, x.since, x.until) for x in incidents()][::-1]


@pytest.fixture
def three_weeks(session: Session) -> Session:
    """Ten facts on every business day from the 1st to the 19th of June."""
    for day in list(JUNE.values())[:19]:
        if day.weekday() < 5:
            send(session, day, 10)
    return session


def test_late_tenfold_doubled_and_a_tenth_are_incidents_until_a_day_is_as_promised(
    three_weeks: Session,
) -> None:
    session = three_weeks
    found = [compute(session, JUNE[22])]  # a Monday: nothing was expected since Friday
    found.append(compute(session, JUNE[23]))  # nothing came on Monday
    assert [x.fault for x in late_sources(session.store, DEFINITIONS, JUNE[23])] == [Fault.LATE]
    send(session, JUNE[22], 10)
    send(session, JUNE[23], 10)
    found.append(compute(session, JUNE[24]))
    send(session, JUNE[24], 100)
    found.append(compute(session, JUNE[25]))
    send(session, JUNE[25], 10)
    found.append(compute(session, JUNE[26]))
    send(session, JUNE[26], 10)
    send(session, JUNE[26], 10, copy="again")
    found.append(compute(session, JUNE[29]))
    send(session, JUNE[29], 1)
    found.append(compute(session, JUNE[30]))
    late, good = Reason.SOURCE_LATE, Reason.MEASURED
    assert found == [good, late, good, late, good, late, late]
    assert told() == [
        (Fault.LATE, JUNE[23], JUNE[24]),
        (Fault.TENFOLD, JUNE[25], JUNE[26]),
        (Fault.TENTH, JUNE[29], None),  # one incident: the day before it was doubled
    ]


def test_a_day_with_twice_as_much_of_different_content_is_no_incident(
    three_weeks: Session,
) -> None:
    send(three_weeks, JUNE[22], 20)
    assert compute(three_weeks, JUNE[23]) is Reason.MEASURED
    assert told() == []


def test_nothing_fires_before_the_backlog_has_drained(three_weeks: Session) -> None:
    session = three_weeks
    assert compute(session, JUNE[23]) is Reason.SOURCE_LATE
    assert Alert.objects.count() == 0
    send(session, JUNE[23], 4)  # of ten
    assert compute(session, JUNE[24]) is Reason.SOURCE_LATE
    assert Alert.objects.count() == 0
    nobody = {"userId": "u", "event": "login", "messageId": "w", "timestamp": f"{JUNE[23]}T03:00Z"}
    body = json.dumps(nobody).encode()
    session.store.accept_tracked(source="app", call="track", events=1, body=body)
    send(session, JUNE[23], 5, copy="more")
    # an event whose person nobody knows may wait for weeks: that holds nothing up
    assert compute(session, JUNE[24]) is Reason.MEASURED
    assert told() == [(Fault.LATE, JUNE[23], JUNE[24])]
    assert Alert.objects.count() == 1


def test_a_day_with_less_than_half_is_no_incident_by_itself(three_weeks: Session) -> None:
    send(three_weeks, JUNE[22], 4)
    assert compute(three_weeks, JUNE[23]) is Reason.MEASURED
    assert told() == []


def test_an_incident_is_told_with_what_rests_on_the_source(three_weeks: Session) -> None:
    Channel.objects.create(name="crm", kind="webhook", address="https://crm.example")
    for day in (23, 24):
        compute(three_weeks, JUNE[day])
    (delivery,) = Delivery.objects.filter(kind="incident.opened")
    assert (delivery.body["metrics"], delivery.body["rules"]) == (["logins"], ["quiet"])
    assert (delivery.body["fault"], delivery.body["label"]["en"]) == ("late", "app")
