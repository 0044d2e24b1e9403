"""What runs computed of every account and day: Parquet files, which can always be made again.

A history is written aside and becomes the current one by one rename. Whoever kills its writer keeps
the last complete one; whoever reads the old one meanwhile reads on.
"""

import json
import os
import shutil
import uuid
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any, BinaryIO

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from banso.store import crash
from banso.store.place import TRANSIT, Place

CURRENT = "current.json"
COPIED = 8 * 2**20
ROW_GROUP = 131_072
SUMMARY = "summary.parquet"


class HistoryError(RuntimeError):
    """A file of the current history is missing or not as it was written."""


class NoRoomError(RuntimeError):
    """There is not enough disk for what is to be written."""


@dataclass(frozen=True)
class HistoryFile:
    """Some accounts of a bucket with all their days. lowest, highest: their ids."""

    path: str
    bucket: int
    rows: int
    bytes: int
    lowest: int
    highest: int


@dataclass(frozen=True)
class History:
    """A complete history. about: what its writer said of it."""

    folder: Path
    about: Mapping[str, Any]
    files: tuple[HistoryFile, ...]

    def tables(self, columns: Sequence[str]) -> Iterator[pa.Table]:
        """One table a file, these columns of it. Raises HistoryError."""
        return (self._read(file, columns) for file in self.files)

    def of_account(self, account: int, columns: Sequence[str]) -> pa.Table:
        """The days of one account, in order; no rows where the history does not have it."""
        held = [x for x in self.files if x.lowest <= account <= x.highest]
        tables = [self._read(x, columns, [("account", "=", account)]) for x in held]
        found = [x for x in tables if x.num_rows]
        return found[0] if found else self._read(self.files[0], columns).slice(0, 0)

    def summary(self, metric: str) -> pa.Table:
        """What its writer summed up of one metric for all accounts. Raises HistoryError."""
        try:
            return pq.read_table(self.folder / SUMMARY, filters=[("metric", "=", metric)])
        except (OSError, pa.ArrowException) as error:
            raise _broken(SUMMARY, str(error)) from error

    def _read(
        self,
        file: HistoryFile,
        columns: Sequence[str],
        filters: list[tuple[str, str, int]] | None = None,
    ) -> pa.Table:
        path = self.folder / file.path
        try:
            if path.stat().st_size != file.bytes:
                raise _broken(file.path, f"it has {path.stat().st_size} bytes, not {file.bytes}")
            return pq.read_table(path, columns=list(columns), filters=filters)
        except (OSError, pa.ArrowException) as error:
            raise _broken(file.path, str(error)) from error


def _broken(path: str, why: str) -> HistoryError:
    return HistoryError(
        f"The file {path} of the history can't be read ({why}). Nothing is lost: `banso run` "
        "computes the history again from the facts."
    )


def current(folder: Path) -> History | None:
    """The last complete history in this folder; None before the first one."""
    try:
        told = json.loads((folder / CURRENT).read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None
    files = tuple(HistoryFile(**x) for x in told["files"])
    return History(folder / told["name"], told["about"], files)


class Writing:
    """A history on its way."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder / uuid.uuid4().hex
        self.folder.mkdir(parents=True)
        self._files: list[HistoryFile] = []

    def add(self, bucket: int, table: pa.Table) -> None:
        """Accounts of a bucket that were not added before, sorted by account and day."""
        path = self._next(bucket)
        with (self.folder / path).open("wb") as file:
            _encode(table, file)
        self._files.append(_file(table, path, bucket, (self.folder / path).stat().st_size))
        crash.point("history_file")

    def _next(self, bucket: int) -> str:
        return f"bucket={bucket:03d}-{len(self._files):05d}.parquet"

    def adopt(self, made: HistoryFile, *, place: Place) -> None:
        """Take over a file that another machine has left in transit. Raises HistoryError where it
        is not as it was left."""
        path = self._next(made.bucket)
        try:
            with place.opened(made.path) as source, (self.folder / path).open("wb") as file:
                shutil.copyfileobj(source, file, COPIED)
        except OSError as error:
            raise _broken(made.path, str(error)) from error
        size = (self.folder / path).stat().st_size
        if size != made.bytes:
            raise _broken(made.path, f"it has {size} bytes, not {made.bytes}")
        self._files.append(replace(made, path=path))
        crash.point("history_file")

    def finish(self, summary: pa.Table, about: Mapping[str, object]) -> History:
        """Make it the current one, and delete those before the last."""
        with (self.folder / SUMMARY).open("wb") as summed:
            _encode(summary, summed)
        home = self.folder.parent
        before = current(home)
        told = {"name": self.folder.name, "about": about, "files": [asdict(x) for x in self._files]}
        aside = home / f"{self.folder.name}.json"
        with aside.open("w", encoding="utf-8") as file:
            json.dump(told, file)
            file.flush()
            os.fsync(file.fileno())
        crash.point("history_written")
        aside.replace(home / CURRENT)
        crash.point("history_current")
        keep = {self.folder.name, CURRENT, before.folder.name if before else ""}
        for each in home.iterdir():
            if each.name not in keep:
                shutil.rmtree(each) if each.is_dir() else each.unlink()
        return History(self.folder, dict(about), tuple(self._files))


@contextmanager
def writing(folder: Path, *, bytes_needed: int) -> Iterator[Writing]:
    """What is not finished when the block ends is taken away. One writer at a time: the caller's
    lock. Raises NoRoomError before anything is computed."""
    folder.mkdir(parents=True, exist_ok=True)
    free = shutil.disk_usage(folder).free
    if free < bytes_needed:
        raise NoRoomError(
            f"The history needs about {bytes_needed / 2**30:.1f} GiB in {folder}, and "
            f"{free / 2**30:.1f} GiB are free. Make room, or move Banso's home to a larger disk."
        )
    made = Writing(folder)
    try:
        yield made
    finally:
        told = current(folder)
        if told is None or told.folder != made.folder:
            shutil.rmtree(made.folder, ignore_errors=True)


def leave(table: pa.Table, *, bucket: int, place: Place) -> HistoryFile:
    """Write accounts of a bucket where another machine can take them over (`Writing.adopt`). Each
    call makes a file of its own, so work that is done twice mixes nothing up."""
    path = f"{TRANSIT}/{bucket:03d}-{uuid.uuid4().hex}.parquet"
    return _file(table, path, bucket, place.put(path, lambda file: _encode(table, file)))


def _file(table: pa.Table, path: str, bucket: int, size: int) -> HistoryFile:
    bounds = pc.min_max(table["account"]).as_py()
    return HistoryFile(path, bucket, table.num_rows, size, bounds["min"], bounds["max"])


def _encode(table: pa.Table, file: BinaryIO | pa.NativeFile) -> None:
    """lz4 without dictionaries: written at the speed at which the kernel tells numbers."""
    pq.write_table(
        table,
        file,
        row_group_size=ROW_GROUP,
        compression="lz4",
        use_dictionary=False,
        write_statistics=[x for x in ("account", "metric") if x in table.column_names],
    )
