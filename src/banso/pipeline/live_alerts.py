"""New events become alerts: accounts that live calls have brought facts to are judged again as of
the coming midnight, with the run's own code, as soon as the facts are stored.

One process at a time does it, the one that collects. Which accounts wait is kept in the database
(store.touched), and judging an account twice changes nothing: so a worker may be killed at any
moment, and another goes on. Those judged during a data incident are judged again when it ends.

Runs decide days that are over, this the one that is not: so both may work at once. While a run
records accounts wait, and what was judged before that is judged again.
"""

import logging
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from banso.core.definitions import Definitions
from banso.desk.models import Account, LiveTurn, PlayRun, RunState
from banso.desk.queries import decided
from banso.desk.queries.incidents import incidents
from banso.desk.queries.merges import merged_now
from banso.desk.services.early import Sure
from banso.desk.services.episodes import Version
from banso.desk.services.live import BusyError, LiveFindings, OvertakenError, record_live
from banso.pipeline.act.plays import step_all, world
from banso.pipeline.assess import histories
from banso.pipeline.decide import decide_so_far
from banso.pipeline.some_accounts import some_accounts
from banso.pipeline.telling import telling_of
from banso.store import Store, crash
from banso.store.dictionary import account_keys
from banso.store.touched import Touched, forget, hold, release, touched

AT_ONCE = 1_000
"""Accounts that are measured together; what they take is bounded by it."""

TIMES = 3
"""So often is a portion judged again where a run has recorded meanwhile."""

REST_SECONDS = 60.0
"""After an error; the accounts wait meanwhile."""

log = logging.getLogger(__name__)


@dataclass
class LiveAlerts:
    """now: the clock."""

    store: Store
    now: Callable[[], datetime] = lambda: datetime.now(tz=UTC)
    _rests_until: float = field(default=0.0, init=False)
    _tidied: bool = field(default=False, init=False)
    _incidents: frozenset[tuple[str, datetime]] | None = field(default=None, init=False)
    """Those that were open at the last turn; None: no turn yet, and one may have ended before."""

    def turn(self, definitions: Definitions, *, stop: Callable[[], bool]) -> int:
        """Judge all that wait, a portion at a time, until `stop` says so; how many accounts. What
        goes wrong here never keeps facts from being collected: it is logged, and tried again."""
        if time.monotonic() < self._rests_until:
            return 0
        try:
            return self._turn(definitions, stop)
        except Exception:
            log.exception("Alerts wait for the next run, or for %d seconds", REST_SECONDS)
            self._rests_until = time.monotonic() + REST_SECONDS
            return 0

    def tidy(self) -> None:
        """Delete copies of files that have been folded into others."""
        with self.store.snapshot() as snapshot:
            snapshot.tidy_copies()
        self._tidied = True

    def _turn(self, definitions: Definitions, stop: Callable[[], bool]) -> int:
        if not self._tidied:
            self.tidy()
        self._release()
        done = 0
        while not stop():
            portion = judge_touched(self.store, definitions, now=self.now(), spoilt=self._spoilt)
            if not portion:
                break
            done += portion
        return done

    def _release(self) -> None:
        """Where an incident has ended since the last turn, those held wait again."""
        found = _open_incidents()
        if self._incidents is None or self._incidents - found:
            with self.store.connection() as connection:
                release(connection)
        self._incidents = found

    def _spoilt(self) -> bool:
        return bool(self._incidents or _open_incidents())


def _open_incidents() -> frozenset[tuple[str, datetime]]:
    return frozenset((x.source, x.opened_at) for x in incidents(only_open=True))


def judge_touched(
    store: Store,
    definitions: Definitions,
    *,
    now: datetime,
    spoilt: Callable[[], bool] = lambda: False,
    limit: int = AT_ONCE,
) -> int:
    """A portion of the accounts that wait; how many they were. 0 also while a run records, and
    before the first one: that finds all that has been for years, and tells nothing.

    spoilt: asked once they are judged: whether a data incident was open, so that they are to be
    judged again after it."""
    with store.connection() as connection:
        waiting = touched(connection, limit=limit)
    if not waiting or decided.decided_day() is None:
        return 0
    today = now.astimezone(ZoneInfo(definitions.organisation.time_zone)).date()
    keys = _keys(store, waiting)
    for again in range(TIMES):
        try:
            judge(store, definitions, keys=keys, today=today)
            break
        except BusyError:
            return 0
        except OvertakenError:
            if again == TIMES - 1:
                raise
    crash.point("live_judged")
    with store.connection() as connection:
        (hold if spoilt() else forget)(connection, waiting)
    return len(waiting)


def _keys(store: Store, waiting: Sequence[Touched]) -> list[str]:
    with store.connection() as connection:
        told = list(account_keys(connection, [x.account for x in waiting]).values())
    now = merged_now()
    return sorted({now.get(key, key) for key in told})


def judge(
    store: Store, definitions: Definitions, *, keys: Sequence[str], today: date
) -> LiveTurn | None:
    """Judge accounts as of the midnight that ends `today`; None where nothing changed. Nothing is
    said of a day that a run has decided. OvertakenError, BusyError."""
    as_of = today + timedelta(days=1)
    last = decided.last_decision()
    ids = list(Account.objects.filter(key__in=keys).values_list("pk", flat=True))
    if not ids or last is None or last.as_of >= as_of:
        return None
    with some_accounts(store, definitions, accounts=ids, as_of=as_of) as (inputs, panel):
        histories(inputs, panel)  # their columns join the panel
        states = decided.rule_states(sorted(definitions.rules), upto=today, accounts=ids)
        found = decide_so_far(inputs, panel, states=states)
        generation = inputs.generation
    turn = record_live(
        LiveFindings(
            today=today,
            as_of=as_of,
            decided=last.pk,
            version=Version(definitions.fingerprint, generation),
            accounts=list(keys),
            openings=found.decided.openings,
            closings=found.decided.closings,
            sure=Sure(holds=found.holds, fails=found.fails),
        ),
        telling_of(definitions, first=today, last=today),
    )
    crash.point("live_recorded")
    if turn is not None and turn.opened:
        _begin_plays(definitions, ids, today)
    return turn


def _begin_plays(definitions: Definitions, accounts: Sequence[int], today: date) -> None:
    """The first steps of plays that were just asked for, up to the first condition: that is judged
    by a run, over days that are over. Where this is cut off the next run begins them."""
    asked = PlayRun.objects.filter(state=RunState.ASKED, account__in=accounts)
    runs = list(asked.order_by("id").values_list("pk", flat=True))
    step_all(runs, world(definitions, day=today, facts={}))
