"""What became of the rows of each file, and how far an import has come."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from banso.pipeline.collect.chunk import BadRow
from banso.store.ledger import Ledger


@dataclass(frozen=True)
class FileReport:
    """good: rows that could be read as what they should be. refused: rows that could not, and
    the first ten of them. ledger: what was stored; None in a dry run."""

    file: str
    good: int
    refused: int
    first_refused: tuple[BadRow, ...]
    ledger: Ledger | None


@dataclass(frozen=True)
class ImportReport:
    """source: the name under which the quarantine and the sources know these rows."""

    source: str
    files: tuple[FileReport, ...]
    dry_run: bool

    @property
    def ledger(self) -> Ledger:
        return sum((file.ledger for file in self.files if file.ledger), Ledger())

    @property
    def rows(self) -> int:
        return sum(file.good + file.refused for file in self.files)

    @property
    def all_refused(self) -> bool:
        """Whether there were rows and not one of them could be taken."""
        if self.dry_run:
            return self.rows > 0 and not any(file.good for file in self.files)
        return self.ledger.received > 0 and self.ledger.quarantined == self.ledger.received


@dataclass(frozen=True)
class Progress:
    """done: share of this step for this file, 0 to 1. rows: rows of it so far."""

    file: Path
    step: Literal["reading", "storing"]
    done: float
    rows: int


Watch = Callable[[Progress], None]


def unwatched(progress: Progress) -> None:
    """For callers that show no progress."""
