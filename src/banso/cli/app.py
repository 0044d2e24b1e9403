"""`banso`: every command is listed here and lives in the module of its noun."""

import sys
from collections.abc import Collection, Mapping
from importlib import import_module
from importlib.metadata import version

import typer

COMMANDS: Mapping[str, tuple[str, str]] = {
    "demo": ("demo", "demo"),
    "init": ("definitions", "init"),
    "check": ("definitions", "check_definitions"),
    "plan": ("applying", "plan"),
    "apply": ("applying", "apply_folder"),
    "pull": ("applying", "pull"),
    "import": ("imports", "import_files"),
    "run": ("running", "run"),
    "today": ("today", "today"),
    "accounts": ("accounts", "app"),
    "explain": ("explain", "explain"),
    "backtest": ("backtest", "backtest"),
    "gaps": ("gaps", "gaps"),
    "prove": ("value", "prove"),
    "value": ("value", "value"),
    "export": ("export", "export"),
    "quarantine": ("quarantine", "app"),
    "ledger": ("quarantine", "ledger"),
    "members": ("members", "app"),
    "keys": ("keys", "app"),
    "tokens": ("tokens", "app"),
    "channels": ("channels", "app"),
    "outbox": ("outbox", "app"),
    "rules": ("rules", "app"),
    "mutes": ("mutes", "app"),
    "plays": ("plays", "app"),
    "tasks": ("tasks", "app"),
    "mails": ("mails", "app"),
    "ids": ("ids", "app"),
    "serve": ("serve", "serve"),
    "worker": ("worker", "worker"),
    "doctor": ("doctor", "doctor"),
    "schema": ("definitions", "schema"),
    "stop": ("running", "stop_database"),
    "shell": ("shell", "shell"),
}
"""Command -> (module of banso.cli, function or application with commands of its own). A command's
module, and all that it needs, is loaded when the command is called: that takes seconds for some and
nothing for others."""


def build(names: Collection[str] = COMMANDS.keys()) -> typer.Typer:
    """The application with these commands."""
    app = typer.Typer(
        name="banso",
        no_args_is_help=True,
        rich_markup_mode=None,
        pretty_exceptions_enable=False,
    )
    app.callback()(root)
    for name in COMMANDS:
        if name in names:
            module, function = COMMANDS[name]
            found = getattr(import_module(f"banso.cli.{module}"), function)
            if isinstance(found, typer.Typer):
                app.add_typer(found, name=name)
            else:
                app.command(name)(found)
    return app


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"banso {version('banso')}")
        raise typer.Exit


def root(
    version: bool = typer.Option(
        False, "--version", callback=_version, is_eager=True, help="Print the version"
    ),
) -> None:
    """Banso (伴走): which customer needs which action today, and why."""


def main() -> None:
    """The console script: errors that a person can mend are one line, not a traceback."""
    word = sys.argv[1] if len(sys.argv) > 1 else ""
    try:
        build([word] if word in COMMANDS or word == "--version" else COMMANDS.keys())()
    except BrokenPipeError:  # `banso accounts | head`
        sys.stderr.close()
        sys.exit(0)
    except Exception as error:
        if not for_people(error):
            raise
        sys.stderr.write(f"banso: {str(error).strip()}\n")
        sys.exit(1)


def for_people(error: Exception) -> bool:
    """Whether the text of an error says all that a person needs: Banso's own exceptions, and a
    database that can't be reached."""
    kinds = type(error).__mro__
    return type(error).__module__.startswith("banso.") or any(
        kind.__name__ == "OperationalError" for kind in kinds
    )
