"""A chunk of a file's text becomes facts, and rows that can't be facts with their reason."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from banso.pipeline.collect.chunk import BadRow, Chunk, row_payload
from banso.pipeline.collect.fields import Kind
from banso.pipeline.collect.instants import read_times
from banso.pipeline.collect.mapping import ColumnMap
from banso.pipeline.collect.numbers import read_numbers
from banso.pipeline.collect.properties import json_objects, safe_names
from banso.pipeline.collect.zones import Zone
from banso.store.facts import FACTS

LONGEST_KEY = 200
DAY = 86_400_000_000
EARLIEST = 631_152_000_000_000  # 1990-01-01, UTC microseconds
CONTROL = r"\p{Cc}"
SHEET_ERROR = r"^#(N/A|REF!|VALUE!|NAME\?|DIV/0!|NULL!|NUM!)$"
KEYS = ("account", "event", "user", "feature", "product", "message_id")


@dataclass(frozen=True)
class FactRules:
    """How facts are read from a file. now: UTC microseconds; what lies a day past it is refused.

    zone: of times that name none; None: such times stop the import.
    """

    kind: Kind
    map: ColumnMap
    zone: Zone | None
    now: int
    date_format: str | None = None

    def column(self, name: str) -> str | None:
        """The column of a field of FACTS; a record's event is its kind."""
        return self.map.columns.get(self._field(name))

    def constant(self, name: str) -> str | None:
        return self.map.constants.get(self._field(name))

    def _field(self, name: str) -> str:
        if name == "event" and self.kind is Kind.RECORDS:
            return "kind"
        return "timestamp" if name == "time" else name


@dataclass
class _Checked:
    """The first reason of each row that can't be stored."""

    reasons: dict[int, str] = field(default_factory=dict)

    def refuse(self, rows: NDArray[np.int64], reason: str) -> None:
        for row in rows.tolist():
            self.reasons.setdefault(row, reason)

    def refuse_each(self, reasons: Mapping[int, str], name: str) -> None:
        for row, reason in reasons.items():
            self.reasons.setdefault(row, f"{name}: {reason}")


def facts_of(chunk: Chunk, rules: FactRules) -> tuple[pa.Table, tuple[BadRow, ...]]:
    """Facts (schema FACTS) and the rows that are none; together they are all rows of the chunk.

    Raises ImportFileError where the whole import can't go on: no zone, two columns of one name.
    """
    checked = _Checked()
    columns = {name: _key(chunk, rules, name, checked) for name in KEYS}
    columns["time"] = _times(chunk, rules, checked)
    columns["value"] = _values(chunk, rules, checked)
    extras = rules.map.extra_columns(chunk.table.column_names)
    columns["properties"] = json_objects(chunk.table, safe_names(extras))
    columns["row"] = pa.array(chunk.rows)
    bad = chunk.bad
    keep = np.ones(len(chunk.rows), bool)
    if checked.reasons:
        keep[list(checked.reasons)] = False
        bad += _bad_rows(chunk, checked.reasons)
    # rows that are refused may lack what FACTS demands, so the schema is put on after the filter
    loose = pa.table({name: columns[name] for name in FACTS.names})
    return loose.filter(pa.array(keep)).cast(FACTS), bad


def _bad_rows(chunk: Chunk, reasons: Mapping[int, str]) -> tuple[BadRow, ...]:
    rows = sorted(reasons)
    cells = chunk.table.take(pa.array(rows, pa.int64())).to_pylist()
    return tuple(
        BadRow(int(chunk.rows[row]), reasons[row], row_payload(cell))
        for row, cell in zip(rows, cells, strict=True)
    )


def _texts(chunk: Chunk, rules: FactRules, name: str) -> pa.StringArray:
    """The cells of a field: from its column, its constant, or null where it has neither."""
    count = len(chunk.rows)
    constant = rules.constant(name)
    if constant is not None:
        return pa.repeat(pa.scalar(constant, pa.string()), count)
    column = rules.column(name)
    if column is None or column not in chunk.table.column_names:
        return pa.nulls(count, pa.string())
    cells = chunk.table.column(column).combine_chunks()
    return cells if isinstance(cells, pa.Array) else pa.concat_arrays(cells.chunks)


def _key(chunk: Chunk, rules: FactRules, name: str, checked: _Checked) -> pa.StringArray:
    """A key in NFC, refused where it is missing, too long, or holds control characters."""
    # keys repeat: each different one is looked at once
    encoded = _texts(chunk, rules, name).dictionary_encode()
    codes = encoded.indices.fill_null(-1).to_numpy()
    keys = pc.utf8_normalize(encoded.dictionary, form="NFC")
    said = "kind" if name == "event" and rules.kind is Kind.RECORDS else name
    if name in ("account", "event"):
        checked.refuse(np.flatnonzero(codes < 0), f"no {said}")
    for mask, reason in (
        (pc.greater(pc.utf8_length(keys), LONGEST_KEY), f"longer than {LONGEST_KEY} characters"),
        (
            pc.match_substring_regex(keys, CONTROL),
            "holds a control character, such as a tab or a line end",
        ),
        (pc.match_substring_regex(keys, SHEET_ERROR), "an error of a spreadsheet"),
    ):
        bad = _rows(mask)
        if len(bad):
            checked.refuse(np.flatnonzero(np.isin(codes, bad)), f"{said}: {reason}")
    return keys.take(encoded.indices)


def _rows(mask: pa.BooleanArray) -> NDArray[np.int64]:
    return np.flatnonzero(pc.fill_null(mask, False).to_numpy(zero_copy_only=False))


def _times(chunk: Chunk, rules: FactRules, checked: _Checked) -> pa.Int64Array:
    texts = _texts(chunk, rules, "time")
    read = read_times(texts, zone=rules.zone, date_format=rules.date_format)
    checked.refuse(_rows(texts.is_null()), "no timestamp")
    checked.refuse_each(read.reasons, "timestamp")
    checked.refuse(np.flatnonzero(read.instants < EARLIEST), "timestamp: before 1990")
    late = np.flatnonzero(read.instants > rules.now + DAY)
    checked.refuse(late, "timestamp: more than a day in the future")
    return pa.array(read.instants)


def _values(chunk: Chunk, rules: FactRules, checked: _Checked) -> pa.DoubleArray:
    values, reasons = read_numbers(_texts(chunk, rules, "value"))
    checked.refuse_each(reasons, "value")
    return pa.array(values, mask=np.isnan(values))
