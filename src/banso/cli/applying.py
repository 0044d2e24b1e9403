"""plan, apply and pull: see what definitions would change, put them in force, and write what was
switched on meanwhile back into the folder."""

import getpass
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape
from rich.table import Table

from banso.cli.definition_shapes import MoveItem, PlanItem, RuleLoadItem
from banso.cli.definitions import AsJson, Folder, print_mistakes
from banso.cli.output import err, moment, number, out, print_json, state, table
from banso.cli.running import AsOf, refuse_future
from banso.cli.session import open_session
from banso.cli.words import word
from banso.core.definitions import Definitions, check, loads, texts
from banso.core.definitions.rule_draft import lost
from banso.desk.queries.decided import latest_run
from banso.desk.queries.definitions import files_in_force, last_folder_files
from banso.desk.queries.play_names import unmet
from banso.desk.services.definitions import apply_definitions
from banso.pipeline.gather import check_measurable
from banso.pipeline.preview import Move, Preview, RuleLoad, State, preview


class TakenBackError(Exception):
    """To apply the folder would silently take back what was switched on without it."""


class ChangedInBothError(Exception):
    """A file was changed in the folder and in force."""


SHOWN = 20
"""Rows of each table on a screen; `--json` has all of them."""


def plan(folder: Folder = Path("definitions"), as_of: AsOf = None, as_json: AsJson = False) -> None:
    """Show what the definitions in FOLDER would change. Changes nothing itself."""
    new = _checked(folder)
    session = open_session(create=True)
    _refuse_unmet(folder)
    if names := not_in_folder(new):
        said = word("would_lose").format(folder=folder, names=", ".join(names))
        err.print(escape(said), soft_wrap=True)
    run = latest_run()
    day = as_of.date() if as_of else run.as_of if run else session.today
    refuse_future(day, session)
    if _same(session.definitions, new):
        found = Preview(as_of=day, differences=(), moves=(), loads=())
    else:
        found = preview(session.store, old=session.definitions, new=new, as_of=day)
    if as_json:
        print_json(_item(found))
    elif found.differences or session.definitions is None:
        _print(found)
    else:
        out.print(word("no_definition_change"))


def apply_folder(
    folder: Folder = Path("definitions"),
    why: Annotated[str, typer.Option(help="The reason, kept with the set")] = "",
    by: Annotated[str | None, typer.Option(help="Who applies it; default: your login")] = None,
    drop_screen_changes: Annotated[
        bool,
        typer.Option(
            "--drop-screen-changes",
            help="Also where that takes back what was switched on meanwhile",
        ),
    ] = False,
) -> None:
    """Put the definitions in FOLDER in force; who, when and why are recorded."""
    new = _checked(folder)
    open_session(create=True)
    _refuse_unmet(folder)
    if not drop_screen_changes and (names := not_in_folder(new)):
        raise TakenBackError(
            f"{folder} does not have what was switched on since it was last applied: "
            f"{', '.join(names)}. `banso pull {folder}` writes it there; --drop-screen-changes "
            "applies the folder without it."
        )
    fingerprint = put_in_force(folder, by=by or getpass.getuser(), why=why)
    if fingerprint:
        out.print(word("in_force").format(fingerprint=fingerprint))
    else:
        out.print(word("already_in_force"))


def pull(folder: Folder = Path("definitions")) -> None:
    """Write into FOLDER what was switched on since it was last applied."""
    open_session()
    base, files = last_folder_files(), files_in_force()
    found = {name: text for name, text in files.items() if _text(folder / name) != text}
    mine = [x for x in found if _text(folder / x) not in {None, base.get(x)}]
    if mine:
        raise ChangedInBothError(
            f"Changed in {folder} and in force: {', '.join(sorted(mine))}. Bring them together by "
            "hand (`banso rules show RULE` prints a rule in force), or set yours aside first. "
            "Nothing was written."
        )
    for name, text in sorted(found.items()):
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        out.print(word("pulled").format(path=path))
    if not found:
        out.print(word("nothing_to_pull").format(folder=folder))


def _text(path: Path) -> str | None:
    return path.read_text(encoding="utf-8") if path.exists() else None


def not_in_folder(new: Definitions) -> list[str]:
    """`rule quiet`, ...: what was switched on since a folder was last applied, and stands in this
    one as if it had not been."""
    base, files = last_folder_files(), files_in_force()
    if not base or base == files:
        return []
    return [f"{kind} {name}" for kind, name in lost(loads(base), loads(files), new)]


def put_in_force(folder: Path, *, by: str, why: str) -> str | None:
    """Apply a folder in the open session. Its fingerprint; None where it was in force already."""
    files = texts(folder)
    new = loads(files)
    applied = apply_definitions(
        files=files,
        fingerprint=new.fingerprint,
        metadata_fingerprint=new.metadata_fingerprint,
        applied_by=by,
        why=why,
    )
    return new.fingerprint if applied else None


def _checked(folder: Path) -> Definitions:
    definitions, mistakes = check(folder)
    print_mistakes(mistakes)
    if definitions is None:
        raise typer.Exit(1)
    check_measurable(definitions)
    return definitions


def _refuse_unmet(folder: Path) -> None:
    """Channels, members and teams that plays and rules name and the desk does not have."""
    mistakes = unmet(texts(folder))
    print_mistakes(mistakes)
    if any(x.level == "error" for x in mistakes):
        raise typer.Exit(1)


def _same(old: Definitions | None, new: Definitions) -> bool:
    """Whether nothing at all differs, labels included."""
    return old is not None and (old.fingerprint, old.metadata_fingerprint) == (
        new.fingerprint,
        new.metadata_fingerprint,
    )


def _item(found: Preview) -> PlanItem:
    return PlanItem(
        as_of=found.as_of,
        changes=[f"{x.kind} {x.name}{'.' + x.field if x.field else ''}" for x in found.differences],
        moves=[_move(x) for x in found.moves],
        rules=[
            RuleLoadItem(
                rule=x.rule,
                week_before=x.week[0],
                week_after=x.week[1],
                quarter_before=x.quarter[0],
                quarter_after=x.quarter[1],
                open_before=x.open[0],
                open_after=x.open[1],
                would_open=list(x.would_open),
                would_close=list(x.would_close),
            )
            for x in found.loads
        ],
    )


def _move(move: Move) -> MoveItem:
    return MoveItem(
        account=move.account,
        journey=move.journey,
        stage_before=move.before.stage if move.before else None,
        stage_after=move.after.stage if move.after else None,
        colour_before=move.before.colour if move.before else None,
        colour_after=move.after.colour if move.after else None,
    )


def _print(found: Preview) -> None:
    for difference in _item(found).changes:
        out.print(escape(f"~ {difference}"))
    if found.moves:
        out.print(_moves(found))
    out.print(f"{word('moves')}: {len(found.moves):,} ({moment(found.as_of)})\n")
    loads = [x for x in found.loads if _differs(x)]
    if loads:
        out.print(_loads(loads))
    else:
        out.print(word("same_alerts"))


def _moves(found: Preview) -> Table:
    moves = table("account", "journey", "stage", "colour", "score", title=word("moves"))
    for move in found.moves[:SHOWN]:
        moves.add_row(
            move.account,
            move.journey,
            f"{_stage(move.before)} → {_stage(move.after)}",
            f"{_colour(move.before)} → {_colour(move.after)}",
            f"{_score(move.before)} → {_score(move.after)}",
        )
    return moves


def _differs(load: RuleLoad) -> bool:
    pairs = (load.week, load.quarter, load.open)
    return bool(load.would_open or load.would_close or any(old != new for old, new in pairs))


def _loads(loads: list[RuleLoad]) -> Table:
    rows = table("rule", "last_7_days", "last_90_days", "open_now", "would_open", "would_close")
    for x in loads:
        rows.add_row(
            x.rule,
            *(f"{before} → {after}" for before, after in (x.week, x.quarter, x.open)),
            _few(x.would_open),
            _few(x.would_close),
        )
    return rows


def _stage(side: State | None) -> str:
    return side.stage if side else "-"


def _colour(side: State | None) -> str:
    return state(side.colour) if side else "-"


def _score(side: State | None) -> str:
    return number(side.score) if side else "-"


def _few(accounts: Sequence[str]) -> str:
    more = f" +{len(accounts) - 3}" if len(accounts) > 3 else ""
    return ", ".join(accounts[:3]) + more
