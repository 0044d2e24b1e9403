"""`banso doctor`: what is installed and where, and every problem with its mend."""

import os
import platform
import shutil
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Annotated
from urllib.parse import urlsplit

import psycopg
import typer
from rich.markup import escape

from banso import __version__
from banso.cli.output import err, out, print_json
from banso.cli.session import Session, open_session
from banso.cli.shapes import DoctorItem
from banso.desk.queries.decided import latest_run
from banso.desk.queries.outbox import shut_out
from banso.pipeline.freshness import late_sources
from banso.pipeline.home import HOME_NAME, find_home
from banso.store import PlaceError, WrongDatabaseError
from banso.store.inspection import counts

LIBRARIES = ("django", "psycopg", "duckdb", "pyarrow", "numpy", "numba", "sqlglot")
NAMED = 3
"""Broken files that are named; a lost folder has thousands."""
LEAST_DISK = 2 * 2**30
"""Bytes. A run writes aside before it swaps, so it needs room for a second copy of its output."""


@dataclass(frozen=True)
class Problem:
    what: str
    mend: str


def doctor(
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON instead of lines")] = False,
) -> None:
    """Print versions, paths, database, disk, time zone, and every problem with its mend."""
    facts = {"banso": __version__, "python": platform.python_version()}
    facts |= {name: version(name) for name in LIBRARIES}
    problems: list[Problem] = []
    home = find_home()
    facts["home"] = str(home) if home else "none"
    if home is None:
        problems.append(
            Problem(
                f"There is no {HOME_NAME} folder here or above, and BANSO_HOME is not set",
                "`banso init` makes one in the current folder; or set BANSO_HOME",
            )
        )
    else:
        _disk(home, facts, problems)
        _database(facts, problems)
    _report(facts, problems, as_json=as_json)
    if problems:
        raise typer.Exit(1)


def _disk(home: Path, facts: dict[str, str], problems: list[Problem]) -> None:
    there = next(x for x in (home, *home.parents) if x.exists())
    free = shutil.disk_usage(there).free
    facts["disk free"] = f"{free / 2**30:.1f} GiB"
    if not os.access(there, os.W_OK):
        problems.append(Problem(f"{there} can't be written to", "give this user the folder"))
    if free < LEAST_DISK:
        problems.append(
            Problem(f"Only {free / 2**30:.1f} GiB of disk are free", f"make room beside {there}")
        )


def _database(facts: dict[str, str], problems: list[Problem]) -> None:
    """Open the home as every command does, and look at what it holds."""
    try:
        session = open_session()
    except (PlaceError, WrongDatabaseError) as error:
        problems.append(
            Problem(
                f"The segments can't be used: {str(error).strip().rstrip('.')}",
                "see there; BANSO_SEGMENTS unset means the folder `segments` of the home",
            )
        )
        return
    except (RuntimeError, psycopg.Error, OSError) as error:
        problems.append(
            Problem(
                f"The database can't be used: {str(error).strip().rstrip('.')}",
                "see there; DATABASE_URL unset means the embedded server",
            )
        )
        return
    with psycopg.connect(session.store.dsn) as connection:
        facts["postgresql"] = connection.info.parameter_status("server_version") or "?"
    own = bool(os.environ.get("DATABASE_URL"))
    facts["database"] = _without_password(session.store.dsn)
    facts["server"] = "DATABASE_URL" if own else "embedded (stop it with `banso stop`)"
    _segments(session, facts, problems)
    _definitions(session, facts, problems)
    _data(session, facts, problems)
    problems += (
        Problem(
            f"Nothing gets through the channel {name}",
            f"`banso channels list` says why; then `banso channels enable {name}`",
        )
        for name in shut_out()
    )


def _segments(session: Session, facts: dict[str, str], problems: list[Problem]) -> None:
    """Where they lie, and whether those of the manifest are all there."""
    facts["segments"] = session.store.place.address
    if broken := session.store.broken_files():
        more = f" and {len(broken) - NAMED} more" if len(broken) > NAMED else ""
        problems.append(
            Problem(
                f"Segments are missing or torn: {', '.join(broken[:NAMED])}{more}",
                "restore the segments and the database from the same backup",
            )
        )


def _definitions(session: Session, facts: dict[str, str], problems: list[Problem]) -> None:
    facts["time zone"] = session.time_zone or "unknown until definitions are applied"
    if session.definitions is None:
        problems.append(
            Problem("No definitions are in force", "`banso init`, then `banso apply definitions`")
        )
        return
    facts["definitions"] = session.definitions.fingerprint
    if "time_zone" not in session.definitions.organisation.model_fields_set:
        problems.append(
            Problem(
                "The organisation's time zone is not set, so days begin at 00:00 UTC",
                "set `time_zone:` under `organisation:` (for example Asia/Tokyo, or UTC)",
            )
        )


def _data(session: Session, facts: dict[str, str], problems: list[Problem]) -> None:
    run = latest_run()
    facts["last run"] = f"as of {run.as_of}" if run else "never"
    held = counts(session.store)
    facts["facts"] = f"{held.facts:,} in {held.segments:,} segments, {held.inbox:,} in inbox"
    facts["quarantine"] = f"{held.quarantined:,} rows (`banso quarantine list` lists them)"
    if session.definitions is None:
        return
    problems += (
        Problem(late.message, "import newer data, or mend the feed")
        for late in late_sources(
            session.store, session.definitions, session.today, today=session.today
        )
    )


def _without_password(address: str) -> str:
    password = urlsplit(address).password
    return address.replace(f":{password}@", ":***@") if password else address


def _report(facts: dict[str, str], problems: list[Problem], *, as_json: bool) -> None:
    if as_json:
        print_json(DoctorItem(facts=facts, problems=[vars(problem) for problem in problems]))
        return
    width = max(len(name) for name in facts)
    for name, value in facts.items():
        out.print(f"{name:<{width}}  {escape(value)}", soft_wrap=True)
    for problem in problems:
        err.print(f"[red]problem[/] {escape(problem.what)}.\n  mend: {escape(problem.mend)}.",
                  soft_wrap=True)  # fmt: skip
    if not problems:
        out.print("No problem found.")
