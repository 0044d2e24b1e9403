"""`banso worker`: all that goes on by itself, in a process of its own."""

import os
import signal
from threading import Event

from banso.cli.outbox import post_of
from banso.cli.output import err
from banso.cli.session import open_session
from banso.cli.words import word
from banso.pipeline.act.send import Sender
from banso.pipeline.jobs import do_jobs
from banso.pipeline.live import Collector
from banso.pipeline.live_alerts import LiveAlerts
from banso.pipeline.session import in_force

YIELDS = 5
"""How much the worker gives way to what answers people and applications (`nice`): where processors
are short, what was accepted waits a little, and nobody who asks does."""


def worker() -> None:
    """Collect live events and send messages as they come, make the run of each day and keep house,
    until Ctrl-C.
    `banso serve` starts a worker itself.

    Several may run, also on several machines that share the home: one collects, and each job is
    done by one of them; when it ends another takes over. SIGTERM and Ctrl-C let it finish what it
    has in hand.
    """
    os.nice(YIELDS)
    stop = Event()
    for each in (signal.SIGTERM, signal.SIGINT):
        signal.signal(each, lambda number, frame: stop.set())
    session = open_session()
    if err.is_terminal:
        err.print(word("working"), soft_wrap=True)
    collector = Collector(session.store, in_force, alerts=LiveAlerts(session.store))
    sender = Sender(post_of(session))
    collector.start()
    sender.start()
    do_jobs(session.store, stop=stop)
    sender.stop()
    collector.stop()
