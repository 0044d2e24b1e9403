"""Every command in a process of its own, as people start it."""

import subprocess
import sys

import pytest

from banso.cli.app import COMMANDS


@pytest.mark.slow
@pytest.mark.parametrize("module", sorted({module for module, _ in COMMANDS.values()}))
def test_a_command_loads_all_that_it_needs(module: str) -> None:
    code = f"import banso.cli.{module}"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=False)
    assert (done.returncode, done.stderr) == (0, b"")
