"""What every reader of files gives: columns of text in bounded chunks, with the row numbers."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from banso.pipeline.collect.errors import UnreadableFileError

PAYLOAD_LIMIT = 2_000


@dataclass(frozen=True)
class BadRow:
    """A row that is not stored. row: its number as a person sees it in the file.

    payload: the row as JSON text (as it stood in the file where it could not even be split into
    cells), at most `PAYLOAD_LIMIT` characters.
    """

    row: int
    reason: str
    payload: str


@dataclass(frozen=True)
class Chunk:
    """Some rows of a file.

    rows: the number of each row, int64: the line for text files (the first line of a record with
        line ends inside quotes; the header is line 1), the row of the sheet, the record of a
        Parquet file counted from 1.
    table: columns of text, spaces around cells removed; null where a cell is empty.
    bad: rows that could not be split into cells at all.
    done: share of the file read so far, 0 to 1.
    """

    rows: NDArray[np.int64]
    table: pa.Table
    bad: tuple[BadRow, ...]
    done: float


class Reader(Protocol):
    """A file that can be read again and again, from the start each time."""

    @property
    def columns(self) -> tuple[str, ...]: ...

    def chunks(self) -> Iterator[Chunk]: ...


def text_columns(columns: Mapping[str, Sequence[str | None]]) -> pa.Table:
    """Lists of texts as a table, trimmed, empty cells null."""
    return pa.table(
        {name: trimmed(pa.array(cells, pa.string())) for name, cells in columns.items()}
    )


def trimmed(texts: pa.StringArray) -> pa.StringArray:
    """Without space (also U+3000) at both ends; null where nothing is left."""
    stripped = pc.utf8_trim_whitespace(texts)
    empty = pc.equal(pc.binary_length(stripped), 0)
    return pc.if_else(empty, pa.scalar(None, pa.string()), stripped)


def row_payload(cells: Mapping[str, object]) -> str:
    """A row as JSON text for the quarantine: only the cells that hold something."""
    filled = {name: cell for name, cell in cells.items() if cell is not None}
    return json.dumps(filled, ensure_ascii=False, default=str)[:PAYLOAD_LIMIT]


def column_names(cells: Sequence[str | None], *, where: str) -> tuple[str, ...]:
    """Names of the columns from a header row. An empty name becomes `column_N`.

    Raises UnreadableFileError when there is no name at all or two columns have the same one.
    """
    names = [" ".join((cell or "").split()) for cell in cells]
    if not any(names):
        raise UnreadableFileError(f"{where}: the first row has no column names.")
    names = [name or f"column_{number}" for number, name in enumerate(names, 1)]
    seen: dict[str, int] = {}
    for number, name in enumerate(names, 1):
        if name in seen:
            raise UnreadableFileError(
                f"{where}: columns {seen[name]} and {number} are both called '{name}'. "
                "Rename one of them."
            )
        seen[name] = number
    return tuple(names)
