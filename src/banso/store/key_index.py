"""Which keys are stored: an index on disk, made from the key columns of the segments.

Sorted runs of keys, memory-mapped: a look-up touches a few pages of each run, whatever the number
of facts and however long ago they happened. Like-sized runs are merged, so there are few. The index
lies in Banso's folder, also where segments lie elsewhere; it is no second truth: it says which
segments it was made from, follows the manifest, and is made anew where the two do not fit.
"""

import fcntl
import json
import os
import threading
import uuid
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from banso.store.hashing import Keys, Words
from banso.store.place import Place
from banso.store.segments import Segment, read

COLUMNS = ("key_lo", "key_hi", "content")
WORD = 8
AT_ONCE = 1 << 20
"""Keys that are sorted or merged in memory at a time."""
MERGE_BELOW = 4
"""A run is merged with the one before it where that is not so many times as long."""


class StoredKeys:
    """The keys of stored facts. One index may be used by many threads and processes."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._thread = threading.Lock()
        self._seen: tuple[int, int] | None = None
        self._state = _State({}, ())

    def find(self, keys: Keys, *, segments: Sequence[Segment], place: Place) -> Keys:
        """Keys and contents of stored facts whose low key word is among these. segments: the whole
        manifest; what the index does not know of it yet is read first.

        Memory is bounded by AT_ONCE and by what is found.
        """
        if not len(keys.lo) or not segments:
            return _nothing()
        wanted = np.sort(keys.lo)
        with self._held():
            self._follow(segments, place)
            found = [run.find(wanted) for run in self._state.runs]
        return _joined(found)

    @contextmanager
    def _held(self) -> Iterator[None]:
        self._folder.mkdir(parents=True, exist_ok=True)
        with self._thread, (self._folder / "lock").open("w", encoding="utf-8") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            self._load()
            yield

    def _load(self) -> None:
        """Open the runs, where another process has changed them."""
        file = self._folder / "current.json"
        try:
            stat = file.stat()
            seen = stat.st_mtime_ns, stat.st_ino
            if seen == self._seen:
                return
            told = json.loads(file.read_text(encoding="utf-8"))
            runs = tuple(_Run.opened(self._folder / name, rows) for name, rows in told["runs"])
            self._state = _State(told["covered"], runs)
            self._seen = seen
        except (OSError, ValueError, KeyError):  # none yet, or torn by a power cut
            self._state, self._seen = _State({}, ()), None

    def _follow(self, segments: Sequence[Segment], place: Place) -> None:
        """Take in what has come into the manifest since. Where files have left it (compaction,
        facts that moved), their keys must have come back in others."""
        state = self._state
        there = {each.path for each in segments}
        fresh = [each for each in segments if each.path not in state.covered]
        gone = sum(rows for path, rows in state.covered.items() if path not in there)
        if not fresh and not gone:
            return
        taken = self._taken(fresh, place, state.runs if gone else ())
        known = sum(x.rows for x in fresh) - sum(x.rows for x in taken)
        if known != gone:  # a backup was restored, say
            taken, state = self._taken(segments, place, ()), _State({}, ())
        runs = _tiered(self._folder, [*state.runs, *taken])
        self._keep(_State({each.path: each.rows for each in segments}, runs))

    def _taken(
        self, segments: Sequence[Segment], place: Place, known: Sequence["_Run"]
    ) -> list["_Run"]:
        """Runs of the keys of these segments, without those that are known."""
        runs: list[_Run] = []
        waiting: list[NDArray[np.uint64]] = []
        for each in segments:
            table = read(each, place=place, columns=COLUMNS)
            words = np.stack([table.column(name).to_numpy() for name in COLUMNS])
            waiting.append(words[:, ~_among(words, known)] if known else words)
            if sum(x.shape[1] for x in waiting) >= AT_ONCE:
                runs.append(_Run.written(self._folder, _sorted(np.hstack(waiting))))
                waiting = []
        if any(x.shape[1] for x in waiting):
            runs.append(_Run.written(self._folder, _sorted(np.hstack(waiting))))
        return runs

    def _keep(self, state: "_State") -> None:
        told = {"covered": dict(state.covered), "runs": [(x.path.name, x.rows) for x in state.runs]}
        aside = self._folder / "current.new"
        with aside.open("w", encoding="utf-8") as file:
            json.dump(told, file)
            file.flush()
            os.fsync(file.fileno())
        aside.rename(self._folder / "current.json")
        stat = (self._folder / "current.json").stat()
        self._state, self._seen = state, (stat.st_mtime_ns, stat.st_ino)
        kept = {x.path.name for x in state.runs}
        for old in self._folder.glob("*.keys"):
            if old.name not in kept:
                old.unlink()


@dataclass(frozen=True)
class _Run:
    """A file of three columns, one after the other, sorted by the first. words: mapped."""

    path: Path
    words: NDArray[np.uint64]

    @property
    def rows(self) -> int:
        return int(self.words.shape[1])

    @classmethod
    def opened(cls, path: Path, rows: int) -> "_Run":
        """Raises ValueError where it is not as long as it was written."""
        if path.stat().st_size != rows * WORD * len(COLUMNS):
            raise ValueError(f"{path} is torn")
        return cls(path, np.memmap(path, np.uint64, "r", shape=(len(COLUMNS), rows)))

    @classmethod
    def written(cls, folder: Path, words: NDArray[np.uint64]) -> "_Run":
        path = folder / f"{uuid.uuid4().hex}.keys"
        with path.open("wb") as file:
            file.write(np.ascontiguousarray(words).tobytes())
            file.flush()
            os.fsync(file.fileno())
        return cls.opened(path, words.shape[1])

    def find(self, wanted: Words) -> Keys:
        """Those of it whose low word is wanted (ascending)."""
        low = self.words[0]
        begin = np.searchsorted(low, wanted)
        inside = begin < len(low)
        inside[inside] = low[begin[inside]] == wanted[inside]
        values = np.unique(wanted[inside])
        spans = zip(
            np.searchsorted(low, values).tolist(),
            np.searchsorted(low, values, side="right").tolist(),
            strict=True,
        )
        rows = np.array([row for a, b in spans for row in range(a, b)], np.int64)
        return Keys(hi=self.words[1][rows], lo=low[rows], content=self.words[2][rows])


@dataclass(frozen=True)
class _State:
    """covered: path -> rows of the segments that the runs were made from."""

    covered: Mapping[str, int]
    runs: tuple[_Run, ...]


def _tiered(folder: Path, runs: Sequence[_Run]) -> tuple[_Run, ...]:
    """Merge what is of like size: at most a logarithm of the number of keys is left."""
    kept = sorted(runs, key=lambda run: -run.rows)
    while len(kept) > 1 and kept[-2].rows < MERGE_BELOW * kept[-1].rows:
        second, first = kept.pop(), kept.pop()
        kept.append(_merged(folder, first, second))
        kept.sort(key=lambda run: -run.rows)
    return tuple(kept)


def _merged(folder: Path, first: _Run, second: _Run) -> _Run:
    """Both as one run, AT_ONCE keys in memory at a time."""
    rows = first.rows + second.rows
    path = folder / f"{uuid.uuid4().hex}.keys"
    target = np.memmap(path, np.uint64, "w+", shape=(len(COLUMNS), rows))
    bounds = first.words[0][AT_ONCE // 2 :: AT_ONCE // 2]
    ends = [[*np.searchsorted(x.words[0], bounds).tolist(), x.rows] for x in (first, second)]
    a = b = 0
    for end_a, end_b in zip(*ends, strict=True):
        part = _sorted(np.hstack([first.words[:, a:end_a], second.words[:, b:end_b]]))
        target[:, a + b : end_a + end_b] = part
        a, b = end_a, end_b
    target.flush()
    with path.open("rb") as file:
        os.fsync(file.fileno())
    return _Run.opened(path, rows)


def _sorted(words: NDArray[np.uint64]) -> NDArray[np.uint64]:
    return words[:, np.argsort(words[0], kind="stable")]


def _among(words: NDArray[np.uint64], runs: Sequence[_Run]) -> NDArray[np.bool_]:
    """Which keys are in these runs."""
    found = _joined([run.find(np.sort(words[0])) for run in runs])
    pairs = set(zip(found.lo.tolist(), found.hi.tolist(), strict=True))
    told = zip(words[0].tolist(), words[1].tolist(), strict=True)
    return np.fromiter((pair in pairs for pair in told), np.bool_, words.shape[1])


def _joined(found: Sequence[Keys]) -> Keys:
    every = [_nothing(), *found]
    return Keys(
        hi=np.concatenate([x.hi for x in every]),
        lo=np.concatenate([x.lo for x in every]),
        content=np.concatenate([x.content for x in every]),
    )


def _nothing() -> Keys:
    empty = np.empty(0, np.uint64)
    return Keys(hi=empty, lo=empty, content=empty)
