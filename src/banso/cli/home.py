"""Where Banso keeps its data: a folder found as git finds its own."""

import os
from pathlib import Path

HOME_NAME = ".banso"


def find_home() -> Path | None:
    """BANSO_HOME, or the nearest `.banso` folder here or above; None where there is none."""
    if named := os.environ.get("BANSO_HOME"):
        return Path(named).expanduser().resolve()
    here = Path.cwd()
    return next((x / HOME_NAME for x in (here, *here.parents) if (x / HOME_NAME).is_dir()), None)
