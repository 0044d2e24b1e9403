"""Where Banso keeps its data: a folder found as git finds its own."""

import os
import secrets
from pathlib import Path

HOME_NAME = ".banso"
LEAST_KEY = 32


class WeakKeyError(Exception):
    """The key that was given can be guessed."""


def find_home() -> Path | None:
    """BANSO_HOME, or the nearest `.banso` folder here or above; None where there is none."""
    if named := os.environ.get("BANSO_HOME"):
        return Path(named).expanduser().resolve()
    here = Path.cwd()
    return next((x / HOME_NAME for x in (here, *here.parents) if (x / HOME_NAME).is_dir()), None)


def secret_key(home: Path) -> str:
    """The key that signs sessions and links: BANSO_SECRET_KEY, else the home's own, made at first
    use, which only this user can read. Raises WeakKeyError."""
    if given := os.environ.get("BANSO_SECRET_KEY"):
        if len(given) < LEAST_KEY:
            raise WeakKeyError(
                f"BANSO_SECRET_KEY has {len(given)} characters; it takes {LEAST_KEY} random ones. "
                f"Or unset it: then Banso makes a key of its own in {home}."
            )
        return given
    path = home / "secret_key"
    if not path.exists():
        home.mkdir(parents=True, exist_ok=True)
        _write_once(path, secrets.token_urlsafe(50))
    return path.read_text()


def _write_once(path: Path, text: str) -> None:
    """Whole or not at all; what another process has written stays."""
    aside = path.with_name(f"{path.name}.{secrets.token_hex(4)}")
    with open(aside, "x", opener=lambda name, flags: os.open(name, flags, 0o600)) as file:
        file.write(text)
    try:
        os.link(aside, path)
    except FileExistsError:
        pass
    finally:
        aside.unlink()
