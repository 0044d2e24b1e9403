"""`banso`: every command is registered here and lives in the module of its noun."""

import sys

import typer

from banso import __version__
from banso.cli import (
    accounts,
    applying,
    definitions,
    demo,
    doctor,
    explain,
    export,
    imports,
    quarantine,
    running,
    shell,
    today,
)
from banso.cli.errors import FRIENDLY
from banso.cli.output import err

app = typer.Typer(
    name="banso",
    help="Banso (伴走): which customer needs which action today, and why.",
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)

app.command("demo")(demo.demo)
app.command("init")(definitions.init)
app.command("check")(definitions.check_definitions)
app.command("plan")(applying.plan)
app.command("apply")(applying.apply_folder)
app.command("import")(imports.import_files)
app.command("run")(running.run)
app.command("today")(today.today)
app.command("accounts")(accounts.accounts)
app.command("explain")(explain.explain)
app.command("export")(export.export)
app.command("quarantine")(quarantine.quarantine)
app.command("ledger")(quarantine.ledger)
app.command("doctor")(doctor.doctor)
app.command("schema")(definitions.schema)
app.command("stop")(running.stop_database)
app.command("shell")(shell.shell)


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"banso {__version__}")
        raise typer.Exit


@app.callback()
def root(
    version: bool = typer.Option(
        False, "--version", callback=_version, is_eager=True, help="Print the version"
    ),
) -> None:
    """Banso (伴走): which customer needs which action today, and why."""


def main() -> None:
    """The console script: errors that a person can mend are one line, not a traceback."""
    try:
        app()
    except FRIENDLY as error:
        err.print(f"banso: {error}", markup=False, soft_wrap=True)
        sys.exit(1)
    except BrokenPipeError:  # `banso accounts | head`
        sys.stderr.close()
        sys.exit(0)
