"""Holds facts: inbox and manifest in PostgreSQL, immutable Parquet segments, DuckDB to compute.

What the rest of Banso needs is here; the other modules are the store's own.
"""

from banso.store.dictionary import ActionRow
from banso.store.facts import FACTS, SEGMENT, FactsError
from banso.store.identity import WrongDatabaseError
from banso.store.ledger import Ledger, Rejected
from banso.store.migrate import MigrationError
from banso.store.place import PlaceError
from banso.store.segments import SegmentError
from banso.store.server import ServerError, database_url, stop
from banso.store.snapshot import OneBucket, Snapshot
from banso.store.store import Store

__all__ = [
    "FACTS",
    "SEGMENT",
    "ActionRow",
    "FactsError",
    "Ledger",
    "MigrationError",
    "OneBucket",
    "PlaceError",
    "Rejected",
    "SegmentError",
    "ServerError",
    "Snapshot",
    "Store",
    "WrongDatabaseError",
    "database_url",
    "stop",
]
