"""The store as the rest of Banso uses it."""

import gc
import weakref
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from select import POLLIN, poll

import psycopg
import pyarrow as pa

from banso.core.events.fact import Dataset, Fact
from banso.store import (
    compaction,
    dictionary,
    inbox,
    layout,
    live,
    manifest,
    retention,
    sweep,
    tracked,
)
from banso.store.arrivals import Rules
from banso.store.batch import Batch, batch_of
from banso.store.copies import Copies
from banso.store.dictionary import Connection
from banso.store.facts import conform
from banso.store.identity import claim
from banso.store.key_index import StoredKeys
from banso.store.ledger import Ledger, Part, Rejected
from banso.store.memory import Memory
from banso.store.merged import set_merged
from banso.store.migrate import migrate
from banso.store.place import place_of
from banso.store.prepare import prepare
from banso.store.snapshot import Snapshot, open_snapshot

GRACE = timedelta(hours=1)


class Store:
    """Facts: accepted durably, stored exactly once, read in one consistent state.

    home: Banso's folder; segments lie in `home/segments`, or where BANSO_SEGMENTS says. Every
    method may be called from any thread and any process at the same time.
    """

    def __init__(self, home: Path, dsn: str) -> None:
        self.dsn = dsn
        self.home = home
        self.place = place_of(home)
        self._idle: list[Connection] = []
        self._index = StoredKeys(home / "keys")
        self._memory = Memory(self._index)
        self._copies = Copies(home / "copies", self.place)
        weakref.finalize(self, _close, self._idle)

    def migrate(self) -> tuple[str, ...]:
        """Bring the schema up to date; names of the migrations applied.

        Raises MigrationError, and WrongDatabaseError where the folder belongs to another one.
        """
        applied = migrate(self.dsn)
        claim(self.dsn, place=self.place)
        return applied

    def accept(self, *, source: str, dataset: Dataset, facts: Sequence[Fact]) -> int:
        """Take facts in. When this returns, they are committed: they will be stored once.

        If it raises, or the process dies, nothing is known: send the same facts again. A fact
        without message_id counts as sent again only among facts sent in equal batches.
        """
        if facts:
            with self.connection() as connection:
                inbox.accept(connection, source=source, dataset=dataset, facts=facts)
        return len(facts)

    def collect(self, *, limit: int = 100_000) -> Ledger:
        """Move about `limit` of the oldest accepted facts into segments; all zero: none left."""
        with manifest.writing(self.dsn) as connection:
            found = inbox.letters(connection, limit=limit)
            if not found:
                return Ledger()
            batch = inbox.batch_from(found)
            return self._store(connection, batch, inbox=[letter.id for letter in found])

    def accept_tracked(self, *, source: str, call: str, events: int, body: bytes) -> None:
        """Take the request of a tracking client in; as `accept`. Its calls are read when they are
        collected. call: `batch`, or the one call that was made. events: how many it holds."""
        with self.connection() as connection:
            tracked.accept(connection, source=source, call=call, events=events, body=body)

    def collect_tracked(self, rules: Rules, *, limit: int = 40_000) -> Ledger | None:
        """Move about `limit` of the oldest accepted calls into segments; None: none are left.

        A call whose account is not known yet waits, and is in no ledger until then.
        """
        with no_garbage_collection():
            return self._collect_tracked(rules, limit=limit)

    def _collect_tracked(self, rules: Rules, *, limit: int) -> Ledger | None:
        with manifest.writing(self.dsn) as connection:
            found = live.collect(
                connection,
                rules=rules,
                limit=limit,
                segments=manifest.segments_of(connection),
                place=self.place,
                index=self._index,
            )
            if found is None:
                return None
            encoded = found.prepared.encoded
            written = layout.write_all(encoded.table, encoded.bucket, place=self.place)
            manifest.commit(connection, prepared=found.prepared, written=written, also=found.write)
            return found.prepared.ledger

    def append(
        self,
        table: pa.Table,
        *,
        source: str,
        dataset: Dataset,
        origin: str,
        rejected: Sequence[Rejected] = (),
    ) -> Ledger:
        """Store up to about a million facts (schema FACTS) at once, past the inbox.

        origin: what people will look for, such as a file name. rejected: rows of the origin
        that are no facts; they go to quarantine in the same transaction. Rows that are equal
        and have no message_id must come in one call, in which they count as several facts.
        Raises FactsError for a table of another shape.
        """
        inbox.check_origin(source=source, dataset=dataset)
        facts = conform(table)
        with manifest.writing(self.dsn) as connection:
            part = Part(
                source=source,
                dataset=dataset,
                origin=origin,
                received=_now(connection),
                rows=facts.num_rows,
                rejected=tuple(rejected),
            )
            return self._store(connection, batch_of([facts], [part]))

    def reject(
        self,
        *,
        source: str,
        dataset: str,
        origin: str,
        rejected: Sequence[Rejected],
        ledger: Ledger,
    ) -> None:
        """Enter rows that the desk keeps (accounts, contacts, contracts): refused ones, counts.

        ledger: of all the rows, the refused ones included.
        """
        with self.connection() as connection:
            part = Part(
                source=source,
                dataset=dataset,
                origin=origin,
                received=_now(connection),
                rows=0,
                rejected=tuple(rejected),
            )
            manifest.enter(connection, part=part, ledger=ledger)

    def encode_accounts(self, keys: Iterable[str]) -> dict[str, int]:
        """Ids of accounts, also of those without any fact; new ids are committed."""
        with self.connection() as connection:
            return dictionary.encode_accounts(connection, keys)

    def set_merged(self, wanted: Mapping[str, str]) -> bool:
        """From now on facts of exactly these accounts (by key) count for others, and only they;
        whether anything changed."""
        with self.connection() as connection:
            return set_merged(connection, wanted)

    @contextmanager
    def snapshot(self) -> Iterator[Snapshot]:
        """The facts as they are now; nothing that happens meanwhile changes what it shows."""
        with (
            self.connection() as connection,
            self.connection() as frozen,
            open_snapshot(
                frozen,
                place=self.place,
                live=connection,
                memory=self._memory,
                copies=self._copies,
            ) as snapshot,
        ):
            yield snapshot

    def tail_files(self) -> int:
        """How many small files lie in the tail, not folded into buckets yet."""
        with self.connection() as connection:
            row = connection.execute(
                "SELECT count(*) FROM store.segment WHERE bucket IS NULL"
            ).fetchone()
        return int(row[0]) if row else 0

    def broken_files(self) -> tuple[str, ...]:
        """Files of the manifest that are gone or have another size; nothing can be computed while
        there are any. One listing of the place, no file is opened."""
        with self.connection() as connection:
            known = manifest.segments_of(connection)
        lying = self.place.lying()
        return tuple(x.path for x in known if lying.get(x.path) != x.bytes)

    def compact(self) -> int:
        """Fold small files into big ones; how many were replaced. Snapshots stay readable."""
        with manifest.writing(self.dsn) as connection:
            return compaction.compact(connection, place=self.place)

    def expire(self, before: Mapping[str, int]) -> tuple[retention.Expired, ...]:
        """Delete each source's facts from before an instant (source -> UTC microseconds) for good,
        rounded down to a quarter of an hour. Snapshots stay readable."""
        with manifest.writing(self.dsn) as connection:
            return retention.expire(connection, before=before, place=self.place)

    def sweep(self, *, grace: timedelta = GRACE) -> tuple[str, ...]:
        """Delete files nobody needs; their paths. A snapshot may stay open for `grace`."""
        with manifest.writing(self.dsn) as connection:
            return sweep.sweep(connection, place=self.place, grace=grace)

    def _store(self, connection: Connection, batch: Batch, *, inbox: Sequence[int] = ()) -> Ledger:
        known = manifest.segments_of(connection)
        prepared = prepare(
            batch,
            segments=known,
            place=self.place,
            index=self._index,
            connection=connection,
        )
        encoded = prepared.encoded
        written = layout.write_all(encoded.table, encoded.bucket, place=self.place)
        manifest.commit(connection, prepared=prepared, written=written, inbox=inbox)
        return prepared.ledger

    @contextmanager
    def connection(self) -> Iterator[Connection]:
        """A connection nobody else has meanwhile, kept for the next one who asks; opened anew where
        the server has gone away. It commits each statement."""
        try:
            connection = self._idle.pop()
        except IndexError:
            connection = psycopg.connect(self.dsn, autocommit=True)
        if not _alive(connection):
            connection.close()
            connection = psycopg.connect(self.dsn, autocommit=True)
        try:
            yield connection
        finally:
            if connection.broken:
                connection.close()
            else:
                self._idle.append(connection)

    def close(self) -> None:
        """Give the idle connections back; the store can still be used."""
        _close(self._idle)


@contextmanager
def no_garbage_collection() -> Iterator[None]:
    """A portion makes hundreds of thousands of objects, none of them in a circle; looking for
    circles among them takes a fifth of its time. It ends when they are gone."""
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()


def _close(connections: list[Connection]) -> None:
    while connections:
        connections.pop().close()


def _alive(connection: Connection) -> bool:
    """A server that went away has said so or closed the line: then there is something to read.
    Asking it each time would be a fifth of what accepting a request costs."""
    try:
        waits = poll()
        waits.register(connection.fileno(), POLLIN)
        if not waits.poll(0):
            return True
        connection.execute("SELECT 1")
    except psycopg.OperationalError:
        return False
    return True


def _now(connection: Connection) -> int:
    row = connection.execute(
        "SELECT (extract(epoch FROM clock_timestamp()) * 1000000)::bigint"
    ).fetchone()
    if row is None:
        raise psycopg.OperationalError("PostgreSQL does not know the time.")
    return int(row[0])
