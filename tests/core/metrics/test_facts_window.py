from datetime import UTC, date, datetime

import pytest

from banso.core.definitions import Definitions, loads
from banso.core.metrics import Calendar, facts_windows

CALENDAR = Calendar("Asia/Tokyo", date(2024, 1, 1), 30)


@pytest.fixture
def definitions() -> Definitions:
    return loads(
        {
            "all.yaml": """
organisation: {name: Test, time_zone: Asia/Tokyo}
metrics:
  - {name: logins, kind: count, window: 7d, where: event = 'login'}
  - {name: nps, kind: latest, of: record.nps}
  - {name: seats, kind: latest, of: contract.seats}
  - {name: logins_change, kind: change, of: logins}
  - {name: per_seat, kind: ratio, of: logins, by: seats}
  - {name: both, kind: derived, expression: per_seat + nps}
"""
        }
    )


def instant(day: int) -> int:
    """Local midnight of a day of January 2024."""
    moment = datetime(2023, 12, 31, 15, tzinfo=UTC).timestamp()
    return (int(moment) + (day - 1) * 86400) * 1_000_000


def shown(definitions: Definitions, metric: str, day: int) -> list[tuple[object, ...]]:
    found = facts_windows(
        definitions=definitions, calendar=CALENDAR, metric=metric, as_of=date(2024, 1, day)
    )
    return [
        (x.metric, x.dataset, x.kind, x.start, x.end, x.where.text if x.where else None)
        for x in found
    ]


LOGINS = ("logins", "events", None)
LOGIN = "event = 'login'"


def test_the_window_ends_where_as_of_begins(definitions: Definitions) -> None:
    assert shown(definitions, "logins", 20) == [(*LOGINS, instant(13), instant(20), LOGIN)]


def test_nothing_before_the_calendar_is_in_a_window(definitions: Definitions) -> None:
    assert shown(definitions, "logins", 3) == [(*LOGINS, instant(1), instant(3), LOGIN)]


def test_a_metric_without_a_window_looks_at_all_facts_before(definitions: Definitions) -> None:
    assert shown(definitions, "nps", 3) == [("nps", "records", "nps", None, instant(3), None)]


def test_contracts_have_no_facts(definitions: Definitions) -> None:
    assert shown(definitions, "seats", 3) == []


def test_a_change_looks_at_both_of_its_windows(definitions: Definitions) -> None:
    assert shown(definitions, "logins_change", 20) == [
        (*LOGINS, instant(13), instant(20), LOGIN),
        (*LOGINS, instant(6), instant(13), LOGIN),
    ]


def test_a_change_before_the_calendar_looks_at_one_window(definitions: Definitions) -> None:
    assert shown(definitions, "logins_change", 5) == [(*LOGINS, instant(1), instant(5), LOGIN)]


def test_a_derived_metric_shows_the_facts_of_all_its_inputs(definitions: Definitions) -> None:
    assert shown(definitions, "both", 20) == [
        ("nps", "records", "nps", None, instant(20), None),
        (*LOGINS, instant(13), instant(20), LOGIN),
    ]


def test_a_date_outside_the_calendar_is_refused(definitions: Definitions) -> None:
    with pytest.raises(ValueError, match="2024-02-01 lies outside 2024-01-01"):
        facts_windows(
            definitions=definitions, calendar=CALENDAR, metric="nps", as_of=date(2024, 2, 1)
        )
