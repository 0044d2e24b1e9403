"""A short torment; `./run chaos ingest --kills 200` is the long one."""

import shutil
import tempfile
from collections import Counter
from pathlib import Path

import pytest

from tests.chaos.clients import Sent
from tests.chaos.ingest import check, torment
from tests.chaos.killing import DamageError
from tests.chaos.served import Held


@pytest.mark.slow(100)
@pytest.mark.timeout(600)
def test_no_acknowledged_event_is_lost_or_doubled_whatever_is_killed() -> None:
    """Server, collector and database are killed and the disk is filled, while clocks jump and one
    event in a hundred is poison. Where no small disk can be mounted, the database is killed once
    more."""
    folder = Path(tempfile.mkdtemp(prefix="banso-chaos-"))
    report = torment(folder, kills=20, seed=1, say=lambda _: None)
    shutil.rmtree(folder)
    assert report.kills.total() == 20
    assert report.kills["collector"] == 7
    assert report.kills["server process"] == report.kills["all of the server"] == 3
    assert report.sent.poison


SENT = Sent(
    events={name: {"type": "track", "userId": "u1"} for name in ("a", "b")},
    acknowledged={"a", "b"},
    poison={"poison-1-1"},
)
WELL = {
    "stored": Counter("ab"),
    "waiting": Counter(),
    "introduced": Counter(),
    "quarantined": '{"mark": "poison-1-1"}',
    "received": 3,
    "counted": (2, 0, 1),
}


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"stored": Counter("a")}, "lost: 1 such as ['b']"),
        ({"stored": Counter("aab")}, "Twice: ['a']"),
        ({"stored": Counter("abc")}, "Twice: []; lost: 0"),
        ({"stored": Counter("a"), "waiting": Counter("b")}, "What waits"),
        ({"quarantined": ""}, "Of the poison"),
        ({"counted": (3, 0, 1)}, "which is not what is stored"),
        ({"received": 4}, "does not balance"),
    ],
)
def test_the_torment_would_notice(wrong: dict[str, object], said: str) -> None:
    check(SENT, Held(**WELL))  # type: ignore[arg-type]
    with pytest.raises(DamageError) as damage:
        check(SENT, Held(**{**WELL, **wrong}))  # type: ignore[arg-type]
    assert said in str(damage.value)
