"""The example vendor, from raw files to who needs what today."""

import hashlib
import subprocess
import sys
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Annotated

import typer

import banso
from banso.cli.applying import put_in_force
from banso.cli.demo_members import make_demo_members
from banso.cli.imports import import_files
from banso.cli.links import PORT
from banso.cli.output import out
from banso.cli.running import run_and_report
from banso.cli.serve import serve
from banso.cli.session import Session, open_session
from banso.cli.today import print_today, today_items
from banso.core.definitions import read
from banso.desk.queries.decided import latest_run
from banso.desk.queries.plays import of_open_alerts
from banso.desk.queries.scope import EVERYTHING
from banso.pipeline.collect import Kind
from banso.pipeline.kept_backtests import keep_backtests
from banso.pipeline.play_entries import start
from banso.pipeline.prove import prove

SEED = 7
SINCE = date(2025, 7, 1)
AS_OF = date(2026, 10, 1)
SHOWN = 20
PLAYS = ("rescue_licences_delivery", "revive_usage")
FILES: Mapping[Kind, tuple[str, str | None, str]] = {
    Kind.ACCOUNTS: ("accounts.csv", "mapping-accounts.yaml", "crm"),
    Kind.CONTACTS: ("contacts.csv", None, "crm"),
    Kind.CONTRACTS: ("contracts.csv", None, "crm"),
    Kind.EVENTS: ("events.parquet", None, "product_log"),
    Kind.RECORDS: ("records.csv", "mapping-records.yaml", "cs_records"),
}
"""By kind: the vendor's file, the mapping that lies beside the simulator, the source's name."""


class OwnDataError(Exception):
    """The demo must not be mixed with somebody's own data."""


def demo(
    no_serve: Annotated[
        bool, typer.Option("--no-serve", help="Only compute and print; start no server")
    ] = False,
    port: Annotated[int, typer.Option(help="Port to serve on", min=1, max=65_535)] = PORT,
) -> None:
    """Simulate the example vendor Kaede, import its files, run the steps, print Today, serve the
    screens until Ctrl-C."""
    folder = example_folder()
    session = open_session(create=True)
    definitions = folder / "definitions"
    _refuse_own_data(session, read(definitions).organisation.name)
    put_in_force(definitions, by="demo", why="the example vendor")
    _import(folder, _simulate(folder, session.home / "demo"))
    session = open_session()
    run_and_report(session, AS_OF, SINCE)
    print_today(today_items(session, AS_OF, None), AS_OF, most=SHOWN)
    keep_backtests(session.store, session.applied(), as_of=AS_OF)
    _start_plays(session)
    prove(session.store, session.applied(), as_of=AS_OF)
    make_demo_members()
    if no_serve:
        out.print("\nNext: `.venv/bin/banso serve`, `banso accounts`, `banso explain ACCOUNT`.")
    else:
        out.print()
        serve(port=port)


def _start_plays(session: Session) -> None:
    """By hand, since the first run starts none: so that Today has tasks too."""
    definitions = session.applied()
    for name in PLAYS:
        rules = [x.name for x in definitions.rules.values() if x.play == name]
        chosen = of_open_alerts(EVERYTHING, rules)
        start(EVERYTHING, definitions, definitions.plays[name], chosen, day=session.today)


def _import(folder: Path, data: Path) -> None:
    """Import the vendor's files as a user would, unless that was done before."""
    done = data / "imported"
    if done.exists():
        return
    for kind, (name, mapping, source) in FILES.items():
        out.print(f"banso import {kind} {name} --source {source}")
        import_files(
            kind,
            [str(data / name)],
            mapping=folder / mapping if mapping else None,
            source=source,
            yes=True,
        )
    done.touch()


def example_folder() -> Path:
    """Kaede's files: inside the package when installed from a wheel, else in the repository."""
    package = Path(banso.__file__).parent
    places = (package / "examples" / "kaede", package.parents[1] / "examples" / "kaede")
    return next(place for place in places if (place / "simulate.py").exists())


def _refuse_own_data(session: Session, demo_name: str) -> None:
    if session.definitions is None and latest_run() is None:
        return
    if session.definitions is None or session.definitions.organisation.name != demo_name:
        raise OwnDataError(
            f"{session.home} holds data of your own; the demo would mix with it. Try it in another "
            "folder, or with BANSO_HOME set to an empty one."
        )


def _simulate(folder: Path, target: Path) -> Path:
    """Write the vendor's files, unless this simulator has written them already."""
    sources = sorted(folder.rglob("*.py"))
    digest = hashlib.sha256(b"".join(path.read_bytes() for path in sources)).hexdigest()
    data = target / f"{digest[:12]}-{SEED}"
    if not (data / "done").exists():
        out.print("Simulating 18 months of the example vendor ...")
        subprocess.run(
            [sys.executable, str(folder / "simulate.py"), "--out", str(data), "--seed", str(SEED)],
            check=True,
        )
        (data / "done").touch()
    return data
