"""The example vendor, from raw files to who needs what today."""

import hashlib
import subprocess
import sys
from datetime import date
from pathlib import Path
from typing import Annotated

import typer

import banso
from banso.cli.applying import definition_files
from banso.cli.output import out
from banso.cli.running import run_and_report
from banso.cli.session import Session, open_session
from banso.cli.today import print_today, today_items
from banso.core.definitions import read
from banso.desk.queries.decided import latest_run
from banso.desk.services.definitions import apply_definitions
from banso.pipeline.collect.demo import import_demo

SEED = 7
SINCE = date(2025, 7, 1)
AS_OF = date(2026, 10, 1)
SHOWN = 20
APPLIED_BY = "demo"


class OwnDataError(Exception):
    """The demo must not be mixed with somebody's own data."""


def demo(
    no_serve: Annotated[
        bool, typer.Option("--no-serve", help="Only compute and print; start no server")
    ] = False,
) -> None:
    """Simulate the example vendor Kaede, import its files, run the steps, print Today."""
    folder = example_folder()
    session = open_session(create=True)
    _refuse_own_data(session)
    data = _simulate(folder, session.home / "demo")
    import_demo(session.store, data, effective=AS_OF)
    definitions = folder / "definitions"
    new = read(definitions)
    apply_definitions(
        files=definition_files(definitions),
        fingerprint=new.fingerprint,
        metadata_fingerprint=new.metadata_fingerprint,
        applied_by=APPLIED_BY,
        why="the example vendor",
    )
    session = open_session()
    run_and_report(session, AS_OF, SINCE)
    print_today(today_items(session, AS_OF, None), AS_OF, most=SHOWN)
    out.print("\nNext: `.venv/bin/banso today`, `banso explain ACCOUNT`, `banso accounts`.")
    if not no_serve:
        out.print("The screens come with the next release; nothing is served yet.")


def example_folder() -> Path:
    """Kaede's files: inside the package when installed from a wheel, else in the repository."""
    package = Path(banso.__file__).parent
    places = (package / "examples" / "kaede", package.parents[1] / "examples" / "kaede")
    return next(place for place in places if (place / "simulate.py").exists())


def _refuse_own_data(session: Session) -> None:
    if session.definitions is None and latest_run() is None:
        return
    if session.definitions is not None and session.definitions.organisation.name != "Kaede":
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
