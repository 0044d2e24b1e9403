"""Parquet: typed columns as text, structs flattened with dots. Rows are counted from 1."""

import json
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from banso.pipeline.collect.chunk import Chunk, column_names, trimmed
from banso.pipeline.collect.errors import UnreadableFileError

ROWS = 50_000


class ParquetFile:
    """Implements `Reader`. A broken page shows only when it is read: UnreadableFileError then."""

    def __init__(self, path: Path, *, rows: int = ROWS) -> None:
        self._path = path
        self._rows = rows
        try:
            with pq.ParquetFile(path) as file:
                empty = file.schema_arrow.empty_table()
                self._count = file.metadata.num_rows
        except (pa.ArrowException, OSError) as error:
            raise UnreadableFileError(f"{path}: not a Parquet file, or broken: {error}") from error
        self.columns = column_names(_flat(empty).column_names, where=str(path))

    def chunks(self) -> Iterator[Chunk]:
        done = 0
        try:
            with pq.ParquetFile(self._path) as file:
                for batch in file.iter_batches(self._rows):
                    table = _texts(_flat(pa.Table.from_batches([batch])))
                    numbers = np.arange(done + 1, done + 1 + len(batch), dtype=np.int64)
                    done += len(batch)
                    yield Chunk(numbers, table, (), done / self._count)
        except (pa.ArrowException, OSError) as error:
            raise UnreadableFileError(
                f"{self._path}: broken after record {done:,}: {error}"
            ) from error


def _flat(table: pa.Table) -> pa.Table:
    while any(pa.types.is_struct(kind) for kind in table.schema.types):
        table = table.flatten()
    return table


def _texts(table: pa.Table) -> pa.Table:
    columns = [_text(column.combine_chunks()) for column in table.columns]
    return pa.table(columns, names=table.column_names)


def _text(column: pa.Array) -> pa.StringArray:
    """A column as text; lists and maps as JSON text, bytes only where they are UTF-8."""
    kind = column.type
    if pa.types.is_dictionary(kind):
        return _text(column.dictionary_decode())
    if pa.types.is_nested(kind):
        texts = (None if x is None else _json(x) for x in column.to_pylist())
        return pa.array(texts, pa.string())
    if pa.types.is_floating(kind):
        return pc.cast(pc.if_else(pc.is_nan(column), pa.scalar(None, kind), column), pa.string())
    return trimmed(pc.cast(column, pa.string()))


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), default=str)
