"""The libraries that applications use already, unmodified, against the real server: what they say
they have sent is what is stored, exactly."""

from datetime import UTC, datetime

import pytest
import rudderstack.analytics.client as rudder
import segment.analytics.client as segment
from tests.api.conftest import Live

from banso.store import Ledger

pytestmark = pytest.mark.slow
WHEN = datetime(2026, 11, 2, 9, tzinfo=UTC)


def refused(error: Exception, items: object) -> None:
    raise AssertionError(f"{error}: {items}")


@pytest.mark.parametrize("gzip", [False, True])
def test_segments_client_for_python(live: Live, gzip: bool) -> None:
    client = segment.Client(live.key, host=live.address, gzip=gzip, on_error=refused)
    u1, c1 = live.named("u1"), live.named("C1")
    client.group(u1, c1, {"name": "楓商事", "plan": "pro"}, timestamp=WHEN)
    client.identify(u1, {"email": "sato@example.com"}, timestamp=WHEN)
    for n in range(250):
        client.track(u1, "report_viewed", {"feature": "report", "number": n}, timestamp=WHEN)
    client.page(u1, "Docs", "Pricing", {"path": "/pricing"}, timestamp=WHEN)
    client.screen(u1, None, "Home", timestamp=WHEN)
    old = live.named("old-u1")
    client.alias(old, u1, timestamp=WHEN)
    client.track(old, "login", context={"groupId": live.named("C2")}, timestamp=WHEN)
    client.shutdown()
    found = live.collected(256)
    assert found.by_dataset == {
        "events": Ledger(received=253, stored=253),
        "identities": Ledger(received=3, stored=3),
    }
    assert found.facts == {
        ("C1", "u1", "report_viewed", "report"): 250,
        ("C1", "u1", "page", "Pricing"): 1,
        ("C1", "u1", "screen", "Home"): 1,
        ("C2", "u1", "login", "login"): 1,
    }
    live.until(lambda: live.accounts == {"C1": "楓商事", "C2": ""})


@pytest.mark.parametrize("gzip", [False, True])
def test_rudderstacks_client_for_python(live: Live, gzip: bool) -> None:
    client = rudder.Client(live.key, host=live.address, gzip=gzip, on_error=refused)
    u1, c1 = live.named("u1"), live.named("C1")
    for n in range(150):
        client.track(u1, "login", {"value": n}, timestamp=WHEN)
    client.identify(u1, {"email": "sato@example.com"}, timestamp=WHEN)
    client.group(u1, c1, {"plan": "pro"}, timestamp=WHEN)
    client.flush()
    client.join()
    found = live.collected(152)
    assert found.by_dataset == {
        "events": Ledger(received=150, stored=150),
        "identities": Ledger(received=2, stored=2),
    }
    assert found.facts == {("C1", "u1", "login", "login"): 150}
    assert found.introductions == [
        ("group", "u1", "C1", {"plan": "pro"}),
        ("identify", "u1", None, {"email": "sato@example.com"}),
    ]


def test_a_client_that_sends_again_after_a_restart_doubles_nothing(live: Live) -> None:
    for _ in range(3):
        client = segment.Client(live.key, host=live.address, on_error=refused)
        for n in range(40):
            c1 = {"groupId": live.named("C1")}
            client.track(live.named("u1"), "login", context=c1, timestamp=WHEN, message_id=f"m{n}")
        client.shutdown()
    found = live.collected(120)
    assert found.by_dataset == {"events": Ledger(received=120, stored=40, duplicate=80)}
    assert found.facts == {("C1", "u1", "login", "login"): 40}
