"""The outbox under a sender that dies at every point (many more by `./run chaos outbox`)."""

import pytest

from tests.chaos.outbox import torment

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]


@pytest.mark.usefixtures("home")
def test_no_message_is_lost_however_often_the_sender_is_killed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("BANSO_PRIVATE_RECEIVERS", "127.0.0.1")
    told: list[str] = []
    outcome = torment(deliveries=2_000, kills=4, seed=1, say=told.append)
    assert (outcome.deliveries, outcome.kills.total()) == (2_000, 4)
