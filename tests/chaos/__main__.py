"""Command line of the chaos tests."""

import argparse
import os
import shutil
import sys
import tempfile
from pathlib import Path

from banso.store.server import stop
from tests.chaos.killing import DamageError, torment


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.chaos", description=__doc__)
    parser.add_argument("what", choices=["store", "outbox"], help="which part to torment")
    parser.add_argument("--kills", type=int, default=100, help="how often (default 100)")
    parser.add_argument("--deliveries", type=int, default=100_000, help="messages of the outbox")
    parser.add_argument("--seed", type=int, default=0, help="repeat the choices of a run")
    wanted = parser.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="banso-chaos-"))
    try:
        outcome = _outcome(wanted, folder)
    except DamageError as damage:
        say(f"DAMAGE: {damage}\nThe store is left in {folder} to be looked at.")
        return 1
    shutil.rmtree(folder)
    say(str(outcome))
    return 0


def _outcome(wanted: argparse.Namespace, folder: Path) -> object:
    if wanted.what == "store":
        return torment(folder, kills=wanted.kills, seed=wanted.seed, say=say)
    os.environ |= {"BANSO_HOME": str(folder), "BANSO_PRIVATE_RECEIVERS": "127.0.0.1"}
    from banso.cli.session import open_session  # noqa: PLC0415  the home is known only now

    os.environ["DATABASE_URL"] = open_session(create=True).store.dsn
    from tests.chaos import outbox  # noqa: PLC0415

    try:
        return outbox.torment(
            deliveries=wanted.deliveries, kills=wanted.kills, seed=wanted.seed, say=say
        )
    finally:
        stop(folder)


def say(text: str) -> None:
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
