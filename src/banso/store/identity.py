"""A folder of segments and its database belong together: each names the other's id.

Without this a wrong DATABASE_URL would make every file an orphan, and sweeping would delete them.
"""

from pathlib import Path

import psycopg

NAME = "DATABASE"
"""The file with the database's id, beside the folder of segments."""


class WrongDatabaseError(RuntimeError):
    """The folder's facts belong to another database; nothing was touched."""


def claim(dsn: str, *, folder: Path) -> None:
    """Check that folder and database belong together; an empty folder is claimed.

    Raises WrongDatabaseError.
    """
    with psycopg.connect(dsn) as connection:
        row = connection.execute("SELECT id::text FROM store.identity").fetchone()
        facts = connection.execute("SELECT count(*) FROM store.segment").fetchone()
    ours = row[0] if row else ""
    file = folder.parent / NAME
    if not file.exists() and _empty(folder) and facts == (0,):
        file.write_text(ours + "\n", encoding="utf-8")
    theirs = file.read_text(encoding="utf-8").strip() if file.exists() else "unknown"
    if theirs != ours:
        raise WrongDatabaseError(
            f"The facts under {folder} belong to database {theirs}, not to this one ({ours}). "
            "Set DATABASE_URL (or unset it) as it was when they were imported, or BANSO_HOME to "
            "another folder. Nothing was touched."
        )


def _empty(folder: Path) -> bool:
    return next(folder.glob("**/*.parquet"), None) is None
