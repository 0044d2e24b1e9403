"""The shape of facts on their way in (FACTS) and as they lie on disk (SEGMENT)."""

from collections.abc import Sequence

import pyarrow as pa

from banso.core.events.fact import Fact

INSTANT = pa.timestamp("us", tz="UTC")

FACTS = pa.schema(
    [
        pa.field("account", pa.string(), nullable=False),
        pa.field("user", pa.string()),
        pa.field("event", pa.string(), nullable=False),
        pa.field("feature", pa.string()),  # null: the event's own name
        pa.field("product", pa.string()),  # null: no product, the same as ''
        pa.field("time", pa.int64(), nullable=False),  # UTC microseconds
        pa.field("value", pa.float64()),
        pa.field("properties", pa.string()),  # canonical JSON object
        pa.field("message_id", pa.string()),  # null: derived from the content
        pa.field("row", pa.int64(), nullable=False),  # place in the origin, for people
    ]
)

SEGMENT = pa.schema(
    [
        ("account", pa.int32()),
        ("user", pa.int32()),  # 0: none
        ("action", pa.int32()),
        ("time", INSTANT),
        ("value", pa.float64()),
        ("properties", pa.string()),
        ("message_id", pa.string()),  # null: none was given
        ("key_hi", pa.uint64()),
        ("key_lo", pa.uint64()),
        ("content", pa.uint64()),
        ("received", INSTANT),
        ("found", pa.bool_()),  # whether the account was found out, not told by the call
    ]
)


class FactsError(ValueError):
    """A table that does not have the shape of FACTS."""


def table_of(facts: Sequence[Fact]) -> pa.Table:
    """The facts as a table of schema FACTS, `row` counting from 0."""
    columns: dict[str, Sequence[object]] = {
        name: [getattr(fact, name) for fact in facts] for name in FACTS.names if name != "row"
    }
    columns["row"] = range(len(facts))
    return pa.table({name: columns[name] for name in FACTS.names}, schema=FACTS)


def conform(table: pa.Table) -> pa.Table:
    """The table with exactly the columns and types of FACTS; optional ones may be missing.

    Raises FactsError where a needed column is missing or has another type.
    """
    columns = []
    for field in FACTS:
        if field.name in table.column_names:
            columns.append(_cast(table.column(field.name), field))
        elif field.nullable:
            columns.append(pa.nulls(table.num_rows, field.type))
        elif field.name == "row":
            columns.append(pa.array(range(table.num_rows), field.type))
        else:
            raise FactsError(f"The table of facts lacks the column {field.name!r}.")
    # nullable everywhere: a missing account is quarantined row by row, not refused as a whole
    return pa.table(columns, names=FACTS.names)


def _cast(column: pa.ChunkedArray, field: pa.Field) -> pa.ChunkedArray:
    if pa.types.is_timestamp(column.type) and field.name == "time":
        if column.type.tz is None:
            raise FactsError("The column 'time' has no zone; give UTC microseconds.")
        column = column.cast(INSTANT)
    try:
        return column.cast(field.type)
    except pa.ArrowException as error:
        raise FactsError(
            f"The column {field.name!r} is {column.type}, not {field.type}: {error}"
        ) from error
