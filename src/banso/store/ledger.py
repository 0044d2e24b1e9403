"""What became of every fact that came in."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Ledger:
    """Counts of facts; the four always balance. Raises ValueError where they don't."""

    received: int = 0
    stored: int = 0
    duplicate: int = 0
    quarantined: int = 0

    def __post_init__(self) -> None:
        if self.received != self.stored + self.duplicate + self.quarantined:
            raise ValueError(f"The ledger does not balance: {self}")

    def __add__(self, other: "Ledger") -> "Ledger":
        return Ledger(
            received=self.received + other.received,
            stored=self.stored + other.stored,
            duplicate=self.duplicate + other.duplicate,
            quarantined=self.quarantined + other.quarantined,
        )


@dataclass(frozen=True)
class Rejected:
    """A row that never became a fact: where it stood, why, and what it said.

    identity: what it said without what differs when it is sent again; None: the payload.
    """

    row: int
    reason: str
    payload: str
    identity: str | None = None


@dataclass(frozen=True)
class Part:
    """Facts that came in together: one accepted batch, or one appended table.

    received: instant of receipt, UTC microseconds. origin: file or endpoint, for people.
    rows: how many facts. rejected: rows already refused by whoever read the origin.
    """

    source: str
    dataset: str
    origin: str
    received: int
    rows: int
    rejected: tuple[Rejected, ...] = ()


HourKey = tuple[str, str, int]  # source, dataset, hour of receipt (UTC microseconds)
Hours = Mapping[HourKey, Ledger]
