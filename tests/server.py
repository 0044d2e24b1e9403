"""The PostgreSQL of a test run: embedded, in a temporary folder, gone afterwards."""

import atexit
import shutil
import tempfile
from functools import cache
from pathlib import Path

from banso.store.server import embedded_url, stop


@cache
def start_test_server() -> str:
    """Address of a server of this process's own (with pytest-xdist: one a worker).

    A DATABASE_URL in the environment is not used: tests create and drop databases.
    """
    home = Path(tempfile.mkdtemp(prefix="banso-test-"))
    atexit.register(_remove, home)
    return embedded_url(home)


def _remove(home: Path) -> None:
    stop(home)
    shutil.rmtree(home, ignore_errors=True)
