"""Delete files that nobody needs: orphans of a crash, and what compaction has replaced."""

from datetime import timedelta
from pathlib import Path

from banso.store import crash
from banso.store.dictionary import Connection


def sweep(connection: Connection, *, folder: Path, grace: timedelta) -> tuple[str, ...]:
    """Paths deleted. The caller holds the writer lock, so no orphan belongs to a live writer.

    grace: how long a replaced file stays for snapshots that opened before the swap.
    """
    known = {
        path
        for (path,) in connection.execute(
            "SELECT path FROM store.segment UNION ALL SELECT path FROM store.retired_segment"
        )
    }
    found = {
        str(file.relative_to(folder)): file
        for pattern in ("**/*.parquet", "**/*.tmp")
        for file in folder.glob(pattern)
    }
    orphans = sorted(found.keys() - known)
    for path in orphans:
        found[path].unlink()
        crash.point("sweep_orphan_deleted")
    return (*orphans, *_delete_retired(connection, folder=folder, grace=grace))


def _delete_retired(connection: Connection, *, folder: Path, grace: timedelta) -> tuple[str, ...]:
    """Files first, rows after: a crash between leaves rows whose file is gone, swept again."""
    paths = [
        path
        for (path,) in connection.execute(
            "SELECT path FROM store.retired_segment "
            "WHERE retired_at <= clock_timestamp() - %s ORDER BY path",
            [grace],
        )
    ]
    for path in paths:
        (folder / path).unlink(missing_ok=True)
        crash.point("sweep_retired_deleted")
    connection.execute("DELETE FROM store.retired_segment WHERE path = ANY(%s)", [paths])
    return tuple(paths)
