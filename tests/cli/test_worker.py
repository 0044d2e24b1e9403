"""`banso worker`, in a process of its own."""

import signal
import subprocess

from tests.api.conftest import Send, key, send  # noqa: F401  fixtures
from tests.chaos.served import until
from tests.served import BANSO

from banso.cli.session import Session
from banso.store.inspection import arrived, counts


def test_it_collects_and_ends_when_told(send: Send, session: Session) -> None:  # noqa: F811
    with subprocess.Popen([BANSO, "worker"], stderr=subprocess.PIPE, text=True) as worker:
        try:
            assert send("/v1/t", {"event": "x", "groupId": "C1", "messageId": "m"}).status == 200
            until(lambda: not counts(session.store).inbox, "what was accepted is collected")
            worker.send_signal(signal.SIGTERM)
            assert (worker.wait(30), worker.stderr and worker.stderr.read()) == (0, "")
        finally:
            worker.kill()
    assert [(x.received, x.stored) for x in arrived(session.store)] == [(1, 1)]
