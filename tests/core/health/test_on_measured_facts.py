"""Health on a panel that the metric kernel really measured: the two meet without a seam."""

from datetime import UTC, date, datetime, timedelta

import numpy as np
import pyarrow as pa
import pytest

from banso.core.health.assess import assess
from banso.core.metrics import AccountFacts, Action, Calendar, Contracts, OrgFacts, measure, plan
from banso.core.metrics.facts import NEVER
from banso.core.metrics.panel import Panel

from .conftest import MakeDefinitions

FIRST, DAYS = date(2026, 4, 1), 12
MORE = """
sources:
  - {name: app, late_after: 3d, covers: attribute.plan != 'offline'}
metrics:
  - {name: trend, kind: change, of: users}
  - {name: seats, kind: latest, of: contract.seats}
journeys:
  - name: adoption
    stages:
      - {name: first, expected_days: 30, health: [{condition: idle <= 2}]}
      - {name: habit, enter: users >= 2, health: [{condition: users >= 2}]}
"""


@pytest.fixture
def panel(make_definitions: MakeDefinitions) -> Panel:
    """Account 1 uses the app every day; 2 began before the axis; 3 begins by contract on day 5;
    4 never begins."""
    calendar = Calendar(zone="UTC", first=FIRST, days=DAYS)
    facts = [(1, user, day) for day in range(DAYS) for user in (11, 12)]
    batch = pa.record_batch(
        {
            "account": pa.array([account for account, _, _ in facts], pa.int32()),
            "user": pa.array([user for _, user, _ in facts], pa.int32()),
            "action": pa.array([0] * len(facts), pa.int32()),
            "time": pa.array([_noon(day) for _, _, day in facts], pa.timestamp("us", tz="UTC")),
        }
    )
    org = OrgFacts(
        calendar=calendar,
        actions=(Action("events", "app", "login", "login", ""),),
        action_first=np.array([0], np.int32),
        source_late={"app": np.zeros(DAYS, np.bool_)},
        has_contracts=True,
    )
    accounts = AccountFacts(
        accounts=np.array([1, 2, 3, 4], np.int32),
        declared_start=np.array([NEVER, -100, NEVER, NEVER], np.int32),
        contracts=Contracts(
            row=np.array([2], np.int32),
            start=np.array([5], np.int32),
            end=np.array([400], np.int32),
            signed=np.array([2], np.int32),
            seats=np.array([10.0]),
            arr=np.array([np.nan]),
            product=("",),
        ),
    )
    definitions = make_definitions(MORE)
    found = measure(plan=plan(definitions, org=org), accounts=accounts, batches=[batch])
    assess(definitions, found)
    return found


def _noon(day: int) -> datetime:
    return datetime(2026, 4, 1, 12, tzinfo=UTC) + timedelta(days=day)


def test_accounts_join_the_journey_the_day_after_they_begin(panel: Panel) -> None:
    on = panel.column("journey.adoption.stage").measured
    assert on.tolist() == [
        [day >= 1 for day in range(DAYS)],
        [True] * DAYS,
        [day >= 6 for day in range(DAYS)],
        [False] * DAYS,
    ]


def test_stage_and_health_follow_the_metrics_that_were_measured(panel: Panel) -> None:
    stage = panel.column("journey.adoption.stage")
    assert stage.categories == ("first", "habit")
    assert stage.values[0].tolist() == [-1] + [1] * (DAYS - 1)
    assert stage.values[1].tolist() == [0] * DAYS
    score = panel.column("journey.adoption.score")
    assert score.values[0, 1:].tolist() == [100.0] * (DAYS - 1)
    assert not score.measured[1].any()
