"""A small vendor for the pipeline's tests: six accounts, two months, rules that open and close."""

from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import numpy as np

from banso.cli.session import Session
from banso.core.definitions import Definitions, loads
from banso.core.events.fact import Fact
from banso.desk.services.accounts import AccountRow, save_accounts
from banso.desk.services.contracts import ContractRow, save_contracts
from banso.desk.services.definitions import apply_definitions

FIRST = date(2026, 4, 1)
LAST = date(2026, 5, 30)
ACCOUNTS = ("A1", "A2", "A3", "A4", "A5", "A6")

DEFINITIONS = """
organisation: {name: Test, time_zone: Asia/Tokyo, currency: JPY}
sources:
  - {name: web, late_after: 5d}
metrics:
  - {name: weekly_users, kind: distinct_users, window: 7d}
  - {name: weekly_users_change, kind: change, of: weekly_users}
  - {name: quiet_days, kind: recency}
  - {name: seats, kind: latest, of: contract.seats}
  - {name: utilisation, kind: ratio, of: weekly_users, by: seats}
  - {name: answer, kind: latest, of: record.nps}
segments:
  - {name: large, where: seats >= 10}
journeys:
  - name: adoption
    stages:
      - name: onboarding
        expected_days: 20
        health:
          - {condition: quiet_days <= 5, name: used, of: quiet_days, good: 2, poor: 9, weight: 2}
          - {condition: utilisation >= 0.3, name: seats_used}
      - name: habit
        expected_days: 20
        enter: weekly_users >= 3
        health:
          - {condition: weekly_users >= 3, name: users, of: weekly_users, good: 4, poor: 1}
          - {condition: answer >= 7, name: promoter}
plays:
  - name: visit
    label: {en: Visit them, ja: 訪問}
    exit: quiet_days < 1
    steps:
      - kind: task
        label: {en: Agree on a day, ja: 日程を決める}
        instructions: {en: Call first, ja: まず電話する}
        checklist: [{en: Who comes, ja: 参加者}]
      - {kind: wait, days: 7}
rules:
  - name: quiet
    when: quiet_days >= 3
    for: 2 of 3 days
    clear_days: 2
    cooldown_days: 4
    priority: high
    action: {en: Call, ja: 電話する}
  - name: fading
    when: weekly_users_change <= -0.5 and journey.adoption.stage = 'habit'
    action: {en: Visit, ja: 訪問する}
  - name: overdue
    when: journey.adoption.overdue
    priority: low
    action: {en: Plan, ja: 計画する}
"""


def apply(text: str = DEFINITIONS) -> Definitions:
    """Put these definitions in force."""
    files = {"all.yaml": text}
    definitions = loads(files)
    apply_definitions(
        files=files,
        fingerprint=definitions.fingerprint,
        metadata_fingerprint=definitions.metadata_fingerprint,
        applied_by="test",
        why="",
    )
    return definitions


def days(first: date, last: date) -> list[date]:
    return [first + timedelta(days=i) for i in range((last - first).days + 1)]


def noon(day: date) -> int:
    """Noon in Tokyo, UTC microseconds."""
    moment = datetime(day.year, day.month, day.day, 3, tzinfo=UTC)
    return int(moment.timestamp()) * 1_000_000


def usage(first: date = FIRST, last: date = LAST, *, seed: int = 1) -> list[Fact]:
    """Events of five users an account, each account with phases of use and of silence."""
    random = np.random.default_rng(seed)
    facts: list[Fact] = []
    for account in ACCOUNTS:
        active = 0.6
        for day in days(first, last):
            if random.random() < 0.08:
                active = float(random.choice([0.0, 0.1, 0.6, 0.9]))
            facts += [_login(account, day, user) for user in range(5) if random.random() < active]
    return facts


def _login(account: str, day: date, user: int) -> Fact:
    return Fact(
        account=account,
        event="login",
        time=noon(day) + user,
        user=f"{account}-{user}",
        message_id=f"{account}-{day}-{user}",
    )


def send(session: Session, facts: Iterable[Fact], *, source: str = "web") -> None:
    session.store.accept(source=source, dataset="events", facts=list(facts))


def furnish(session: Session) -> None:
    """Accounts with an owner, contracts with seats, half a year of usage."""
    save_accounts(
        [
            AccountRow(row=i, key=key, name=f"{key} 商事", owner="sato@example.com")
            for i, key in enumerate(ACCOUNTS)
        ],
        effective=FIRST,
    )
    save_contracts(
        [
            ContractRow(
                row=i,
                account=key,
                key=f"{key}-1",
                product="web",
                start_on=FIRST,
                end_on=date(2027, 3, 31),
                seats=5 * (i + 1),
                arr=Decimal(100_000 * (i + 1)),
                currency="JPY",
            )
            for i, key in enumerate(ACCOUNTS)
        ]
    )
    send(session, usage())
