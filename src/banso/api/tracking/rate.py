"""How many events a key may send."""

import math
import time
from collections.abc import Callable
from threading import Lock

from cachetools import LRUCache

from banso.core.events.body import MOST_CALLS

SAVED_SECONDS = 10
"""A key that was silent may send as much at once as in so many seconds."""


class Rates:
    """A bucket for each key, in this process: with several workers each has its own."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = Lock()
        self._left: LRUCache[int, tuple[float, float]] = LRUCache(10_000)

    def wait(self, key: int, *, rate: int, events: int) -> int:
        """Take so many events from what the key may send; 0: it may. Otherwise nothing is taken,
        and so many seconds have to pass first."""
        full = max(float(rate * SAVED_SECONDS), float(MOST_CALLS))
        with self._lock:
            now = self._clock()
            left, since = self._left.get(key, (full, now))
            left = min(full, left + (now - since) * rate)
            enough = left >= events
            self._left[key] = (left - events if enough else left, now)
        return 0 if enough else math.ceil((events - left) / rate)
