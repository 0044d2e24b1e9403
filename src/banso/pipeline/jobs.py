"""What the worker does by the clock: the run of each day, and keeping house.

The queue is PostgreSQL (Procrastinate). A job is put into it once for each time it is due, whatever
the number of workers (a unique key); one worker at a time does it (a lock); what a killed worker
had in hand is done again. All jobs may be done twice without harm.
"""

import asyncio
import logging
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from threading import Event
from zoneinfo import ZoneInfo

import psycopg
from asgiref.sync import sync_to_async
from django.core.management import call_command
from django.db import Error as DjangoError
from django.db import connection
from procrastinate import App, PsycopgConnector, RetryStrategy
from procrastinate.exceptions import AlreadyEnqueued, ConnectorException
from psycopg_pool import PoolTimeout

from banso.core.definitions import Definitions
from banso.core.metrics.calendar import EPOCH
from banso.core.metrics.contract import watched
from banso.desk.queries.drafts import draft_of_rule
from banso.desk.services.drafts import JOB as DRAFT_JOB
from banso.pipeline.act.digest import tell_the_day
from banso.pipeline.due import last_due
from banso.pipeline.incidents import look_at_sources
from banso.pipeline.session import in_force
from banso.store import Store

HOUSE_AT = "00:30"
"""When the house is kept, in the organisation's zone."""

STILL_MORNING = timedelta(hours=2)
"""A worker that was down at the hour of the morning mail sends it for so long yet."""

LOOK_SECONDS = 20.0
STALLED_SECONDS = 30.0
"""Without a sign of life for so long a worker counts as killed."""

PAUSE_SECONDS = 5.0
KEPT_HOURS = 30 * 24
"""How long what became of a job can be looked up."""

SOURCES_EVERY = timedelta(minutes=5)
"""How often sources are looked at between two runs."""

OFTEN, OFTEN_KEPT_HOURS = "often", 24
"""The queue of jobs that come every few minutes, and how long they can be looked up."""

AGAIN = RetryStrategy(max_attempts=5, wait=60, exponential_wait=2)
BANSO = (sys.executable, "-P", "-m", "banso")
RUN = ((*BANSO, "run"), (*BANSO, "backtest"), (*BANSO, "prove"))
"""What the run of a day is: its commands, one after the other."""

log = logging.getLogger(__name__)


class RunFailedError(RuntimeError):
    """`banso run` ended with an error, or was broken off because the worker ends."""


def job_queue(store: Store, *, stop: Event, run: Sequence[Sequence[str]] = RUN) -> App:
    """The queue with the jobs that may stand in it: `run`, `digest`, `house`, `sources` and
    `draft`.

    stop: set once this worker is to end. run: the commands of a day's run.
    """
    app = App(connector=PsycopgConnector(conninfo=store.dsn))

    @app.task(name="run", lock="run", queueing_lock="run", retry=AGAIN)
    def make_run(timestamp: int) -> None:
        for command in run:
            run_apart(command, stop)

    @app.task(name="digest", lock="digest", queueing_lock="digest", retry=AGAIN)
    def digest(timestamp: int) -> None:
        with _asking():
            tell_the_day(_today(datetime.fromtimestamp(timestamp, tz=UTC)))

    @app.task(name="house", lock="house", queueing_lock="house", retry=AGAIN)
    def house(timestamp: int) -> None:
        with _asking():
            keep_house(store, in_force(), now=datetime.now(tz=UTC))

    @app.task(name="sources", queue=OFTEN, lock="sources", queueing_lock="sources")
    def sources(timestamp: int) -> None:
        with _asking():
            definitions = in_force()
            if definitions is not None:
                look_at_sources(store, definitions, now=datetime.now(tz=UTC))

    @app.task(name=DRAFT_JOB)
    def replay_draft(rule: str) -> None:
        with _asking():
            there = draft_of_rule(rule) is not None
        if there:  # it may have been switched on or dropped meanwhile
            run_apart((*BANSO, "rules", "compare", rule), stop)

    return app


@contextmanager
def _asking() -> Iterator[None]:
    """A thread of the queue asks the desk: its connection is closed again, for the thread may never
    come back."""
    try:
        yield
    finally:
        connection.close()


def run_apart(command: Sequence[str], stop: Event) -> None:
    """In a process of its own: hours of computing must not hold up the collector. Raises
    RunFailedError; it is safe to break it off, for all that a run records is one transaction."""
    with subprocess.Popen(
        command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True
    ) as made:
        while made.poll() is None and not stop.wait(0.2):
            pass
        if made.poll() is None:
            made.terminate()
        _, said = made.communicate()
    if made.returncode:
        raise RunFailedError(
            f"`banso {command[-1]}` ended with {made.returncode}: {said.strip()[-2_000:]}"
        )


def keep_house(store: Store, definitions: Definitions | None, *, now: datetime) -> None:
    """Delete what is not to be kept for longer, fold small files, clear what nobody needs."""
    sources = definitions.sources if definitions else {}
    before = {
        name: int((now - timedelta(days=int(x.keep_for.removesuffix("d")))).timestamp()) * 1_000_000
        for name, x in sources.items()
        if x.keep_for is not None
    }
    for gone in store.expire(before):
        log.info("%d facts of %s were older than they are kept", gone.facts, gone.source)
    store.compact()
    store.sweep()
    call_command("clearsessions")


def due_jobs(definitions: Definitions | None, now: datetime) -> dict[str, datetime]:
    """Each job's latest instant up to now at which it was due."""
    organisation = definitions.organisation if definitions else None
    zone = organisation.time_zone if organisation else "UTC"
    due = {"house": last_due(now, at=HOUSE_AT, zone=zone)}
    if organisation:
        morning = last_due(now, at=organisation.digest_at, zone=zone)
        if now - morning < STILL_MORNING:
            due["digest"] = morning
    if organisation and organisation.run_at:
        due["run"] = last_due(now, at=organisation.run_at, zone=zone)
    if definitions and any(watched(x) for x in definitions.sources.values()):
        due["sources"] = now - (now - EPOCH) % SOURCES_EVERY
    return due


def do_jobs(store: Store, *, stop: Event) -> None:
    """Do jobs until `stop` is set, whatever becomes of the database meanwhile."""
    while not stop.is_set():
        try:
            asyncio.run(_work(job_queue(store, stop=stop), stop))
        except (psycopg.Error, DjangoError, ConnectorException, PoolTimeout, OSError) as error:
            log.error("No jobs are done for now: %s", str(error).strip())
            stop.wait(PAUSE_SECONDS)


async def _work(app: App, stop: Event) -> None:
    async with app.open_async():
        doing = asyncio.create_task(
            app.run_worker_async(concurrency=2, install_signal_handlers=False)
        )
        looking = asyncio.create_task(_look(app))
        while not (stop.is_set() or doing.done() or looking.done()):
            await asyncio.sleep(0.2)
        looking.cancel()
        doing.cancel()  # it finishes what it has in hand
        for ended in await asyncio.gather(doing, looking, return_exceptions=True):
            if isinstance(ended, Exception):
                raise ended


async def _look(app: App) -> None:
    while True:
        await put_due(app, datetime.now(tz=UTC))
        await revive_stalled(app)
        for hours, queue in ((KEPT_HOURS, None), (OFTEN_KEPT_HOURS, OFTEN)):
            await app.job_manager.delete_old_jobs(nb_hours=hours, queue=queue, include_failed=True)
        await asyncio.sleep(LOOK_SECONDS)


async def put_due(app: App, now: datetime) -> None:
    """Put each job that is due into the queue, unless it was there for this time already."""
    for name, due in due_jobs(await sync_to_async(_definitions)(), now).items():
        timestamp = int(due.timestamp())
        job = app.configure_task(name, task_kwargs={"timestamp": timestamp}).job
        try:
            await app.job_manager.defer_periodic_job(
                job=job, periodic_id="daily", defer_timestamp=timestamp
            )
        except AlreadyEnqueued:  # the one of the day before still waits; look again later
            continue


async def revive_stalled(app: App, *, after: float = STALLED_SECONDS) -> None:
    """Put jobs back whose worker was killed."""
    for job in await app.job_manager.get_stalled_jobs(seconds_since_heartbeat=after):
        log.warning("The job %s is done again: its worker is gone", job.task_name)
        await app.job_manager.retry_job(job)


def _today(now: datetime) -> date:
    """The calendar day in the organisation's zone."""
    definitions = in_force()
    return now.astimezone(
        ZoneInfo(definitions.organisation.time_zone if definitions else "UTC")
    ).date()


def _definitions() -> Definitions | None:
    with _asking():
        return in_force()
