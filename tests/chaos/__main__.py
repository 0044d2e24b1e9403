"""Command line of the chaos tests."""

import argparse
import shutil
import sys
import tempfile
from pathlib import Path

from tests.chaos import ingest, killing
from tests.chaos.killing import DamageError


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.chaos", description=__doc__)
    parser.add_argument("what", choices=["store", "ingest"], help="which part to torment")
    parser.add_argument("--kills", type=int, default=100, help="how often (default 100)")
    parser.add_argument("--seed", type=int, default=0, help="repeat the choices of a run")
    wanted = parser.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="banso-chaos-"))
    try:
        report = _torment(wanted.what, folder, kills=wanted.kills, seed=wanted.seed)
    except DamageError as damage:
        say(f"DAMAGE: {damage}\nThe log, and for `store` all of it, is left in {folder}.")
        return 1
    shutil.rmtree(folder)
    say(report)
    return 0


def _torment(what: str, folder: Path, *, kills: int, seed: int) -> str:
    if what == "store":
        return str(killing.torment(folder, kills=kills, seed=seed, say=say))
    report = ingest.torment(folder, kills=kills, seed=seed, say=say)
    return "\n".join(f"{name:40}{count:>10}" for name, count in report.rows())


def say(text: str) -> None:
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
