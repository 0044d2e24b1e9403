"""Delete files that nobody needs: orphans of a crash, and what compaction has replaced."""

from datetime import timedelta

from banso.store import crash
from banso.store.dictionary import Connection
from banso.store.place import Place


def sweep(connection: Connection, *, place: Place, grace: timedelta) -> tuple[str, ...]:
    """Paths deleted. The caller holds the writer lock, so no orphan belongs to a live writer.

    grace: how long a replaced file stays for snapshots that opened before the swap.
    """
    known = {
        path
        for (path,) in connection.execute(
            "SELECT path FROM store.segment UNION ALL SELECT path FROM store.retired_segment"
        )
    }
    orphans = sorted(place.lying().keys() - known)
    for path in orphans:
        place.remove(path)
        crash.point("sweep_orphan_deleted")
    return (*orphans, *_delete_retired(connection, place=place, grace=grace))


def _delete_retired(connection: Connection, *, place: Place, grace: timedelta) -> tuple[str, ...]:
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
        place.remove(path)
        crash.point("sweep_retired_deleted")
    connection.execute("DELETE FROM store.retired_segment WHERE path = ANY(%s)", [paths])
    return tuple(paths)
