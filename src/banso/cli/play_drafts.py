"""`banso plays draft | compare | switch-on | drop`: a play is changed without being done."""

import getpass
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape

from banso.cli.output import out, print_json, table
from banso.cli.plays_shapes import PlayChangeItem, PlayComparisonItem
from banso.cli.session import open_session
from banso.cli.words import word
from banso.core.definitions.rule_draft import text_of
from banso.desk.models import DraftKind
from banso.desk.queries.definitions import files_in_force
from banso.desk.queries.drafts import draft_of
from banso.desk.queries.scope import EVERYTHING
from banso.desk.services.drafts import NoDraftError, drop_draft
from banso.pipeline.compared_play import compared_play
from banso.pipeline.drafts import save_play, switch_on

Name = Annotated[str, typer.Argument(metavar="PLAY", help="Name of the play")]


def text_for(play: str) -> str | None:
    """What one begins with: the draft, else the play in force. None where there is neither."""
    saved = draft_of(DraftKind.PLAY, play)
    return saved.text if saved is not None else text_of(files_in_force(), play, "play")


def draft(
    file: Annotated[
        Path, typer.Argument(help="YAML file with one play and what it needs", exists=True)
    ],
) -> None:
    """Save a draft; mistakes are named with their line. Nothing is done by a draft."""
    open_session()
    saved = save_play(EVERYTHING, file.read_text(encoding="utf-8"))
    out.print(word("play_draft_saved").format(play=saved.rule), soft_wrap=True)


def compare(
    play: Name,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON instead of tables")] = False,
) -> None:
    """Show what a draft changes beside the play in force, and whom it would take in now."""
    session = open_session()
    saved = draft_of(DraftKind.PLAY, play)
    if saved is None:
        raise NoDraftError(f"play '{play}' has no draft")
    found = compared_play(EVERYTHING, session.applied(), saved.text, day=session.today)
    enters = sum(x.out is None for x in found.entries)
    item = PlayComparisonItem(
        play=play,
        changes=[PlayChangeItem(**vars(x)) for x in found.changes],
        enters=enters,
        kept_out=len(found.entries) - enters,
    )
    if as_json:
        print_json(item)
    else:
        _print(item)


def put_on(
    play: Name,
    why: Annotated[str, typer.Option(help="The reason, kept with the set")] = "",
    by: Annotated[str | None, typer.Option(help="Who does it; default: your login")] = None,
) -> None:
    """Put the draft of a play in force, by the same checks as `banso apply`. Runs that go on keep
    their version."""
    open_session()
    made = switch_on(EVERYTHING, play, by=by or getpass.getuser(), why=why, kind=DraftKind.PLAY)
    said = word("switched_on").format(rule=play, fingerprint=made.fingerprint)
    out.print(said, soft_wrap=True)


def drop(play: Name) -> None:
    """Drop the draft of a play. The play in force stays as it is."""
    open_session()
    drop_draft(scope=EVERYTHING, rule=play, kind=DraftKind.PLAY)
    out.print(word("draft_dropped").format(rule=play))


COMMANDS: Mapping[str, Callable[..., None]] = {
    "draft": draft,
    "compare": compare,
    "switch-on": put_on,
    "drop": drop,
}


def _print(item: PlayComparisonItem) -> None:
    if item.changes:
        rows = table("field", "in_force_rule", "draft")
        for x in item.changes:
            name = f"{x.name}.{x.field}" if x.field else x.name
            rows.add_row(*(escape(_shown(y)) for y in (name, x.old, x.new)))
        out.print(rows)
    else:
        out.print(word("no_definition_change"))
    out.print(word("play_would_enter").format(enters=item.enters, kept_out=item.kept_out))


def _shown(value: object) -> str:
    return "-" if value is None else str(value)
