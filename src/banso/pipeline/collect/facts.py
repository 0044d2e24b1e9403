"""Import of events and records: read everything first, then store file by file, month by month."""

import fcntl
import shutil
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

import pyarrow as pa
import pyarrow.compute as pc

from banso.core.events.fact import Dataset
from banso.pipeline.collect.fields import Kind
from banso.pipeline.collect.files import OpenedFile
from banso.pipeline.collect.mapping import ColumnMap, check_columns
from banso.pipeline.collect.normalise import FactRules, facts_of
from banso.pipeline.collect.report import FileReport, ImportReport, Progress, Watch, unwatched
from banso.pipeline.collect.staging import PART_ROWS, Staging
from banso.pipeline.collect.zones import Zone
from banso.store import Ledger, Store
from banso.store.facts import FACTS

EnsureAccounts = Callable[[Iterable[str]], object]
AccountKeys = Callable[[Iterable[str]], Mapping[str, str]]
"""Other ids of accounts -> the account's key; names that are no other id are left out."""


@dataclass(frozen=True)
class MappedFile:
    """A file and which of its columns is what."""

    file: OpenedFile
    map: ColumnMap


@dataclass(frozen=True)
class FactImport:
    """dataset: events or records. zone, now, date_format: as in FactRules.

    source: the name of where the facts come from; None: `events_file` or `records_file`.
    dry_run: read all, store nothing. part_rows: facts stored in one transaction, about.
    account_keys: which account an id is of.
    """

    dataset: Dataset
    now: int
    zone: Zone | None = None
    source: str | None = None
    date_format: str | None = None
    dry_run: bool = False
    part_rows: int = PART_ROWS
    account_keys: AccountKeys = lambda names: {}

    @property
    def source_name(self) -> str:
        return self.source or f"{self.dataset}_file"


def import_facts(
    files: Sequence[MappedFile],
    *,
    options: FactImport,
    store: Store,
    home: Path,
    ensure_accounts: EnsureAccounts,
    watch: Watch = unwatched,
) -> ImportReport:
    """Read, check and store files of events or records; each row ends in the ledger once.

    Nothing is stored before every file has been read to its end. Whole parts of a file are
    stored in one transaction each, so an interrupted import is finished by importing again:
    what is stored counts as duplicate. ensure_accounts: is told the account keys of each part.
    Raises ImportFileError (nothing stored) where a person has to mend something first.
    """
    for each in files:
        check_columns(each.map, each.file.reader.columns, where=str(each.file.path))
    with _staging_folder(home) as folder:
        staged = [
            _stage(each, options, folder / str(number), watch) for number, each in enumerate(files)
        ]
        known: set[str] = set()
        reports = []
        for each, staging in zip(files, staged, strict=True):
            ledger = None
            if not options.dry_run:
                ledger = Ledger()
                for entry in _stored(each.file.path, staging, options, store, watch):
                    ledger += entry.ledger
                    fresh = entry.accounts - known
                    if fresh:
                        ensure_accounts(sorted(fresh))
                        known |= fresh
            reports.append(_report(each.file.path, staging, ledger))
    return ImportReport(options.source_name, tuple(reports), options.dry_run)


def _report(path: Path, staging: Staging, ledger: Ledger | None) -> FileReport:
    return FileReport(
        file=str(path),
        good=staging.rows,
        refused=staging.rejected_rows,
        first_refused=staging.first_rejected,
        ledger=ledger,
    )


def _stage(each: MappedFile, options: FactImport, folder: Path, watch: Watch) -> Staging:
    rules = FactRules(
        kind=Kind(options.dataset),
        map=each.map,
        zone=options.zone,
        now=options.now,
        date_format=options.date_format,
    )
    watch(Progress(each.file.path, "reading", 0.0, 0))
    with Staging(folder) as staging:
        for chunk in each.file.reader.chunks():
            facts, bad = facts_of(chunk, rules)
            staging.add(facts)
            staging.reject(bad)
            rows = staging.rows + staging.rejected_rows
            watch(Progress(each.file.path, "reading", chunk.done, rows))
    return staging


@dataclass(frozen=True)
class _Stored:
    ledger: Ledger
    accounts: frozenset[str]


def _stored(
    path: Path, staging: Staging, options: FactImport, store: Store, watch: Watch
) -> Iterator[_Stored]:
    """Store the rejected rows, then part after part."""
    done = 0
    watch(Progress(path, "storing", 0.0, 0))
    for rejected in staging.rejected():
        ledger = store.append(
            FACTS.empty_table(),
            source=options.source_name,
            dataset=options.dataset,
            origin=path.name,
            rejected=rejected,
        )
        yield _Stored(ledger, frozenset())
    for part in staging.parts(rows=options.part_rows):
        facts = _of_accounts(staging.read(part), options.account_keys)
        ledger = store.append(
            facts, source=options.source_name, dataset=options.dataset, origin=path.name
        )
        done += facts.num_rows
        watch(Progress(path, "storing", done / staging.rows, done))
        yield _Stored(ledger, _accounts(facts))


def _of_accounts(facts: pa.Table, account_keys: AccountKeys) -> pa.Table:
    """With the key of each account, by whatever id a row names it."""
    named = facts.column("account").combine_chunks().dictionary_encode()
    names = named.dictionary.to_pylist()
    keys = account_keys(x for x in names if x is not None)
    if not keys:
        return facts
    told = pa.DictionaryArray.from_arrays(
        named.indices, pa.array([keys.get(x, x) for x in names], pa.string())
    )
    place = facts.column_names.index("account")
    return facts.set_column(place, facts.schema.field(place), told.cast(pa.string()))


def _accounts(facts: pa.Table) -> frozenset[str]:
    return frozenset(pc.unique(facts.column("account")).to_pylist())


@contextmanager
def _staging_folder(home: Path) -> Iterator[Path]:
    """A folder of this import alone, gone at its end.

    Running imports share a lock; who gets it alone removes what imports that died left behind.
    """
    parent = home / "staging"
    parent.mkdir(parents=True, exist_ok=True)
    with (parent / "lock").open("w", encoding="utf-8") as lock:
        with suppress(BlockingIOError):
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            for left in parent.iterdir():
                if left.is_dir():
                    shutil.rmtree(left, ignore_errors=True)
        fcntl.flock(lock, fcntl.LOCK_SH)
        folder = parent / uuid4().hex
        folder.mkdir()
        try:
            yield folder
        finally:
            shutil.rmtree(folder, ignore_errors=True)
