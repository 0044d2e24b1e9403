"""How the store stands, for people: counts, the ledger, what is in quarantine."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import psycopg
from psycopg.rows import class_row


@dataclass(frozen=True)
class Counts:
    facts: int
    segments: int
    inbox: int
    quarantined: int


@dataclass(frozen=True)
class QuarantineRow:
    """A row that could not become a fact. seen: how often it came."""

    id: int
    received_at: datetime
    source: str
    dataset: str
    origin: str
    row: int
    reason: str
    payload: str
    seen: int


@dataclass(frozen=True)
class LedgerRow:
    """received = stored + duplicate + quarantined, always. hour: of receipt, UTC."""

    source: str
    dataset: str
    hour: datetime
    received: int
    stored: int
    duplicate: int
    quarantined: int


def counts(dsn: str) -> Counts:
    with psycopg.connect(dsn) as connection:
        cursor = connection.cursor(row_factory=class_row(Counts))
        found = cursor.execute(
            "SELECT (SELECT coalesce(sum(rows), 0)::bigint FROM store.segment) AS facts, "
            "(SELECT count(*) FROM store.segment) AS segments, "
            "(SELECT coalesce(sum(facts), 0)::bigint FROM store.inbox) AS inbox, "
            "(SELECT count(*) FROM store.quarantine) AS quarantined"
        ).fetchone()
    return found or Counts(0, 0, 0, 0)


def quarantine_rows(dsn: str, *, source: str | None, limit: int) -> Sequence[QuarantineRow]:
    """Newest first."""
    with psycopg.connect(dsn) as connection:
        cursor = connection.cursor(row_factory=class_row(QuarantineRow))
        return cursor.execute(
            "SELECT id, received_at, source, dataset, origin, row, reason, payload, seen "
            "FROM store.quarantine WHERE %(source)s::text IS NULL OR source = %(source)s "
            "ORDER BY id DESC LIMIT %(limit)s",
            {"source": source, "limit": limit},
        ).fetchall()


def ledger_rows(dsn: str, *, source: str | None, limit: int) -> Sequence[LedgerRow]:
    """Newest hour first."""
    with psycopg.connect(dsn) as connection:
        cursor = connection.cursor(row_factory=class_row(LedgerRow))
        return cursor.execute(
            "SELECT source, dataset, hour, received, stored, duplicate, quarantined "
            "FROM store.ledger WHERE %(source)s::text IS NULL OR source = %(source)s "
            "ORDER BY hour DESC, source, dataset LIMIT %(limit)s",
            {"source": source, "limit": limit},
        ).fetchall()
