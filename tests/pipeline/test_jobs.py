"""Jobs by the clock, in a real queue; the run of a day is a small command here."""

import asyncio
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.db import connection
from procrastinate import App
from tests.pipeline.vendor import apply, furnish
from tests.store.given import DAY, NOON, fact, query

from banso.cli.session import Session
from banso.core.definitions import loads
from banso.core.metrics.contract import Fault
from banso.desk.models import RuleDraft
from banso.desk.queries.incidents import incidents
from banso.desk.queries.scope import EVERYTHING
from banso.desk.services.definitions import apply_definitions
from banso.pipeline.drafts import save
from banso.pipeline.jobs import (
    RunFailedError,
    do_jobs,
    job_queue,
    keep_house,
    put_due,
    revive_stalled,
    run_apart,
)

EVERY_NIGHT = {
    "organisation.yaml": "organisation: {name: Kaede, time_zone: Asia/Tokyo, run_at: '04:00'}\n"
    "sources:\n  - {name: app, keep_for: 30d}\n  - {name: other}\n"
}
MORNING = datetime(2026, 5, 10, 3, 0, tzinfo=UTC)  # noon in Tokyo
ROOT = Path(__file__).parents[2]
Queue = Callable[[], list[tuple[object, ...]]]


@pytest.fixture
def queue(session: Session) -> Iterator[Queue]:
    """What stands in the queue: name, state, how often it was tried."""

    def clear() -> None:
        for table in ("periodic_defers", "events", "jobs", "workers"):
            query(session.store, f"DELETE FROM procrastinate_{table} RETURNING 1")

    clear()
    apply_definitions(
        files=EVERY_NIGHT, fingerprint="f", metadata_fingerprint="m", applied_by="x", why=""
    )
    yield lambda: query(
        session.store,
        "SELECT task_name, status::text, attempts FROM procrastinate_jobs ORDER BY task_name",
    )
    clear()


def test_sources_that_promise_something_are_looked_at_every_five_minutes(
    session: Session, queue: Queue
) -> None:
    apply("organisation: {name: A}\nsources: [{name: app, late_after: 2h}]")
    session.store.accept(source="app", dataset="events", facts=[fact(1)])
    session.store.collect()
    app = queue_of(session)
    for seconds in (0, 299, 300):
        asyncio.run(put(app, MORNING + timedelta(seconds=seconds)))
        asyncio.run(work(app))
    done = [x for x in queue() if x[0] == "sources"]
    assert done == [("sources", "succeeded", 1)] * 2
    assert [(x.source, x.fault) for x in incidents()] == [("app", Fault.SILENT)]


def writes(file: Path, then: str = "") -> list[str]:
    """A run that leaves a line in the file."""
    return [sys.executable, "-c", f"open({str(file)!r}, 'a').write('run\\n'); {then}"]


def queue_of(session: Session, run: Sequence[str] = ()) -> App:
    return job_queue(session.store, stop=threading.Event(), run=(run,))


async def put(app: App, now: datetime) -> None:
    async with app.open_async():
        await put_due(app, now)


async def keep_working(app: App) -> None:
    async with app.open_async():
        await app.run_worker_async()


async def work(*apps: App) -> None:
    """Each a worker of its own, until nothing is left to do."""
    for app in apps:
        await app.open_async()
    await asyncio.gather(*(x.run_worker_async(wait=False, concurrency=2) for x in apps))
    for app in apps:
        await app.close_async()


def test_what_is_due_stands_in_the_queue_once(session: Session, queue: Queue) -> None:
    for now in (MORNING, MORNING, MORNING + timedelta(minutes=1)):
        asyncio.run(put(queue_of(session), now))
    assert queue() == [("house", "todo", 0), ("run", "todo", 0)]


def test_of_several_workers_one_does_it_and_only_once(
    session: Session, queue: Queue, tmp_path: Path
) -> None:
    file = tmp_path / "runs"
    apps = [queue_of(session, writes(file, "import time; time.sleep(0.5)")) for _ in range(3)]
    asyncio.run(put(apps[0], MORNING))
    asyncio.run(work(*apps))
    assert (file.read_text(), queue()) == (
        "run\n",
        [("house", "succeeded", 1), ("run", "succeeded", 1)],
    )
    asyncio.run(put(apps[0], MORNING + timedelta(hours=2)))  # the same day
    asyncio.run(work(*apps))
    assert file.read_text() == "run\n"
    asyncio.run(put(apps[0], MORNING + timedelta(days=1)))
    asyncio.run(work(*apps))
    assert file.read_text() == "run\nrun\n"


def test_what_a_killed_worker_had_in_hand_is_done_again(
    session: Session, queue: Queue, tmp_path: Path
) -> None:
    file = tmp_path / "runs"
    asyncio.run(put(queue_of(session), MORNING))
    script = (
        "import asyncio, sys, threading; from banso.cli.session import open_session;"
        "from banso.pipeline.jobs import job_queue;"
        "app = job_queue(open_session().store, stop=threading.Event(), run=(sys.argv[1:],));"
        "from tests.pipeline.test_jobs import keep_working;"
        "asyncio.run(keep_working(app))"
    )
    sleeps = writes(file, "import os, time; os.getppid(); time.sleep(3)")
    with subprocess.Popen([sys.executable, "-c", script, *sleeps], cwd=ROOT) as worker:
        until(file.exists)
        worker.kill()
    assert ("run", "doing", 0) in queue()

    async def again(app: App) -> None:
        async with app.open_async():
            await revive_stalled(app, after=0)

    asyncio.run(again(queue_of(session)))
    asyncio.run(work(queue_of(session, writes(file))))
    assert (file.read_text(), ("run", "succeeded", 2) in queue()) == ("run\nrun\n", True)


def until(condition: Callable[[], bool]) -> None:
    end = time.monotonic() + 30
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.05)


def test_a_run_that_fails_is_tried_again_later_and_says_why(session: Session, queue: Queue) -> None:
    fails = [sys.executable, "-c", "import sys; sys.exit('no memory')"]
    with pytest.raises(RunFailedError, match="ended with 1: no memory"):
        run_apart(fails, threading.Event())
    app = queue_of(session, fails)
    asyncio.run(put(app, MORNING))
    asyncio.run(work(app))
    assert queue() == [("house", "succeeded", 1), ("run", "todo", 1)]


def test_a_run_is_broken_off_when_the_worker_ends() -> None:
    stop = threading.Event()
    threading.Timer(0.3, stop.set).start()
    began = time.monotonic()
    with pytest.raises(RunFailedError, match="ended with -15"):
        run_apart([sys.executable, "-c", "import time; time.sleep(60)"], stop)
    assert time.monotonic() - began < 30


def test_jobs_are_done_until_told_to_stop_also_after_the_database_was_away(
    session: Session, queue: Queue
) -> None:
    stop = threading.Event()
    working = threading.Thread(target=do_jobs, args=[session.store], kwargs={"stop": stop})
    working.start()
    until(lambda: ("house", "succeeded", 1) in queue())
    query(
        session.store,
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
        "WHERE datname = current_database() AND pid <> pg_backend_pid()",
    )
    connection.close()
    time.sleep(0.5)
    stop.set()
    working.join(30)
    assert not working.is_alive()


def test_the_house_keeps_what_is_to_be_kept(session: Session) -> None:
    now = datetime.fromtimestamp(NOON / 1_000_000, UTC) + timedelta(hours=1)
    ages = (0, 10, 29, 31, 400)
    for source in ("app", "other"):
        facts = [fact(n, time=NOON - age * DAY) for n, age in enumerate(ages)]
        session.store.accept(source=source, dataset="events", facts=facts)
    session.store.collect()
    keep_house(session.store, loads(EVERY_NIGHT), now=now)
    assert held(session) == {"app": [NOON - 29 * DAY, NOON - 10 * DAY, NOON]} | {
        "other": sorted(NOON - age * DAY for age in ages)
    }
    assert query(session.store, "SELECT source, dataset, facts FROM store.expired") == [
        ("app", "events", 2)
    ]
    keep_house(session.store, loads(EVERY_NIGHT), now=now)
    assert query(session.store, "SELECT count(*) FROM store.expired") == [(1,)]


def test_a_draft_that_is_saved_is_replayed_by_the_worker_and_what_that_showed_is_kept(
    session: Session, queue: Queue
) -> None:
    furnish(session)
    apply()
    saved = save(EVERYTHING, "rules: [{name: new, when: quiet_days > 9, action: {en: a, ja: あ}}]")
    asyncio.run(work(queue_of(session)))
    kept = RuleDraft.objects.get(pk=saved.pk)
    assert queue() == [("draft", "succeeded", 1)]
    assert kept.compared is not None
    assert (kept.compared["rule"], kept.compared["live"], kept.failed) == ("new", None, "")


def held(session: Session) -> dict[str, list[int]]:
    found: dict[str, list[int]] = {}
    with session.store.snapshot() as snapshot:
        for bucket in snapshot.buckets:
            for batch in snapshot.scan(bucket=bucket, columns=("action", "time")):
                times = batch.column(1).cast("int64").to_pylist()
                for action, at in zip(batch.column(0).to_pylist(), times, strict=True):
                    found.setdefault(snapshot.actions[action].source, []).append(at)
    return {source: sorted(times) for source, times in found.items()}
