"""Reading several files at a time, in their order."""

import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from functools import cache
from itertools import islice
from typing import TypeVar

T = TypeVar("T")
R = TypeVar("R")

THREADS = max(os.cpu_count() or 1, 4)
"""Over a network a file is mostly waited for."""


@cache
def _threads() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(THREADS, "banso-read")


def ahead(read: Callable[[T], Iterable[R]], files: Iterable[T]) -> Iterator[Sequence[R]]:
    """What is read from each file, in their order, while some files are read ahead. Raises what
    `read` raises, at its place; files behind that one are not begun."""
    left = iter(files)
    waiting: deque[Future[list[R]]] = deque()
    try:
        while True:
            for file in islice(left, THREADS - len(waiting)):
                waiting.append(_threads().submit(lambda x: list(read(x)), file))
            if not waiting:
                return
            yield waiting.popleft().result()
    finally:
        for each in waiting:
            each.cancel()
