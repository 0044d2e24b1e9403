"""Live events: collected as they come, by one process at a time."""

import logging
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta

import psycopg
from django.db import Error as DjangoError
from django.db import connection

from banso.core.definitions import Definitions
from banso.core.definitions.model import Tracking
from banso.core.events.message import Path, Reading
from banso.desk.queries.account_ids import told_keys
from banso.desk.services.accounts import ensure_accounts
from banso.pipeline.live_alerts import LiveAlerts
from banso.pipeline.measures import TURNS
from banso.pipeline.meet import meet_contacts
from banso.pipeline.traits import apply_traits
from banso.store import Ledger, Store, tracked
from banso.store.arrivals import Rules
from banso.store.inspection import new_accounts
from banso.store.mending import replaying
from banso.store.operations import record_turn
from banso.store.server import ServerError, revive

EVERY_SECONDS = 1.0
"""From the beginning of a turn to the next one, where something has come; else twice as long."""

LOOK_SECONDS = 0.1
COLLECTOR_LOCK = 0x62616E736F05
MOST_TAIL_FILES = 60
"""Small files, one a collection, that may lie in the tail before they are folded into buckets."""

log = logging.getLogger(__name__)


def rules_of(definitions: Definitions | None) -> Rules:
    """How each source's calls are read, as its definition says."""
    declared = {
        name: source.tracking
        for name, source in (definitions.sources if definitions else {}).items()
        if source.tracking is not None
    }
    return Rules(
        readings={name: _reading(x) for name, x in declared.items()},
        patience={
            name: timedelta(days=int(x.wait.removesuffix("d"))) for name, x in declared.items()
        },
        account_keys=told_keys,
    )


def _reading(said: Tracking) -> Reading:
    return Reading(
        account=_path(said.account),
        feature=_path(said.feature),
        product=_path(said.product),
        value=_path(said.value),
        keep=tuple(_path(x) for x in said.keep),
    )


def _path(text: str) -> Path:
    return tuple(text.split("."))


def collect_live(
    store: Store,
    definitions: Definitions | None,
    *,
    stop: Callable[[], bool] = lambda: False,
) -> Ledger:
    """Turn all that was accepted into facts, portion after portion, until `stop` says so."""
    rules, total = rules_of(definitions), Ledger()
    while not stop():
        ledger = store.collect_tracked(rules)
        if ledger is None:
            break
        total += ledger
    return total


class Collector:
    """Collects in a thread of its own. Of all processes that have one, one works at a time; when it
    ends, another takes over.

    definitions: asked anew at every turn. every: see EVERY_SECONDS. alerts: judges the accounts
    that a turn has brought facts to; None: another process does.
    """

    def __init__(
        self,
        store: Store,
        definitions: Callable[[], Definitions | None],
        *,
        every: float = EVERY_SECONDS,
        alerts: LiveAlerts | None = None,
    ) -> None:
        self._store = store
        self._definitions = definitions
        self._every = every
        self._alerts = alerts
        self._stopping = threading.Event()
        self._known_accounts = 0
        self._thread = threading.Thread(target=self._work, name="collector")

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        """Returns when the portion in hand is stored."""
        self._stopping.set()
        self._thread.join()

    def turn(self) -> Ledger:
        """Collect what there is; the accounts that it brings become known to the desk."""
        began = time.perf_counter()
        definitions = self._definitions()
        ledger = collect_live(self._store, definitions, stop=self._ends)
        last, fresh = new_accounts(self._store, after=self._known_accounts)
        if fresh:
            ensure_accounts(fresh)
        self._known_accounts = last
        apply_traits(self._store, definitions)
        meet_contacts(self._store, definitions)
        if self._alerts is not None and definitions is not None:
            self._alerts.turn(definitions, stop=self._ends)
        if self._store.tail_files() > MOST_TAIL_FILES:
            self._store.compact()
            if self._alerts is not None:
                self._alerts.tidy()
        taken = time.perf_counter() - began
        TURNS.observe(taken)
        with self._store.connection() as recording:
            record_turn(recording, seconds=taken)
        return ledger

    def turn_if_free(self) -> bool:
        """A turn, unless another process collects; whether it was one."""
        with self._lock() as mine:
            if mine is None:
                return False
            self.turn()
            return True

    @contextmanager
    def _lock(self) -> Iterator[psycopg.Connection | None]:
        """The connection that makes this process the one that collects; None: another one is."""
        with psycopg.connect(self._store.dsn, autocommit=True) as holder:
            asked = holder.execute("SELECT pg_try_advisory_lock(%s)", [COLLECTOR_LOCK]).fetchone()
            yield holder if asked == (True,) else None

    def _ends(self) -> bool:
        # a server's worker ends with its main thread; Python then waits for this one
        return self._stopping.is_set() or not threading.main_thread().is_alive()

    def _pause(self, *, until: float) -> None:
        """until: as time.monotonic tells it."""
        while (left := until - time.monotonic()) > 0 and not self._ends():
            self._stopping.wait(min(left, LOOK_SECONDS))

    def _wait(self, holder: psycopg.Connection, *, began: float) -> None:
        """Until the next turn: `every` after this one began, and then once something has come, or
        once more so long."""
        self._pause(until=began + self._every)
        latest = time.monotonic() + self._every
        while time.monotonic() < latest and not self._ends() and not tracked.any_came(holder):
            self._stopping.wait(LOOK_SECONDS)

    def _work(self) -> None:
        while not self._ends():
            try:
                self._hold_turns()
            except (psycopg.Error, DjangoError, OSError) as error:
                log.error("Live events are not collected for now: %s", str(error).strip())
                self._revive()
            except Exception:
                log.exception("Live events are not collected for now")
            connection.close()
            self._pause(until=time.monotonic() + self._every)

    def _revive(self) -> None:
        """The web server answers 503 until the embedded database is back, and nobody else looks."""
        try:
            revive(self._store.home)
        except ServerError as error:
            log.error("%s", error)

    def _hold_turns(self) -> None:
        """Work for as long as this process is the one that collects."""
        with self._lock() as holder:
            while holder is not None and not self._ends():
                began = time.monotonic()
                holder.execute("SELECT 1")  # the lock is lost with its connection
                self.turn()
                self._wait(holder, began=began)


def replay_now(store: Store, definitions: Callable[[], Definitions | None]) -> None:
    """Returns when nothing waits to be replayed: collects here, or waits for the one who does."""
    collector = Collector(store, definitions)
    while replaying(store):
        if not collector.turn_if_free():
            time.sleep(0.2)
