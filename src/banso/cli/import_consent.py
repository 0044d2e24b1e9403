"""A proposed mapping is shown, and taken only when a person agrees."""

import sys
from collections.abc import Sequence

import typer
from rich.markup import escape

from banso.cli.output import err, table
from banso.pipeline.collect import (
    ColumnMap,
    Kind,
    MappedFile,
    MappingError,
    OpenedFile,
    Proposal,
    check_columns,
    check_dates,
    given_map,
    propose_mapping,
    sample_of,
)
from banso.pipeline.collect.proposal import Sample


def agreed_maps(
    kind: Kind,
    files: Sequence[OpenedFile],
    *,
    given: ColumnMap,
    date_format: str | None,
    yes: bool,
) -> tuple[MappedFile, ...]:
    """Each file with its mapping; files with the same columns share one.

    Raises MappingError where a person would have to be asked and there is no terminal, or where
    a required field comes from nowhere.
    """
    agreed: dict[tuple[str, ...], ColumnMap] = {}
    mapped = []
    for file in files:
        columns, where = file.reader.columns, str(file.path)
        sample = sample_of(file.reader)
        if columns not in agreed:
            check_columns(given, columns, where=where)
            proposal = propose_mapping(kind, columns=columns, sample=sample, given=given)
            agreed[columns] = _agreed(proposal, columns, sample, where=where, yes=yes)
        check_dates(kind, agreed[columns], sample=sample, date_format=date_format, where=where)
        mapped.append(MappedFile(file, agreed[columns]))
    return tuple(mapped)


def _agreed(
    proposal: Proposal, columns: Sequence[str], sample: Sample, *, where: str, yes: bool
) -> ColumnMap:
    asked = sys.stdin.isatty() and sys.stderr.isatty()
    if not proposal.guessed and not proposal.missing:
        return proposal.map
    _show(proposal, columns, where=where)
    if yes or not asked:
        if proposal.missing:
            raise MappingError(_missing(proposal, columns, where=where))
        if not yes:
            raise MappingError(
                f"{where}: this mapping is only proposed. To take it, add --yes, or say it:\n"
                f"  {' '.join(proposal.map.options())}"
            )
        return proposal.map
    while not _confirmed(proposal):
        proposal = _edited(proposal, columns, sample, where=where)
        _show(proposal, columns, where=where)
    return proposal.map


def _missing(proposal: Proposal, columns: Sequence[str], *, where: str) -> str:
    names = [field.name for field in proposal.missing]
    options = " ".join(f"--map {name}=COLUMN" for name in names)
    found = " ".join(proposal.map.options())
    return (
        f"{where}: no column was found for: {', '.join(names)}. Name it with {options}, or give "
        f"all rows one value with --set {names[0]}=VALUE.\n"
        f"  The columns are: {', '.join(columns)}." + (f"\n  Found: {found}" if found else "")
    )


def _show(proposal: Proposal, columns: Sequence[str], *, where: str) -> None:
    shown = table("field", "column", "why", "samples", title=f"{escape(where)}: mapping")
    for line in proposal.fields:
        needed = line.field.required and line.column is None and not line.why
        column = "[bold red]missing[/]" if needed else escape(line.column or "")
        shown.add_row(line.field.name, column, line.why, escape(" | ".join(line.samples)[:60]))
    rest = proposal.map.extra_columns(columns)
    if rest:
        became = proposal.kind.extras or "left out"
        shown.add_section()
        shown.add_row(became, escape(", ".join(rest)), "the other columns", "")
    err.print(shown)


def _confirmed(proposal: Proposal) -> bool:
    """Whether the person takes it; False: they want to change a field. `n` ends the import."""
    if proposal.missing:
        return False
    answer = ""
    while answer not in ("y", "yes", "n", "no", "e", "edit"):
        answer = typer.prompt("Take this mapping? [y]es, [n]o, [e]dit a field", err=True).lower()
    if answer.startswith("n"):
        raise typer.Abort
    return answer.startswith("y")


def _edited(proposal: Proposal, columns: Sequence[str], sample: Sample, *, where: str) -> Proposal:
    """Ask for one FIELD=COLUMN until it fits; the rest of the proposal stays."""
    current = proposal.map
    while True:
        text = typer.prompt("FIELD=COLUMN (FIELD= for no column)", err=True)
        try:
            said = given_map(proposal.kind, maps=[text])
            taken = set(said.columns.values())
            kept = {
                name: column
                for name, column in current.columns.items()
                if not said.settled(name) and column not in taken
            }
            changed = ColumnMap(
                columns={**kept, **said.columns},
                constants=current.constants,
                extras=current.extras,
                ignored=current.ignored,
                declined=current.declined | said.declined,
                complete=True,
            )
            check_columns(changed, columns, where=where)
        except MappingError as error:
            err.print(str(error), markup=False, soft_wrap=True)
            continue
        return propose_mapping(proposal.kind, columns=columns, sample=sample, given=changed)
