"""From the commit of live events to the rows of their alerts, by the real worker.

Every batch has 1,000 new events of 200 accounts that have no such alert, committed as the
endpoint commits them, up to a second after the alerts of the batch before. What counts is when each
alert can be read by others. The first batches bring the worker up (compiled code, copies of
segments) and do not count. Bounds: p50 1 s, p99 3 s.
"""

import json
import os
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from time import perf_counter, sleep, time_ns

import numpy as np
from long_home import SOURCE, build, key_of
from numpy.typing import NDArray

from banso.cli.session import Session
from banso.desk.models import Episode
from banso.store.server import stop

FACTS, TOUCHED = 1_000, 200
P50, P99 = 1.0, 3.0
WARM = 3
LONGEST = 300.0
OPEN = (
    "SELECT account.key FROM alert JOIN episode ON episode.id = alert.episode_id "
    "JOIN account ON account.id = episode.account_id "
    "WHERE episode.rule = 'exported' AND episode.closed_on IS NULL"
)


def commit_to_alert(*, events: int, accounts: int, batches: int) -> bool:
    """Whether the bounds are met."""
    os.environ["BANSO_LANGUAGE"] = "en"
    for name in ("DATABASE_URL", "BANSO_URL"):
        os.environ.pop(name, None)
    folder = Path(".banso-bench") / f"live-{events}-{accounts}"
    began = perf_counter()
    session = build(folder, accounts=accounts, events=events)
    print(f"a home with {events:,} events: {perf_counter() - began:.0f} s", flush=True)
    worker = subprocess.Popen([sys.executable, "-P", "-m", "banso", "worker"])
    try:
        found = [np.zeros(0)]
        for number, chosen in enumerate(_dealt(accounts, batches + WARM)):
            took = _one(session, chosen)
            if number >= WARM:
                found.append(took)
            sleep(np.random.default_rng(number).uniform(0, 1))
        return report(np.concatenate(found))
    finally:
        worker.terminate()
        worker.wait()
        stop(session.home)


def _dealt(accounts: int, batches: int) -> list[NDArray[np.int64]]:
    """Accounts of each batch, nobody in two of them; none has such an alert any more."""
    Episode.objects.filter(rule="exported").delete()
    numbers = np.random.default_rng(time_ns() % 2**32).permutation(accounts) + 1
    size = min(TOUCHED, accounts // batches)
    return np.split(numbers[: size * batches], batches)


def _one(session: Session, chosen: NDArray[np.int64]) -> NDArray[np.float64]:
    """Seconds from the commit of a batch to each of its alerts."""
    body = _batch(chosen)
    session.store.accept_tracked(source=SOURCE, call="batch", events=FACTS, body=body)
    began = perf_counter()
    left = {key_of(int(x)) for x in chosen}
    took: list[float] = []
    while left:
        sleep(0.03)
        with session.store.connection() as connection:
            rows = connection.execute(f"{OPEN} AND account.key = ANY(%s)", [list(left)])
            came = {key for (key,) in rows}
        took += [perf_counter() - began] * len(came)
        left -= came
        if perf_counter() - began > LONGEST:
            raise SystemExit(
                f"{len(left)} alerts did not come in {LONGEST:.0f} s: is a run at work?"
            )
    return np.array(took)


def _batch(chosen: NDArray[np.int64]) -> bytes:
    now, mark = datetime.now(tz=UTC).isoformat(), time_ns()
    calls = [
        {
            "type": "track",
            "event": "export",
            "userId": f"u{account * 50 + n % 8}",
            "messageId": f"live-{mark}-{n}",
            "timestamp": now,
            "context": {"groupId": key_of(int(account))},
            "properties": {"feature": f"feature_{n % 40:02d}", "note": "x" * 120},
        }
        for n, account in enumerate(np.resize(chosen, FACTS).tolist())
    ]
    return json.dumps({"batch": calls}).encode()


def report(took: NDArray[np.float64]) -> bool:
    fine = True
    for name, share, bound in (("p50", 50, P50), ("p99", 99, P99)):
        figure = float(np.percentile(took, share))
        missed = " MISSED" if figure > bound else ""
        print(f"commit_to_alert_{name}_s={figure:.2f} (at most {bound:.0f}){missed}", flush=True)
        fine &= not missed
    print(f"{len(took):,} alerts, the last after {took.max():.2f} s")
    return fine
