"""CSV and TSV: records of cells from text, with the line each one begins on."""

import csv
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from io import StringIO
from itertools import islice
from pathlib import Path
from typing import TextIO

import numpy as np
import pyarrow as pa
import pyarrow.csv as arrow_csv
from numpy.typing import NDArray

from banso.pipeline.collect.chunk import (
    PAYLOAD_LIMIT,
    BadRow,
    Chunk,
    column_names,
    row_payload,
    text_columns,
    trimmed,
)
from banso.pipeline.collect.errors import UnreadableFileError

BLOCK_CHARACTERS = 8 << 20
DELIMITERS = (",", "\t", ";")
_DATE = re.compile(r"\d{4}[-/年]\d{1,2}[-/月]\d{1,2}")


@dataclass
class Records:
    """Records found in a list of lines. starts: index of the line where each one begins."""

    rows: list[list[str]] = field(default_factory=list)
    starts: list[int] = field(default_factory=list)
    bad: list[tuple[int, str]] = field(default_factory=list)
    carried: int | None = None


def split(lines: list[str], *, delimiter: str, final: bool) -> Records:
    """Records of some lines. A line with a broken quote is bad by itself; the next ones go on.

    carried: index of the first line of a record that has not ended yet, where more lines follow
    (`final` is false).
    """
    found = Records()
    at = 0
    while at < len(lines):
        reader = csv.reader(_from(lines, at), delimiter=delimiter, strict=True)
        begin = at
        try:
            for row in reader:
                if row:
                    found.rows.append(row)
                    found.starts.append(begin)
                begin = at + reader.line_num
            return found
        except csv.Error as error:
            if not final and "unexpected end" in str(error):
                found.carried = begin
                return found
            found.bad.append((begin, _explained(str(error))))
            at = begin + 1
    return found


def _from(lines: list[str], at: int) -> Iterator[str]:
    return iter(lines) if at == 0 else (lines[i] for i in range(at, len(lines)))


def _explained(error: str) -> str:
    if "unexpected end" in error:
        return 'a quote (") opens here and never closes'
    if "field limit" in error:
        return f'a quote (") opens here, not closed within {csv.field_size_limit():,} characters'
    return 'a quote (") stands inside a quoted cell; write it twice ("")'


class DelimitedFile:
    """A CSV or TSV file whose encoding is known. Implements `Reader`."""

    def __init__(
        self,
        path: Path,
        *,
        encoding: str,
        delimiter: str | None = None,
        block_characters: int = BLOCK_CHARACTERS,
    ) -> None:
        self._path = path
        self._encoding = encoding
        self._block = block_characters
        with self._open() as file:
            lines = list(islice(file, 200))
        self._delimiter = delimiter or _delimiter(lines, tab_first=path.suffix.lower() == ".tsv")
        header = split(lines, delimiter=self._delimiter, final=True)
        if header.bad and (not header.starts or header.bad[0][0] < header.starts[0]):
            raise UnreadableFileError(f"{path}: line 1, the column names: {header.bad[0][1]}.")
        if not header.rows:
            raise UnreadableFileError(f"{path}: the file is empty.")
        self.columns = column_names(header.rows[0], where=str(path))
        if any(_DATE.match(name) for name in self.columns):
            raise UnreadableFileError(
                f"{path}: the first line holds data ({header.rows[0][0]!r} ...), not column names. "
                "Put a line with the names on top."
            )

    def _open(self) -> TextIO:
        return self._path.open(encoding=self._encoding, errors="strict", newline="")

    def chunks(self) -> Iterator[Chunk]:
        size = max(self._path.stat().st_size, 1)
        first, carry, header = 1, list[str](), True
        with self._open() as file:
            while True:
                text = file.read(self._block)
                text += file.readline()  # blocks end where lines do
                done = min(file.buffer.tell() / size, 1.0)
                if not (header or carry) and (quick := self._quick(text, first, done)):
                    yield quick
                    first += len(quick.rows)
                    continue
                lines = carry + StringIO(text, newline="").readlines()
                found = split(lines, delimiter=self._delimiter, final=not text)
                if header and found.rows:
                    del found.rows[0], found.starts[0]
                    header = False
                yield self._chunk(found, lines, first=first, done=done)
                if not text:
                    return
                used = len(lines) if found.carried is None else found.carried
                carry, first = lines[used:], first + used

    def _quick(self, text: str, first: int, done: float) -> Chunk | None:
        """The rows of lines without quotes, blanks or missing cells, by Arrow's parser, which
        reads them several times faster; None where `split` has to do it."""
        lines = text.count("\n")
        if '"' in text or not text.endswith("\n") or text.count("\r") != text.count("\r\n"):
            return None
        try:
            table = arrow_csv.read_csv(
                pa.BufferReader(text.encode()),
                read_options=arrow_csv.ReadOptions(
                    column_names=self.columns, use_threads=False, block_size=4 * len(text) + 1
                ),
                parse_options=arrow_csv.ParseOptions(
                    delimiter=self._delimiter, quote_char=False, ignore_empty_lines=False
                ),
                convert_options=arrow_csv.ConvertOptions(
                    column_types=dict.fromkeys(self.columns, pa.string()), strings_can_be_null=False
                ),
            )
        except pa.ArrowInvalid:
            return None
        if table.num_rows != lines:
            return None
        cells = {name: trimmed(table.column(name).combine_chunks()) for name in self.columns}
        chunk = Chunk(np.arange(first, first + lines), pa.table(cells), (), done)
        return chunk if chunk.table.num_rows and not _blank(chunk.table).any() else None

    def _chunk(self, found: Records, lines: list[str], *, first: int, done: float) -> Chunk:
        width = len(self.columns)
        bad = [
            BadRow(first + at, reason, lines[at].rstrip("\r\n")[:PAYLOAD_LIMIT])
            for at, reason in found.bad
        ]
        rows, starts = found.rows, found.starts
        if any(len(row) != width for row in rows):
            rows, starts = [], []
            for row, start in zip(found.rows, found.starts, strict=True):
                if len(row) == width or (len(row) > width and not any(row[width:])):
                    rows.append(row[:width])
                    starts.append(start)
                else:
                    reason = f"{len(row)} cells where the header has {width}"
                    cells = dict(zip(self.columns, row, strict=False))
                    bad.append(BadRow(first + start, reason, row_payload(cells)))
        cells_by_column = list(zip(*rows, strict=True)) or [()] * width
        table = text_columns(dict(zip(self.columns, cells_by_column, strict=True)))
        filled = ~_blank(table)
        numbers = np.asarray(starts, np.int64) + first
        return Chunk(numbers[filled], table.filter(pa.array(filled)), tuple(bad), done)


def _blank(table: pa.Table) -> NDArray[np.bool_]:
    """Spreadsheets write `,,,` for an empty row: that is no row."""
    blank = np.ones(table.num_rows, bool)
    for column in table.columns:
        blank &= column.is_null().to_numpy()
        if not blank.any():
            break
    return blank


def _delimiter(lines: list[str], *, tab_first: bool) -> str:
    """The delimiter that gives most rows the width of the header, and the widest one."""
    order = ("\t", ",", ";") if tab_first else DELIMITERS

    def fit(delimiter: str) -> tuple[float, int]:
        rows = split(lines, delimiter=delimiter, final=True).rows
        width = len(rows[0]) if rows else 0
        if width < 2:
            return (0.0, 0)
        return (sum(len(row) == width for row in rows) / len(rows), width)

    return max(order, key=fit)
