"""A first look into a file: some cells of each column."""

import re

from banso.pipeline.collect.chunk import Reader
from banso.pipeline.collect.dates import UNSURE
from banso.pipeline.collect.errors import MissingOptionError
from banso.pipeline.collect.fields import FIELDS, Kind, Looks
from banso.pipeline.collect.mapping import ColumnMap
from banso.pipeline.collect.proposal import Sample

SAMPLE_ROWS = 200


def sample_of(reader: Reader) -> Sample:
    """Up to 200 filled cells of each column, from the first rows that can be read."""
    for chunk in reader.chunks():
        if len(chunk.rows):
            return {
                name: chunk.table.column(name).drop_null().slice(0, SAMPLE_ROWS).to_pylist()
                for name in chunk.table.column_names
            }
    return {}


def check_dates(
    kind: Kind, map_: ColumnMap, *, sample: Sample, date_format: str | None, where: str
) -> None:
    """Raises MissingOptionError where a column of dates leaves day and month open."""
    if date_format is not None:
        return
    for field in FIELDS[kind]:
        column = map_.columns.get(field.name)
        if field.looks is not Looks.TIME or column is None:
            continue
        for text in sample.get(column, ()):
            if re.match(UNSURE, text):
                raise MissingOptionError(
                    f"{where}: column '{column}' says '{text}': is the day or the month first? "
                    "Say it with --date-format '%d/%m/%Y' (day first) or '%m/%d/%Y' (month first), "
                    "and add ' %H:%M' or the like where there is a time."
                )
