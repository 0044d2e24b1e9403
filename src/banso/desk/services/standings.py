"""Writes where every account stands: both tables anew, as a whole, in the run's transaction."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from io import BytesIO

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pa_csv
from django.db import connection
from django.db.models import Model

from banso.desk.models import Measured, Standing

STANDING = pa.schema(
    [
        ("account_id", pa.int64()),
        ("journey", pa.string()),
        ("lead", pa.bool_()),
        ("stage", pa.string()),
        ("position", pa.int16()),
        ("days_in_stage", pa.int32()),
        ("overdue", pa.bool_()),
        ("score", pa.float64()),
        ("confidence", pa.float64()),
        ("colour", pa.string()),
        ("urgency", pa.int16()),
        ("scores", pa.list_(pa.float64())),
        ("trend", pa.float64()),
        ("arr", pa.float64()),
        ("seats", pa.float64()),
        ("ends_on", pa.date32()),
        ("segments", pa.list_(pa.string())),
    ]
)
"""Columns of models.Standing; account_id: the desk's own. Null is null there too."""

MEASURED = pa.schema(
    [
        ("account_id", pa.int64()),
        ("numbers", pa.list_(pa.float64())),
        ("reasons", pa.list_(pa.int16())),
        ("texts", pa.string()),
    ]
)
"""Columns of models.Measured; texts: a JSON object."""

AS_LISTED = [("lead", "descending"), ("urgency", "ascending"), ("arr", "descending")]
"""Rows that are shown together lie together, and most indexes grow at their end."""

SLICE = 20_000
"""Rows that are written as text at a time."""


@dataclass(frozen=True)
class Standings:
    """Where all accounts stand as of a run's day: tables of the schemas STANDING and MEASURED, in
    any number of pieces. metrics: names, in the order of MEASURED's lists."""

    metrics: Sequence[str]
    standing: Sequence[pa.Table]
    measured: Sequence[pa.Table]


def replace_standings(told: Standings) -> None:
    """Put these in the place of all that stood there. Readers see the old rows until the caller's
    transaction commits."""
    standing = pa.concat_tables([STANDING.empty_table(), *told.standing])
    _replace(Standing, STANDING, [standing.sort_by(AS_LISTED)])
    _replace(Measured, MEASURED, told.measured)


def tidy_standings() -> None:
    """Clear away the rows that were replaced, once that is committed: boards count from an index
    alone, which works only where PostgreSQL knows that all rows of a page are to be seen."""
    with connection.cursor() as cursor:
        for model in (Standing, Measured):
            cursor.execute(f"VACUUM {connection.ops.quote_name(model._meta.db_table)}")


def _replace(model: type[Model], schema: pa.Schema, tables: Iterable[pa.Table]) -> None:
    name = connection.ops.quote_name(model._meta.db_table)
    columns = ", ".join(connection.ops.quote_name(column) for column in schema.names)
    with connection.cursor() as cursor:
        cursor.execute(f"DELETE FROM {name}")  # noqa: S608  names of our own models
        with cursor.copy(f"COPY {name} ({columns}) FROM STDIN (FORMAT csv)") as copy:
            for table in tables:
                for first in range(0, table.num_rows, SLICE):
                    copy.write(_csv(table.slice(first, SLICE).cast(schema)))
        # The planner must know the new rows at once, not when autovacuum comes round.
        cursor.execute(f"ANALYZE {name}")


def _csv(table: pa.Table) -> bytes:
    """What COPY reads: nothing at all is null, "" is the empty text."""
    file = BytesIO()
    texts = [_text(column.combine_chunks()) for column in table.columns]
    plain = pa.table(texts, names=table.column_names)
    pa_csv.write_csv(plain, file, pa_csv.WriteOptions(include_header=False))
    return file.getvalue()


def _text(column: pa.Array) -> pa.Array:
    """A list as PostgreSQL writes arrays: {1.5,NULL}, {"a"}."""
    if not pa.types.is_list(column.type):
        return column
    items = column.flatten()
    if pa.types.is_string(items.type):
        quoted = pc.binary_join_element_wise('"', items, '"', "")
    else:
        quoted = pc.cast(items, pa.string())
    starts = pc.subtract(column.offsets, column.offsets[0])
    joined = pc.binary_join(pa.ListArray.from_arrays(starts, pc.fill_null(quoted, "NULL")), ",")
    return pc.binary_join_element_wise("{", joined, "}", "")
