"""`banso import`: files of events, records, accounts, contacts and contracts."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape

from banso.cli import ready  # noqa: F401  before any model is imported
from banso.cli.facts_shapes import ImportCounts, ImportItem
from banso.cli.import_consent import agreed_maps
from banso.cli.import_progress import watching
from banso.cli.output import err, out, print_json, table
from banso.cli.running import refuse_future
from banso.cli.session import Session, open_session
from banso.desk.queries.account_ids import told_keys
from banso.desk.services.accounts import ensure_accounts
from banso.pipeline.collect import (
    FactImport,
    FileOptions,
    FileReport,
    ImportReport,
    Kind,
    MappedFile,
    MappingError,
    MissingOptionError,
    OpenedFile,
    RowImport,
    Watch,
    Zone,
    find_files,
    given_map,
    import_facts,
    import_rows,
    open_file,
    zone,
)

FIRST_REASONS = 10
MICROSECOND = timedelta(microseconds=1)
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
USAGE = 2

KindArgument = Annotated[Kind, typer.Argument(help="What the rows are", show_default=False)]
Files = Annotated[
    list[str],
    typer.Argument(
        help="CSV, TSV, XLSX, JSON Lines or Parquet; globs in quotes", show_default=False
    ),
]
Maps = Annotated[
    list[str] | None,
    typer.Option(
        "--map",
        help="FIELD=COLUMN, such as account=会社ID; again for each field; "
        "FIELD= says that there is no such column",
    ),
]
MappingFile = Annotated[
    Path | None, typer.Option("--mapping", help="YAML file of `field: column` lines")
]
Constants = Annotated[
    list[str] | None, typer.Option("--set", help="FIELD=VALUE for all rows, such as kind=nps")
]
Ignored = Annotated[list[str] | None, typer.Option("--ignore", help="A column to leave out")]
Yes = Annotated[bool, typer.Option("--yes", "-y", help="Take the proposed mapping as it is")]
Sheet = Annotated[str | None, typer.Option(help="Sheet of a workbook (default: the first)")]
EncodingName = Annotated[
    str | None, typer.Option("--encoding", help="utf-8, cp932, euc_jp, utf-16 (default: found out)")
]
DateFormat = Annotated[
    str | None, typer.Option(help="How dates are written, such as %d/%m/%Y (as in strptime)")
]
TimeZone = Annotated[
    str | None, typer.Option(help="Zone of times without one (default: the organisation's)")
]
Source = Annotated[
    str | None, typer.Option(help="Where the rows come from (default: events_file, ...)")
]
Effective = Annotated[
    datetime | None,
    typer.Option(
        formats=["%Y-%m-%d"], help="Day from which owners and attributes hold (default: today)"
    ),
]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Read and check all, store nothing")]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="No progress")]
AsJson = Annotated[bool, typer.Option("--json", help="Print the closing ledger as JSON")]


def import_files(  # noqa: PLR0913 one parameter is one option
    kind: KindArgument,
    files: Files,
    maps: Maps = None,
    mapping: MappingFile = None,
    constants: Constants = None,
    ignored: Ignored = None,
    yes: Yes = False,
    sheet: Sheet = None,
    encoding: EncodingName = None,
    date_format: DateFormat = None,
    time_zone: TimeZone = None,
    source: Source = None,
    effective: Effective = None,
    dry_run: DryRun = False,
    quiet: Quiet = False,
    as_json: AsJson = False,
) -> None:
    """Import files; each row is stored, a duplicate, or in quarantine with its reason.

    Importing a file again stores nothing twice. Exit status: 0 also where rows went to
    quarantine; 1 where no row could be taken or a file can't be read; 2 where the mapping needs
    a word from you.
    """
    try:
        given = given_map(
            kind, maps=maps or (), constants=constants or (), ignored=ignored or (), file=mapping
        )
        opened = _opened(files, FileOptions(encoding=encoding, sheet=sheet))
        mapped = agreed_maps(kind, opened, given=given, date_format=date_format, yes=yes)
        session = open_session()
        zone_name = time_zone or session.time_zone
        if effective:
            refuse_future(effective.date(), session)
        options = _Options(
            kind=kind,
            date_format=date_format,
            zone=zone(zone_name) if zone_name else None,
            source=source,
            effective=effective.date() if effective else session.today,
            dry_run=dry_run,
        )
        with watching(quiet=quiet) as watch:
            report = _imported(mapped, options, session, watch)
    except (MappingError, MissingOptionError) as error:
        err.print(f"banso: {error}", markup=False, soft_wrap=True)
        raise typer.Exit(USAGE) from None
    _print(report, as_json=as_json)
    if report.all_refused:
        raise typer.Exit(1)


@dataclass(frozen=True)
class _Options:
    kind: Kind
    date_format: str | None
    zone: Zone | None
    source: str | None
    effective: date
    dry_run: bool


def _opened(names: Sequence[str], how: FileOptions) -> tuple[OpenedFile, ...]:
    opened = tuple(open_file(path, how) for path in find_files(names))
    for file in opened:
        if file.note:
            err.print(file.note, markup=False, soft_wrap=True)
    return opened


def _imported(
    files: Sequence[MappedFile], options: _Options, session: Session, watch: Watch
) -> ImportReport:
    if options.kind is Kind.EVENTS or options.kind is Kind.RECORDS:
        facts = FactImport(
            dataset="events" if options.kind is Kind.EVENTS else "records",
            now=(session.now - EPOCH) // MICROSECOND,
            zone=options.zone,
            source=options.source,
            date_format=options.date_format,
            dry_run=options.dry_run,
            account_keys=told_keys,
        )
        return import_facts(
            files,
            options=facts,
            store=session.store,
            home=session.home,
            ensure_accounts=ensure_accounts,
            watch=watch,
        )
    rows = RowImport(
        kind=options.kind,
        effective=options.effective,
        today=session.today,
        source=options.source,
        date_format=options.date_format,
        dry_run=options.dry_run,
        ids=session.definitions.organisation.account_ids if session.definitions else (),
    )
    return import_rows(files, options=rows, store=session.store, watch=watch)


def _print(report: ImportReport, *, as_json: bool) -> None:
    if as_json:
        print_json(
            ImportItem(
                source=report.source,
                dry_run=report.dry_run,
                files=[_item(file.file, _counts(file)) for file in report.files],
                total=_item(None, _total(report)),
            )
        )
        return
    total = _total(report)
    shown = table("origin", *total, right=tuple(total))
    for file in report.files:
        shown.add_row(escape(file.file), *(f"{count:,}" for count in _counts(file).values()))
    if len(report.files) > 1:
        shown.add_section()
        shown.add_row("", *(f"{count:,}" for count in total.values()))
    out.print(shown)
    _print_refused(report)


def _item(file: str | None, counts: dict[str, int]) -> ImportCounts:
    return ImportCounts(
        file=file,
        received=counts["received"],
        stored=counts.get("stored"),
        duplicate=counts.get("duplicate"),
        quarantined=counts["quarantined"],
        good=counts.get("good"),
    )


def _counts(file: FileReport) -> dict[str, int]:
    """received = stored + duplicate + quarantined; in a dry run received = good + quarantined."""
    if file.ledger is None:
        return {
            "received": file.good + file.refused,
            "good": file.good,
            "quarantined": file.refused,
        }
    return asdict(file.ledger)


def _total(report: ImportReport) -> dict[str, int]:
    counts = [_counts(file) for file in report.files]
    return {name: sum(each[name] for each in counts) for name in counts[0]}


def _print_refused(report: ImportReport) -> None:
    for file in report.files:
        for bad in file.first_refused[:FIRST_REASONS]:
            err.print(f"{file.file}, row {bad.row:,}: {bad.reason}", markup=False, soft_wrap=True)
        if file.refused > FIRST_REASONS:
            err.print(f"{file.file}: and {file.refused - FIRST_REASONS:,} more rows", markup=False)
    if report.dry_run:
        err.print("Dry run: nothing was stored. Rows stored before would count as duplicates.")
    elif report.ledger.quarantined:
        err.print(f"See them with: banso quarantine list --source {report.source}", markup=False)
