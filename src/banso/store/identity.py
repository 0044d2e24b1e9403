"""Segments and their database belong together: each names the other's id.

Without this a wrong DATABASE_URL would make every file an orphan, and sweeping would delete them.
"""

import psycopg

from banso.store.place import Place


class WrongDatabaseError(RuntimeError):
    """The segments belong to another database; nothing was touched."""


def claim(dsn: str, *, place: Place) -> None:
    """Check that segments and database belong together; an empty place is claimed.

    Raises WrongDatabaseError.
    """
    with psycopg.connect(dsn) as connection:
        row = connection.execute("SELECT id::text FROM store.identity").fetchone()
        facts = connection.execute("SELECT count(*) FROM store.segment").fetchone()
    ours = row[0] if row else ""
    theirs = place.owner()
    if theirs is None and facts == (0,) and not place.lying():
        place.claim(ours)
        theirs = place.owner()
    if theirs != ours:
        raise WrongDatabaseError(
            f"The facts in {place.address} belong to database {theirs or 'unknown'}, not to this "
            f"one ({ours}). Set DATABASE_URL (or unset it) as it was when they were imported, "
            "BANSO_SEGMENTS likewise, or BANSO_HOME to another folder. Nothing was touched."
        )
