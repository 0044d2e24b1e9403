"""The cells of one row of the desk by field, each read as what it should be."""

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from banso.pipeline.collect.dates import NotADateError, read_day
from banso.pipeline.collect.mapping import ColumnMap
from banso.pipeline.collect.numbers import NotANumberError, read_decimal

Cells = Mapping[str, str | None]


class RowError(ValueError):
    """A row that can't be saved; the message says which field and why."""


@dataclass(frozen=True)
class RowFields:
    """Methods give None where a cell is empty, or raise RowError where it can't be read."""

    cells: Cells
    map: ColumnMap
    date_format: str | None = None

    def text(self, name: str) -> str | None:
        if name in self.map.constants:
            return self.map.constants[name]
        column = self.map.columns.get(name)
        return self.cells.get(column) if column else None

    def key(self, name: str) -> str | None:
        text = self.text(name)
        if text is None:
            return None
        key = unicodedata.normalize("NFC", text)
        if any(unicodedata.category(character) == "Cc" for character in key):
            raise RowError(f"{name}: holds a control character, such as a tab or a line end")
        return key

    def needed_key(self, name: str) -> str:
        key = self.key(name)
        if key is None:
            raise RowError(f"no {name}")
        return key

    def day(self, name: str) -> date | None:
        text = self.text(name)
        try:
            return None if text is None else read_day(text, self.date_format)
        except NotADateError as error:
            raise RowError(f"{name}: '{text}': {error}") from None

    def needed_day(self, name: str) -> date:
        day = self.day(name)
        if day is None:
            raise RowError(f"no {name}")
        return day

    def number(self, name: str) -> Decimal | None:
        text = self.text(name)
        try:
            return None if text is None else read_decimal(text)
        except NotANumberError as error:
            raise RowError(f"{name}: '{text}': {error}") from None

    def whole(self, name: str) -> int | None:
        number = self.number(name)
        if number is not None and number != int(number):
            raise RowError(f"{name}: '{self.text(name)}': not a whole number")
        return None if number is None else int(number)
