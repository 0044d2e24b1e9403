"""XLSX: one sheet of a workbook. The whole sheet is held in memory (at most 1,048,576 rows)."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime, time, timedelta
from itertools import islice
from pathlib import Path

import numpy as np
from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook, PasswordError

from banso.pipeline.collect.chunk import Chunk, column_names, text_columns
from banso.pipeline.collect.errors import UnreadableFileError

ROWS = 50_000
Cell = int | float | str | bool | time | date | datetime | timedelta
_OLD_OR_ENCRYPTED = bytes.fromhex("d0cf11e0a1b11ae1")


class WorkbookFile:
    """A sheet whose first row that is not empty holds the column names. Implements `Reader`."""

    def __init__(self, path: Path, *, sheet: str | None = None, rows: int = ROWS) -> None:
        self._path = path
        self._rows = rows
        self._sheet = _sheet(path, sheet)
        self._height = max(self._sheet.total_height, 1)
        numbered = enumerate(self._sheet.iter_rows(), 1)
        header = next(((n, row) for n, row in numbered if any(cell != "" for cell in row)), None)
        if header is None:
            raise UnreadableFileError(f"{path}: sheet '{self._sheet.name}' is empty.")
        self._header = header[0]
        names = [cell_text(cell) for cell in header[1]]
        while names and not names[-1]:
            names.pop()
        self.columns = column_names(names, where=str(path))

    def chunks(self) -> Iterator[Chunk]:
        numbered = islice(enumerate(self._sheet.iter_rows(), 1), self._header, None)
        width = len(self.columns)
        while batch := list(islice(numbered, self._rows)):
            filled = [(n, row) for n, row in batch if any(cell != "" for cell in row)]
            columns = {
                name: [cell_text(row[i]) if i < len(row) else None for _, row in filled]
                for i, name in zip(range(width), self.columns, strict=True)
            }
            rows = np.array([n for n, _ in filled], np.int64)
            yield Chunk(rows, text_columns(columns), (), min(batch[-1][0] / self._height, 1.0))


def cell_text(cell: Cell) -> str | None:
    """A cell as text: dates in ISO 8601, whole numbers without a point, true and false."""
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, datetime):
        return cell.isoformat(timespec="microseconds" if cell.microsecond else "seconds")
    if isinstance(cell, date | time):
        return cell.isoformat()
    if isinstance(cell, timedelta):
        return str(cell)
    if isinstance(cell, int | float):
        return number_text(cell)
    return cell or None


def number_text(number: float) -> str:
    """The shortest text of a number: 12 for 12.0."""
    if isinstance(number, float) and number.is_integer() and abs(number) < 1e15:
        return str(int(number))
    return str(number)


def _sheet(path: Path, name: str | None) -> CalamineSheet:
    with path.open("rb") as file:
        if file.read(8) == _OLD_OR_ENCRYPTED:
            raise UnreadableFileError(
                f"{path}: protected by a password, or an old .xls. "
                "Save it as .xlsx without a password, or as CSV UTF-8."
            )
    try:
        book = CalamineWorkbook.from_path(str(path))
        names = book.sheet_names
        if name is not None and name not in names:
            raise UnreadableFileError(f"{path}: no sheet '{name}'; there are {_listed(names)}.")
        return book.get_sheet_by_name(name if name is not None else names[0])
    except PasswordError:
        raise UnreadableFileError(
            f"{path}: protected by a password. Save it without one."
        ) from None
    except (CalamineError, IndexError) as error:
        raise UnreadableFileError(
            f"{path}: not an Excel workbook (.xlsx), or broken: {error}."
        ) from error


def _listed(names: Sequence[str]) -> str:
    return ", ".join(f"'{name}'" for name in names)
