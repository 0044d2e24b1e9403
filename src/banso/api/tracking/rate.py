"""How many events a key may send."""

import fcntl
import math
import mmap
import os
import struct
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Lock

from banso.core.events.body import MOST_CALLS

SAVED_SECONDS = 10
"""A key that was silent may send as much at once as in so many seconds."""

SLOTS = 65_536
_SLOT = struct.Struct("qdd")  # key, events left, when that was (the machine's monotonic clock)


class Rates:
    """A bucket for each key, over all processes of a server: they share a file in memory, and lock
    a slot of it for some microseconds. Two keys in one slot (ids that are a multiple of SLOTS
    apart) each find a full bucket.

    file: the shared one; None: this process alone.
    """

    def __init__(
        self, file: Path | None = None, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._clock = clock
        self._lock = Lock()
        self._file: int | None = None
        if file is None:
            self._slots = mmap.mmap(-1, SLOTS * _SLOT.size)
            return
        self._file = os.open(file, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        os.ftruncate(self._file, SLOTS * _SLOT.size)
        self._slots = mmap.mmap(self._file, SLOTS * _SLOT.size)

    def wait(self, key: int, *, rate: int, events: int) -> int:
        """Take so many events from what the key may send; 0: it may. Otherwise nothing is taken,
        and so many seconds have to pass first."""
        full = max(float(rate * SAVED_SECONDS), float(MOST_CALLS))
        at = key % SLOTS * _SLOT.size
        with self._alone(at):
            now = self._clock()
            whose, left, since = _SLOT.unpack_from(self._slots, at)
            if whose != key or since == 0.0:
                left, since = full, now
            left = min(full, left + max(now - since, 0.0) * rate)
            enough = left >= events
            _SLOT.pack_into(self._slots, at, key, left - events if enough else left, now)
        return 0 if enough else math.ceil((events - left) / rate)

    @contextmanager
    def _alone(self, at: int) -> Iterator[None]:
        """Locks of files are held by a process, so its threads need one of their own. A process
        that dies lets go of both."""
        with self._lock:
            if self._file is None:
                yield
                return
            fcntl.lockf(self._file, fcntl.LOCK_EX, _SLOT.size, at)
            try:
                yield
            finally:
                fcntl.lockf(self._file, fcntl.LOCK_UN, _SLOT.size, at)
