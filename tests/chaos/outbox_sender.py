"""A sender that is killed, again and again: what `tests.chaos.outbox` starts."""

import os
from datetime import timedelta

import httpx

from banso.cli import ready  # noqa: F401  before any model is imported
from banso.core.definitions import loads
from banso.pipeline.act import webhook
from banso.pipeline.act.send import Post, Sender

DEFINITIONS = loads({"all.yaml": "organisation: {name: Vendor}"})
LEASE = timedelta(seconds=2)
SECONDS = 1.0
"""What hangs is given up sooner than in real life, or a run would take hours."""


def run(key: str, crash_at: str) -> None:
    """Send until killed."""
    if crash_at:
        os.environ["BANSO_CRASH_AT"] = crash_at
    webhook.SECONDS = httpx.Timeout(SECONDS)
    post = Post(key=key, base="https://banso.example", definitions=lambda: DEFINITIONS, lease=LEASE)
    sender = Sender(post, every=0.05)
    sender.start()
    for thread in sender.threads:
        thread.join()
