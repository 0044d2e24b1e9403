"""Command line of the chaos tests."""

import argparse
import shutil
import sys
import tempfile
from pathlib import Path

from tests.chaos.killing import DamageError, torment


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.chaos", description=__doc__)
    parser.add_argument("what", choices=["store"], help="which part to torment")
    parser.add_argument("--kills", type=int, default=100, help="how often (default 100)")
    parser.add_argument("--seed", type=int, default=0, help="repeat the choices of a run")
    wanted = parser.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="banso-chaos-"))
    try:
        outcome = torment(folder, kills=wanted.kills, seed=wanted.seed, say=say)
    except DamageError as damage:
        say(f"DAMAGE: {damage}\nThe store is left in {folder} to be looked at.")
        return 1
    shutil.rmtree(folder)
    say(str(outcome))
    return 0


def say(text: str) -> None:
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
