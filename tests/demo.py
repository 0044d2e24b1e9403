"""The example vendor, computed once in a test run; whoever needs it gets a copy."""

import fcntl
import os
import subprocess
import sys
from pathlib import Path

import pytest

from banso.store.server import stop

BANSO = Path(sys.executable).with_name("banso")


def demo_home(home: Path, factory: pytest.TempPathFactory) -> Path:
    """Make `home` (not there yet) what `banso demo --no-serve` makes it, with no server running.

    The copy lies in pytest's own folder; `home` may not, as only its owner may look into that and
    PostgreSQL has a user of its own.
    """
    base = factory.getbasetemp()
    ours = base.parent if "PYTEST_XDIST_WORKER" in os.environ else base
    kept = ours / "demo"
    with (ours / "demo.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not kept.exists():
            _copy(computed(home), kept)
            return home
    return _copy(kept, home)


def computed(home: Path) -> Path:
    """The demo in a home of its own, with no server running."""
    outside = {k: v for k, v in os.environ.items() if not k.startswith(("BANSO_", "DJANGO_"))}
    outside.pop("DATABASE_URL", None)
    env = {**outside, "BANSO_HOME": str(home)}
    subprocess.run([BANSO, "demo", "--no-serve"], env=env, check=True, stdout=subprocess.DEVNULL)
    stop(home)
    return home


def _copy(source: Path, target: Path) -> Path:
    """With owners and rights, on which PostgreSQL insists; whole or not at all."""
    part = target.with_name(f"{target.name}.part")
    subprocess.run(["cp", "-a", source, part], check=True)
    return part.rename(target)
