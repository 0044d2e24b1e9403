"""Where segments lie: a folder, or an object store that speaks S3. One setting says which."""

import os
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from urllib.parse import urlsplit

import pyarrow as pa
from pyarrow.fs import FileSelector, FileSystem, FileType, LocalFileSystem

from banso.store import crash

SETTING = "BANSO_SEGMENTS"
CARD = "DATABASE"
SUFFIXES = (".parquet", ".tmp")
TRANSIT = "transit"
"""Folder beside the segments for what one machine leaves to another; no sweep looks into it."""


class PlaceError(RuntimeError):
    """The place of the segments can't be used; says what to mend."""


@dataclass(frozen=True)
class Place:
    """address: as people name it, without any secret. root: the path in the file system `files`.
    card: the file that names the database the segments belong to."""

    address: str
    files: FileSystem
    root: str
    card: str

    @cached_property
    def remote(self) -> bool:
        """Whether reading costs a request and writing is all or nothing by itself."""
        return not isinstance(self.files, LocalFileSystem)

    def opened(self, path: str) -> pa.NativeFile:
        """Raises OSError: FileNotFoundError where there is no such file."""
        return self.files.open_input_file(f"{self.root}/{path}")

    def put(self, path: str, write: Callable[[pa.NativeFile], object]) -> int:
        """Write a file that is there whole or not at all, and outlives a power cut once `settle`
        has seen its name; its bytes."""
        return self._upload(path, write) if self.remote else self._write_aside(path, write)

    def _upload(self, path: str, write: Callable[[pa.NativeFile], object]) -> int:
        """Made up in memory first: a stream that is closed early, by an error, would be an object
        cut short."""
        made = pa.BufferOutputStream()
        write(made)
        content = made.getvalue()
        crash.point("segment_written")
        try:
            with self.files.open_output_stream(f"{self.root}/{path}") as file:
                file.write(content)
                crash.point("segment_synced")  # on its way: only closing makes the object
        except OSError as error:
            raise self.trouble(error) from error
        crash.point("segment_renamed")
        return int(content.size)

    def _write_aside(self, path: str, write: Callable[[pa.NativeFile], object]) -> int:
        target = Path(self.root) / path
        target.parent.mkdir(parents=True, exist_ok=True)
        aside = target.with_suffix(".tmp")
        with aside.open("wb") as file:
            write(file)
            crash.point("segment_written")
            file.flush()
            os.fsync(file.fileno())
        crash.point("segment_synced")
        aside.rename(target)
        crash.point("segment_renamed")
        return target.stat().st_size

    def settle(self, paths: Iterable[str]) -> None:
        """Make the names of new files durable, in their folders and in those above."""
        if self.remote:
            return
        root = Path(self.root)
        folders = {parent for path in paths for parent in (root / path).parents}
        for each in folders - set(root.parents):
            descriptor = os.open(each, os.O_RDONLY)
            try:
                os.fsync(descriptor)
            finally:
                os.close(descriptor)

    def lying(self) -> Mapping[str, int]:
        """Every segment, known or not, and what is half written: path -> bytes."""
        try:
            found = self.files.get_file_info(
                FileSelector(self.root, recursive=True, allow_not_found=True)
            )
        except OSError as error:
            raise self.trouble(error) from error
        return {
            x.path.removeprefix(self.root).lstrip("/"): x.size
            for x in found
            if x.type is FileType.File
            and x.path.endswith(SUFFIXES)
            and not x.path.startswith(f"{self.root}/{TRANSIT}/")
        }

    def remove(self, path: str) -> None:
        """Nothing happens where it is gone already."""
        try:
            self.files.delete_file(f"{self.root}/{path}")
        except FileNotFoundError:
            return
        except OSError as error:
            raise self.trouble(error) from error

    def clear_transit(self) -> None:
        """Remove what was left to nobody. Nothing happens where nothing is."""
        try:
            self.files.delete_dir(f"{self.root}/{TRANSIT}")
        except FileNotFoundError:
            return
        except OSError as error:
            raise self.trouble(error) from error

    def owner(self) -> str | None:
        """Id of the database these segments belong to; None where nobody has claimed them."""
        try:
            with self.files.open_input_stream(self.card) as file:
                return bytes(file.read()).decode().strip()
        except FileNotFoundError:
            return None
        except OSError as error:
            raise self.trouble(error) from error

    def claim(self, owner: str) -> None:
        try:
            with self.files.open_output_stream(self.card) as file:
                file.write(owner.encode() + b"\n")
        except OSError as error:
            raise self.trouble(error) from error

    def trouble(self, error: Exception) -> PlaceError:
        """The error as people can mend it."""
        return PlaceError(f"The segments in {self.address} can't be used ({error}). {self.mend}")

    @property
    def mend(self) -> str:
        if not self.remote:
            return "Is the disk full, or does the folder belong to another user?"
        return (
            f"{SETTING} names this place: does the bucket exist, is the address "
            "(endpoint_override, region, scheme) right, does the store answer, and may the "
            "credentials (AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or AWS_PROFILE) read, "
            "write, list and delete in it?"
        )


def place_of(home: Path) -> Place:
    """What the setting names; `segments` in the home without it. Raises PlaceError."""
    given = os.environ.get(SETTING, "")
    if not given:
        return _folder(home / "segments", card=home / CARD)
    return place_at(given)


def place_at(address: str) -> Place:
    """A folder by its absolute path, or s3://BUCKET/PREFIX?.... Raises PlaceError.

    May ask the network for the bucket's region where the address has neither region nor endpoint.
    """
    parts = urlsplit(address)
    if parts.scheme == "s3":
        return _object_store(address)
    if parts.scheme or not Path(address).expanduser().is_absolute():
        raise PlaceError(
            f"{SETTING} is {address!r}; it takes s3://BUCKET/PREFIX or the absolute path of a "
            "folder. Unset it to keep segments in Banso's home."
        )
    folder = Path(address).expanduser()
    return _folder(folder, card=folder / CARD)


def _folder(folder: Path, *, card: Path) -> Place:
    folder.mkdir(parents=True, exist_ok=True)
    return Place(str(folder), LocalFileSystem(), str(folder), str(card))


def _object_store(address: str) -> Place:
    parts = urlsplit(address)
    if "@" in parts.netloc:
        raise PlaceError(
            f"{SETTING} holds a key or a password, which would be printed and logged. Give it as "
            "AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or in a profile of AWS_PROFILE."
        )
    try:
        files, root = FileSystem.from_uri(address)
    except (OSError, pa.ArrowException) as error:
        raise PlaceError(
            f"{SETTING} is {address!r}, which can't be opened ({error}). It reads "
            "s3://BUCKET/PREFIX, then for a store that is not Amazon's "
            "?endpoint_override=HOST:PORT&region=REGION (and &scheme=http without TLS)."
        ) from error
    root = root.strip("/")
    if not root:
        raise PlaceError(f"{SETTING} is {address!r}, which names no bucket: s3://BUCKET/PREFIX.")
    return Place(address, files, root, f"{root}/{CARD}")
