"""A local server that speaks S3 (moto), as a process of its own."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPConnection
from uuid import uuid4

import pytest

PATIENCE_S = 60
CREDENTIALS = {"AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test"}


@contextmanager
def object_store() -> Iterator[int]:
    """The port of a server that holds nothing."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = int(free.getsockname()[1])
    command = [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)]
    server = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        _wait(port)
        yield port
    finally:
        server.kill()
        server.wait()


def _wait(port: int) -> None:
    deadline = time.monotonic() + PATIENCE_S
    while True:
        try:
            ask(port, "GET", "/")
        except OSError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.1)
        else:
            return


def ask(port: int, method: str, path: str, body: bytes | None = None) -> bytes:
    """One plain request, past Banso: what somebody else does to the objects."""
    connection = HTTPConnection("127.0.0.1", port, timeout=10)
    try:
        connection.request(method, path, body, headers={"Authorization": "AWS test:test"})
        answer = connection.getresponse()
        content = answer.read()
        if answer.status >= 300:
            raise OSError(f"{method} {path}: {answer.status} {content!r}")
        return content
    finally:
        connection.close()


def fresh_bucket(port: int) -> str:
    """Its name."""
    name = f"bucket-{uuid4().hex[:12]}"
    ask(port, "PUT", f"/{name}")
    return name


def address(port: int, bucket: str, prefix: str = "vendor/banso") -> str:
    """What BANSO_SEGMENTS takes."""
    where = f"endpoint_override=127.0.0.1:{port}&scheme=http&region=eu-west-1"
    return f"s3://{bucket}/{prefix}?{where}"


def name_it(monkeypatch: pytest.MonkeyPatch, where: str) -> None:
    """Set what an administrator sets."""
    for name, value in {**CREDENTIALS, "BANSO_SEGMENTS": where}.items():
        monkeypatch.setenv(name, value)
    for name in [x for x in os.environ if x.lower() in {"http_proxy", "all_proxy"}]:
        monkeypatch.delenv(name)
