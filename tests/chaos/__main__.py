"""Command line of the chaos tests."""

import argparse
import os
import shutil
import sys
import tempfile
from pathlib import Path

from banso.store.server import stop
from tests.chaos import ingest, killing
from tests.chaos.killing import DamageError


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.chaos", description=__doc__)
    choices = ["store", "ingest", "outbox"]
    parser.add_argument("what", choices=choices, help="which part to torment")
    parser.add_argument("--kills", type=int, default=100, help="how often (default 100)")
    parser.add_argument("--deliveries", type=int, default=100_000, help="messages of the outbox")
    parser.add_argument("--seed", type=int, default=0, help="repeat the choices of a run")
    wanted = parser.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="banso-chaos-"))
    try:
        report = _torment(wanted, folder)
    except (DamageError, TimeoutError) as damage:
        say(f"DAMAGE: {damage}\nThe log, and for `store` all of it, is left in {folder}.")
        return 1
    shutil.rmtree(folder)
    say(report)
    return 0


def _torment(wanted: argparse.Namespace, folder: Path) -> str:
    kills, seed = wanted.kills, wanted.seed
    if wanted.what == "store":
        return str(killing.torment(folder, kills=kills, seed=seed, say=say))
    if wanted.what == "outbox":
        return _torment_outbox(wanted, folder)
    report = ingest.torment(folder, kills=kills, seed=seed, say=say)
    return "\n".join(f"{name:40}{count:>10}" for name, count in report.rows())


def _torment_outbox(wanted: argparse.Namespace, folder: Path) -> str:
    os.environ |= {"BANSO_HOME": str(folder), "BANSO_PRIVATE_RECEIVERS": "127.0.0.1"}
    from banso.cli.session import open_session  # noqa: PLC0415  the home is known only now

    os.environ["DATABASE_URL"] = open_session(create=True).store.dsn
    from tests.chaos import outbox  # noqa: PLC0415

    try:
        return str(
            outbox.torment(
                deliveries=wanted.deliveries, kills=wanted.kills, seed=wanted.seed, say=say
            )
        )
    finally:
        stop(folder)


def say(text: str) -> None:
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
