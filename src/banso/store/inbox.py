"""Facts acknowledged and not yet in a segment."""

from collections.abc import Sequence
from dataclasses import dataclass

import pyarrow as pa
from psycopg.rows import class_row

from banso.core.events.fact import Dataset, Fact
from banso.store import crash
from banso.store.batch import LONGEST_SOURCE, Batch, batch_of
from banso.store.dictionary import Connection
from banso.store.facts import FactsError, table_of
from banso.store.ledger import Part

ORIGIN = "inbox"


@dataclass(frozen=True)
class Letter:
    """One accepted batch. received: UTC microseconds. payload: Arrow IPC stream of FACTS."""

    id: int
    received: int
    source: str
    dataset: str
    facts: int
    payload: bytes


def accept(connection: Connection, *, source: str, dataset: Dataset, facts: Sequence[Fact]) -> None:
    """Commit the facts to the inbox; when this returns they will be stored exactly once.

    Raises FactsError for text that is no text (half a surrogate pair).
    """
    check_origin(source=source, dataset=dataset)
    payload = _packed(facts)
    with connection.transaction():
        connection.execute(
            "INSERT INTO store.inbox (source, dataset, facts, payload) VALUES (%s, %s, %s, %s)",
            [source, dataset, len(facts), payload],
        )
        crash.point("accept_before_commit")
    crash.point("accept_after_commit")


def check_origin(*, source: str, dataset: str) -> None:
    """Raise FactsError for a source or dataset that can't stand in the tables."""
    if dataset not in ("events", "records"):
        raise FactsError(f"The dataset is 'events' or 'records', not {dataset!r}.")
    if not source or "\0" in source or len(source.encode()) > LONGEST_SOURCE:
        raise FactsError(
            f"The name of a source has 1 to {LONGEST_SOURCE} bytes and no NUL, not {source!r}."
        )


def letters(connection: Connection, *, limit: int | None = None) -> tuple[Letter, ...]:
    """The oldest accepted batches, until `limit` facts are reached; None: all of them."""
    cursor = connection.cursor(row_factory=class_row(Letter))
    return tuple(
        cursor.execute(
            "SELECT id, (extract(epoch FROM received_at) * 1000000)::bigint AS received, "
            "source, dataset, facts, payload FROM store.inbox WHERE id IN ("
            "  SELECT id FROM (SELECT id, sum(facts) OVER (ORDER BY id) - facts AS before"
            "    FROM store.inbox) AS summed WHERE before < %s"
            ") ORDER BY id",
            [limit if limit is not None else 1 << 62],
        )
    )


def batch_from(found: Sequence[Letter]) -> Batch:
    """All their facts as one batch, a part for each."""
    return batch_of(
        [pa.ipc.open_stream(letter.payload).read_all() for letter in found],
        [
            Part(
                source=letter.source,
                dataset=letter.dataset,
                origin=ORIGIN,
                received=letter.received,
                rows=letter.facts,
            )
            for letter in found
        ],
    )


def _packed(facts: Sequence[Fact]) -> bytes:
    try:
        table = table_of(facts)
    except UnicodeEncodeError as error:
        raise FactsError(f"A fact holds text that is not Unicode: {error}") from error
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, table.schema) as stream:
        stream.write_table(table)
    packed: bytes = sink.getvalue().to_pybytes()
    return packed
