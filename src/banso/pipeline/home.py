"""Where Banso keeps its data: a folder found as git finds its own."""

import os
import secrets
from pathlib import Path

HOME_NAME = ".banso"


def find_home() -> Path | None:
    """BANSO_HOME, or the nearest `.banso` folder here or above; None where there is none."""
    if named := os.environ.get("BANSO_HOME"):
        return Path(named).expanduser().resolve()
    here = Path.cwd()
    return next((x / HOME_NAME for x in (here, *here.parents) if (x / HOME_NAME).is_dir()), None)


def secret_key(home: Path) -> str:
    """The key that signs sessions and links, made at first use; only this user can read it."""
    path = home / "secret_key"
    home.mkdir(parents=True, exist_ok=True)
    try:
        with open(path, "x", opener=lambda name, flags: os.open(name, flags, 0o600)) as file:
            file.write(secrets.token_urlsafe(50))
    except FileExistsError:
        pass
    return path.read_text()
