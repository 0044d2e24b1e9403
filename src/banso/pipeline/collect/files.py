"""From names on the command line to readers: globs, type by content, encoding."""

import glob
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from banso.pipeline.collect.chunk import Reader
from banso.pipeline.collect.delimited import DelimitedFile
from banso.pipeline.collect.encodings import detect, verify
from banso.pipeline.collect.errors import UnreadableFileError
from banso.pipeline.collect.json_lines import JsonLinesFile
from banso.pipeline.collect.parquet import ParquetFile
from banso.pipeline.collect.workbook import WorkbookFile

_OLD_OFFICE = bytes.fromhex("d0cf11e0a1b11ae1")
_PACKED = {b"\x1f\x8b": "gzip", b"BZh": "bzip2", b"\xfd7zXZ": "xz", b"(\xb5/\xfd": "zstd"}


@dataclass(frozen=True)
class FileOptions:
    """How to read files, where a person knows better than the file's own content."""

    encoding: str | None = None
    delimiter: str | None = None
    sheet: str | None = None


@dataclass(frozen=True)
class OpenedFile:
    """path: as the person named it. note: something worth telling about how it is read."""

    path: Path
    reader: Reader
    note: str | None = None


def find_files(patterns: Sequence[str]) -> tuple[Path, ...]:
    """Files of names and globs, in order, each once. Raises UnreadableFileError for no file."""
    found: dict[Path, None] = {}
    for pattern in patterns:
        path = Path(pattern).expanduser()
        if path.is_file():
            matches = [path]
        else:
            matches = [Path(name) for name in _matching(path)]
            matches = [match for match in matches if match.is_file()]
        if not matches:
            raise UnreadableFileError(_missing(path))
        found.update(dict.fromkeys(matches))
    return tuple(found)


def _matching(pattern: Path) -> list[str]:
    # Path.glob wants a folder to start from, and a pattern may be absolute
    return sorted(glob.glob(str(pattern), recursive=True))  # noqa: PTH207


def _missing(path: Path) -> str:
    if path.is_dir():
        return f"{path}: a folder. Name the files in it, for example '{path / '*.csv'}'."
    return f"{path}: there is no such file."


def open_file(path: Path, options: FileOptions | None = None) -> OpenedFile:
    """The reader for a file, chosen by its first bytes, then by its ending.

    Raises UnreadableFileError when it is empty, packed, encrypted, binary, or has no column names.
    """
    options = options or FileOptions()
    try:
        with path.open("rb") as file:
            head = file.read(4096)
    except OSError as error:
        raise UnreadableFileError(f"{path}: can't be opened: {error.strerror}.") from error
    for magic, name in _PACKED.items():
        if head.startswith(magic):
            raise UnreadableFileError(f"{path}: packed with {name}. Unpack it first.")
    suffix = path.suffix.lower()
    if head.startswith(b"PAR1") or (suffix == ".parquet" and head):
        return OpenedFile(path, ParquetFile(path))
    if head.startswith((b"PK\x03\x04", _OLD_OFFICE)) or (suffix == ".xlsx" and head):
        return OpenedFile(path, WorkbookFile(path, sheet=options.sheet))
    return _open_text(path, options, suffix=suffix)


def _open_text(path: Path, options: FileOptions, *, suffix: str) -> OpenedFile:
    chosen = verify(path, options.encoding) if options.encoding else detect(path)
    with path.open(encoding=chosen.name) as text:
        start = text.read(1024).lstrip("\ufeff \t\r\n")
    if suffix in (".jsonl", ".ndjson", ".json") or start.startswith("{"):
        return OpenedFile(path, JsonLinesFile(path, encoding=chosen.name), chosen.note)
    reader = DelimitedFile(path, encoding=chosen.name, delimiter=options.delimiter)
    return OpenedFile(path, reader, chosen.note)
