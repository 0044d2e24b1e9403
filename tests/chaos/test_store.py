"""A short torment; `./run chaos store --kills 500` is the long one."""

import shutil
import tempfile
from pathlib import Path

import pytest

from tests.chaos.killing import torment

KILLS = 20


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_no_fact_is_lost_or_doubled_when_writers_and_database_are_killed() -> None:
    folder = Path(tempfile.mkdtemp(prefix="banso-chaos-"))
    outcome = torment(folder, kills=KILLS, seed=1, say=lambda _: None)
    shutil.rmtree(folder)
    assert outcome.kills.total() == KILLS
    assert outcome.kills["database server"] == 1
    assert outcome.batches > KILLS
