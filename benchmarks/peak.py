"""Wall time, processor time and peak memory of a piece of work in this process."""

import threading
import time
from types import TracebackType

import psutil

GIBIBYTE = 2**30


class Peak:
    """`with Peak() as peak: ...`, then peak.seconds, peak.cpu and peak.gibibytes (resident memory,
    sampled every 10 ms)."""

    def __enter__(self) -> "Peak":
        self._process = psutil.Process()
        self._highest = 0
        self._done = threading.Event()
        self._sampler = threading.Thread(target=self._sample, daemon=True)
        self._sampler.start()
        self._cpu, self._start = time.process_time(), time.perf_counter()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.seconds = time.perf_counter() - self._start
        self.cpu = time.process_time() - self._cpu
        self._done.set()
        self._sampler.join()

    @property
    def gibibytes(self) -> float:
        return self._highest / GIBIBYTE

    def _sample(self) -> None:
        while True:
            self._highest = max(self._highest, self._process.memory_info().rss)
            if self._done.wait(0.01):
                return
