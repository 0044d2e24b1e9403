"""A vendor whose rules can be told while the day goes on, or can't: four accounts, live events."""

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from tests.pipeline.vendor import apply

from banso.cli.session import Session
from banso.core.definitions import Definitions
from banso.desk.models import Episode
from banso.desk.models.episode import TAKEN_BACK
from banso.desk.services.accounts import AccountRow, save_accounts
from banso.pipeline.live import Collector
from banso.pipeline.live_alerts import LiveAlerts
from banso.pipeline.run import run
from banso.pipeline.session import in_force

ZONE = ZoneInfo("Asia/Tokyo")
FIRST = date(2026, 4, 6)  # a Monday
KEYS = ("A1", "A2", "A3", "A4")

DEFINITIONS = """
organisation: {name: Test, time_zone: Asia/Tokyo, currency: JPY}
sources:
  - {name: app, late_after: 4d}
metrics:
  - {name: users, kind: distinct_users, window: 3d}
  - {name: exports, kind: count, where: event = 'export', window: 3d}
  - {name: quiet_days, kind: recency}
  - {name: change, kind: change, of: users}
journeys:
  - name: adoption
    stages:
      - {name: first, expected_days: 18, health: [{condition: users >= 2}]}
      - {name: habit, enter: users >= 3, health: [{condition: users >= 3}]}
plays:
  - name: call
    label: {en: Call them, ja: 電話}
    steps: [{kind: task, label: {en: Call, ja: 電話する}}]
rules:
  - {name: exported, when: exports >= 2, priority: high, cooldown_days: 2, play: call,
     action: {en: Call, ja: 電話する}}
  - {name: often, when: exports >= 1, for: 2 of 3 days, clear_days: 2,
     action: {en: Call, ja: 電話する}}
  - {name: alone, when: exports >= 1 and users < 2, action: {en: Call, ja: 電話する}}
  - {name: quiet, when: quiet_days >= 3, for: 1 of 1 days, action: {en: Call, ja: 電話する}}
  - {name: fading, when: "change < -0.3 or journey.adoption.overdue", cooldown_days: 3,
     action: {en: Visit, ja: 訪問する}}
"""


def furnish(session: Session, text: str = DEFINITIONS) -> Definitions:
    """Two weeks of one user a day each, and an export long ago; the first run as of FIRST."""
    definitions = apply(text)
    save_accounts(
        [AccountRow(row=i, key=x, owner="sato") for i, x in enumerate(KEYS)], effective=FIRST
    )
    for back in range(14, 0, -1):
        names = ["login", "export"] if back == 14 else ["login"]
        post(session, FIRST - timedelta(days=back), dict.fromkeys(KEYS, names))
    collector(session, FIRST).turn()
    run(session.store, definitions, as_of=FIRST, since=None)
    return definitions


def at(day: date, hour: int = 12) -> datetime:
    """An instant of a day in Tokyo."""
    return datetime.combine(day, time(hour), ZONE)


def post(
    session: Session,
    day: date,
    events: Mapping[str, Sequence[str]],
    *,
    user: str = "1",
    hour: int = 12,
) -> None:
    """What a tracking client says of each account. The same event of the same user, day and hour is
    a duplicate."""
    calls = [
        {
            "type": "track",
            "event": event,
            "userId": f"{account}-{user}",
            "messageId": f"{account}-{user}-{day}-{hour}-{event}-{number}",
            "timestamp": at(day, hour).astimezone(UTC).isoformat(),
            "context": {"groupId": account},
        }
        for account, names in events.items()
        for number, event in enumerate(names)
    ]
    body = json.dumps({"batch": calls}).encode()
    session.store.accept_tracked(source="app", call="batch", events=len(calls), body=body)


def collector(session: Session, today: date, *, hour: int = 13) -> Collector:
    """The worker's, on that day."""
    alerts = LiveAlerts(session.store, now=lambda: at(today, hour))
    return Collector(session.store, in_force, alerts=alerts)


def episodes(*, upto: date | None = None) -> dict[tuple[str, str, date], date | None]:
    """(rule, account, opened on) -> closed on, but for what was taken back. upto: as a run of that
    day leaves them."""
    rows = Episode.objects.exclude(closed_because=TAKEN_BACK)
    if upto is not None:
        rows = rows.filter(opened_on__lte=upto)
    found = rows.values_list("rule", "account__key", "opened_on", "closed_on")
    return {
        (rule, account, opened): None if upto and closed and closed > upto else closed
        for rule, account, opened, closed in found
    }
