"""JSON Lines: one object a line; nested objects become columns with dots in their names."""

import json
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import NoReturn, TextIO

import numpy as np

from banso.pipeline.collect.chunk import PAYLOAD_LIMIT, BadRow, Chunk, text_columns
from banso.pipeline.collect.errors import UnreadableFileError
from banso.pipeline.collect.workbook import number_text

BLOCK_CHARACTERS = 8 << 20
SAMPLE_LINES = 1_000

Flat = dict[str, str | None]


class NotAnObjectError(ValueError):
    """A line that is no JSON object; the message says why."""


def flatten(line: str) -> Flat:
    """One line as cells of text. Lists stay JSON text. Raises NotAnObjectError."""
    try:
        value = json.loads(line.rstrip(), parse_float=_float, parse_constant=_refuse)
        if not isinstance(value, dict):
            raise NotAnObjectError("not a JSON object: each line must be {...}")
        flat: Flat = {}
        _add(flat, "", value)
        "".join(cell for cell in flat.values() if cell).encode()
    except json.JSONDecodeError as error:
        raise NotAnObjectError(f"not JSON: {error.msg} at character {error.colno}") from None
    except UnicodeEncodeError:
        raise NotAnObjectError("half a character: a \\ud... escape without its pair") from None
    except RecursionError:
        raise NotAnObjectError("objects are nested too deeply") from None
    return flat


def _float(text: str) -> float:
    value = float(text)
    if value in (float("inf"), float("-inf")):
        raise NotAnObjectError(f"the number {text[:40]} is too large")
    return value


def _refuse(constant: str) -> NoReturn:
    raise NotAnObjectError(f"{constant} is not JSON; leave the field out or write null")


def _add(flat: Flat, prefix: str, fields: dict[str, object]) -> None:
    for key, value in fields.items():
        name = prefix + key
        if isinstance(value, dict):
            _add(flat, name + ".", value)
        elif isinstance(value, list):
            flat[name] = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
        elif isinstance(value, bool):
            flat[name] = "true" if value else "false"
        elif isinstance(value, int | float):
            flat[name] = number_text(value)
        else:
            flat[name] = None if value is None else str(value)


class JsonLinesFile:
    """Implements `Reader`. columns: of the first thousand lines; later chunks may have more."""

    def __init__(
        self, path: Path, *, encoding: str, block_characters: int = BLOCK_CHARACTERS
    ) -> None:
        self._path = path
        self._encoding = encoding
        self._block = block_characters
        names: dict[str, None] = {}
        with self._open() as file:
            for _, line in _filled(enumerate(islice(file, SAMPLE_LINES), 1)):
                if not names and line.lstrip().startswith("["):
                    raise UnreadableFileError(
                        f"{path}: a JSON array. Banso reads JSON Lines: one object a line, "
                        "for example from `jq -c '.[]'`."
                    )
                try:
                    names.update(dict.fromkeys(flatten(line)))
                except NotAnObjectError:
                    continue  # counted, with its reason, when the rows are read
        if not names:
            raise UnreadableFileError(
                f"{path}: none of the first lines is a JSON object with fields."
            )
        self.columns = tuple(names)

    def _open(self) -> TextIO:
        return self._path.open(encoding=self._encoding, errors="strict", newline="\n")

    def chunks(self) -> Iterator[Chunk]:
        size = max(self._path.stat().st_size, 1)
        first = 1
        with self._open() as file:
            while lines := file.readlines(self._block):
                yield self._chunk(lines, first=first, done=min(file.buffer.tell() / size, 1.0))
                first += len(lines)

    def _chunk(self, lines: list[str], *, first: int, done: float) -> Chunk:
        rows: list[int] = []
        cells: list[Flat] = []
        bad: list[BadRow] = []
        for number, line in _filled(enumerate(lines, first)):
            try:
                cells.append(flatten(line))
                rows.append(number)
            except NotAnObjectError as error:
                bad.append(BadRow(number, str(error), line.rstrip("\r\n")[:PAYLOAD_LIMIT]))
        names = dict.fromkeys(self.columns)
        for row in cells:
            if not row.keys() <= names.keys():
                names.update(dict.fromkeys(row))
        table = text_columns({name: [row.get(name) for row in cells] for name in names})
        return Chunk(np.array(rows, np.int64), table, tuple(bad), done)


def _filled(numbered: Iterator[tuple[int, str]] | enumerate[str]) -> Iterator[tuple[int, str]]:
    return ((number, line) for number, line in numbered if line.strip())
