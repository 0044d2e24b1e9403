"""What was made last is kept, so that it need not be made again."""

from collections.abc import Callable, Hashable, Sequence
from threading import Lock
from typing import Generic, TypeVar

from cachetools import LRUCache

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")


class Recent(Generic[K, V]):
    """The `most` values used last, by key. Any thread may ask, and all are given the same value, so
    nobody may change it; two that ask for the same new key at once both make it."""

    def __init__(self, most: int) -> None:
        self._kept: LRUCache[K, V] = LRUCache(most)
        self._lock = Lock()

    def get(self, key: K, make: Callable[[], V]) -> V:
        return self.get_all([key], lambda _: [make()])[0]

    def get_all(self, keys: Sequence[K], make: Callable[[Sequence[K]], Sequence[V]]) -> list[V]:
        """make: gives the values of those keys that are not kept, in their order; not asked where
        all are."""
        with self._lock:
            found = {key: self._kept[key] for key in keys if key in self._kept}
        missing = [key for key in dict.fromkeys(keys) if key not in found]
        if missing:
            made = dict(zip(missing, make(missing), strict=True))
            with self._lock:
                self._kept.update(made)
            found |= made
        return [found[key] for key in keys]

    def clear(self) -> None:
        with self._lock:
            self._kept.clear()
