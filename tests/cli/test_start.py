"""Every command in a process of its own, as people start it."""

import subprocess
import sys

import pytest

from banso.cli.app import COMMANDS


@pytest.mark.parametrize("command", sorted(COMMANDS))
def test_a_command_loads_all_that_it_needs(command: str) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "banso", command, "--help"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
