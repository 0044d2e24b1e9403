"""From a posted event to Today, and from there to why, before any run has seen it."""

import json
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.test import Client
from tests.api.conftest import call
from tests.pipeline.live_vendor import DEFINITIONS, KEYS
from tests.pipeline.vendor import apply
from tests.web.markup import Element, read

from banso.api.tracking import Tracking
from banso.cli.session import Session
from banso.desk.models import Account, Alert, Member, Role
from banso.desk.services.accounts import AccountRow, save_accounts
from banso.desk.services.keys import add_key
from banso.pipeline.live import Collector
from banso.pipeline.live_alerts import LiveAlerts
from banso.pipeline.run import run
from banso.pipeline.session import in_force
from banso.web.tags import day

NOW = datetime.now(tz=UTC)
TODAY = NOW.astimezone(ZoneInfo("Asia/Tokyo")).date()


@pytest.fixture
def client(session: Session) -> Client:
    """Of a member who owns all accounts of a vendor that has been used for two weeks; a run was
    made this morning."""
    definitions = apply(DEFINITIONS)
    member = Member.objects.create(name="佐藤", handle="sato", role=Role.ADMIN)
    save_accounts(
        [AccountRow(row=i, key=x, owner="sato") for i, x in enumerate(KEYS)], effective=TODAY
    )
    Account.objects.update(owner=member)
    for back in range(14, 0, -1):
        for key in KEYS:
            events = ("login", "export") if back == 14 else ("login",)
            post(session, key, *events, at=NOW - timedelta(days=back))
    collect(session)
    run(session.store, definitions, as_of=TODAY, since=None)
    found = Client()
    found.force_login(member)
    return found


def post(session: Session, account: str, *events: str, at: datetime = NOW, user: str = "1") -> None:
    """Through the endpoint, with a key of its source."""
    key = add_key(source="app", rate=1_000_000).text
    calls = [
        {
            "type": "track",
            "event": event,
            "userId": f"{account}-{user}",
            "messageId": f"{account}-{user}-{at}-{number}",
            "timestamp": at.isoformat(),
            "context": {"groupId": account},
        }
        for number, event in enumerate(events)
    ]
    body = json.dumps({"batch": calls}).encode()
    head = {"Authorization": f"Bearer {key}"}
    app = Tracking(lambda: session.store)
    answer = call(app, "/v1/batch", body, method="POST", headers=head)
    assert answer.status == 200


def collect(session: Session) -> None:
    """What the worker does each second."""
    Collector(session.store, in_force, alerts=LiveAlerts(session.store)).turn()


def page(client: Client, address: str) -> Element:
    answer = client.get(address)
    assert answer.status_code == 200
    return read(answer.content)


def told(seen: Element) -> list[tuple[str, str]]:
    """Account and title of every alert and task."""
    return [
        (account.one("h2").text, alert.one("h3").text)
        for account in seen.all("li", class_="todo-account")
        for alert in account.all("li", class_="todo-alert")
    ]


def test_a_posted_event_stands_in_today_and_says_why(session: Session, client: Client) -> None:
    assert told(page(client, "/")) == []
    post(session, "A1", "export", "export")
    collect(session)

    today = page(client, "/")
    assert told(today) == [("A1", "Call"), ("A1", "High exported New"), ("A1", "Medium alone New")]
    alert = Alert.objects.get(episode__rule="exported")
    shown = today.one("li", id=f"alert-{alert.pk}")
    assert f"Since {day(TODAY)}, 0 days" in shown.text
    (reason,) = [x.attrs["href"] for x in shown.all("a") if "why" in x.attrs["href"]]
    assert reason.endswith(f"?as_of={TODAY + timedelta(days=1)}")

    why = page(client, reason)
    assert "Today so far" in why.text
    assert "exports 2 (at least 2)" in why.text
    overview = page(client, f"/accounts/{alert.episode.account_id}/")
    assert "exported" in overview.one("section", aria_labelledby="account-alerts").text

    post(session, "A1", "login", at=NOW - timedelta(days=1), user="2")
    collect(session)
    assert told(page(client, "/")) == [("A1", "Call"), ("A1", "High exported New")]
    assert (
        "alone"
        not in page(client, f"/accounts/{alert.episode.account_id}/")
        .one("section", aria_labelledby="account-alerts")
        .text
    )
