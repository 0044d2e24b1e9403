"""`banso serve`, in a process of its own."""

import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

BANSO = Path(sys.executable).with_name("banso")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def serving(port: int) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """A server that has begun to answer, and what it said by then."""
    command = [str(BANSO), "serve", "--port", str(port)]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    ) as server:
        try:
            until = time.monotonic() + 90
            while not answers(port):
                assert server.poll() is None, server.stdout and server.stdout.read()
                assert time.monotonic() < until
                time.sleep(0.1)
            assert server.stdout
            os.set_blocking(server.stdout.fileno(), False)
            yield server, server.stdout.read()
        finally:
            server.kill()


def answers(port: int) -> bool:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/sign-in/", timeout=5) as answer:
            return bool(answer.status == 200)
    except OSError:
        return False
