"""Wall time, processor time and peak memory of a piece of work in this process."""

import threading
import time
from types import TracebackType

import psutil

GIBIBYTE = 2**30


class Peak:
    """`with Peak() as peak: ...`, then peak.seconds, peak.cpu and peak.gibibytes (resident memory,
    sampled every 10 ms).

    server: the main process of a server whose children work for this one. They count too: their
    processor time and, sampled less often, their proportional share of memory (PSS), as they
    share much of it.
    """

    def __init__(self, server: psutil.Process | None = None) -> None:
        self._server = server
        self._process = psutil.Process()

    def __enter__(self) -> "Peak":
        self._highest = 0
        self._done = threading.Event()
        self._sampler = threading.Thread(target=self._sample, daemon=True)
        self._sampler.start()
        self._cpu, self._start = self._cpu_now(), time.perf_counter()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.mark()
        self._done.set()
        self._sampler.join()

    def mark(self) -> None:
        """Set seconds and cpu to what has passed by now."""
        self.seconds = time.perf_counter() - self._start
        self.cpu = self._cpu_now() - self._cpu

    @property
    def gibibytes(self) -> float:
        return self._highest / GIBIBYTE

    def _cpu_now(self) -> float:
        return time.process_time() + self._served()

    def _served(self) -> float:
        """Of the server, its living children and those that have ended. One that ends while they
        are counted would be counted twice or not at all: then they are counted again."""
        while True:
            before = self._ended()
            living = sum(_own_cpu(x) for x in self._servers())
            if self._ended() == before:
                return living + before

    def _ended(self) -> float:
        if self._server is None:
            return 0.0
        times = self._server.cpu_times()
        return float(times.children_user + times.children_system)

    def _servers(self) -> list[psutil.Process]:
        return [self._server, *self._server.children()] if self._server is not None else []

    def _memory(self) -> int:
        return int(self._process.memory_info().rss) + sum(_share(x) for x in self._servers())

    def _sample(self) -> None:
        while True:
            self._highest = max(self._highest, self._memory())
            if self._done.wait(0.01 if self._server is None else 0.1):
                return


def _own_cpu(process: psutil.Process) -> float:
    try:
        times = process.cpu_times()
    except psutil.NoSuchProcess:
        return 0.0
    return float(times.user + times.system)


def _share(process: psutil.Process) -> int:
    try:
        return int(process.memory_full_info().pss)
    except psutil.NoSuchProcess:
        return 0
