"""init, check, schema: definitions before anything is in force."""

import json
from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape

from banso.cli.definition_shapes import MistakeItem
from banso.cli.output import err, out, print_json
from banso.core.definitions import Mistake, check, json_schema
from banso.core.definitions.templates import UnfitProductError, starter
from banso.pipeline.home import HOME_NAME

Folder = Annotated[Path, typer.Argument(help="Folder of YAML definitions", show_default=True)]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON instead of a table")]


def init(
    folder: Annotated[Path, typer.Argument(help="Folder to write the starter set into")] = Path(
        "definitions"
    ),
    product: Annotated[
        list[str] | None,
        typer.Option(help="A product whose seats are sold apart; once for each of them"),
    ] = None,
) -> None:
    """Make a Banso home here and write a starter set of definitions to copy from."""
    try:
        texts = starter(product or ())
    except UnfitProductError as error:
        raise typer.BadParameter(str(error), param_hint="--product") from error
    present = [name for name in texts if (folder / name).exists()]
    if present:
        err.print(f"{folder / present[0]} is there already; nothing was written.")
        raise typer.Exit(1)
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in texts.items():
        (folder / name).write_text(text, encoding="utf-8")
        out.print(f"wrote {folder / name}")
    Path(HOME_NAME).mkdir(exist_ok=True)
    out.print(f"Next: change them to your own, `banso check {folder}`, `banso apply {folder}`.")


def check_definitions(folder: Folder = Path("definitions"), as_json: AsJson = False) -> None:
    """Report every mistake in the definitions at once, with file, line and the nearest name."""
    definitions, mistakes = check(folder)
    if as_json:
        print_json([MistakeItem(**vars(mistake)) for mistake in mistakes])
    else:
        print_mistakes(mistakes)
        if definitions is not None:
            out.print(
                f"{folder}: {len(definitions.metrics)} metrics, {len(definitions.journeys)} "
                f"journeys, {len(definitions.segments)} segments, {len(definitions.rules)} rules, "
                f"{len(definitions.outcomes)} outcomes: "
                f"no mistakes. Fingerprint {definitions.fingerprint}",
                soft_wrap=True,
            )
    if definitions is None:
        raise typer.Exit(1)


def print_mistakes(mistakes: tuple[Mistake, ...]) -> None:
    for mistake in mistakes:
        err.print(escape(str(mistake)), soft_wrap=True)


def schema() -> None:
    """Print the JSON Schema of a definition file, for completion in an editor."""
    typer.echo(json.dumps(json_schema(), ensure_ascii=False, indent=2))
